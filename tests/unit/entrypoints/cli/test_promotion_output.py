"""What is printed of a promotion's progress."""

import csv
import io
import json
from datetime import datetime
from typing import Any

import pytest

from recommendation_applier.domain.promotion_progress import NotKnown, PromotionProgress
from recommendation_applier.domain.promotions import progress_of
from recommendation_applier.entrypoints.cli import promotion_output
from recommendation_applier.entrypoints.cli.output import print_json, write_csv
from tests.promotion_builders import at, change, terms

NOW = at("2022-10-05 12:00")
CHANGES = [
    *(change(f"2022-{day} 12:00") for day in ("09-07", "09-14", "09-21", "09-28")),
    change("2022-10-04 12:00", ad_product="SB", campaign_id=None),
    change("2022-10-04 12:00", marketplace="MX"),
    change("2022-08-01 12:00"),
]


def progress() -> PromotionProgress:
    """Say how far two accounts are: one with two ad products, and one that is not eligible."""
    return progress_of(CHANGES, terms(), now=NOW)


def facts(now: datetime = NOW, **changes: Any) -> dict[str, Any]:
    """Say what stands above the table."""
    return promotion_output.facts_of(progress(), terms(**changes), now)


def test_a_table_has_the_clock_of_the_promotion() -> None:
    """Deadlines as they are in Pacific time, and money with its currency."""
    rows = [
        promotion_output.for_people(row, terms())
        for row in promotion_output.rows_of(progress(), terms())
    ]

    assert [[row[column] for column in promotion_output.TABLE] for row in rows] == [
        [
            *("MX", "A0000000000001", "SP", "OUT_OF_REACH", "1 of 4", ""),
            *("2022-11-01 05:00 PDT", "MARKETPLACE_NOT_ELIGIBLE", "0 USD", "0 USD"),
        ],
        [
            *("US", "A0000000000001", "SP", "EARNED", "4 of 4", ""),
            *("2022-10-05 05:00 PDT", None, "200 USD", "400 USD"),
        ],
        [
            *("US", "A0000000000001", "SB", "ON_TRACK", "1 of 4", "2022-12-19 00:00 PST"),
            *("2022-11-01 05:00 PDT", None, "200 USD", "400 USD"),
        ],
    ]


def test_what_is_said_above_the_table() -> None:
    """Window, reward, how many stand how, what does not count, and what nobody knows."""
    said = facts()

    assert said["window"] == "2022-08-22 00:00 PDT to 2022-12-31 12:00 PST"
    assert said["reward"] == "200 USD for an ad product, at most 600 USD in a marketplace"
    assert said["standing"] == "EARNED 1, ON_TRACK 1, OUT_OF_REACH 1"
    assert said["not counted"] == "OUTSIDE_THE_WINDOW 1"
    assert said["not known"].startswith("whether Amazon has invited the advertiser; whether")
    assert "good standing (11)" in said["other conditions"]
    assert facts(other_conditions=())["other conditions"] == ""


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2022-08-22 06:59:59", ", not open yet"),
        ("2022-08-22 07:00:00", ""),
        ("2022-12-31 19:59:59", ""),
        ("2022-12-31 20:00:00", ", closed: name the terms of another promotion with --terms"),
    ],
)
def test_a_window_that_is_not_open_is_said_to_be(now: str, state: str) -> None:
    """The shipped terms are of 2022: nobody should wonder why nothing counts."""
    assert facts(at(now))["window"] == f"2022-08-22 00:00 PDT to 2022-12-31 12:00 PST{state}"


def test_everything_that_is_not_known_has_its_words() -> None:
    """So that a new one is not forgotten."""
    assert promotion_output.NOT_KNOWN.keys() == set(NotKnown)


def test_a_spreadsheet_has_a_row_for_each_ad_product(capsys: pytest.CaptureFixture[str]) -> None:
    """Moments in UTC, numbers as numbers."""
    file = io.StringIO()

    write_csv(promotion_output.rows_of(progress(), terms()), promotion_output.CSV, file)

    [_, earned, on_track] = csv.DictReader(file.getvalue().splitlines())
    assert earned == {
        "marketplace": "US",
        "encryptedAdvertiserId": "A0000000000001",
        "entityId": "ENTITY0000000000001",
        "advertiserType": "SELLER",
        "adProduct": "SP",
        "status": "EARNED",
        "changes": "4",
        "weeks": "4",
        "missingWeeks": "0",
        "actBy": "",
        "activeUntil": "2022-10-05T12:00:00Z",
        "obstacle": "",
        "campaignIds": "210000000000001",
        "earnedInMarketplace": "200",
        "attainableInMarketplace": "400",
        "currency": "USD",
    }
    assert (on_track["missingWeeks"], on_track["actBy"]) == ("3", "2022-12-19T08:00:00Z")
    assert capsys.readouterr().out == ""


def test_a_program_is_told_everything(capsys: pytest.CaptureFixture[str]) -> None:
    """The terms, the accounts with their ad products, and what is not known of each."""
    print_json(promotion_output.document_of(progress(), terms(), NOW))

    document = json.loads(capsys.readouterr().out)
    assert document["asOf"] == "2022-10-05T12:00:00Z"
    assert document["promotion"]["opens"] == "2022-08-22T07:00:00Z"
    assert document["promotion"]["reward"] == "200"
    assert document["uncounted"] == {"OUTSIDE_THE_WINDOW": 1}
    assert document["notKnown"]["INVITATION"] == "whether Amazon has invited the advertiser"
    [mexico, states] = document["accounts"]
    assert (mexico["marketplace"], mexico["earned"], mexico["attainable"]) == ("MX", "0", "0")
    assert mexico["products"][0]["obstacle"] == "MARKETPLACE_NOT_ELIGIBLE"
    assert (states["earned"], states["attainable"]) == ("200", "400")
    assert states["products"][0] == {
        "adProduct": "SP",
        "status": "EARNED",
        "changes": 4,
        "weeks": ["2022-09-05", "2022-09-12", "2022-09-19", "2022-09-26"],
        "missingWeeks": 0,
        "actBy": None,
        "activeUntil": "2022-10-05T12:00:00Z",
        "obstacle": None,
        "campaignIds": ["210000000000001"],
        "notKnown": ["INVITATION", "OTHER_CONDITIONS", "CAMPAIGN_ACTIVE", "MOMENT_APPLIED"],
    }
