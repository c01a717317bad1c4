"""The record of what ought to be subscribed, in the ledger's table: a document a profile.

They stand in one partition, since they are read together, and never expire: what is wanted stays
wanted, and what was archived on purpose is remembered as that.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from recommendation_applier.aws.ledger_documents import (
    Document,
    attributes,
    moment,
    read_moment,
    reading,
)
from recommendation_applier.aws.table_calls import TableCalls
from recommendation_applier.aws.table_reads import of_partition
from recommendation_applier.aws.table_writes import conditionally, write_over
from recommendation_applier.domain.wanted_subscription import Profile, WantedSubscription

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import PutItemInputTypeDef

PARTITION: Final = "SUBSCRIPTIONS"
_CHECK: Final = "SUBSCRIPTION_CHECK"


class StoredWantedSubscriptions:
    """Fits the WantedSubscriptions port, for one invocation or command."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        table_name: str,
        time_is_up: Callable[[], bool] = lambda: False,
    ) -> None:
        """*client* needs dynamodb:Query and UpdateItem on the table; `claim` also PutItem."""
        self._client = client
        self._table_name = table_name
        self._calls = TableCalls(
            table_name=table_name, report_failure=lambda _: None, time_is_up=time_is_up
        )

    def all(self) -> Sequence[WantedSubscription]:
        """Read every record in the order of profile ids (as texts), all pages."""
        found = self._calls.make(
            "reading what is subscribed",
            lambda: of_partition(self._client, PARTITION, table_name=self._table_name),
        )
        return [_read(each) for each in found]

    def claim(
        self, wanted: WantedSubscription, *, replacing: WantedSubscription | None
    ) -> WantedSubscription:
        """Put *wanted* on record unless another run was faster; give what is on record then.

        It takes the place of *replacing*, which was on record when it was looked at.
        """
        asked: PutItemInputTypeDef = {
            "TableName": self._table_name,
            "Item": attributes(_document(wanted)),
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if replacing is not None:
            asked["ConditionExpression"] = "clientRequestToken = :before"
            asked["ExpressionAttributeValues"] = attributes(
                {":before": replacing.client_request_token}
            )
        standing = self._calls.make(
            f"recording profile {wanted.profile.profile_id}",
            lambda: conditionally(lambda: self._client.put_item(**asked)),
        )
        return _read(standing) if standing else wanted

    def update(self, wanted: WantedSubscription) -> bool:
        """Keep what was seen of *wanted*, if it is still the same request; tell whether it is."""
        changed = {name: _document(wanted)[name] for name in _CHANGING}
        standing = self._calls.make(
            f"recording profile {wanted.profile.profile_id}",
            lambda: write_over(
                self._client,
                attributes(_key(wanted)),
                changed,
                table_name=self._table_name,
                expected={"clientRequestToken": wanted.client_request_token},
                remove=[name for name, value in changed.items() if value is None],
            ),
        )
        return standing is None

    def last_checked(self) -> str | None:
        """Give the profile that the last check ended with, where it did not look at all."""
        found = self._calls.make(
            "reading how far the check was",
            lambda: of_partition(self._client, _CHECK, table_name=self._table_name),
        )
        return found[0].get("profileId") if found else None

    def save_last_checked(self, profile_id: str) -> None:
        """Remember how far a check was."""
        self._calls.make(
            "remembering how far the check was",
            lambda: self._client.update_item(
                TableName=self._table_name,
                Key=attributes({"pk": _CHECK, "sk": "PROGRESS"}),
                UpdateExpression="SET profileId = :profile",
                ExpressionAttributeValues=attributes({":profile": profile_id}),
            ),
        )


_CHANGING: Final = ("name", "destinationArn", "subscriptionId", "status", "ailment", "archivedAt")


def _key(wanted: WantedSubscription) -> Document:
    return {"pk": PARTITION, "sk": wanted.profile.profile_id}


def _document(wanted: WantedSubscription) -> Document:
    return _key(wanted) | {
        "name": wanted.profile.name or None,
        "destinationArn": wanted.destination_arn,
        "clientRequestToken": wanted.client_request_token,
        "requestedAt": moment(wanted.requested_at),
        "subscriptionId": wanted.subscription_id,
        "status": wanted.status,
        "ailment": wanted.ailment,
        "archivedAt": moment(wanted.archived_at),
    }


def _read(document: Mapping[str, Any]) -> WantedSubscription:
    with reading(f"the subscription of profile {document.get('sk')}"):
        return WantedSubscription(
            profile=Profile(document["sk"], document.get("name", "")),
            destination_arn=document["destinationArn"],
            client_request_token=document["clientRequestToken"],
            requested_at=datetime.fromisoformat(document["requestedAt"]),
            subscription_id=document.get("subscriptionId"),
            status=document.get("status"),
            ailment=document.get("ailment"),
            archived_at=read_moment(document.get("archivedAt")),
        )
