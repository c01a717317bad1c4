"""What Amazon has: which recommendations it took, when, and what became of their applications."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.simulation.faults import HOUR
from tests.simulation.kernel import Kernel
from tests.simulation.story import Story

LATEST_TAKE: Final = 55.0
"""A request is taken at most so many seconds after its client gave it up: the bound that the
claims' leases and the waits after lost answers rely on is 60."""

FOR_GOOD: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Fate:
    """What is in store for one recommendation at Amazon."""

    end: str | None = "SUCCESS"
    """How its application ends; None: it never does."""
    settles_after: float = HOUR
    unprocessable: int = 0
    """So many of its applications are refused by name."""
    status_before: str = "PUBLISHED"
    """Other than PUBLISHED where somebody else dealt with it before anything was sent."""


@dataclass(slots=True)
class Application:
    """A recommendation that Amazon took."""

    taken_at: float
    request: int


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What an apply request comes to, id by id."""

    taken: tuple[str, ...]
    failures: dict[str, str]
    """The code, by id; the message is Amazon's."""


@dataclass(slots=True)
class Amazon:
    """The side of the API that remembers. Requests are numbered in the order in which made."""

    kernel: Kernel
    story: Story
    fates: dict[str, Fate] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    in_limbo: dict[str, set[int]] = field(default_factory=dict)
    """Requests that may still be taken, by id, although their client is gone."""
    late: set[int] = field(default_factory=set)
    """Requests that were, or will be, taken although their client is gone."""
    _refused: dict[str, int] = field(default_factory=dict)

    def status_of(self, recommendation_id: str) -> str:
        """Tell the application status at this moment."""
        fate = self.fates[recommendation_id]
        application = self.applications.get(recommendation_id)
        if application is None:
            return fate.status_before
        settled = self.kernel.now >= application.taken_at + fate.settles_after
        return fate.end if settled and fate.end is not None else "IN_PROGRESS"

    def statuses(self, ids: Sequence[str]) -> list[dict[str, str]]:
        """Say what `applicationStatus` does of *ids*."""
        return [
            {"campaignId": "1", "recommendationId": each, "status": self.status_of(each)}
            for each in ids
        ]

    def has(self, recommendation_id: str) -> bool:
        """Tell whether there is nothing left to send for it."""
        return self.status_of(recommendation_id) != "PUBLISHED"

    def apply(self, ids: Sequence[str], *, request: int) -> Verdicts:
        """Take what can be taken, and say what cannot and why."""
        failures: dict[str, str] = {}
        taken: list[str] = []
        for recommendation_id in ids:
            fate = self.fates[recommendation_id]
            status = self.status_of(recommendation_id)
            if status in ("IN_PROGRESS", "SUCCESS"):
                failures[recommendation_id] = "PO_APPLY_ALREADY_APPLIED"
            elif status != "PUBLISHED":
                failures[recommendation_id] = "PO_APPLY_IN_TERMINAL_STATUS"
            elif self._refused.get(recommendation_id, 0) < fate.unprocessable:
                self._refused[recommendation_id] = self._refused.get(recommendation_id, 0) + 1
                failures[recommendation_id] = "PO_APPLY_UNPROCESSABLE_ERROR"
            else:
                self.applications[recommendation_id] = Application(self.kernel.now, request)
                taken.append(recommendation_id)
        self.story.tell(self.kernel.now, "amazon", f"took of request {request}", taken, failures)
        return Verdicts(tuple(taken), failures)

    def apply_later(self, ids: Sequence[str], *, request: int, seconds: float) -> None:
        """Take what can be taken so many seconds from now, when nobody waits for it any more."""
        self.late.add(request)
        for recommendation_id in ids:
            self.in_limbo.setdefault(recommendation_id, set()).add(request)

        def arrive() -> None:
            for recommendation_id in ids:
                self.in_limbo[recommendation_id].discard(request)
            self.apply(ids, request=request)

        self.kernel.after(seconds, arrive)
