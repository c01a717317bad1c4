"""`applier costs`: no stack, no AWS."""

import json
from typing import Any

import pytest

from recommendation_applier.domain.costs import monthly_costs
from recommendation_applier.domain.workload import (
    Architecture,
    Arrival,
    LogLevel,
    OpportunityFiles,
    StackSize,
    Workload,
)
from tests.operator import applier

KNOBS = (
    *("--recommendations", "5000", "--accounts", "7", "--arrival", "even", "--held", "0.25"),
    *("--repeated", "0.5", "--batch-size", "100", "--window", "30", "--concurrency", "5"),
    *("--memory", "1024", "--architecture", "x86_64", "--ledger-retention", "365"),
    *("--log-retention", "7", "--log-level", "debug", "--opportunity-files", "index"),
    *("--seconds-a-request", "2", "--milliseconds-a-recommendation", "8", "--follow-ups", "5"),
)
TURNED = Workload(
    recommendations=5_000,
    accounts=7,
    arrival=Arrival.EVEN,
    held_share=0.25,
    repeated_share=0.5,
    batch_size=100,
    batching_window_seconds=30,
    maximum_concurrency=5,
    memory_mb=1_024,
    architecture=Architecture.X86_64,
    ledger_retention_days=365,
    log_retention_days=7,
    log_level=LogLevel.DEBUG,
    opportunity_files=OpportunityFiles.INDEX,
    seconds_a_request=2.0,
    milliseconds_a_recommendation=8.0,
    follow_ups=5,
)


def as_json(*arguments: str) -> dict[str, Any]:
    """Give what a program reads."""
    result = applier("costs", *arguments, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def rows(*arguments: str) -> list[list[str]]:
    """Give the words of each line that people read."""
    printed = applier("costs", *arguments).stdout
    return [line.split() for line in printed.splitlines() if line.strip()]


def test_three_volumes_side_by_side() -> None:
    """The fixed part once, the variable part of each, and the sums."""
    months = [monthly_costs(Workload(recommendations=10**n)) for n in (4, 6, 8)]
    printed = rows()

    assert printed[0][-6:] == ["at", "10,000", "at", "1,000,000", "at", "100,000,000"]
    [sums] = [line for line in printed if line[0] == "all"]
    assert sums[1:] == [f"{each:,.2f}" for each in (months[0].fixed, *(m.variable for m in months))]
    [totals] = [line for line in printed if line[:2] == ["fixed", "and"]]
    assert totals[-3:] == [f"{each.total:,.2f}" for each in months]
    own_metrics = f"{StackSize().metrics * 0.30:.2f}"
    assert ["CloudWatch", "metrics", "of", "its", "own", own_metrics] in printed
    assert next(line[-1] for line in printed if line[-4:-1] == ["the", "whole", "day"])[0] == "+"


def test_every_knob_can_be_turned() -> None:
    """And is among the assumptions that programs are told."""
    [month] = as_json(*KNOBS)["months"]
    expected = monthly_costs(TURNED)

    assert month["total"] == round(expected.total, 4)
    assert month["workload"]["heldShare"] == 0.25
    assert month["workload"]["opportunityFiles"] == "INDEX"
    assert len(month["lines"]) == len(expected.lines)
    assert sum(each["fixed"] + each["variable"] for each in month["lines"]) == pytest.approx(
        month["total"], abs=0.01
    )


def test_prices_have_their_sources() -> None:
    """With how sure they are."""
    found = as_json("--free-tiers", "--recommendations", "0")

    assert (found["region"], found["freeTiers"]) == ("us-east-1", True)
    [month] = found["months"]
    assert (month["variable"], month["variablePerMillion"]) == (0, 0)
    [writes] = [each for each in found["prices"] if each["billed"] == "write units"]
    assert (writes["service"], writes["usd"]) == ("DynamoDB", 0.625e-6)
    assert writes["source"]


@pytest.mark.parametrize(
    "wrong", [("--recommendations", "-1"), ("--held", "2"), ("--arrival", "never")]
)
def test_what_makes_no_sense_is_refused(wrong: tuple[str, str]) -> None:
    """By the command line."""
    assert applier("costs", *wrong).exit_code == 2
