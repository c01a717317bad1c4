"""How far advertisers are with a promotion, by the terms of 2022 where no others are named.

Its weeks begin on 22 and 29 August, 5, 12, 19 and 26 September … 5, 12, 19 and 26 December; the
window opens on 22 August at 07:00 UTC and closes on 31 December at 20:00 UTC, and 28 days before
that is 3 December, 20:00 UTC.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.applied_changes import AppliedChange
from recommendation_applier.domain.promotion_progress import (
    NotKnown,
    Obstacle,
    ProductProgress,
    ProgressStatus,
    Uncounted,
)
from recommendation_applier.domain.promotion_terms import PromotionTerms
from recommendation_applier.domain.promotions import progress_of
from tests.builders import advertiser
from tests.promotion_builders import at, change, terms

TERMS: Final = terms()
IN_A_ROW: Final = terms(consecutive_weeks=True)

# At noon in UTC on the Wednesdays of the first four weeks of September, from the 7th.
FOUR_WEEKS: Final = ["2022-09-07 12:00", "2022-09-14 12:00", "2022-09-21 12:00", "2022-09-28 12:00"]


def only_product(
    changes: Iterable[AppliedChange], of: PromotionTerms, now: datetime
) -> ProductProgress:
    """Say how far the only account of *changes* is with their only ad product."""
    [account] = progress_of(changes, of, now=now).accounts
    [found] = account.products
    return found


def product(
    *moments: str, now: str, of: PromotionTerms = TERMS, marketplace: str = "US"
) -> ProductProgress:
    """Say how far one account is with SP that made a change at each of *moments*."""
    changes = [change(moment, marketplace=marketplace) for moment in moments]
    return only_product(changes, of, at(now))


# --- Weeks and days ------------------------------------------------------------------------------


def test_four_weeks_and_28_days_earn_the_reward() -> None:
    """Four changes in four weeks; the campaign has to be active until 28 days after the first."""
    [account] = progress_of(map(change, FOUR_WEEKS), TERMS, now=at("2022-10-05 12:00")).accounts

    assert account.advertiser == advertiser()
    assert account.earned == 200
    assert account.products == (
        ProductProgress(
            ad_product="SP",
            status=ProgressStatus.EARNED,
            changes=4,
            weeks=(date(2022, 9, 5), date(2022, 9, 12), date(2022, 9, 19), date(2022, 9, 26)),
            campaign_ids=("210000000000001",),
            active_until=at("2022-10-05 12:00"),
            not_known=(
                NotKnown.INVITATION,
                NotKnown.OTHER_CONDITIONS,
                NotKnown.CAMPAIGN_ACTIVE,
                NotKnown.MOMENT_APPLIED,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("now", "status"),
    [
        pytest.param("2022-10-04 12:00:00", ProgressStatus.ON_TRACK, id="27-days"),
        pytest.param("2022-10-05 11:59:59", ProgressStatus.ON_TRACK, id="a-second-short-of-28"),
        pytest.param("2022-10-05 12:00:00", ProgressStatus.EARNED, id="28-days"),
    ],
)
def test_28_days_have_to_pass_since_the_first_change(now: str, status: ProgressStatus) -> None:
    """Until then there is nothing to do but to keep the campaign active."""
    found = product(*FOUR_WEEKS, now=now)

    assert found.status is status
    assert found.active_until == at("2022-10-05 12:00")
    assert (found.missing_weeks, found.act_by) == (0, None)


def test_28_days_are_28_times_24_hours() -> None:
    """Of these one has 25 on the clock: from noon by daylight time to 11 by standard time."""
    found = product("2022-10-20 19:00", now="2022-10-20 20:00")

    assert found.active_until == at("2022-11-17 19:00")


def test_three_of_four_weeks_earn_nothing() -> None:
    """However many changes were made in them; a fourth week may come later."""
    moments = [*FOUR_WEEKS[:3], "2022-09-21 13:00", "2022-09-22 12:00"]

    found = product(*moments, now="2022-10-06 12:00")

    assert found.status is ProgressStatus.AT_RISK  # no change last week, none this week
    assert (found.changes, found.missing_weeks) == (5, 1)
    assert found.act_by == at("2022-12-31 20:00")
    assert NotKnown.OTHER_CHANGES in found.not_known


def test_three_of_four_weeks_are_on_track_while_the_fourth_is_the_next() -> None:
    """This week still has time for it, and last week has its change."""
    found = product(*FOUR_WEEKS[:3], now="2022-09-28 12:00")

    assert (found.status, found.missing_weeks) == (ProgressStatus.ON_TRACK, 1)


def test_three_of_four_weeks_are_out_of_reach_once_the_window_has_closed() -> None:
    """The moment of closing is past the window."""
    moments = ["2022-11-30 12:00", "2022-12-07 12:00", "2022-12-14 12:00"]

    before = product(*moments, now="2022-12-31 19:59:59")
    after = product(*moments, now="2022-12-31 20:00:00")

    assert (before.status, before.act_by) == (ProgressStatus.AT_RISK, at("2022-12-31 20:00"))
    assert (after.status, after.obstacle) == (ProgressStatus.OUT_OF_REACH, Obstacle.TOO_FEW_WEEKS)
    assert (after.missing_weeks, after.act_by) == (0, None)


def test_a_week_that_was_left_out_costs_nothing_unless_the_terms_say_so() -> None:
    """The first, second, fourth and fifth week are four weeks; in a row they are two."""
    moments = ["2022-09-07 12:00", "2022-09-14 12:00", "2022-09-28 12:00", "2022-10-05 12:00"]

    lenient = product(*moments, now="2022-10-06 12:00")
    strict = product(*moments, now="2022-10-06 12:00", of=IN_A_ROW)

    assert lenient.status is ProgressStatus.EARNED
    assert (strict.status, strict.missing_weeks) == (ProgressStatus.ON_TRACK, 2)
    assert strict.act_by == at("2022-10-17 07:00")  # the week after this one has to have a change


@pytest.mark.parametrize(
    ("sunday", "monday"),
    [
        pytest.param("2022-09-19 06:59:59", "2022-09-19 07:00:00", id="daylight-time"),
        pytest.param("2022-11-07 07:59:59", "2022-11-07 08:00:00", id="as-clocks-went-back"),
        pytest.param("2022-11-14 07:59:59", "2022-11-14 08:00:00", id="standard-time"),
    ],
)
def test_a_week_ends_at_midnight_in_pacific_time(sunday: str, monday: str) -> None:
    """Sunday 23:59:59 and Monday 00:00:00 there are in two weeks; the second before is not."""
    one = product(sunday, sunday, now="2022-12-01 00:00")
    two = product(sunday, monday, now="2022-12-01 00:00")

    assert (len(one.weeks), len(two.weeks)) == (1, 2)


def test_a_week_ends_at_midnight_as_clocks_go_forward() -> None:
    """12 March 2023 is a Sunday of 23 hours."""
    spring = terms(opens="2023-02-01T00:00", closes="2023-05-01T00:00")

    found = product("2023-03-13 06:59:59", "2023-03-13 07:00:00", now="2023-03-14 00:00", of=spring)

    assert found.weeks == (date(2023, 3, 6), date(2023, 3, 13))


def test_what_is_outside_of_the_window_counts_for_nothing() -> None:
    """A second too early, at the very closing, or later than now."""
    moments = ["2022-08-22 06:59:59", "2022-12-31 20:00:00", "2022-08-22 07:00:00"]

    progress = progress_of(map(change, moments), TERMS, now=at("2023-01-01 00:00"))
    early = progress_of(map(change, FOUR_WEEKS), TERMS, now=at("2022-09-14 12:00"))

    assert [each.changes for account in progress.accounts for each in account.products] == [1]
    assert progress.uncounted == {Uncounted.OUTSIDE_THE_WINDOW: 2}
    assert [each.changes for account in early.accounts for each in account.products] == [2]
    assert early.uncounted == {Uncounted.OUTSIDE_THE_WINDOW: 2}


# --- On track, at risk, out of reach -------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "status"),
    [
        pytest.param("2022-09-12 06:59", ProgressStatus.ON_TRACK, id="the-week-of-the-change"),
        pytest.param("2022-09-19 06:59", ProgressStatus.ON_TRACK, id="the-week-after-it"),
        pytest.param("2022-09-19 07:00", ProgressStatus.AT_RISK, id="a-week-was-missed"),
    ],
)
def test_a_change_a_week_keeps_the_pace(now: str, status: ProgressStatus) -> None:
    """A week that has just begun is not missed yet."""
    assert product("2022-09-07 12:00", now=now).status is status


@pytest.mark.parametrize(
    ("now", "status", "act_by"),
    [
        # Two more weeks are needed, and the last two begin on 19 and 26 December.
        pytest.param("2022-12-19 07:59", ProgressStatus.ON_TRACK, "2022-12-26 08:00", id="before"),
        pytest.param("2022-12-19 08:00", ProgressStatus.AT_RISK, "2022-12-26 08:00", id="in-it"),
        pytest.param("2022-12-26 07:59", ProgressStatus.AT_RISK, "2022-12-26 08:00", id="its-end"),
        pytest.param("2022-12-26 08:00", ProgressStatus.OUT_OF_REACH, None, id="too-late"),
    ],
)
def test_a_week_that_must_not_be_missed_is_a_risk(
    now: str, status: ProgressStatus, act_by: str | None
) -> None:
    """Even where last week has its change; once it is over without one, nothing helps."""
    found = product("2022-11-30 12:00", "2022-12-14 12:00", now=now)

    assert found.status is status
    assert found.act_by == (at(act_by) if act_by else None)
    assert found.obstacle is (None if act_by else Obstacle.TOO_FEW_WEEKS)


def test_the_change_of_this_week_takes_the_risk_away() -> None:
    """What is needed then is the last week, by noon of the 31st in Pacific time."""
    found = product(
        "2022-11-30 12:00", "2022-12-14 12:00", "2022-12-20 12:00", now="2022-12-20 13:00"
    )

    assert found.status is ProgressStatus.ON_TRACK
    assert (found.missing_weeks, found.act_by) == (1, at("2022-12-31 20:00"))


def test_weeks_in_a_row_are_at_risk_until_this_weeks_change() -> None:
    """A week without one would begin the row anew."""
    moments = ["2022-09-07 12:00", "2022-09-14 12:00"]

    found = product(*moments, now="2022-09-21 12:00", of=IN_A_ROW)

    assert (found.status, found.missing_weeks) == (ProgressStatus.AT_RISK, 2)
    assert found.act_by == at("2022-09-26 07:00")


def test_a_row_that_was_broken_can_begin_anew() -> None:
    """As late as on 5 December, for the last four weeks of the window."""
    moments = ["2022-09-07 12:00", "2022-09-14 12:00"]

    found = product(*moments, now="2022-09-26 12:00", of=IN_A_ROW)
    late = product(*moments, now="2022-12-12 08:00", of=IN_A_ROW)

    assert (found.status, found.missing_weeks) == (ProgressStatus.AT_RISK, 4)
    assert found.act_by == at("2022-12-12 08:00")
    assert (late.status, late.obstacle) == (ProgressStatus.OUT_OF_REACH, Obstacle.TOO_FEW_WEEKS)


def test_four_weeks_in_a_row_earn_the_reward() -> None:
    """Whatever else was left out."""
    found = product("2022-08-24 12:00", *FOUR_WEEKS, now="2022-10-05 12:00", of=IN_A_ROW)

    assert (found.status, found.changes) == (ProgressStatus.EARNED, 5)


@pytest.mark.parametrize(
    ("first", "status", "obstacle"),
    [
        pytest.param("2022-12-03 20:00:00", ProgressStatus.EARNED, None, id="28-days-to-go"),
        pytest.param(
            "2022-12-03 20:00:01",
            ProgressStatus.OUT_OF_REACH,
            Obstacle.TOO_FEW_DAYS,
            id="a-second-less",
        ),
    ],
)
def test_the_28_days_have_to_end_before_the_window_does(
    first: str, status: ProgressStatus, obstacle: Obstacle | None
) -> None:
    """Being active is a part of what has to be completed in the window."""
    weekly = ["2022-12-07 12:00", "2022-12-14 12:00", "2022-12-21 12:00"]

    found = product(first, *weekly, now="2022-12-31 20:00:00")

    assert (found.status, found.obstacle) == (status, obstacle)


@pytest.mark.parametrize(
    ("now", "status", "act_by"),
    [
        pytest.param("2022-08-22 06:00", ProgressStatus.ON_TRACK, "2022-12-03 20:00", id="before"),
        pytest.param(
            "2022-08-29 06:59", ProgressStatus.ON_TRACK, "2022-12-03 20:00", id="1st-week"
        ),
        pytest.param("2022-08-29 07:00", ProgressStatus.AT_RISK, "2022-12-03 20:00", id="2nd-week"),
        pytest.param("2022-12-03 20:00:00", ProgressStatus.AT_RISK, "2022-12-03 20:00", id="last"),
        pytest.param("2022-12-03 20:00:01", ProgressStatus.OUT_OF_REACH, None, id="too-late"),
    ],
)
def test_what_has_not_begun_has_to_begin_28_days_before_the_end(
    now: str, status: ProgressStatus, act_by: str | None
) -> None:
    """The only change known is of the day before the opening, when nothing counted yet."""
    found = product("2022-08-21 12:00", now=now)

    assert (found.status, found.changes, found.active_until) == (status, 0, None)
    assert found.act_by == (at(act_by) if act_by else None)
    assert found.missing_weeks == (4 if act_by else 0)
    assert found.obstacle is (None if act_by else Obstacle.TOO_FEW_DAYS)


def test_a_window_of_28_days_has_to_be_begun_as_it_opens() -> None:
    """That first moment is the last one, too."""
    short = terms(closes="2022-09-19T00:00")

    def beginning(now: str) -> ProductProgress:
        return product("2022-08-21 12:00", now=now, of=short)

    assert beginning("2022-08-15 06:59:59").status is ProgressStatus.ON_TRACK
    assert beginning("2022-08-22 07:00:00").status is ProgressStatus.AT_RISK
    assert beginning("2022-08-22 07:00:01").status is ProgressStatus.OUT_OF_REACH


def test_what_has_not_begun_has_to_begin_in_time_for_its_weeks() -> None:
    """Where the days would fit, and the weeks no longer do: the last four begin with 5 December."""
    found = product("2022-08-21 12:00", now="2022-09-01 12:00", of=terms(active_days=1))

    assert found.act_by == at("2022-12-12 08:00")


# --- Who, where and what -------------------------------------------------------------------------


def test_a_marketplace_that_is_not_eligible_earns_nothing() -> None:
    """Mexico is none of the fourteen; what was done there is shown all the same."""
    found = product(*FOUR_WEEKS, now="2022-10-05 12:00", marketplace="MX")

    assert found.status is ProgressStatus.OUT_OF_REACH
    assert found.obstacle is Obstacle.MARKETPLACE_NOT_ELIGIBLE
    assert (found.changes, len(found.weeks)) == (4, 4)
    assert (found.missing_weeks, found.act_by, found.not_known) == (0, None, ())


@pytest.mark.parametrize(
    "marketplace", ["AE", "AU", "CA", "DE", "ES", "FR", "GB", "IT", "JP", "NL", "PL", "SG", "TR"]
)
def test_the_other_eligible_marketplaces_earn_as_the_us_do(marketplace: str) -> None:
    """GB being the second code of the UK."""
    found = product(*FOUR_WEEKS, now="2022-10-05 12:00", marketplace=marketplace)

    assert found.status is ProgressStatus.EARNED


def test_a_vendor_earns_nothing() -> None:
    """The terms are for sellers."""
    changes = [change(moment, advertiser_type="VENDOR") for moment in FOUR_WEEKS]

    [account] = progress_of(changes, TERMS, now=at("2022-10-05 12:00")).accounts

    assert [each.obstacle for each in account.products] == [Obstacle.ADVERTISER_TYPE_NOT_ELIGIBLE]
    assert account.earned == 0
    assert account.attainable == 0


def test_uk_and_gb_are_one_marketplace() -> None:
    """Two weeks under each code are four weeks, and one reward."""
    changes = [
        change(moment, marketplace=code)
        for moment, code in zip(FOUR_WEEKS, ["UK", "GB", "UK", "GB"], strict=True)
    ]

    [account] = progress_of(changes, TERMS, now=at("2022-10-05 12:00")).accounts

    assert account.advertiser.marketplace == "UK"
    assert account.earned == 200


def test_another_account_or_marketplace_is_another_reward() -> None:
    """They are listed by marketplace, and by account in it."""
    places = [(2, "US"), (1, "US"), (1, "FR")]
    changes = [
        change(moment, account=account, marketplace=marketplace)
        for account, marketplace in places
        for moment in FOUR_WEEKS
    ]

    accounts = progress_of(changes, TERMS, now=at("2022-10-05 12:00")).accounts

    assert [each.advertiser for each in accounts] == [
        advertiser(1, marketplace="FR"),
        advertiser(1),
        advertiser(2),
    ]
    assert all(each.earned == 200 for each in accounts)


def test_three_ad_products_earn_600_in_a_marketplace_and_no_more() -> None:
    """Each by itself, in the order of the terms."""
    changes = [
        change(moment, ad_product=ad_product)
        for ad_product in ("SPONSORED_DISPLAY", "SP", "Sponsored Brands", "SB")
        for moment in FOUR_WEEKS
    ]

    [account] = progress_of(changes, TERMS, now=at("2022-10-05 12:00")).accounts

    assert [each.ad_product for each in account.products] == ["SP", "SB", "SD"]
    assert account.earned == 600
    assert account.attainable == 600


def test_the_amount_is_capped_for_a_marketplace() -> None:
    """A fourth ad product, or a lower cap, earns no more than the terms give."""
    changes = [
        change(moment, ad_product=ad_product)
        for ad_product in ("SP", "SB", "SD", "ST")
        for moment in FOUR_WEEKS
    ]

    def earned(**changes_of_terms: object) -> Decimal:
        of = terms(ad_products=["SP", "SB", "SD", "ST"], **changes_of_terms)
        [account] = progress_of(changes, of, now=at("2022-10-05 12:00")).accounts
        return account.earned

    assert earned() == 600
    assert earned(most_per_marketplace=500) == 500
    assert earned(most_per_marketplace=801) == 800


def test_what_can_still_be_earned_is_told_apart_from_what_is() -> None:
    """SP is earned, SB is on track, and SD has begun too late."""
    changes = [
        *(change(f"2022-{day} 12:00") for day in ("09-07", "09-14", "09-21", "09-28")),
        *(change(f"2022-{day} 12:00", ad_product="SB") for day in ("12-01", "12-07")),
        change("2022-12-05 12:00", ad_product="SD"),
    ]

    [account] = progress_of(changes, TERMS, now=at("2022-12-08 12:00")).accounts

    assert [each.status for each in account.products] == [
        ProgressStatus.EARNED,
        ProgressStatus.ON_TRACK,
        ProgressStatus.OUT_OF_REACH,
    ]
    assert account.earned == 200
    assert account.attainable == 400


def test_campaigns_count_together() -> None:
    """Each is named once, in the order of its first change; one without an id is not named."""
    campaigns = ["b", None, "a", "b"]
    changes = [
        change(moment, campaign_id=campaign_id)
        for moment, campaign_id in zip(FOUR_WEEKS, campaigns, strict=True)
    ]

    [account] = progress_of(changes, TERMS, now=at("2022-10-05 12:00")).accounts

    assert account.earned == 200
    assert account.products[0].campaign_ids == ("b", "a")


def test_campaigns_that_were_changed_together_are_in_the_order_of_their_ids() -> None:
    """One request changes many at the same moment, and the ledger gives them in any order."""
    changes = [change(FOUR_WEEKS[0], campaign_id=each) for each in ("b", None, "c", "a")]

    found = only_product(changes, TERMS, at(FOUR_WEEKS[0]))

    assert found.campaign_ids == ("a", "b", "c")


def test_what_counts_for_nothing_is_counted_with_its_reason() -> None:
    """Nothing that the ledger holds is lost without a word."""
    changes = [
        change("2022-09-07 12:00", ad_product=None),
        change("2022-09-07 12:00", ad_product="ST"),
        change("2022-09-07 12:00", ad_product="AMAZON_DSP"),
        change("2022-08-01 12:00", account=2),
    ]

    progress = progress_of(changes, TERMS, now=at("2022-09-08 12:00"))

    assert [each.advertiser for each in progress.accounts] == [advertiser(2)]
    assert progress.uncounted == {
        Uncounted.NO_AD_PRODUCT: 1,
        Uncounted.OTHER_AD_PRODUCT: 2,
        Uncounted.OUTSIDE_THE_WINDOW: 1,
    }


def test_without_changes_there_is_no_progress() -> None:
    """An account that the ledger knows nothing of is not made up."""
    progress = progress_of([], TERMS, now=at("2022-09-08 12:00"))

    assert (progress.accounts, progress.uncounted) == ((), {})


# --- Whatever comes ------------------------------------------------------------------------------

BEST_FIRST: Final = list(ProgressStatus)

# A window of seven weeks, so that few changes meet in its weeks and on its edges.
SHORT_WINDOW: Final[Any] = {
    "opens": "2022-10-12T00:00",
    "closes": "2022-11-25T12:00",
    "active_days": 10,
}
some_terms = st.sampled_from(
    [
        terms(**SHORT_WINDOW, weeks=weeks, consecutive_weeks=in_a_row, most_per_marketplace=500)
        for weeks in (1, 3)
        for in_a_row in (False, True)
    ]
)
moments = st.integers(-2 * 24, 48 * 24).map(
    lambda hours: at("2022-10-12 07:00") + timedelta(hours=hours)
)
one_change = st.builds(
    AppliedChange,
    advertiser=st.sampled_from([advertiser(1), advertiser(1, marketplace="MX")]),
    ad_product=st.sampled_from(["SP", "SB", "SD", None]),
    campaign_id=st.sampled_from(["a", "b", None]),
    applied_at=moments,
)
some_changes = st.lists(one_change, max_size=12)
some_moments = st.lists(moments, min_size=1, max_size=6)


@given(changes=some_changes, more=some_changes, of=some_terms, now=moments)
def test_more_changes_never_make_it_worse(
    changes: list[AppliedChange], more: list[AppliedChange], of: PromotionTerms, now: datetime
) -> None:
    """No status falls, no amount shrinks, and no more weeks are missing."""
    before = progress_of(changes, of, now=now)
    after = {each.advertiser: each for each in progress_of(changes + more, of, now=now).accounts}

    for account in before.accounts:
        then = after[account.advertiser]
        products = {each.ad_product: each for each in then.products}
        assert then.earned >= account.earned
        assert then.attainable >= account.attainable
        for each in account.products:
            better = products[each.ad_product]
            assert BEST_FIRST.index(better.status) <= BEST_FIRST.index(each.status)
            if each.status is not ProgressStatus.OUT_OF_REACH:
                assert better.missing_weeks <= each.missing_weeks


@given(changes=some_changes, of=some_terms, now=moments)
def test_no_marketplace_gives_more_than_the_terms_say(
    changes: list[AppliedChange], of: PromotionTerms, now: datetime
) -> None:
    """And nothing is earned that is not attainable."""
    for account in progress_of(changes, of, now=now).accounts:
        assert 0 <= account.earned <= account.attainable <= 500


@given(changes=some_changes, of=some_terms, now=moments, random=st.randoms(use_true_random=False))
def test_the_order_of_changes_does_not_matter(
    changes: list[AppliedChange], of: PromotionTerms, now: datetime, random: Random
) -> None:
    """They may come from the ledger in any."""
    shuffled = random.sample(changes, len(changes))

    assert progress_of(shuffled, of, now=now) == progress_of(changes, of, now=now)


@given(changed_at=some_moments, of=some_terms, now=moments)
def test_what_is_done_in_time_is_earned(
    changed_at: list[datetime], of: PromotionTerms, now: datetime
) -> None:
    """A change before each deadline earns whatever is not out of reach, and nothing else does."""
    made = [AppliedChange(advertiser(1), "SP", "a", moment) for moment in changed_at]
    possible = only_product(made, of, now).status is not ProgressStatus.OUT_OF_REACH
    clock = now
    while act_by := only_product(made, of, clock).act_by:
        clock = max(clock, act_by - timedelta.resolution)
        made.append(AppliedChange(advertiser(1), "SP", "a", clock))

    earned = only_product(made, of, of.closing).status is ProgressStatus.EARNED

    assert earned is possible
