"""Which opportunities to list: the filters of the API, held to its published limits.

Source: the Partner Opportunities OpenAPI file, operations listOpportunities and getSummary.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from recommendation_applier.domain.errors import RefusedError

MAX_RESULTS: Final = 100
MAX_ADVERTISERS: Final = 100
MAX_PROFILES: Final = 100
_ID_CHARACTERS_BELOW: Final = 50

AUDIENCES: Final = frozenset(
    {"PARTNER", "PARTNER_MANAGED_ADVERTISERS", "PARTNER_MANAGED_AD_BUSINESS"}
)
OBJECTIVE_TYPES: Final = frozenset(
    {
        "ADVERTISER_INSIGHTS",
        "AD_API_ENDPOINT_ADOPTION",
        "AMAZON_ACCOUNT_TEAM_RECOMMENDATIONS",
        "BENCHMARKING_INSIGHTS",
        "CAMPAIGN_OPTIMIZATION",
        "CATEGORY_INSIGHTS",
        "CLICK_CREDITS",
        "DEALS",
        "MARKETPLACE_EXPANSION",
        "NEW_TO_BRAND_INSIGHTS",
        "PARTNER_GROWTH",
        "PATH_TO_PURCHASE_INSIGHTS",
        "READY_TO_LAUNCH_CAMPAIGNS",
        "RETAIL_INSIGHTS",
        "SHARE_OF_VOICE_INSIGHTS",
        "UNLAUNCHED_ASINS",
    }
)
PRODUCTS: Final = frozenset(
    {
        "AMAZON_DSP",
        "AMAZON_LIVE",
        "CROSS_PRODUCT",
        "POSTS",
        "SPONSORED_BRANDS",
        "SPONSORED_BRANDS_VIDEO",
        "SPONSORED_DISPLAY",
        "SPONSORED_DISPLAY_VIDEO",
        "SPONSORED_PRODUCTS",
        "SPONSORED_TV",
        "STORES",
        "VIDEO_ADS",
    }
)
LOCALES: Final = frozenset(
    {
        "ar_AE",
        "cs_CZ",
        "de_DE",
        "en_AU",
        "en_CA",
        "en_GB",
        "en_IN",
        "en_SG",
        "en_US",
        "es_CO",
        "es_ES",
        "es_MX",
        "es_US",
        "fr_CA",
        "fr_FR",
        "he_IL",
        "hi_IN",
        "it_IT",
        "ja_JP",
        "ko_KR",
        "nl_NL",
        "pl_PL",
        "pt_BR",
        "sv_SE",
        "ta_IN",
        "th_TH",
        "tr_TR",
        "vi_VN",
        "zh_CN",
        "zh_TW",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityQuery:
    """Filters of the list; different ones narrow each other, advertisers and profiles add up.

    An empty filter is none. With a *locale*, Amazon leaves out what it has no translation of.
    Raises RefusedError that names every filter which breaks its rule.
    """

    audience: tuple[str, ...] = ()
    objective_type: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    advertiser_id: tuple[str, ...] = ()
    profile_id: tuple[str, ...] = ()
    locale: str | None = None
    max_results: int = MAX_RESULTS
    """Of one page. Amazon's own default is 10; the most it gives makes the fewest requests."""

    def __post_init__(self) -> None:
        """Hold the filters to their rules."""
        if found := list(self._findings()):
            raise RefusedError(f"opportunities cannot be listed: {'; '.join(found)}")

    def filters(self) -> dict[str, str]:
        """The query parameters that the list and the summary have in common."""
        lists = {
            "audience": self.audience,
            "objectiveType": self.objective_type,
            "product": self.product,
        }
        return {name: ",".join(values) for name, values in lists.items() if values}

    def parameters(self, *, token: str | None = None) -> dict[str, str]:
        """The query parameters of a page: the first one, or that of a *token* of another."""
        lists = {"advertiserId": self.advertiser_id, "profileId": self.profile_id}
        return {
            "maxResults": str(self.max_results),
            **self.filters(),
            **{name: ",".join(values) for name, values in lists.items() if values},
            **({"locale": self.locale} if self.locale else {}),
            **({"nextToken": token} if token else {}),
        }

    def _findings(self) -> Iterator[str]:
        if not 1 <= self.max_results <= MAX_RESULTS:
            yield f"maxResults is {self.max_results}; it must be 1 to {MAX_RESULTS}"
        yield from _unknown("audience", self.audience, AUDIENCES)
        yield from _unknown("objectiveType", self.objective_type, OBJECTIVE_TYPES)
        yield from _unknown("product", self.product, PRODUCTS)
        yield from _unknown("locale", (self.locale,) if self.locale else (), LOCALES)
        yield from _too_many("advertiserId", self.advertiser_id, MAX_ADVERTISERS)
        yield from _too_many("profileId", self.profile_id, MAX_PROFILES)
        for each in self.advertiser_id:
            if not each.isalnum() or len(each) >= _ID_CHARACTERS_BELOW:
                yield (
                    f"advertiserId is {each[:60]!r}; it must be letters and digits, fewer than "
                    f"{_ID_CHARACTERS_BELOW}"
                )
        for each in self.profile_id:
            if not (each.isascii() and each.isdigit()) or len(each) >= _ID_CHARACTERS_BELOW:
                yield (
                    f"profileId is {each[:60]!r}; it must be digits, fewer than "
                    f"{_ID_CHARACTERS_BELOW}"
                )


def _unknown(name: str, values: tuple[str, ...], known: AbstractSet[str]) -> Iterator[str]:
    unknown = sorted(set(values) - known)
    if unknown:
        yield f"{name} is {', '.join(unknown)[:60]!r}; it must be of {', '.join(sorted(known))}"


def _too_many(name: str, values: tuple[str, ...], most: int) -> Iterator[str]:
    if len(values) > most:
        yield f"{name} has {len(values)} values; it must have at most {most}"
