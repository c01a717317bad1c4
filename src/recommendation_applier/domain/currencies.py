"""In which currency a marketplace's bids and budgets are.

Settings name none. An advertiser's profile has one currency, that of its country (Ads API,
Profiles: `countryCode` and `currencyCode`); codes and decimals are those of ISO 4217.
"""

from typing import Final

_CURRENCIES: Final = {
    "AE": "AED",
    "AU": "AUD",
    "BR": "BRL",
    "CA": "CAD",
    "DE": "EUR",
    "EG": "EGP",
    "ES": "EUR",
    "FR": "EUR",
    "GB": "GBP",
    "IN": "INR",
    "IT": "EUR",
    "JP": "JPY",
    "MX": "MXN",
    "NL": "EUR",
    "PL": "PLN",
    "SA": "SAR",
    "SE": "SEK",
    "SG": "SGD",
    "TR": "TRY",
    "UK": "GBP",
    "US": "USD",
}

_WITHOUT_DECIMALS: Final = frozenset({"JPY"})


def currency_of(marketplace: str) -> str | None:
    """Give the currency of a marketplace; None for one that we do not know."""
    return _CURRENCIES.get(marketplace)


def decimals_of(currency: str) -> int:
    """Say how many decimals people write amounts of *currency* with."""
    return 0 if currency in _WITHOUT_DECIMALS else 2
