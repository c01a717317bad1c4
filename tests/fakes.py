"""Stand-ins for the world outside, in the shape of the ports; `contract` holds them to it."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.dead_letter import DeadLetter
from recommendation_applier.domain.default_policy import DEFAULT_POLICY
from recommendation_applier.domain.delivery import Confirmation
from recommendation_applier.domain.errors import PolicyUnavailableError, RoutesUnreadableError
from recommendation_applier.domain.opportunity_routes import Routes
from recommendation_applier.domain.outcome import ApplyResult, StatusResult
from recommendation_applier.domain.policy import (
    ApplyPolicy,
    PolicyInForce,
    read_policy,
)
from recommendation_applier.domain.reasons import AcceptedReason


@dataclass
class FakeClock:
    """A monotonic clock that moves when somebody sleeps."""

    now: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        """Tell the time, in seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self.slept.append(seconds)
        self.now += seconds


def accept_all(batch: ApplyBatch) -> ApplyResult:
    """Answer 202."""
    return ApplyResult(
        batch=batch,
        accepted=dict.fromkeys(batch.recommendation_ids, AcceptedReason.ACCEPTED),
        attempts=1,
        http_status=202,
    )


def nothing_known(batch: ApplyBatch) -> StatusResult:
    """Answer that nothing was applied."""
    return StatusResult(batch, dict.fromkeys(batch.recommendation_ids, "PUBLISHED"))


@dataclass
class FakePartnerOpportunities:
    """Answers as it is told, and keeps what it was asked."""

    answer: Callable[[ApplyBatch], ApplyResult] = accept_all
    answer_status: Callable[[ApplyBatch], StatusResult] = nothing_known
    applied: list[ApplyBatch] = field(default_factory=list)
    asked: list[ApplyBatch] = field(default_factory=list)
    trials: int = 0

    def apply(
        self, batches: Iterable[ApplyBatch], *, is_trial: bool = False
    ) -> Iterator[ApplyResult]:
        """See the port."""
        for batch in batches:
            self.trials += is_trial
            self.applied.append(batch)
            yield self.answer(batch)

    def application_status(
        self, batches: Iterable[ApplyBatch], *, is_trial: bool = False
    ) -> Iterator[StatusResult]:
        """See the port."""
        for batch in batches:
            self.trials += is_trial
            self.asked.append(batch)
            yield self.answer_status(batch)

    @property
    def applied_ids(self) -> list[str]:
        """Every id that was sent, in order, as often as it was sent."""
        return [one for batch in self.applied for one in batch.recommendation_ids]


@dataclass
class FakeDeadLetters:
    """Stores letters in a list, unless *refuses* says otherwise."""

    refuses: Callable[[DeadLetter], bool] = lambda _: False
    stored: list[DeadLetter] = field(default_factory=list)

    def store(self, letters: Sequence[DeadLetter]) -> AbstractSet[int]:
        """See the port."""
        kept = {number for number, letter in enumerate(letters) if not self.refuses(letter)}
        self.stored.extend(letters[number] for number in sorted(kept))
        return kept

    @property
    def reasons(self) -> list[str]:
        """The reason codes of what is stored."""
        return [letter.reason.code.value for letter in self.stored]


@dataclass
class FakeReleaseNotices:
    """Takes what it is told to take, all by default, and keeps it."""

    takes: Callable[[int], bool] = lambda _: True
    sent: list[str] = field(default_factory=list)

    def send(self, notices: Sequence[str]) -> AbstractSet[int]:
        """See the port."""
        taken = {position for position in range(len(notices)) if self.takes(position)}
        self.sent += [notices[position] for position in sorted(taken)]
        return taken

    def ids(self) -> list[str]:
        """Name what the notices name."""
        return [each for notice in self.sent for each in json.loads(notice)["recommendationIds"]]


@dataclass
class FakePolicies:
    """Gives the policy that it is told to, version by version."""

    policy: ApplyPolicy = DEFAULT_POLICY
    version: int = 1
    error: PolicyUnavailableError | None = None
    asked: int = 0

    def current(self) -> PolicyInForce:
        """See the port."""
        self.asked += 1
        if self.error is not None:
            raise self.error
        return PolicyInForce(self.policy, self.version)

    def put(self, **changes: Any) -> None:
        """Put the default policy with *changes*, by the names of its JSON, in force."""
        document = {"version": 1, "mode": "APPLY", "default": "APPLY", "rules": []} | changes
        self.policy = read_policy(json.dumps(document))
        self.version += 1


@dataclass
class FakeConfirmations:
    """Trusts one account, and keeps what was confirmed."""

    error: Exception | None = None
    confirmed: list[str] = field(default_factory=list)
    asked: int = 0

    def is_trusted(self, confirmation: Confirmation) -> bool:
        """See the port."""
        return ":084590724871:" in confirmation.topic_arn

    def confirm(self, confirmation: Confirmation) -> None:
        """See the port."""
        self.asked += 1
        if self.error is not None:
            raise self.error
        self.confirmed.append(confirmation.topic_arn)


@dataclass
class FakeRoutes:
    """Has the routes that it is given, or fails as it is told."""

    routes: Routes | RoutesUnreadableError
    reads: int = 0

    def read(self) -> Routes:
        """See the port."""
        self.reads += 1
        if isinstance(self.routes, RoutesUnreadableError):
            raise self.routes
        return self.routes
