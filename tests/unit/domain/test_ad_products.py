"""The names and codes of the ad products."""

import pytest

from recommendation_applier.domain.ad_products import AD_PRODUCTS, ad_product_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SP", "SP"),
        ("SB", "SB"),
        ("SD", "SD"),
        ("ST", "ST"),
        (" sp ", "SP"),
        ("SPONSORED_PRODUCTS", "SP"),
        ("SPONSORED_BRANDS", "SB"),
        ("SPONSORED_BRANDS_VIDEO", "SB"),
        ("SPONSORED_DISPLAY", "SD"),
        ("SPONSORED_DISPLAY_VIDEO", "SD"),
        ("SPONSORED_TV", "ST"),
        ("Sponsored Brands Video", "SB"),
    ],
)
def test_an_ad_product_is_known_by_code_and_by_name(text: str, code: str) -> None:
    """Stream messages have the codes, the Partner Opportunities API has the names."""
    assert ad_product_code(text) == code
    assert code in AD_PRODUCTS


@pytest.mark.parametrize("text", ["", "DSP", "Amazon DSP", "SPONSORED", "S P"])
def test_another_ad_product_stays_as_it_is(text: str) -> None:
    """Whoever reads it recognizes it."""
    assert ad_product_code(text) == text
