"""What an operator relies on: modes, credentials, confirmations, logs, metrics and permissions."""

import io
import json
import logging

import pytest

from recommendation_applier.domain.errors import SettingsError
from recommendation_applier.entrypoints.metrics import METRIC_NAMES
from tests.builders import body, confirmation, stream_message
from tests.emulator.amazon_faults import FAULTS, answers
from tests.emulator.deployment import STREAM_TOPIC, Deployment, deployed
from tests.emulator.function import EmulatedFunction, start_function
from tests.emulator.iam import AwsCall, assert_used, calls_of_lambda


def test_dry_run_does_everything_but_send() -> None:
    """Deliveries are let go, bad ones dead-lettered, and the log has the would-be request."""
    with deployed(parameters={"ApplyMode": "DRY_RUN"}) as deployment:
        assert deployment.invoke(body("rec-1"), body("rec-2"), "bad") == []

        (held,) = [line for line in deployment.log() if line.get("message") == "apply request held"]
        assert held["request"]["recommendationIds"] == ["rec-1", "rec-2"]
        assert held["request"]["entityId"] == "ENTITY0000000000001"
        assert deployment.amazon.apply_requests == []
        assert deployment.amazon.token_requests == []
        assert len(deployment.dead_letters()) == 1


def test_a_first_deploy_is_a_dry_run() -> None:
    """Without ApplyMode nothing is sent."""
    with deployed(parameters={"ApplyMode": None}) as deployment:
        assert deployment.invoke(body("rec-1")) == []

        assert deployment.amazon.apply_requests == []


def test_a_revoked_token_keeps_everything_until_the_secret_is_mended(
    deployment: Deployment,
) -> None:
    """Nothing is sent meanwhile, one metric tells, and the new secret is read without a deploy."""
    deployment.amazon.script_token(FAULTS["revoked"].token[:1])
    bodies = [body(f"rec-{number}", account=number) for number in range(1, 9)]

    assert len(deployment.invoke(*bodies)) == 8

    assert deployment.amazon.apply_requests == []
    assert len(deployment.amazon.token_requests) == 1
    (metrics,) = [line for line in deployment.log() if "_aws" in line]
    assert metrics["CredentialsRefused"] == [1.0]
    assert deployment.invoke(*bodies, receive_count=2) == []
    assert len(deployment.amazon.accepted) == 8


@pytest.mark.parametrize("receive_count", [1, 2])
def test_why_credentials_are_refused_is_in_the_log(
    deployment: Deployment, receive_count: int
) -> None:
    """In a line with an `error`, whichever request of a delivery was the first to meet it."""
    deployment.amazon.script_token(FAULTS["revoked"].token[:1])

    assert deployment.invoke(body("rec-1"), receive_count=receive_count) == ["0"]

    (line,) = [line for line in deployment.log() if "error" in line]
    assert line["level"] == "WARNING"
    assert "invalid_grant" in line["error"]


def test_403_stops_the_invocation_and_keeps_the_rest(deployment: Deployment) -> None:
    """When one account's request is refused for its credentials, no other is tried."""
    deployment.amazon.script_apply([answers(403, {"code": "NOT_AUTHORIZED"})] * 4)
    bodies = [body(f"rec-{number}", account=number) for number in range(1, 31)]

    assert len(deployment.invoke(*bodies)) == 30

    assert len(deployment.amazon.apply_requests) <= 4


def test_secrets_reach_no_log_no_metric_and_no_dead_letter(deployment: Deployment) -> None:
    """Not even when Amazon's answers quote them."""
    credentials = deployment.amazon.credentials
    secrets = [credentials.client_secret, credentials.refresh_token, "Atza|", "Bearer "]
    quoting = {
        "error": "invalid_grant",
        "error_description": f"{credentials.refresh_token} {credentials.client_secret} are bad",
    }
    deployment.amazon.script_token([answers(400, quoting)])
    deployment.invoke(body("rec-1"))
    deployment.invoke(body("rec-1"))
    token = deployment.amazon.apply_requests[0].headers["Authorization"].removeprefix("Bearer ")
    deployment.amazon.script_apply([answers(400, {"code": "X", "message": f"bad token {token}"})])
    deployment.invoke(body("rec-2"), confirmation(STREAM_TOPIC, token="topsecret"))

    said = deployment.apply.written.getvalue() + json.dumps(deployment.dead_letters())
    assert "[redacted]" in said
    assert [secret for secret in [*secrets, token, "topsecret"] if secret in said] == []


def test_the_datasets_topic_is_confirmed_and_a_strangers_is_not(deployment: Deployment) -> None:
    """The stranger's confirmation waits on the dead-letter queue; nothing was asked of SNS."""
    stranger = confirmation("arn:aws:sns:us-east-1:999999999999:example")

    assert deployment.invoke(confirmation(STREAM_TOPIC), stranger) == []

    confirmed = [
        call for call in deployment.apply.calls if call.action == "sns:ConfirmSubscription"
    ]
    assert confirmed == [AwsCall("sns:ConfirmSubscription", STREAM_TOPIC)]
    (letter,) = deployment.dead_letters()
    assert letter["attributes"]["reasonCode"] == "UNTRUSTED_CONFIRMATION"
    assert json.loads(letter["body"])["message"]["body"] == stranger


def test_a_batch_has_one_line_and_so_has_the_invocation(deployment: Deployment) -> None:
    """500 good deliveries of 5 accounts are told of in 6 lines and one of metrics."""
    deployment.invoke(*(body(f"rec-{n}", account=n % 5) for n in range(500)))

    lines = deployment.log()
    batches = [line for line in lines if line.get("message") == "apply request"]
    assert len(batches) == 5
    assert len(lines) == 7
    assert all(line["amazonRequestIds"] and line["httpStatus"] == 202 for line in batches)


def test_metrics_have_few_names_and_one_dimension(deployment: Deployment) -> None:
    """Each name and set of dimensions is billed by the month."""
    deployment.amazon.script_apply([answers(429, headers={"Retry-After": "3600"})])
    deployment.invoke(body("rec-1"), "bad")
    deployment.invoke(body("rec-2"), body("rec-3", recommendation_status="REMOVED"))

    blobs = [line["_aws"]["CloudWatchMetrics"] for line in deployment.log() if "_aws" in line]
    names = {metric["Name"] for (blob,) in blobs for metric in blob["Metrics"]}
    assert {tuple(map(tuple, blob["Dimensions"])) for (blob,) in blobs} == {(("service",),)}
    assert {blob["Namespace"] for (blob,) in blobs} == {"RecommendationApplier"}
    assert names <= set(METRIC_NAMES)
    assert len(METRIC_NAMES) <= 14


def assert_uses_its_role(function: EmulatedFunction, *, queue_arn: str | None = None) -> None:
    """Fail with what its role grants and neither it nor Lambda needed."""
    deployed = function.deployed
    by_lambda = calls_of_lambda(log_group_arn=deployed.log_group_arn, queue_arn=queue_arn)
    assert_used(deployed.policy_documents, [*function.calls, *by_lambda])


def test_every_action_of_both_roles_is_used(deployment: Deployment) -> None:
    """What a role grants, its function needs; that it grants enough, every test here shows."""
    array = json.dumps([stream_message("rec-1"), stream_message("rec-2")])
    deployment.amazon.script_apply([answers(429, headers={"Retry-After": "3600"})])
    deployment.stack.deliver([array, "bad", confirmation(STREAM_TOPIC)])
    deployment.run_until_quiet()
    deployment.amazon.settle()
    deployment.follow_up_until_settled()

    assert_uses_its_role(deployment.apply, queue_arn=deployment.stack.outputs["IngressQueueArn"])
    assert_uses_its_role(deployment.follow_up)


def test_a_missing_variable_stops_the_cold_start_by_name(deployment: Deployment) -> None:
    """Whichever of the template's variables it is."""
    for function in (deployment.stack.apply, deployment.stack.follow_up):
        for name in function.environment:
            variables = {**function.environment}
            del variables[name]
            with pytest.raises(SettingsError, match=f"{name}: Field required"):
                start_function(variables, io.StringIO(), handler=function.handler)


def test_an_event_that_is_not_of_sqs_is_refused(deployment: Deployment) -> None:
    """An answer without failures would say that everything is done."""
    with pytest.raises(KeyError, match="Records"):
        deployment.apply({"hello": "world"}, deployment.mapping._context())  # noqa: SLF001


def test_an_empty_event_is_answered_with_nothing(deployment: Deployment) -> None:
    """No deliveries, no failures."""
    assert deployment.invoke() == []


def test_no_library_logs_a_body_or_a_header(
    deployment: Deployment, caplog: pytest.LogCaptureFixture
) -> None:
    """Httpx and botocore at their chattiest would say what is sent; at INFO they do not."""
    with caplog.at_level(logging.INFO):
        deployment.invoke(body("rec-1"))

    assert "Bearer" not in caplog.text
    assert "rec-1" not in caplog.text
