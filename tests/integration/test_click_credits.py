"""`applier click-credits` against a deployed stack and an emulated Amazon."""

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from recommendation_applier.domain.opportunity import CLICK_CREDITS
from tests.builders import body
from tests.click_credit_builders import OFFER_OPPORTUNITY, offer_row
from tests.emulator.amazon_opportunities import Opportunity
from tests.emulator.deployment import Deployment
from tests.operator import applier, let_operators_reach, sentence_of
from tests.promotion_builders import TERMS_TEXT

STACK = ("--stack", "recommendation-applier")
WEEK = timedelta(days=7)


def progress(*arguments: str) -> Any:
    """Ask how far everybody is."""
    result = applier("click-credits", "progress", *STACK, "--json", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def current_terms(folder: Path, opens: datetime) -> str:
    """Write the terms of 2022 for a window of ten weeks; name the file."""
    dated = f"opens = {opens:%Y-%m-%dT%H:%M:%S}\ncloses = {opens + 10 * WEEK:%Y-%m-%dT%H:%M:%S}\n"
    kept = [line for line in TERMS_TEXT.splitlines() if not line.startswith(("opens", "closes"))]
    file = folder / "terms.toml"
    file.write_text("\n".join([dated, *kept]))
    return str(file)


def apply(deployment: Deployment, *bodies: str) -> None:
    """Let recommendations be applied, and the ledger learn of it."""
    deployment.invoke(*bodies)
    deployment.amazon.settle()
    deployment.follow_up_until_settled()


# --- progress ------------------------------------------------------------------------------------


def test_four_weeks_of_applied_recommendations_earn_the_reward(
    deployment: Deployment, tmp_path: Path
) -> None:
    """From the Stream through the ledger to the promotion, as time passes."""
    terms = current_terms(tmp_path, deployment.clock.now() - timedelta(days=1))
    for number in range(4):
        apply(deployment, body(f"rec-{number}"))
        deployment.let_time_pass(WEEK - timedelta(hours=1))
    [before] = progress("--terms", terms)["accounts"]
    deployment.let_time_pass(timedelta(hours=4))

    [after] = progress("--terms", terms)["accounts"]

    assert before["products"][0]["status"] == "ON_TRACK"
    assert (before["earned"], before["attainable"]) == ("0", "200")
    assert after["products"][0]["status"] == "EARNED"
    assert after["earned"] == "200"
    assert after["products"][0]["campaignIds"] == ["210000000000001"]


def test_only_what_was_applied_is_a_change(deployment: Deployment, tmp_path: Path) -> None:
    """Not what failed, nor what Amazon has not settled yet."""
    terms = current_terms(tmp_path, deployment.clock.now() - timedelta(days=1))
    german = {"marketplaceId": "A1PA6795UKMFR9"}
    deployment.invoke(
        body("applied", marketplace_name="DE", envelope=german, ad_product="SB"), body("failed")
    )
    deployment.amazon.set_status("SUCCESS", ["applied"])
    deployment.amazon.set_status("FAILED", ["failed"])
    deployment.follow_up_until_settled()
    deployment.invoke(body("pending"))

    [account] = progress("--terms", terms)["accounts"]

    assert account["marketplace"] == "DE"
    assert [(each["adProduct"], each["changes"]) for each in account["products"]] == [("SB", 1)]


def test_without_terms_those_of_2022_are_shown(deployment: Deployment) -> None:
    """In which nothing counts any more: that is said, and what to do."""
    apply(deployment, body("rec-1"))

    result = applier("click-credits", "progress", *STACK)

    assert (result.exit_code, result.stderr) == (0, "")
    assert "closed: name the terms of another promotion with --terms" in result.stdout
    assert "OUTSIDE_THE_WINDOW 1" in result.stdout
    assert ["OUT_OF_REACH", "0", "of", "4", "TOO_FEW_WEEKS"] in [
        line.split()[3:8] for line in result.stdout.splitlines()
    ]


def test_progress_for_a_spreadsheet(deployment: Deployment) -> None:
    """A line of headings, and a row for each account and ad product."""
    apply(deployment, body("rec-1"), body("rec-2", ad_product="SD"))

    result = applier("click-credits", "progress", *STACK, "--csv")

    rows = list(csv.DictReader(result.stdout.splitlines()))
    assert [(row["adProduct"], row["status"]) for row in rows] == [
        ("SP", "OUT_OF_REACH"),
        ("SD", "OUT_OF_REACH"),
    ]


def test_records_that_cannot_be_read_are_told(deployment: Deployment) -> None:
    """The rest is shown all the same."""
    deployment.stack.dynamodb.put_item(
        TableName=deployment.stack.ledger_table_name,
        Item={"pk": {"S": "CLAIM#spoilt"}, "sk": {"S": "RECORD#0001"}},
    )

    result = applier("click-credits", "progress", *STACK, "--json")

    assert result.stderr == "Records of the ledger that cannot be read: 1\n"
    document = json.loads(result.stdout)
    assert (document["accounts"], document["unreadableRecords"]) == ([], 1)


def test_terms_that_are_wrong_are_told_in_a_sentence(tmp_path: Path) -> None:
    """Before anything is looked for."""
    wrong = tmp_path / "wrong.toml"
    wrong.write_bytes(b'name = "\xff"\n')

    assert "wrong.toml failed: source: Field required; dated:" in sentence_of(
        applier("click-credits", "progress", "--terms", str(wrong))
    )
    assert "no.toml: No such file" in sentence_of(
        applier("click-credits", "progress", "--terms", str(tmp_path / "no.toml"))
    )


@pytest.mark.parametrize("command", ["list", "progress"])
def test_json_and_csv_cannot_both_be_printed(command: str) -> None:
    """A command that makes no sense ends with 2."""
    result = applier("click-credits", command, "--json", "--csv")

    assert result.exit_code == 2
    assert "--json and --csv cannot both be printed: choose one" in result.stderr


# --- list ----------------------------------------------------------------------------------------


@pytest.fixture
def offering(deployment: Deployment) -> Deployment:
    """Deploy against an Amazon that offers click credits to three advertisers."""
    let_operators_reach(deployment)
    now = deployment.clock.now()
    start = (now - timedelta(days=10)).isoformat()
    deployment.amazon.publish(
        [
            Opportunity(
                partner_opportunity_id=OFFER_OPPORTUNITY,
                title="Earn click credits",
                objective_type=CLICK_CREDITS,
                rows=tuple(
                    offer_row(
                        promotionId=f"PROMO-{number}",
                        promotionStartDate=start,
                        promotionEndDate=(now + timedelta(days=days, hours=1)).isoformat(),
                        **cells,
                    )
                    for number, (days, cells) in enumerate(
                        [
                            (30, {"marketplace": "UK", "promotionAmountCurrency": "GBP"}),
                            (3, {"advertiserName": "Southern Chairs"}),
                            (3, {"promotionAmountLc": "-5"}),
                            (-2, {}),
                            (12, {"promotionType": "ONB", "promotionAmountLc": "50"}),
                        ]
                    )
                ),
            )
        ]
    )
    return deployment


def listed(*arguments: str) -> list[str]:
    """Name the promotions that are listed."""
    result = applier("click-credits", "list", *STACK, "--json", *arguments)
    assert result.exit_code == 0
    return [each["promotionId"] for each in json.loads(result.stdout)["offers"]]


@pytest.mark.usefixtures("offering")
def test_offers_are_listed_by_their_end() -> None:
    """With days left, what earns them, and totals; what was refused is told."""
    result = applier("click-credits", "list", *STACK)

    assert result.exit_code == 0
    assert result.stderr.startswith(
        "Rows refused: 1, the first since promotionAmountLc is '-5'; it"
    )
    rows = [line.split() for line in result.stdout.splitlines() if "launch a" in line]
    assert [(row[0], row[3]) for row in rows] == [("3", "US"), ("12", "US"), ("30", "UK")]
    assert "200 GBP, 250 USD" in result.stdout


@pytest.mark.usefixtures("offering")
def test_offers_are_filtered() -> None:
    """By advertiser, marketplace, type, and how soon they end."""
    assert listed() == ["PROMO-1", "PROMO-4", "PROMO-0"]
    assert listed("--advertiser", "southern") == ["PROMO-1"]
    assert listed("--marketplace", "GB") == ["PROMO-0"]
    assert listed("--type", "onb") == ["PROMO-4"]
    assert listed("--ending-within", "13") == ["PROMO-1", "PROMO-4"]


@pytest.mark.usefixtures("offering")
def test_offers_for_a_spreadsheet() -> None:
    """In the words of Amazon's files."""
    result = applier("click-credits", "list", *STACK, "--csv", "--ending-within", "13")

    rows = list(csv.DictReader(result.stdout.splitlines()))
    assert [(row["promotionId"], row["promotionAmountLc"]) for row in rows] == [
        ("PROMO-1", "200"),
        ("PROMO-4", "50"),
    ]


def test_credentials_that_are_refused_are_told_in_a_sentence(offering: Deployment) -> None:
    """With none of their values."""
    offering.amazon.revoke_refresh_token()

    sentence = sentence_of(applier("click-credits", "list", *STACK))

    assert "invalid_grant" in sentence
    assert offering.amazon.credentials.refresh_token not in sentence
