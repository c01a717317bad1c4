"""From the start of a function's process to its first answer, beside a bare boto3 function.

Both run under Lambda's runtime interface client, with the Runtime API, an embedded AWS and an
emulated Amazon on this machine. Each start is a process of its own; they take turns, and the least
of each counts. The processor's time is that of the function's process alone.
"""

import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Final

from moto.server import ThreadedMotoServer

from tests.bench.bundles import add_boto3, built, compiled, without_compiled
from tests.bench.page import Page
from tests.builders import body
from tests.emulator.amazon import EmulatedAmazon
from tests.emulator.aws import EmbeddedStack, deploy
from tests.emulator.invocation import Event
from tests.emulator.poller import EventSourceMapping
from tests.runtime.bundle import copy_read_only
from tests.runtime.execution_environment import ExecutionEnvironment

REGION: Final = "us-east-1"

BARE: Final = """
import os
import boto3

table = boto3.client("dynamodb")

def handler(event, context):
    for record in event["Records"]:
        table.put_item(
            TableName=os.environ["LEDGER_TABLE_NAME"],
            Item={"pk": {"S": record["messageId"]}, "sk": {"S": "BARE"}},
        )
    return {"batchItemFailures": []}
"""
"""The least that a function does which keeps anything: a client, and one record."""


@dataclass(frozen=True, slots=True)
class Start:
    """A function that is started: its bundle, where nobody may write, and its variables."""

    name: str
    bundle: Path
    handler: str
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """What one start took until its first answer."""

    cpu: float
    wall: float
    megabytes: float


def measure(runs: int = 5, finished: Path | None = None) -> Page:
    """Start each function *runs* times, out of what `make build` makes, or a *finished* bundle."""
    with tempfile.TemporaryDirectory() as directory, _deployed() as (stack, url, amazon):
        starts = _starts(finished or built().finished, Path(directory), stack, amazon)
        log = Path(directory) / "function.log"
        try:
            taken = _taken(starts, runs, lambda start: _first_answer(start, stack, url, log))
        finally:
            _make_writable(Path(directory))
    *_, bare, bare_compiled = taken
    return Page(
        name="cold-start",
        title="From the start of the process to the first answer",
        columns=(
            "function",
            "CPU, ms",
            "of bare boto3",
            "of that, compiled",
            "wall, ms",
            "of bare boto3, wall",
            "of that, compiled, wall",
            "peak MB",
        ),
        rows=[
            (
                start.name,
                round(1_000 * least.cpu),
                round(least.cpu / bare.cpu, 2),
                round(least.cpu / bare_compiled.cpu, 2),
                round(1_000 * least.wall),
                round(least.wall / bare.wall, 2),
                round(least.wall / bare_compiled.wall, 2),
                round(least.megabytes),
            )
            for start, least in zip(starts, taken, strict=True)
        ],
        notes=(
            f"The least of {runs} starts each, which took turns; each was given one delivery.",
            "Bare boto3 makes one client and writes one record; not compiled is how sam leaves it.",
            "ApplyFunction reads policy and routes, claims, and records; where it applies, it also",
            "reads breaker and secret, gets a token and makes the request.",
        ),
    )


def _starts(
    finished: Path, there: Path, stack: EmbeddedStack, amazon: EmulatedAmazon
) -> Sequence[Start]:
    bare = there / "bare"
    bare.mkdir()
    (bare / "bare.py").write_text(BARE)
    add_boto3(bare, with_all_that_it_needs=True)
    addresses = {"ADS_API_URL": amazon.url, "LWA_TOKEN_URL": amazon.token_url}
    applying = {**stack.apply.environment, **addresses}
    folders = {
        "compiled": copy_read_only(finished, there / "apply"),
        "not compiled": copy_read_only(
            without_compiled(finished, there / "source"), there / "apply-source"
        ),
    }
    bare_folders = {
        "not compiled": copy_read_only(bare, there / "bare-source"),
        "compiled": copy_read_only(compiled(bare), there / "bare-compiled"),
    }
    return [
        *(
            Start(f"ApplyFunction, {what}, {how}", folder, stack.apply.handler, applying | mode)
            for how, folder in folders.items()
            for what, mode in (
                ("applies", {"APPLY_MODE": "APPLY"}),
                ("holds (DRY_RUN)", {"APPLY_MODE": "DRY_RUN"}),
            )
        ),
        *(
            Start(f"bare boto3, {how}", folder, "bare.handler", stack.apply.environment)
            for how, folder in bare_folders.items()
        ),
    ]


def _taken(
    starts: Sequence[Start], runs: int, first_answer: Callable[[Start], Taken]
) -> list[Taken]:
    taken = [[first_answer(start) for start in starts] for _ in range(runs)]
    return [
        Taken(
            min(each.cpu for each in found),
            min(each.wall for each in found),
            min(each.megabytes for each in found),
        )
        for found in zip(*taken, strict=True)
    ]


_NUMBERS: Final = count(1)


def _first_answer(start: Start, stack: EmbeddedStack, url: str, log: Path) -> Taken:
    stack.deliver([body(f"cold-start-{next(_NUMBERS)}")])
    taken: list[Taken] = []

    def invoke(event: Event, context: object) -> object:
        del context
        begun = time.perf_counter()
        with ExecutionEnvironment(
            start.bundle,
            handler=start.handler,
            function_arn=stack.apply.arn,
            variables=start.variables,
            endpoint_url=url,
            log=log,
            timeout_seconds=stack.apply.timeout_seconds,
        ) as environment:
            answer = environment.invoke(event)
            wall = time.perf_counter() - begun
            taken.append(Taken(environment.cpu_seconds, wall, environment.peak_megabytes))
        return answer

    invocation = EventSourceMapping.of(stack, invoke).poll()
    if invocation is None or invocation.error or invocation.returned:
        raise RuntimeError(f"{start.name} did not take its delivery: {invocation}")
    return taken[0]


@contextmanager
def _deployed() -> Iterator[tuple[EmbeddedStack, str, EmulatedAmazon]]:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line for each call, otherwise
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    try:
        with EmulatedAmazon() as amazon:
            stack = deploy(
                {
                    "AdsRegion": "NA",
                    "PartnerNetworkAccountId": amazon.manager_account,
                    "DefaultPartnerOpportunityId": "opportunity-1",
                },
                region=REGION,
                stack_name="cold-start",
                endpoint_url=url,
            )
            stack.store_credentials(asdict(amazon.credentials))
            yield stack, url, amazon
    finally:
        server.stop()


def _make_writable(directory: Path) -> None:
    """Let what nobody may write be deleted."""
    for path in directory.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
