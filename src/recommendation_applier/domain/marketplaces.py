"""The marketplaces that an apply request may name, and how Stream messages name them.

Codes: the `PartnerOpportunitiesApplicationMarketplace` enum of the Partner Opportunities OpenAPI
file. Ids: the Selling Partner API's page of marketplace ids.
"""

from typing import Final

APPLICABLE_MARKETPLACES: Final = frozenset(
    {
        "AE",
        "AU",
        "BR",
        "CA",
        "DE",
        "EG",
        "ES",
        "FR",
        "GB",
        "IN",
        "IT",
        "JP",
        "MX",
        "NL",
        "PL",
        "SA",
        "SE",
        "SG",
        "TR",
        "UK",
        "US",
    }
)
"""The 21 codes (20 marketplaces: the United Kingdom has two)."""

_CODE_BY_ID: Final = {
    "A2VIGQ35RCS4UG": "AE",
    "A39IBJ37TRP1C6": "AU",
    "A2Q3Y263D00KWC": "BR",
    "A2EUQ1WTGCTBG2": "CA",
    "A1PA6795UKMFR9": "DE",
    "ARBP9OOSHTCHU": "EG",
    "A1RKKUPIHCS9HS": "ES",
    "A13V1IB3VIYZZH": "FR",
    "A21TJRUUN4KGV": "IN",
    "APJ6JRA9NG5V4": "IT",
    "A1VC38T7YXB528": "JP",
    "A1AM78C64UM0Y8": "MX",
    "A1805IZSGTT6HS": "NL",
    "A1C3SOZRARQ6R3": "PL",
    "A17E79C6D8DWNP": "SA",
    "A2NODRKZP88ZB9": "SE",
    "A19VAU5U5O7RUS": "SG",
    "A33AVAJ2PDY3EV": "TR",
    "A1F83G8C2ARO7P": "UK",
    "ATVPDKIKX0DER": "US",
    # Amazon sells ads there, but the apply request has no code for them.
    "AMEN7PMS3EDWL": "BE",
    "A2WDZJZ5TCRMLH": "CL",
    "AAHKV2X7AFYLW": "CN",
    "A1ZXRLSQW2V54D": "CO",
    "A28R8C7NBKEWEA": "IE",
    "A3OCL2LJ6GDH9T": "NG",
    "AE08WJ6YKNBMC": "ZA",
}


def code_of(marketplace_id: str) -> str | None:
    """Return the code of *marketplace_id*, applicable or not; None for an id we do not know."""
    return _CODE_BY_ID.get(marketplace_id)


MARKETPLACES: Final = frozenset(_CODE_BY_ID.values())
"""Every marketplace that we know, each by its one code."""


def one_code(code: str) -> str:
    """Give the code that stands for a marketplace in whatever is counted: UK, also for GB."""
    return "UK" if code == "GB" else code
