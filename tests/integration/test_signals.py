"""What alarms, dashboard and saved queries look at is what the real handlers say."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from recommendation_applier.domain.reasons import RetryReason
from recommendation_applier.entrypoints.metrics import METRIC_NAMES
from tests.builders import body
from tests.emulator.amazon_faults import FAULTS, answers
from tests.emulator.aws import (
    FOLLOW_UP_FUNCTION,
    FUNCTION,
    OPPORTUNITIES_FUNCTION,
    SUBSCRIPTIONS_FUNCTION,
)
from tests.emulator.deployment import Deployment, deployed
from tests.operator import lose_a_subscription
from tests.signals import LogQuery, alarms, everything, metrics_of_alarm, queries

ROOT = Path(__file__).parents[2]

HOLD = '{"version": 1, "mode": "APPLY", "default": "HOLD", "rules": []}'
APPLY = '{"version": 1, "mode": "APPLY", "default": "APPLY", "rules": []}'

OF_LOGS_INSIGHTS = {"@timestamp", "@message", "@log"}
"""Fields that each line has without its saying so."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the functions wrote in a week in which everything happened, by log group."""

    lines: Mapping[str, list[dict[str, Any]]]

    def metrics(self) -> dict[str, list[float]]:
        """Give the values of each metric, of all functions."""
        found: dict[str, list[float]] = {}
        for line in [each for lines in self.lines.values() for each in lines if "_aws" in each]:
            for name in METRIC_NAMES:
                found.setdefault(name, []).extend(line.get(name, []))
        return found

    def fields_for(self, query: LogQuery) -> set[str]:
        """Name the fields of all lines that *query* is about, as Logs Insights discovers them."""
        return {
            name
            for group in query.log_groups
            for line in self.lines.get(group, [])
            if query.message in (None, line.get("message"))
            for name in discovered(line)
        }


def discovered(value: Any, name: str = "") -> Iterator[str]:
    """Name the fields of a line of JSON: `a.b` within an object, `a.0` within an array."""
    inner: Iterable[tuple[object, Any]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    if name:
        yield name
    for key, each in inner:
        yield from discovered(each, f"{name}.{key}" if name else str(key))


@pytest.fixture(scope="module")
def told() -> Told:
    """Let a week pass in which everything happens that somebody may ask about."""
    with deployed(parameters={"OpportunityFiles": "INDEX"}) as deployment:
        deployment.read_files()
        live_through_everything(deployment)
        lose_a_subscription(deployment)
        assert deployment.opportunities is not None
        return Told(
            {
                f"{FUNCTION}LogGroup": deployment.apply.log(),
                f"{FOLLOW_UP_FUNCTION}LogGroup": deployment.follow_up.log(),
                f"{OPPORTUNITIES_FUNCTION}LogGroup": deployment.opportunities.log(),
                f"{SUBSCRIPTIONS_FUNCTION}LogGroup": deployment.subscriptions.log(),
            }
        )


def live_through_everything(deployment: Deployment) -> None:
    """Refused credentials, a bad policy, every door, and applications with every end."""
    amazon, minutes = deployment.amazon, timedelta(minutes=2)
    amazon.script_token(FAULTS["revoked"].token[:1])
    deployment.invoke(body("rec-1"))

    deployment.stack.store_policy("nothing that is one")
    deployment.let_time_pass(minutes)
    deployment.invoke(body("rec-1"), receive_count=2)
    deployment.stack.store_policy(HOLD)
    deployment.let_time_pass(minutes)
    soon = deployment.clock.now() + timedelta(hours=20)
    deployment.invoke(body("held", expiry_date=soon.strftime("%Y-%m-%dT%H:%M:%S UTC")))
    deployment.tick()

    deployment.stack.store_policy(APPLY)
    deployment.let_time_pass(minutes)
    names = ["applied", "failed", "stuck"]
    deployment.invoke(
        *map(body, names), "no JSON", body("gone", recommendation_status="REMOVED"), receive_count=2
    )
    amazon.set_status("SUCCESS", ["applied"])
    amazon.set_status("FAILED", ["failed"])
    deployment.follow_up_until_settled()

    refusal = {"code": "PO_APPLY_BAD_REQUEST", "message": "no"}
    amazon.script_apply([answers(400, refusal), answers(429, headers={"Retry-After": "3600"})])
    deployment.invoke(body("refused"))
    deployment.invoke(body("throttled", account=2))


def test_every_metric_of_our_own_is_emitted(told: Told) -> None:
    """Each with a value; and so is that of every alarm."""
    emitted = told.metrics()

    assert [name for name in METRIC_NAMES if not any(emitted[name])] == []
    watched = [each for alarm in alarms(everything()).values() for each in metrics_of_alarm(alarm)]
    assert [each.name for each in watched if each.is_own and not any(emitted[each.name])] == []


def test_the_lag_has_seconds_and_one_value_an_invocation(told: Told) -> None:
    """Three were accepted in one invocation, half a month after they were published or more."""
    lines = [line for line in told.lines[f"{FUNCTION}LogGroup"] if "AcceptanceLag" in line]

    [line] = lines
    [directive] = line["_aws"]["CloudWatchMetrics"]
    units = {each["Name"]: each["Unit"] for each in directive["Metrics"]}
    assert units["AcceptanceLag"] == "Seconds"
    assert {unit for name, unit in units.items() if name != "AcceptanceLag"} == {"Count"}
    [lag] = line["AcceptanceLag"]
    assert lag > 0
    assert line["AcceptedRecommendations"] == [3.0]


def test_every_field_that_a_query_names_is_logged(told: Told) -> None:
    """By the lines that it is about; reasons to retry are many, and each is counted alike."""
    found = list(queries(everything()))
    assert len(found) >= 10
    for query in found:
        logged = told.fields_for(query) | OF_LOGS_INSIGHTS
        reasons = {each for each in query.fields if each.startswith("reasons.retry.")}
        assert query.fields - reasons - logged == set(), query.text
        assert {each.rpartition(".")[2] for each in reasons} <= {each.value for each in RetryReason}
        assert not reasons or "reasons.retry.THROTTLED" in logged


def test_every_kind_of_line_that_is_asked_for_is_written(told: Told) -> None:
    """In the log that is asked."""
    for query in queries(everything()):
        if query.message is not None:
            for group in query.log_groups:
                assert query.message in {line.get("message") for line in told.lines[group]}


@pytest.mark.parametrize("page", ["README.md", "RUNBOOKS.md"])
def test_every_filter_pattern_that_people_copy_finds_lines(told: Told, page: str) -> None:
    """In the log that the command reads: a field, and the value that is looked for."""
    commands = re.findall(
        r'logs tail "\$\(output (\w+)LogGroupName\)"[^\n]*(?:\n[^\n]*)?'
        r"--filter-pattern '\{ \$\.(\w+) = \"([^\"]+)\" \}'",
        text := (ROOT / page).read_text(),
    )

    assert len(commands) == text.count("--filter-pattern '{") > 0
    for function, field, value in commands:
        values = {line[field] for line in told.lines[f"{function}LogGroup"] if field in line}
        assert values if value == "*" else value in values, (function, field, value)


def test_a_dead_letter_that_is_sent_back_has_no_lag(deployment: Deployment) -> None:
    """Of either kind: it has waited for a person, and raises no alarm by that."""
    deployment.amazon.script_apply([answers(400, {"code": "X", "message": "no"})])
    deployment.invoke(body("refused"))
    [letter] = deployment.dead_letters()
    message = {"version": 1, "kind": "message", "reason": {"code": "UNKNOWN_STATUS"}}
    kept = json.dumps({**message, "message": {"messageId": "1", "body": body("mended")}})

    assert deployment.invoke(letter["body"], kept) == []

    assert deployment.amazon.accepted.keys() == {"refused", "mended"}
    last = deployment.log()[-2:]
    assert [line.get("AcceptedRecommendations") for line in last] == [2, [2.0]]
    assert [line for line in deployment.log() if "AcceptanceLag" in line] == []
    assert "lagSeconds" not in last[0]
    assert last[0]["slackSeconds"] > 0
