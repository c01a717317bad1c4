"""What keeps somebody from looking is what is found."""

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from recommendation_applier.domain.errors import LedgerUnavailableError, UnavailableError
from recommendation_applier.domain.finding import Finding, State, ok
from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.preconditions import (
    NEEDS,
    checks_of,
    found_instead,
    nothing_but,
)


def refused(operation: str, code: str, message: str = "No.") -> ClientError:
    """Make what boto3 raises."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


def test_each_precondition_stands_behind_those_that_it_needs() -> None:
    """Or they would wait for each other."""
    order = list(NEEDS)

    assert all(order.index(need) < order.index(each) for each in NEEDS for need in NEEDS[each])


@pytest.mark.parametrize(
    ("error", "seen", "mend"),
    [
        (
            refused("GetQueueAttributes", "AccessDenied"),
            "you may not sqs:GetQueueAttributes",
            "ask for the right sqs:GetQueueAttributes",
        ),
        (
            refused("ListSubscriptionsByTopic", "AuthorizationError"),
            "you may not sns:ListSubscriptionsByTopic",
            "ask for the right sns:ListSubscriptionsByTopic",
        ),
        (
            refused("Elsewhere", "403", "User a is not authorized to perform: b"),
            "you may not Elsewhere",
            "ask for the right Elsewhere",
        ),
        (
            refused("GetQueueAttributes", "AWS.SimpleQueueService.NonExistentQueue"),
            "AWS refused GetQueueAttributes: AWS.SimpleQueueService.NonExistentQueue: No",
            "see who deleted it",
        ),
        (refused("DescribeTable", "ThrottlingException"), "ThrottlingException", "wait a minute"),
        (refused("DescribeTable", "InternalError"), "InternalError", "look again"),
        (NoCredentialsError(), "Unable to locate credentials", "sign in to AWS"),
        (OperatorError("the stack has no output; deploy it"), "the stack has no output", "deploy"),
        (OperatorError("the stack is old"), "the stack is old", "deploy this version's"),
        (UnavailableError("a; b failed; wait"), "a; b failed", "wait"),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else None,
)
def test_what_goes_wrong_while_one_looks_is_found(error: Exception, seen: str, mend: str) -> None:
    """With the right that is missing, or what to do."""
    finding = found_instead(error)

    assert finding.state is State.FAULT
    assert seen in finding.seen
    assert mend in finding.mend


def test_a_missing_right_is_found_behind_what_was_made_of_it() -> None:
    """The adapters of the functions tell of AWS's errors in words of their own."""
    error = LedgerUnavailableError("reading what is subscribed failed")
    error.__cause__ = refused("Query", "AccessDeniedException")

    assert found_instead(error).seen == "nobody could look: you may not dynamodb:Query"


def test_a_look_that_fails_for_a_reason_of_this_world_finds_that() -> None:
    """All others are mistakes of ours."""

    def fail() -> Finding:
        raise OperatorError("the file is not there; write it")

    [check] = checks_of({"secret": fail}, only={"secret"})

    assert check.look().seen == "the file is not there"
    [broken] = checks_of({"secret": lambda: ok(str(1 / 0))}, only={"secret"})
    with pytest.raises(ZeroDivisionError, match="division"):
        broken.look()


def test_only_what_is_looked_at_is_needed() -> None:
    """Part of the checks can be made alone."""
    looks = {each: lambda: ok("good") for each in NEEDS}

    [settings, token] = checks_of(looks, only={"function-settings", "access-token"})

    assert (settings.needs, token.needs) == ((), ("function-settings",))


def test_a_stack_that_is_not_found_is_in_the_way_of_all() -> None:
    """It alone is at fault."""
    found = nothing_but(found_instead(OperatorError("no such stack")), only={"stack", "secret"})

    assert [(each.id, each.finding.because) for each in found] == [
        ("stack", None),
        ("secret", "stack"),
    ]
