"""What a month costs: units times prices."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.costs import alternatives, monthly_costs
from recommendation_applier.domain.filling import DAYS, Filling
from recommendation_applier.domain.prices import PRICES, Billed, Certainty
from recommendation_applier.domain.usage import ledger_units, usage_of
from recommendation_applier.domain.workload import (
    Architecture,
    Arrival,
    LogLevel,
    OpportunityFiles,
    StackSize,
    Workload,
)

MILLION = Workload(recommendations=1_000_000)
STACK = StackSize(
    metrics=10, alarm_metrics=20, file_alarm_metrics=1, composite_alarms=1, dashboards=1,
    tick_minutes=(5, 60),
)  # fmt: skip
FULL = Filling(
    invocations=2, requests=10, requests_an_invocation=5, ids_a_request=100,
    held_requests=0, ids_a_held_request=0,
)  # fmt: skip
THOUSAND = Workload(recommendations=1_000)
OF_ONE_ACCOUNT = 2 * 33 * DAYS
"""Invocations of a million a month, 16,427 a day for each of two that gather, with 5 requests."""
ONE_ACCOUNT = {"accounts": 1, "batch_size": 500}


def variable(billed: Billed, **knobs: Any) -> float:
    """Give the variable units of one thing."""
    return usage_of(replace(MILLION, **knobs), STACK).variable.get(billed, 0.0)


def fixed(billed: Billed, **knobs: Any) -> float:
    """Give the fixed units of one thing."""
    return usage_of(replace(MILLION, **knobs), STACK).fixed.get(billed, 0.0)


def test_the_ledger_takes_what_the_bench_counted() -> None:
    """For a thousand of ten accounts, a hundred in a request: 1,060, then 70 and 60."""
    once, twice = (replace(THOUSAND, follow_ups=count) for count in (1, 2))

    assert ledger_units(once, FULL)[Billed.WRITE_UNITS] == 1_060 + 60
    assert ledger_units(twice, FULL)[Billed.WRITE_UNITS] == 1_060 + 70 + 60
    assert ledger_units(once, FULL)[Billed.READ_UNITS] == 23


def test_what_comes_again_takes_a_unit_each() -> None:
    """A condition that fails is charged for: 1,000 more."""
    again = replace(THOUSAND, repeated_share=1.0)
    more = [ledger_units(each, FULL)[Billed.WRITE_UNITS] for each in (THOUSAND, again)]

    assert more[1] - more[0] == 1_000


def test_what_is_held_takes_three_units_and_its_record() -> None:
    """3,040 for a thousand."""
    held = replace(FULL, requests=0, ids_a_request=0, held_requests=10, ids_a_held_request=100)
    found = ledger_units(replace(THOUSAND, held_share=1.0), held)

    assert found[Billed.WRITE_UNITS] == 3_040
    assert found[Billed.READ_UNITS] == 0


def test_the_ledger_keeps_it_for_its_life_and_its_retention() -> None:
    """With 100 bytes more a document than it has; recovery costs the same gigabytes."""
    found = ledger_units(THOUSAND, FULL)
    size = 1_000 * 964 + 10 * 541 + 1_000 * 37

    assert found[Billed.TABLE_STORAGE] == pytest.approx(size / 2**30 * (14 + 90) / DAYS)
    assert found[Billed.TABLE_RECOVERY] == found[Billed.TABLE_STORAGE]


def test_the_queue_is_asked_whether_anything_comes_or_not() -> None:
    """By five pollers, thrice a minute; ten messages are ten sends, a receive and a delete."""
    assert fixed(Billed.QUEUE_REQUESTS) == pytest.approx(5 * 3 * 60 * 24 * DAYS)
    assert variable(Billed.QUEUE_REQUESTS) == pytest.approx(1_200_000)
    few = {"arrival": Arrival.EVEN, "recommendations": 10}
    assert variable(Billed.QUEUE_REQUESTS, **few) == pytest.approx(30, rel=0.01)
    many = {"arrival": Arrival.EVEN, "recommendations": 10**9}
    assert variable(Billed.QUEUE_REQUESTS, **many) == pytest.approx(2.1 * 10**9)
    # A file offers each of them in a message of ten, beside what the Stream delivers.
    both = {"opportunity_files": OpportunityFiles.APPLY}
    assert variable(Billed.QUEUE_REQUESTS, **both) == pytest.approx(1_100_000 + 400_000)


def test_an_invocation_lasts_as_long_as_its_requests_and_recommendations() -> None:
    """Four requests at once; the status requests of the follow-up are made in the same way."""
    invocations, requests = OF_ONE_ACCOUNT, OF_ONE_ACCOUNT * 5
    seconds = invocations * (0.1 + 2 * 1.0) + 1_000_000 * 0.004 + requests * 2 / 4 * 1.0
    one = ONE_ACCOUNT

    assert variable(Billed.LAMBDA_REQUESTS, **one) == pytest.approx(invocations)
    assert variable(Billed.LAMBDA_SECONDS_ARM64, **one) == pytest.approx(seconds / 2, rel=1e-4)
    assert variable(Billed.LAMBDA_SECONDS_ARM64, memory_mb=1_024, **one) == pytest.approx(
        seconds, rel=1e-4
    )
    x86 = {"architecture": Architecture.X86_64}
    assert variable(Billed.LAMBDA_SECONDS_X86, **one, **x86) == pytest.approx(seconds / 2, rel=1e-4)
    assert variable(Billed.LAMBDA_SECONDS_ARM64, **one, **x86) == 0


def test_schedules_run_whether_anything_comes_or_not() -> None:
    """Two of them, and a third where files are read, with its own memory and alarm."""
    ticks = DAYS * 24 * (12 + 1)
    files = {"opportunity_files": OpportunityFiles.INDEX}

    assert fixed(Billed.LAMBDA_REQUESTS) == pytest.approx(ticks)
    assert fixed(Billed.LAMBDA_SECONDS_ARM64) == pytest.approx(ticks * 0.5 * 0.3)
    assert fixed(Billed.READ_UNITS) == pytest.approx(ticks)
    assert fixed(Billed.LOG_INGESTION) == pytest.approx(ticks * 300 / 2**30)
    assert fixed(Billed.LAMBDA_REQUESTS, **files) == pytest.approx(ticks + DAYS * 48)
    assert fixed(Billed.LAMBDA_SECONDS_ARM64, **files) == pytest.approx(
        (ticks * 0.5 + DAYS * 48 * 1.0) * 0.3
    )
    assert (fixed(Billed.ALARMS), fixed(Billed.ALARMS, **files)) == (20, 21)
    assert fixed(Billed.SECRET_CALLS) == pytest.approx(2 * 24 * DAYS)
    assert fixed(Billed.SECRET_CALLS, **files) == pytest.approx(3 * 24 * DAYS)
    assert [fixed(each) for each in (Billed.METRICS, Billed.SECRETS, Billed.DASHBOARDS)] == [
        10,
        1,
        1,
    ]
    assert fixed(Billed.COMPOSITE_ALARMS) == 1


def test_a_line_a_batch_and_more_where_it_is_asked_for() -> None:
    """DEBUG has a line about every delivery; what is held has its request in the log."""
    one = ONE_ACCOUNT
    batches = OF_ONE_ACCOUNT * 5
    written = OF_ONE_ACCOUNT * 968 + batches * (540 + 2 * 459)

    assert variable(Billed.LOG_INGESTION, **one) == pytest.approx(written / 2**30, rel=1e-4)
    assert variable(Billed.LOG_STORAGE, **one) == pytest.approx(
        written / 2**30 * 90 / DAYS, rel=1e-4
    )
    debug = variable(Billed.LOG_INGESTION, log_level=LogLevel.DEBUG, **one)
    assert debug == pytest.approx((written + 434 * 1_000_000) / 2**30, rel=1e-4)
    held = variable(Billed.LOG_INGESTION, held_share=1.0, **one)
    assert held == pytest.approx(
        (OF_ONE_ACCOUNT * 968 + batches * 470 + 39_000_000) / 2**30, rel=1e-4
    )


def test_a_file_is_read_each_day_of_a_recommendations_life() -> None:
    """A write when it is new, a read each day, and one for each delivery."""
    files = {"opportunity_files": OpportunityFiles.INDEX}

    assert variable(Billed.WRITE_UNITS, **files) - variable(Billed.WRITE_UNITS) == pytest.approx(
        1_002_000 + 13 * 2_000
    )
    assert variable(Billed.READ_UNITS, **files) - variable(Billed.READ_UNITS) == pytest.approx(
        14 * 1_001_000 + 1_000_000
    )
    more = variable(Billed.LAMBDA_SECONDS_ARM64, **files) - variable(Billed.LAMBDA_SECONDS_ARM64)
    assert more == pytest.approx(14 * 42 * 1769 / 1024 + (53_000 + 13 * 12_000) * 0.0075)
    kept = variable(Billed.TABLE_STORAGE, **files) - variable(Billed.TABLE_STORAGE)
    assert kept == pytest.approx(350 * 1_000_000 / 2**30 * 39 / DAYS)


def test_what_goes_to_amazon_is_paid_by_the_gigabyte() -> None:
    """Of apply and status requests, with their headers and ids."""
    requests = OF_ONE_ACCOUNT * 5

    assert variable(Billed.DATA_OUT, **ONE_ACCOUNT) == pytest.approx(
        3 * (requests * 2_000 + 1_000_000 * 45) / 2**30, rel=1e-4
    )


def test_units_times_prices_are_the_costs() -> None:
    """Line by line, and their sums."""
    month = monthly_costs(MILLION, stack=STACK)
    usage = usage_of(MILLION, STACK)

    for line in month.lines:
        price = PRICES[line.billed].usd
        assert line.fixed == pytest.approx(usage.fixed.get(line.billed, 0) * price)
        assert line.variable == pytest.approx(usage.variable.get(line.billed, 0) * price)
        assert line.service == PRICES[line.billed].service
    assert month.fixed == pytest.approx(sum(line.fixed for line in month.lines))
    assert month.total == month.fixed + month.variable
    assert month.a_million == month.variable
    assert [each.billed for each in month.lines] == [
        each for each in Billed if each is not Billed.LAMBDA_SECONDS_X86
    ]


def test_an_idle_month_costs_its_fixed_part() -> None:
    """10 metrics, 20 alarms, a composite, a dashboard, a secret, and polling."""
    month = monthly_costs(Workload(recommendations=0), stack=STACK)

    assert (month.variable, month.a_million) == (0, 0)
    assert month.fixed == pytest.approx(3.00 + 2.00 + 0.50 + 3.00 + 0.40 + 0.263 + 0.03, abs=0.02)


def test_what_is_free_is_taken_from_the_fixed_part_first() -> None:
    """A million requests to SQS: 657 thousand are polls, the rest of them messages."""
    polls = 5 * 3 * 60 * 24 * DAYS

    def lines(**knobs: Any) -> dict[Billed, list[float]]:
        month = monthly_costs(replace(MILLION, **knobs), stack=STACK, free_tiers=True)
        return {each.billed: [each.fixed, each.variable] for each in month.lines}

    queue = (polls + 1_200_000 - 1_000_000) * 0.4 / 1_000_000
    assert lines()[Billed.QUEUE_REQUESTS] == pytest.approx([0, queue])
    assert lines()[Billed.METRICS] == [0, 0]
    assert lines()[Billed.ALARMS] == pytest.approx([1.00, 0])
    assert lines()[Billed.DASHBOARDS] == [0, 0]
    assert lines(recommendations=1_000)[Billed.QUEUE_REQUESTS] == [0, 0]
    assert lines()[Billed.WRITE_UNITS][1] > 0


def test_a_knob_is_turned_alone_and_the_dearest_comes_first() -> None:
    """What is so already is left out."""
    found = alternatives(MILLION)

    assert [abs(each.difference) for each in found] == sorted(
        (abs(each.difference) for each in found), reverse=True
    )
    assert ("OpportunityFiles", "OFF") not in {(each.knob, each.to) for each in found}
    [debug] = [each for each in found if each.to == "DEBUG"]
    assert debug.difference == pytest.approx(
        monthly_costs(replace(MILLION, log_level=LogLevel.DEBUG)).total
        - monthly_costs(MILLION).total
    )
    slowly = replace(MILLION, arrival=Arrival.EVEN, log_level=LogLevel.DEBUG)
    back = {(each.knob, each.to): each.difference for each in alternatives(slowly)}
    assert back["LogLevel", "INFO"] < 0
    assert back["arrival, BatchingWindowSeconds", "a day's within minutes"] < 0
    assert ("arrival, BatchingWindowSeconds", "over the whole day") not in back
    free = {each.to: each.difference for each in alternatives(MILLION, free_tiers=True)}
    assert free["1,024 MB"] == 0


def test_every_price_has_its_source() -> None:
    """And what was not found is called so."""
    assert PRICES.keys() == set(Billed)
    assert {billed for billed, price in PRICES.items() if price.certainty is Certainty.KNOWN} == {
        billed for billed, price in PRICES.items() if price.source == "none was found"
    }


@given(st.integers(0, 10**9), st.integers(1, 1_000), st.sampled_from(Arrival))
def test_more_costs_more_and_free_tiers_cost_less(
    recommendations: int, accounts: int, arrival: Arrival
) -> None:
    """Never less than nothing; the fixed part does not depend on what comes."""
    workload = Workload(recommendations=recommendations, accounts=accounts, arrival=arrival)
    month = monthly_costs(workload)
    more = monthly_costs(replace(workload, recommendations=recommendations * 2 + 100))
    free = monthly_costs(workload, free_tiers=True)

    assert 0 <= free.total <= month.total <= more.total
    assert month.fixed == more.fixed
    assert all(line.fixed >= 0 and line.variable >= 0 for line in free.lines)
