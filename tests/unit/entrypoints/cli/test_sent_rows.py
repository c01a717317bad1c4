"""What was sent, as rows of files."""

from typing import Any

import pytest

from recommendation_applier.domain.ledger import Verdict
from recommendation_applier.domain.sent import Sent
from recommendation_applier.entrypoints.cli.sent_rows import (
    EXPORT,
    ROLLBACK,
    export_rows,
    rollback_rows,
)
from tests.ledger_builders import entry, record


def sent(current: Any, recommended: Any, **changes: Any) -> Sent:
    """Make something that Amazon accepted."""
    made = entry(current_settings=current, recommended_settings=recommended, **changes)
    return Sent("rec-1", Verdict.ACCEPTED, record("rec-1"), made)


def ruled(increase: str) -> dict[str, Any]:
    """Make the settings of a budget with one rule."""
    return {"budget": {"budget": 10, "budget_rules": [{"rule_id": "r", "increase_by": increase}]}}


@pytest.mark.parametrize(
    ("current", "recommended", "put_back"),
    [
        ({"budget": 5}, {"budget": 9}, "set it to before"),
        ({}, {"budget": 9}, "remove or pause it: it was new"),
        (ruled("20%"), ruled("50%"), "set its increase to 20%"),
        ({"budget": 10}, ruled("50%"), "remove the budget rule"),
        ({"budget": 5}, {"budget": "odd"}, "look at the settings: applier ledger show --json"),
    ],
)
def test_a_sheet_says_how_to_put_it_back(current: Any, recommended: Any, put_back: str) -> None:
    """A number, something new, a budget rule, or what nobody could compute."""
    rows = list(rollback_rows(sent(current, recommended)))

    assert put_back in {row["putBack"] for row in rows}
    assert all(row.keys() <= set(ROLLBACK) for row in rows)


def test_what_has_no_number_has_a_row() -> None:
    """Somebody changed it all the same."""
    [row] = export_rows(sent({"state": "A"}, {"state": "B"}, type="CAMPAIGN_STATE"))

    assert row["what"] == "no number of money"
    assert row.keys() <= set(EXPORT)


def test_what_the_ledger_has_no_entry_of_has_a_row() -> None:
    """With what its record tells."""
    [row] = export_rows(Sent("rec-1", Verdict.ACCEPTED, record("rec-1")))

    assert row["what"] == "the ledger has no entry of it"
    assert row["entityId"] == "ENTITY0000000000001"
    assert row["requestIds"]
