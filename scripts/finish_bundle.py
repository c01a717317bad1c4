#!/usr/bin/env python3
"""Make bundles that `sam build` has built smaller and faster to start. `make build` calls it.

    finish_bundle.py BUILD_DIR

For each function in it:

- takes away what no function reads: the operator's command, and what botocore knows of services
  that are not spoken to, its examples and its documentation (most of what it would parse)
- compiles everything, since /var/task is read-only and nothing that is compiled there could be kept

Run it by the Python that runs the function: what is compiled is good for no other. Two runs over
equal folders make equal folders.
"""

import compileall
import gzip
import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any, Final

RUNTIME: Final = (3, 13)
"""python3.13, as the template says."""

TASK_ROOT: Final = "/var/task"
"""Where Lambda unpacks it: tracebacks then name the file that is there."""

SERVICES: Final = frozenset({"dynamodb", "events", "secretsmanager", "sns", "sqs", "ssm"})
"""What the functions make clients of; a test holds it to the source."""

PACKAGE: Final = "recommendation_applier"


def main(arguments: list[str], *, runtime: tuple[int, int] = RUNTIME) -> int:
    """Finish every function's folder in the build directory that is named."""
    if len(arguments) != 1:
        return _fail("usage: finish_bundle.py BUILD_DIR")
    if sys.version_info[:2] != runtime:
        return _fail(f"must be run by Python {'.'.join(map(str, runtime))}, the functions' own")
    bundles = sorted(found.parent for found in Path(arguments[0]).glob(f"*/{PACKAGE}"))
    if not bundles:
        return _fail(f"no function is built in {arguments[0]}: run `sam build` first")
    for bundle in bundles:
        trim(bundle)
        if not compile_all(bundle):
            return _fail(f"{bundle} could not be compiled: see above")
    return 0


def trim(bundle: Path) -> None:
    """Take away what no function reads."""
    shutil.rmtree(bundle / PACKAGE / "entrypoints" / "cli", ignore_errors=True)
    for programs in [bundle / "bin", *bundle.glob("*.data")]:  # of packages, for the command line
        shutil.rmtree(programs, ignore_errors=True)
    data = bundle / "botocore" / "data"
    for service in [each for each in data.iterdir() if each.is_dir()]:
        if service.name not in SERVICES:
            shutil.rmtree(service)
    for examples in data.glob("*/*/examples-1.json*"):
        examples.unlink()
    for model in data.glob("*/*/service-2.json.gz"):
        _write(model.with_suffix(""), without_documentation(_read(model)))
        model.unlink()
    endpoints = data / "endpoints.json"
    _write(endpoints, only_services(_read(endpoints), SERVICES))


def without_documentation(model: Any) -> Any:  # noqa: ANN401 - any JSON
    """Give a service's *model* without the sentences that describe it.

    A shape's or an operation's `documentation` is text; a member that has that name is an object.
    """
    if isinstance(model, dict):
        return {
            name: without_documentation(value)
            for name, value in model.items()
            if not (name == "documentation" and isinstance(value, str))
        }
    if isinstance(model, list):
        return [without_documentation(value) for value in model]
    return model


def only_services(endpoints: dict[str, Any], services: Iterable[str]) -> dict[str, Any]:
    """Give *endpoints* without those of all other services, in each partition."""
    return endpoints | {
        "partitions": [
            partition
            | {
                "services": {
                    name: service
                    for name, service in partition["services"].items()
                    if name in services
                }
            }
            for partition in endpoints["partitions"]
        ]
    }


def compile_all(bundle: Path) -> bool:
    """Compile *bundle*; tell whether all of it could be.

    By the hash of the source, which is never looked at again: the times of files in a zip mean
    nothing. One process, in order, so that the files are the same each time.
    """
    return bool(
        compileall.compile_dir(
            bundle,
            quiet=1,
            force=True,
            stripdir=str(bundle),
            prependdir=TASK_ROOT,
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        )
    )


def _read(path: Path) -> Any:  # noqa: ANN401 - any JSON
    content = path.read_bytes()
    return json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, separators=(",", ":")), encoding="utf-8")


def _fail(sentence: str) -> int:
    sys.stderr.write(f"finish_bundle: {sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
