"""How often a campaign may be changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.campaign_pacing import (
    DAY,
    MOST_REMEMBERED,
    CampaignApplications,
)
from recommendation_applier.domain.policy_rules import CampaignPacing
from recommendation_applier.domain.reasons import HeldReason

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAILY = CampaignPacing(max_applications_per_day=2)


def at(*moments: datetime) -> CampaignApplications:
    """Let one through at each of *moments*."""
    return CampaignApplications({f"rec-{number}": each for number, each in enumerate(moments)})


def test_a_campaign_that_was_never_changed_may_be() -> None:
    """Whatever the pacing is."""
    pacing = CampaignPacing(1, timedelta(days=1))

    assert CampaignApplications().objection("rec-9", pacing, now=NOW) is None


def test_a_day_is_any_24_hours() -> None:
    """What is exactly a day old is of yesterday."""
    assert at(NOW - DAY, NOW).objection("rec-9", DAILY, now=NOW) is None
    said = "2 were let through for the campaign within 24 hours"
    assert at(NOW - DAY + SECOND, NOW).objection("rec-9", DAILY, now=NOW) == (
        HeldReason.DAILY_LIMIT,
        f"{said}; maxApplicationsPerCampaignPerDay is 2",
    )


def test_a_campaign_cools_down_from_its_latest_change() -> None:
    """The sentence says since when, and for how long."""
    pacing = CampaignPacing(cool_down=timedelta(hours=1.5))

    assert at(NOW - timedelta(hours=1.5)).objection("rec-9", pacing, now=NOW) is None
    assert at(NOW - DAY, NOW - timedelta(hours=1)).objection("rec-9", pacing, now=NOW) == (
        HeldReason.COOLING_DOWN,
        "the campaign was changed at 2026-11-10 11:00 UTC, and cools down for 1.5 hours",
    )


def test_what_was_let_through_may_go_again_and_keeps_its_moment() -> None:
    """It is the same change of the campaign."""
    counted = at(NOW - SECOND)

    assert counted.objection("rec-0", CampaignPacing(1, DAY), now=NOW) is None
    assert counted.with_one_more("rec-0", now=NOW).let_through == counted.let_through


def test_the_latest_thousand_are_remembered() -> None:
    """As many as a document has room for."""
    moments = [NOW + number * SECOND for number in range(MOST_REMEMBERED)]
    counted = replace(at(*reversed(moments)), version=7)

    after = counted.with_one_more("rec-9999", now=NOW + DAY)

    oldest = f"rec-{MOST_REMEMBERED - 1}"
    assert counted.let_through.keys() - after.let_through.keys() == {oldest}
    assert after.let_through["rec-9999"] == NOW + DAY
    assert (len(after.let_through), after.version) == (MOST_REMEMBERED, 7)


@given(
    gaps=st.lists(st.integers(0, 90_000), min_size=1, max_size=30),
    most=st.integers(1, 3),
    hours=st.integers(1, 30),
)
def test_no_day_has_more_and_no_gap_is_shorter_than_the_pacing_says(
    gaps: list[int], most: int, hours: int
) -> None:
    """Whenever they come, those that are let through keep to both."""
    pacing = CampaignPacing(most, timedelta(hours=hours))
    counted, now, through = CampaignApplications(), NOW, []
    for number, gap in enumerate(gaps):
        now += gap * SECOND
        if counted.objection(f"rec-{number}", pacing, now=now) is None:
            counted = counted.with_one_more(f"rec-{number}", now=now)
            through.append(now)

    assert all(
        sum(moment <= other < moment + DAY for other in through) <= most for moment in through
    )
    assert all(later - earlier >= timedelta(hours=hours) for earlier, later in pairwise(through))
