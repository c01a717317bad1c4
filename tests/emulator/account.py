"""What a run did: every recommendation's door, what became of it, the requests made."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any, Final

from tests.emulator.amazon import EmulatedAmazon
from tests.emulator.amazon_state import Account, ApiRequest
from tests.emulator.deployment import Deployment, FollowedUp
from tests.emulator.invocation import Invocation
from tests.emulator.ledger_view import APPLIED, PENDING, Applications, applications_of

MAX_IDS_PER_APPLY: Final = 100
"""The published limit, written down a second time: this counts apart from the code it counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One recommendation, or one message without a readable one, and the door it left by."""

    recommendation_id: str | None
    account: str | None
    door: str
    reason: str
    application: str
    """What became of it once it was accepted, as the ledger has it; else empty."""
    detail: str
    retries: int
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAccount:
    """The figures of a run, as `make run` shows them."""

    rows: Sequence[Row]
    doors: dict[str, int]
    crashes: Sequence[str]
    """What ended an invocation that should have answered; its deliveries came back."""
    apply_requests: int
    least_apply_requests: int
    status_requests: int
    """Of both functions."""
    follow_up_requests: int
    """Those of them that the follow-up function made."""
    ticks: int
    applied: Sequence[str]
    failed: dict[str, str]
    """How those ended that were accepted and not applied."""
    pending: Sequence[str]
    accepted_and_not_settled: Sequence[str]
    """What Amazon accepted, and the ledger does not call applied or ended."""
    wrongly_settled: Sequence[str]
    """What Amazon accepted, and says another end of than the ledger does."""
    token_requests: int
    dead_letters: Sequence[dict[str, Any]]
    left_on_the_ingress_queue: int
    accepted_twice: Sequence[str]
    violations: Sequence[str]

    @property
    def is_clean(self) -> bool:
        """Tell whether every promise was kept."""
        return not (
            self.crashes
            or self.accepted_twice
            or self.violations
            or self.left_on_the_ingress_queue
            or self.accepted_and_not_settled
            or self.wrongly_settled
        )

    def as_json(self) -> dict[str, Any]:
        """Give it to programs."""
        return asdict(self)


def account_of(
    deployment: Deployment, invocations: Iterable[Invocation], followed_up: FollowedUp
) -> RunAccount:
    """Read the figures off the log, Amazon's records, the ledger and the queues."""
    amazon = deployment.amazon
    applications = applications_of(deployment.stack).only(amazon.accepted)
    departures = [line for line in deployment.log() if line.get("message") == "departure"]
    rows = list(_rows(departures, applications))
    return RunAccount(
        rows=rows,
        doors=dict(Counter(row.door for row in rows)),
        crashes=[
            repr(each.error or "timed out") for each in invocations if each.error or each.timed_out
        ],
        apply_requests=len(amazon.apply_requests),
        least_apply_requests=_least(amazon.apply_requests),
        status_requests=len(amazon.status_requests),
        follow_up_requests=followed_up.status_requests,
        ticks=followed_up.ticks,
        applied=applications.named(APPLIED),
        failed=applications.failed(),
        pending=applications.named(PENDING),
        accepted_and_not_settled=applications.unsettled(amazon.accepted),
        wrongly_settled=sorted(_wrongly_settled(amazon, applications)),
        token_requests=len(amazon.token_requests),
        dead_letters=[json.loads(each["body"]) for each in deployment.dead_letters()],
        left_on_the_ingress_queue=_left(deployment),
        accepted_twice=amazon.accepted_twice,
        violations=[str(violation) for violation in amazon.violations],
    )


def _rows(lines: Iterable[dict[str, Any]], applications: Applications) -> Iterator[Row]:
    """Keep the last departure of each part of each message; those before it were retries."""
    departures: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        departures[line["messageId"], line["part"]].append(line)
    for (message_id, _), each in departures.items():
        last = each[-1]
        yield Row(
            recommendation_id=last.get("recommendationId"),
            account=last.get("account"),
            door=last["door"],
            reason=last["reason"],
            application=_application(last, applications),
            detail=last.get("detail", ""),
            retries=len(each) - 1,
            message_id=message_id,
        )


def _application(line: Mapping[str, Any], applications: Applications) -> str:
    if line["door"] != "accepted":
        return ""
    return applications.standings.get(line["recommendationId"], "")


def _wrongly_settled(amazon: EmulatedAmazon, applications: Applications) -> Iterator[str]:
    """Name what Amazon says otherwise of than the ledger does."""
    for recommendation_id, standing in applications.standings.items():
        status = {APPLIED: "SUCCESS", PENDING: "IN_PROGRESS"}.get(standing, standing)
        if amazon.status_of(recommendation_id) != status:
            yield recommendation_id


def _least(requests: Iterable[ApiRequest]) -> int:
    """Count the requests that the ids would have needed, had all of them come at once."""
    ids: dict[tuple[str, Account], set[str]] = defaultdict(set)
    for request in requests:
        ids[request.partner_opportunity_id, request.account].update(request.recommendation_ids)
    return sum(ceil(len(those) / MAX_IDS_PER_APPLY) for those in ids.values())


def _left(deployment: Deployment) -> int:
    attributes = deployment.stack.sqs.get_queue_attributes(
        QueueUrl=deployment.stack.ingress_queue_url,
        AttributeNames=[
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ],
    )["Attributes"]
    return sum(int(count) for count in attributes.values())
