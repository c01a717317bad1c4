"""Held: kept in the ledger, with the reason and all that is needed to let it go later."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.holds import Hold
from recommendation_applier.domain.ledger import Verdict
from recommendation_applier.domain.reasons import Door
from recommendation_applier.use_cases.claiming import Claiming, Ready, batches_of
from recommendation_applier.use_cases.ledger import Ledger
from recommendation_applier.use_cases.progress import Progress


@dataclass(frozen=True, slots=True)
class Holding:
    """Holds for one invocation; *held* are the requests that would have been made."""

    progress: Progress
    claiming: Claiming
    ledger: Ledger
    clock: Callable[[], datetime]
    held: list[ApplyBatch] = field(default_factory=list)

    def hold(self, ready: Sequence[Ready]) -> None:
        """Hold those of *ready*, which are claimed, that are decided to be held.

        What could not be marked and recorded for certain is not held: it comes back.
        """
        now = self.clock()
        holds = {
            each.recommendation_id: Hold(*each.decided.held, now, each.recommendation.expiry_date)
            for each in ready
            if each.decided.held
        }
        if not holds:
            return
        marked = self.ledger.hold(holds)
        kept: set[str] = set()
        for batch in batches_of(each for each in ready if each.recommendation_id in marked):
            if self.ledger.record(batch, {Verdict.HELD: batch.recommendation_ids}):
                self.held.append(batch)
                kept.update(batch.recommendation_ids)
        for each in ready:
            hold = holds.get(each.recommendation_id)
            if hold is not None and each.recommendation_id in kept:
                self.progress.leave(each.part, Door.HELD, hold.reason, detail=hold.detail)
        self.claiming.put_off(
            [each for each in ready if each.recommendation_id in holds.keys() - kept],
            LedgerUnavailableError("it is to be held, and that could not be written to the ledger"),
        )
