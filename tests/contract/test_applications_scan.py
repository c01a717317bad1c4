"""What the operator's command finds out by reading the whole table of the ledger."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from moto import mock_aws
from types_boto3_dynamodb.client import DynamoDBClient

from recommendation_applier.aws.applications_scan import Applications, read_applications
from recommendation_applier.aws.ledger_documents import attributes
from recommendation_applier.domain.applied_changes import Campaign
from recommendation_applier.domain.breaker import Breaker
from recommendation_applier.domain.follow_up import ApplicationEnd, FollowUpState
from recommendation_applier.domain.ledger import Verdict
from tests.builders import NOW, advertiser
from tests.contract.ledger_clients import TABLE, create_table, dynamodb, stores
from tests.ledger_builders import KEPT_UNTIL, OTHER_TOKEN, entry, record, tombstone


@pytest.fixture
def client() -> Iterator[DynamoDBClient]:
    """The ledger's table in moto."""
    with mock_aws():
        made = dynamodb()
        create_table(made)
        yield made


def read(client: DynamoDBClient) -> Applications:
    """Read the table, and do not listen how far it is."""
    return read_applications(client, table_name=TABLE, on_progress=lambda _: None)


def test_an_empty_table_knows_of_nothing(client: DynamoDBClient) -> None:
    """Not even of anything that it cannot read."""
    assert read(client) == Applications({}, (), 0)


def test_campaigns_and_applications_are_read(client: DynamoDBClient) -> None:
    """A record as it was written, but for what nobody here asks about."""
    state = FollowUpState(("rec-2",), NOW, checks=3, ended={"rec-3": ApplicationEnd.FAILED})
    ledger = stores(client).ledger
    ledger.put_new(
        [entry("rec-1", current_settings={"budget": 5}), entry("rec-2", campaign_id=None)]
    )
    written = record(
        "rec-1", "rec-2", "rec-3", advertiser=advertiser(2, marketplace="DE"), follow_up=state
    )
    ledger.add_record(written)

    found = read(client)

    assert found.campaigns == {
        "rec-1": Campaign("SP", "210000000000001"),
        "rec-2": Campaign("SP", None),
    }
    assert found.records == (replace(written, http_status=None, request_ids=()),)
    assert found.records[0].applied == ("rec-1",)


def test_what_applied_nothing_is_left_out(client: DynamoDBClient) -> None:
    """Refusals, pending applications, removals, dead letters and the breaker."""
    kept = stores(client)
    kept.ledger.add_record(record(verdicts={Verdict.REFUSED: ("rec-1",)}))
    kept.ledger.add_record(record("rec-2", number=2, due=NOW))
    kept.ledger.bury({"rec-3": tombstone()}, kept_until=KEPT_UNTIL)
    kept.ledger.remember_letters({"message-1": {1}}, kept_until=KEPT_UNTIL)
    kept.breaker.save_breaker(Breaker(version=1))

    assert read(client) == Applications({}, (), 0)


def test_what_cannot_be_read_is_counted(client: DynamoDBClient) -> None:
    """It hinders nothing else."""
    ledger = stores(client).ledger
    ledger.add_record(record("rec-1"))
    client.put_item(
        TableName=TABLE, Item=attributes({"pk": "CLAIM#spoilt", "sk": "RECORD#0001", "checks": 1})
    )

    found = read(client)

    assert [each.applied for each in found.records] == [("rec-1",)]
    assert found.unreadable == 1


def test_every_page_is_read_and_told(client: DynamoDBClient) -> None:
    """Whatever a page holds: here two documents of which some are of no use."""
    kept = stores(client)
    kept.ledger.put_new([entry(f"rec-{number}") for number in range(3)])
    kept.ledger.add_record(record("rec-0", token=OTHER_TOKEN))
    kept.ledger.remember_letters({"message-1": {1}}, kept_until=KEPT_UNTIL)

    def two_at_a_time(params: dict[str, Any], **_: object) -> None:
        params["Limit"] = 2

    client.meta.events.register("provide-client-params.dynamodb.Scan", two_at_a_time)
    told: list[int] = []
    found = read_applications(client, table_name=TABLE, on_progress=told.append)

    assert len(found.campaigns) == 3
    assert len(found.records) == 1
    assert told == [2, 4, 5]


def test_settings_are_not_transferred(client: DynamoDBClient) -> None:
    """They are most of what the table holds, and of no use here."""
    answers: list[Any] = []
    client.meta.events.register(
        "after-call.dynamodb.Scan", lambda parsed, **_: answers.append(parsed)
    )
    stores(client).ledger.put_new([entry("rec-1", current_settings={"budget": 5})])

    read(client)

    [answer] = answers
    [item] = answer["Items"]
    assert item.keys() == {
        *("pk", "sk", "recommendationId", "adProduct", "campaignId"),
        *("encryptedAdvertiserId", "entityId", "marketplace", "advertiserType"),
        *("partnerOpportunityId", "keptUntil"),
    }
