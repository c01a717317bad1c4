"""Where every part of every delivery of an invocation stands, and by which door it left."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Final

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.dead_letter import DeadLetter
from recommendation_applier.domain.delivery import Content, Delivery, Publication, Withdrawal
from recommendation_applier.domain.errors import PolicyUnavailableError
from recommendation_applier.domain.outcome import ApplyResult, StatusResult
from recommendation_applier.domain.reasons import Door
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.domain.resolution import Way
from recommendation_applier.domain.value import value


@value(frozen=True, slots=True, eq=False)
class Part:
    """One thing that a delivery holds: most hold one, an array or a dead letter may hold many."""

    number: int
    """Its place among all parts of the invocation, from 0."""
    position: int
    """Its place in its delivery, from 0."""
    delivery: Delivery
    content: Content

    @property
    def recommendation(self) -> Recommendation | None:
        """The recommendation, where there is one that could be read."""
        return self.content.recommendation if isinstance(self.content, Publication) else None

    @property
    def recommendation_id(self) -> str | None:
        """The id of the recommendation that it is about, where that could be read."""
        if isinstance(self.content, Withdrawal):
            return self.content.recommendation_id
        return self.recommendation.recommendation_id if self.recommendation else None

    @property
    def account(self) -> str | None:
        """The advertiser, for people, where that could be read."""
        if isinstance(self.content, Withdrawal):
            return self.content.account
        return str(self.recommendation.advertiser) if self.recommendation else None


@value(frozen=True, slots=True)
class Departure:
    """A part that has left: by which door, and why; *retry_after* is in seconds."""

    part: Part
    door: Door
    reason: StrEnum
    detail: str = ""
    retry_after: float = 0.0


@dataclass(frozen=True)  # without slots: it keeps its tally
class Report:
    """Everything that happened in one invocation, for the entrypoint to say."""

    departures: Sequence[Departure]
    results: Sequence[ApplyResult]
    status_results: Sequence[StatusResult]
    held: Sequence[ApplyBatch]
    letters: Sequence[DeadLetter]
    """The dead letters that are stored."""
    finished: frozenset[str]
    """The ids of the SQS messages that have come to a durable end; all others must stay."""
    ways: Mapping[str, Way]
    """How the opportunity was found, by the id of each recommendation that has one."""
    policy_version: int | None = None
    """That of the policy which decided; None where nothing was there to be decided."""
    policy_error: PolicyUnavailableError | None = None

    @cached_property
    def reasons(self) -> Mapping[tuple[Door, StrEnum], int]:
        """How many left by each door, and why."""
        return Counter(map(_DOOR_AND_REASON, self.departures))


_DOOR_AND_REASON: Final = attrgetter("door", "reason")


class Progress:
    """Keeps the book: every part leaves once, and what has not left stays on the queue."""

    def __init__(self, contents: Iterable[tuple[Delivery, Sequence[Content]]]) -> None:
        """Start with nothing departed."""
        self.parts: list[Part] = []
        for delivery, held in contents:
            for position, content in enumerate(held):
                self.parts.append(Part(len(self.parts), position, delivery, content))
        self._departures: dict[int, Departure] = {}

    def waiting(self) -> Sequence[Part]:
        """What has not left yet, in the order of the deliveries."""
        if not self._departures:  # as at the beginning
            return self.parts
        return [part for part in self.parts if part.number not in self._departures]

    @property
    def departures(self) -> Sequence[Departure]:
        """What has left, in the order of the deliveries."""
        return [
            self._departures[part.number] for part in self.parts if part.number in self._departures
        ]

    def leave(
        self, part: Part, door: Door, reason: StrEnum, *, detail: str = "", retry_after: float = 0.0
    ) -> None:
        """Let *part* leave; it can do so once only."""
        if part.number in self._departures:
            left = self._departures[part.number]
            raise ValueError(
                f"part {part.number} of the invocation cannot leave by {door} ({reason}): "
                f"it left by {left.door} ({left.reason})"
            )
        self._departures[part.number] = Departure(part, door, reason, detail, retry_after)

    def finished(self) -> frozenset[str]:
        """Name the messages all of whose parts have left, none of them to be retried."""
        staying = self.retried() | {part.delivery.message_id for part in self.waiting()}
        return frozenset({part.delivery.message_id for part in self.parts}) - staying

    def retried(self) -> frozenset[str]:
        """Name the messages of which a part is to be retried."""
        return frozenset(
            departure.part.delivery.message_id
            for departure in self._departures.values()
            if departure.door is Door.RETRY
        )
