"""The index of opportunities: one contract for the one in memory and the one in DynamoDB."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from moto import mock_aws

from recommendation_applier.aws.opportunity_index import StoredOpportunityIndex
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.opportunity_index import FileProgress, Indexed
from tests.builders import EXPIRY, NOW, PUBLISHED, recommendation
from tests.contract.ledger_clients import (
    TABLE,
    calls_of,
    create_table,
    documents,
    dynamodb,
    fail_once,
    repeat_at_once,
    throttled,
    timed_out,
)
from tests.memory_index import MemoryIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from types_boto3_dynamodb.client import DynamoDBClient

    from recommendation_applier.use_cases.opportunity_ports import FileIndex, OpportunityIndex

    class BothPorts(OpportunityIndex, FileIndex, Protocol):
        """What deliveries and files ask of it."""


@pytest.fixture
def client() -> Iterator[DynamoDBClient]:
    """A client of a table in moto."""
    with mock_aws():
        made = dynamodb()
        create_table(made)
        yield made


def stored(client: DynamoDBClient, waits: list[float] | None = None) -> StoredOpportunityIndex:
    """Make the index of one invocation, which waits in no time."""
    return StoredOpportunityIndex(
        client,
        table_name=TABLE,
        clock=lambda: NOW,
        time_is_up=lambda: False,
        sleep=(waits if waits is not None else []).append,
        jitter=max,
    )


@pytest.fixture(params=["memory", "table"])
def index(request: pytest.FixtureRequest) -> BothPorts:
    """Each of the two."""
    if request.param == "memory":
        return MemoryIndex()
    return stored(request.getfixturevalue("client"))


def entries(count: int, **changes: Any) -> list[Indexed]:
    """Make so many."""
    fields = {"kept_until": EXPIRY, "published_date": PUBLISHED} | changes
    return [Indexed(f"rec-{number}", "PO-1", **fields) for number in range(count)]


def progress(name: str = "PO-1", **changes: Any) -> FileProgress:
    """Make the first that is known of a file."""
    return FileProgress(partner_opportunity_id=name, **({"version": 1} | changes))


# Both


@pytest.mark.parametrize("count", [0, 1, 25, 26, 100, 101, 230])
def test_what_is_kept_is_known(index: BothPorts, count: int) -> None:
    """However many calls it takes; what was never kept is left out."""
    kept = entries(count)
    index.keep(kept)
    asked = [each.recommendation_id for each in kept]

    assert index.known([*asked, "unknown"]) == {each.recommendation_id: each for each in kept}


def test_what_is_kept_last_counts(index: BothPorts) -> None:
    """The whole of it."""
    index.keep(entries(1))
    [changed] = entries(1, published_date=None, is_offered=True)
    index.keep([changed])

    assert index.known(["rec-0"]) == {"rec-0": changed}


def test_what_should_be_forgotten_is_not_known(index: BothPorts) -> None:
    """DynamoDB takes its time to delete."""
    index.keep(entries(1, kept_until=NOW))

    assert index.known(["rec-0"]) == {}


def test_progress_is_kept_by_whoever_knows_the_last(index: BothPorts) -> None:
    """Nobody else's is, the very first included."""
    whole = progress(
        updated_date=NOW, rows_done=7, is_offered=True, kinds_so_far=frozenset({"b", "a"})
    )
    assert index.progress() == {}
    assert index.save_progress(whole)
    assert not index.save_progress(progress(rows_done=9))
    assert not index.save_progress(progress(version=3))
    assert index.progress() == {"PO-1": whole}

    done = progress(version=2, updated_date=NOW, is_done=True, kinds=frozenset({"a"}))
    nothing = progress("PO-2", kinds=frozenset())
    assert index.save_progress(done)
    assert index.save_progress(nothing)
    assert index.progress() == {"PO-1": done, "PO-2": nothing}


def test_lessons_are_drawn_from_files_and_deliveries(index: BothPorts) -> None:
    """What is unanimous is believed once all files are read."""
    of_kind = recommendation(grouping_type="A")
    of_group = recommendation(recommendation_group="rec-a-018")
    assert not index.lessons().is_complete

    index.save_progress(progress("PO-1", kinds=frozenset({"KEYWORD_BID|SP|A"})))
    index.save_progress(progress("PO-2"))
    index.teach_group("rec-a-018", "PO-2")
    index.teach_group("rec-a-018", "PO-2")
    assert index.lessons().of_kind(of_kind) is None
    assert index.lessons().of_group(of_group) is None

    index.save_progress(progress("PO-2", version=2, kinds=frozenset()))
    assert index.lessons().of_kind(of_kind) == "PO-1"
    assert index.lessons().of_group(of_group) == "PO-2"
    assert index.lessons().of_kind(of_group) is None
    assert index.lessons().of_group(of_kind) is None

    index.teach_group("rec-a-018", "PO-1")
    assert index.lessons().of_group(of_group) is None


# The table's


def test_an_entry_is_one_write_unit_of_a_batch(client: DynamoDBClient) -> None:
    """25 to a call; looked up, 100 to a call."""
    index = stored(client)
    calls = calls_of(client)
    index.keep(entries(51))
    index.known([f"rec-{number}" for number in range(101)])

    assert Counter(name for name, _ in calls) == {"BatchWriteItem": 3, "BatchGetItem": 2}
    assert [len(each["RequestItems"][TABLE]) for name, each in calls if "Write" in name] == [
        25,
        25,
        1,
    ]


def test_the_table_says_what_an_operator_can_read(client: DynamoDBClient) -> None:
    """By recommendation, with the moment at which DynamoDB forgets it."""
    stored(client).keep([*entries(1, is_offered=True)])

    assert documents(client) == {
        ("OPPORTUNITY_OF#rec-0", "OPPORTUNITY"): {
            "pk": {"S": "OPPORTUNITY_OF#rec-0"},
            "sk": {"S": "OPPORTUNITY"},
            "partnerOpportunityId": {"S": "PO-1"},
            "publishedDate": {"S": "2026-11-01T12:00:00.000000Z"},
            "offered": {"N": "1"},
            "keptUntil": {"N": str(int(EXPIRY.timestamp()))},
        }
    }


def test_files_that_are_not_listed_any_more_are_forgotten(client: DynamoDBClient) -> None:
    """45 days after something of them changed."""
    stored(client).save_progress(progress(kinds=frozenset({"a"})))
    [found] = documents(client).values()
    assert int(found["keptUntil"]["N"]) == int((NOW + timedelta(days=45)).timestamp())

    client.update_item(
        TableName=TABLE,
        Key={"pk": found["pk"], "sk": found["sk"]},
        UpdateExpression="SET keptUntil = :now",
        ExpressionAttributeValues={":now": {"N": str(int(NOW.timestamp()))}},
    )
    assert stored(client).progress() == {}


def test_a_repeated_save_meets_itself(client: DynamoDBClient) -> None:
    """It had landed, though nobody was told."""
    repeat_at_once(client)
    fail_once(client, "PutItem", timed_out(), landed=True)

    assert stored(client).save_progress(progress())


def leave_some(client: DynamoDBClient, operation: str, *, times: int) -> None:
    """Let DynamoDB leave the first of what it is asked for, so many times."""
    left = [None] * times

    def strip(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        if left:
            left.pop()
            [(table, asked)] = params["RequestItems"].items()
            if operation == "BatchWriteItem":
                context["left"] = {table: asked[:1]}
                params["RequestItems"] = {table: asked[1:] or asked}
            else:
                context["left"] = {table: {"Keys": asked["Keys"][:1]}}

    def tell(parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        if "left" in context:
            name = "UnprocessedItems" if operation == "BatchWriteItem" else "UnprocessedKeys"
            parsed[name] = context.pop("left")

    client.meta.events.register(f"provide-client-params.dynamodb.{operation}", strip)
    client.meta.events.register(f"after-call.dynamodb.{operation}", tell)


def test_what_dynamodb_has_no_room_for_is_written_later(client: DynamoDBClient) -> None:
    """After waits that grow."""
    waits: list[float] = []
    leave_some(client, "BatchWriteItem", times=3)
    stored(client, waits).keep(entries(10))

    assert len(documents(client)) == 10
    assert waits == [0.2, 0.4, 0.8]


def test_a_table_that_has_no_room_at_all_is_told_of(client: DynamoDBClient) -> None:
    """After eight tries of some twelve seconds together."""
    waits: list[float] = []
    leave_some(client, "BatchWriteItem", times=8)

    with pytest.raises(LedgerUnavailableError, match=r"DynamoDB had no room for 1 entries$"):
        stored(client, waits).keep(entries(10))
    assert (len(waits), max(waits)) == (7, 5.0)


def test_an_id_that_was_not_looked_at_is_not_unknown(client: DynamoDBClient) -> None:
    """To take it for unknown would be a guess."""
    leave_some(client, "BatchGetItem", times=3)

    with pytest.raises(LedgerUnavailableError, match="DynamoDB did not look at 1 of them"):
        stored(client).known(["rec-1", "rec-2"])


@pytest.mark.parametrize("operation", ["BatchGetItem", "BatchWriteItem", "Query", "PutItem"])
def test_a_table_that_does_not_answer_is_told_of(client: DynamoDBClient, operation: str) -> None:
    """With what was tried and why it failed."""
    index = stored(client)
    fail_once(client, operation, throttled(), landed=False)
    tries: dict[str, Callable[[], object]] = {
        "BatchGetItem": lambda: index.known(["rec-1"]),
        "BatchWriteItem": lambda: index.keep(entries(1)),
        "Query": index.lessons,
        "PutItem": lambda: index.teach_group("rec-a-018", "PO-1"),
    }

    with pytest.raises(LedgerUnavailableError, match=f"in {TABLE} failed: ThrottlingException"):
        tries[operation]()


def test_a_document_that_somebody_spoilt_is_told_of(client: DynamoDBClient) -> None:
    """Rather than taken for none."""
    client.put_item(
        TableName=TABLE,
        Item={"pk": {"S": "OPPORTUNITY_OF#rec-1"}, "sk": {"S": "OPPORTUNITY"}},
    )

    with pytest.raises(LedgerUnavailableError, match="OPPORTUNITY_OF#rec-1 of the ledger is malf"):
        stored(client).known(["rec-1"])


def test_nothing_but_the_condition_stands_in_the_way(client: DynamoDBClient) -> None:
    """Any other refusal is a failure."""
    with pytest.raises(LedgerUnavailableError, match="saving the progress in a file"):
        StoredOpportunityIndex(
            client,
            table_name="gone",
            clock=lambda: NOW,
            time_is_up=lambda: False,
            sleep=lambda _: None,
            jitter=max,
        ).save_progress(progress())
