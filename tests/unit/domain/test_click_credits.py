"""Which click credits can be earned, and what they add up to."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.click_credit_offer import ClickCreditOffer
from recommendation_applier.domain.click_credits import (
    OfferFilter,
    days_left,
    open_offers,
    qualifying_action,
    totals,
)
from recommendation_applier.domain.opportunity import CLICK_CREDITS
from recommendation_applier.domain.published_catalogue import published_catalogue
from tests.builders import NOW
from tests.click_credit_builders import OFFER_OPPORTUNITY, offer

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def ending(after: timedelta, **cells: Any) -> ClickCreditOffer:
    """Make an offer that ends so long after NOW."""
    return offer(promotionEndDate=(NOW + after).isoformat(), **cells)


def chosen(*offers: ClickCreditOffer, **wanted: Any) -> list[ClickCreditOffer]:
    """Choose among *offers* at NOW."""
    return list(open_offers(offers, OfferFilter(**wanted), now=NOW))


@pytest.mark.parametrize(
    ("left", "days"),
    [
        (30 * DAY, 30),
        (2 * DAY - SECOND, 1),
        (DAY, 1),
        (DAY - SECOND, 0),
        (timedelta(0), 0),
        (-SECOND, -1),
        (-DAY, -1),
    ],
)
def test_days_left_are_whole_days(left: timedelta, days: int) -> None:
    """0 on the last one, and below 0 once the offer has ended."""
    assert days_left(ending(left), now=NOW) == days


def test_an_offer_that_has_ended_cannot_be_earned() -> None:
    """Its end is not part of it; one that has yet to begin is listed."""
    later = offer(
        promotionStartDate=(NOW + DAY).isoformat(), promotionEndDate=(NOW + 2 * DAY).isoformat()
    )
    last = ending(SECOND)

    assert chosen(ending(timedelta(0)), ending(-DAY), later, last) == [last, later]


def test_the_soonest_to_end_comes_first() -> None:
    """Of those that end together, by marketplace, advertiser and promotion."""
    in_order = [
        ending(DAY, marketplace="US"),
        ending(2 * DAY, marketplace="DE", encryptedAdvertiserId="A2"),
        ending(2 * DAY, marketplace="US", encryptedAdvertiserId="A1", promotionId="2"),
        ending(2 * DAY, marketplace="US", encryptedAdvertiserId="A2", promotionId="1"),
        ending(2 * DAY, marketplace="US", encryptedAdvertiserId="A2", promotionId="2"),
    ]

    assert chosen(*reversed(in_order)) == in_order


def test_an_offer_that_stands_in_the_file_twice_is_one() -> None:
    """So it is not added up twice."""
    assert chosen(offer(), offer()) == [offer()]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param("A0000000000001", True, id="advertiser"),
        pytest.param("a0000000000001", True, id="advertiser-in-lower-case"),
        pytest.param("ENTITY0000000000001", True, id="entity"),
        pytest.param("3141592653589793", True, id="profile"),
        pytest.param("northern", True, id="part-of-the-name"),
        pytest.param("A000000000000", False, id="part-of-an-id"),
        pytest.param("Southern", False, id="another"),
    ],
)
def test_an_advertiser_is_found_by_id_or_name(wanted: str, found: bool) -> None:  # noqa: FBT001
    """An id is wanted whole, of a name a part is enough."""
    assert chosen(offer(), advertiser=wanted) == ([offer()] if found else [])


def test_an_advertiser_without_name_entity_or_profile_is_found_by_its_id() -> None:
    """What the file does not say, is not what was wanted."""
    bare = offer(advertiserName="", entityId="", profileId="")

    assert chosen(bare, advertiser="A0000000000001") == [bare]
    assert chosen(bare, advertiser="none") == []


@pytest.mark.parametrize("wanted", ["UK", "GB", "gb"])
def test_a_marketplace_is_found_by_any_of_its_codes(wanted: str) -> None:
    """In upper or lower case."""
    british = offer(marketplace="GB")

    assert chosen(british, offer(marketplace="DE"), marketplace=wanted) == [british]


def test_a_type_of_promotion_is_found_in_upper_or_lower_case() -> None:
    """As it stands in the file, whatever types there are."""
    other = offer(promotionType="Onb")

    assert chosen(offer(), other, promotion_type="oNB") == [other]


def test_offers_that_end_within_days_are_found() -> None:
    """To the second."""
    last, next_one = ending(7 * DAY), ending(7 * DAY + SECOND)

    assert chosen(last, next_one, ending_within_days=7) == [last]
    assert chosen(last, next_one, ending_within_days=10**12) == [last, next_one]


def test_every_filter_has_to_fit() -> None:
    """Each of them alone would let one more pass."""
    wanted = {"advertiser": "A1", "marketplace": "DE", "promotion_type": "ACQ"}
    fits = ending(DAY, encryptedAdvertiserId="A1", marketplace="DE")
    others = [
        ending(DAY, encryptedAdvertiserId="A2", marketplace="DE"),
        ending(DAY, encryptedAdvertiserId="A1", marketplace="FR"),
        ending(DAY, encryptedAdvertiserId="A1", marketplace="DE", promotionType="ONB"),
        ending(3 * DAY, encryptedAdvertiserId="A1", marketplace="DE"),
    ]

    assert chosen(fits, *others, ending_within_days=2, **wanted) == [fits]


def test_totals_never_mix_currencies() -> None:
    """Each is a sum by itself, exact to the cent."""
    offers = [
        offer(promotionAmountLc="0.10", promotionAmountCurrency="USD"),
        offer(promotionAmountLc="0.20", promotionAmountCurrency="USD"),
        offer(promotionAmountLc="200", promotionAmountCurrency="EUR"),
        offer(promotionAmountLc="30,000", promotionAmountCurrency="JPY"),
    ]

    added = totals(offers)

    assert list(added.items()) == [
        ("EUR", Decimal(200)),
        ("JPY", Decimal(30_000)),
        ("USD", Decimal("0.30")),
    ]


def test_no_offers_add_up_to_nothing() -> None:
    """Not even to a zero of some currency."""
    assert totals([]) == {}


@given(
    cents=st.lists(
        st.tuples(st.sampled_from(["EUR", "JPY", "USD"]), st.integers(1, 10**9)), max_size=20
    )
)
def test_every_offer_is_in_one_total(cents: list[tuple[str, int]]) -> None:
    """The sum of each currency is that of its offers."""
    offers = [
        offer(promotionAmountLc=f"{Decimal(amount) / 100:f}", promotionAmountCurrency=currency)
        for currency, amount in cents
    ]

    assert {currency: int(total * 100) for currency, total in totals(offers).items()} == {
        currency: sum(amount for each, amount in cents if each == currency)
        for currency in {each for each, _ in cents}
    }


@pytest.mark.parametrize(
    ("uuid", "action"),
    [
        ("3c2e9389-8504-4e2d-b708-98f5f0747d81", "launch a Sponsored Brands campaign"),
        (
            "7482e3a0-aad1-4383-86b8-8c95362a06ff",
            "launch a Sponsored Products campaign with no end date",
        ),
        (
            "c79466cd-1c70-4a54-b660-d4b9533df540",
            "keep a Sponsored Products campaign active for 30 days",
        ),
    ],
)
def test_the_catalogue_says_what_earns_the_credits(uuid: str, action: str) -> None:
    """For the three opportunities that it had; of another only Amazon's invitation tells."""
    assert qualifying_action(f"amzn1.ads-partner1.opportunity.{uuid}") == action
    assert qualifying_action(uuid) is None


def test_every_click_credit_opportunity_of_the_catalogue_has_its_action() -> None:
    """The catalogue that is shipped names the same three."""
    click_credits = [
        each.partner_opportunity_id
        for each in published_catalogue().opportunities.values()
        if each.objective_type == CLICK_CREDITS
    ]

    assert len(click_credits) == 3
    assert all(map(qualifying_action, click_credits))
    assert OFFER_OPPORTUNITY in click_credits
