"""What is held, as people, spreadsheets and programs read it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from recommendation_applier.domain.amounts import show_amount, show_percent
from recommendation_applier.domain.change import Change
from recommendation_applier.domain.held import Held
from recommendation_applier.domain.holds import Hold
from recommendation_applier.domain.recommendation import Advertiser, Recommendation
from recommendation_applier.domain.setting_changes import changes_of
from recommendation_applier.entrypoints.cli.times import show_duration

SOON: Final = timedelta(hours=24)
"""What ends within it is marked."""

LINES: Final = {
    "account": "account",
    "campaignId": "campaign",
    "type": "type",
    "what": "would change",
    "before": "from",
    "after": "to",
    "percent": "by",
    "reason": "held for",
    "heldAt": "since",
    "ends": "ends in",
    "recommendationId": "recommendation",
}
"""Headings of the table for people."""

CELLS: Final = (
    "recommendationId",
    "encryptedAdvertiserId",
    "entityId",
    "marketplace",
    "advertiserType",
    "campaignId",
    "adProduct",
    "type",
    "setting",
    "what",
    "before",
    "after",
    "reason",
    "detail",
    "rule",
    "policyVersion",
    "heldAt",
    "heldUntil",
    "releasedBy",
)
"""Headings of the file for spreadsheets, which reckon by how much for themselves."""

_SHOWN: Final = 5
"""Changes of one recommendation in the table: it may have thousands of targets."""


def lines_of(held: Held, *, now: datetime) -> Iterator[Mapping[str, Any]]:
    """Write what is held for people: a line for each number, the first with all the rest."""
    recommendation, hold, rule = held.recommendation, held.hold, held.entry.decided_by.rule
    first: Mapping[str, Any] = {
        "account": account_of(recommendation.advertiser),
        "campaignId": recommendation.campaign_id,
        "type": recommendation.type,
        "reason": f"{hold.reason} ({rule})" if rule else hold.reason.value,
        "heldAt": hold.held_at.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ"),
        "ends": ends_in(hold, now=now),
        "recommendationId": recommendation.recommendation_id,
    }
    changes = list(change_lines(recommendation)) or [{}]
    for change in changes[:_SHOWN]:
        yield {**first, **change}
        first = {}
    if len(changes) > _SHOWN:
        yield {"what": f"and {len(changes) - _SHOWN} more: applier held show tells them"}


def change_lines(recommendation: Recommendation) -> Iterator[Mapping[str, Any]]:
    """Write for people what it would change, and what cannot be computed of it."""
    found = changes_of(recommendation)
    for change in found.changes:
        yield {
            "what": change.what,
            "before": "new" if change.is_new else _shown(change.before),
            "after": _shown(change.after),
            "percent": None if change.percent is None else show_percent(change.percent),
        }
    for sentence in found.uncomputable:
        yield {"what": sentence}


def cells_of(held: Held) -> Iterator[Mapping[str, Any]]:
    """Write what is held for spreadsheets: a row for each number, and one where there is none."""
    whole = recommendation_facts(held.recommendation) | _hold_facts(held)
    found = changes_of(held.recommendation)
    changes = [change_facts(each) for each in found.changes]
    for change in [*changes, *({"what": each} for each in found.uncomputable)] or [{}]:
        yield whole | change


def facts_of(held: Held) -> Mapping[str, Any]:
    """Write what is held for programs."""
    found = changes_of(held.recommendation)
    return {
        **recommendation_facts(held.recommendation),
        "publishedDate": held.recommendation.published_date,
        "expiryDate": held.recommendation.expiry_date,
        "partnerOpportunityId": held.entry.partner_opportunity_id,
        **_hold_facts(held),
        "changes": [change_facts(each) for each in found.changes],
        "uncomputable": found.uncomputable,
    }


def recommendation_facts(recommendation: Recommendation) -> dict[str, Any]:
    """Name a recommendation, its account and its campaign."""
    account = recommendation.advertiser
    return {
        "recommendationId": recommendation.recommendation_id,
        "encryptedAdvertiserId": account.encrypted_advertiser_id,
        "entityId": account.entity_id,
        "marketplace": account.marketplace,
        "advertiserType": account.advertiser_type,
        "campaignId": recommendation.campaign_id,
        "adProduct": recommendation.ad_product,
        "type": recommendation.type,
    }


def change_facts(change: Change) -> dict[str, Any]:
    """Write one changed number."""
    return {
        "setting": change.setting.value,
        "what": change.what,
        "before": change.before,
        "after": change.after,
        "percent": None
        if change.percent is None
        else show_percent(change.percent).removesuffix(" %"),
    }


def account_of(advertiser: Advertiser) -> str:
    """Name an account for people, briefly."""
    return f"{advertiser.encrypted_advertiser_id} {advertiser.marketplace}"


def ends_in(hold: Hold, *, now: datetime) -> str:
    """Say how long it can still be released; a mark warns of what ends within a day."""
    if hold.until is None:
        return "never"
    if hold.until <= now:
        return f"ended {show_duration(now - hold.until)} ago"
    left = hold.until - now
    return f"{'! ' if left <= SOON else ''}{show_duration(left)}"


def _hold_facts(held: Held) -> dict[str, Any]:
    hold, decided_by = held.hold, held.entry.decided_by
    return {
        "reason": hold.reason.value,
        "detail": hold.detail,
        "rule": decided_by.rule,
        "policyVersion": decided_by.policy_version,
        "heldAt": hold.held_at,
        "heldUntil": hold.until,
        "releasedBy": held.release.by if held.release else None,
    }


def _shown(number: Decimal | None) -> str | None:
    return None if number is None else show_amount(number)
