"""What the operator's command finds in the ledger's table."""

from collections.abc import Iterator

import pytest
from moto import mock_aws
from types_boto3_dynamodb.client import DynamoDBClient

from recommendation_applier.aws.ledger_documents import attributes
from recommendation_applier.aws.ledger_reader import LedgerReader
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.ledger import Known, Verdict
from recommendation_applier.domain.story import Story
from tests.builders import NOW
from tests.contract.ledger_clients import TABLE, create_table, dynamodb, stores
from tests.ledger_builders import (
    KEPT_UNTIL,
    OTHER_TOKEN,
    TOKEN,
    claim,
    entry,
    record,
    tombstone,
)


@pytest.fixture
def client() -> Iterator[DynamoDBClient]:
    """The ledger's table in moto."""
    with mock_aws():
        made = dynamodb()
        create_table(made)
        yield made


@pytest.fixture
def reader(client: DynamoDBClient) -> LedgerReader:
    """The operator's way to it."""
    return LedgerReader(client, table_name=TABLE)


def test_what_never_came_has_no_story(reader: LedgerReader) -> None:
    """None says so."""
    assert reader.story_of("rec-1") is None


def test_the_whole_story_is_read(client: DynamoDBClient, reader: LedgerReader) -> None:
    """Entry, removal, and the records of both claims that name it, but no others."""
    ledger = stores(client).ledger
    ledger.put_new([entry("rec-1", OTHER_TOKEN, partner_opportunity_id="its own")])
    refused = record(token=OTHER_TOKEN, verdicts={Verdict.REFUSED: ("rec-1",)})
    accepted = record("rec-2", "rec-1", number=2, due=NOW)
    for each in (refused, record("rec-2"), accepted, record("rec-1", token="nobody's")):
        ledger.add_record(each)
    ledger.take_over([(entry("rec-1"), Known(claim(OTHER_TOKEN)))])
    ledger.bury({"rec-1": tombstone()}, kept_until=KEPT_UNTIL)

    found = reader.story_of("rec-1")

    expected = entry("rec-1", partner_opportunity_id=accepted.partner_opportunity_id)
    assert found == Story(
        recommendation_id="rec-1",
        entry=expected,
        tombstone=tombstone(),
        earlier_claims=(OTHER_TOKEN,),
        records=(refused, accepted),
    )
    assert found.timeline()[0].what == "PUBLISHED"


def test_a_removal_that_came_first_is_a_story(client: DynamoDBClient, reader: LedgerReader) -> None:
    """Nobody has claimed what it is about."""
    stores(client).ledger.bury({"rec-1": tombstone()}, kept_until=KEPT_UNTIL)

    assert reader.story_of("rec-1") == Story(
        recommendation_id="rec-1", entry=None, tombstone=tombstone()
    )


def test_a_document_that_somebody_has_spoilt_is_named(
    client: DynamoDBClient, reader: LedgerReader
) -> None:
    """It is not taken for one that says nothing."""
    stores(client).ledger.put_new([entry("rec-1")])
    client.update_item(
        TableName=TABLE,
        Key=attributes({"pk": "RECOMMENDATION#rec-1", "sk": "ENTRY"}),
        UpdateExpression="SET earlierClaims = :number",
        ExpressionAttributeValues=attributes({":number": 5}),
    )

    with pytest.raises(LedgerUnavailableError, match=r"RECOMMENDATION#rec-1 .* is malformed"):
        reader.story_of("rec-1")


def test_a_story_costs_one_read_a_claim_and_one(
    client: DynamoDBClient, reader: LedgerReader
) -> None:
    """And changes nothing."""
    stores(client).ledger.put_new([entry("rec-1", TOKEN)])
    calls: list[str] = []
    client.meta.events.register(
        "before-parameter-build.dynamodb", lambda model, **_: calls.append(model.name)
    )

    reader.story_of("rec-1")

    assert calls == ["GetItem", "Query"]
