"""What is printed of click-credit offers."""

import json
from datetime import timedelta

import pytest

from recommendation_applier.domain.click_credit_offer import RefusedRow, read_offer
from recommendation_applier.domain.opportunity_rows import UnreadableRow
from recommendation_applier.entrypoints.cli import offer_output
from recommendation_applier.entrypoints.cli.output import print_json
from tests.click_credit_builders import OFFER_OPPORTUNITY, offer, offer_row

NOW = offer().promotion_start_date + timedelta(days=20, hours=1)


def refused(**cells: object) -> RefusedRow:
    """Make a row that is refused."""
    read = read_offer(offer_row(**cells), partner_opportunity_id=OFFER_OPPORTUNITY)
    assert isinstance(read, RefusedRow)
    return read


def test_a_table_has_what_a_person_asks_for() -> None:
    """How long, where, who, what and how much; an advertiser without a name by its id alone."""
    rows = [
        offer_output.for_people(offer_output.row_of(each, NOW))
        for each in (offer(), offer(advertiserName=""))
    ]

    assert [[row[column] for column in offer_output.TABLE] for row in rows] == [
        [
            *(9, "2026-12-01 00:00Z", "US", "Northern Lamps A0000000000001", "ACQ", "200 USD"),
            "launch a Sponsored Brands campaign",
        ],
        [
            *(9, "2026-12-01 00:00Z", "US", "A0000000000001", "ACQ", "200 USD"),
            "launch a Sponsored Brands campaign",
        ],
    ]


def test_totals_are_by_currency() -> None:
    """Under the table, with how many there are."""
    offers = [offer(), offer(promotionAmountLc="50.5"), offer(promotionAmountCurrency="EUR")]

    assert offer_output.facts_of(offers) == {"offers": "3", "total": "200 EUR, 250.5 USD"}
    assert offer_output.facts_of([]) == {"offers": "0", "total": ""}


def test_rows_that_were_refused_are_told_by_kind() -> None:
    """The commonest first, each with its first sentence."""
    refusals = offer_output.Refusals()
    for row in (
        UnreadableRow("line 7: 1 cells under 2 columns"),
        refused(promotionAmountLc="-5"),
        refused(promotionAmountLc="-6"),
        refused(promotionId="", marketplace=""),
    ):
        refusals.add(row)

    assert [(row["columns"], row["rows"]) for row in refusals.rows()] == [
        ("promotionAmountLc", 2),
        ("unreadable", 1),
        ("promotionId marketplace", 1),
    ]
    assert refusals.rows()[0]["first"].startswith("promotionAmountLc is '-5'; it must be")
    assert refusals.rows()[1]["first"] == "line 7: 1 cells under 2 columns"


def test_a_program_is_told_everything(capsys: pytest.CaptureFixture[str]) -> None:
    """Every column, in the words of the files."""
    refusals = offer_output.Refusals()
    refusals.add(refused(marketplace=""))

    print_json(offer_output.document_of([offer()], refusals, NOW))

    document = json.loads(capsys.readouterr().out)
    assert document["asOf"] == "2026-11-21T01:00:00Z"
    assert document["totals"] == {"USD": "200"}
    assert [row["columns"] for row in document["refused"]] == ["marketplace"]
    assert document["offers"] == [
        {
            "partnerOpportunityId": OFFER_OPPORTUNITY,
            "qualifyingAction": "launch a Sponsored Brands campaign",
            "promotionId": "PROMO-1",
            "promotionType": "ACQ",
            "promotionAmountLc": "200",
            "promotionAmountCurrency": "USD",
            "promotionStartDate": "2026-11-01T00:00:00Z",
            "promotionEndDate": "2026-12-01T00:00:00Z",
            "daysLeft": 9,
            "creditDistributionSla": 14,
            "encryptedAdvertiserId": "A0000000000001",
            "advertiserName": "Northern Lamps",
            "advertiserType": "SELLER_CENTRAL_ENTITY",
            "entityId": "ENTITY0000000000001",
            "marketplace": "US",
            "profileId": "3141592653589793",
        }
    ]
    assert document["offers"][0].keys() == set(offer_output.CSV)
