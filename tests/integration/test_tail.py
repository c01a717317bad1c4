"""`applier tail` over what the real functions write."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import Final

import boto3
from botocore import handlers

from recommendation_applier.entrypoints.cli.log_sentences import SENTENCES
from tests.builders import body
from tests.emulator.deployment import OPPORTUNITY, Deployment, deployed
from tests.emulator.function import EmulatedFunction
from tests.integration.test_held import in_hours, put_policy
from tests.integration.test_opportunity_files import file_of, row
from tests.operator import applier, lose_a_subscription, sentence_of

STACK: Final = ("--stack", "recommendation-applier")
REPORT: Final = (
    "REPORT RequestId: 1-2\tDuration: 12.00 ms\tBilled Duration: 12 ms\tMemory Size: 512 MB\t"
    "Max Memory Used: 99 MB\t\n"
)


def write(deployment: Deployment, name: str, lines: list[str], *, at: datetime) -> None:
    """Let a function have written *lines*, a second after the other."""
    client = boto3.client("logs", region_name=deployment.stack.region)
    group = deployment.stack.outputs[f"{name}FunctionLogGroupName"]
    stream = f"{at:%Y/%m/%d}/[$LATEST]{at.timestamp()}"
    client.create_log_stream(logGroupName=group, logStreamName=stream)
    client.put_log_events(
        logGroupName=group,
        logStreamName=stream,
        logEvents=[
            {"timestamp": int((at + timedelta(seconds=number)).timestamp() * 1000), "message": line}
            for number, line in enumerate(lines)
        ],
    )


def written_by(function: EmulatedFunction) -> list[str]:
    """Give what a function has printed."""
    return [line for line in function.written.getvalue().splitlines() if line]


def tail(*arguments: str) -> list[str]:
    """Run the command; give the lines that it prints."""
    result = applier("tail", *arguments, *STACK)
    assert result.exit_code == 0
    return result.stdout.splitlines()


@contextmanager
def in_all_ways() -> Iterator[Deployment]:
    """Deploy, and let everything happen that a function has a line for."""
    wanted = {"OpportunityFiles": "INDEX", "LogLevel": "DEBUG"}
    with deployed(parameters=wanted) as deployment:
        deployment.amazon.publish([file_of([row("rec-9")])])
        deployment.read_files()
        deployment.invoke(body("rec-1"), body("rec-2", account=2), "bad")
        deployment.amazon.set_status("FAILED", ["rec-1"])
        deployment.amazon.settle()
        put_policy(deployment)
        deployment.invoke(body("rec-3", expiry_date=in_hours(deployment, 5)))
        deployment.stack.store_policy("none")
        deployment.let_time_pass(timedelta(minutes=2))
        deployment.invoke(body("rec-4"))
        deployment.follow_up_until_settled()
        lose_a_subscription(deployment)
        deployment.stack.sqs.delete_queue(QueueUrl=deployment.stack.dead_letter_queue_url)
        deployment.invoke("bad")
        yield deployment


def test_every_line_that_the_functions_write_is_a_sentence() -> None:
    """There is at least one of every kind; none is shown as it is, and metrics are left out."""
    with in_all_ways() as deployment:
        functions = {
            "apply": deployment.apply,
            "follow-up": deployment.follow_up,
            "opportunities": deployment.opportunities,
            "subscriptions": deployment.subscriptions,
        }
        lines = [line for each in functions.values() if each for line in written_by(each)]
        noon = deployment.clock.now() - timedelta(minutes=4)
        write(deployment, "Apply", written_by(deployment.apply), at=noon)
        write(deployment, "FollowUp", written_by(deployment.follow_up), at=noon)
        write(deployment, "Subscriptions", written_by(deployment.subscriptions), at=noon)
        assert deployment.opportunities is not None
        write(deployment, "Opportunities", written_by(deployment.opportunities), at=noon)

        told = tail()
        documents = [json.loads(line) for line in tail("--json")]

    documented = [json.loads(line) for line in lines]
    assert {each["message"] for each in documented if "_aws" not in each} == SENTENCES.keys()
    assert len(told) == len([each for each in documented if "_aws" not in each])
    assert [line for line in told if '{"' in line] == []
    assert {line.split(": ")[0].split()[-1] for line in told} == functions.keys()
    assert sorted(
        json.dumps({name: each[name] for name in each if name != "function"}) for each in documents
    ) == sorted(json.dumps(each) for each in documented if "_aws" not in each)


def test_what_happened_is_told_in_order(deployment: Deployment) -> None:
    """With the time in UTC, the function, and everything that a support case needs."""
    deployment.invoke(*(body(f"rec-{number}") for number in range(100)))
    deployment.amazon.settle()
    now = deployment.clock.now()
    write(
        deployment,
        "Apply",
        ["START RequestId: 1-2 Version: $LATEST\n", *written_by(deployment.apply), REPORT],
        at=now,
    )
    write(deployment, "FollowUp", ["[ERROR] KeyError: 'x'\rTraceback (most recent"], at=now)

    with_date = f"{now:%Y-%m-%d %H:%M:%S}"
    lines = tail("--since", "5m")
    [ids] = [each["amazonRequestIds"] for each in deployment.log() if "amazonRequestIds" in each]
    assert (
        lines[0]
        .removeprefix(with_date[:11])
        .startswith(f"{with_date[11:]} follow-up: ERROR: the invocation crashed: KeyError: 'x'")
    )
    assert (
        "apply: 100 recommendations of A0000000000001 (ENTITY0000000000001, US) sent under "
        f"{OPPORTUNITY}, accepted, HTTP 202, request id {', '.join(ids)}, "
    ) in lines[1]
    assert "apply: 100 deliveries handled, 100 accepted (100 ACCEPTED), 1 batch" in lines[2]
    assert lines[3].endswith(
        "apply: invocation 1-2, took 12.00 ms, billed 12 ms, 99 MB of 512 MB used"
    )
    assert len(lines) == 4

    deployment.let_time_pass(timedelta(days=1, hours=1))
    assert applier("tail", *STACK).stderr.startswith("Nothing of that kind was logged since ")
    assert tail("--since", "2d")[0].startswith(f"{with_date} follow-up: ")
    assert json.loads(tail("--since", "2d", "--json")[3])["message"] == REPORT.rstrip()


def test_filters_choose(deployment: Deployment) -> None:
    """Functions, warnings and errors, recommendations and accounts, whole names of them."""
    deployment.invoke(body("rec-1"), body("rec-12", account=2), "bad")
    now = deployment.clock.now()
    write(deployment, "Apply", written_by(deployment.apply), at=now)
    departure = {"message": "departure", "door": "accepted", "reason": "ACCEPTED"}
    lines = [json.dumps(departure | {"recommendationId": each}) for each in ("rec-1", "rec-12")]
    write(deployment, "FollowUp", [*lines, "look at rec-1. \x1b[31m"], at=now)

    def found(*arguments: str) -> list[str]:
        return [line.split(": ", 1)[1] for line in tail(*arguments)]

    assert len(found()) == 7
    assert len(found("--function", "follow-up", "--function", "Apply")) == 7
    assert len(found("--function", "follow-up")) == 3
    assert [each.split(",")[0] for each in found("--errors")] == [
        "warning: dead letter of message 2"
    ]
    assert found("--id", "rec-1") == [
        "rec-1 left as accepted, ACCEPTED",
        "look at rec-1. ?[31m",
    ]
    assert len(found("--id", "rec-1", "--id", "rec-12")) == 3
    assert [each.split(" (")[0] for each in found("--account", "ENTITY0000000000002")] == [
        "1 recommendation of A0000000000002"
    ]
    assert found("--account", "A0000000000002", "--id", "rec-1") == []


def test_a_function_that_is_not_there_is_a_sentence(deployment: Deployment) -> None:
    """With those that are."""
    assert deployment.opportunities is None
    assert sentence_of(applier("tail", "--function", "opportunities", *STACK)) == (
        "stack recommendation-applier has no function opportunities, since its OpportunityFiles is "
        "OFF: name one of apply, follow-up, subscriptions with --function"
    )
    assert "has no function applier: name" in sentence_of(
        applier("tail", "--function", "applier", *STACK)
    )


def test_a_stack_without_logs_is_a_sentence(deployment: Deployment) -> None:
    """It is another kind of stack."""
    topic = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    client = boto3.client("cloudformation", region_name=deployment.stack.region)
    client.create_stack(StackName="other", TemplateBody=json.dumps(topic))

    assert "has no output ApplyFunctionLogGroupName" in sentence_of(
        applier("tail", "--stack", "other")
    )


def test_following_ends_cleanly(deployment: Deployment) -> None:
    """What is there is told once, however often it is looked at, and Ctrl-C is no failure."""
    write(deployment, "Apply", ["first", "second"], at=deployment.clock.now())

    with ctrl_c_at_the_third_look():
        result = applier("tail", "--follow", "--every", "0", "--function", "apply", *STACK)

    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split(": ")[1] for line in result.stdout.splitlines()] == ["first", "second"]


@contextmanager
def ctrl_c_at_the_third_look() -> Iterator[None]:
    """Interrupt the command, as the terminal does, when it begins its third look."""
    looks = count(1)

    def press(**_: object) -> None:
        if next(looks) == 3:
            raise KeyboardInterrupt

    spec = ("before-call.cloudwatch-logs.FilterLogEvents", press)
    handlers.BUILTIN_HANDLERS.append(spec)
    try:
        yield
    finally:
        handlers.BUILTIN_HANDLERS.remove(spec)
