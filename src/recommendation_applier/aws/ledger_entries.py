"""Entries and tombstones of the ledger <-> documents of its table. No I/O.

One document a recommendation, for both. The names are the operator's, who reads them in the
console, and paid for: an entry below 1,024 bytes, names included, costs one write unit.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from recommendation_applier.aws.campaign_settings import SettingsTooLargeError, pack, unpack
from recommendation_applier.aws.ledger_documents import (
    Document,
    moment,
    read_moment,
    read_seconds,
    reading,
    seconds,
)
from recommendation_applier.domain.dates import FOR_EVER
from recommendation_applier.domain.holds import Hold, Release
from recommendation_applier.domain.ledger import (
    Claim,
    DecidedBy,
    Entry,
    Known,
    StoredEntry,
    Tombstone,
)
from recommendation_applier.domain.reasons import HeldReason, NotApplicableReason
from recommendation_applier.domain.recommendation import Advertiser, Recommendation

SETTINGS: Final = "settings"
SETTINGS_LEFT_OUT: Final = "settingsLeftOut"
"""Why `settings` are not there though Amazon sent some: never both."""

EARLIER_CLAIMS: Final = "earlierClaims"
"""The claims before the one that stands, the oldest first: each has records of its own."""


DECISION_NAMES: Final = ("policyVersion", "rule", "releasedBy")
"""What says who decided: what a new entry does not say of it must not stay from the old."""

HELD: Final = "HELD"
"""The only value of `held`: the index has the entries in it that have one, by `heldUntil`."""

HOLD_NAMES: Final = ("held", "heldUntil", "heldAt", "heldReason", "heldDetail")
"""What a hold adds to an entry; all of it goes when somebody claims the entry anew."""

MAX_DETAIL_LENGTH: Final = 500
"""Characters of the sentence that says why something is held."""


def entry_key(recommendation_id: str) -> Document:
    """Name the document of a recommendation."""
    return {"pk": f"RECOMMENDATION#{recommendation_id}", "sk": "ENTRY"}


def entry_document(entry: Entry) -> Document:
    """Write an entry, but for its key."""
    recommendation, claim = entry.recommendation, entry.claim
    return {
        "recommendationId": entry.recommendation_id,
        "type": recommendation.type,
        "adProduct": recommendation.ad_product,
        "campaignId": recommendation.campaign_id,
        "recommendationGroup": recommendation.recommendation_group,
        "groupingType": recommendation.grouping_type,
        "publishedDate": moment(recommendation.published_date),
        "expiryDate": moment(recommendation.expiry_date),
        **account_document(recommendation.advertiser),
        "partnerOpportunityId": entry.partner_opportunity_id,
        "policyVersion": entry.decided_by.policy_version,
        "rule": entry.decided_by.rule,
        "releasedBy": entry.decided_by.released_by,
        "claim": claim.token,
        "claimedAt": moment(claim.claimed_at),
        "leaseEnds": moment(claim.lease_ends),
        "keptUntil": seconds(entry.kept_until),
        **_settings(recommendation),
    }


def tombstone_document(tombstone: Tombstone, *, kept_until: datetime) -> Document:
    """Write a tombstone, but for its key."""
    return {
        "withdrawnAsOf": moment(tombstone.as_of),
        "withdrawnReason": tombstone.reason.value,
        "keptUntil": seconds(kept_until),
    }


def hold_document(hold: Hold) -> Document:
    """Write what a hold adds to an entry; one that never expires is held for ever."""
    return {
        "held": HELD,
        "heldUntil": seconds(hold.until or FOR_EVER),
        "heldAt": moment(hold.held_at),
        "heldReason": hold.reason.value,
        "heldDetail": hold.detail[:MAX_DETAIL_LENGTH] or None,
    }


def release_document(release: Release) -> Document:
    """Write what a release adds to an entry."""
    return {
        "release": {
            "by": release.by,
            "why": release.why,
            "at": moment(release.at) or "",
            "publishedDate": moment(release.published_date) or "",
        }
    }


def account_document(advertiser: Advertiser) -> Document:
    """Write the four attributes of an account."""
    return {
        "encryptedAdvertiserId": advertiser.encrypted_advertiser_id,
        "entityId": advertiser.entity_id,
        "marketplace": advertiser.marketplace,
        "advertiserType": advertiser.advertiser_type,
    }


def read_account(document: Mapping[str, Any]) -> Advertiser:
    """Read the four attributes of an account. Raises LookupError or ValueError."""
    return Advertiser.model_validate(
        {
            "encrypted_advertiser_id": document["encryptedAdvertiserId"],
            "entity_id": document["entityId"],
            "marketplace": document["marketplace"],
            "advertiser_type": document["advertiserType"],
        }
    )


def read_known(document: Mapping[str, Any]) -> Known:
    """Read what decides about sending. Raises LedgerUnavailableError if it is malformed."""
    with reading(str(document.get("pk"))):
        withdrawn = read_moment(document.get("withdrawnAsOf"))
        return Known(
            claim=_read_claim(document) if "claim" in document else None,
            tombstone=Tombstone(withdrawn, NotApplicableReason(document["withdrawnReason"]))
            if withdrawn
            else None,
        )


def read_entry(document: Mapping[str, Any]) -> Entry | None:
    """Read a whole entry; None where nothing but a tombstone stands.

    The opportunity that it was claimed under is now its own, and of its settings the nulls and
    empties are gone. Raises LedgerUnavailableError if it is malformed.
    """
    if "claim" not in document:
        return None
    with reading(str(document.get("pk"))):
        settings = unpack(document.get(SETTINGS))
        recommendation = Recommendation.model_validate(
            {
                "recommendation_id": document["recommendationId"],
                "advertiser": read_account(document),
                "published_date": read_moment(document.get("publishedDate")),
                "expiry_date": read_moment(document.get("expiryDate")),
                "partner_opportunity_id": document["partnerOpportunityId"],
                "type": document.get("type"),
                "ad_product": document.get("adProduct"),
                "campaign_id": document.get("campaignId"),
                "recommendation_group": document.get("recommendationGroup"),
                "grouping_type": document.get("groupingType"),
                "current_settings": settings.get("current"),
                "recommended_settings": settings.get("recommended"),
            }
        )
        return Entry(
            recommendation=recommendation,
            partner_opportunity_id=document["partnerOpportunityId"],
            decided_by=DecidedBy(
                policy_version=document.get("policyVersion"),
                rule=document.get("rule"),
                released_by=document.get("releasedBy"),
            ),
            claim=_read_claim(document),
            kept_until=read_seconds(document["keptUntil"]),
        )


def read_stored(document: Mapping[str, Any]) -> StoredEntry:
    """Read an entry with all that was added to it. Raises LedgerUnavailableError."""
    with reading(str(document.get("pk"))):
        return StoredEntry(
            entry=read_entry(document),
            tombstone=read_known(document).tombstone,
            hold=_read_hold(document) if "held" in document else None,
            release=_read_release(document["release"]) if "release" in document else None,
        )


def _read_hold(document: Mapping[str, Any]) -> Hold:
    until = read_seconds(document["heldUntil"])
    return Hold(
        reason=HeldReason(document["heldReason"]),
        detail=document.get("heldDetail", ""),
        held_at=datetime.fromisoformat(document["heldAt"]),
        until=None if until.year == FOR_EVER.year else until,
    )


def _read_release(found: Mapping[str, Any]) -> Release:
    return Release(
        by=found["by"],
        why=found["why"],
        at=datetime.fromisoformat(found["at"]),
        published_date=read_moment(found["publishedDate"] or None),
    )


def _settings(recommendation: Recommendation) -> Document:
    try:
        return {SETTINGS: pack(recommendation)}
    except SettingsTooLargeError as error:
        return {SETTINGS_LEFT_OUT: str(error)}


def _read_claim(document: Mapping[str, Any]) -> Claim:
    return Claim(
        token=document["claim"],
        claimed_at=datetime.fromisoformat(document["claimedAt"]),
        lease_ends=datetime.fromisoformat(document["leaseEnds"]),
    )
