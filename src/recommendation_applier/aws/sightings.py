"""How recommendations that were claimed are labelled, and whose the index knows them to be."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from recommendation_applier.aws.ledger_documents import attributes, read_document
from recommendation_applier.aws.opportunity_index import StoredOpportunityIndex
from recommendation_applier.domain.opportunity_routes import Labels, short_group

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

_READ: Final = ("recommendationId", "recommendationGroup", "type", "adProduct", "groupingType")


def read_sightings(
    client: "DynamoDBClient",
    *,
    table_name: str,
    index: StoredOpportunityIndex,
    on_progress: Callable[[int], None],
) -> Counter[tuple[Labels, str]]:
    """Count recommendations of the ledger that are in *index* too, by labels and opportunity.

    What the ledger itself has as their opportunity is no evidence: it may be the default. Reads the
    whole table, which costs a read unit for every 8 kB in it, and then each recommendation's entry
    of the index, a unit each. *client* needs dynamodb:Scan and BatchGetItem on the table.
    *on_progress* is told, page by page, how many documents have been looked at. What boto3 raises
    goes to the operator.
    """
    found: Counter[tuple[Labels, str]] = Counter()
    looked_at = 0
    for page in client.get_paginator("scan").paginate(
        TableName=table_name,
        FilterExpression="sk = :entry AND attribute_exists(recommendationId)",
        ProjectionExpression=", ".join(f"#{name}" for name in _READ),
        ExpressionAttributeNames={f"#{name}": name for name in _READ},
        ExpressionAttributeValues=attributes({":entry": "ENTRY"}),
    ):
        documents = map(read_document, page["Items"])
        labels = {each["recommendationId"]: _labels(each) for each in documents}
        for name, entry in index.known(labels).items():
            found[labels[name], entry.partner_opportunity_id] += 1
        looked_at += page["ScannedCount"]
        on_progress(looked_at)
    return found


def _labels(document: Mapping[str, Any]) -> Labels:
    group = document.get("recommendationGroup")
    return Labels(
        recommendation_group=short_group(group) if group else None,
        type=document.get("type"),
        ad_product=document.get("adProduct"),
        grouping_type=document.get("groupingType"),
    )
