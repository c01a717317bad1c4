"""What is applied without asking, and one switch that stops everything."""

from datetime import timedelta
from typing import Any, Final

import pytest

from tests.builders import body
from tests.emulator.deployment import Deployment

DEFAULT: Final[dict[str, Any]] = {"version": 1, "mode": "APPLY", "default": "APPLY", "rules": []}
A_MINUTE: Final = timedelta(seconds=61)


def put(deployment: Deployment, policy: dict[str, Any] | str) -> None:
    """Put a policy in force, and let the minute pass for which the one before is believed."""
    deployment.stack.store_policy(policy)
    deployment.let_time_pass(A_MINUTE)


def lines(deployment: Deployment, message: str) -> list[dict[str, Any]]:
    """Give the lines of the log that say *message*."""
    return [line for line in deployment.log() if line.get("message") == message]


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        pytest.param("{", "it is not JSON", id="no JSON"),
        pytest.param({**DEFAULT, "version": 2}, "version is 2; it must be 1", id="version 2"),
        pytest.param({**DEFAULT, "rulez": []}, "rulez is no field of a policy", id="a typo"),
    ],
)
def test_with_a_policy_that_cannot_be_used_nothing_is_sent_and_nothing_lost(
    deployment: Deployment, policy: dict[str, Any] | str, why: str
) -> None:
    """One line says what is wrong, one metric has an alarm; mended, it is believed in a minute."""
    put(deployment, policy)
    bodies = [body(f"rec-{number}", account=number) for number in range(1, 9)]

    assert len(deployment.invoke(*bodies)) == 8

    assert deployment.amazon.apply_requests == []
    (said,) = lines(deployment, "policy unavailable")
    assert why in said["error"]
    assert said["level"] == "ERROR"
    (metrics,) = [line for line in deployment.log() if "_aws" in line]
    assert metrics["PolicyUnavailable"] == [1.0]
    assert deployment.dead_letters() == []

    put(deployment, DEFAULT)
    assert deployment.invoke(*bodies, receive_count=2) == []
    assert len(deployment.amazon.accepted) == 8


def test_without_its_parameter_nothing_is_sent(deployment: Deployment) -> None:
    """The store says no: everything stays on the queue."""
    deployment.stack.ssm.delete_parameter(Name=deployment.stack.outputs["ApplyPolicyName"])

    assert deployment.invoke(body("rec-1"), body("rec-2", recommendation_status="REMOVED")) == ["0"]

    (said,) = lines(deployment, "policy unavailable")
    assert "ParameterNotFound" in said["error"]
    assert deployment.amazon.apply_requests == []


def test_one_switch_stops_everything_without_a_deploy(deployment: Deployment) -> None:
    """The policy's mode is DRY_RUN: within a minute nothing is sent any more, and all is kept."""
    assert deployment.invoke(body("rec-1")) == []
    put(deployment, {**DEFAULT, "mode": "DRY_RUN"})

    assert deployment.invoke(body("rec-2"), body("rec-3")) == []

    assert [each.recommendation_ids for each in deployment.amazon.apply_requests] == [("rec-1",)]
    (held,) = lines(deployment, "apply request held")
    assert held["request"]["recommendationIds"] == ["rec-2", "rec-3"]
    assert lines(deployment, "invocation")[-1]["reasons"] == {"held": {"DRY_RUN": 2}}
    assert lines(deployment, "invocation")[-1]["policyVersion"] == 2


def test_bids_go_through_up_to_30_percent_and_new_campaigns_wait(deployment: Deployment) -> None:
    """The policy of an agency: each with its own reason, and the neighbours are sent together."""
    rules = [
        {"name": "new", "match": {"type": ["NEW_CAMPAIGN"]}, "decision": "HOLD"},
        {"name": "bids", "decision": "APPLY", "limits": {"maxIncreasePercent": 30}},
    ]
    put(deployment, {**DEFAULT, "default": "HOLD", "rules": rules})
    double = {"recommended_campaign_settings": {"ad_groups": [{"bid": 1.5}]}}

    kept = deployment.invoke(
        body("rec-1"), body("rec-2", type="NEW_CAMPAIGN"), body("rec-3", **double), body("rec-4")
    )

    assert kept == []
    assert [each.recommendation_ids for each in deployment.amazon.apply_requests] == [
        ("rec-1", "rec-4")
    ]
    assert lines(deployment, "invocation")[-1]["reasons"] == {
        "accepted": {"ACCEPTED": 2},
        "held": {"POLICY_HOLD": 1, "LIMIT_PASSED": 1},
    }
