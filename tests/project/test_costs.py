"""The cost model is about this template, and the README says what it says."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from recommendation_applier.domain.workload import StackSize, Workload
from recommendation_applier.entrypoints.metrics import METRIC_NAMES
from tests import readme_costs
from tests.emulator.template import load

README = (Path(__file__).parents[2] / "README.md").read_text()
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
