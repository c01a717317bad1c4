"""The ledger's table, as the operator's command reads it."""

from typing import TYPE_CHECKING

from recommendation_applier.aws.ledger_actions import read_actions
from recommendation_applier.aws.ledger_documents import attributes, read_document, reading
from recommendation_applier.aws.ledger_entries import (
    EARLIER_CLAIMS,
    entry_key,
    read_entry,
    read_known,
)
from recommendation_applier.aws.ledger_records import claim_key, read_record
from recommendation_applier.aws.table_reads import of_partition
from recommendation_applier.domain.story import Story

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


class LedgerReader:
    """Reads what is there now, and changes nothing. What boto3 raises goes to the operator."""

    def __init__(self, client: "DynamoDBClient", *, table_name: str) -> None:
        """*client* needs dynamodb:GetItem and dynamodb:Query on the table."""
        self._client = client
        self._table_name = table_name

    def story_of(self, recommendation_id: str) -> Story | None:
        """Read all documents about a recommendation; None if there are none.

        Raises LedgerUnavailableError if one of them is malformed.
        """
        found = self._client.get_item(
            TableName=self._table_name,
            Key=attributes(entry_key(recommendation_id)),
            ConsistentRead=True,
        ).get("Item")
        if found is None:
            return None
        document = read_document(found)
        entry = read_entry(document)
        with reading(str(document["pk"])):
            earlier = tuple(map(str, document.get(EARLIER_CLAIMS, ())))
        records = [
            read_record(each)
            for token in (*earlier, *([entry.claim.token] if entry else []))
            for each in of_partition(self._client, claim_key(token), table_name=self._table_name)
        ]
        return Story(
            recommendation_id=recommendation_id,
            entry=entry,
            tombstone=read_known(document).tombstone,
            earlier_claims=earlier,
            actions=read_actions(document),
            records=tuple(
                record
                for record in records
                if any(recommendation_id in ids for ids in record.verdicts.values())
            ),
        )
