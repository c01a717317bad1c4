"""A walk through the whole table of the ledger, for what only all of it together can tell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from recommendation_applier.aws.ledger_documents import attributes, read_document
from recommendation_applier.aws.ledger_records import read_record
from recommendation_applier.domain.applied_changes import Campaign
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.ledger import BatchRecord

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

_ENTRY: Final = "ENTRY"
_READ: Final = (
    # Of entries; their settings would be nine tenths of what is transferred.
    *("pk", "sk", "recommendationId", "adProduct", "campaignId"),
    # Of records: what `read_record` needs, and how far the applications are.
    *("partnerOpportunityId", "encryptedAdvertiserId", "entityId", "marketplace"),
    *("advertiserType", "verdicts", "recordedAt", "sentAt", "keptUntil"),
    *("checks", "dueAt", "pending", "ended"),
)


@dataclass(frozen=True, slots=True)
class Applications:
    """What was applied, by all that the ledger remembers.

    *campaigns* are those of all claimed recommendations, by id; *records* those of which something
    was applied; *unreadable* counts the ones that nobody can read.
    """

    campaigns: Mapping[str, Campaign]
    records: tuple[BatchRecord, ...]
    unreadable: int


def read_applications(
    client: "DynamoDBClient", *, table_name: str, on_progress: Callable[[int], None]
) -> Applications:
    """Read the whole table, which costs a read unit for every 8 kB in it.

    *client* needs dynamodb:Scan on the table. *on_progress* is told, page by page, how many
    documents have been looked at. What is written meanwhile may be in it, or not. What boto3 raises
    goes to the operator.
    """
    campaigns: dict[str, Campaign] = {}
    records: list[BatchRecord] = []
    unreadable = looked_at = 0
    for page in client.get_paginator("scan").paginate(
        TableName=table_name,
        FilterExpression="sk = :entry OR begins_with(sk, :record)",
        ProjectionExpression=", ".join(f"#{name}" for name in _READ),
        ExpressionAttributeNames={f"#{name}": name for name in _READ},
        ExpressionAttributeValues=attributes({":entry": _ENTRY, ":record": "RECORD#"}),
    ):
        documents = [read_document(each) for each in page["Items"]]
        campaigns |= {
            each["recommendationId"]: Campaign(each.get("adProduct"), each.get("campaignId"))
            for each in documents
            if "recommendationId" in each
        }
        read = [_read(each) for each in documents if each["sk"] != _ENTRY]
        records += [each for each in read if each and each.applied]
        unreadable += read.count(None)
        looked_at += page["ScannedCount"]
        on_progress(looked_at)
    return Applications(campaigns, tuple(records), unreadable)


def _read(document: Mapping[str, Any]) -> BatchRecord | None:
    try:
        return read_record(document)
    except LedgerUnavailableError:
        return None
