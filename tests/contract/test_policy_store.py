"""The policy in its SSM parameter."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
import time_machine
from botocore.config import Config
from moto import mock_aws

from recommendation_applier.aws.minute_old import READ_EVERY
from recommendation_applier.aws.policy_store import StoredPolicy
from recommendation_applier.domain.default_policy import DEFAULT_POLICY
from recommendation_applier.domain.errors import PolicyUnavailableError
from tests.builders import NOW

if TYPE_CHECKING:
    from types_boto3_ssm.client import SSMClient

NAME = "/recommendation-applier/apply-policy"
DEFAULT = '{"version": 1, "mode": "APPLY", "default": "APPLY", "rules": []}'
DRY_RUN = DEFAULT.replace('"mode": "APPLY"', '"mode": "DRY_RUN"')


@pytest.fixture
def ssm() -> Iterator["SSMClient"]:
    """A client, and the parameter as the template makes it, at NOW."""
    with mock_aws(), time_machine.travel(NOW, tick=False):
        client: SSMClient = boto3.client(
            "ssm",
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
        )
        client.put_parameter(Name=NAME, Value=DEFAULT, Type="String")
        yield client


def put(ssm: "SSMClient", text: str) -> None:
    """Change the policy."""
    ssm.put_parameter(Name=NAME, Value=text, Type="String", Overwrite=True)


def policy_of(ssm: "SSMClient") -> StoredPolicy:
    """Keep the policy as the function does."""
    return StoredPolicy(ssm, parameter_name=NAME, clock=lambda: datetime.now(UTC))


def reads_of(ssm: "SSMClient") -> list[str]:
    """Note every look at the parameter from now on."""
    reads: list[str] = []
    ssm.meta.events.register(
        "before-parameter-build.ssm.GetParameter",
        lambda params, **_: reads.append(params["Name"]),
    )
    return reads


def test_the_policy_is_read_with_the_version_of_its_parameter(ssm: "SSMClient") -> None:
    """Each change has a version of its own, which every decision names."""
    first = policy_of(ssm).current()
    put(ssm, DRY_RUN)
    second = policy_of(ssm).current()

    assert (first.policy, first.version) == (DEFAULT_POLICY, 1)
    assert (second.policy.mode, second.version) == ("DRY_RUN", 2)


def test_it_is_read_at_most_once_a_minute(ssm: "SSMClient") -> None:
    """And no later: a switch that is thrown is obeyed within that minute."""
    stored, reads = policy_of(ssm), reads_of(ssm)
    stored.current()
    put(ssm, DRY_RUN)

    with time_machine.travel(NOW + READ_EVERY - timedelta(seconds=1), tick=False):
        assert stored.current().policy.mode == "APPLY"
    assert reads == [NAME]
    with time_machine.travel(NOW + READ_EVERY, tick=False):
        assert stored.current().policy.mode == "DRY_RUN"
    assert reads == [NAME, NAME]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "it is not JSON"),
        ('{"version": 2, "mode": "APPLY", "default": "APPLY", "rules": []}', "version is 2"),
        (DEFAULT.replace("rules", "rulez"), "rules is missing; rulez is no field of a policy"),
    ],
)
def test_one_that_cannot_be_used_says_where_and_why(ssm: "SSMClient", text: str, why: str) -> None:
    """What was in force before is not fallen back to; once it is mended, it is believed."""
    stored = policy_of(ssm)
    stored.current()
    put(ssm, text)

    with (
        time_machine.travel(NOW + timedelta(minutes=2), tick=False),
        pytest.raises(PolicyUnavailableError, match=why) as raised,
    ):
        stored.current()
    assert str(raised.value).startswith(f"version 2 of the parameter {NAME}: the policy cannot")
    assert str(raised.value).endswith("; nothing is applied until it is mended")
    put(ssm, DEFAULT)
    with time_machine.travel(NOW + timedelta(minutes=4), tick=False):
        assert stored.current().version == 3


def test_a_store_that_does_not_answer_says_what_was_tried(ssm: "SSMClient") -> None:
    """The parameter, and SSM's own words."""
    ssm.delete_parameter(Name=NAME)

    with pytest.raises(PolicyUnavailableError, match="ParameterNotFound") as raised:
        policy_of(ssm).current()
    assert str(raised.value).startswith(f"reading the policy from the parameter {NAME} failed: ")
