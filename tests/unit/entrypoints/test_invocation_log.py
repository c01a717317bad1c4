"""What an invocation says of Amazon's answers."""

import io
import json
from typing import Any
from uuid import uuid4

import pytest
from aws_lambda_powertools import Logger

from recommendation_applier.domain.outcome import ApplyResult
from recommendation_applier.domain.resolution import Way
from recommendation_applier.entrypoints import invocation_log
from recommendation_applier.use_cases.progress import Report
from recommendation_applier.use_cases.timeliness import Timeliness
from tests.builders import batch


def invocation(*results: ApplyResult, timeliness: Timeliness | None = None) -> dict[str, Any]:
    """Give the line about an invocation that made these requests."""
    report = Report(
        departures=(),
        results=results,
        status_results=(),
        held=(),
        letters=(),
        finished=frozenset(),
        ways={"rec-1": Way.DEFAULT},
    )
    written = io.StringIO()
    # A logger of Powertools' keeps the stream that it was first made with.
    logger = Logger(service=f"invocation log {uuid4()}", stream=written)
    invocation_log.write(report, timeliness or Timeliness(), logger, deliveries=1)
    [line] = [
        line
        for line in map(json.loads, written.getvalue().splitlines())
        if line["message"] == "invocation"
    ]
    return dict(line)


def result(attempts: int = 1, http_status: int | None = 202, throttled: int = 0) -> ApplyResult:
    """Make the result of a request, after so many attempts."""
    return ApplyResult(
        batch=batch(), accepted={}, attempts=attempts, http_status=http_status, throttled=throttled
    )


NOTHING = {
    "succeeded": 0,
    "throttled": 0,
    "refused": 0,
    "failed": 0,
    "unanswered": 0,
    "repeated": 0,
}


@pytest.mark.parametrize(
    ("made", "counted"),
    [
        (result(), {"succeeded": 1}),
        (result(http_status=399), {"succeeded": 1}),
        (result(http_status=400), {"refused": 1}),
        (result(http_status=422), {"refused": 1}),
        (result(http_status=500), {"failed": 1}),
        (result(http_status=503), {"failed": 1}),
        (result(http_status=None), {"unanswered": 1}),
        (result(attempts=0, http_status=None), {}),
        (result(attempts=0, http_status=403), {}),
        (result(http_status=429, throttled=1), {"throttled": 1}),
        (result(attempts=3, throttled=2), {"throttled": 2, "succeeded": 1}),
        (result(attempts=3, http_status=429, throttled=2), {"throttled": 2, "repeated": 1}),
        (result(attempts=4, throttled=1), {"throttled": 1, "repeated": 2, "succeeded": 1}),
    ],
)
def test_every_request_that_was_made_is_counted_once(
    made: ApplyResult, counted: dict[str, int]
) -> None:
    """By the class of its answer; what was not made is not counted."""
    answers = invocation(made)["answers"]

    assert answers == NOTHING | counted
    assert sum(answers.values()) == made.attempts


def test_answers_of_all_requests_are_counted_together() -> None:
    """And all classes are there, even without any request."""
    made = [result(), result(), result(http_status=400)]

    assert invocation(*made)["answers"] == NOTHING | {"succeeded": 2, "refused": 1}
    assert invocation()["answers"] == NOTHING


def test_seconds_are_told_where_there_are_any() -> None:
    """Whole ones."""
    line = invocation(timeliness=Timeliness(lag=3.6, longest_lag=1000.2, slack=-7.5))

    assert (line["lagSeconds"], line["longestLagSeconds"], line["slackSeconds"]) == (4, 1000, -8)
    assert {"lagSeconds", "longestLagSeconds", "slackSeconds"} & invocation().keys() == set()
