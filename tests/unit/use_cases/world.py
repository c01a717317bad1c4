"""The fakes around the spine: no AWS, no HTTP, no clock."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any, Final

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.errors import AnswerLostError, RefusedError, RetryableError
from recommendation_applier.domain.outcome import ApplyResult
from recommendation_applier.use_cases.apply_recommendations import ApplyRecommendations
from recommendation_applier.use_cases.guarded_api import GuardedPartnerOpportunities
from recommendation_applier.use_cases.ledger import Ledger
from recommendation_applier.use_cases.opportunities import KnownOpportunities
from recommendation_applier.use_cases.progress import Report
from tests.builders import NOW, OPPORTUNITY, delivery
from tests.fakes import FakeConfirmations, FakeDeadLetters, FakePartnerOpportunities
from tests.memory_ledger import MemoryLedger

LAST_RECEIVE: Final = 100
LEASE: Final = timedelta(seconds=300)

_TOKENS: Final = count()
"""No two invocations have the same, whichever world they are in."""


class World:
    """The fakes around one use case; the ledger and the clock last from one run to the next."""

    def __init__(self, *, store: MemoryLedger | None = None, **changes: Any) -> None:
        self.api = FakePartnerOpportunities()
        self.dead_letters = FakeDeadLetters()
        self.confirmations = FakeConfirmations()
        self.store = store or MemoryLedger()
        self.now = NOW
        self._changes = changes

    def use_case(self) -> ApplyRecommendations:
        """Begin an invocation."""
        return ApplyRecommendations(
            api=GuardedPartnerOpportunities(self.api, self.store, lambda: self.now),
            dead_letters=self.dead_letters,
            confirmations=self.confirmations,
            ledger=Ledger(
                store=self.store,
                token=f"invocation-{next(_TOKENS)}",
                clock=lambda: self.now,
                lease_ends=self.now + LEASE,
                retention=timedelta(days=90),
                decided_by="a test",
            ),
            **{
                "opportunities": KnownOpportunities(default=OPPORTUNITY, clock=lambda: NOW),
                "clock": lambda: self.now,
                "actionable_statuses": frozenset({"PUBLISHED"}),
                "max_receive_count": LAST_RECEIVE,
                "dry_run": False,
                **self._changes,
            },
        )

    def run(self, *bodies: str, receive_count: int = 1) -> Report:
        """Deliver *bodies* as messages 1, 2, and so on, in an invocation of their own."""
        return self.use_case().run(
            [
                delivery(text, number=number, receive_count=receive_count)
                for number, text in enumerate(bodies, start=1)
            ]
        )

    def lose(self, *bodies: str) -> None:
        """Send *bodies* in an invocation that never hears the answer."""
        answer, self.api.answer = self.api.answer, unanswered(AnswerLostError("reset"))
        self.run(*bodies)
        self.api.answer = answer
        self.api.applied.clear()


def doors(report: Report) -> list[tuple[str, str]]:
    """Name the doors and reasons, in the order of the deliveries."""
    return [(str(each.door), str(each.reason)) for each in report.departures]


def unfinished(report: Report) -> set[str]:
    """Name the messages that stay on the queue."""
    return {each.part.delivery.message_id for each in report.departures} - report.finished


def unanswered(error: RetryableError | RefusedError) -> Callable[[ApplyBatch], ApplyResult]:
    """Answer every batch with *error*."""
    return lambda batch: ApplyResult(
        batch=batch, accepted={}, unanswered=batch.recommendation_ids, error=error
    )
