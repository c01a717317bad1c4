"""The sponsored ads products, and the two ways in which Amazon writes them.

Codes: `ad_product` of the Stream dataset, and of the Recommendations API, which adds ST. Names: the
`product` enum of the Partner Opportunities OpenAPI file.
"""

from typing import Final

AD_PRODUCTS: Final = ("SP", "SB", "SD", "ST")
"""Sponsored Products, Brands, Display and TV."""

_CODE_BY_NAME: Final = {
    "SPONSORED_PRODUCTS": "SP",
    "SPONSORED_BRANDS": "SB",
    "SPONSORED_BRANDS_VIDEO": "SB",
    "SPONSORED_DISPLAY": "SD",
    "SPONSORED_DISPLAY_VIDEO": "SD",
    "SPONSORED_TV": "ST",
}


def ad_product_code(text: str) -> str:
    """Give the code of an ad product, by name or by code; what is not known stays as it is."""
    name = text.strip().upper().replace(" ", "_")
    return _CODE_BY_NAME.get(name, name if name in AD_PRODUCTS else text)
