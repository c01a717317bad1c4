"""One recommendation's whole story: what the ledger's documents say of it, in order. No I/O."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from recommendation_applier.domain.dates import format_date
from recommendation_applier.domain.follow_up import ApplicationEnd, FollowUpState
from recommendation_applier.domain.ledger import (
    BatchRecord,
    Entry,
    Standing,
    Tombstone,
    Verdict,
    standing_of,
)

_MEANING: Final[Mapping[Verdict, str]] = {
    Verdict.ACCEPTED: "Amazon has it; it is never sent again",
    Verdict.REJECTED: "the advertiser said no before it could be sent; it is never sent",
    Verdict.REFUSED: "Amazon refused it; its dead letter can be redriven",
    Verdict.RELEASED: "nothing was taken; the next delivery may send it",
    Verdict.HELD: "kept back; it waits to be released",
    Verdict.IN_DOUBT: "Amazon may have it; Amazon is asked before it is sent again",
}

_ENDS: Final[Mapping[ApplicationEnd, str]] = {
    ApplicationEnd.FAILED: "Amazon could not apply it",
    ApplicationEnd.REJECTED: "it was rejected before Amazon had applied it",
    ApplicationEnd.UNSETTLED: "Amazon never settled it, and is not asked about it any more",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened to a recommendation, or that will.

    *at* is None where the ledger does not know when: its place in the timeline tells between what.
    *what* is a word to filter by: PUBLISHED, CLAIMED, CLAIM_LEFT, SENT, a Verdict, FOLLOW_UP_DUE,
    APPLIED, an ApplicationEnd, a NotApplicableReason that took it back, EXPIRES or FORGOTTEN.
    """

    at: datetime | None
    what: str
    detail: str = ""
    claim: str | None = None
    http_status: int | None = None
    request_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything that the ledger knows of a recommendation.

    *entry* is None where it was taken back before it was ever claimed. *earlier_claims* are those
    before the entry's, the oldest first. *records* are those of all claims that name it, each
    claim's in their order.
    """

    recommendation_id: str
    entry: Entry | None
    tombstone: Tombstone | None = None
    earlier_claims: tuple[str, ...] = ()
    records: tuple[BatchRecord, ...] = ()

    def standing(self, *, now: datetime) -> Standing:
        """Say what the ledger would say at *now* to an invocation that wants to send it."""
        claim = self.entry.claim if self.entry else None
        records = [each for each in self.records if claim and each.token == claim.token]
        return standing_of(self.recommendation_id, claim, records, now=now)

    def timeline(self) -> tuple[Happening, ...]:
        """Tell it in order; what has no date stands behind what it followed."""
        dated = [*self._of_entry(), *self._of_records(), *self._of_tombstone()]
        return tuple(happening for _, happening in sorted(dated, key=lambda each: each[0]))

    def _of_entry(self) -> Iterator[tuple[datetime, Happening]]:
        if self.entry is None:
            return
        recommendation, claim = self.entry.recommendation, self.entry.claim
        if recommendation.published_date:
            yield _dated(recommendation.published_date, "PUBLISHED", "by Amazon")
        recorded = {record.token for record in self.records}
        for token in self.earlier_claims:
            if token not in recorded:
                yield (
                    claim.claimed_at,
                    Happening(
                        at=None,
                        what="CLAIM_LEFT",
                        detail="by an invocation that recorded nothing of it",
                        claim=token,
                    ),
                )
        yield _dated(
            claim.claimed_at,
            "CLAIMED",
            f"decided by {self.entry.decided_by}; "
            f"the claim ends {format_date(claim.lease_ends.replace(microsecond=0))}",
            claim=claim.token,
        )
        if recommendation.expiry_date:
            yield _dated(recommendation.expiry_date, "EXPIRES", "it is not sent after that")
        yield _dated(self.entry.kept_until, "FORGOTTEN", "the ledger may delete it")

    def _of_records(self) -> Iterator[tuple[datetime, Happening]]:
        for record in self.records:
            if record.sent_at:
                yield _dated(
                    record.sent_at,
                    "SENT",
                    f"under {record.partner_opportunity_id}",
                    claim=record.token,
                )
            for verdict, ids in record.verdicts.items():
                if self.recommendation_id in ids:
                    said = f"; {record.answer}" if record.answer else ""
                    yield (
                        record.recorded_at,
                        Happening(
                            at=record.recorded_at,
                            what=verdict.value,
                            detail=f"{_MEANING[verdict]}{said}",
                            claim=record.token,
                            http_status=record.http_status,
                            request_ids=record.request_ids,
                        ),
                    )
            if record.follow_up and self.recommendation_id in record.accepted:
                yield self._of_follow_up(record, record.follow_up)

    def _of_follow_up(
        self, record: BatchRecord, state: FollowUpState
    ) -> tuple[datetime, Happening]:
        if self.recommendation_id in state.pending and state.due:
            return _dated(state.due, "FOLLOW_UP_DUE", "Amazon is asked again", claim=record.token)
        end = state.ended.get(self.recommendation_id)
        return (
            record.recorded_at,
            Happening(
                at=None,
                what=end.value if end else "APPLIED",
                detail=_ENDS[end] if end else "Amazon has applied it",
                claim=record.token,
            ),
        )

    def _of_tombstone(self) -> Iterator[tuple[datetime, Happening]]:
        if self.tombstone:
            yield _dated(
                self.tombstone.as_of,
                self.tombstone.reason.value,
                "nothing that was published until then is sent",
            )


def _dated(
    at: datetime, what: str, detail: str, *, claim: str | None = None
) -> tuple[datetime, Happening]:
    return at, Happening(at=at, what=what, detail=detail, claim=claim)
