"""How often campaigns were changed, in the ledger's table: one document a campaign."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import TYPE_CHECKING, Any

from recommendation_applier.aws.ledger_documents import (
    Document,
    attributes,
    moment,
    reading,
    seconds,
)
from recommendation_applier.aws.table_calls import TableCalls
from recommendation_applier.aws.table_reads import MAX_KEYS, of_keys
from recommendation_applier.aws.table_writes import conditionally
from recommendation_applier.domain.campaign_pacing import Campaign, CampaignApplications
from recommendation_applier.domain.errors import LedgerUnavailableError

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


class CampaignCounts:
    """Fits the PacingStore port, for one invocation."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        table_name: str,
        report_failure: Callable[[str], None],
        time_is_up: Callable[[], bool],
    ) -> None:
        """*client* needs dynamodb:BatchGetItem and PutItem on the table."""
        self._client = client
        self._table_name = table_name
        self._calls = TableCalls(
            table_name=table_name, report_failure=report_failure, time_is_up=time_is_up
        )

    def applications_of(
        self, campaigns: AbstractSet[Campaign]
    ) -> Mapping[Campaign, CampaignApplications]:
        """Read each as it is now, 100 of them a call; of one never changed there is nothing."""
        those = sorted(campaigns, key=lambda each: (each.entity_id, each.campaign_id))
        read = self._calls.each(
            "reading how often campaigns were changed",
            range(0, len(those), MAX_KEYS),
            lambda start: self._read(those[start : start + MAX_KEYS]),
        )
        return {each: found for some in read.values() for each, found in some.items()}

    def save_applications(
        self, campaign: Campaign, applications: CampaignApplications, *, kept_until: datetime
    ) -> bool:
        """Keep *applications* if the kept ones are of the version before.

        A write that was repeated though it had landed finds itself, and counts as none: the reader
        reads again, and finds what it let through.
        """
        document = _key(campaign) | {
            "letThrough": {
                name: moment(when) or "" for name, when in applications.let_through.items()
            },
            "version": applications.version,
            "keptUntil": seconds(kept_until),
        }

        def put() -> bool:
            standing = conditionally(
                lambda: self._client.put_item(
                    TableName=self._table_name,
                    Item=attributes(document),
                    ConditionExpression="attribute_not_exists(pk) OR version = :before",
                    ExpressionAttributeValues=attributes({":before": applications.version - 1}),
                )
            )
            return standing is None

        return self._calls.attempt("counting what a campaign is sent", put) is True

    def _read(self, campaigns: Sequence[Campaign]) -> Mapping[Campaign, CampaignApplications]:
        keys = {str(_key(each)["pk"]): each for each in campaigns}
        documents, left = of_keys(
            self._client,
            [attributes(_key(each)) for each in campaigns],
            table_name=self._table_name,
        )
        if left:
            raise LedgerUnavailableError(f"DynamoDB did not look at {left} of {len(campaigns)}")
        found = {keys[str(each["pk"])]: _applications(each) for each in documents}
        return {each: found.get(each, CampaignApplications()) for each in campaigns}


def _applications(document: Mapping[str, Any]) -> CampaignApplications:
    with reading(str(document.get("pk"))):
        return CampaignApplications(
            {name: datetime.fromisoformat(when) for name, when in document["letThrough"].items()},
            int(document["version"]),
        )


def _key(campaign: Campaign) -> Document:
    return {"pk": f"CAMPAIGN#{campaign.entity_id}#{campaign.campaign_id}", "sk": "APPLICATIONS"}
