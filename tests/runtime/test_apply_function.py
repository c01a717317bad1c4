"""What passes here starts in Lambda: the built bundle under Amazon's runtime interface client."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.builders import body
from tests.emulator.amazon import EmulatedAmazon
from tests.emulator.aws import EmbeddedStack
from tests.emulator.invocation import Invocation
from tests.emulator.poller import EventSourceMapping
from tests.emulator.template import load
from tests.runtime.bundle import fingerprint
from tests.runtime.conftest import ColdStart
from tests.runtime.execution_environment import (
    ENDPOINT,
    RESERVED_VARIABLES,
    ExecutionEnvironment,
)
from tests.runtime.runtime_api import InitFailed


def poll(stack: EmbeddedStack, function: ExecutionEnvironment) -> Invocation:
    """Let Lambda invoke *function* with what is on the ingress queue."""
    invocation = EventSourceMapping.of(stack, lambda event, _: function.invoke(event)).poll()
    assert invocation is not None
    return invocation


def dead_letters(stack: EmbeddedStack) -> list[dict[str, Any]]:
    """Read what is on the dead-letter queue."""
    answer = stack.sqs.receive_message(
        QueueUrl=stack.dead_letter_queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0
    )
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def test_an_ordinary_event_is_applied(
    function: ExecutionEnvironment, stack: EmbeddedStack, amazon: EmulatedAmazon
) -> None:
    """A recommendation goes out in one request, and its delivery does not come back."""
    stack.deliver([body("recommendation-1")])

    invocation = poll(stack, function)

    assert (invocation.answer, invocation.error) == ({"batchItemFailures": []}, None)
    assert [request.recommendation_ids for request in amazon.apply_requests] == [
        ("recommendation-1",)
    ]
    assert amazon.accepted.keys() == {"recommendation-1"}
    assert amazon.violations == []
    assert dead_letters(stack) == []


def test_a_bad_body_is_dead_lettered_beside_a_good_one(
    function: ExecutionEnvironment, stack: EmbeddedStack, amazon: EmulatedAmazon
) -> None:
    """What cannot be read is kept with its reason; its neighbour is applied."""
    stack.deliver(["{not JSON", body("recommendation-1")])

    invocation = poll(stack, function)

    assert (invocation.answer, invocation.error) == ({"batchItemFailures": []}, None)
    assert amazon.accepted.keys() == {"recommendation-1"}
    [letter] = dead_letters(stack)
    assert letter["kind"] == "message"
    assert letter["message"]["body"] == "{not JSON"


def test_a_missing_variable_stops_the_cold_start(
    cold_start: ColdStart, variables: dict[str, str]
) -> None:
    """The error that Lambda is told names the variable; no delivery is touched."""
    del variables["CREDENTIALS_SECRET_ARN"]

    with cold_start(variables) as started:
        report = started.next_report()

    assert isinstance(report, InitFailed)
    assert "CREDENTIALS_SECRET_ARN" in str(report.error["errorMessage"])


def test_the_function_gets_the_variables_of_the_template(function: ExecutionEnvironment) -> None:
    """Nothing else is in its environment but what Lambda itself sets, and where AWS is."""
    declared = load()["Resources"]["ApplyFunction"]["Properties"]["Environment"]["Variables"]

    assert function.variables.keys() == declared.keys() | RESERVED_VARIABLES | {ENDPOINT}


def test_the_bundle_is_never_written_to(
    cold_start: ColdStart, variables: Mapping[str, str], stack: EmbeddedStack, task_root: Path
) -> None:
    """A cold start and an invocation leave every file as it was, and no new one beside it."""
    built = fingerprint(task_root)
    stack.deliver([body("recommendation-1")])

    with cold_start(variables) as started:
        poll(stack, started)

    assert fingerprint(task_root) == built


def test_no_credentials_are_logged(
    function: ExecutionEnvironment, stack: EmbeddedStack, amazon: EmulatedAmazon
) -> None:
    """Neither the secret's values nor an access token is in what the function prints."""
    stack.deliver([body("recommendation-1")])

    poll(stack, function)

    [request] = amazon.apply_requests
    access_token = request.headers["Authorization"].removeprefix("Bearer ")
    secrets = {access_token, *asdict(amazon.credentials).values()}
    assert not [secret for secret in secrets if secret in function.printed]
