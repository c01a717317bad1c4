"""`applier ledger export` and `rollback-sheet` against a deployed stack."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.builders import body
from tests.emulator.amazon_faults import answers
from tests.emulator.deployment import OPPORTUNITY, Deployment
from tests.integration.test_held import put_policy, said
from tests.operator import applier

STACK: Final = ("--stack", "recommendation-applier")
KEYWORD: Final = "=HYPERLINK(A1) +shoes"
BIDS: Final = {
    "current_campaign_settings": {
        "ad_groups": [
            {
                "adgroup_id": "17",
                "targets": [
                    {"target_id": "42", "text": KEYWORD, "match_type": "BROAD", "bid": "1,000.50"}
                ],
            }
        ]
    },
    "recommended_campaign_settings": {
        "ad_groups": [
            {
                "adgroup_id": "17",
                "targets": [
                    {"target_id": "42", "bid": 1200},
                    {"text": "new one", "match_type": "EXACT", "bid": 0.5},
                ],
            }
        ]
    },
}


def as_json(command: str, *arguments: str) -> list[dict[str, Any]]:
    """Run a command; give what a program reads, by recommendation and what changes."""
    result = applier("ledger", command, "--since", "1d", *arguments, *STACK, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return sorted(found, key=lambda each: (each["recommendationId"], each["what"]))


def as_csv(command: str) -> list[dict[str, str]]:
    """Run a command; give what a spreadsheet reads."""
    printed = applier("ledger", command, "--since", "1d", *STACK, "--csv").stdout
    return list(csv.DictReader(io.StringIO(printed, newline="")))


def some(row: Mapping[str, Any], *names: str) -> list[Any]:
    """Give some cells of a row."""
    return [row[name] for name in names]


def test_who_changed_this_is_answered(deployment: Deployment) -> None:
    """A row for each number, with rule, version, who released it, and Amazon's request ids."""
    rule = {"name": "bids", "decision": "HOLD"}
    put_policy(deployment, rules=[rule])
    deployment.invoke(body("rec-1", **BIDS))
    said("release", "--id", "rec-1", "--by", "ann")
    deployment.run_until_quiet()

    [added, changed] = as_json("export")

    assert some(changed, "recommendationId", "campaignId", "adGroupId", "targetId") == [
        "rec-1",
        "210000000000001",
        "17",
        "42",
    ]
    assert some(changed, "before", "after", "text", "matchType") == [
        "1000.50",
        "1200",
        KEYWORD,
        "BROAD",
    ]
    assert some(changed, "policyVersion", "releasedBy", "verdict", "ended") == [
        2,
        "ann",
        "ACCEPTED",
        "PENDING",
    ]
    assert some(changed, "httpStatus", "partnerOpportunityId") == [202, OPPORTUNITY]
    assert len(changed["requestIds"]) == 2
    assert some(added, "before", "after", "text") == [None, "0.5", "new one"]
    deployment.amazon.settle()
    deployment.follow_up_until_settled()
    assert [each["ended"] for each in as_json("export")] == ["APPLIED", "APPLIED"]


def test_what_was_before_can_be_put_back(deployment: Deployment) -> None:
    """What Amazon refused, or failed to apply, needs no undoing; no text becomes a formula."""
    deployment.amazon.script_apply([answers(400, {"code": "PO_APPLY_BAD_REQUEST", "message": "x"})])
    deployment.invoke(body("refused"))
    deployment.invoke(body("applied", **BIDS))
    deployment.invoke(body("state", type="CAMPAIGN_STATE", current_campaign_settings={"state": "A"},
                           recommended_campaign_settings={"state": "B"}))  # fmt: skip
    deployment.invoke(body("odd", current_campaign_settings=None))
    deployment.invoke(body("failed"))
    deployment.amazon.set_status("FAILED", ["failed"])
    deployment.amazon.set_status("SUCCESS", ["applied", "state", "odd"])
    deployment.follow_up_until_settled()

    rows = {(each["recommendationId"], each["before"]): each for each in as_csv("rollback-sheet")}

    assert {name for name, _ in rows} == {"applied", "state", "odd"}
    changed, added = rows["applied", "1000.50"], rows["applied", ""]
    assert some(changed, "campaignId", "adGroupId", "targetId", "after", "putBack") == [
        "210000000000001",
        "17",
        "42",
        "1200",
        "set it to before",
    ]
    assert changed["text"] == f"'{KEYWORD}"
    assert changed["text"].removeprefix("'") == KEYWORD
    assert added["putBack"] == "remove or pause it: it was new"
    assert rows["state", ""]["putBack"].startswith("look at the settings")
    assert {each["verdict"] for each in as_csv("export")} == {"ACCEPTED", "REFUSED"}


def test_filters_and_the_moment_choose(deployment: Deployment) -> None:
    """Of what was sent."""
    deployment.invoke(body("one"), body("two", account=2, type="AD_GROUP_DEFAULT_BID"))

    for filters, expected in {
        (): ["one", "two"],
        ("--type", "KEYWORD_BID"): ["one"],
        ("--advertiser", "A0000000000002"): ["two"],
        ("--rule", "bids"): [],
    }.items():
        for command in ("export", "rollback-sheet"):
            assert [each["recommendationId"] for each in as_json(command, *filters)] == expected
    result = applier("ledger", "export", "--since", "2999-01-01", *STACK, "--json")
    assert result.stdout == "[]\n"


def test_what_the_ledger_has_no_entry_of_is_exported_and_counted(deployment: Deployment) -> None:
    """With what its record tells; no filter means it, since nobody knows what it was."""
    deployment.invoke(body("rec-1"))
    deployment.stack.dynamodb.delete_item(
        TableName=deployment.stack.ledger_table_name,
        Key={"pk": {"S": "RECOMMENDATION#rec-1"}, "sk": {"S": "ENTRY"}},
    )

    assert [each["what"] for each in as_json("export")] == ["the ledger has no entry of it"]
    assert as_json("export", "--marketplace", "US") == []

    def counted(*arguments: str) -> list[dict[str, Any]]:
        found = json.loads(applier("ledger", "count", *arguments, *STACK, "--json").stdout)
        return list(found["counts"])

    assert counted() == [{"standing": "ACCEPTED", "recommendations": 1}]
    assert counted("--marketplace", "US") == []
    assert counted("--by", "account")[0]["account"] == "A0000000000001 (ENTITY0000000000001, US)"
    assert counted("--by", "day")[0]["day"] == f"{deployment.clock.now():%Y-%m-%d}"


@pytest.mark.usefixtures("deployment")
def test_one_form_is_enough() -> None:
    """CSV and JSON do not go into one file."""
    result = applier("ledger", "export", "--since", "7d", "--csv", "--json", *STACK)
    assert result.exit_code == 2
    assert "not both" in result.stderr
    assert applier("ledger", "export", *STACK).exit_code == 2
    assert applier("ledger", "export", "--since", "7d", *STACK).stdout.startswith("moment,")
