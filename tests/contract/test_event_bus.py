"""Events are on the bus, or somebody is told of those that are not; nothing ever raises."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from botocore.stub import Stubber
from moto import mock_aws
from types_boto3_events.client import EventBridgeClient

from recommendation_applier.aws.event_bus import MAX_BYTES, EventBus
from recommendation_applier.domain.event import DetailType, Event
from recommendation_applier.domain.reasons import AcceptedReason, HeldReason
from tests.builders import recommendation
from tests.contract.events_clients import Bus, events_client


def accepted(number: int = 1, **changes: Any) -> Event:
    """Make the event of the recommendation of that number."""
    fields: dict[str, Any] = {
        "detail_type": DetailType.ACCEPTED,
        "reason": AcceptedReason.ACCEPTED,
        "recommendation": recommendation(f"rec-{number:03}"),
    }
    return Event(**fields | changes)


@dataclass
class Told:
    """The adapter, what it reported, and how many entries each of its calls had."""

    client: EventBridgeClient
    failures: list[str] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    time_is_up: Callable[[], bool] = lambda: False

    def __post_init__(self) -> None:
        """Count."""
        self.client.meta.events.register(
            "before-parameter-build.events.PutEvents",
            lambda params, **_: self.calls.append(len(params["Entries"])),
        )

    def put(self, *events: Event) -> None:
        """Put *events* as an invocation does."""
        EventBus(self.client, bus_name="alerts").put(
            events, time_is_up=self.time_is_up, report_failure=self.failures.append
        )


def answering(told: Told, *answers: Iterable[str]) -> Stubber:
    """Let EventBridge answer with the error codes of each entry, empty where it takes it."""
    stubber = Stubber(told.client)
    for codes in answers:
        entries = [{"ErrorCode": code} if code else {"EventId": "1"} for code in codes]
        failed = sum("ErrorCode" in each for each in entries)
        stubber.add_response("put_events", {"FailedEntryCount": failed, "Entries": entries})
    stubber.activate()
    return stubber


# Against moto


@mock_aws
def test_an_event_reaches_a_rules_target() -> None:
    """With the source and the detail type that a rule matches, and the detail as it is."""
    bus = Bus()
    told = Told(events_client())

    told.put(accepted(), accepted(2, detail_type=DetailType.HELD, reason=HeldReason.DRY_RUN))

    first, second = bus.received()
    assert first["source"] == "recommendation-applier"
    assert first["detail-type"] == "RecommendationAccepted"
    assert first["detail"] == accepted().detail()
    assert (second["detail-type"], second["detail"]["reason"]) == ("RecommendationHeld", "DRY_RUN")
    assert told.failures == []


@mock_aws
def test_25_events_take_3_calls() -> None:
    """Ten go into one; each arrives once."""
    bus = Bus()
    told = Told(events_client())

    told.put(*(accepted(number) for number in range(25)))

    assert told.calls == [10, 10, 5]
    assert [each["detail"]["recommendationId"] for each in bus.received()] == [
        f"rec-{number:03}" for number in range(25)
    ]


@mock_aws
def test_no_events_take_no_call() -> None:
    """Nothing in, nothing out."""
    told = Told(events_client())

    told.put()

    assert (told.calls, told.failures) == ([], [])


@mock_aws
def test_a_bus_that_does_not_exist_is_told_of_by_name() -> None:
    """Once for all events: the first call says it."""
    told = Told(events_client())

    told.put(*(accepted(number) for number in range(25)))

    assert told.calls == [10]
    [failure] = told.failures
    assert failure.startswith("putting 25 events on the bus alerts failed: An error occurred")
    assert "ResourceNotFoundException" in failure


# What moto cannot do


def test_what_is_refused_is_put_once_more_and_alone() -> None:
    """A throttle may be over by then; what was taken is not put again."""
    told = Told(events_client())
    stubber = answering(told, ["", "ThrottlingException", ""], [""])

    told.put(*map(accepted, range(3)))

    stubber.assert_no_pending_responses()
    assert told.calls == [3, 1]
    assert told.failures == []


def test_what_is_refused_twice_is_told_of_and_given_up() -> None:
    """By the codes of the last answer; the others are on the bus."""
    told = Told(events_client())
    answering(
        told,
        ["", "InternalFailure", "MalformedDetail", ""],
        ["ThrottlingException", "MalformedDetail"],
    )

    told.put(*map(accepted, range(4)))

    assert told.calls == [4, 2]
    [failure] = told.failures
    assert failure == (
        "putting 2 events on the bus alerts was refused: "
        "{'ThrottlingException': 1, 'MalformedDetail': 1}"
    )


def test_what_an_answer_does_not_name_counts_as_refused() -> None:
    """It is put once more, and told of if the answer does not name it either."""
    told = Told(events_client())
    answering(told, [""], [])

    told.put(*map(accepted, range(2)))

    assert told.calls == [2, 1]
    assert told.failures == [
        "putting 1 events on the bus alerts was refused: {'not named in the answer': 1}"
    ]


def test_an_event_that_is_too_large_hinders_no_other() -> None:
    """EventBridge would refuse the whole call."""
    told = Told(events_client())
    answering(told, ["", ""])
    huge = accepted(2, request_ids=("x" * MAX_BYTES,))

    told.put(accepted(1), huge, accepted(3))

    assert told.calls == [2]
    assert told.failures == [
        "putting 1 events on the bus alerts was not tried: each is larger than EventBridge takes"
    ]


def test_large_events_share_a_call_as_far_as_they_fit() -> None:
    """The limit is that of the call as a whole."""
    told = Told(events_client())
    answering(told, ["", ""], [""])
    large = {"request_ids": ("x" * (MAX_BYTES // 2 - 1_000),)}

    told.put(*(accepted(number, **large) for number in range(3)))

    assert told.calls == [2, 1]
    assert told.failures == []


def test_no_call_is_begun_when_time_is_up() -> None:
    """The answer to SQS must not wait for a chat message."""
    told = Told(events_client(), time_is_up=lambda: len(told.calls) == 2)
    answering(told, [""] * 10, [""] * 10)

    told.put(*map(accepted, range(25)))

    assert told.calls == [10, 10]
    assert told.failures == [
        "putting 5 events on the bus alerts was given up: the invocation's time was up"
    ]


def test_a_bus_out_of_reach_raises_nothing() -> None:
    """The first call that finds nobody is the last one."""
    told = Told(events_client(endpoint_url="http://127.0.0.1:1"))

    told.put(*map(accepted, range(25)))

    assert told.calls == [10]
    [failure] = told.failures
    assert failure.startswith(
        "putting 25 events on the bus alerts failed: Could not connect to the endpoint URL"
    )


def test_a_role_that_may_not_is_told_of() -> None:
    """As when the parameter was changed by hand, and the role was not."""
    told = Told(events_client())
    stubber = Stubber(told.client)
    stubber.add_client_error("put_events", "AccessDeniedException", "no")
    stubber.activate()

    told.put(accepted())

    [failure] = told.failures
    assert failure.endswith("(AccessDeniedException) when calling the PutEvents operation: no")
