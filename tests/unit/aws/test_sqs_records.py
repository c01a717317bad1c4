"""SQS records in, and out of it the messages that Lambda must not delete."""

from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.aws.sqs_records import (
    partial_batch_response,
    read_records,
    receipt_handles,
)
from recommendation_applier.domain.delivery import Delivery
from tests.builders import delivery
from tests.emulator.partial_batch_response import failed_message_ids


def record(message_id: str = "message-1", **changes: Any) -> dict[str, Any]:
    """Make a record as Lambda hands it over; a field that is changed to `...` is left out."""
    fields = {
        "messageId": message_id,
        "receiptHandle": f"handle of {message_id}",
        "body": "a body",
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1762776000000"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
    }
    return {name: value for name, value in (fields | changes).items() if value is not ...}


def event(*records: object) -> dict[str, Any]:
    """Make the event of an invocation."""
    return {"Records": list(records)}


# In


def test_records_are_read_in_their_order() -> None:
    """Message id, body and receive count, which a hand-written event may hold as a number."""
    second = record("message-2", attributes={"ApproximateReceiveCount": "17"})
    third = record("message-3", attributes={"ApproximateReceiveCount": 3})

    assert read_records(event(record(), second, third)) == [
        Delivery("message-1", "a body", 1),
        Delivery("message-2", "a body", 17),
        Delivery("message-3", "a body", 3),
    ]


def test_any_mapping_tells_the_receive_count() -> None:
    """Whoever hands the event over need not have made dictionaries."""
    read = read_records(
        event(record(attributes=MappingProxyType({"ApproximateReceiveCount": "99"})))
    )

    assert [each.receive_count for each in read] == [99]


def test_an_event_without_records_has_no_deliveries() -> None:
    """An empty list is an event of SQS all the same."""
    assert read_records(event()) == []


@pytest.mark.parametrize("body", [..., None, "", 7, {"a": 1}], ids=str)
def test_a_body_that_is_no_text_is_an_empty_one(body: object) -> None:
    """It cannot be read, and leaves its neighbours alone."""
    read = read_records(event(record(body=body), record("message-2")))

    assert [each.body for each in read] == ["", "a body"]


@pytest.mark.parametrize(
    "attributes",
    [
        ...,
        None,
        "odd",
        {},
        {"ApproximateReceiveCount": None},
        {"ApproximateReceiveCount": "0"},
        {"ApproximateReceiveCount": "-3"},
        {"ApproximateReceiveCount": "1.5"},
        {"ApproximateReceiveCount": "\N{SUPERSCRIPT TWO}"},
        {"ApproximateReceiveCount": ""},
    ],
    ids=str,
)
def test_a_receive_count_that_makes_no_sense_counts_as_the_first(attributes: object) -> None:
    """Nothing is given up early for want of a number."""
    [read] = read_records(event(record(attributes=attributes)))

    assert read.receive_count == 1


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        ({}, KeyError),
        ({"records": []}, KeyError),
        ({"Records": None}, TypeError),
        ({"Records": 7}, TypeError),
        ({"Records": ["odd"]}, TypeError),
        ({"Records": [record(messageId=...)]}, KeyError),
        ([], TypeError),
        (None, TypeError),
    ],
    ids=str,
)
def test_an_event_of_something_else_raises(other: Any, kind: type[Exception]) -> None:
    """Lambda keeps every message then; nothing is deleted by a misunderstanding."""
    with pytest.raises(kind, match=r"Records|messageId|not iterable|indices|subscriptable"):
        read_records(other)


def test_receipt_handles_are_named_by_message() -> None:
    """A record without one, as a test event in the console may be, has none."""
    read = receipt_handles(event(record(), record("message-2", receiptHandle=...)))

    assert read == {"message-1": "handle of message-1"}


# Out


def deliveries(*numbers: int) -> list[Delivery]:
    """Make the deliveries of those numbers."""
    return [delivery("a body", number=number) for number in numbers]


def test_what_is_not_finished_is_named() -> None:
    """In the order of the records, under Lambda's own words."""
    response = partial_batch_response(deliveries(1, 2, 3), finished=["message-2"])

    assert response == {
        "batchItemFailures": [{"itemIdentifier": "message-1"}, {"itemIdentifier": "message-3"}]
    }


def test_an_empty_answer_means_that_all_is_finished() -> None:
    """Only then, since it deletes everything."""
    assert partial_batch_response(deliveries(1), finished=["message-1"]) == {
        "batchItemFailures": []
    }


def test_a_message_that_came_twice_is_named_once() -> None:
    """The same id is no two failures."""
    assert partial_batch_response(deliveries(1, 1), finished=[]) == {
        "batchItemFailures": [{"itemIdentifier": "message-1"}]
    }


# Few numbers, so that ids repeat, and some that are of no delivery.
_NUMBERS = st.lists(st.integers(1, 6), max_size=8)


@given(received=_NUMBERS, finished=_NUMBERS)
def test_lambda_deletes_what_is_finished_and_nothing_else(
    received: list[int], finished: list[int]
) -> None:
    """Whatever is finished twice, or was never received: no other message is lost or kept."""
    given_out = deliveries(*received)
    response = partial_batch_response(
        given_out, finished=(f"message-{number}" for number in finished)
    )

    named = [item["itemIdentifier"] for item in response["batchItemFailures"]]
    assert set(response) == {"batchItemFailures"}
    assert len(named) == len(set(named))
    ids = [each.message_id for each in given_out]
    kept = {f"message-{number}" for number in set(received) - set(finished)}
    assert failed_message_ids(response, ids) == kept


_VALUES = st.none() | st.integers() | st.text(max_size=4) | st.dictionaries(st.text(), st.text())


@given(
    records=st.lists(
        st.fixed_dictionaries(
            {"messageId": st.sampled_from("abc")},
            optional={
                "body": _VALUES,
                "attributes": _VALUES
                | st.fixed_dictionaries({"ApproximateReceiveCount": st.text(max_size=3)}),
            },
        ),
        max_size=4,
    )
)
def test_every_record_is_a_delivery(records: list[dict[str, Any]]) -> None:
    """One unreadable record cannot fail its neighbours: each has its delivery, in its place."""
    read = read_records(event(*records))

    assert [each.message_id for each in read] == [each["messageId"] for each in records]
    assert all(each.receive_count >= 1 for each in read)
