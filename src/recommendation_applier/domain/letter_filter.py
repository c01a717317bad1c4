"""Which dead letters a person means. No I/O."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from recommendation_applier.domain.marketplaces import one_code
from recommendation_applier.domain.waiting_letter import Subject, WaitingLetter

NO_REASON: Final = "NONE"
"""The word for a letter that says no reason: SQS moved it, and SQS gives none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFilter:
    """What a letter has to be; any of the values of a field fits, and an empty field fits all.

    A letter of several recommendations is meant if one of them fits all that is asked of it: it
    moves as a whole. An id is that of a recommendation or of the SQS message. Marketplaces and
    types are in capitals.
    """

    reasons: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    api_codes: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    marketplaces: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    campaigns: frozenset[str] = frozenset()
    opportunities: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    older_than: timedelta | None = None
    newer_than: timedelta | None = None

    def covers(self, letter: WaitingLetter, *, now: datetime) -> bool:
        """Tell whether it means *letter* at *now*."""
        age = now - letter.since
        return (
            (not self.reasons or (letter.reason_code or NO_REASON) in self.reasons)
            and (not self.kinds or letter.kind in self.kinds)
            and (not self.api_codes or letter.api_code in self.api_codes)
            and (self.older_than is None or age >= self.older_than)
            and (self.newer_than is None or age < self.newer_than)
            and any(self._fits(each, letter) for each in letter.subjects or (Subject(),))
        )

    def _fits(self, subject: Subject, letter: WaitingLetter) -> bool:
        marketplaces = {one_code(each) for each in self.marketplaces}
        return all(
            not wanted or not wanted.isdisjoint(values)
            for wanted, values in (
                (self.accounts, {subject.encrypted_advertiser_id, subject.entity_id}),
                (marketplaces, {one_code((subject.marketplace or "").upper())}),
                (self.types, {(subject.type or "").upper()}),
                (self.campaigns, {subject.campaign_id}),
                (self.opportunities, {subject.partner_opportunity_id}),
                (self.ids, {subject.recommendation_id, letter.message_id}),
            )
        )
