"""The dashboard is one that CloudWatch takes, and all that it shows is there."""

import json
import re
from itertools import combinations
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from recommendation_applier.aws import follow_ups, held_entries
from recommendation_applier.domain.reasons import RetryReason
from recommendation_applier.entrypoints.metrics import METRIC_NAMES
from tests.emulator.aws import FUNCTION, TABLE
from tests.signals import (
    OWN_NAMESPACE,
    alarms,
    everything,
    metrics_of_alarm,
    metrics_of_widgets,
    queries,
    widgets,
)

AWS_METRICS = {
    "AWS/SQS": {
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesVisible",
        "NumberOfEmptyReceives",
        "NumberOfMessagesDeleted",
        "NumberOfMessagesReceived",
        "NumberOfMessagesSent",
    },
    "AWS/Lambda": {"Duration", "Errors", "Invocations", "Throttles"},
    "AWS/DynamoDB": {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"},
}
"""Those of AWS's own that are watched, as its developer guides name them."""

AWS_DIMENSIONS = {
    "AWS/SQS": [{"QueueName": r"\$\{(\w+)\.QueueName\}"}],
    "AWS/Lambda": [{"FunctionName": r"\$\{(\w+)\}"}],
    "AWS/DynamoDB": [
        {"TableName": r"\$\{(\w+)\}"},
        {"TableName": r"\$\{(\w+)\}", "GlobalSecondaryIndexName": "DueIndex|HeldIndex"},
    ],
}
"""The dimensions that those have, and what stands there until CloudFormation puts the name."""

RESOURCE_TYPES = {
    "AWS/SQS": "AWS::SQS::Queue",
    "AWS/Lambda": "AWS::Lambda::Function",
    "AWS/DynamoDB": "AWS::DynamoDB::Table",
}

# ---- CloudWatch's "Dashboard body structure and syntax" -----------------------------------------


class Strict(BaseModel):
    """Nothing that is not named, and no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Rendering(Strict):
    """How one metric is drawn."""

    label: str | None = None
    color: Annotated[str, Field(pattern="^#[0-9a-f]{6}$")] | None = None
    stat: Literal["p50", "Maximum", "Sum"] | None = None
    yAxis: Literal["left", "right"] | None = None  # noqa: N815 - CloudWatch's name


class MetricProperties(Strict):
    """A chart of metrics: of each namespace, name, pairs of dimensions, and how it is drawn."""

    title: str
    view: Literal["timeSeries"]
    region: Literal["us-east-1"]
    stat: Literal["p50", "Maximum", "Sum"]
    period: Literal[300, 900, 3600]
    stacked: bool
    metrics: Annotated[list[list[str | Rendering]], Field(min_length=1, max_length=500)]


class LogProperties(Strict):
    """What a query finds."""

    title: str
    view: Literal["timeSeries", "table", "bar", "pie"]
    region: Literal["us-east-1"]
    query: Annotated[str, Field(pattern=r"^SOURCE '[^']+' \| ")]
    stacked: bool = False


class AlarmProperties(Strict):
    """The states of alarms."""

    title: str
    alarms: Annotated[list[str], Field(min_length=1, max_length=100)]


class TextProperties(Strict):
    """Something to read."""

    markdown: str


class Placed(Strict):
    """A widget in its place; the grid is 24 wide."""

    x: Annotated[int, Field(ge=0, le=23)]
    y: Annotated[int, Field(ge=0)]
    width: Annotated[int, Field(ge=1, le=24)]
    height: Annotated[int, Field(ge=1, le=1000)]


class MetricWidget(Placed):
    """Of metrics."""

    type: Literal["metric"]
    properties: MetricProperties


class LogWidget(Placed):
    """Of a query."""

    type: Literal["log"]
    properties: LogProperties


class AlarmWidget(Placed):
    """Of alarms."""

    type: Literal["alarm"]
    properties: AlarmProperties


class TextWidget(Placed):
    """Of text."""

    type: Literal["text"]
    properties: TextProperties


Widget = Annotated[MetricWidget | LogWidget | AlarmWidget | TextWidget, Field(discriminator="type")]


@pytest.mark.parametrize("files", ["OFF", "APPLY"])
@pytest.mark.parametrize("hours", ["0", "48"])
def test_it_is_one_that_cloudwatch_takes(files: str, hours: str) -> None:
    """Whatever is left out by a condition, it is JSON, of the documented structure, below 1 MB."""
    template = everything(OpportunityFiles=files, SilenceHours=hours)

    TypeAdapter(list[Widget]).validate_python(widgets(template))
    assert len(template.properties("Dashboard")["DashboardBody"].encode()) < 1_000_000


def test_widgets_lie_side_by_side() -> None:
    """None beyond the edge, and none upon another."""
    found = widgets(everything())

    assert all(each["x"] + each["width"] <= 24 for each in found)
    for one, other in combinations(found, 2):
        assert (
            one["x"] + one["width"] <= other["x"]
            or other["x"] + other["width"] <= one["x"]
            or one["y"] + one["height"] <= other["y"]
            or other["y"] + other["height"] <= one["y"]
        ), (one["properties"], other["properties"])


@pytest.mark.parametrize("files", ["OFF", "INDEX"])
@pytest.mark.parametrize("hours", ["0", "48"])
def test_the_states_of_all_alarms_come_first(files: str, hours: str) -> None:
    """All that there are, each once, the pager's before the others."""
    template = everything(OpportunityFiles=files, SilenceHours=hours)

    first = widgets(template)[0]
    assert (first["type"], first["x"], first["y"]) == ("alarm", 0, 0)
    shown = [re.sub(r"\$\{(\w+)\.Arn\}", r"\1", each) for each in first["properties"]["alarms"]]
    assert shown[0] == "PagerAlarm"
    assert sorted(shown) == sorted([*alarms(template), "PagerAlarm"])


@pytest.mark.parametrize("files", ["OFF", "INDEX"])
def test_every_metric_that_is_watched_exists(files: str) -> None:
    """On the dashboard and in alarms: our own by names that are emitted, AWS's by a closed list."""
    template = everything(OpportunityFiles=files)
    watched = [
        *metrics_of_widgets(template),
        *(metric for alarm in alarms(template).values() for metric in metrics_of_alarm(alarm)),
    ]

    assert len(watched) > 40
    for metric in watched:
        if metric.is_own:
            assert metric.namespace == OWN_NAMESPACE
            assert metric.name in METRIC_NAMES
            assert metric.dimensions == {"service": "recommendation-applier"}
            continue
        assert metric.name in AWS_METRICS[metric.namespace]
        [patterns] = [
            each
            for each in AWS_DIMENSIONS[metric.namespace]
            if each.keys() == metric.dimensions.keys()
        ]
        there = set(template.logical_ids(RESOURCE_TYPES[metric.namespace]))
        for name, pattern in patterns.items():
            found = re.fullmatch(pattern, metric.dimensions[name])
            assert found, metric
            assert set(found.groups()) <= there, metric


def test_the_indexes_are_the_ledgers() -> None:
    """By the names that the table gives them."""
    table = everything().properties(TABLE)
    names = {each["IndexName"] for each in table["GlobalSecondaryIndexes"]}

    assert names == {follow_ups.INDEX, held_entries.INDEX} == {"DueIndex", "HeldIndex"}


def test_every_metric_of_our_own_is_shown_or_alarmed_on() -> None:
    """What nobody looks at would be paid for in vain."""
    watched = metrics_of_widgets(everything())
    watched += [each for alarm in alarms(everything()).values() for each in metrics_of_alarm(alarm)]

    assert {each.name for each in watched if each.is_own} == set(METRIC_NAMES)


def test_it_is_one_of_those_that_are_free() -> None:
    """Three dashboards are, with up to fifty metrics each (CloudWatch's free tier)."""
    assert len({json.dumps(each.dimensions) + each.name
                for each in metrics_of_widgets(everything())}) <= 50  # fmt: skip


def test_what_is_billed_by_the_month_is_said_on_it() -> None:
    """And is so."""
    texts = [each["properties"].get("markdown", "") for each in widgets(everything())]
    [billed] = [each for each in texts if each.startswith("Billed")]

    def in_alarms(files: str) -> int:
        found = alarms(everything(OpportunityFiles=files)).values()
        return sum(len(metrics_of_alarm(each)) for each in found)

    assert [int(each) for each in re.findall(r"\d+", billed)] == [
        len(METRIC_NAMES),
        in_alarms("OFF"),
        in_alarms("INDEX"),
        1,
    ]


def test_it_leads_to_the_runbooks() -> None:
    """Beside the alarms, at the top."""
    [beside] = [each for each in widgets(everything()) if each["y"] == 0 and each["type"] == "text"]

    assert "RUNBOOKS.md" in beside["properties"]["markdown"]


# ---- Queries ------------------------------------------------------------------------------------


def saved() -> dict[str, dict[str, Any]]:
    """Give the saved queries."""
    template = everything()
    return {
        each: template.properties(each)
        for each in template.logical_ids("AWS::Logs::QueryDefinition")
    }


def test_there_is_a_saved_query_for_each_of_five_questions() -> None:
    """In a folder of the stack's name."""
    names = {each["Name"] for each in saved().values()}

    assert len(names) == 5
    assert all(each.startswith("recommendation-applier/Wh") for each in names)


@pytest.mark.parametrize("files", ["OFF", "INDEX"])
def test_queries_read_logs_that_there_are(files: str) -> None:
    """Of the functions that are deployed."""
    template = everything(OpportunityFiles=files)
    there = set(template.logical_ids("AWS::Logs::LogGroup"))

    for query in queries(template):
        assert query.log_groups
        assert set(query.log_groups) <= there


def test_every_reason_to_retry_is_counted() -> None:
    """No more, no fewer than there are."""
    counted = re.findall(
        r"sum\(reasons\.retry\.(\w+)\) as (\w+)", saved()["WhyRetriedQuery"]["QueryString"]
    )

    assert [one for one, _ in counted] == [other for _, other in counted]
    assert [one for one, _ in counted] == [each.value for each in RetryReason]


def test_the_reader_of_queries_reads_them() -> None:
    """Fields are told from functions, words, texts, and names that are given."""
    [query] = [each for each in queries(everything()) if "longestLag" in each.text]
    [refused] = [each for each in queries(everything()) if "amazonRequestIds" in each.text]

    assert query.message == "invocation"
    assert query.log_groups == (f"{FUNCTION}LogGroup",)
    assert query.fields == {"message", "longestLagSeconds", "slackSeconds"}
    assert {"@timestamp", "failed", "amazonRequestIds.0", "error"} < refused.fields
