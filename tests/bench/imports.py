"""What importing a handler costs, beside importing what it is made of.

Each import is a process of its own; they take turns, and the least CPU time of each counts.
"""

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from moto import mock_aws

from tests.bench.bundles import PYTHON, add_boto3, built, compiled, without_compiled
from tests.bench.page import Page
from tests.emulator.aws import deploy

FLOOR: Final = """
import boto3, pydantic, httpx
from pydantic import BaseModel
from aws_lambda_powertools import Logger, Metrics
boto3.client("sqs")
boto3.client("dynamodb")
httpx.Client()
"""
"""The libraries, two clients and a TLS context: what a function of this kind begins with."""

_FLOOR_IS: Final = "boto3, pydantic, httpx and Powertools, with two clients"

_TIMED: Final = """
import time
begun = time.process_time()
{code}
print(time.process_time() - begun)
"""

REGION: Final = "us-east-1"

HANDLERS: Final = {
    "ApplyFunction": "recommendation_applier.entrypoints.apply_handler",
    "FollowUpFunction": "recommendation_applier.entrypoints.follow_up_handler",
}


@dataclass(frozen=True, slots=True)
class Import:
    """What is imported, out of which folder, with which variables."""

    what: str
    code: str
    folder: Path
    variables: Mapping[str, str]


def measure(runs: int = 5, plain: Path | None = None) -> Page:
    """Import everything *runs* times, out of what `sam build` makes or a *plain* bundle like it."""
    with tempfile.TemporaryDirectory() as directory:
        source = without_compiled(plain or built().plain, Path(directory) / "source")
        add_boto3(source)
        ready = compiled(without_compiled(source, Path(directory) / "compiled"))
        imports = {
            (what, folder is ready): Import(what, code, folder, variables)
            for what, variables, code in _what_is_imported()
            for folder in (source, ready)
        }
        least = least_seconds(list(imports.values()), runs)
    return _page(dict(zip(imports, least, strict=True)), runs)


def _what_is_imported() -> list[tuple[str, Mapping[str, str], str]]:
    with mock_aws(config={"lambda": {"use_docker": False}}):
        parameters = {"AdsRegion": "NA", "PartnerNetworkAccountId": "amzn1.ads1.ma1.bench"}
        stack = deploy(parameters, region=REGION)
    return [
        (_FLOOR_IS, {}, FLOOR),
        *(
            (f"the handler of {function}", deployed.environment, f"import {module}")
            for (function, module), deployed in zip(
                HANDLERS.items(), (stack.apply, stack.follow_up), strict=True
            )
        ),
    ]


def _page(seconds: Mapping[tuple[str, bool], float], runs: int) -> Page:
    return Page(
        name="imports",
        title="CPU of an import",
        columns=(
            "import of",
            "ms",
            "of the first",
            "compiled, ms",
            "of the first, compiled",
            "of the first, uncompiled",
        ),
        rows=[
            (
                name,
                round(1_000 * seconds[name, False]),
                round(seconds[name, False] / seconds[_FLOOR_IS, False], 2),
                round(1_000 * seconds[name, True]),
                round(seconds[name, True] / seconds[_FLOOR_IS, True], 2),
                round(seconds[name, True] / seconds[_FLOOR_IS, False], 2),
            )
            for name in dict.fromkeys(what for what, _ in seconds)
        ],
        notes=(
            f"The least of {runs} runs each, which took turns, by Python 3.13.",
            "All are out of the same folder: what `sam build` makes, with boto3 added to it.",
        ),
    )


def least_seconds(imports: Sequence[Import], runs: int) -> list[float]:
    """Give for each import the least CPU time that it took."""
    taken: list[list[float]] = [[] for _ in imports]
    for _ in range(runs):
        for found, each in zip(taken, imports, strict=True):
            found.append(_seconds(each))
    return [min(found) for found in taken]


def _seconds(one: Import) -> float:
    done = subprocess.run(
        [PYTHON, "-B", "-c", _TIMED.format(code=one.code)],
        env={
            **one.variables,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": REGION,
            "PYTHONPATH": str(one.folder),
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout)
