"""`applier doctor` against a deployed stack: a good one, and ones with a fault each."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from recommendation_applier.entrypoints.cli.preconditions import NEEDS
from tests.emulator.deployment import Deployment, deployed
from tests.integration.planted import EMAIL, FAULTS, STACK, make_healthy
from tests.operator import applier, let_operators_reach


@pytest.fixture
def healthy() -> Iterator[Deployment]:
    """A stack with which everything is as it should be."""
    with deployed(parameters={"AlarmEmail": EMAIL}) as deployment:
        let_operators_reach(deployment)
        make_healthy(deployment)
        yield deployment


def examined(*arguments: str, exit_code: int = 0) -> Mapping[str, Mapping[str, Any]]:
    """Give what a program is told, by check."""
    result = applier("doctor", "--stack", STACK, "--json", *arguments)
    assert (result.exit_code, result.stderr) == (exit_code, "")
    return {each["check"]: each for each in json.loads(result.stdout)["checks"]}


def dependents(check: str) -> set[str]:
    """Give all checks that need *check*, directly or not."""
    direct = {each for each, needs in NEEDS.items() if check in needs}
    return direct.union(*map(dependents, direct)) if direct else set()


@pytest.mark.usefixtures("healthy")
def test_with_a_good_stack_everything_is_green() -> None:
    """In order, and with nothing to mend; the strictest build machine passes it."""
    found = examined("--strict")

    assert list(found) == list(NEEDS)
    assert {(each["state"], each["mend"], each["because"]) for each in found.values()} == {
        ("OK", None, None)
    }


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found_alone_and_its_mend_is_named(healthy: Deployment, name: str) -> None:
    """One check is at fault; what it keeps from being looked at names it, and the rest is good."""
    planted = FAULTS[name]
    stack = planted.plant(healthy)

    found = examined(*(["--stack", stack] if stack else []), exit_code=1)

    faulty = found[planted.check]
    assert faulty["state"] == "FAULT"
    assert planted.seen in faulty["seen"]
    assert planted.mend in faulty["mend"]
    others = {check: each["state"] for check, each in found.items() if check != planted.check}
    wrong = {check: found[check]["seen"] for check in others if others[check] in ("WARNING", "FAULT")}
    assert wrong == {}
    skipped = {check: found[check]["because"] for check in others if others[check] == "SKIPPED"}
    assert skipped == dict.fromkeys(
        dependents(planted.check) | ({"hosts"} if planted.check == "partner-account" else set()),
        planted.check,
    )
