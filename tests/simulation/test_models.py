"""The models behave as what they stand for, and are deployed as the template says."""

from typing import Any

import pytest

from recommendation_applier.entrypoints import wiring
from tests.emulator.template import load
from tests.simulation import deployment, environment
from tests.simulation.faults import Faults
from tests.simulation.kernel import Kernel
from tests.simulation.queues import Queue
from tests.simulation.scenarios import AS_DEPLOYED
from tests.simulation.story import Story


def queue(**changes: Any) -> Queue:
    """Make a queue on which nothing goes wrong."""
    options: dict[str, Any] = {"visibility": 30.0, "retention": 1_000.0} | changes
    return Queue("queue", Kernel(1), Faults("none", 0.0), Story(), **options)


def test_what_is_received_is_hidden_until_its_visibility_ends() -> None:
    """Nobody else receives it meanwhile; afterwards it counts once more."""
    one = queue()
    message = one.send("body", attributes={})

    assert [received for received, _ in one.receive(10)] == [message]
    assert one.receive(10) == []
    one.kernel.now = 30.0
    assert [receipt for _, receipt in one.receive(10)] == ["queue-1/2"]


def test_visibility_can_be_stretched_by_a_receipt_while_the_message_is_there() -> None:
    """It counts from the moment of the call."""
    one = queue()
    message = one.send("body", attributes={})
    ((_, receipt),) = one.receive(1)
    one.kernel.now = 10.0

    assert one.change_visibility(receipt, 100)
    one.kernel.now = 109.0
    assert one.receive(1) == []
    one.kernel.now = 110.0
    assert len(one.receive(1)) == 1
    one.delete(message)
    assert not one.change_visibility(receipt, 100)


def test_sqs_moves_what_has_been_received_too_often() -> None:
    """With its id and its age, at the receive that would be one too many."""
    letters = queue()
    one = queue(max_receive_count=2, dead_letters=letters)
    message = one.send("body", attributes={})
    for moment in (0.0, 30.0):
        one.kernel.now = moment
        assert len(one.receive(1)) == 1

    one.kernel.now = 60.0
    assert one.receive(1) == []
    assert letters.messages == {message.message_id: message}
    assert message.sent_at == 0.0


def test_a_move_task_makes_new_messages() -> None:
    """With new ids, received by nobody yet, and kept for as long as any new one."""
    letters, one = queue(), queue()
    letters.send("body", attributes={"kind": "message"})
    one.kernel.now = 500.0

    assert letters.move_all(one) == 1
    (message,) = one.messages.values()
    assert (message.body, message.receive_count, message.sent_at) == ("body", 0, 500.0)


def test_what_is_too_old_is_gone() -> None:
    """Retention counts from when it was sent."""
    one = queue()
    one.send("body", attributes={})
    one.kernel.now = 1_000.0

    assert one.receive(1) == []
    assert one.messages == {}


def test_the_simulated_function_is_deployed_as_the_template_says() -> None:
    """Timeouts, batches and queues are the template's own figures."""
    template = load()
    resources, parameters = template["Resources"], template["Parameters"]
    queue_properties = resources["IngressQueue"]["Properties"]

    assert queue_properties["VisibilityTimeout"] == deployment.VISIBILITY_TIMEOUT
    assert queue_properties["MessageRetentionPeriod"] == deployment.INGRESS_RETENTION
    letters = resources["DeadLetterQueue"]["Properties"]
    assert letters["MessageRetentionPeriod"] == deployment.DEAD_LETTER_RETENTION
    assert (
        deployment.Shape(
            timeout=resources["ApplyFunction"]["Properties"]["Timeout"],
            batch_size=parameters["BatchSize"]["Default"],
            window=parameters["BatchingWindowSeconds"]["Default"],
            concurrency=parameters["MaximumConcurrency"]["Default"],
            max_receive_count=queue_properties["RedrivePolicy"]["maxReceiveCount"],
            requests_at_once=parameters["MaxConcurrentRequests"]["Default"],
        )
        == AS_DEPLOYED
    )


@pytest.mark.parametrize(
    "name",
    ["MOST_RESERVE_SECONDS", "RESERVE_SHARE", "MOST_MARGIN_SECONDS", "MARGIN_SHARE"],
)
def test_the_simulated_time_is_kept_as_the_wiring_keeps_it(name: str) -> None:
    """What is kept back of an invocation is the same."""
    assert getattr(environment, name) == getattr(wiring, name)
