"""`make run`, as far as Python goes."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.__main__ import EVENTS, main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Run with --json and read the figures."""
    assert main(["--json", *arguments]) == 0
    figures: dict[str, Any] = json.loads(capsys.readouterr().out)
    return figures


def doors(figures: dict[str, Any]) -> Counter[tuple[str, str]]:
    """Count the doors and reasons."""
    return Counter((row["door"], row["reason"]) for row in figures["rows"])


EXPECTED = {
    "published": {("accepted", "ACCEPTED"): 12},
    "flat_snake_case": {("accepted", "ACCEPTED"): 4},
    "sns_notification": {("accepted", "ACCEPTED"): 2},
    "json_array": {("accepted", "ACCEPTED"): 3},
    "busy_account": {("accepted", "ACCEPTED"): 105},
    "redriven_dead_letters": {("accepted", "ACCEPTED"): 4},
    "other_datasets": {("not applicable", "OTHER_DATASET"): 3},
    "repeats": {("accepted", "ACCEPTED"): 1, ("not applicable", "REPEATED"): 2},
    "confirmations": {
        ("not applicable", "SUBSCRIPTION_CONFIRMED"): 1,
        ("dead-lettered", "UNTRUSTED_CONFIRMATION"): 1,
    },
    "removed_rejected_expired": {
        ("accepted", "ACCEPTED"): 1,
        ("not applicable", "REMOVED"): 4,
        ("not applicable", "REJECTED"): 1,
        ("not applicable", "APPLIED_ELSEWHERE"): 1,
        ("not applicable", "EXPIRED"): 1,
    },
    "bad_bodies": {
        ("dead-lettered", "UNREADABLE_BODY"): 1,
        ("dead-lettered", "UNRECOGNIZED_MESSAGE"): 2,
        ("dead-lettered", "INVALID_MESSAGE"): 6,
        ("dead-lettered", "UNSUPPORTED_MARKETPLACE"): 1,
        ("dead-lettered", "UNKNOWN_STATUS"): 1,
    },
}


def test_every_event_is_expected() -> None:
    """A new file in events/ is held to its doors as well."""
    assert {path.stem for path in EVENTS.glob("*.json")} == EXPECTED.keys()


def test_all_events_leave_by_the_doors_that_they_show(capsys: pytest.CaptureFixture[str]) -> None:
    """The whole of events/, in the least number of requests."""
    figures = run(capsys)

    assert doors(figures) == sum((Counter(each) for each in EXPECTED.values()), Counter())
    assert figures["apply_requests"] == figures["least_apply_requests"] == 11
    assert figures["accepted_twice"] == figures["violations"] == []
    assert figures["left_on_the_ingress_queue"] == 0
    assert figures["crashes"] == []


def test_all_that_was_accepted_is_followed_until_it_is_applied(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Ten accounts are asked about, each in one request, at one tick."""
    figures = run(capsys)

    accepted = [row for row in figures["rows"] if row["door"] == "accepted"]
    assert len(figures["applied"]) == len(accepted) == 132
    assert {row["application"] for row in accepted} == {"applied"}
    assert (figures["ticks"], figures["follow_up_requests"]) == (1, 10)
    assert figures["failed"] == {}
    assert figures["pending"] == figures["accepted_and_not_settled"] == []
    assert figures["wrongly_settled"] == []


def test_what_failed_after_it_was_accepted_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """With the fault `failed`: each with its end, in its row and by itself."""
    figures = run(capsys, "--faults", "failed", str(EVENTS / "published.json"))

    assert Counter(figures["failed"].values()) == {"FAILED": 2, "REJECTED": 1}
    ends = Counter(row["application"] for row in figures["rows"])
    assert ends == {"FAILED": 2, "REJECTED": 1, "applied": 9}
    assert figures["accepted_and_not_settled"] == figures["wrongly_settled"] == []


@pytest.mark.parametrize("name", ["confirmations", "redriven_dead_letters", "repeats"])
def test_an_event_by_itself_leaves_by_the_same_doors(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Files may be named one by one."""
    figures = run(capsys, str(EVENTS / f"{name}.json"))

    assert doors(figures) == EXPECTED[name]


@pytest.mark.no_cover  # hundreds of the same: fewer of them are traced elsewhere
def test_faults_lose_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Partial answers, lost ones, a revoked and a refused token: one door each in the end."""
    figures = run(capsys, "--faults", "partial,lost,revoked,unauthorized")

    left = doors(figures)
    assert left.total() == sum(sum(each.values()) for each in EXPECTED.values())
    assert not any(door == "retry" for door, _ in left)
    assert figures["accepted_twice"] == figures["violations"] == []
    assert figures["status_requests"] > 0


def test_a_dry_run_makes_no_request(capsys: pytest.CaptureFixture[str]) -> None:
    """What would be applied is held."""
    figures = run(capsys, "--dry-run", str(EVENTS / "published.json"))

    assert doors(figures) == {("held", "DRY_RUN"): 12}
    assert figures["apply_requests"] == figures["token_requests"] == 0


def test_the_table_names_every_recommendation(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """With its account, its door and the reason; the log can be kept."""
    log = tmp_path / "apply.log"

    assert main(["--log", str(log), str(EVENTS / "repeats.json")]) == 0

    shown = capsys.readouterr().out
    assert shown.count("REPEATED") == 2
    assert "1  apply requests made, 1 is the least possible" in shown
    assert "1  applied" in shown
    assert '"message":"invocation"' in log.read_text()
    beside = (tmp_path / "apply-follow-up.log").read_text()
    assert '"message":"follow-up"' in beside
    assert '"message":"invocation"' not in beside


def test_an_unknown_fault_is_named_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped fault must not look like a run without one."""
    with pytest.raises(SystemExit):
        main(["--faults", "meteor"])

    assert "unknown: meteor; there are throttle" in capsys.readouterr().err
