"""The functions as they are deployed: bundle, stack in an embedded AWS, and Amazon."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path

import httpx
import pytest
from moto.server import ThreadedMotoServer

from tests.emulator.amazon import EmulatedAmazon
from tests.emulator.aws import EmbeddedStack, deploy
from tests.emulator.stack import DeployedFunction
from tests.runtime.bundle import ARCHITECTURE, build, copy_read_only
from tests.runtime.execution_environment import ExecutionEnvironment

REGION = "us-east-1"

BuiltBundle = Callable[[str], Path]
"""Builds the bundle for the architecture of that name."""

ColdStart = Callable[[Mapping[str, str]], ExecutionEnvironment]
"""Starts the apply function with the given variables."""

StartOf = Callable[[DeployedFunction, Mapping[str, str]], ExecutionEnvironment]
"""Starts a function with the given variables."""


@pytest.fixture(scope="session")
def built_bundle(tmp_path_factory: pytest.TempPathFactory) -> BuiltBundle:
    """The bundle as `sam build` makes it, once for each processor that is asked for."""

    @cache
    def build_once(architecture: str) -> Path:
        return build(tmp_path_factory.mktemp(architecture), architecture)

    return build_once


@pytest.fixture(scope="session")
def task_root(built_bundle: BuiltBundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle for this machine where nobody may write, as Lambda lays it out in /var/task."""
    return copy_read_only(built_bundle(ARCHITECTURE), tmp_path_factory.mktemp("var") / "task")


@pytest.fixture
def amazon() -> Iterator[EmulatedAmazon]:
    """Login with Amazon and the Partner Opportunities API, on a loopback port."""
    with EmulatedAmazon() as serving:
        yield serving


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """Where moto listens, with whatever any test has left in it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws_url(moto_url: str) -> str:
    """Where the embedded AWS listens, with nothing in it."""
    httpx.post(f"{moto_url}/moto-api/reset").raise_for_status()
    return moto_url


@pytest.fixture
def stack(aws_url: str, amazon: EmulatedAmazon) -> EmbeddedStack:
    """template.yaml, deployed to apply, with Amazon's credentials in its secret."""
    deployed = deploy(
        {
            "AdsRegion": "NA",
            "PartnerNetworkAccountId": amazon.manager_account,
            "DefaultPartnerOpportunityId": "opportunity-1",
            "ApplyMode": "APPLY",
        },
        region=REGION,
        endpoint_url=aws_url,
    )
    deployed.store_credentials(asdict(amazon.credentials))
    return deployed


@pytest.fixture
def variables(stack: EmbeddedStack, amazon: EmulatedAmazon) -> dict[str, str]:
    """The apply function's environment as it was deployed, pointed at the emulated Amazon."""
    return {**stack.apply.environment, "ADS_API_URL": amazon.url, "LWA_TOKEN_URL": amazon.token_url}


@pytest.fixture
def start_of(task_root: Path, aws_url: str, tmp_path: Path) -> StartOf:
    """Start a function, out of the one bundle, with the variables it is given."""

    def start(function: DeployedFunction, variables: Mapping[str, str]) -> ExecutionEnvironment:
        return ExecutionEnvironment(
            task_root,
            handler=function.handler,
            function_arn=function.arn,
            variables=variables,
            endpoint_url=aws_url,
            log=tmp_path / f"{function.name}.log",
            timeout_seconds=function.timeout_seconds,
        )

    return start


@pytest.fixture
def cold_start(start_of: StartOf, stack: EmbeddedStack) -> ColdStart:
    """Start the apply function with the variables it is given."""
    return lambda variables: start_of(stack.apply, variables)


@pytest.fixture
def function(cold_start: ColdStart, variables: Mapping[str, str]) -> Iterator[ExecutionEnvironment]:
    """The apply function, started as it is deployed."""
    with cold_start(variables) as started:
        yield started


@pytest.fixture
def follow_up(
    start_of: StartOf, stack: EmbeddedStack, amazon: EmulatedAmazon
) -> Iterator[ExecutionEnvironment]:
    """The follow-up function, started as it is deployed."""
    addresses = {"ADS_API_URL": amazon.url, "LWA_TOKEN_URL": amazon.token_url}
    with start_of(stack.follow_up, {**stack.follow_up.environment, **addresses}) as started:
        yield started
