"""What the template watches: the metrics of alarms and dashboard, and the queries of logs."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from tests.emulator.intrinsics import Document
from tests.emulator.template import ExpandedTemplate, expand

OWN_NAMESPACE: Final = "RecommendationApplier"

_TEXTS: Final = re.compile(r'"[^"]*"|\'[^\']*\'|(?<=like )/[^/]*/')
"""Quoted texts, and regular expressions."""

_ALIAS: Final = re.compile(r"\bas\s+(\w+)")

_FIELD: Final = re.compile(r"(?<![\w.@])[@A-Za-z_][\w.@]*(?!\w*\()")
"""A name that no bracket follows; one would make a function of it."""

_WORDS: Final = frozenset(
    {"and", "asc", "by", "desc", "fields", "filter", "like", "limit", "not", "or", "sort", "stats"}
)


@dataclass(frozen=True, slots=True)
class WatchedMetric:
    """One metric, with its dimensions by name.

    A value such as `${IngressQueue.QueueName}` stands for what CloudFormation would put there.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str]

    @property
    def is_own(self) -> bool:
        """Tell whether the functions emit it, and not AWS."""
        return not self.namespace.startswith("AWS/")


@dataclass(frozen=True, slots=True)
class LogQuery:
    """A Logs Insights query, and the log groups that it reads, by logical id."""

    text: str
    log_groups: tuple[str, ...]

    @property
    def message(self) -> str | None:
        """The one kind of line that it is about; None: any."""
        found = re.findall(r'filter message = "([^"]+)"', self.text)
        return found[0] if found else None

    @property
    def fields(self) -> frozenset[str]:
        """The fields of log lines that it names."""
        bare = _TEXTS.sub(" ", self.text)
        aliases = set(_ALIAS.findall(bare))
        names = set(_FIELD.findall(_ALIAS.sub(" ", bare)))
        return frozenset(names - aliases - _WORDS - {"SOURCE"})


@cache
def everything(**parameters: str) -> ExpandedTemplate:
    """Expand the template with all that it can have, and *parameters* besides."""
    given = {
        "AdsRegion": "NA",
        "PartnerNetworkAccountId": "amzn1.ads1.ma1.example",
        "OpportunityFiles": "APPLY",
        "AlarmEmail": "operator@example.com",
    }
    return expand(given | parameters, region="us-east-1")


def alarms(template: ExpandedTemplate) -> dict[str, Document]:
    """Give the properties of every alarm on a metric, by its logical id."""
    return {
        each: template.properties(each) for each in template.logical_ids("AWS::CloudWatch::Alarm")
    }


def metrics_of_alarm(alarm: Document) -> list[WatchedMetric]:
    """Give the metrics that an alarm looks at: each is billed."""
    if "Metrics" not in alarm:
        return [_watched(alarm)]
    statistics = [each["MetricStat"] for each in alarm["Metrics"] if "MetricStat" in each]
    return [_watched(each["Metric"]) for each in statistics]


def _watched(metric: Document) -> WatchedMetric:
    dimensions = {each["Name"]: each["Value"] for each in metric["Dimensions"]}
    return WatchedMetric(metric["Namespace"], metric["MetricName"], dimensions)


def widgets(template: ExpandedTemplate) -> list[dict[str, Any]]:
    """Give the widgets of the dashboard, read from its JSON."""
    body = json.loads(template.properties("Dashboard")["DashboardBody"])
    assert body.keys() == {"widgets"}
    found: list[dict[str, Any]] = body["widgets"]
    return found


def metrics_of_widgets(template: ExpandedTemplate) -> list[WatchedMetric]:
    """Give every metric that the dashboard draws, as often as it does."""
    found = []
    for widget in widgets(template):
        for metric in widget["properties"].get("metrics", []):
            namespace, name, *dimensions = [each for each in metric if isinstance(each, str)]
            pairs = zip(dimensions[::2], dimensions[1::2], strict=True)
            found.append(WatchedMetric(namespace, name, dict(pairs)))
    return found


def queries(template: ExpandedTemplate) -> Iterator[LogQuery]:
    """Yield the queries of the dashboard, and the saved ones."""
    for widget in widgets(template):
        if widget["type"] == "log":
            text = widget["properties"]["query"]
            groups = re.findall(r"SOURCE '\$\{(\w+)\}'", text)
            assert groups, text
            yield LogQuery(text, tuple(groups))
    for each in template.logical_ids("AWS::Logs::QueryDefinition"):
        saved = template.properties(each)
        groups = [name.strip("${}") for name in saved["LogGroupNames"]]
        yield LogQuery(saved["QueryString"], tuple(groups))
