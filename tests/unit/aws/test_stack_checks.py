"""A stack, its table and its alarms, as AWS describes them."""

from typing import Any

import pytest

from recommendation_applier.aws.alarm_checks import judge_alarm_topic, nobody_is_told
from recommendation_applier.aws.ledger_checks import judge_ledger
from recommendation_applier.aws.stack_checks import judge_region, judge_stack, judge_strange_stack
from recommendation_applier.domain.ads_regions import ADS_REGIONS
from recommendation_applier.domain.finding import State

OURS = {"Endpoint": "ana@example.com", "SubscriptionArn": "arn:aws:sns:us-east-1:1:alarms:1"}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("CREATE_COMPLETE", State.OK),
        ("UPDATE_COMPLETE", State.OK),
        ("UPDATE_ROLLBACK_COMPLETE", State.WARNING),
        ("UPDATE_IN_PROGRESS", State.WARNING),
        ("CREATE_IN_PROGRESS", State.WARNING),
        ("ROLLBACK_COMPLETE", State.FAULT),
        ("ROLLBACK_IN_PROGRESS", State.FAULT),
        ("DELETE_IN_PROGRESS", State.FAULT),
        ("CREATE_FAILED", State.FAULT),
        ("UPDATE_ROLLBACK_FAILED", State.FAULT),
    ],
)
def test_a_stack_is_whole_or_not(status: str, state: State) -> None:
    """By its status; what runs although a deploy failed is told."""
    finding = judge_stack("stack", status)

    assert (finding.state, finding.seen.split(":")[0]) == (state, f"stack is {status}")


def test_a_stack_of_something_else_is_a_fault() -> None:
    """Unless its status says why it has nothing."""
    assert "a stack of something else" in judge_strange_stack("other", "CREATE_COMPLETE").seen
    making = judge_strange_stack("ours", "CREATE_IN_PROGRESS")
    assert (making.state, "being deployed" in making.seen) == (State.FAULT, True)


def test_a_stack_is_where_the_stream_delivers() -> None:
    """Each region of Amazon Ads has one of AWS's."""
    assert judge_region("eu-west-1", ADS_REGIONS["EU"]).state is State.OK
    assert "in us-west-2" in judge_region("us-east-1", ADS_REGIONS["FE"]).mend


@pytest.mark.parametrize(
    ("table", "expiry", "state"),
    [
        ({}, {}, State.OK),
        ({}, {"TimeToLiveStatus": "ENABLING"}, State.OK),
        ({}, {"TimeToLiveStatus": "DISABLED"}, State.FAULT),
        ({}, {"AttributeName": "other"}, State.FAULT),
        ({"TableStatus": "UPDATING"}, {}, State.WARNING),
        ({"TableStatus": "ARCHIVED"}, {}, State.FAULT),
    ],
    ids=str,
)
def test_the_ledger_is_active_and_forgets(
    table: dict[str, Any], expiry: dict[str, Any], state: State
) -> None:
    """By the attribute that the code writes."""
    finding = judge_ledger(
        {"TableName": "ledger", "TableStatus": "ACTIVE", **table},
        {"TimeToLiveStatus": "ENABLED", "AttributeName": "keptUntil", **expiry},
    )

    assert finding.state is state


@pytest.mark.parametrize(
    ("subscriptions", "state", "seen"),
    [
        ([OURS], State.OK, "ana@example.com is told"),
        (
            [{**OURS, "SubscriptionArn": "PendingConfirmation"}],
            State.FAULT,
            "ana@example.com has not confirmed",
        ),
        ([{**OURS, "SubscriptionArn": "Deleted"}], State.FAULT, "nobody is subscribed"),
        ([], State.FAULT, "nobody is subscribed"),
        (
            [{**OURS, "Endpoint": "ben@example.com"}],
            State.WARNING,
            "ben@example.com is told, and ana@example.com",
        ),
    ],
    ids=["confirmed", "pending", "deleted", "none", "another"],
)
def test_somebody_is_told_of_alarms(
    subscriptions: list[dict[str, str]], state: State, seen: str
) -> None:
    """Who has not confirmed is not."""
    finding = judge_alarm_topic(subscriptions, email="ana@example.com")

    assert (finding.state, finding.seen.startswith(seen)) == (state, True)


def test_that_nobody_is_told_is_a_warning() -> None:
    """It may be wanted so."""
    assert nobody_is_told().state is State.WARNING
