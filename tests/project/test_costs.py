"""The cost model is about this template, and the README says what it says."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from recommendation_applier.domain.costs import monthly_costs
from recommendation_applier.domain.workload import Arrival, StackSize, Workload
from recommendation_applier.entrypoints.metrics import METRIC_NAMES
from tests import readme_costs, readme_filling
from tests.bench import cost
from tests.bench.__main__ import PAGES
from tests.bench.filling import Filled, by_parameter
from tests.emulator.template import load

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
FILES = "FilesAreRead"
"""The template's condition of what is there only where opportunity files are read."""


def resources(kind: str, *, of_files: bool | None = None) -> Iterator[dict[str, Any]]:
    """Give the resources of a kind; *of_files* says whether they are there with files only."""
    for resource in load()["Resources"].values():
        is_of_files = resource.get("Condition") == FILES
        if resource["Type"] == kind and of_files in (None, is_of_files):
            yield resource


def alarm_metrics(*, of_files: bool) -> int:
    """Count what alarms are charged for: the metrics that they look at."""
    return sum(
        max(1, sum("MetricStat" in each for each in alarm["Properties"].get("Metrics", ())))
        for alarm in resources("AWS::CloudWatch::Alarm", of_files=of_files)
    )


def ticks(*, of_files: bool) -> list[int]:
    """Give the minutes between the ticks of each schedule."""
    minutes = {"minute": 1, "hour": 60, "day": 24 * 60}
    found = [
        re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", event["Properties"]["Schedule"])
        for function in resources("AWS::Serverless::Function", of_files=of_files)
        for event in function["Properties"]["Events"].values()
        if event["Type"] == "Schedule"
    ]
    return sorted(int(each[1]) * minutes[each[2]] for each in found if each)


def test_what_is_paid_for_by_the_month_is_what_the_template_has() -> None:
    """Metrics, alarms, dashboards, secrets and schedules."""
    size = StackSize()

    assert size.metrics == len(METRIC_NAMES)
    assert size.alarm_metrics == alarm_metrics(of_files=False)
    assert size.file_alarm_metrics == alarm_metrics(of_files=True)
    assert size.composite_alarms == len([*resources("AWS::CloudWatch::CompositeAlarm")])
    assert size.dashboards == len([*resources("AWS::CloudWatch::Dashboard")])
    assert size.secrets == len([*resources("AWS::SecretsManager::Secret")])
    assert sorted(size.tick_minutes) == ticks(of_files=False)
    assert [size.file_tick_minutes] == ticks(of_files=True)


def test_the_knobs_stand_as_the_template_has_them() -> None:
    """Where it has them."""
    workload = Workload(recommendations=1)
    defaults = {
        "BatchSize": workload.batch_size,
        "BatchingWindowSeconds": workload.batching_window_seconds,
        "MaximumConcurrency": workload.maximum_concurrency,
        "MaxConcurrentRequests": workload.max_concurrent_requests,
        "LedgerRetentionDays": workload.ledger_retention_days,
        "LogRetentionDays": workload.log_retention_days,
        "LogLevel": workload.log_level,
        "Architecture": workload.architecture,
        "OpportunityFiles": workload.opportunity_files,
    }

    parameters = load()["Parameters"]
    assert {name: parameters[name]["Default"] for name in defaults} == defaults
    always, files = (
        {each["Properties"]["MemorySize"] for each in resources(kind, of_files=of_files)}
        for kind, of_files in (
            ("AWS::Serverless::Function", False),
            ("AWS::Serverless::Function", True),
        )
    )
    assert (always, files) == ({workload.memory_mb}, {1_024})


def test_the_readme_says_what_the_function_reckons() -> None:
    """`python -m tests.readme_costs` prints what has to stand there."""
    section = README.split("\n## What it costs\n")[1].split("\n## ")[0]

    for text in (readme_costs.volumes(), readme_costs.knobs(), readme_costs.free_tiers()):
        assert text in section, f"write this into it:\n\n{text}"


def test_the_readme_says_how_full_requests_get() -> None:
    """`python -m tests.readme_filling` prints what has to stand there."""
    for text in (readme_filling.volumes(), readme_filling.parameters()):
        assert text in speed_section(), f"write this into it:\n\n{text}"


def test_the_readme_quotes_pages_that_the_bench_has() -> None:
    """Here and wherever it says how a figure is had again; what is reckoned is so to the cent."""
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| .* \| (.*) \|$", speed_section(), re.MULTILINE))
    named = set(rows) | {
        name for names in re.findall(r'PAGES="?([a-z- ]+)"?', README) for name in names.split()
    }

    assert named <= PAGES.keys()
    month = monthly_costs(cost.A_MILLION)
    assert rows["cost"] == f"{month.a_million:.2f} USD; {month.fixed:.2f} USD"
    usual = usually(1_000_000)["defaults"]
    assert rows["filling"] == f"{usual.filling.ids_a_request:.1f}; {usual.requests_a_day:,.0f}"
    assert rows["aws-calls"] == f"1.06; {cost.write_units_an_id():.2f}"


def test_the_template_gives_its_reasons_in_figures_that_are_so() -> None:
    """How full requests are with its defaults, and with others."""
    text = " ".join((ROOT / "template.yaml").read_text().replace("#", "").split())
    some, many = usually(100_000), usually(1_000_000)
    ids = [
        round(many[name].filling.ids_a_request)
        for name in ("defaults", "BatchSize 500", "BatchSize 100")
    ]
    slow, slower, slowest = (
        f"{round(some[name].requests_a_day):,}"
        for name in ("BatchingWindowSeconds 1", "defaults", "BatchingWindowSeconds 300")
    )
    two, five, ten = (
        f"{round(many[name].requests_a_day):,}"
        for name in ("defaults", "MaximumConcurrency 5", "MaximumConcurrency 10")
    )

    assert f"requests of {ids[0]} ids, 500 of {ids[1]} and 100 of {ids[2]}" in text
    assert f"take {slower} requests a day, with 1 s they would take {slow}, and" in text
    assert f"with 300 s {slowest}." in text
    assert f"2 make {two} requests a day, 5 make {five} and 10 make {ten}." in text


def speed_section() -> str:
    """Give what the README says about how fast it is."""
    return README.split("\n## How fast, and what it costs to run\n")[1].split("\n## ")[0]


def usually(recommendations: int) -> dict[str, Filled]:
    """Fill with one parameter turned at a time, a day's within ten minutes."""
    return {each.turned: each for each in by_parameter(Arrival.BURST, recommendations)}
