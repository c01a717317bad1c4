"""What a run did: every recommendation's door, the requests made, what waits as a dead letter."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any, Final

from tests.emulator.amazon_state import Account, ApiRequest
from tests.emulator.deployment import Deployment

MAX_IDS_PER_APPLY: Final = 100
"""The published limit, written down a second time: this counts apart from the code it counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One recommendation, or one message without a readable one, and the door it left by."""

    recommendation_id: str | None
    account: str | None
    door: str
    reason: str
    detail: str
    retries: int
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAccount:
    """The figures of a run, as `make run` shows them."""

    rows: Sequence[Row]
    doors: dict[str, int]
    apply_requests: int
    least_apply_requests: int
    status_requests: int
    token_requests: int
    dead_letters: Sequence[dict[str, Any]]
    left_on_the_ingress_queue: int
    accepted_twice: Sequence[str]
    violations: Sequence[str]

    @property
    def is_clean(self) -> bool:
        """Tell whether every promise was kept."""
        return not (self.accepted_twice or self.violations or self.left_on_the_ingress_queue)

    def as_json(self) -> dict[str, Any]:
        """Give it to programs."""
        return asdict(self)


def account_of(deployment: Deployment) -> RunAccount:
    """Read the figures off the function's log, Amazon's records and the queues."""
    amazon = deployment.amazon
    rows = _rows(line for line in deployment.log() if line.get("message") == "departure")
    return RunAccount(
        rows=rows,
        doors=dict(Counter(row.door for row in rows)),
        apply_requests=len(amazon.apply_requests),
        least_apply_requests=_least(amazon.apply_requests),
        status_requests=len(amazon.status_requests),
        token_requests=len(amazon.token_requests),
        dead_letters=[json.loads(each["body"]) for each in deployment.dead_letters()],
        left_on_the_ingress_queue=_left(deployment),
        accepted_twice=amazon.accepted_twice,
        violations=[str(violation) for violation in amazon.violations],
    )


def _rows(lines: Iterable[dict[str, Any]]) -> list[Row]:
    """Keep the last departure of each part of each message; those before it were retries."""
    departures: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        departures[line["messageId"], line["part"]].append(line)
    return [
        Row(
            recommendation_id=each[-1].get("recommendationId"),
            account=each[-1].get("account"),
            door=each[-1]["door"],
            reason=each[-1]["reason"],
            detail=each[-1].get("detail", ""),
            retries=len(each) - 1,
            message_id=message_id,
        )
        for (message_id, _), each in departures.items()
    ]


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
