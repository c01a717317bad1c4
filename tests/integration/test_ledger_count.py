"""`applier ledger count` against a deployed stack, beside the commands that list what it counts."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest

from tests.builders import body
from tests.emulator.amazon_faults import answers
from tests.emulator.deployment import Deployment, deployed
from tests.integration.test_held import held, ids, in_hours, put_policy, said
from tests.integration.test_ledger_exports import as_json
from tests.operator import applier

STACK: Final = ("--stack", "recommendation-applier")
BUDGET: Final = {"type": "CAMPAIGN_BUDGET"}
RULES: Final = [
    {"name": "bids", "decision": "APPLY", "match": {"type": ["KEYWORD_BID"]}},
    {"name": "states", "decision": "IGNORE", "match": {"type": ["CAMPAIGN_STATE"]}},
]


def counted(*arguments: str) -> dict[str, Any]:
    """Count; give what a program reads."""
    result = applier("ledger", "count", *arguments, *STACK, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def standings(*arguments: str) -> dict[str, int]:
    """Count by standing."""
    return {each["standing"]: each["recommendations"] for each in counted(*arguments)["counts"]}


@pytest.fixture(scope="module")
def full() -> Iterator[Deployment]:
    """A ledger that has something of every kind; the tests only look at it."""
    with deployed() as deployment:
        fill(deployment)
        yield deployment


def fill(deployment: Deployment) -> None:
    """Let everything happen that is counted apart."""
    put_policy(deployment, rules=RULES)
    deployment.amazon.script_apply([answers(400, {"code": "PO_APPLY_BAD_REQUEST", "message": "x"})])
    deployment.invoke(body("refused"))
    deployment.invoke(*(body(f"accepted-{number}", account=2) for number in range(4)))
    deployment.amazon.set_status("SUCCESS", ["accepted-0", "accepted-1"])
    deployment.amazon.set_status("FAILED", ["accepted-2"])
    deployment.let_time_pass(timedelta(minutes=11))
    deployment.tick()
    deployment.invoke(
        body("held", **BUDGET),
        body("rejected", **BUDGET),
        body("removed", **BUDGET),
        body("expiring", **BUDGET, account=2, expiry_date=in_hours(deployment, 1)),
        body("ignored", type="CAMPAIGN_STATE"),
    )
    deployment.invoke(
        body("removed", recommendation_status="REMOVED"),
        body("never-seen", recommendation_status="REMOVED"),
    )
    said("reject", "--id", "rejected")
    deployment.let_time_pass(timedelta(days=1))
    deployment.invoke(body("at-work", account=3))
    deployment.invoke(
        body("crashed", account=3, marketplace_name="DE", envelope={"marketplaceId": None})
    )
    forget_its_records(deployment, "at-work", "crashed")
    lengthen_the_lease(deployment, "at-work")
    deployment.let_time_pass(timedelta(minutes=6))


def forget_its_records(deployment: Deployment, *names: str) -> None:
    """Leave the ledger as invocations leave it that die after they have sent."""
    dynamodb, table = deployment.stack.dynamodb, deployment.stack.ledger_table_name
    for name in names:
        key = {"pk": {"S": f"RECOMMENDATION#{name}"}, "sk": {"S": "ENTRY"}}
        token = dynamodb.get_item(TableName=table, Key=key)["Item"]["claim"]["S"]
        for number in range(2):
            record = {"pk": {"S": f"CLAIM#{token}"}, "sk": {"S": f"RECORD#{number:04}"}}
            dynamodb.delete_item(TableName=table, Key=record)


def lengthen_the_lease(deployment: Deployment, name: str) -> None:
    """Let an invocation be at work for another day."""
    end = f"{deployment.clock.now() + timedelta(days=1):%Y-%m-%dT%H:%M:%S.%fZ}"
    deployment.stack.dynamodb.update_item(
        TableName=deployment.stack.ledger_table_name,
        Key={"pk": {"S": f"RECOMMENDATION#{name}"}, "sk": {"S": "ENTRY"}},
        UpdateExpression="SET leaseEnds = :end",
        ExpressionAttributeValues={":end": {"S": end}},
    )


def test_everything_is_counted_once_and_the_totals_agree(full: Deployment) -> None:
    """With the export and the list of what is held, whatever the filter."""
    assert standings() == {
        "ACCEPTED": 1,
        "APPLIED": 2,
        "FAILED": 1,
        "REFUSED": 1,
        "HELD": 1,
        "HELD_EXPIRED": 1,
        "IN_DOUBT": 1,
        "CLAIMED": 1,
        "IGNORED": 1,
        "TAKEN_BACK": 3,
    }
    assert list(standings()) != sorted(standings())  # in the order in which things happen
    for filters in (
        (),
        ("--type", "CAMPAIGN_BUDGET", "--type", "CAMPAIGN_STATE"),
        ("--advertiser", "A0000000000002"),
        ("--rule", "bids"),
    ):
        count = standings(*filters)
        sent = as_json("export", "--since", "7d", *filters)
        exported = {each["recommendationId"]: each for each in sent}
        ends = Counter(each["ended"] or each["verdict"] for each in exported.values())
        assert count.get("ACCEPTED", 0) == ends["PENDING"], filters
        for name in ("APPLIED", "FAILED", "REFUSED"):
            assert count.get(name, 0) == ends[name], filters
        assert count.get("HELD", 0) == len(ids(held(*filters))), filters
        assert count.get("HELD_EXPIRED", 0) == len(ids(held("--expired", *filters))), filters
    assert full.amazon.accepted_twice == []


def test_it_is_counted_by_what_somebody_asks(full: Deployment) -> None:
    """Each way sums up to the same; what nobody knows has no name."""
    total = counted()["recommendations"]
    assert total == 13

    by_type = counted("--by", "type")
    assert by_type["by"] == "type"
    assert {each["type"]: each["recommendations"] for each in by_type["counts"]} == {
        "KEYWORD_BID": 7,
        "CAMPAIGN_BUDGET": 4,
        "CAMPAIGN_STATE": 1,
        None: 1,
    }
    assert by_type["counts"][1]["standings"] == {"HELD": 1, "HELD_EXPIRED": 1, "TAKEN_BACK": 2}
    accounts = counted("--by", "account")["counts"]
    assert accounts[1]["account"] == "A0000000000002 (ENTITY0000000000002, US)"
    assert {each["marketplace"] for each in counted("--by", "marketplace")["counts"]} == {
        "US",
        "DE",
        None,
    }
    days = counted("--by", "day", "--type", "KEYWORD_BID")["counts"]
    yesterday, today = (f"{full.clock.now() - timedelta(days=days):%Y-%m-%d}" for days in (1, 0))
    assert [each["day"] for each in days][-1] == today
    assert yesterday in [each["day"] for each in days]
    for by in ("type", "account", "marketplace", "day"):
        assert sum(each["recommendations"] for each in counted("--by", by)["counts"]) == total
    assert standings("--since", "1h") == {"IN_DOUBT": 1, "CLAIMED": 1}


def test_people_see_a_table_with_the_sum(full: Deployment) -> None:
    """And what each word means."""
    assert full.dead_letters()
    lines = [
        line.split(maxsplit=2) for line in applier("ledger", "count", *STACK).stdout.splitlines()
    ]

    assert ["APPLIED", "2", "Amazon has applied it"] in [
        [word.strip() for word in line] for line in lines
    ]
    assert [line[:2] for line in lines if line][-1] == ["all", "13"]
    table = applier("ledger", "count", "--by", "type", *STACK).stdout.splitlines()
    assert table[0].split()[:4] == ["type", "all", "ACCEPTED", "APPLIED"] or table[1].split()
    assert [line.split()[:2] for line in table if line.split()][-1] == ["all", "13"]
    assert any(line.startswith("(unknown)") for line in (each.strip() for each in table))


@pytest.mark.usefixtures("full")
def test_there_is_no_other_way_to_count() -> None:
    """What nobody can count by is refused."""
    assert applier("ledger", "count", "--by", "colour", *STACK).exit_code == 2
