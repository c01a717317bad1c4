"""Click-credit offers: valid by default, one thing changed a test."""

from typing import Any, Final

from recommendation_applier.domain.click_credit_offer import (
    ClickCreditOffer,
    RefusedRow,
    read_offer,
)

OFFER_OPPORTUNITY: Final = "amzn1.ads-partner1.opportunity.3c2e9389-8504-4e2d-b708-98f5f0747d81"


def offer_row(**cells: Any) -> dict[str, Any]:
    """Make a row of a CLICK_CREDITS data file, good for the 30 days of November 2026."""
    row = {
        "promotionId": "PROMO-1",
        "promotionType": "ACQ",
        "promotionAmountLc": "200",
        "promotionAmountCurrency": "USD",
        "promotionStartDate": "1793491200000000",
        "promotionEndDate": "1796083200000000",
        "creditDistributionSla": "14",
        "advertiserName": "Northern Lamps",
        "advertiserType": "SELLER_CENTRAL_ENTITY",
        "encryptedAdvertiserId": "A0000000000001",
        "entityId": "ENTITY0000000000001",
        "marketplace": "US",
        "profileId": "3141592653589793",
    }
    return {**row, **cells}


def offer(**cells: Any) -> ClickCreditOffer:
    """Read the offer of such a row."""
    read = read_offer(offer_row(**cells), partner_opportunity_id=OFFER_OPPORTUNITY)
    if isinstance(read, RefusedRow):
        raise TypeError(f"the row is refused: {read}")
    return read
