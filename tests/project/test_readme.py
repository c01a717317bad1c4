"""What the README says is so."""

import json
import re
import tomllib
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from recommendation_applier.domain.event import SOURCE, DetailType, Event
from recommendation_applier.domain.ledger import DecidedBy
from recommendation_applier.domain.marketplaces import APPLICABLE_MARKETPLACES
from recommendation_applier.domain.reasons import HeldReason
from recommendation_applier.domain.subscription_health import Ailment
from recommendation_applier.entrypoints.cli.preconditions import NEEDS, RIGHTS
from recommendation_applier.entrypoints.metrics import METRIC_NAMES
from tests.builders import NOW, recommendation
from tests.emulator.template import load

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def section(title: str) -> str:
    """Give the text under a heading."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> dict[str, str]:
    """Give the table rows of *text* by what stands in code in their first cell."""
    found = re.findall(r"^\| (`[^|]+`) \|(.*)\|$", text, re.MULTILINE)
    return {name.strip("`"): rest for cell, rest in found for name in cell.split("`, `")}


def test_every_make_target_it_names_exists() -> None:
    """A command that a reader copies works."""
    named = set(re.findall(r"\bmake ([a-z]+)", README))
    defined = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert {"run", "test"} <= named <= defined


def test_the_two_commands_stand_by_themselves() -> None:
    """They are what a newcomer looks for."""
    assert "```sh\nmake run\nmake test\n```" in section("Two commands")


def test_every_parameter_has_its_row_with_its_default() -> None:
    """No more, no fewer than the template has."""
    documented = rows(section("Deploy"))
    parameters = load()["Parameters"]

    assert documented.keys() == parameters.keys()
    for name, parameter in parameters.items():
        default = parameter.get("Default")
        shown = {None: "none", "": "empty"}.get(default, f"`{default}`")
        assert documented[name].endswith(f"| {shown} "), name


def test_every_ailment_of_a_subscription_has_its_row() -> None:
    """What the check of subscriptions says is explained."""
    assert _names(Ailment) <= rows(section("Operate")).keys()


def test_every_metric_is_listed() -> None:
    """By the names under which CloudWatch has them."""
    assert [name for name in METRIC_NAMES if f"`{name}`" not in section("Operate")] == []


def test_every_field_of_an_event_has_its_row() -> None:
    """No more, no fewer than an event has that knows everything, by the types that there are."""
    text = section("Events")
    everything = Event(
        detail_type=DetailType.HELD,
        reason=HeldReason.DRY_RUN,
        recommendation=recommendation(),
        explanation="why",
        decided_by=DecidedBy(policy_version=1, rule="bids", released_by="ana"),
        request_ids=("RID1",),
        accepted_at=NOW,
    )

    documented = rows(text)
    assert documented.keys() == everything.detail().keys() | _names(DetailType)
    assert f"`{SOURCE}`" in text


def test_the_rule_that_it_shows_matches_what_is_told() -> None:
    """Whoever copies it is told of what it says."""
    [pattern] = [
        json.loads(each) for each in re.findall(r"--event-pattern '(.*?)'", section("Events"))
    ]

    assert pattern["source"] == [SOURCE]
    assert set(pattern["detail-type"]) <= _names(DetailType)


def test_it_leads_from_what_is_stuck_to_the_runbooks() -> None:
    """By alarm, by reason, and to what is done once a year; test_runbooks.py holds the headings."""
    leads = re.findall(r"\(RUNBOOKS\.md#([\w-]+)\)", section("When something is stuck"))

    assert {"alarms", "reasons", "procedures"} <= set(leads)


def test_every_check_of_the_doctor_has_its_row() -> None:
    """In the order in which they are told."""
    assert list(rows(_about_the_doctor())) == list(NEEDS)


def test_the_rights_that_the_doctor_needs_are_listed() -> None:
    """And those to store credentials."""
    named = set(re.findall(r"`([a-z]+:[A-Z]\w+)`", _about_the_doctor()))
    needed = {f"{service}:{operation}" for operation, service in RIGHTS.items()}

    assert named == needed | {"secretsmanager:PutSecretValue", "secretsmanager:TagResource"}


def _about_the_doctor() -> str:
    return section("Operate").split("### Is everything as it should be?")[1].split("\n### ")[0]


def test_the_environments_it_names_are_in_samconfig() -> None:
    """`sam deploy --config-env` knows them."""
    environments = tomllib.loads((ROOT / "samconfig.toml").read_text())

    assert set(re.findall(r"--config-env (\w+)", README)) <= environments.keys()
    assert {"na", "eu", "fe"} <= environments.keys()


def test_the_marketplaces_are_those_of_the_code() -> None:
    """All 21 codes, and no other."""
    (listed,) = re.findall(r"marketplace codes of the apply request: ([A-Z, ]+)\.", README)

    assert frozenset(listed.split(", ")) == APPLICABLE_MARKETPLACES


def test_decisions_are_dated() -> None:
    """Each says when."""
    decisions = re.findall(r"^- \*\*(.*?)\*\*", section("Decisions"), re.MULTILINE)

    assert len(decisions) >= 5
    assert all(re.match(r"\d{4}-\d{2}-\d{2}: ", decision) for decision in decisions)


def _names(reasons: Iterable[StrEnum]) -> set[str]:
    return {reason.value for reason in reasons}
