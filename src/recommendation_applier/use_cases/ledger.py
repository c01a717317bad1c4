"""The ledger of one invocation: claim -> apply -> record, so that nothing is sent twice.

An id is claimed, with a lease, before it is sent; what became of it is recorded before its message
is let go. A claim that nothing was recorded for is somebody's at work while its lease lasts, and in
doubt afterwards: Amazon is asked before the id is sent again. Storage may fail at any point, and
may have done what it failed to confirm; whatever is not certain is claimed, recorded or remembered
again by whoever gets the message next.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final

from recommendation_applier.domain.follow_up import begin
from recommendation_applier.domain.ledger import (
    BatchRecord,
    Claim,
    DecidedBy,
    Entry,
    Known,
    Standing,
    StoredEntry,
    Tombstone,
    Verdict,
    kept_until,
)
from recommendation_applier.domain.repeats import latest_withdrawals
from recommendation_applier.use_cases.claims import (
    FREE,
    IN_DOUBT,
    NO_REQUEST,
    Candidate,
    Claimed,
    Request,
    by_recommendation,
    offered_to,
    verdicts_on,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime, timedelta

    from recommendation_applier.domain.batching import ApplyBatch
    from recommendation_applier.domain.delivery import Withdrawal
    from recommendation_applier.domain.holds import Hold
    from recommendation_applier.domain.recommendation import Recommendation
    from recommendation_applier.use_cases.ports import LedgerStore

_MOST_IDS: Final = 100
"""Of one record: as many as an apply request has."""

_MAX_ROUNDS: Final = 3
"""An entry that changes hands three times while it is claimed is left to those who have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Claims for one invocation, which *token* names, and records what became of its claims.

    *lease_ends* is when its claims do; *retention* is how long after its expiry a recommendation
    is remembered.
    """

    store: LedgerStore
    token: str
    clock: Callable[[], datetime]
    lease_ends: datetime
    retention: timedelta
    _numbers: count[int] = field(default_factory=count)
    _candidates: dict[str, Candidate] = field(default_factory=dict)

    @property
    def decided_by(self) -> Mapping[str, DecidedBy]:
        """Say by id who decided about what it was asked to claim."""
        return {each: candidate.decided_by for each, candidate in self._candidates.items()}

    def claim(self, candidates: Sequence[Candidate]) -> Mapping[str, Claimed]:
        """Claim the *candidates*, each of another recommendation; say by id how it stands.

        One that the ledger could not tell of is left out, and must not be sent. One that Amazon has
        taken back, or that is barred from being sent, is taken over from nobody unless it may have
        been sent before: what is held stays held.
        """
        wanted = {each.recommendation.recommendation_id: each for each in candidates}
        self._candidates.update(wanted)
        offered = {
            each: IN_DOUBT if candidate.in_doubt else FREE for each, candidate in wanted.items()
        }
        claimed: dict[str, Claimed] = {}
        entries = self._entries(wanted.values())
        found = self._take(self.store.put_new(entries), offered, claimed)
        for _ in range(_MAX_ROUNDS):
            if not found:
                return claimed
            found = self._claim_known(found, wanted, claimed)
        for recommendation_id, known in found.items():
            claimed[recommendation_id] = _claimed(Standing.CLAIMED, known)
        return claimed

    def record(
        self,
        batch: ApplyBatch,
        verdicts: Mapping[Verdict, Collection[str]],
        request: Request = NO_REQUEST,
        *,
        pending: Collection[str] = (),
    ) -> bool:
        """Record what became of ids of *batch*; tell whether it is recorded for certain.

        *pending* are those accepted ones whose application is to be followed.
        """
        named = {recommendation_id for ids in verdicts.values() for recommendation_id in ids}
        # An answer about 500 ids is kept in pieces: DynamoDB takes 400 kB, and each id is named up
        # to four times until the end of its application is told.
        recorded = [
            self._record(piece, verdicts, request, pending)
            for piece in batch.pieces(named, most=_MOST_IDS)
        ]
        return all(recorded)

    def withdraw(self, withdrawals: Sequence[Withdrawal]) -> AbstractSet[str]:
        """Remember what was taken back and as of when; name the ids that are remembered."""
        tombstones = {
            recommendation_id: Tombstone(withdrawal.as_of, withdrawal.reason)
            for recommendation_id, withdrawal in latest_withdrawals(withdrawals).items()
        }
        if not tombstones:
            return frozenset()
        return self.store.bury(tombstones, kept_until=self._kept_until(()))

    def hold(self, holds: Mapping[str, Hold]) -> AbstractSet[str]:
        """Mark claimed recommendations as held, by id; name those that are for certain."""
        return self.store.hold(self.token, holds)

    def recall(self, recommendation_ids: AbstractSet[str]) -> Mapping[str, StoredEntry | None]:
        """Give what is known of each id, None where nothing is; what was not read is left out."""
        return self.store.entries_of(recommendation_ids)

    def remember_letters(self, positions: Mapping[str, AbstractSet[int]]) -> None:
        """Remember, by SQS message id, parts whose letters are stored although the message stays.

        Should that fail, the next receive may store a letter a second time: no harm is done.
        """
        if positions:
            self.store.remember_letters(positions, kept_until=self._kept_until(()))

    def letters_of(self, message_ids: AbstractSet[str]) -> Mapping[str, AbstractSet[int]]:
        """Name the parts of each message whose dead letters are remembered."""
        return self.store.letters_of(message_ids) if message_ids else {}

    def _record(
        self,
        batch: ApplyBatch,
        verdicts: Mapping[Verdict, Collection[str]],
        request: Request,
        pending: Collection[str],
    ) -> bool:
        now = self.clock()
        ids = frozenset(batch.recommendation_ids)
        found = verdicts_on(ids, verdicts)
        return self.store.add_record(
            BatchRecord(
                token=self.token,
                number=next(self._numbers),
                partner_opportunity_id=batch.partner_opportunity_id,
                advertiser=batch.advertiser,
                verdicts=found,
                recorded_at=now,
                kept_until=self._kept_until(batch.recommendations),
                sent_at=request.sent_at,
                http_status=request.http_status,
                request_ids=request.request_ids,
                answer=request.answer,
                lost_by={
                    each: self._candidates[each].message_id
                    for each in found.get(Verdict.IN_DOUBT, ())
                    if request.sent_at is not None
                },
                follow_up=begin([each for each in pending if each in ids], now=now),
            )
        )

    def _claim_known(
        self,
        found: Mapping[str, Known],
        wanted: Mapping[str, Candidate],
        claimed: dict[str, Claimed],
    ) -> Mapping[str, Known]:
        """Claim what exists and may be claimed; return what changed meanwhile."""
        tokens = {known.claim.token for known in found.values() if known.claim}
        read = self.store.records_of(tokens) if tokens else {}
        records = {token: by_recommendation(each) for token, each in read.items()}
        taking: list[Candidate] = []
        offered: dict[str, Claimed] = {}
        for recommendation_id, known in found.items():
            if known.claim and known.claim.token not in records:
                continue  # its records could not be read
            candidate = wanted[recommendation_id]
            about = records[known.claim.token].get(recommendation_id, ()) if known.claim else ()
            offer = offered_to(candidate, known, about, now=self.clock())
            may_be_sent = offer.tombstone is None and not candidate.is_barred
            if offer.standing is Standing.IN_DOUBT or (
                offer.standing is Standing.FREE and may_be_sent
            ):
                offered[recommendation_id] = offer
                taking.append(candidate)
            else:
                claimed[recommendation_id] = offer
        if not taking:
            return {}
        entries = [(each, found[each.recommendation_id]) for each in self._entries(taking)]
        return self._take(self.store.take_over(entries), offered, claimed)

    def _take(
        self,
        answers: Mapping[str, Known | None],
        offered: Mapping[str, Claimed],
        claimed: dict[str, Claimed],
    ) -> Mapping[str, Known]:
        """Note what is ours by now; return what somebody else's entry stood in the way of.

        A write that was thought to have failed, and was repeated, meets itself.
        """
        others: dict[str, Known] = {}
        for recommendation_id, known in answers.items():
            if known is None or (known.claim and known.claim.token == self.token):
                claimed[recommendation_id] = offered[recommendation_id]
            else:
                others[recommendation_id] = known
        return others

    def _entries(self, candidates: Iterable[Candidate]) -> list[Entry]:
        now = self.clock()
        claim = Claim(self.token, now, self.lease_ends)
        return [
            Entry(
                each.recommendation,
                each.partner_opportunity_id,
                each.decided_by,
                claim,
                kept_until([each.recommendation], now=now, retention=self.retention),
            )
            for each in candidates
        ]

    def _kept_until(self, recommendations: Collection[Recommendation]) -> datetime:
        return kept_until(recommendations, now=self.clock(), retention=self.retention)


def _claimed(standing: Standing, known: Known) -> Claimed:
    return Claimed(standing, free_at=known.claim.lease_ends if known.claim else None)
