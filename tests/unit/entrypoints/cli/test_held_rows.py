"""What is held, as people, spreadsheets and programs read it."""

from datetime import timedelta
from typing import Any

from recommendation_applier.domain.held import Held
from recommendation_applier.domain.holds import Hold, Release
from recommendation_applier.domain.reasons import HeldReason
from recommendation_applier.entrypoints.cli.held_rows import (
    CELLS,
    cells_of,
    ends_in,
    facts_of,
    lines_of,
)
from tests.builders import EXPIRY, NOW, PUBLISHED
from tests.ledger_builders import entry

HOUR = timedelta(hours=1)


def keywords(*bids: float | None) -> list[dict[str, Any]]:
    """Make keywords with these bids."""
    return [
        {"target_id": str(number), "text": f"soap {number}", "match_type": "BROAD", "bid": bid}
        for number, bid in enumerate(bids)
    ]


def held(current: Any, recommended: Any, **changes: Any) -> Held:
    """Make something held with these two settings."""
    made = entry(current_settings=current, recommended_settings=recommended, **changes)
    return Held(made, Hold(HeldReason.POLICY_HOLD, "it says HOLD", NOW, EXPIRY))


def in_ad_group(*bids: float | None) -> dict[str, Any]:
    """Make the settings of a campaign whose keywords have these bids."""
    return {"ad_groups": [{"adgroup_id": "g", "targets": keywords(*bids)}]}


def test_each_number_has_a_line_and_the_first_has_the_rest() -> None:
    """What is new says so; what cannot be computed is a sentence."""
    found = held(in_ad_group(1.0, 2.0), in_ad_group(1.5, 1.0, 3.0) | {"budget": {"budget": "odd"}})

    lines = list(lines_of(found, now=EXPIRY - HOUR))

    numbers = [(line.get("before"), line.get("after"), line.get("percent")) for line in lines]
    assert sorted(numbers, key=str) == sorted(
        [("1", "1.5", "+50 %"), ("2", "1", "-50 %"), ("new", "3", None), (None, None, None)],
        key=str,
    )
    assert any("odd" in str(line["what"]) for line in lines)
    assert [line.get("recommendationId") for line in lines] == ["rec-1", None, None, None]
    assert lines[0]["account"] == "A0000000000001 US"
    assert lines[0]["reason"] == "POLICY_HOLD (bids)"
    assert lines[0]["ends"] == "! 1 h"


def test_a_table_shows_five_numbers_of_one_recommendation() -> None:
    """And says how many more there are; a file has them all."""
    found = held(in_ad_group(*[1.0] * 8), in_ad_group(*[2.0] * 8))

    assert [line["what"] for line in lines_of(found, now=NOW)][5:] == [
        "and 3 more: applier held show tells them"
    ]
    assert len(list(cells_of(found))) == 8


def test_what_changes_no_number_has_one_line() -> None:
    """For people and for spreadsheets."""
    found = held({"state": "ENABLED"}, {"state": "PAUSED"}, type="CAMPAIGN_STATE")

    assert len(list(lines_of(found, now=NOW))) == len(list(cells_of(found))) == 1
    assert facts_of(found)["changes"] == []


def test_a_change_by_percent_alone_has_no_numbers() -> None:
    """As of a budget rule whose budget is not told."""
    increase = {"type": "PERCENT", "value": 20}
    found = held({}, {"budget": {"budget_rules": [{"rule_id": "r", "increase_by": increase}]}})

    [line] = lines_of(found, now=NOW)
    [change] = facts_of(found)["changes"]
    assert (line["before"], line["after"], line["percent"]) == (None, None, "+20 %")
    assert (change["before"], change["after"], change["percent"]) == (None, None, "+20")


def test_what_is_on_its_way_names_who_released_it() -> None:
    """In files and for programs."""
    found = held(in_ad_group(1.0), in_ad_group(2.0))
    released = Held(found.entry, found.hold, Release("ann", "agreed", NOW, PUBLISHED))

    assert [row["releasedBy"] for row in cells_of(released)] == ["ann"]
    assert facts_of(released)["releasedBy"] == "ann"
    assert all(set(row) <= {*CELLS, "percent"} for row in cells_of(released))


def test_how_long_it_can_be_released() -> None:
    """A mark warns of the last 24 hours; what never expires never ends."""
    hold = Hold(HeldReason.POLICY_HOLD, "", NOW, EXPIRY)

    assert ends_in(hold, now=EXPIRY - 25 * HOUR) == "1 d"
    assert ends_in(hold, now=EXPIRY - 24 * HOUR) == "! 1 d"
    assert ends_in(hold, now=EXPIRY) == "ended 0 min ago"
    assert ends_in(Hold(HeldReason.POLICY_HOLD, "", NOW, None), now=EXPIRY) == "never"
