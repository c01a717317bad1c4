"""A look at the dead-letter queue sees all of it once, and leaves it as it was."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber
from moto import mock_aws
from types_boto3_sqs.client import SQSClient

from recommendation_applier.aws.dead_letter_look import DeadLetterLook, DeadLetterReader
from recommendation_applier.aws.ingress_bodies import IngressQueueBodies
from recommendation_applier.domain.waiting_letter import QueueCount
from recommendation_applier.use_cases.letter_ports import IngressBodies, Look
from tests.builders import NOW
from tests.contract.sqs_clients import stubbed_sqs, unreachable_sqs
from tests.emulator.clock import travelling
from tests.letter_builders import queued
from tests.letter_queue import MemoryLetterQueue

URL: Final = "https://dead-letters"
Looks = Callable[[], Any]


@pytest.fixture
def sqs() -> Iterator[SQSClient]:
    """An SQS in moto."""
    with mock_aws():
        yield boto3.client("sqs", region_name="us-east-1")


@pytest.fixture
def queue_url(sqs: SQSClient) -> str:
    """A queue that keeps what it has for 14 days."""
    return sqs.create_queue(
        QueueName="dead-letters", Attributes={"MessageRetentionPeriod": "1209600"}
    )["QueueUrl"]


def reader(
    sqs: SQSClient,
    queue_url: str,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    report_failure: Callable[[str], None] = pytest.fail,
) -> DeadLetterReader:
    """Make what looks at the queue."""
    return DeadLetterReader(sqs, queue_url=queue_url, clock=clock, report_failure=report_failure)


def fill(sqs: SQSClient, queue_url: str, count: int) -> set[str]:
    """Put letters on the queue; give their bodies."""
    bodies = [f"letter {number}" for number in range(count)]
    assert IngressQueueBodies(sqs, queue_url=queue_url).send(bodies) == {}
    return set(bodies)


def counts(sqs: SQSClient, queue_url: str) -> tuple[int, int]:
    """Count what could be received now, and what is hidden."""
    found = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])["Attributes"]
    return (
        int(found["ApproximateNumberOfMessages"]),
        int(found["ApproximateNumberOfMessagesNotVisible"]),
    )


def bodies_of(look: Look) -> list[str]:
    """Go through a look."""
    return [each.body for some in look.messages() for each in some]


# One contract for the queue in memory and for SQS


@pytest.fixture(params=["memory", "sqs"])
def look_and_ingress(
    request: pytest.FixtureRequest,
) -> Iterator[tuple[Callable[[], Any], IngressBodies]]:
    """What begins a look at 23 letters, and the ingress queue beside it."""
    if request.param == "memory":
        memory = MemoryLetterQueue.of([queued(f"letter {n}", f"m-{n}") for n in range(23)])

        @contextmanager
        def look() -> Iterator[Look]:
            yield memory

        yield look, memory
        return
    with mock_aws():
        client = boto3.client("sqs", region_name="us-east-1")
        ingress, letters = (
            client.create_queue(QueueName=name)["QueueUrl"] for name in ("ingress", "letters")
        )
        fill(client, letters, 23)
        yield (
            lambda: reader(client, letters).look(),
            IngressQueueBodies(client, queue_url=ingress),
        )


def test_everything_is_seen_once_each_time(look_and_ingress: tuple[Looks, IngressBodies]) -> None:
    """A look takes nothing away."""
    begin, _ = look_and_ingress
    for _ in range(2):
        with begin() as look:
            assert sorted(bodies_of(look)) == sorted(f"letter {n}" for n in range(23))


def test_what_is_deleted_is_not_seen_again(look_and_ingress: tuple[Looks, IngressBodies]) -> None:
    """It is in hand until then; what is sent is taken."""
    begin, ingress = look_and_ingress
    with begin() as look:
        ids = [each.message_id for some in look.messages() for each in some][:12]
        assert look.in_hand(ids) == set(ids)
        assert look.delete(ids) == {}
        assert look.delete([]) == {}
    assert ingress.send(["a body"] * 12) == {}
    assert ingress.send([]) == {}
    with begin() as look:
        assert len(bodies_of(look)) == 11


# What SQS alone has


def test_what_is_looked_at_is_hidden_and_comes_back_at_once(sqs: SQSClient, queue_url: str) -> None:
    """However the look ends; the receive is counted, and nothing else has changed."""
    sent = fill(sqs, queue_url, 25)

    with reader(sqs, queue_url).look() as look:
        assert look.counted == QueueCount(25, 0, timedelta(days=14))
        assert set(bodies_of(look)) == sent
        assert counts(sqs, queue_url) == (0, 25)
    assert counts(sqs, queue_url) == (25, 0)
    with suppress(KeyboardInterrupt), reader(sqs, queue_url).look() as look:
        [first, *_] = next(look.messages())
        assert first.receive_count == 2
        raise KeyboardInterrupt
    assert counts(sqs, queue_url) == (25, 0)


def test_a_message_says_what_sqs_says(sqs: SQSClient, queue_url: str) -> None:
    """When it was sent, and its attributes, of which only texts are read."""
    sqs.send_message(
        QueueUrl=queue_url,
        MessageBody="a body",
        MessageAttributes={
            "kind": {"DataType": "String", "StringValue": "batch"},
            "trace": {"DataType": "Binary", "BinaryValue": b"\0"},
        },
    )

    with reader(sqs, queue_url).look() as look:
        [[message]] = look.messages()
    assert message.attributes == {"kind": "batch"}
    assert abs(message.sent_at - datetime.now(UTC)) < timedelta(seconds=30)
    assert not message.moved_by_sqs


def test_two_who_look_at_once_see_a_part_each(sqs: SQSClient, queue_url: str) -> None:
    """What the other has in hand is counted, and not waited for."""
    sent = fill(sqs, queue_url, 25)

    with reader(sqs, queue_url).look() as first:
        mine = [each.body for each in next(first.messages())]
        with reader(sqs, queue_url).look() as second:
            theirs = bodies_of(second)
            assert second.counted == QueueCount(15, 10, timedelta(days=14))
        assert counts(sqs, queue_url) == (15, 10)
    assert {*mine, *theirs} == sent
    assert len(mine) + len(theirs) == 25


def test_a_look_lasts_as_long_as_there_is_to_do(sqs: SQSClient, queue_url: str) -> None:
    """Two minutes, and more for each letter, up to the twelve hours that SQS allows."""
    fill(sqs, queue_url, 20)
    asked: list[int] = []
    sqs.meta.events.register(
        "before-parameter-build.sqs.ReceiveMessage",
        lambda params, **_: asked.append(params["VisibilityTimeout"]),
    )

    for seconds in (0.0, 10.0, 10_000.0):
        with reader(sqs, queue_url).look(seconds_a_letter=seconds) as look:
            next(look.messages())
    assert asked == [121, 321, 43_200]


def test_a_letter_that_is_visible_again_is_not_deleted_for_certain(queue_url: str) -> None:
    """What is about to be is hidden anew first."""
    with travelling() as clock, mock_aws():
        sqs = boto3.client("sqs", region_name="us-east-1")
        sqs.create_queue(QueueName="dead-letters")
        fill(sqs, queue_url, 3)
        with reader(sqs, queue_url).look() as look:
            [some] = look.messages()
            [ours, theirs, late] = [each.message_id for each in some]
            clock.let_pass(timedelta(seconds=100))
            assert look.in_hand([ours]) == {ours}
            clock.let_pass(timedelta(seconds=100))

            assert look.delete([ours]) == {}
            assert look.delete([late]) == {
                late: "it was visible again by then, and may have been received"
            }
            sqs.purge_queue(QueueUrl=queue_url)
            assert look.in_hand([theirs]) == set()
            look.put_back()


def received(*names: str) -> dict[str, Any]:
    """Make an answer of SQS; a receipt handle is used up by the next receive."""
    stamp = str(int(NOW.timestamp() * 1000))
    return {
        "Messages": [
            {
                "MessageId": name[0],
                "ReceiptHandle": name,
                "Body": f"body of {name[0]}",
                "Attributes": {
                    "SentTimestamp": stamp,
                    "ApproximateReceiveCount": "1",
                    "DeadLetterQueueSourceArn": "arn:aws:sqs:us-east-1:123456789012:ingress",
                },
            }
            for name in names
        ]
    } if names else {}  # fmt: skip


def counted(visible: int) -> dict[str, Any]:
    """Make SQS's count."""
    return {"Attributes": {"ApproximateNumberOfMessages": str(visible)}}


def stubbed_look(client: SQSClient, *, visible: int) -> DeadLetterLook:
    """Begin a look at a queue of which SQS has counted so many."""
    return DeadLetterLook(
        client,
        queue_url=URL,
        clock=lambda: NOW,
        counted=QueueCount(visible, 0, timedelta(days=14)),
        seconds=120,
    )


def asked(wait: int) -> dict[str, Any]:
    """Say what a receive has to ask for."""
    return {
        "QueueUrl": URL,
        "MaxNumberOfMessages": 10,
        "MessageAttributeNames": ["All"],
        "MessageSystemAttributeNames": ANY,
        "VisibilityTimeout": 120,
        "WaitTimeSeconds": wait,
    }


@pytest.mark.parametrize(
    ("answers", "seen"),
    [
        # Samples, with an empty one and with a repetition, until SQS counts no more.
        ([("a1", "b1"), ("b2", "c1"), (), 0], "abc"),
        ([("a1",), (), ("b1", "c1"), (), 0], "abc"),
        # As many as were counted, but SQS counts more by now.
        ([("a1", "b1", "c1"), (), 1, ("d1",), (), 0], "abcd"),
        # Fewer than were counted: somebody else has them.
        ([("a1",), (), (), (), ()], "a"),
        ([(), (), (), ()], ""),
        # Letters that were hidden for too short a time come again and again.
        ([("a1", "b1", "c1"), *[("a2", "b2", "c2")] * 4], "abc"),
    ],
)
def test_samples_make_a_whole(answers: Sequence[Any], seen: str) -> None:
    """Each letter is given once, and the look comes to an end; SQS is waited for, if need be."""
    client, wait = stubbed_sqs(), 0
    with Stubber(client) as stubber:
        known: set[str] = set()
        for answer in answers:
            if isinstance(answer, int):
                stubber.add_response("get_queue_attributes", counted(answer))
                wait = 2 if answer else wait
                continue
            stubber.add_response("receive_message", received(*answer), asked(wait))
            fresh = {name[0] for name in answer} - known
            known |= fresh
            wait = wait if fresh or (not answer and len(known) >= 3) else 2
        look = stubbed_look(client, visible=3)
        found = [each for some in look.messages() for each in some]
        stubber.assert_no_pending_responses()

    assert "".join(each.message_id for each in found) == seen
    assert look.seen == set(seen)
    assert all(each.moved_by_sqs and each.sent_at == NOW for each in found)


def test_a_letter_that_was_seen_twice_is_put_back_by_its_last_receipt() -> None:
    """Once; the receipt before it is worth nothing."""
    client = stubbed_sqs()
    with Stubber(client) as stubber:
        stubber.add_response("receive_message", received("a1"))
        stubber.add_response("receive_message", received("a2"))
        stubber.add_response("receive_message", {})
        stubber.add_response("get_queue_attributes", counted(0))
        stubber.add_response(
            "change_message_visibility_batch",
            {"Successful": [{"Id": "0"}], "Failed": []},
            {
                "QueueUrl": URL,
                "Entries": [{"Id": "0", "ReceiptHandle": "a2", "VisibilityTimeout": 0}],
            },
        )
        look = stubbed_look(client, visible=1)
        assert bodies_of(look) == ["body of a"]
        assert look.put_back() is None
        stubber.assert_no_pending_responses()


def test_what_sqs_refuses_is_told() -> None:
    """Letter by letter, and what could not be put back is told of all together."""
    client = stubbed_sqs()
    failed = {"Id": "1", "SenderFault": True, "Code": "ReceiptHandleIsInvalid"}
    with Stubber(client) as stubber:
        stubber.add_response("receive_message", received("a1", "b1", "c1"))
        stubber.add_response("delete_message_batch", {"Successful": [], "Failed": [failed]})
        stubber.add_client_error("delete_message_batch", "ServiceUnavailable")
        stubber.add_response(
            "change_message_visibility_batch", {"Successful": [], "Failed": [failed]}
        )
        look = stubbed_look(client, visible=3)
        next(look.messages())
        assert look.delete(["a", "b"]) == {"b": "SQS refused to delete it: ReceiptHandleIsInvalid"}
        assert look.delete(["c"])["c"].startswith("deleting it failed: ")
        assert look.put_back() == (
            "1 dead letters could not be put back, and come back by themselves within 120 s, if "
            "they are still there: ReceiptHandleIsInvalid"
        )
        stubber.assert_no_pending_responses()


def test_an_sqs_that_is_gone_is_not_asked_a_thousand_times(sqs: SQSClient, queue_url: str) -> None:
    """Three calls to put back are enough; the letters come back by themselves."""
    fill(sqs, queue_url, 45)
    told: list[str] = []
    calls: list[str] = []

    def fail(**_: object) -> None:
        calls.append("call")
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "ChangeMessageVisibilityBatch")

    sqs.meta.events.register("before-call.sqs.ChangeMessageVisibilityBatch", fail)
    with reader(sqs, queue_url, report_failure=told.append).look() as look:
        bodies_of(look)

    [sentence] = told
    assert sentence.startswith("45 dead letters could not be put back")
    assert "AccessDenied" in sentence
    assert len(calls) == 3


def test_a_queue_that_is_gone_is_the_operators_affair(sqs: SQSClient, queue_url: str) -> None:
    """What SQS says is raised, before anything is received."""
    sqs.delete_queue(QueueUrl=queue_url)

    with pytest.raises(ClientError, match="NonExistentQueue"), reader(sqs, queue_url).look():
        pass


# Sending back


def test_what_is_not_sent_is_named() -> None:
    """Refused, left out of the answer, or in a call that failed; sizes are kept to."""
    client = stubbed_sqs()
    bodies = ["a", "b", "c" * 1_000_000, "d" * 100_000]
    refused = {"Id": "1", "SenderFault": False, "Code": "InternalError"}
    sent = {"Id": "0", "MessageId": "m", "MD5OfMessageBody": "x"}
    with Stubber(client) as stubber:
        stubber.add_response(
            "send_message_batch",
            {"Successful": [sent], "Failed": [refused]},
            {
                "QueueUrl": URL,
                "Entries": [
                    {"Id": str(place), "MessageBody": each} for place, each in enumerate(bodies[:3])
                ],
            },
        )
        stubber.add_client_error("send_message_batch", "ServiceUnavailable")
        unsent = IngressQueueBodies(client, queue_url=URL).send(bodies)
        stubber.assert_no_pending_responses()

    assert unsent[1] == "SQS refused to take it: InternalError"
    assert unsent[2] == "SQS did not name it in its answer"
    assert unsent[3].startswith("sending it failed: ")
    assert unsent.keys() == {1, 2, 3}


def test_an_sqs_that_cannot_be_reached_has_nothing() -> None:
    """That is told of each body."""
    unsent = IngressQueueBodies(unreachable_sqs(), queue_url="http://127.0.0.1:1/1/q").send(["a"])

    assert "Could not connect" in unsent[0]
