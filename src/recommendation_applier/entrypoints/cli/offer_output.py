"""Click-credit offers in rows for tables and CSV, as a document, and what was refused of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from recommendation_applier.domain.click_credit_offer import ClickCreditOffer, RefusedRow
from recommendation_applier.domain.click_credits import days_left, qualifying_action, totals
from recommendation_applier.domain.opportunity_rows import UnreadableRow

TABLE: Final = {
    "daysLeft": "days left",
    "ends": "ends",
    "marketplace": "market",
    "advertiser": "advertiser",
    "promotionType": "type",
    "amount": "amount",
    "qualifyingAction": "earned by",
}

CSV: Final = (
    *("partnerOpportunityId", "qualifyingAction", "promotionId", "promotionType"),
    *("promotionAmountLc", "promotionAmountCurrency", "promotionStartDate", "promotionEndDate"),
    *("daysLeft", "creditDistributionSla", "encryptedAdvertiserId", "advertiserName"),
    *("advertiserType", "entityId", "marketplace", "profileId"),
)


@dataclass(frozen=True, slots=True)
class Refusals:
    """How many rows were refused, by their wrong columns, and the first of each kind."""

    counts: Counter[str] = field(default_factory=Counter)
    samples: dict[str, str] = field(default_factory=dict)

    def add(self, row: RefusedRow | UnreadableRow) -> None:
        """Count one more."""
        if isinstance(row, UnreadableRow):
            kind, sentence = "unreadable", row.message
        else:
            kind, sentence = " ".join(cell.column for cell in row.cells), str(row)
        self.counts[kind] += 1
        self.samples.setdefault(kind, sentence)

    def rows(self) -> list[dict[str, Any]]:
        """Give a row for each kind, the commonest first."""
        return [
            {"columns": kind, "rows": count, "first": self.samples[kind]}
            for kind, count in self.counts.most_common()
        ]


def row_of(offer: ClickCreditOffer, now: datetime) -> dict[str, Any]:
    """Give all that is known of an offer; in the words of the files."""
    return offer.model_dump(by_alias=True) | {
        "daysLeft": days_left(offer, now=now),
        "qualifyingAction": qualifying_action(offer.partner_opportunity_id),
    }


def for_people(row: dict[str, Any]) -> dict[str, Any]:
    """Give what a table has room for."""
    names = (row["advertiserName"], row["encryptedAdvertiserId"])
    return row | {
        "ends": f"{row['promotionEndDate']:%Y-%m-%d %H:%MZ}",
        "advertiser": " ".join(each for each in names if each),
        "amount": f"{row['promotionAmountLc']} {row['promotionAmountCurrency']}",
    }


def facts_of(offers: Sequence[ClickCreditOffer]) -> dict[str, Any]:
    """Say how many offers there are, and what they add up to."""
    sums = totals(offers)
    return {
        "offers": str(len(offers)),
        "total": ", ".join(f"{sums[currency]} {currency}" for currency in sums),
    }


def document_of(
    offers: Sequence[ClickCreditOffer], refusals: Refusals, now: datetime
) -> dict[str, Any]:
    """Say everything."""
    return {
        "asOf": now,
        "offers": [row_of(each, now) for each in offers],
        "totals": totals(offers),
        "refused": refusals.rows(),
    }
