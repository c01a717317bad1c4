"""What an operator is told of what went wrong."""

import pytest
import typer
from botocore import exceptions

from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.entrypoints.cli.errors import OperatorError, told_in_a_sentence

ASK = "ask for that permission, or name another profile with --profile"
SIGN_IN = "sign in to AWS (`aws sso login`), or name another profile with --profile"


def told(error: BaseException, capture: pytest.CaptureFixture[str]) -> str:
    """Fail with *error* in a command; return the sentence."""
    with pytest.raises(typer.Exit) as ended, told_in_a_sentence():
        raise error

    assert ended.value.exit_code == 1
    printed = capture.readouterr()
    assert printed.out == ""
    return printed.err.removeprefix("Error: ").removesuffix("\n")


def refused(code: str, message: str = "No.") -> exceptions.ClientError:
    """Make an answer of AWS."""
    return exceptions.ClientError({"Error": {"Code": code, "Message": message}}, "Query")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OperatorError("no such stack"), "no such stack"),
        (LedgerUnavailableError("the entry\nis malformed"), "the entry is malformed"),
        (refused("ExpiredToken"), f"AWS refused Query: ExpiredToken: No; {SIGN_IN}"),
        (
            refused("AccessDeniedException", "You may not"),
            f"AWS refused Query: AccessDeniedException: You may not; {ASK}",
        ),
        (
            refused("ThrottlingException"),
            "AWS refused Query: ThrottlingException: No; wait a minute, then run it again",
        ),
        (refused("SomethingNew"), "AWS refused Query: SomethingNew: No."),
        (exceptions.ClientError({"Error": {}}, "Query"), "AWS refused Query: no code:"),
        (exceptions.NoCredentialsError(), f"Unable to locate credentials; {SIGN_IN}"),
        (
            exceptions.UnauthorizedSSOTokenError(),
            "The SSO session associated with this profile has expired or is otherwise invalid.",
        ),
        (
            exceptions.EndpointConnectionError(endpoint_url="https://sqs"),
            'Could not connect to the endpoint URL: "https://sqs"; look at the network, and',
        ),
        (exceptions.InvalidRegionError(region_name="a b"), "Provided region_name 'a b' "),
    ],
)
def test_what_an_operator_can_cause_is_one_sentence(
    error: Exception, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what to do where that is known; the command ends with 1."""
    assert told(error, capsys).startswith(sentence)


def test_a_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """With what is wrong with it."""
    error = FileNotFoundError(2, "No such file or directory", "policy.json")

    assert told(error, capsys) == "policy.json: No such file or directory"
    assert told(OSError("disk on fire"), capsys) == "disk on fire"


@pytest.mark.parametrize(
    "error",
    [BrokenPipeError(), KeyError("ours"), typer.Abort(), typer.Exit(3), typer.BadParameter("x")],
)
def test_all_else_is_not_touched(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    """A reader who has seen enough, how typer ends, and mistakes of ours with their traceback."""
    with pytest.raises(type(error)) as raised, told_in_a_sentence():
        raise error

    assert raised.value is error
    assert capsys.readouterr() == ("", "")
