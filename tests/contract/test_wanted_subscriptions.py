"""The record of what ought to be subscribed: in memory and in DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from moto import mock_aws
from types_boto3_dynamodb.client import DynamoDBClient

from recommendation_applier.aws.wanted_subscriptions import StoredWantedSubscriptions
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.wanted_subscription import Profile
from recommendation_applier.use_cases.subscription_ports import WantedSubscriptions
from tests.contract.ledger_clients import TABLE, create_table, dynamodb
from tests.memory_subscriptions import NOW, QUEUE, MemoryWanted, wanted


@pytest.fixture
def client() -> Iterator[DynamoDBClient]:
    """A client of a moto that has the table."""
    with mock_aws():
        client = dynamodb()
        create_table(client)
        yield client


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Iterator[WantedSubscriptions]:
    """The record in memory, and in DynamoDB."""
    if request.param == "memory":
        yield MemoryWanted()
        return
    with mock_aws():
        client = dynamodb()
        create_table(client)
        yield StoredWantedSubscriptions(client, table_name=TABLE)


def test_what_is_claimed_is_on_record(store: WantedSubscriptions) -> None:
    """Every field of it; by the order of profile ids."""
    last = wanted("9", subscription_id=None, status=None)
    first = wanted("10", profile=Profile("10", "Ann"), ailment="SUSPENDED", archived_at=NOW)
    for each in (last, first):
        assert store.claim(each, replacing=None) == each

    assert list(store.all()) == [first, last]


def test_a_claim_that_comes_second_gets_what_is_there(store: WantedSubscriptions) -> None:
    """Two runs at once ask with the same token."""
    first, second = wanted(), wanted(client_request_token="another-token-of-22-chars")
    store.claim(first, replacing=None)

    assert store.claim(second, replacing=None) == first
    assert list(store.all()) == [first]


def test_a_claim_takes_the_place_of_what_was_seen_and_of_nothing_else(
    store: WantedSubscriptions,
) -> None:
    """Made anew, it has another token; who has seen the one before comes too late."""
    first, second = wanted(), wanted(client_request_token="another-token-of-22-chars")
    store.claim(first, replacing=None)

    assert store.claim(second, replacing=first) == second
    third = wanted(client_request_token="a-third-token-of-22-chars")
    assert store.claim(third, replacing=first) == second
    assert list(store.all()) == [second]


def test_what_is_seen_is_kept_of_the_same_request_alone(store: WantedSubscriptions) -> None:
    """What is not known any more goes; a check that is late brings nothing back."""
    before = wanted(ailment="SUSPENDED", subscription_id=None)
    store.claim(before, replacing=None)
    after = replace(before, ailment=None, status="ACTIVE", archived_at=NOW + timedelta(hours=1))

    assert store.update(after)
    assert list(store.all()) == [after]
    assert not store.update(replace(after, client_request_token="another-token-of-22-chars"))
    assert not store.update(wanted("2"))
    assert list(store.all()) == [after]


def test_nothing_at_all_can_be_unknown_of_it(store: WantedSubscriptions) -> None:
    """A request that nobody has answered is kept as that."""
    before = wanted(subscription_id=None, status=None)
    store.claim(before, replacing=None)

    assert store.update(before)
    assert list(store.all()) == [before]


def test_how_far_a_check_was_is_remembered(store: WantedSubscriptions) -> None:
    """Nothing, at first; it is no record."""
    assert store.last_checked() is None
    store.save_last_checked("17")
    store.save_last_checked("18")

    assert store.last_checked() == "18"
    assert list(store.all()) == []


# DynamoDB alone


def test_a_record_never_expires(client: DynamoDBClient) -> None:
    """It has no `keptUntil`, by which DynamoDB deletes; what was archived is kept as well."""
    store = StoredWantedSubscriptions(client, table_name=TABLE)
    store.claim(wanted(archived_at=NOW), replacing=None)
    store.save_last_checked("1")

    found = client.scan(TableName=TABLE)["Items"]
    assert len(found) == 2
    assert all("keptUntil" not in each for each in found)


def test_a_record_that_is_spoilt_is_named(client: DynamoDBClient) -> None:
    """Whoever has changed it by hand can mend it."""
    store = StoredWantedSubscriptions(client, table_name=TABLE)
    store.claim(wanted("17"), replacing=None)
    client.update_item(
        TableName=TABLE,
        Key={"pk": {"S": "SUBSCRIPTIONS"}, "sk": {"S": "17"}},
        UpdateExpression="SET requestedAt = :spoilt",
        ExpressionAttributeValues={":spoilt": {"S": "yesterday"}},
    )

    with pytest.raises(LedgerUnavailableError, match=r"the subscription of profile 17 .*malformed"):
        store.all()


def test_a_table_that_does_not_answer_is_unavailable(client: DynamoDBClient) -> None:
    """So is one that nobody has time for."""
    store = StoredWantedSubscriptions(client, table_name="elsewhere")
    with pytest.raises(LedgerUnavailableError, match="reading what is subscribed in elsewhere"):
        store.all()

    late = StoredWantedSubscriptions(client, table_name=TABLE, time_is_up=lambda: True)
    with pytest.raises(LedgerUnavailableError, match=r"recording profile 1 .*time was up"):
        late.claim(wanted(), replacing=None)
    with pytest.raises(LedgerUnavailableError, match=r"recording profile 1 .*time was up"):
        late.update(wanted())


def test_many_profiles_are_read_page_by_page(client: DynamoDBClient) -> None:
    """DynamoDB gives a megabyte at a time; here long ARNs make pages of few records."""
    store = StoredWantedSubscriptions(client, table_name=TABLE)
    ids = [f"{number:04}" for number in range(60)]
    for each in ids:
        store.claim(wanted(each, destination_arn=QUEUE + "x" * 30_000), replacing=None)

    assert [each.profile.profile_id for each in store.all()] == ids
