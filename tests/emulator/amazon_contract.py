"""What Amazon publishes about the Partner Opportunities API, as the emulator enforces it.

Written down apart from the product's own constants on purpose: a slip there must meet a refusal
here. Source: the OpenAPI file of Partner Opportunities 3.0 and its how-to guide.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

MEDIA_TYPES: Final = frozenset(
    f"application/vnd.partneropportunity.{version}+json" for version in ("v1", "v1.1", "v1.2")
)
_NORTH_AMERICA: Final = frozenset(("BR", "CA", "MX", "US"))
_EUROPE: Final = frozenset(
    ("AE", "DE", "EG", "ES", "FR", "GB", "IN", "IT", "NL", "PL", "SA", "SE", "TR", "UK")
)
_FAR_EAST: Final = frozenset(("AU", "JP", "SG"))
MARKETPLACES: Final = _NORTH_AMERICA | _EUROPE | _FAR_EAST
"""21 codes for 20 marketplaces: the United Kingdom has two; Belgium and Ireland have none."""
ADVERTISER_TYPES: Final = frozenset(("SELLER", "VENDOR"))
APPLY_ATTRIBUTES: Final = frozenset(
    ("advertiserType", "encryptedAdvertiserId", "entityId", "marketplace", "recommendationIds")
)
MAX_IDS_PER_APPLY: Final = 100
MAX_IDS_PER_STATUS: Final = 500
APPLY_ERROR_CODES: Final = frozenset(
    (
        "PO_APPLY_ALREADY_APPLIED",
        "PO_APPLY_BAD_REQUEST",
        "PO_APPLY_INTERNAL_SERVER_ERROR",
        "PO_APPLY_IN_TERMINAL_STATUS",
        "PO_APPLY_UNPROCESSABLE_ERROR",
    )
)
APPLICATION_STATUSES: Final = frozenset(
    ("FAILED", "IN_PROGRESS", "PUBLISHED", "REJECTED", "SUCCESS")
)
OBJECTIVE_TYPES: Final = frozenset(
    (
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
    )
)
LIST_PARAMETERS: Final = frozenset(
    (
        "advertiserId",
        "audience",
        "locale",
        "maxResults",
        "nextToken",
        "objectiveType",
        "product",
        "profileId",
        "retrieveTranslationKeys",
    )
)
SUMMARY_PARAMETERS: Final = frozenset(("audience", "objectiveType", "product"))
AUDIENCES: Final = frozenset(
    ("PARTNER", "PARTNER_MANAGED_ADVERTISERS", "PARTNER_MANAGED_AD_BUSINESS")
)
PRODUCTS: Final = frozenset(
    (
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
    )
)
MAX_FILTER_IDS: Final = 100
FILTER_ID_CHARACTERS_BELOW: Final = 50
MAX_RESULTS: Final = 100
DEFAULT_RESULTS: Final = 10
FILE_FORMATS: Final = frozenset(("CSV", "GZIP_JSON"))
PRESIGNED_LIFETIME_SECONDS: Final = 900

_ENCODED_SEGMENT: Final = re.compile(r"(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+")
"""RFC 3986: whatever is not unreserved is percent-encoded."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One way in which a request is not what Amazon publishes, and the status that it earns."""

    status: int
    rule: str
    detail: str


def path_breaches(segment: str) -> Iterator[Breach]:
    """Check the opportunity id as it stands in the path, *segment*, before it is decoded."""
    if not _ENCODED_SEGMENT.fullmatch(segment):
        yield Breach(404, "the opportunity id in the path is percent-encoded", segment)


def storage_breaches(headers: Mapping[str, str]) -> Iterator[Breach]:
    """Check that nothing which is Amazon Ads' business goes to the file store."""
    if "authorization" in headers:
        yield Breach(400, "no Authorization header goes to a presigned address", "")
    for name, value in headers.items():
        if name.startswith("amazon-") or "Atza|" in value:
            yield Breach(400, "no header of Amazon Ads goes to a presigned address", name)


def query_breach(query: Mapping[str, list[str]]) -> str | None:
    """Say how the filters of a query break the contract; None if they do not."""
    for name, known in (
        ("audience", AUDIENCES),
        ("objectiveType", OBJECTIVE_TYPES),
        ("product", PRODUCTS),
    ):
        strange = values_of(query, name) - known
        if strange:
            return f"no such {name}: {', '.join(sorted(strange))}"
    for name in ("advertiserId", "profileId"):
        ids = values_of(query, name)
        too_long = any(len(each) >= FILTER_ID_CHARACTERS_BELOW for each in ids)
        if len(ids) > MAX_FILTER_IDS or too_long:
            return f"{name} is at most {MAX_FILTER_IDS} ids of fewer than 50 characters"
    return None


def values_of(query: Mapping[str, list[str]], name: str) -> frozenset[str]:
    """Give the values of a parameter that is a list parted by commas."""
    return frozenset(one for text in query.get(name, []) for one in text.split(","))


def header_breaches(
    headers: Mapping[str, str], *, has_body: bool, client_id: str, manager_account: str
) -> Iterator[Breach]:
    """Check every header but the token's worth, which only Login with Amazon can tell."""
    if headers.get("amazon-advertising-api-clientid") != client_id:
        found = headers.get("amazon-advertising-api-clientid", "none")
        yield Breach(401, "Amazon-Advertising-API-ClientId names the client of the token", found)
    account = headers.get("amazon-advertising-api-manager-account")
    if account != manager_account:
        rule = "Amazon-Advertising-API-Manager-Account names the Partner Network account"
        yield Breach(403 if account else 401, rule, account or "none")
    if "amazon-advertising-api-scope" in headers:
        rule = "no profile: Amazon-Advertising-API-Scope is not sent"
        yield Breach(401, rule, headers["amazon-advertising-api-scope"])
    if headers.get("accept") not in MEDIA_TYPES:
        found = headers.get("accept", "none")
        yield Breach(406, "Accept is one of the partneropportunity media types", found)
    if has_body and headers.get("content-type") not in MEDIA_TYPES:
        found = headers.get("content-type", "none")
        yield Breach(415, "Content-Type is one of the partneropportunity media types", found)


def body_breaches(raw: bytes, *, maximum_ids: int) -> Iterator[Breach]:
    """Check the five attributes of an apply or applicationStatus request."""
    body = json_object(raw)
    if body is None:
        yield Breach(400, "the body is a JSON object", raw[:80].decode(errors="replace"))
        return
    if set(body) != APPLY_ATTRIBUTES:
        difference = sorted(set(body) ^ APPLY_ATTRIBUTES)
        yield Breach(400, "the body has exactly the five attributes", ", ".join(difference))
    yield from _value_breaches(body)
    yield from _id_breaches(body.get("recommendationIds"), maximum_ids)


def json_object(raw: bytes) -> dict[str, object] | None:
    """Read *raw* as a JSON object; None when it is anything else."""
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _value_breaches(body: Mapping[str, object]) -> Iterator[Breach]:
    for attribute, allowed in (
        ("advertiserType", ADVERTISER_TYPES),
        ("marketplace", MARKETPLACES),
    ):
        value = body.get(attribute)
        if not isinstance(value, str) or value not in allowed:
            yield Breach(400, f"{attribute} is one of the published values", str(value))
    for attribute in ("encryptedAdvertiserId", "entityId"):
        value = body.get(attribute)
        if not isinstance(value, str) or not value.strip():
            yield Breach(400, f"{attribute} is a string that says something", repr(value))


def _id_breaches(ids: object, maximum: int) -> Iterator[Breach]:
    if not isinstance(ids, list) or not 1 <= len(ids) <= maximum:
        found = f"{len(ids)} ids" if isinstance(ids, list) else repr(ids)
        yield Breach(400, f"recommendationIds is an array of 1 to {maximum}", found)
        return
    if not all(isinstance(found, str) and found.strip() for found in ids):
        yield Breach(400, "each recommendation id is a string that says something", "")
        return
    if len(set(ids)) != len(ids):
        twice = sorted({found for found in ids if ids.count(found) > 1})
        yield Breach(400, "no recommendation id stands twice in a request", ", ".join(twice))
