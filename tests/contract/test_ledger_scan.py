"""What the operator's command reads of all of the ledger's table."""

from collections.abc import Iterator

import pytest
from moto import mock_aws
from types_boto3_dynamodb.client import DynamoDBClient

from recommendation_applier.aws.ledger_documents import attributes
from recommendation_applier.aws.ledger_scan import SEGMENTS, LedgerScan
from recommendation_applier.domain.ledger import StoredEntry
from tests.contract.ledger_clients import TABLE, calls_of, create_table, dynamodb, stores
from tests.ledger_builders import KEPT_UNTIL, entry, record, tombstone


@pytest.fixture
def client() -> Iterator[DynamoDBClient]:
    """The ledger's table in moto."""
    with mock_aws():
        made = dynamodb()
        create_table(made)
        yield made


def scan(client: DynamoDBClient, told: list[str], scanned: list[int]) -> LedgerScan:
    """Make the adapter."""
    return LedgerScan(
        client,
        table_name=TABLE,
        report_failure=told.append,
        report_scanned=scanned.append,
    )


def test_every_entry_is_read_once(client: DynamoDBClient) -> None:
    """In whatever segment and on whatever page it is; nothing else is taken for one."""
    ledger = stores(client).ledger
    names = {f"rec-{number}" for number in range(120)}
    padding = {"note": "x" * 30_000}
    ledger.put_new([entry(name, current_settings=padding) for name in names])
    ledger.add_record(record("rec-1"))
    ledger.bury({"removed": tombstone(), "rec-1": tombstone()}, kept_until=KEPT_UNTIL)
    told: list[str] = []
    scanned: list[int] = []
    calls = calls_of(client)

    found = [each.recommendation_id for each in scan(client, told, scanned).entries()]

    assert sorted(found) == sorted(names)
    assert (sum(scanned), told) == (122, [])
    assert {parameters["Segment"] for _, parameters in calls} == set(range(SEGMENTS))


def test_entries_are_read_with_all_that_was_added_to_them(client: DynamoDBClient) -> None:
    """Removals too, and those of which nothing else came."""
    ledger = stores(client).ledger
    ledger.put_new([entry("rec-1"), entry("rec-2")])
    ledger.bury({"removed": tombstone(), "rec-1": tombstone()}, kept_until=KEPT_UNTIL)

    found = list(scan(client, [], []).stored_entries())

    assert {
        (each.entry.recommendation_id if each.entry else None, each.tombstone) for each in found
    } == {("rec-1", tombstone()), ("rec-2", None), (None, tombstone())}


def test_a_table_of_many_pages_is_read_to_its_end(client: DynamoDBClient) -> None:
    """DynamoDB gives 1 MB a page."""
    for number in range(60):
        client.put_item(
            TableName=TABLE,
            Item=attributes({"pk": f"X#{number}", "sk": "X", "text": "x" * 100_000}),
        )
    stores(client).ledger.put_new([entry()])
    scanned: list[int] = []
    calls = calls_of(client)

    found = list(scan(client, [], scanned).entries())

    assert found == [entry(partner_opportunity_id=found[0].recommendation.partner_opportunity_id)]
    assert sum(scanned) == 61
    assert len(calls) > SEGMENTS


def test_what_somebody_has_spoilt_hides_no_other(client: DynamoDBClient) -> None:
    """It is told."""
    stores(client).ledger.put_new([entry("rec-1"), entry("rec-2")])
    client.update_item(
        TableName=TABLE,
        Key=attributes({"pk": "RECOMMENDATION#rec-1", "sk": "ENTRY"}),
        UpdateExpression="REMOVE claimedAt",
    )
    told: list[str] = []

    found = [each.recommendation_id for each in scan(client, told, []).entries()]

    assert found == ["rec-2"]
    assert told == ["RECOMMENDATION#rec-1 of the ledger is malformed: KeyError"]


def test_every_record_is_read_once(client: DynamoDBClient) -> None:
    """Those of all claims; one that somebody has spoilt is told, and hides no other."""
    ledger = stores(client).ledger
    records = [record("rec-1", token=f"token-{number}") for number in range(5)]
    for each in [*records, record("rec-2", token="spoilt")]:
        ledger.add_record(each)
    ledger.put_new([entry()])
    client.update_item(
        TableName=TABLE,
        Key=attributes({"pk": "CLAIM#spoilt", "sk": "RECORD#0001"}),
        UpdateExpression="REMOVE recordedAt",
    )
    told: list[str] = []

    found = list(scan(client, told, []).records())

    assert sorted(found, key=lambda each: each.token) == records
    assert told == ["CLAIM#spoilt RECORD#0001 of the ledger is malformed: KeyError"]


def test_the_size_is_what_dynamodb_says(client: DynamoDBClient) -> None:
    """For a progress bar."""
    stores(client).ledger.put_new([entry("rec-1"), entry("rec-2")])

    assert scan(client, [], []).size() == 2


def test_everything_is_read_once_with_a_claims_records_together(client: DynamoDBClient) -> None:
    """Entries with what was added to them, tombstones, and claims of many records and pages."""
    ledger = stores(client).ledger
    names = {f"rec-{number}" for number in range(20)}
    ledger.put_new([entry(name) for name in names])
    ledger.bury({"removed": tombstone(), "rec-1": tombstone()}, kept_until=KEPT_UNTIL)
    claims = {
        f"token-{claim}": [
            record("rec-1", token=f"token-{claim}", number=number, answer="x" * 500)
            for number in range(40)
        ]
        for claim in range(8)
    }
    for each in claims.values():
        for one in each:
            ledger.add_record(one)
    spoilt = {"text": "x" * 300_000}  # a page ends in the midst of them
    for number in range(17, 22):
        key = {"pk": "CLAIM#token-1", "sk": f"RECORD#{number:04}"}
        client.put_item(TableName=TABLE, Item=attributes(key | spoilt))
    told: list[str] = []

    found = list(scan(client, told, []).everything())

    entries = [each for each in found if isinstance(each, StoredEntry)]
    assert len(entries) == 21
    assert sorted(each.entry.recommendation_id for each in entries if each.entry) == sorted(names)
    assert sum(each.tombstone is not None for each in entries) == 2
    del claims["token-1"][17:22]
    assert sorted(
        (each for each in found if isinstance(each, tuple)), key=lambda each: each[0].token
    ) == [tuple(each) for each in claims.values()]
    assert told == [
        f"CLAIM#token-1 RECORD#{number:04} of the ledger is malformed: KeyError"
        for number in range(17, 22)
    ]
