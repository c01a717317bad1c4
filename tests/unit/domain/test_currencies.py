"""In which currency a marketplace's bids and budgets are."""

from recommendation_applier.domain.currencies import currency_of, decimals_of
from recommendation_applier.domain.marketplaces import APPLICABLE_MARKETPLACES


def test_every_marketplace_that_can_be_applied_to_has_one() -> None:
    """Three capital letters, and both codes of the United Kingdom the same."""
    found = {code: currency_of(code) for code in APPLICABLE_MARKETPLACES}

    assert all(each and len(each) == 3 and each.isupper() for each in found.values())
    assert (found["GB"], found["UK"], found["DE"], found["JP"]) == ("GBP", "GBP", "EUR", "JPY")


def test_one_that_nobody_knows_has_none() -> None:
    """Rather than a wrong one."""
    assert currency_of("BE") is None


def test_yen_have_no_decimals() -> None:
    """All others have two, also one that we do not know."""
    assert [decimals_of(each) for each in ("JPY", "USD", "currency of BE")] == [0, 2, 2]
