"""The follow-up function starts in Lambda too: out of the same bundle, with its own variables."""

from datetime import UTC, datetime

from tests.builders import body
from tests.emulator.amazon import EmulatedAmazon
from tests.emulator.aws import EmbeddedStack
from tests.emulator.ledger_view import APPLIED, PENDING, applications_of
from tests.emulator.poller import EventSourceMapping
from tests.emulator.schedule import scheduled_event
from tests.runtime.conftest import REGION, StartOf
from tests.runtime.execution_environment import (
    ENDPOINT,
    RESERVED_VARIABLES,
    ExecutionEnvironment,
)
from tests.runtime.runtime_api import InitFailed


def bring_forward(stack: EmbeddedStack) -> None:
    """Make every follow-up due that is planned; the function's process reads the real clock."""
    table = stack.ledger_table_name
    for found in stack.dynamodb.scan(TableName=table, IndexName="DueIndex")["Items"]:
        stack.dynamodb.update_item(
            TableName=table,
            Key={"pk": found["pk"], "sk": found["sk"]},
            UpdateExpression="SET dueAt = :long_ago",
            ExpressionAttributeValues={":long_ago": {"N": "1"}},
        )


def test_what_the_apply_function_left_is_followed(
    function: ExecutionEnvironment,
    follow_up: ExecutionEnvironment,
    stack: EmbeddedStack,
    amazon: EmulatedAmazon,
) -> None:
    """Both speak of the same ledger: what one has sent, the other asks about."""
    stack.deliver([body("recommendation-1")])
    EventSourceMapping.of(stack, lambda event, _: function.invoke(event)).poll()
    assert applications_of(stack).named(PENDING) == ["recommendation-1"]
    amazon.settle()
    bring_forward(stack)

    answer = follow_up.invoke(scheduled_event(datetime.now(UTC), region=REGION))

    assert answer is None
    assert len(amazon.status_requests) == 1
    assert applications_of(stack).named(APPLIED) == ["recommendation-1"]
    assert amazon.violations == []
    assert '"AppliedRecommendations":[1.0]' in follow_up.printed


def test_a_missing_variable_stops_the_cold_start(start_of: StartOf, stack: EmbeddedStack) -> None:
    """The error that Lambda is told names the variable; the schedule's next tick would meet it."""
    variables = {**stack.follow_up.environment}
    del variables["LEDGER_TABLE_NAME"]

    with start_of(stack.follow_up, variables) as started:
        report = started.next_report()

    assert isinstance(report, InitFailed)
    assert "LEDGER_TABLE_NAME" in str(report.error["errorMessage"])


def test_the_function_gets_the_variables_of_the_template(
    follow_up: ExecutionEnvironment, stack: EmbeddedStack
) -> None:
    """Nothing else is in its environment but what Lambda itself sets, and where AWS is."""
    declared = stack.follow_up.environment.keys()

    assert follow_up.variables.keys() == declared | RESERVED_VARIABLES | {ENDPOINT}
