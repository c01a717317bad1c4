"""Which click credits can be earned: the offers that are open, and what they add up to. No I/O."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from recommendation_applier.domain.click_credit_offer import ClickCreditOffer
from recommendation_applier.domain.marketplaces import one_code

_PREFIX: Final = "amzn1.ads-partner1.opportunity."
_ACTIONS: Final = {
    f"{_PREFIX}3c2e9389-8504-4e2d-b708-98f5f0747d81": "launch a Sponsored Brands campaign",
    f"{_PREFIX}7482e3a0-aad1-4383-86b8-8c95362a06ff": (
        "launch a Sponsored Products campaign with no end date"
    ),
    f"{_PREFIX}c79466cd-1c70-4a54-b660-d4b9533df540": (
        "keep a Sponsored Products campaign active for 30 days"
    ),
}

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFilter:
    """Which offers are wanted; what is None lets all pass.

    *advertiser* is an advertiser's, entity's or profile's id, or a part of the advertiser's name.
    *promotion_type* is as in the file. Upper and lower case are the same.
    """

    advertiser: str | None = None
    marketplace: str | None = None
    promotion_type: str | None = None
    ending_within_days: int | None = None


def qualifying_action(partner_opportunity_id: str) -> str | None:
    """Say what earns the credits of an opportunity; None for one that is not in the catalogue.

    From Amazon's catalogue of click-credit opportunities. What binds is the invitation that the
    advertiser has got.
    """
    return _ACTIONS.get(partner_opportunity_id)


def days_left(offer: ClickCreditOffer, *, now: datetime) -> int:
    """Count the whole days until *offer* ends; 0 on the last one, below 0 once it has ended."""
    return (offer.promotion_end_date - now) // _DAY


def open_offers(
    offers: Iterable[ClickCreditOffer], wanted: OfferFilter, *, now: datetime
) -> Sequence[ClickCreditOffer]:
    """Give the *wanted* ones of *offers* that have not ended, each once, the soonest to end first.

    One that has yet to begin is among them.
    """
    chosen = dict.fromkeys(
        each for each in offers if each.promotion_end_date > now and _fits(each, wanted, now)
    )
    return sorted(chosen, key=_soonest_first)


def totals(offers: Iterable[ClickCreditOffer]) -> Mapping[str, Decimal]:
    """Add up what *offers* are worth, each currency by itself, in the order of the alphabet."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for offer in offers:
        sums[offer.promotion_amount_currency] += offer.promotion_amount_lc
    return dict(sorted(sums.items()))


def _fits(offer: ClickCreditOffer, wanted: OfferFilter, now: datetime) -> bool:
    days = (offer.promotion_end_date - now) / _DAY
    return (
        (wanted.advertiser is None or _is_of(offer, wanted.advertiser.casefold()))
        and (
            wanted.marketplace is None or one_code(wanted.marketplace.upper()) == offer.marketplace
        )
        and (
            wanted.promotion_type is None
            or wanted.promotion_type.casefold() == offer.promotion_type.casefold()
        )
        and (wanted.ending_within_days is None or days <= wanted.ending_within_days)
    )


def _is_of(offer: ClickCreditOffer, advertiser: str) -> bool:
    ids = (offer.encrypted_advertiser_id, offer.entity_id, offer.profile_id)
    return advertiser in [each.casefold() for each in ids if each] or (
        offer.advertiser_name is not None and advertiser in offer.advertiser_name.casefold()
    )


def _soonest_first(offer: ClickCreditOffer) -> tuple[datetime, str, str, str]:
    return (
        offer.promotion_end_date,
        offer.marketplace,
        offer.encrypted_advertiser_id,
        offer.promotion_id,
    )
