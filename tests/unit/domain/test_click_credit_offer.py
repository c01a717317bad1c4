"""Rows of the CLICK_CREDITS opportunities' data files, and why one is refused."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recommendation_applier.domain.click_credit_offer import (
    ClickCreditOffer,
    RefusedRow,
    WrongCell,
    read_offer,
)
from recommendation_applier.domain.dates import DATE_RULE
from tests.click_credit_builders import OFFER_OPPORTUNITY, offer, offer_row

ID_RULE = "must be a string of 1 to 256 printable characters without spaces around it"
AMOUNT_RULE = "must be an amount above 0, such as '200' or '1,234.50'"
CURRENCY_RULE = "must be the code of a currency, such as 'USD'"
NO_AMOUNTS: list[object] = [
    *["", "0", "0.00", 0, "-5", -5, 1e17, float("nan"), float("inf"), True, None, {}],
    *["1,50", "1,2345", "12,34,567", "1.234,50", "1,234,567,890,123,456", "1234567890123"],
    *["$5", "5 USD", "1e3", "nan", "1.", ".5", "1.1234567"],
]
START = datetime(2026, 11, 1, tzinfo=UTC)


def refused(row: dict[str, Any]) -> RefusedRow:
    """Read a *row* that is expected to be refused."""
    read = read_offer(row, partner_opportunity_id=OFFER_OPPORTUNITY)
    assert isinstance(read, RefusedRow), read
    return read


def test_a_row_is_an_offer() -> None:
    """The columns of the guide, with dates as epochs of microseconds."""
    read = offer()

    assert read.partner_opportunity_id == OFFER_OPPORTUNITY
    assert (read.promotion_id, read.promotion_type) == ("PROMO-1", "ACQ")
    assert (read.promotion_amount_lc, read.promotion_amount_currency) == (Decimal(200), "USD")
    assert (read.promotion_start_date, read.promotion_end_date) == (
        START,
        START + timedelta(days=30),
    )
    assert read.credit_distribution_sla == 14
    assert (read.encrypted_advertiser_id, read.marketplace) == ("A0000000000001", "US")
    assert (read.advertiser_name, read.advertiser_type) == (
        "Northern Lamps",
        "SELLER_CENTRAL_ENTITY",
    )
    assert (read.entity_id, read.profile_id) == ("ENTITY0000000000001", "3141592653589793")


def test_json_may_hold_numbers() -> None:
    """The same offer as from CSV."""
    numbers = offer(
        promotionAmountLc=200,
        promotionStartDate=1793491200000000,
        promotionEndDate=1796083200000000,
        creditDistributionSla=14,
        profileId=3141592653589793,
    )

    assert numbers == offer()


def test_spaces_around_a_cell_are_nothing() -> None:
    """A file writer's padding refuses no row."""
    assert offer(**{column: f" {cell} " for column, cell in offer_row().items()}) == offer()


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("0.01", "0.01"),
        ("200.50", "200.50"),
        ("1,234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("123456789012.123456", "123456789012.123456"),
        (150.25, "150.25"),
        (150.0, "150.0"),
    ],
)
def test_an_amount_is_read_exactly(cell: object, amount: str) -> None:
    """With the thousands commas that the files have elsewhere."""
    assert str(offer(promotionAmountLc=cell).promotion_amount_lc) == amount


@pytest.mark.parametrize("cell", [*NO_AMOUNTS, pytest.param("٢٠٠", id="arabic-digits")], ids=repr)
def test_what_is_no_amount_is_refused(cell: object) -> None:
    """Nobody is promised an amount that was guessed at."""
    assert refused(offer_row(promotionAmountLc=cell)).cells == (
        WrongCell("promotionAmountLc", cell, AMOUNT_RULE),
    )


@pytest.mark.parametrize("cell", ["usd", "US", "USDX", "", "US1", "$", 840, None])
def test_what_is_no_currency_is_refused(cell: object) -> None:
    """Three capital letters."""
    assert refused(offer_row(promotionAmountCurrency=cell)).cells == (
        WrongCell("promotionAmountCurrency", cell, CURRENCY_RULE),
    )


@pytest.mark.parametrize("cell", ["", "   ", "a\nb", "x" * 257, True, None, [], {}])
@pytest.mark.parametrize(
    "column", ["promotionId", "promotionType", "encryptedAdvertiserId", "marketplace"]
)
def test_what_an_offer_is_known_by_must_be_there(column: str, cell: object) -> None:
    """Without it nobody knows whose it is."""
    assert refused(offer_row(**{column: cell})).cells == (WrongCell(column, cell, ID_RULE),)


@pytest.mark.parametrize("cell", ["", "soon", None, True, "2026-13-01"])
@pytest.mark.parametrize("column", ["promotionStartDate", "promotionEndDate"])
def test_what_is_no_date_is_refused(column: str, cell: object) -> None:
    """With all the notations that are."""
    assert refused(offer_row(**{column: cell})).cells == (WrongCell(column, cell, DATE_RULE),)


def test_an_offer_ends_after_it_begins() -> None:
    """Not at the same moment, nor before."""
    start = offer_row()["promotionStartDate"]
    earlier = "2026-10-31T23:59:59Z"

    for end in (start, earlier):
        assert refused(offer_row(promotionEndDate=end)).cells == (
            WrongCell("promotionEndDate", end, "must be later than promotionStartDate"),
        )


def test_a_row_is_refused_with_all_that_is_wrong_with_it() -> None:
    """In a sentence that names column, value and rule."""
    row = offer_row(promotionAmountLc="-5", promotionStartDate="soon")
    del row["marketplace"]

    assert str(refused(row)) == (
        f"promotionAmountLc is '-5'; it {AMOUNT_RULE}; promotionStartDate is 'soon'; "
        f"it {DATE_RULE}; marketplace is missing; it {ID_RULE}"
    )


def test_a_row_without_a_cell_lacks_eight() -> None:
    """Those that say how much, for whom and when."""
    assert [cell.column for cell in refused({}).cells] == [
        "promotionId",
        "promotionType",
        "promotionAmountLc",
        "promotionAmountCurrency",
        "promotionStartDate",
        "promotionEndDate",
        "encryptedAdvertiserId",
        "marketplace",
    ]


@pytest.mark.parametrize("cell", ["", "soon", "-1", "1.5", "14 days", True, None, [], 10**9])
def test_days_until_the_credits_come_may_be_unknown(cell: object) -> None:
    """Nothing depends on them."""
    assert offer(creditDistributionSla=cell).credit_distribution_sla is None


def test_days_may_be_written_as_json_writes_numbers() -> None:
    """14.0 are fourteen."""
    assert offer(creditDistributionSla=14.0).credit_distribution_sla == 14
    assert offer(creditDistributionSla="0").credit_distribution_sla == 0


@pytest.mark.parametrize("cell", ["", None, [], {}, True])
def test_what_is_only_shown_may_be_missing(cell: object) -> None:
    """An entity's id is said to be there for vendors only."""
    read = offer(advertiserName=cell, advertiserType=cell, entityId=cell, profileId=cell)

    assert (read.advertiser_name, read.advertiser_type, read.entity_id, read.profile_id) == (
        None,
        None,
        None,
        None,
    )


def test_what_amazon_adds_breaks_nothing() -> None:
    """Another type of promotion, another marketplace, another column."""
    read = offer(promotionType="WINBACK", marketplace="KZ", promotionTerms="new")

    assert (read.promotion_type, read.marketplace) == ("WINBACK", "KZ")


@pytest.mark.parametrize(
    ("cell", "marketplace"),
    [("UK", "UK"), ("GB", "UK"), ("A1F83G8C2ARO7P", "UK"), ("A1PA6795UKMFR9", "DE"), ("BE", "BE")],
)
def test_a_marketplace_is_known_by_code_or_id(cell: str, marketplace: str) -> None:
    """By one code in the end."""
    assert offer(marketplace=cell).marketplace == marketplace


def test_the_opportunity_is_the_one_that_the_file_is_of() -> None:
    """Whatever a cell says."""
    assert offer(partnerOpportunityId="another").partner_opportunity_id == OFFER_OPPORTUNITY


def test_an_opportunity_without_an_id_is_refused() -> None:
    """With what was passed in."""
    assert read_offer(offer_row(), partner_opportunity_id="") == RefusedRow(
        (WrongCell("partnerOpportunityId", "", ID_RULE),)
    )


def test_an_offer_does_not_change() -> None:
    """It can be counted once by putting it into a set."""
    with pytest.raises(ValidationError, match="frozen"):
        offer().promotion_type = "ONB"  # type: ignore[misc]

    assert len({offer(), offer(), offer(promotionType="ONB")}) == 2


@given(
    row=st.dictionaries(
        st.sampled_from([*offer_row(), "another"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
    )
)
def test_whatever_is_read_is_an_offer_or_refused(row: dict[str, Any]) -> None:
    """A refusal names at least one cell, as it came."""
    read = read_offer(offer_row() | row, partner_opportunity_id=OFFER_OPPORTUNITY)

    if isinstance(read, ClickCreditOffer):
        assert read.promotion_amount_lc > 0
        assert read.promotion_start_date < read.promotion_end_date
    else:
        assert read.cells
        assert all(cell.column in str(read) for cell in read.cells)
