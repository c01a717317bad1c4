"""An operator, who calls `applier` and reads what it prints."""

import json
from typing import Final

import boto3
import pytest
from typer.testing import CliRunner, Result

from recommendation_applier.entrypoints.cli.main import app
from tests.emulator.deployment import Deployment
from tests.emulator.function import REGION

_RUNNER: Final = CliRunner()


def applier(*arguments: str, stdin: str | None = None) -> Result:
    """Run the command in this process; what is not told in a sentence is raised."""
    return _RUNNER.invoke(app, arguments, input=stdin, prog_name="applier", catch_exceptions=False)


def sentence_of(result: Result) -> str:
    """Give the one sentence with which a command failed, and hold it to that."""
    assert result.exit_code == 1
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    return line.removeprefix("Error: ")


def sign_in_without(*actions: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign in as somebody who may do everything but *actions*; moto has to be told to ask.

    It reckons signatures of Lambda's requests otherwise than botocore does, and refuses them.
    """
    iam = boto3.client("iam")
    iam.create_user(UserName="operator")
    statements = [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": actions, "Resource": "*"},
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_user_policy(UserName="operator", PolicyName="own", PolicyDocument=document)
    key = iam.create_access_key(UserName="operator")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])


def let_operators_reach(deployment: Deployment) -> None:
    """Give the deployed functions the emulated Amazon's addresses; the command has them thence."""
    addresses = {
        "ADS_API_URL": deployment.amazon.url,
        "LWA_TOKEN_URL": deployment.amazon.token_url,
    }
    functions = boto3.client("lambda", region_name=REGION)
    for deployed, own in (
        (deployment.stack.apply, {}),
        (deployment.stack.subscriptions, {"STREAM_API_URL": deployment.amazon.url}),
    ):
        variables = {**deployed.environment, **addresses, **own}
        functions.update_function_configuration(
            FunctionName=deployed.name, Environment={"Variables": variables}
        )


def lose_a_subscription(deployment: Deployment) -> None:
    """Subscribe a profile, have Amazon suspend it, and check."""
    let_operators_reach(deployment)
    create = ("subscriptions", "create", "--profile-id", "1", "--yes", "--no-wait")
    assert applier(*create, "--stack", deployment.stack.name).exit_code == 0
    with deployment.amazon.streams() as book:
        [ours] = book.subscriptions.values()
        book.set_status("SUSPENDED", ours.subscription_id)
    deployment.check_subscriptions()
