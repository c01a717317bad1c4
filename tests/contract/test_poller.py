"""The emulated event source mapping polls, invokes and deletes as Lambda's own does."""

import base64
import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain

import boto3
import pytest
from moto import mock_aws
from types_boto3_sqs import SQSClient

from tests.emulator.clock import Clock, travelling
from tests.emulator.invocation import Event, Handler, InvocationContext
from tests.emulator.partial_batch_response import failed_message_ids
from tests.emulator.poller import EventSourceMapping, redrive
from tests.emulator.sqs_event import MAX_PAYLOAD_BYTES, payload_bytes, record_of

MAX_RECEIVE_COUNT = 3


@dataclass(frozen=True, slots=True)
class Queues:
    """An ingress queue with its dead-letter queue."""

    sqs: SQSClient
    ingress_url: str
    ingress_arn: str
    dead_letter_url: str

    def send(self, *bodies: str) -> list[str]:
        """Put *bodies* on the ingress queue; return their message ids."""
        return [
            self.sqs.send_message(QueueUrl=self.ingress_url, MessageBody=body)["MessageId"]
            for body in bodies
        ]

    def left(self) -> int:
        """Return how many messages the ingress queue holds, in flight or not."""
        attributes = self.sqs.get_queue_attributes(
            QueueUrl=self.ingress_url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        return sum(map(int, attributes.values()))


@dataclass(slots=True)
class Function:
    """Answers every event with the same answer, and remembers the events."""

    answer: object = None
    events: list[Event] = field(default_factory=list)
    contexts: list[InvocationContext] = field(default_factory=list)

    def __call__(self, event: Event, context: InvocationContext) -> object:
        """Be invoked."""
        self.events.append(event)
        self.contexts.append(context)
        return self.answer


@pytest.fixture
def queues() -> Iterator[Queues]:
    """Two queues of moto's, joined as the template joins its own."""
    with mock_aws():
        sqs = boto3.client("sqs", region_name="us-east-1")
        dead_letter_url = sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
        dead_letter_arn = "arn:aws:sqs:us-east-1:123456789012:dead-letters"
        ingress_url = sqs.create_queue(
            QueueName="ingress",
            Attributes={
                "VisibilityTimeout": "1380",
                "RedrivePolicy": f'{{"deadLetterTargetArn": "{dead_letter_arn}",'
                f' "maxReceiveCount": {MAX_RECEIVE_COUNT}}}',
            },
        )["QueueUrl"]
        yield Queues(
            sqs, ingress_url, "arn:aws:sqs:us-east-1:123456789012:ingress", dead_letter_url
        )


def stopped_clock() -> float:
    """Show the same time always."""
    return 0.0


def mapping(
    queues: Queues,
    handler: Handler,
    *,
    batch_size: int = 100,
    reports_batch_item_failures: bool = True,
    clock: Callable[[], float] = stopped_clock,
) -> EventSourceMapping:
    """Build a mapping of the ingress queue to a function of 180 seconds."""
    return EventSourceMapping(
        sqs=queues.sqs,
        queue_url=queues.ingress_url,
        queue_arn=queues.ingress_arn,
        handler=handler,
        batch_size=batch_size,
        timeout_seconds=180,
        reports_batch_item_failures=reports_batch_item_failures,
        clock=clock,
    )


def test_an_empty_queue_invokes_nothing(queues: Queues) -> None:
    """Without messages the function does not run."""
    function = Function()

    assert mapping(queues, function).poll() is None
    assert function.events == []


def test_a_record_has_the_shape_of_lambdas_guide(queues: Queues) -> None:
    """A function sees exactly the fields, and the types, that Lambda hands over."""
    queues.sqs.send_message(
        QueueUrl=queues.ingress_url,
        MessageBody="a body",
        MessageAttributes={
            "kind": {"DataType": "String", "StringValue": "batch"},
            "raw": {"DataType": "Binary", "BinaryValue": b"\x00"},
        },
    )
    function = Function()

    mapping(queues, function).poll()

    [record] = function.events[0]["Records"]
    assert set(record["attributes"]) == {
        "ApproximateFirstReceiveTimestamp",
        "ApproximateReceiveCount",
        "SenderId",
        "SentTimestamp",
    }
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["attributes"]["SentTimestamp"].isdigit()
    assert record["messageAttributes"]["kind"] == {
        "stringValue": "batch",
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": "String",
    }
    assert base64.b64decode(record["messageAttributes"]["raw"]["binaryValue"]) == b"\x00"
    assert record["body"] == "a body"
    assert record["md5OfBody"] == hashlib.md5(b"a body", usedforsecurity=False).hexdigest()
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == queues.ingress_arn
    assert record["awsRegion"] == "us-east-1"
    assert set(record) == {
        "attributes",
        "awsRegion",
        "body",
        "eventSource",
        "eventSourceARN",
        "md5OfBody",
        "md5OfMessageAttributes",
        "messageAttributes",
        "messageId",
        "receiptHandle",
    }


def test_a_record_that_was_on_no_queue_has_the_same_shape(queues: Queues) -> None:
    """What is built and what is received differ in ids and times, and in nothing else."""
    [message_id] = queues.send("a body")
    function = Function()
    mapping(queues, function).poll()

    built = record_of("a body", message_id=message_id, queue_arn=queues.ingress_arn, sent_at=1.5)

    [received] = function.events[0]["Records"]
    assert built["attributes"].keys() == received["attributes"].keys()
    assert built["attributes"]["SentTimestamp"] == "1500"
    unlike = {"attributes", "receiptHandle"}
    assert {key: value for key, value in built.items() if key not in unlike} == {
        key: value for key, value in received.items() if key not in unlike
    }


def test_a_batch_ends_at_the_batch_size(queues: Queues) -> None:
    """25 messages at 20 a batch are one batch of 20 and one of 5, each message once."""
    sent = queues.send(*map(str, range(25)))
    function = Function()

    invocations = mapping(queues, function, batch_size=20).drain()

    batches = [invocation.message_ids for invocation in invocations]
    assert [len(batch) for batch in batches] == [20, 5]
    assert sorted(chain.from_iterable(batches)) == sorted(sent)
    assert queues.left() == 0


def test_a_batch_ends_at_the_payload_that_lambda_takes(queues: Queues) -> None:
    """What does not fit into 6 MB with its metadata waits for the next batch, unlost."""
    body = "x" * 1_000_000
    sent = queues.send(*[body] * 7)
    function = Function()

    invocations = mapping(queues, function).drain()

    batches = [invocation.message_ids for invocation in invocations]
    assert [len(batch) for batch in batches] == [6, 1]
    assert sorted(chain.from_iterable(batches)) == sorted(sent)
    assert all(
        sum(map(payload_bytes, event["Records"])) <= MAX_PAYLOAD_BYTES for event in function.events
    )
    assert queues.left() == 0


def failing(message_id: object) -> dict[str, object]:
    """Name *message_id* in a partial batch response."""
    return {"batchItemFailures": [{"itemIdentifier": message_id}]}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "",
        {},
        {"batchItemFailures": []},
        {"batchItemFailures": None},
        {"batchItemFailure": [{"itemIdentifier": "first"}]},
    ],
    ids=["null", "no text", "empty", "no failures", "null failures", "misspelt"],
)
def test_an_answer_without_failures_deletes_everything(answer: object) -> None:
    """Nothing comes back after an empty or null answer, or one under another key."""
    assert failed_message_ids(answer, ["first", "second"]) == frozenset()


@pytest.mark.parametrize(
    "answer",
    [
        failing("unknown"),
        failing(""),
        failing(None),
        failing(7),
        failing(["first"]),
        {"batchItemFailures": [{"itemIdentifier": "first"}, {"itemIdentifier": "unknown"}]},
        {"batchItemFailures": [{"messageId": "first"}]},
        {"batchItemFailures": ["first"]},
        {"batchItemFailures": {"itemIdentifier": "first"}},
        {"batchItemFailures": {1, 2}},
        "first",
        ["first"],
    ],
    ids=[
        "unknown id",
        "empty id",
        "null id",
        "a number",
        "a list for an id",
        "one id unknown",
        "wrong key",
        "no object",
        "no list",
        "no JSON",
        "a text",
        "a list",
    ],
)
def test_an_answer_that_is_wrong_anywhere_brings_everything_back(answer: object) -> None:
    """One unknown id, one wrong key: the whole batch failed."""
    assert failed_message_ids(answer, ["first", "second"]) == {"first", "second"}


def test_only_what_the_answer_names_comes_back(queues: Queues) -> None:
    """The message that is named stays on the queue; its neighbour is deleted."""
    kept, dropped = queues.send("kept", "dropped")

    invocation = mapping(queues, Function(failing(kept))).poll()

    assert invocation is not None
    assert invocation.returned == {kept}
    assert invocation.deleted == {dropped}
    assert queues.left() == 1


def test_an_exception_brings_everything_back(queues: Queues) -> None:
    """When the function raises, nothing is deleted, and the error can be looked at."""
    queues.send("first", "second")

    def raises(event: Event, context: InvocationContext) -> object:
        raise RuntimeError(f"{len(event['Records'])} at {context.aws_request_id}")

    invocation = mapping(queues, raises).poll()

    assert invocation is not None
    assert str(invocation.error) == "2 at 00000000-0000-4000-8000-000000000001"
    assert invocation.deleted == frozenset()
    assert queues.left() == 2


def ticking(*seconds: float) -> Callable[[], float]:
    """Build a clock that shows each of *seconds* once."""
    shown = iter(seconds)
    return lambda: next(shown)


def test_the_remaining_time_counts_down(queues: Queues) -> None:
    """A function of 180 seconds that has run for 50 has 130,000 milliseconds left."""
    queues.send("first")
    remaining: list[int] = []

    def looks_at_the_clock(event: Event, context: InvocationContext) -> object:
        remaining.extend(context.get_remaining_time_in_millis() for _ in event["Records"] * 2)
        return None

    clock = ticking(1000, 1050, 1190, 1090)
    invocation = mapping(queues, looks_at_the_clock, clock=clock).poll()

    assert remaining == [130_000, 0]
    assert invocation is not None
    assert not invocation.timed_out


def test_an_answer_after_the_timeout_is_no_answer(queues: Queues) -> None:
    """Lambda ends a function at its timeout, so everything comes back."""
    queues.send("first")

    invocation = mapping(queues, Function(), clock=ticking(0, 181)).poll()

    assert invocation is not None
    assert invocation.timed_out
    assert queues.left() == 1


def test_without_partial_batch_responses_the_answer_is_not_read(queues: Queues) -> None:
    """Where they are off, what the function names as failed is deleted all the same."""
    [sent] = queues.send("first")

    mapping(queues, Function(failing(sent)), reports_batch_item_failures=False).poll()

    assert queues.left() == 0


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The time of this process, moto's included."""
    with travelling() as clock:
        yield clock


def test_what_came_back_is_received_again_once_time_has_passed(
    queues: Queues, clock: Clock
) -> None:
    """A stretched visibility runs out when its time has passed, and the receive count has grown."""
    [sent] = queues.send("first")

    def stretches(event: Event, _: InvocationContext) -> object:
        [record] = event["Records"]
        queues.sqs.change_message_visibility(
            QueueUrl=queues.ingress_url,
            ReceiptHandle=record["receiptHandle"],
            VisibilityTimeout=7200,
        )
        counts.append(record["attributes"]["ApproximateReceiveCount"])
        return failing(sent)

    counts: list[str] = []
    lambda_ = mapping(queues, stretches)

    started = clock.now()
    assert len(lambda_.drain()) == 1
    assert lambda_.let_time_pass(clock)
    assert timedelta(hours=2) <= clock.now() - started < timedelta(hours=2, minutes=1)
    assert len(lambda_.drain()) == 1
    assert counts == ["1", "2"]


def test_time_passes_to_the_next_message_and_its_company(queues: Queues, clock: Clock) -> None:
    """Of two stretched visibilities the shorter one ends; the batching window is waited for."""
    queues.send("sooner", "later")

    def stretches(event: Event, _: InvocationContext) -> object:
        for record in event["Records"]:
            queues.sqs.change_message_visibility(
                QueueUrl=queues.ingress_url,
                ReceiptHandle=record["receiptHandle"],
                VisibilityTimeout=600 if record["body"] == "sooner" else 3600,
            )
        returned = [{"itemIdentifier": record["messageId"]} for record in event["Records"]]
        return {"batchItemFailures": returned}

    lambda_ = mapping(queues, stretches)
    lambda_.batching_window_seconds = 60
    lambda_.drain()
    started = clock.now()

    assert lambda_.let_time_pass(clock)

    assert clock.now() - started >= timedelta(seconds=659)
    [invocation] = lambda_.drain()
    assert [record["body"] for record in invocation.event["Records"]] == ["sooner"]


def test_time_does_not_pass_while_a_message_is_visible(queues: Queues, clock: Clock) -> None:
    """What is on the queue and was never received waits for nobody."""
    queues.send("first")
    started = clock.now()

    assert mapping(queues, Function()).let_time_pass(clock)

    assert clock.now() - started < timedelta(seconds=60)


def test_an_invocation_does_not_see_a_jump(queues: Queues, clock: Clock) -> None:
    """Its deadline is of the monotonic clock, which nobody moves."""
    queues.send("first")
    before = time.monotonic()
    clock.let_pass(timedelta(days=1))

    assert time.monotonic() - before < 60
    [invocation] = mapping(queues, Function(), clock=time.monotonic).drain()
    assert not invocation.timed_out


def test_time_does_not_pass_for_what_is_gone(queues: Queues, clock: Clock) -> None:
    """A message that somebody else deleted meanwhile is not waited for."""
    [sent] = queues.send("first")
    function = Function(failing(sent))
    lambda_ = mapping(queues, function)
    lambda_.drain()
    handle = function.events[0]["Records"][0]["receiptHandle"]
    queues.sqs.delete_message(QueueUrl=queues.ingress_url, ReceiptHandle=handle)

    assert not lambda_.let_time_pass(clock)


def test_what_is_received_too_often_is_moved_by_sqs(queues: Queues, clock: Clock) -> None:
    """After the last receive SQS itself puts the message on the dead-letter queue."""
    [sent] = queues.send("first")
    lambda_ = mapping(queues, Function(failing(sent)))

    for _ in range(MAX_RECEIVE_COUNT):
        assert len(lambda_.drain()) == 1
        lambda_.let_time_pass(clock)

    assert lambda_.drain() == []
    assert queues.left() == 0
    [letter] = queues.sqs.receive_message(QueueUrl=queues.dead_letter_url)["Messages"]
    assert letter["MessageId"] == sent


def test_a_drain_ends_at_the_batches_that_it_was_allowed(queues: Queues) -> None:
    """A function whose failures are visible at once cannot keep a test for ever."""
    queues.send(*map(str, range(5)))

    assert len(mapping(queues, Function(), batch_size=1).drain(most=3)) == 3


def test_a_redrive_keeps_body_and_attributes_and_nothing_else(queues: Queues) -> None:
    """What is moved back is a new message, received for the first time."""
    sent = [
        queues.sqs.send_message(
            QueueUrl=queues.dead_letter_url,
            MessageBody=f"letter {number}",
            MessageAttributes={"kind": {"DataType": "String", "StringValue": "message"}},
        )["MessageId"]
        for number in range(12)
    ]

    moved = redrive(
        queues.sqs,
        dead_letter_queue_url=queues.dead_letter_url,
        destination_url=queues.ingress_url,
    )

    function = Function()
    mapping(queues, function).drain()
    records = [record for event in function.events for record in event["Records"]]
    assert moved == 12
    assert sorted(record["body"] for record in records) == sorted(
        f"letter {number}" for number in range(12)
    )
    assert {record["messageAttributes"]["kind"]["stringValue"] for record in records} == {"message"}
    assert {record["attributes"]["ApproximateReceiveCount"] for record in records} == {"1"}
    assert not {record["messageId"] for record in records} & set(sent)


def test_every_invocation_has_a_request_id_of_its_own(queues: Queues) -> None:
    """The function's name and the invocation's id are in the context, as logs want them."""
    queues.send("first", "second")
    function = Function()

    mapping(queues, function, batch_size=1).drain()

    assert [context.aws_request_id[-2:] for context in function.contexts] == ["01", "02"]
    assert {context.function_name for context in function.contexts} == {"apply"}
