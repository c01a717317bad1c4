"""`applier credentials`: the secret is filled and checked, and told to nobody."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer.testing
from moto.core import set_initial_no_auth_action_count

from recommendation_applier.aws.stored_secret import CONSENTED_ON
from tests.emulator.amazon import Credentials
from tests.emulator.amazon_faults import resets
from tests.emulator.deployment import Deployment
from tests.operator import (
    applier,
    let_operators_reach,
    sentence_of,
    sign_in_without,
)

STACK = ("--stack", "recommendation-applier")
NEW = Credentials("amzn1.application-oa2-client.new", "a-new-client-secret", "Atzr|a-new-token")


@pytest.fixture
def stack(deployment: Deployment) -> Deployment:
    """A stack with good credentials, which operators reach."""
    let_operators_reach(deployment)
    return deployment


def written(credentials: Credentials, **changed: Any) -> str:
    """Write credentials as a person keeps them."""
    return json.dumps(
        {
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "refresh_token": credentials.refresh_token,
            **changed,
        }
    )


def stored(deployment: Deployment) -> Any:
    """Read the secret."""
    arn = deployment.stack.outputs["CredentialsSecretArn"]
    return json.loads(deployment.stack.secrets.get_secret_value(SecretId=arn)["SecretString"])


def consented_on(deployment: Deployment) -> str | None:
    """Read the day of consent off the secret."""
    arn = deployment.stack.outputs["CredentialsSecretArn"]
    tags = deployment.stack.secrets.describe_secret(SecretId=arn).get("Tags", [])
    return {each["Key"]: each["Value"] for each in tags}.get(CONSENTED_ON)


def put(*arguments: str, stdin: str | None = None, exit_code: int = 0) -> str:
    """Run `credentials set`, which never tells a secret; give what it says on stderr."""
    result = applier("credentials", "set", *STACK, *arguments, stdin=stdin)
    told = result.stdout + result.stderr
    secrets = [NEW.client_secret, NEW.refresh_token, "a-new-token"]
    assert [each for each in secrets if each in told] == []
    assert result.exit_code == exit_code, told
    return told


def test_credentials_are_stored_once_they_are_tried(stack: Deployment, tmp_path: Path) -> None:
    """From a file; the day of consent is today, since the refresh token is a new one."""
    file = tmp_path / "credentials.json"
    file.write_text(written(NEW, note="mine"))
    stack.amazon.rotate_credentials(NEW)

    told = put("--from", str(file), "--yes")

    assert told.startswith("Stored. The functions take them up")
    assert stored(stack) == json.loads(written(NEW))
    assert consented_on(stack) == datetime.now(UTC).date().isoformat()


def test_credentials_that_get_no_token_replace_none(stack: Deployment) -> None:
    """What Login with Amazon says of them is told, with what to do."""
    before = stored(stack)

    told = put("--from", "-", "--yes", stdin=written(NEW), exit_code=1)

    assert told.startswith("Error: nothing was stored: invalid_client: the client is refused")
    assert "(--no-check stores them untried)" in told
    stack.amazon.script_token([resets()])
    unreached = put("--from", "-", "--yes", stdin=written(NEW), exit_code=1)
    assert "nothing was stored: Login with Amazon is not reached" in unreached
    assert (stored(stack), consented_on(stack)) == (before, None)


def test_credentials_can_be_stored_untried(stack: Deployment) -> None:
    """Where Login with Amazon is not reached from, say."""
    put("--from", "-", "--yes", "--no-check", "--consented-on", "2026-11-01", stdin=written(NEW))

    assert stored(stack) == json.loads(written(NEW))
    assert consented_on(stack) == "2026-11-01"
    assert len(stack.amazon.token_requests) == 0


def test_a_rehearsal_stores_nothing(stack: Deployment) -> None:
    """It tries them, and says what would be done."""
    stack.amazon.rotate_credentials(NEW)

    told = put("--from", "-", "--dry-run", stdin=written(NEW))

    arn = stack.stack.outputs["CredentialsSecretArn"]
    today = datetime.now(UTC).date()
    assert (
        told == f"Would replace the credentials in {arn} and note {today} as the day of consent.\n"
    )
    assert stored(stack) != json.loads(written(NEW))
    assert consented_on(stack) is None


def test_nobody_is_asked_where_nobody_is(stack: Deployment) -> None:
    """Neither for the credentials nor whether to store them."""
    stack.amazon.rotate_credentials(NEW)

    assert "give the credentials with --from FILE" in put(exit_code=1)
    assert "nobody can be asked here: Replace the credentials in arn:" in put(
        "--from", "-", stdin=written(NEW), exit_code=1
    )
    assert stored(stack) != json.loads(written(NEW))


def test_the_same_credentials_are_stored_once(stack: Deployment) -> None:
    """The day of consent stays what it is as long as the refresh token does."""
    good = stack.amazon.credentials

    assert "has these credentials already" in put("--from", "-", "--yes", stdin=written(good))
    assert consented_on(stack) is None
    put("--keep", "--consented-on", "2026-10-01", "--yes")
    replaced = Credentials(good.client_id, "another-client-secret", good.refresh_token)
    stack.amazon.rotate_credentials(replaced)
    put("--from", "-", "--yes", stdin=written(replaced))
    assert stored(stack)["client_secret"] == "another-client-secret"
    assert consented_on(stack) == "2026-10-01"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ("Atzr|a-new-token", "it is not a JSON object"),
        ('{"client_id": "a-new-token"}', "wrong or missing: client_secret, refresh_token"),
        (written(NEW, refresh_token=""), "wrong or missing: refresh_token"),
        (written(NEW, client_id="a b"), "wrong or missing: client_id"),
    ],
    ids=["no JSON", "two missing", "one empty", "no header"],
)
def test_what_is_no_credentials_is_told_by_field(stack: Deployment, given: str, wrong: str) -> None:
    """And never by value."""
    told = put("--from", "-", "--yes", stdin=given, exit_code=1)

    assert f"from standard input failed: {wrong}" in told
    assert stored(stack)["client_id"] == stack.amazon.credentials.client_id


@pytest.mark.parametrize("day", ["yesterday", "2999-01-01", "01.11.2026"])
def test_the_day_of_consent_is_a_day_that_has_been(day: str) -> None:
    """Anything else is a mistake in the command."""
    result = applier("credentials", "set", *STACK, "--consented-on", day)

    assert result.exit_code == 2


def test_a_secret_that_cannot_be_used_is_replaced(stack: Deployment) -> None:
    """Whatever stands there."""
    stack.stack.secrets.put_secret_value(
        SecretId=stack.stack.outputs["CredentialsSecretArn"], SecretString="{"
    )

    assert "has no credentials to keep" in put("--keep", exit_code=1)
    assert "contradict each other" in put("--keep", "--from", "-", exit_code=2)
    put("--from", "-", "--yes", stdin=written(stack.amazon.credentials))

    assert stored(stack)["client_id"] == stack.amazon.credentials.client_id


def checked(exit_code: int) -> dict[str, Any]:
    """Give what `credentials check` tells a program, by check."""
    result = applier("credentials", "check", *STACK, "--json")
    assert result.exit_code == exit_code
    return {each["check"]: each for each in json.loads(result.stdout)["checks"]}


@pytest.mark.usefixtures("stack")
def test_good_credentials_are_found_good() -> None:
    """With how many days are left of the refresh token."""
    day = datetime.now(UTC).date() - timedelta(days=100)
    put("--keep", "--consented-on", str(day), "--yes")

    found = checked(0)

    assert {each["state"] for each in found.values()} == {"OK"}
    assert "with 265 days left" in found["consent"]["seen"]
    assert list(found) == [
        "stack",
        "function-settings",
        "secret",
        "access-token",
        "partner-account",
        "consent",
    ]


def test_credentials_that_are_refused_are_found(stack: Deployment) -> None:
    """A token that nobody gives keeps the account from being asked for."""
    stack.amazon.revoke_refresh_token()

    found = checked(1)

    assert found["access-token"]["state"] == "FAULT"
    assert found["partner-account"]["because"] == "access-token"
    assert found["consent"]["state"] == "WARNING"
    table = applier("credentials", "check", *STACK)
    assert "✗ FAULT" in table.stdout
    assert stack.amazon.credentials.refresh_token not in table.stdout + table.stderr


def test_a_command_without_a_stack_says_so() -> None:
    """There is nothing to look at."""
    assert "no stack is named" in sentence_of(applier("credentials", "check"))


def test_who_sits_at_a_terminal_is_asked(
    stack: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The secrets do not show while they are typed."""
    monkeypatch.setattr(typer.testing._NamedTextIOWrapper, "isatty", lambda _: True, raising=False)  # noqa: SLF001 - the runner's stdin is no terminal
    stack.amazon.rotate_credentials(NEW)
    typed = f"{NEW.client_id}\n{NEW.client_secret}\n {NEW.refresh_token}\ny\n"

    told = put(stdin=typed)

    assert "client_secret:refresh_token:" in told
    assert "Replace the credentials in arn:" in told
    assert stored(stack) == json.loads(written(NEW))


@pytest.mark.usefixtures("stack")
def test_a_day_that_could_not_be_noted_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The credentials are stored all the same, and it is said how to go on."""
    sign_in_without("secretsmanager:TagResource", monkeypatch=monkeypatch)

    told = set_initial_no_auth_action_count(0)(put)(
        "--from", "-", "--no-check", "--yes", stdin=written(NEW), exit_code=1
    )

    assert "the credentials are stored, and the day of consent is not: AWS refused" in told
    assert "`applier credentials set --keep --consented-on " in told
