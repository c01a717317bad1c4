"""Entries and tombstones of the ledger <-> documents of its table. No I/O.

One document a recommendation, for both. The names are the operator's, who reads them in the
console, and paid for: an entry below 1,024 bytes, names included, costs one write unit.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from recommendation_applier.aws.campaign_settings import SettingsTooLargeError, pack, unpack
from recommendation_applier.aws.hold_documents import read_hold, read_release
from recommendation_applier.aws.ledger_documents import (
    Document,
    attributes,
    moment,
    read_moment,
    read_seconds,
    reading,
    seconds,
)
from recommendation_applier.domain.ledger import (
    Claim,
    DecidedBy,
    Entry,
    Known,
    StoredEntry,
    Tombstone,
)
from recommendation_applier.domain.reasons import NotApplicableReason
from recommendation_applier.domain.recommendation import (
    Advertiser,
    read_advertiser,
    read_recommendation,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

    Attributes = dict[str, AttributeValueTypeDef]

SETTINGS: Final = "settings"
SETTINGS_LEFT_OUT: Final = "settingsLeftOut"
"""Why `settings` are not there though Amazon sent some: never both."""

EARLIER_CLAIMS: Final = "earlierClaims"
"""The claims before the one that stands, the oldest first: each has records of its own."""


DECISION_NAMES: Final = ("policyVersion", "rule", "releasedBy")
"""What says who decided: what a new entry does not say of it must not stay from the old."""


def entry_key(recommendation_id: str) -> Document:
    """Name the document of a recommendation."""
    return {"pk": f"RECOMMENDATION#{recommendation_id}", "sk": "ENTRY"}


def entry_document(entry: Entry) -> Document:
    """Write an entry, but for its key."""
    return _claim_document(entry) | _recommendation_document(entry)


def new_items(entries: Iterable[Entry]) -> "Mapping[str, Attributes]":
    """Write whole entries as DynamoDB wants them, by id.

    What an entry has in common with its neighbour, which is half of it, is written once.
    """
    items: dict[str, Attributes] = {}
    last: tuple[object, ...] = ()
    common: Attributes = {}
    for entry in entries:
        found = entry.recommendation
        same = found.advertiser, entry.partner_opportunity_id, entry.decided_by, entry.claim
        if same != last:
            last, common = same, attributes(_claim_document(entry))
        own = _recommendation_document(entry)
        own |= entry_key(found.recommendation_id)
        item = attributes(own)
        item |= common
        items[found.recommendation_id] = item
    return items


def tombstone_document(tombstone: Tombstone, *, kept_until: datetime) -> Document:
    """Write a tombstone, but for its key."""
    return {
        "withdrawnAsOf": moment(tombstone.as_of),
        "withdrawnReason": tombstone.reason.value,
        "keptUntil": seconds(kept_until),
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
    return read_advertiser(
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
        recommendation = read_recommendation(
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
                "settings": unpack(document.get(SETTINGS)),
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
            hold=read_hold(document) if "held" in document else None,
            release=read_release(document["release"]) if "release" in document else None,
        )


def _claim_document(entry: Entry) -> Document:
    claim, decided_by = entry.claim, entry.decided_by
    return {
        **account_document(entry.recommendation.advertiser),
        "partnerOpportunityId": entry.partner_opportunity_id,
        "policyVersion": decided_by.policy_version,
        "rule": decided_by.rule,
        "releasedBy": decided_by.released_by,
        "claim": claim.token,
        "claimedAt": moment(claim.claimed_at),
        "leaseEnds": moment(claim.lease_ends),
    }


def _recommendation_document(entry: Entry) -> Document:
    recommendation = entry.recommendation
    document: Document = {
        "recommendationId": recommendation.recommendation_id,
        "type": recommendation.type,
        "adProduct": recommendation.ad_product,
        "campaignId": recommendation.campaign_id,
        "recommendationGroup": recommendation.recommendation_group,
        "groupingType": recommendation.grouping_type,
        "publishedDate": moment(recommendation.published_date),
        "expiryDate": moment(recommendation.expiry_date),
        "keptUntil": seconds(entry.kept_until),
    }
    try:
        document[SETTINGS] = pack(recommendation.settings)
    except SettingsTooLargeError as error:
        document[SETTINGS_LEFT_OUT] = str(error)
    return document


def _read_claim(document: Mapping[str, Any]) -> Claim:
    return Claim(
        token=document["claim"],
        claimed_at=datetime.fromisoformat(document["claimedAt"]),
        lease_ends=datetime.fromisoformat(document["leaseEnds"]),
    )
