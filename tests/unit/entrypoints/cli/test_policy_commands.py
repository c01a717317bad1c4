"""What `applier policy` does without a stack."""

import json
import random
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from recommendation_applier.domain.default_policy import DEFAULT_POLICY
from recommendation_applier.domain.policy import policy_schema, read_policy
from recommendation_applier.domain.starter_policy import STARTER_POLICY
from tests.builders import body, confirmation
from tests.operator import applier, sentence_of
from tests.unit.domain.policies import document, rule


def write(file: Path, text: str) -> str:
    """Write a file; give its name."""
    file.write_text(text)
    return str(file)


def test_a_policy_to_begin_with_is_printed() -> None:
    """The default one, and the cautious one; both can be used."""
    printed = applier("policy", "init").stdout

    assert read_policy(printed) == DEFAULT_POLICY
    assert json.loads(printed) == {"version": 1, "mode": "APPLY", "default": "APPLY", "rules": []}
    assert applier("policy", "init", "--starter").stdout == STARTER_POLICY
    assert [each.name for each in read_policy(STARTER_POLICY).rules] == [
        "new campaigns",
        "bids",
        "budgets",
    ]


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    """Somebody's policy may be in it."""
    file = str(tmp_path / "policy.json")

    assert applier("policy", "init", "--starter", file).exit_code == 0
    assert sentence_of(applier("policy", "init", file)) == f"{file}: File exists"
    assert Path(file).read_text() == STARTER_POLICY


def test_a_policy_is_validated(tmp_path: Path) -> None:
    """From a file, with or without a byte-order mark, or from standard input."""
    file = write(tmp_path / "policy.json", f"\ufeff{STARTER_POLICY}")

    for name, stdin in ((file, None), ("-", STARTER_POLICY)):
        assert applier("policy", "validate", name, stdin=stdin).stdout == (
            f"{name} can be used: mode APPLY, default HOLD, 3 rules.\n"
        )


def test_every_field_that_is_wrong_is_named(tmp_path: Path) -> None:
    """In one sentence."""
    wrong = document(rule("a", "MAYBE"), mode="FAST")

    sentence = sentence_of(
        applier("policy", "validate", write(tmp_path / "policy.json", json.dumps(wrong)))
    )

    assert "mode is 'FAST'" in sentence
    assert "rules[0].decision is 'MAYBE'" in sentence


def test_a_file_that_is_no_text_is_a_sentence(tmp_path: Path) -> None:
    """It names the file."""
    file = tmp_path / "policy.json"
    file.write_bytes(b"\xff\xfe{")

    assert sentence_of(applier("policy", "validate", str(file))) == (
        f"{file} is no text in UTF-8: invalid start byte"
    )


def test_the_schema_is_printed() -> None:
    """As it is published."""
    assert json.loads(applier("policy", "schema").stdout) == policy_schema()


def simulated(policy: str, deliveries: str) -> dict[str, Any]:
    """Simulate a policy; give what a program reads."""
    result = applier("policy", "simulate", policy, "--deliveries", deliveries, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_ten_thousand_deliveries_are_counted(tmp_path: Path) -> None:
    """Totals and money are those of a recount from the drawn numbers alone."""
    chance = random.Random(5)  # noqa: S311 - the same numbers in every run
    lines: list[str] = []
    expected: Counter[str] = Counter()
    bids: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    budgets: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for number in range(10_000):
        kind = chance.choice(["KEYWORD_BID", "CAMPAIGN_BUDGET", "CAMPAIGN_STATE"])
        account, old, new = chance.randrange(1, 9), chance.randrange(50, 150), chance.randrange(200)
        before, after = Decimal(old) / 100, Decimal(new) / 100
        settings = [
            {"ad_groups": [{"adgroup_id": "1", "targets": [{"target_id": "2", "bid": bid}]}]}
            if kind == "KEYWORD_BID"
            else {"budget": {"budget": bid}}
            for bid in (str(before), float(after))
        ]
        lines.append(
            body(
                f"rec-{number}",
                account=account,
                type=kind,
                current_campaign_settings=settings[0],
                recommended_campaign_settings=settings[1],
            )
        )
        if kind == "CAMPAIGN_STATE":
            outcome = "ignored"
        elif kind == "CAMPAIGN_BUDGET":
            outcome = "held"
        else:
            outcome = "applied" if new * 10 <= old * 13 else "held"
        expected[outcome] += 1
        sums = bids if kind == "KEYWORD_BID" else budgets
        sums[f"A{account:013}", outcome] += after - before
    policy = document(
        rule("bids", match={"type": ["KEYWORD_BID"]}, limits={"maxIncreasePercent": 30}),
        rule("states", "IGNORE", match={"type": ["CAMPAIGN_STATE"]}),
        default="HOLD",
    )

    found = simulated(
        write(tmp_path / "policy.json", json.dumps(policy)),
        write(tmp_path / "deliveries.jsonl", "\n".join(lines)),
    )

    assert {name: found[name] for name in expected} == expected
    assert found["recommendations"] == 10_000
    for each in found["accounts"]:
        key = each["encryptedAdvertiserId"], each["outcome"]
        assert Decimal(each["bids"]) == bids.pop(key, Decimal(0))
        assert Decimal(each["budgets"]) == budgets.pop(key, Decimal(0))
        assert each["unknown"] == 0
    assert (bids, budgets) == ({}, {})


def test_currencies_are_not_mixed(tmp_path: Path) -> None:
    """An account is one of a marketplace; each has its own row."""
    deliveries = [
        body("us"),
        body("de", marketplace_name="DE", envelope={"marketplaceId": "A1PA6795UKMFR9"}),
    ]

    found = simulated(
        write(tmp_path / "policy.json", json.dumps(document())),
        write(tmp_path / "deliveries.jsonl", "\n".join(deliveries)),
    )

    assert [(each["marketplace"], each["bids"]) for each in found["accounts"]] == [
        ("DE", "0.15"),
        ("US", "0.15"),
    ]


def test_what_is_no_recommendation_is_left_out_and_counted(tmp_path: Path) -> None:
    """Nothing of a file disappears."""
    lines = [
        body("rec-1"),
        body("rec-1", published_date="2026-11-02T12:00:00 UTC", type="NEW_CAMPAIGN"),
        body("rec-1"),
        body("rec-2", recommendation_status="REMOVED"),
        "no JSON",
        confirmation(),
    ]

    found = simulated(
        write(tmp_path / "policy.json", STARTER_POLICY),
        write(tmp_path / "deliveries.jsonl", "\n".join(lines)),
    )

    assert [
        (each["outcome"], each["reason"], each["recommendations"]) for each in found["rulings"]
    ] == [
        ("held", "POLICY_HOLD", 1),
        ("left out", "NO_RECOMMENDATION", 1),
        ("left out", "REMOVED", 1),
        ("left out", "REPEATED", 2),
        ("left out", "UNREADABLE_BODY", 1),
    ]


def test_a_dry_run_policy_is_warned_of(tmp_path: Path) -> None:
    """It would hold what the table says is applied."""
    policy = write(tmp_path / "policy.json", json.dumps(document(mode="DRY_RUN")))
    deliveries = write(tmp_path / "deliveries.jsonl", body())

    result = applier("policy", "simulate", policy, "--deliveries", deliveries)

    assert result.stderr.startswith("Warning: the mode of this policy is DRY_RUN")
    assert ["applied", "1"] in [line.split() for line in result.stdout.splitlines()]
