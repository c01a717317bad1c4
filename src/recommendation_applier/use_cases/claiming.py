"""What of an invocation may be sent, what has to be asked about first, and what has to wait."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from recommendation_applier.domain.batching import ApplyBatch, into_batches
from recommendation_applier.domain.errors import (
    ClaimedElsewhereError,
    LedgerUnavailableError,
    RetryableError,
)
from recommendation_applier.domain.ledger import DecidedBy, Standing, Verdict
from recommendation_applier.domain.reasons import Door, NotApplicableReason
from recommendation_applier.domain.recommendation import Advertiser, Recommendation
from recommendation_applier.domain.value import value
from recommendation_applier.use_cases.claims import FREE, Claimed
from recommendation_applier.use_cases.conclusions import Conclusions
from recommendation_applier.use_cases.deciding import UNDECIDED, Decided
from recommendation_applier.use_cases.ledger import Ledger
from recommendation_applier.use_cases.progress import Part, Progress
from recommendation_applier.use_cases.selection import Selected

_IGNORED = NotApplicableReason.IGNORED_BY_POLICY
_SETTLED = {
    Standing.ACCEPTED: NotApplicableReason.ALREADY_ACCEPTED,
    Standing.REJECTED: NotApplicableReason.REJECTED,
}


@value(frozen=True, slots=True)
class Ready:
    """A recommendation that only has to be claimed and sent.

    *in_doubt* says that its source does not know whether it was sent; *barred* why it must not be
    sent any more: such a one is here because it may have been, and its end has to be known.
    *decided* is what the policy, or a person, makes of it.
    """

    part: Part
    recommendation: Recommendation
    partner_opportunity_id: str
    in_doubt: bool = False
    barred: NotApplicableReason | None = None
    decided: Decided = UNDECIDED

    @property
    def recommendation_id(self) -> str:
        """The id that the ledger and Amazon know it by."""
        return self.recommendation.recommendation_id

    @property
    def account(self) -> tuple[str, Advertiser]:
        """What an apply request has exactly one of."""
        return self.partner_opportunity_id, self.recommendation.advertiser

    @property
    def message_id(self) -> str:
        """The SQS message that it came by."""
        return self.part.delivery.message_id

    @property
    def decided_by(self) -> DecidedBy:
        """By whose word it is sent or kept."""
        return self.decided.by

    @property
    def is_barred(self) -> bool:
        """Tell whether it must not be sent any more.

        What is ignored may take the place of what was held before the policy said so.
        """
        return self.barred is not None and self.barred is not _IGNORED


def ready_of(
    selected: Selected, partner_opportunity_id: str, decided: Decided = UNDECIDED
) -> Ready:
    """Join what speaks for a recommendation with its opportunity and what is *decided*."""
    publication = selected.publication
    return Ready(
        selected.part,
        publication.recommendation,
        partner_opportunity_id,
        publication.in_doubt,
        selected.barred or (_IGNORED if decided.is_ignored else None),
        decided,
    )


def batches_of(ready: Iterable[Ready], **limit: int) -> list[ApplyBatch]:
    """Group what is *ready* into the fewest requests."""
    return list(
        into_batches(
            ((each.partner_opportunity_id, each.recommendation) for each in ready), **limit
        )
    )


def waves_of(ready: Iterable[Ready], *, least: int) -> Iterator[list[Ready]]:
    """Cut what is *ready* into waves of whole accounts, each of *least* and more but the last.

    Were an account cut, its rest would need another request than its beginning, and its campaigns
    would be counted twice.
    """
    by_account: dict[Advertiser, list[Ready]] = defaultdict(list)
    for each in ready:
        by_account[each.recommendation.advertiser].append(each)
    wave: list[Ready] = []
    for those in by_account.values():
        wave += those
        if len(wave) >= least:
            yield wave
            wave = []
    if wave:
        yield wave


@dataclass(frozen=True, slots=True)
class Claiming:
    """Claims for one invocation, and lets everything leave that is not its to send."""

    progress: Progress
    conclusions: Conclusions
    ledger: Ledger
    clock: Callable[[], datetime]

    def claim(self, ready: Sequence[Ready]) -> tuple[list[Ready], list[Ready]]:
        """Claim what is *ready*; return what may be sent, and what has to be asked about first."""
        claimed = self.ledger.claim(ready)
        clear: list[Ready] = []
        in_doubt: list[Ready] = []
        elsewhere: list[Ready] = []
        unknown: list[Ready] = []
        for each in ready:
            found = claimed.get(each.recommendation.recommendation_id)
            if found is FREE:  # as nearly always
                clear.append(each)
            elif found is None:
                unknown.append(each)
            elif found.standing in _SETTLED:
                self._let_go(each, _SETTLED[found.standing])
            elif found.standing is Standing.CLAIMED:
                elsewhere.append(each)
            elif found.standing is Standing.IN_DOUBT:
                taken_back = NotApplicableReason.WITHDRAWN_EARLIER if found.tombstone else None
                in_doubt.append(replace(each, barred=each.barred or taken_back))
            elif found.tombstone is not None:
                self._let_go(each, each.barred or NotApplicableReason.WITHDRAWN_EARLIER)
            else:
                clear.append(each)
        if elsewhere:
            self.put_off(elsewhere, self._claimed_elsewhere(claimed.values()))
        if unknown:
            error = LedgerUnavailableError("the ledger could not tell whether it was sent before")
            self.put_off(unknown, error)
        return self.without_barred(clear), in_doubt

    def without_barred(self, ready: Sequence[Ready]) -> list[Ready]:
        """Let those leave that must not be sent, and return the others.

        Amazon does not have them: nobody has sent them, or it has been asked. That the policy has
        it ignored is on record before a recommendation leaves: it says so at this moment only.
        """
        barred = [each for each in ready if each.barred is not None]
        if not barred:
            return list(ready)
        ignored = [each for each in barred if each.barred is _IGNORED]
        for batch in batches_of(each for each in barred if each.barred is not _IGNORED):
            self.ledger.record(batch, {Verdict.RELEASED: batch.recommendation_ids})
        unrecorded: set[str] = set()
        for batch in batches_of(ignored):
            if not self.ledger.record(batch, {Verdict.IGNORED: batch.recommendation_ids}):
                unrecorded.update(batch.recommendation_ids)
        for each in barred:
            if each.barred is not None and each.recommendation_id not in unrecorded:
                self._let_go(each, each.barred)
        self.put_off(
            [each for each in ignored if each.recommendation_id in unrecorded],
            LedgerUnavailableError("that it is ignored could not be written to the ledger"),
        )
        return [each for each in ready if each.barred is None]

    def put_off(self, ready: Sequence[Ready], error: RetryableError) -> None:
        """Let what is *ready* wait, which nothing was sent or asked for."""
        for batch in batches_of(ready):
            self.conclusions.put_off(batch, error)

    def give_back(self, ready: Sequence[Ready], error: RetryableError) -> None:
        """Let what is claimed wait; Amazon does not have it, so that the next one may send it."""
        for batch in batches_of(ready):
            self.ledger.record(batch, {Verdict.RELEASED: batch.recommendation_ids})
        self.put_off(ready, error)

    def _claimed_elsewhere(self, claimed: Iterable[Claimed]) -> ClaimedElsewhereError:
        now = self.clock()
        ends = [each.free_at for each in claimed if each.standing is Standing.CLAIMED]
        seconds = max(((end - now).total_seconds() for end in ends if end is not None), default=0.0)
        return ClaimedElsewhereError(
            "another invocation has it in hand, or had it when it crashed; its claim ends in "
            f"{seconds:.0f} s",
            retry_after=seconds,
        )

    def _let_go(self, each: Ready, reason: NotApplicableReason) -> None:
        self.progress.leave(each.part, Door.NOT_APPLICABLE, reason)
