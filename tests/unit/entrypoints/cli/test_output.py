"""Tables for people, JSON and CSV for programs."""

import io
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from recommendation_applier.entrypoints.cli.output import (
    Row,
    print_facts,
    print_json,
    print_rows,
    write_csv,
)

NOON = datetime(2026, 11, 10, 13, tzinfo=timezone(timedelta(hours=1)))
ROWS: list[Row] = [
    {"id": "rec-1", "at": NOON, "bid": Decimal("1.20"), "ids": ("a", "b")},
    {"id": "[red]rec-2:smile:", "at": None, "held": True, "unasked": 1},
]
COLUMNS = {"id": "recommendation", "at": "when", "bid": "bid", "held": "held?", "ids": "ids"}


def test_rows_are_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the columns that are named; nothing that Amazon writes is taken for markup."""
    print_rows(ROWS, COLUMNS, as_json=False)

    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines[0] == ["recommendation", "when", "bid", "held?", "ids"]
    assert lines[2] == ["rec-1", "2026-11-10T12:00:00Z", "1.20", "a,", "b"]
    assert lines[3] == ["[red]rec-2:smile:", "yes"]


def test_a_long_id_stays_whole_where_nobody_can_widen_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It can be found by grep."""
    print_rows([{"id": "r" * 150}], {"id": "recommendation"}, as_json=False)

    assert "r" * 150 in capsys.readouterr().out


def test_a_table_is_no_wider_than_its_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long id goes on in the next line."""
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("NO_COLOR", "1")

    print_rows([{"id": "x" * 150}], {"id": "recommendation"}, as_json=False)

    lines = capsys.readouterr().out.splitlines()
    assert sum(line.count("x") for line in lines) == 150
    assert max(map(len, lines)) <= 60 + len("\x1b[1m\x1b[0m")


def test_nothing_moves_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    """What Amazon or an advertiser wrote is shown, and never obeyed."""
    print_rows([{"id": "a\x1b[2Jb\nc"}], {"id": "id"}, as_json=False)
    print_facts({"id": "d\x1b[2Je"})

    printed = capsys.readouterr().out
    assert "a?[2Jb?c" in printed
    assert "d?[2Je" in printed


def test_rows_are_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """All that a row has; moments in UTC, and decimals as they are, not as floats."""
    print_rows(ROWS, COLUMNS, as_json=True)

    assert json.loads(capsys.readouterr().out) == [
        {"id": "rec-1", "at": "2026-11-10T12:00:00Z", "bid": "1.20", "ids": ["a", "b"]},
        {"id": "[red]rec-2:smile:", "at": None, "held": True, "unasked": 1},
    ]


def test_what_has_no_form_in_json_is_a_mistake_of_ours() -> None:
    """It is not printed as something else."""
    with pytest.raises(TypeError, match="set has no form in JSON"):
        print_json({"ids": {"a"}})


def test_facts_stand_below_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    """Those that are not known are left out."""
    print_facts({"type": "KEYWORD_BID", "campaign": None, "held": False})

    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["type", "KEYWORD_BID"],
        ["held", "no"],
    ]


def test_rows_are_csv_for_spreadsheets() -> None:
    """With a line of headings; what is not there is an empty cell."""
    file = io.StringIO()

    write_csv(
        [*ROWS, {"id": 'a "b", c', "at": datetime(2026, 11, 1, tzinfo=UTC)}], ["id", "at"], file
    )

    assert file.getvalue() == (
        'id,at\nrec-1,2026-11-10T12:00:00Z\n[red]rec-2:smile:,\n"a ""b"", c",2026-11-01T00:00:00Z\n'
    )
