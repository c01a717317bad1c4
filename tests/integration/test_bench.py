"""The bench measures what it says, with fewer deliveries than `make bench` takes."""

import json
import platform
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from recommendation_applier.domain.costs import monthly_costs
from recommendation_applier.domain.filling import Filling
from recommendation_applier.domain.prices import Billed
from recommendation_applier.domain.usage import ledger_units
from recommendation_applier.domain.workload import Workload
from tests.bench import (
    aws_calls,
    cost,
    cost_plot,
    cpu,
    filling,
    growth,
    memory,
    operator,
    opportunity_files,
    processes,
    requests,
    wall,
)
from tests.bench.__main__ import PAGES, main
from tests.bench.aws_meter import index_write_units
from tests.bench.page import Page
from tests.runtime.bundle import PROJECT

pytestmark = pytest.mark.no_cover
"""What a bench measures is not traced: that would be measured as well, and takes three times as
long."""

EXAMPLE = Page(name="example", title="An example", columns=("what", "calls"), rows=[("all", 1_234)])


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """What AWS calls 100 deliveries of an account cost."""
    found: list[dict[str, Any]] = aws_calls.measure(100).as_json()["rows"]
    return found


def test_a_claim_is_one_call_and_one_write_unit(rows: list[dict[str, Any]]) -> None:
    """100 ids: 100 entries, a record of five units and its place in the index."""
    new = rows[0]

    assert new["what happens"] == "new: all are accepted"
    assert new["DynamoDB calls"] == 100 + 1 + 1  # the breaker is read
    assert new["write units"] == 100 + (5 + 1)
    assert (new["of the index"], new["read units"], new["SQS calls"]) == (1, 1, 0)


def test_a_repeat_is_one_call_and_one_write_unit(rows: list[dict[str, Any]]) -> None:
    """A condition that fails is charged for; the records of the one claim are one more call."""
    assert [rows[1][name] for name in ("DynamoDB calls", "write units")] == [102, 100]


def test_a_follow_up_costs_by_the_batch(rows: list[dict[str, Any]]) -> None:
    """Not by the id."""
    for row in rows[2:4]:
        assert row["DynamoDB calls"] < 10
        assert row["write units"] < 20


def test_an_outage_costs_one_more_call_to_sqs_for_ten(rows: list[dict[str, Any]]) -> None:
    """Nothing is lost, and nothing is paid for twice."""
    down = rows[-2]

    assert down["what happens"] == "Amazon is down: all are retried"
    assert (down["SQS calls"], down["write units"] <= 110) == (10, True)


def test_to_hold_is_one_call_and_two_write_units_more(rows: list[dict[str, Any]]) -> None:
    """The entry is marked, and has its place in the index of what is held."""
    held = rows[-1]

    assert held["what happens"] == "DRY_RUN: all are held"
    assert held["DynamoDB calls"] == 2 * 100 + 1
    assert (held["write units"], held["of the index"]) == (3 * 100 + 4, 100)


def test_the_cost_model_takes_what_is_measured_here(rows: list[dict[str, Any]]) -> None:
    """Write units of what is new, followed up once and twice, repeated and held, to the unit."""

    def reckoned(*, held: bool = False, **knobs: Any) -> float:
        one = {"requests": 0, "held_requests": 1} if held else {"requests": 1, "held_requests": 0}
        full = {"invocations": 1, "requests_an_invocation": 1}
        filling = Filling(**full, **one, ids_a_request=100, ids_a_held_request=100)
        workload = Workload(recommendations=100, held_share=float(held), **knobs)
        return ledger_units(workload, filling)[Billed.WRITE_UNITS]

    new, again, in_progress, applied, *_, held = (row["write units"] for row in rows)
    assert reckoned(follow_ups=1) == new + applied
    assert reckoned(follow_ups=3) == new + 2 * in_progress + applied
    assert reckoned(follow_ups=1, repeated_share=1.0) == new + applied + again
    assert reckoned(held=True) == held


def test_a_file_is_indexed_with_flat_memory() -> None:
    """Ten times the rows take no more of it; a row costs a write unit once, and a read each day."""
    page = opportunity_files.measure(20_000, 200)
    figures = {str(what): float(figure) for what, figure in page.rows}

    assert figures["rows that were indexed, each once"] == 20_000
    small = figures["peak memory for a tenth of it, MB"]
    assert figures["peak memory of the process, MB"] < small + 15
    assert 1_000 <= figures["new: write units per 1,000 rows"] < 1_020
    assert figures["unchanged: write units per 1,000 rows"] < 20
    assert 100 <= figures["one in ten new: write units per 1,000 rows"] < 120


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, None, 0),
        (None, "1794312000", 1),
        ("1794312000", None, 1),
        ("1794312000", "1794312000", 0),
        ("1794312000", "1794312600", 2),
    ],
)
def test_an_index_is_charged_for_what_changes_in_it(
    before: str | None, after: str | None, units: int
) -> None:
    """In, out, and out and in again, of what is due and of what is held."""

    def item(index: tuple[str, str], until: str | None) -> dict[str, dict[str, str]]:
        keys = {"pk": {"S": "CLAIM#1"}, "sk": {"S": "RECORD#0001"}}
        return keys | ({index[0]: {"S": "DUE"}, index[1]: {"N": until}} if until else {})

    for index in (("followUp", "dueAt"), ("held", "heldUntil")):
        assert index_write_units(item(index, before), item(index, after)) == units


def test_requests_are_the_least_that_can_be() -> None:
    """Whatever an invocation is given; what is there already is not sent again."""
    found = {
        row["an invocation of deliveries"]: row for row in requests.measure(120).as_json()["rows"]
    }

    assert {row["ratio"] for row in found.values()} == {1.0}
    assert found["of one account"]["requests"] == 2
    assert found["all of them once more"]["requests"] == 0


def test_how_full_requests_get_is_reckoned_and_simulated() -> None:
    """Side by side; what is the default is not turned."""
    rows = filling.measure(messages=500, volumes=(100_000,), most=100_000).as_json()["rows"]

    assert len(rows) == 4 * 3 * 2 + 7 * 2
    for row in rows:
        if row["the same, simulated"]:
            assert row["ids a request"] == pytest.approx(row["the same, simulated"], rel=0.1)
        assert row["for the least possible"] >= 1
    assert not {row["with"] for row in rows} & {"BatchSize 1000", "MaximumConcurrency 2"}


def test_an_id_costs_what_the_ledger_is_seen_to_write(rows: list[dict[str, Any]]) -> None:
    """At most 1.2 write units of each of a hundred, until it is applied."""
    measured = sum(rows[place]["write units"] for place in (0, 2, 3))

    assert cost.write_units_an_id() == measured / 100 <= 1.2


def test_the_costs_of_the_page_are_those_of_the_command() -> None:
    """Line by line, and their sum."""
    rows = {row["what is billed"]: row["USD"] for row in cost.measure().as_json()["rows"]}
    month = monthly_costs(cost.A_MILLION)

    assert rows["variable, a million"] == round(month.variable, 2)
    assert rows["fixed, a month"] == round(month.fixed, 2)
    assert rows["SQS: queue requests"] == 0.48


def test_cost_is_drawn_against_volume(tmp_path: Path) -> None:
    """As a drawing with every series, or as a picture."""
    drawing, picture = tmp_path / "cost.svg", tmp_path / "cost.png"
    for file in (drawing, picture):
        assert main(["--plot", str(file), "example"], measures={"example": lambda: EXAMPLE}) == 0

    svg = drawing.read_text()
    for text in ("USD a month", "recommendations a month", "all, free tiers", "fixed part", "100M"):
        assert text in svg
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_plot_rises_from_ten_thousand_to_a_hundred_million() -> None:
    """Each series by itself; the fixed part stays."""
    found: dict[str, list[float]] = {}
    for point in cost_plot.points():
        found.setdefault(point["series"], []).append(point["usd"])

    assert all(usd == sorted(usd) for usd in found.values())
    assert len(set(found["fixed part"])) == 1
    for variable, fixed, both in zip(
        found["variable part"], found["fixed part"], found["all, list prices"], strict=True
    ):
        assert variable + fixed == pytest.approx(both, abs=0.001)


def test_an_operator_waits_for_little_and_an_export_is_flat() -> None:
    """Ten times the rows take no more memory, and all of them are written."""
    rows = {
        row["a process of its own"]: row
        for row in operator.measure(1_000, helps=("", "held"), times=1).as_json()["rows"]
    }

    assert rows["python -c pass"]["CPU, as python -c pass"] == 1
    assert rows["applier --help"]["peak memory MB"] < rows["applier held --help"]["peak memory MB"]
    for name, heading in (("ledger", 1), ("dead-letters", 0)):
        few, many = (
            rows[f"applier {name} export: {count + heading:,} lines"] for count in (100, 1_000)
        )
        assert many["peak memory MB"] < few["peak memory MB"] + 15


def test_a_measured_program_that_fails_says_why() -> None:
    """With what it wrote on stderr; what it takes is its own, and not its parent's."""
    with pytest.raises(RuntimeError, match=r"ended with 3: [\s\S]*what was wrong"):
        processes.run("import sys; sys.stderr.write('what was wrong'); sys.exit(3)")
    run = processes.run("print('one'); print('two')", times=2)

    assert run.lines == 2
    assert 0 < run.seconds_to_first_line <= run.wall_seconds
    assert run.peak_megabytes < processes.peak_megabytes()


def test_figures_are_for_people_or_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """A table and where it was measured, or JSON alone on the standard output."""
    assert main([], measures={"example": lambda: EXAMPLE}) == 0
    table = capsys.readouterr().out
    assert main(["--json", "example"], measures={"example": lambda: EXAMPLE}) == 0

    assert "An example" in table
    assert "1,234" in table
    closing = rf"^1 pages in \d+\.\d s: Python {platform.python_version()}, "
    assert re.search(closing, table, re.MULTILINE)
    document = json.loads(capsys.readouterr().out)
    assert document["pages"][0]["rows"] == [{"what": "all", "calls": 1_234}]
    assert document["python"] == platform.python_version()
    assert (document["failed"], document["seconds"] >= 0) == ([], True)


def test_a_page_that_fails_is_named_and_keeps_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    """The bench ends with 1."""

    def fail() -> Page:
        raise ValueError("of 10 rows 9 were indexed")

    assert main([], measures={"broken": fail, "example": lambda: EXAMPLE}) == 1
    shown = capsys.readouterr()
    assert "1,234" in shown.out
    assert "of 10 rows 9 were indexed" in shown.err
    assert shown.err.endswith("These pages failed: broken\n")
    assert main(["--json"], measures={"broken": fail}) == 1
    assert json.loads(capsys.readouterr().out)["failed"] == ["broken"]


def test_the_cpu_of_a_delivery_stands_beside_that_of_parsing_it() -> None:
    """Every door has its figures, botocore's share its own; the requests are the fewest."""
    page = cpu.measure(100, 1, runtime=cpu.Runtime(Path(sys.executable), PROJECT / "src"))
    figures = {row[0]: row[1:] for row in page.rows}

    assert figures["json.loads of the bodies"][1] == 1
    assert figures.keys() >= {
        "new: all are accepted",
        "repeated: all were accepted before",
        "DRY_RUN: all are held",
        "of which botocore's",
        "a naive consumer",
    }
    assert all(float(each) > 0 for row in page.rows for each in row[1:])
    assert page.notes[0] == "Bodies of 4,454 bytes; 10 apply requests."


def test_wall_time_stands_beside_the_least_there_is() -> None:
    """One request an account, one claim a delivery, one record a request, and the breaker."""
    page = wall.measure(30, (3, 10), request_seconds=0.001, call_seconds=0.0)

    assert [row[:3] for row in page.rows] == [(3, 3, 30 + 3 + 1), (10, 10, 30 + 10 + 1)]


def test_the_growth_is_shown_by_deliveries_and_by_accounts() -> None:
    """The first row of each kind is the line; requests are the fewest."""
    page = growth.measure((10, 20), (10, 20), (1, 4), some=8)

    assert [row[:4] for row in page.rows] == [
        ("whole", 10, 10, 10),
        ("whole", 20, 10, 10),
        ("read and batched", 10, 10, 10),
        ("read and batched", 20, 10, 10),
        ("whole", 8, 1, 1),
        ("whole", 8, 4, 4),
    ]
    assert [row[5] for row in page.rows[::2]] == [1.0, 1.0, 1.0]


def test_the_peak_of_memory_is_that_of_one_process() -> None:
    """Of one delivery, of some, and of as many as an event may hold."""
    page = memory.measure(20, 200_000)

    [one, some, many] = page.rows
    assert (one[0], some[0]) == (1, 20)
    assert 20 < float(many[0]) < 50
    assert all(float(row[3]) >= float(row[2]) > 10 for row in page.rows)


def test_a_page_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """With the names of those that do."""
    with pytest.raises(SystemExit, match=r"^2$"):
        main(["weather"])

    assert f"unknown: weather; there are {', '.join(PAGES)}" in capsys.readouterr().err
