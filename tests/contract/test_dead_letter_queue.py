"""Dead letters are on the queue for certain, or named as not stored."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from recommendation_applier.aws.dead_letter_queue import DeadLetterQueue
from recommendation_applier.aws.sqs_batches import MAX_BYTES
from recommendation_applier.domain.dead_letter import (
    DeadLetter,
    Reason,
    batch_letter,
    message_letter,
)
from recommendation_applier.domain.reasons import DeadLetterReason
from tests.builders import NOW, batch
from tests.contract.sqs_clients import stubbed_sqs, unreachable_sqs

ATTRIBUTE_BYTES = len("kindStringmessage") + len("reasonCodeStringUNREADABLE_BODY")
"""What the attributes of a message letter of that reason weigh."""

WRAPPING_BYTES = ATTRIBUTE_BYTES + len(
    message_letter(
        message_id="message-1",
        body="",
        reason=Reason(DeadLetterReason.UNREADABLE_BODY, "not JSON"),
        attempts=1,
        failed_at=NOW,
    ).body
)
"""What `letter` adds to its body."""


def letter(body: str = "a body", *, number: int = 1) -> DeadLetter:
    """Make a message letter."""
    return message_letter(
        message_id=f"message-{number}",
        body=body,
        reason=Reason(DeadLetterReason.UNREADABLE_BODY, "not JSON"),
        attempts=1,
        failed_at=NOW,
    )


def letters(count: int) -> list[DeadLetter]:
    """Make so many letters."""
    return [letter(f"body {number}", number=number) for number in range(count)]


class Queue:
    """A queue in moto, with the adapter in front of it."""

    def __init__(self) -> None:
        self.client = boto3.client("sqs", region_name="us-east-1")
        self.url = self.client.create_queue(QueueName="dead-letters")["QueueUrl"]
        self.reported: list[str] = []
        self.calls: list[int] = []
        """How many entries each SendMessageBatch had."""
        self.client.meta.events.register(
            "before-parameter-build.sqs.SendMessageBatch",
            lambda params, **_: self.calls.append(len(params["Entries"])),
        )
        self.adapter = DeadLetterQueue(
            self.client,
            queue_url=self.url,
            report_failure=self.reported.append,
            time_is_up=lambda: False,
        )

    def received(self) -> list[dict[str, Any]]:
        """Take everything that is on the queue."""
        found: list[dict[str, Any]] = []
        while messages := self.client.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            found.extend(dict(message) for message in messages)
        return found


@pytest.fixture
def queue() -> Iterator[Queue]:
    """An empty queue."""
    with mock_aws():
        yield Queue()


# Against moto


def test_a_letter_is_stored_with_its_attributes(queue: Queue) -> None:
    """The body as the domain wrote it; kind and reasonCode for filters."""
    stored = queue.adapter.store([letter("odd \N{SNOWMAN}")])

    [message] = queue.received()
    assert stored == {0}
    assert json.loads(message["Body"])["message"]["body"] == "odd \N{SNOWMAN}"
    assert message["MessageAttributes"] == {
        "kind": {"DataType": "String", "StringValue": "message"},
        "reasonCode": {"DataType": "String", "StringValue": "UNREADABLE_BODY"},
    }


def test_a_batch_letter_is_stored_as_that(queue: Queue) -> None:
    """A refused request is one letter, whatever it holds."""
    refused = batch_letter(
        batch("rec-1", "rec-2"),
        message_ids={"rec-1": "message-1", "rec-2": "message-2"},
        reason=Reason(DeadLetterReason.APPLY_REFUSED, "400", 400),
        attempts=1,
        failed_at=NOW,
    )
    assert queue.adapter.store([refused]) == {0}

    [message] = queue.received()
    assert message["Body"] == refused.body
    assert message["MessageAttributes"]["kind"]["StringValue"] == "batch"
    assert message["MessageAttributes"]["reasonCode"]["StringValue"] == "APPLY_REFUSED"


def test_no_letters_make_no_call(queue: Queue) -> None:
    """Nothing to store."""
    assert queue.adapter.store([]) == set()
    assert queue.calls == []


def test_letters_go_out_ten_at_a_time(queue: Queue) -> None:
    """25 letters are calls of 10, 10 and 5, and each is on the queue once."""
    sent = letters(25)

    assert queue.adapter.store(sent) == set(range(25))
    assert queue.calls == [10, 10, 5]
    assert sorted(message["Body"] for message in queue.received()) == sorted(
        each.body for each in sent
    )


def test_a_call_has_no_more_bytes_than_sqs_takes(queue: Queue) -> None:
    """Four letters of 400 kB are two calls of two."""
    large = [letter("x" * 400_000, number=number) for number in range(4)]

    assert queue.adapter.store(large) == {0, 1, 2, 3}
    assert queue.calls == [2, 2]
    assert len(queue.received()) == 4


def test_a_call_may_be_exactly_as_large_as_sqs_takes(queue: Queue) -> None:
    """1 MiB, attributes included, goes out in one call, and a byte more in two."""
    half = MAX_BYTES // 2 - WRAPPING_BYTES
    queue.adapter.store([letter("x" * half), letter("y" * half)])
    queue.adapter.store([letter("x" * half), letter("y" * (half + 1))])

    assert queue.calls == [2, 1, 1]
    assert len(queue.received()) == 4
    assert queue.reported == []


@pytest.mark.parametrize("beyond", [0, 1])
def test_a_letter_too_large_to_be_wrapped_is_stored_as_its_body(
    queue: Queue, *, beyond: int
) -> None:
    """Up to 1 MiB with its attributes it is a letter; a byte more, and its body stands alone."""
    body = "x" * (MAX_BYTES - WRAPPING_BYTES + beyond)
    large = letter(body)
    assert queue.adapter.store([large]) == {0}

    [message] = queue.received()
    assert message["Body"] == (body if beyond else large.body)
    assert message["MessageAttributes"]["reasonCode"]["StringValue"] == "UNREADABLE_BODY"


def test_size_is_counted_in_bytes(queue: Queue) -> None:
    """Two bytes an umlaut: 600,000 of them are too many, even as a body alone."""
    assert queue.adapter.store([letter("é" * 600_000), letter("é" * 500_000)]) == {1}
    assert [len(message["Body"]) for message in queue.received()] == [500_000]


def test_a_letter_that_is_too_large_in_any_form_keeps_no_other_from_being_stored(
    queue: Queue,
) -> None:
    """It is named as not stored and reported, with the message that stays behind."""
    stored = queue.adapter.store([letter(), letter("x" * (MAX_BYTES + 1), number=7), letter()])

    assert stored == {0, 2}
    [report] = queue.reported
    assert report == (
        "a dead letter (UNREADABLE_BODY) is larger than SQS takes; the message message-7 stays on "
        "the ingress queue until SQS moves it"
    )


def test_a_body_of_the_largest_size_is_stored_without_attributes(queue: Queue) -> None:
    """Redrive understands it all the same; only filters do not."""
    assert queue.adapter.store([letter("x" * MAX_BYTES)]) == {0}
    assert queue.reported == []


def test_a_batch_letter_has_no_other_form(queue: Queue) -> None:
    """What is too large and was no message is not stored at all."""
    huge = DeadLetter(
        kind="batch",
        reason=Reason(DeadLetterReason.APPLY_REFUSED, "400"),
        body="x" * MAX_BYTES,
        original_body=None,
        message_ids=("message-1", "message-2"),
    )

    assert queue.adapter.store([huge]) == set()
    assert "message-1, message-2" in queue.reported[0]


def test_an_empty_body_is_kept_in_its_wrapping(queue: Queue) -> None:
    """SQS takes no empty message, but a letter about one."""
    assert queue.adapter.store([letter("")]) == {0}
    assert json.loads(queue.received()[0]["Body"])["message"]["body"] == ""


def test_characters_that_sqs_refuses_are_escaped(queue: Queue) -> None:
    """A body that somebody else's JSON smuggled control characters into is stored all the same."""
    assert queue.adapter.store([letter("\x00\x0b\ufffe")]) == {0}


def test_a_queue_that_is_gone_stores_nothing(queue: Queue) -> None:
    """It is said once, and the remaining calls are spared."""
    queue.client.delete_queue(QueueUrl=queue.url)

    assert queue.adapter.store(letters(25)) == set()
    assert queue.calls == [10]
    [report] = queue.reported
    assert report.startswith(f"storing 25 dead letters on {queue.url} failed: ")
    assert "NonExistentQueue" in report


def test_a_queue_that_cannot_be_reached_stores_nothing() -> None:
    """No connection is reported like any other failure of a call."""
    reported: list[str] = []
    client = unreachable_sqs()
    adapter = DeadLetterQueue(
        client,
        queue_url="http://127.0.0.1:1/1/q",
        report_failure=reported.append,
        time_is_up=lambda: False,
    )

    assert adapter.store([letter()]) == set()
    assert "Could not connect to the endpoint" in reported[0]


# What moto cannot do


class Script:
    """A client that answers SendMessageBatch as it is told, and checks what it is asked."""

    def __init__(self) -> None:
        client = stubbed_sqs()
        self.stubber = Stubber(client)
        self.reported: list[str] = []
        self.adapter = DeadLetterQueue(
            client,
            queue_url="https://dlq",
            report_failure=self.reported.append,
            time_is_up=lambda: False,
        )
        self.stubber.activate()

    def expect(
        self,
        sent: Sequence[tuple[int, DeadLetter]],
        *,
        failed: Sequence[int] = (),
        sender_fault: bool = False,
    ) -> None:
        """Expect one call with letters at positions, and refuse the positions *failed*."""
        ids = [str(position) for position, _ in sent]
        answer = {
            "Successful": [
                {"Id": one, "MessageId": f"sqs-{one}", "MD5OfMessageBody": "-"}
                for one in ids
                if int(one) not in failed
            ],
            "Failed": [
                {"Id": str(one), "SenderFault": sender_fault, "Code": "InternalError"}
                for one in failed
            ],
        }
        entries = [
            {
                "Id": str(position),
                "MessageBody": each.body,
                "MessageAttributes": {
                    "kind": {"DataType": "String", "StringValue": each.kind},
                    "reasonCode": {
                        "DataType": "String",
                        "StringValue": each.reason.code.value,
                    },
                },
            }
            for position, each in sent
        ]
        expected = {"QueueUrl": "https://dlq", "Entries": entries}
        self.stubber.add_response("send_message_batch", answer, expected)

    def expect_outage(self) -> None:
        """Answer a call with a failure of SQS."""
        self.stubber.add_client_error("send_message_batch", "InternalFailure", http_status_code=500)


@pytest.fixture
def script() -> Iterator[Script]:
    """A script that is played to its end."""
    made = Script()
    yield made
    made.stubber.assert_no_pending_responses()


def test_entries_that_sqs_refuses_are_sent_again(script: Script) -> None:
    """An answer of 200 may name failures: those alone are repeated."""
    sent = letters(3)
    script.expect(list(enumerate(sent)), failed=[0, 2])
    script.expect([(0, sent[0]), (2, sent[2])], failed=[2])
    script.expect([(2, sent[2])])

    assert script.adapter.store(sent) == {0, 1, 2}
    assert script.reported == []


def test_after_three_passes_an_entry_is_named_as_not_stored(script: Script) -> None:
    """The others are, and what is left is reported."""
    sent = letters(12)
    script.expect(list(enumerate(sent[:10])), failed=[3])
    script.expect([(10, sent[10]), (11, sent[11])], failed=[11])
    script.expect([(3, sent[3]), (11, sent[11])], failed=[3, 11])
    script.expect([(3, sent[3]), (11, sent[11])], failed=[11])

    assert script.adapter.store(sent) == set(range(11))
    assert script.reported == ["1 dead letters were refused by https://dlq: {'InternalError': 1}"]


def test_a_call_that_fails_is_the_last_one(script: Script) -> None:
    """What was stored before it is stored; what follows waits on the ingress queue."""
    sent = letters(30)
    script.expect(list(enumerate(sent[:10])), failed=[4])
    script.expect_outage()

    assert script.adapter.store(sent) == {*range(10)} - {4}
    [report] = script.reported
    assert "storing 21 dead letters on https://dlq failed" in report
    assert "InternalFailure" in report


def test_a_repeat_that_fails_is_the_last_one_too(script: Script) -> None:
    """An outage between two passes leaves what the first one stored."""
    sent = letters(2)
    script.expect(list(enumerate(sent)), failed=[0])
    script.expect_outage()

    assert script.adapter.store(sent) == {1}


def test_an_answer_that_names_nothing_stores_nothing(script: Script) -> None:
    """What SQS does not say it has, it does not have."""
    for _ in range(3):
        script.stubber.add_response("send_message_batch", {"Successful": [], "Failed": []})

    assert script.adapter.store(letters(1)) == set()
    assert len(script.reported) == 1


def test_what_is_our_own_fault_is_not_repeated(script: Script) -> None:
    """SQS would refuse the same entry again; the reason is told once."""
    sent = letters(2)
    script.expect(list(enumerate(sent)), failed=[1], sender_fault=True)

    assert script.adapter.store(sent) == {0}
    assert script.reported == ["1 dead letters were refused by https://dlq: {'InternalError': 1}"]


def test_no_call_is_begun_when_time_is_up() -> None:
    """What is not stored is named, and its deliveries stay."""
    reported: list[str] = []
    client = stubbed_sqs()
    queue = DeadLetterQueue(
        client,
        queue_url="https://dlq",
        report_failure=reported.append,
        time_is_up=lambda: True,
    )

    assert queue.store(letters(12)) == set()
    assert reported == [
        "storing 12 dead letters on https://dlq was given up: the invocation's time was up"
    ]
