"""What a function's cold start imports: a closed list, since each import is paid for by each start.

Looked at in a fresh interpreter, with the environment that the template gives.
"""

import json
import os
import subprocess
import sys
from functools import cache
from importlib.metadata import packages_distributions
from importlib.util import find_spec

import pytest
from moto import mock_aws

from tests.emulator.aws import deploy
from tests.emulator.stack import DeployedFunction

REGION = "us-east-1"

WHAT_THE_START_NEEDS = {
    "annotated_types": "pydantic's",
    "aws_lambda_powertools": "the log and the metrics",
    "botocore": "AWS",
    "certifi": "botocore's, where it is installed",
    "dateutil": "botocore's",
    "jmespath": "botocore's and Powertools'",
    "msgspec": "deliveries that are as documented",
    "pydantic": "settings, deliveries, policy",
    "pydantic_core": "pydantic's",
    "six": "dateutil's",
    "typing_extensions": "pydantic's",
    "typing_inspection": "pydantic's",
    "urllib3": "botocore's",
}
"""Of all that is installed. Not httpx, which comes with the first request to Amazon; not boto3,
with s3transfer; and nothing of the operator's command."""

LEFT_OUT = {
    "aws_lambda_powertools.utilities.batch": "the batch is the unit here, not the record",
    "aws_lambda_powertools.utilities.idempotency": "the ledger does it",
    "aws_lambda_powertools.utilities.parameters": "it brings a provider for every store",
    "aws_lambda_powertools.utilities.parser": "pydantic does it",
    "recommendation_applier.amazon_ads": "what is held asks nothing of Amazon, nor do most ticks",
    "recommendation_applier.aws.campaign_counts": "most policies pace nothing",
    "recommendation_applier.aws.dead_letter_queue": "few deliveries are dead-lettered",
    "recommendation_applier.aws.event_bus": "most stacks name none",
    "recommendation_applier.aws.opportunity_index": "most stacks read no files",
    "recommendation_applier.aws.subscriptions": "a subscription is confirmed once",
    "recommendation_applier.domain.opportunity_file": "files are another function's",
    "recommendation_applier.domain.opportunity_rows": "files are another function's",
    "recommendation_applier.domain.policy_limits": "a policy without limits compares no numbers",
    "recommendation_applier.domain.redriven": "few dead letters are sent back",
    "recommendation_applier.domain.release_notice": "few recommendations are released",
    "recommendation_applier.domain.setting_changes": "a policy without limits compares no numbers",
    "recommendation_applier.entrypoints.cli": "the operator's",
    "recommendation_applier.use_cases.index_opportunities": "files are another function's",
    "recommendation_applier.use_cases.pacing": "most policies pace nothing",
}
"""Modules that are there, or could easily be, and that the first ordinary delivery does not use."""


_PROGRAM = """
import json, sys
before = set(sys.modules)
import {module}
print(json.dumps(sorted(set(sys.modules) - before)))
"""


@pytest.fixture(scope="module", params=["ApplyFunction", "FollowUpFunction"])
def imported(request: pytest.FixtureRequest) -> frozenset[str]:
    """The modules that the function's handler has imported once it is imported itself."""
    function = functions()[request.param]
    module = function.handler.rpartition(".")[0]
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(module=module)],
        env={
            **function.environment,
            "AWS_DEFAULT_REGION": REGION,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return frozenset(json.loads(done.stdout))


@cache
def functions() -> dict[str, DeployedFunction]:
    """Deploy the template for what it gives to its functions."""
    with mock_aws(config={"lambda": {"use_docker": False}}):
        stack = deploy(
            {"AdsRegion": "NA", "PartnerNetworkAccountId": "amzn1.ads1.ma1.start"}, region=REGION
        )
    return {"ApplyFunction": stack.apply, "FollowUpFunction": stack.follow_up}


def test_a_start_imports_no_package_that_it_does_not_need(imported: frozenset[str]) -> None:
    """What is new in it has to be looked at, and its price."""
    installed = packages_distributions().keys() - {"recommendation_applier"}
    packages = {name.partition(".")[0] for name in imported}

    assert packages & installed <= WHAT_THE_START_NEEDS.keys()


def test_a_start_imports_nothing_that_few_deliveries_need(imported: frozenset[str]) -> None:
    """It is imported where it is used, by the first that does."""
    found = {
        left_out
        for left_out in LEFT_OUT
        for name in imported
        if name == left_out or name.startswith(f"{left_out}.")
    }

    assert found == set()


def test_what_is_left_out_exists() -> None:
    """A module that was renamed must not be left out in name only."""
    for name in LEFT_OUT:
        assert find_spec(name) is not None, name
