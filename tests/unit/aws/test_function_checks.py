"""Functions that run, and those that do not."""

from typing import Any

import pytest

from recommendation_applier.aws.function_checks import (
    judge_event_source,
    judge_function,
    judge_schedules,
)
from recommendation_applier.domain.finding import State

QUEUE = "arn:aws:sqs:us-east-1:123456789012:stack-ingress"
MAPPING = {
    "UUID": "u-1",
    "EventSourceArn": QUEUE,
    "State": "Enabled",
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
    "BatchSize": 500,
}


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ({"State": "Active", "LastUpdateStatus": "Successful"}, State.OK),
        ({}, State.OK),
        ({"State": "Pending"}, State.WARNING),
        ({"State": "Active", "LastUpdateStatus": "InProgress"}, State.WARNING),
        ({"State": "Failed", "StateReason": "no role"}, State.FAULT),
        ({"State": "Active", "LastUpdateStatus": "Failed"}, State.FAULT),
    ],
    ids=str,
)
def test_a_function_can_be_invoked_or_not(found: dict[str, str], state: State) -> None:
    """By what Lambda says of it; what is being made needs a minute."""
    assert judge_function({"FunctionName": "apply", **found}).state is state


@pytest.mark.parametrize(
    ("changed", "state", "seen"),
    [
        ({}, State.OK, "up to 500 deliveries"),
        ({"State": "Enabling"}, State.WARNING, "is Enabling"),
        ({"State": "Disabled"}, State.FAULT, "is Disabled"),
        ({"FunctionResponseTypes": None}, State.FAULT, "is deleted"),
        ({"LastProcessingResult": "PROBLEM: access denied"}, State.FAULT, "access denied"),
        ({"LastProcessingResult": "OK"}, State.OK, "enabled"),
        ({"EventSourceArn": "another"}, State.FAULT, "reads another, and not"),
    ],
    ids=str,
)
def test_the_event_source_is_the_queue(changed: dict[str, Any], state: State, seen: str) -> None:
    """Enabled, and with what has failed told apart."""
    finding = judge_event_source([{**MAPPING, **changed}], queue_arn=QUEUE)

    assert finding.state is state
    assert seen in finding.seen


def test_a_function_without_an_event_source_gets_nothing() -> None:
    """Whatever is on the queue."""
    assert "reads no queue" in judge_event_source([], queue_arn=QUEUE).seen


def test_a_function_is_run_by_a_rule_that_is_enabled() -> None:
    """Any of them will do."""
    off = {"Name": "r-1", "State": "DISABLED", "ScheduleExpression": "rate(5 minutes)"}
    on = {**off, "Name": "r-2", "State": "ENABLED"}

    assert judge_schedules({"follow-up": [off, on]}).state is State.OK
    assert judge_schedules({"follow-up": [off]}).mend == "`aws events enable-rule --name r-1`"
    assert judge_schedules({"follow-up": [on], "files": []}).seen == "no rule runs files"
