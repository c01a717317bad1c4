"""The function as it is deployed: its bundle, its stack in an embedded AWS, and Amazon."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path

import httpx
import pytest
from moto.server import ThreadedMotoServer

from tests.emulator.amazon import EmulatedAmazon
from tests.emulator.aws import EmbeddedStack, deploy
from tests.emulator.template import ACCOUNT_ID, load
from tests.runtime.bundle import ARCHITECTURE, build, copy_read_only
from tests.runtime.execution_environment import ExecutionEnvironment

REGION = "us-east-1"

BuiltBundle = Callable[[str], Path]
"""Builds the bundle for the architecture of that name."""

ColdStart = Callable[[Mapping[str, str]], ExecutionEnvironment]
"""Starts the function with the given variables."""


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
    """The function's environment as it was deployed, pointed at the emulated Amazon."""
    return {**stack.environment, "ADS_API_URL": amazon.url, "LWA_TOKEN_URL": amazon.token_url}


@pytest.fixture
def cold_start(task_root: Path, stack: EmbeddedStack, aws_url: str, tmp_path: Path) -> ColdStart:
    """Start the function with the variables it is given."""
    function_name = stack.outputs["ApplyFunctionName"]

    def start(variables: Mapping[str, str]) -> ExecutionEnvironment:
        return ExecutionEnvironment(
            task_root,
            handler=load()["Resources"]["ApplyFunction"]["Properties"]["Handler"],
            function_arn=f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{function_name}",
            variables=variables,
            endpoint_url=aws_url,
            log=tmp_path / "function.log",
            timeout_seconds=stack.function_timeout_seconds,
        )

    return start


@pytest.fixture
def function(cold_start: ColdStart, variables: Mapping[str, str]) -> Iterator[ExecutionEnvironment]:
    """The function, started as it is deployed."""
    with cold_start(variables) as started:
        yield started
