"""`applier dead-letters` against a deployed stack: nothing is lost by looking, moving, deleting."""

import csv
import io
import json
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from botocore import handlers

from recommendation_applier.domain.dead_letter import Reason
from recommendation_applier.domain.reasons import DeadLetterReason
from tests.builders import EXPIRY, NOW, body, confirmation
from tests.emulator.deployment import Deployment
from tests.letter_builders import REFUSED, batch_body, message_body
from tests.operator import applier, sentence_of

STACK: Final = ("--stack", "recommendation-applier")
LASTING: Final = {"expiry_date": "2099-11-15T12:00:00 UTC"}
FAST: Final = ("--yes", "--rate", "10000", "--json")
FAILED: Final = Reason(
    DeadLetterReason.RECOMMENDATION_FAILED, "apply failed for 1 of them", api_code="PO_APPLY_FAILED"
)


def lasting(*ids: str, **changes: Any) -> str:
    """Make a letter about a request whose recommendations do not expire before it is read."""
    text = batch_body(*ids, **changes)
    return text.replace(f"{EXPIRY:%Y-%m-%dT%H:%M:%S}Z", "2099-11-15T12:00:00Z")


def put(deployment: Deployment, bodies: Sequence[str]) -> None:
    """Put letters on the dead-letter queue."""
    for start in range(0, len(bodies), 10):
        deployment.stack.sqs.send_message_batch(
            QueueUrl=deployment.stack.dead_letter_queue_url,
            Entries=[
                {"Id": str(place), "MessageBody": each}
                for place, each in enumerate(bodies[start : start + 10])
            ],
        )


def counts(deployment: Deployment, url: str | None = None) -> tuple[int, int]:
    """Count what is visible on a queue, the dead-letter queue by default, and what is hidden."""
    found = deployment.stack.sqs.get_queue_attributes(
        QueueUrl=url or deployment.stack.dead_letter_queue_url, AttributeNames=["All"]
    )["Attributes"]
    return (
        int(found["ApproximateNumberOfMessages"]),
        int(found["ApproximateNumberOfMessagesNotVisible"]),
    )


def taken_off(deployment: Deployment, url: str) -> list[str]:
    """Take all bodies off a queue."""
    sqs, bodies = deployment.stack.sqs, list[str]()
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        bodies += [each["Body"] for each in messages]
        sqs.delete_message_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(place), "ReceiptHandle": each["ReceiptHandle"]}
                for place, each in enumerate(messages)
            ],
        )
    return bodies


def as_json(*arguments: str) -> list[dict[str, Any]]:
    """Run a command that works; give what a program reads."""
    result = applier("dead-letters", *arguments, *STACK, "--json")
    assert result.exit_code == 0, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def by_outcome(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Count what came of letters."""
    outcomes = [row["outcome"] for row in rows]
    return {each: outcomes.count(each) for each in sorted(set(outcomes))}


@contextmanager
def stopped_at(event: str, *, occasion: int) -> Iterator[None]:
    """Press Ctrl-C at the *occasion*th call: before it, or (`after-call`) when AWS has done it."""
    left = [occasion]

    def stop(**_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt

    # Whoever makes a session from now on has it; that is how moto comes into all of them as well.
    entry: Any = (event, stop)
    handlers.BUILTIN_HANDLERS.append(entry)
    try:
        yield
    finally:
        handlers.BUILTIN_HANDLERS.remove(entry)


@pytest.fixture
def letters(deployment: Deployment) -> Deployment:
    """Five letters of all kinds, three of them written by the function."""
    deployment.invoke(
        "no JSON",
        body("rec-odd", account=2, recommendation_status="ODD"),
        confirmation("arn:aws:sns:us-east-1:123456789012:stranger", token="2336412f37"),
    )
    put(deployment, [lasting("rec-1", "rec-2"), body("rec-moved", account=3)])
    return deployment


def test_letters_are_looked_at_and_stay(letters: Deployment) -> None:
    """By every command, for people and for programs; all are visible at once afterwards."""
    listed = applier("dead-letters", "list", *STACK)
    found = as_json("list", "--oldest-first")

    assert listed.stderr == "5 of 5 dead letters.\n"
    [oldest] = [line.split() for line in listed.stdout.splitlines() if "rec-1" in line]
    assert oldest[2:] == [
        *("APPLY_REFUSED", "PO_APPLY_BAD_REQUEST", "A0000000000001", "US", "KEYWORD_BID"),
        *("rec-1", "and", "1", "more", "batch", "2", "13", "d", found[0]["messageId"]),
    ]
    assert listed.stdout.splitlines()[-2].split()[2] == "APPLY_REFUSED"  # the newest come first
    assert [each["reasonCode"] for each in found if each["kind"] != "message"] == [
        "APPLY_REFUSED",
        None,
    ]
    assert [each["recommendationId"] for each in found[0]["recommendations"]] == ["rec-1", "rec-2"]
    assert found[0]["apiCode"] == "PO_APPLY_BAD_REQUEST"
    assert found[0]["failedAt"] == "2026-11-10T10:00:00Z"
    grouped = as_json("group")
    assert [each["reason"] for each in grouped if each["recommendations"] == 0] == [
        "UNREADABLE_BODY",
        "UNTRUSTED_CONFIRMATION",
    ]
    assert "(none)" in applier("dead-letters", "group", "--by", "type", *STACK).stdout
    assert counts(letters) == (5, 0)


def test_one_is_shown_by_either_id_as_it_stands(letters: Deployment) -> None:
    """By its recommendation or its own id; but for the token of a confirmation."""
    [found] = as_json("show", "rec-2")
    printed = applier("dead-letters", "show", found["messageId"], *STACK)

    assert json.loads(found["body"])["kind"] == "batch"
    assert "apply of 2 recommendations failed" in printed.stdout
    assert ["rec-2", "A0000000000001", "US"] in [
        line.split()[:3] for line in printed.stdout.splitlines()
    ]
    [stranger] = as_json("list", "--reason", "untrusted_confirmation")
    shown = applier("dead-letters", "show", stranger["messageId"], *STACK).stdout
    assert "SubscriptionConfirmation" in shown
    assert "2336412f37" not in shown
    missing = applier("dead-letters", "show", "rec-9", *STACK)
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert "Error: no dead letter of stack recommendation-applier is about rec-9" in missing.stderr
    assert counts(letters) == (5, 0)


def test_filters_choose(letters: Deployment) -> None:
    """As in the domain; what no letter can be is a sentence."""
    assert counts(letters) == (5, 0)
    for filters, expected in {
        ("--kind", "BATCH"): 1,
        ("--reason", "none", "--reason", "UNKNOWN_STATUS"): 2,
        ("--account", "A0000000000002"): 1,
        ("--marketplace", "us", "--type", "keyword_bid", "--campaign", "210000000000001"): 3,
        ("--opportunity", "3f0c9c1e-5a43-4a1c-9d7e-2f6b8c1d4e5a"): 1,
        ("--id", "rec-moved"): 1,
        ("--api-code", "po_apply_bad_request"): 1,
        ("--older-than", "1d"): 1,
        ("--newer-than", "1d"): 4,
    }.items():
        assert len(as_json("list", *filters)) == expected, filters
    for words, sentence in {
        ("list", "--reason", "ODD"): "no dead letter has ODD there; it is one of ",
        ("list", "--kind", "parcel"): "it is one of batch, message, body",
        ("redrive",): "say which by filters, or by --all",
        ("redrive", "--all", "--kind", "body"): "say which by filters, or by --all",
        ("redrive", "--all", "--rate", "nan"): "'nan' is no number from 0.1 to 10000",
        ("redrive", "--all", "--rate", "fast"): "'fast' is no number",
        ("purge", "--to", "x"): "say which by filters, or by --all",
        ("purge", "--settled"): "with --to FILE",
        ("purge", "--all", "--to", "x", "--no-copy"): "not both",
        ("export", "--csv", "--json"): "give --csv or --json, not both",
    }.items():
        result = applier("dead-letters", *words, *STACK)

        assert result.exit_code == 2
        assert sentence in " ".join(result.stderr.split())


def test_all_is_exported(letters: Deployment) -> None:
    """As lines, as an array and for spreadsheets, with the bodies and without tokens."""
    lines = applier("dead-letters", "export", *STACK).stdout
    rows = applier("dead-letters", "export", "--csv", *STACK).stdout

    documents = [json.loads(each) for each in lines.splitlines()]
    cells = list(csv.DictReader(io.StringIO(rows, newline="")))
    for found in (documents, as_json("export"), cells):
        assert sorted(each["messageId"] for each in found) == sorted(
            each["messageId"] for each in documents
        )
        assert len({each["body"] for each in found}) == 5
        assert "2336412f37" not in str(found)
    [batch] = [each for each in cells if each["kind"] == "batch"]
    assert (batch["recommendationId"], batch["entityId"]) == ("rec-1, rec-2", "ENTITY0000000000001")
    assert counts(letters) == (5, 0)


@pytest.mark.parametrize(
    ("event", "hidden"),
    [
        ("before-call.sqs.ReceiveMessage", 0),
        # What was received, but never came: SQS's own timeout brings it back.
        ("after-call.sqs.ReceiveMessage", 3),
        ("before-call.sqs.ChangeMessageVisibilityBatch", 10),
    ],
)
def test_a_look_that_is_stopped_puts_all_back(
    deployment: Deployment, event: str, hidden: int
) -> None:
    """At once what it knows of, and the rest in two minutes."""
    put(deployment, [lasting(f"rec-{number}") for number in range(13)])

    with stopped_at(event, occasion=2):
        result = applier("dead-letters", "list", *STACK)

    assert result.exit_code != 0
    assert "rec-" not in result.stdout
    assert counts(deployment)[1] <= hidden
    deployment.let_time_pass(timedelta(minutes=3))
    assert counts(deployment) == (13, 0)


def test_who_looks_second_is_told(letters: Deployment) -> None:
    """What somebody else has in hand is counted, and not seen."""
    letters.stack.sqs.receive_message(
        QueueUrl=letters.stack.dead_letter_queue_url, MaxNumberOfMessages=2
    )

    result = applier("dead-letters", "group", *STACK)
    assert result.stderr == (
        "3 of 3 dead letters; 2 more are in hand elsewhere, by another look or a redrive, and come "
        "back when that is over.\n"
    )


def five_kinds() -> dict[str, list[str]]:
    """Make 500 letters, a hundred of each kind, by their reason."""
    return {
        "APPLY_REFUSED": [lasting(f"refused-{n}", account=n % 7) for n in range(100)],
        "RECOMMENDATION_FAILED": [lasting(f"failed-{n}", reason=FAILED) for n in range(100)],
        "OPPORTUNITY_UNRESOLVED": [message_body(body(f"unresolved-{n}")) for n in range(100)],
        "UNREADABLE_BODY": [
            message_body(f"no JSON {n}", code=DeadLetterReason.UNREADABLE_BODY) for n in range(100)
        ],
        "NONE": [body(f"moved-{n}") for n in range(100)],
    }


def test_of_500_exactly_the_chosen_move_and_none_is_lost(deployment: Deployment) -> None:
    """Rehearsed, stopped at every kind of call, and gone on with until all has moved."""
    by_reason = five_kinds()
    put(deployment, [each for some in by_reason.values() for each in some])
    chosen = ("redrive", "--reason", "APPLY_REFUSED", "--reason", "NONE")

    assert by_outcome(as_json(*chosen, "--dry-run")) == {"WOULD_BE_MOVED": 200}
    assert counts(deployment) == (500, 0)
    moved = 0
    for event, occasion, told in (
        ("before-call.sqs.SendMessageBatch", 2, {"IN_DOUBT"}),
        ("after-call.sqs.SendMessageBatch", 3, {"IN_DOUBT", "MOVED"}),
        ("before-call.sqs.DeleteMessageBatch", 3, {"COPIED", "MOVED"}),
        ("after-call.sqs.DeleteMessageBatch", 2, {"COPIED", "MOVED"}),
    ):
        with stopped_at(event, occasion=occasion):
            result = applier("dead-letters", *chosen, *FAST, *STACK)
        rows = json.loads(result.stdout)
        found = by_outcome(rows)

        assert result.exit_code == 1
        assert "Stopped." in result.stderr
        assert told <= found.keys() | {"MOVED"}
        assert found["NOT_REACHED"] > 100
        moved += found.get("MOVED", 0)
        [visible, hidden] = counts(deployment)
        assert hidden == 0
        assert 500 - moved - 10 <= visible <= 500 - moved
    result = applier("dead-letters", *chosen, *FAST, *STACK)

    assert result.exit_code == 0
    there = taken_off(deployment, deployment.stack.ingress_queue_url)
    here = taken_off(deployment, deployment.stack.dead_letter_queue_url)
    assert set(there) == {*by_reason["APPLY_REFUSED"], *by_reason["NONE"]}
    assert len(there) <= 200 + 3 * 10  # copies of what was in hand when it was stopped
    assert sorted(here) == sorted(
        each
        for reason in ("RECOMMENDATION_FAILED", "OPPORTUNITY_UNRESOLVED", "UNREADABLE_BODY")
        for each in by_reason[reason]
    )


def test_what_is_redriven_is_applied_once_and_what_is_settled_stays(
    deployment: Deployment,
) -> None:
    """Expired, removed or applied already: named with the reason, and purged by --settled."""
    deployment.invoke(body("applied"), body("removed", recommendation_status="REMOVED"))
    put(
        deployment,
        [
            lasting("applied"),
            lasting("removed"),
            batch_body("expired", failed_at=NOW),
            lasting("applied", "good-1"),
            lasting("good-2"),
            lasting("good-2"),
        ],
    )
    deployment.let_time_pass(max(timedelta(), EXPIRY - deployment.clock.now()))

    result = applier("dead-letters", "redrive", "--all", *FAST, *STACK)
    rows = {each["recommendationIds"][-1]: each for each in json.loads(result.stdout)}

    assert result.exit_code == 0
    assert {name: row["reason"] for name, row in rows.items()} == {
        "applied": "ALREADY_ACCEPTED",
        "removed": "REMOVED",
        "expired": "EXPIRED",
        "good-1": "",
        "good-2": "",
    }
    assert rows["good-1"]["detail"] == (
        "1 of its 2 ids are let go on arrival: ALREADY_ACCEPTED (1)"
    )
    assert "3 moved, 1 skipped (ALREADY_ACCEPTED)" in result.stderr
    deployment.run_until_quiet()
    assert sorted(deployment.amazon.accepted) == ["applied", "good-1", "good-2"]

    put(deployment, [lasting("good-3")])
    assert by_outcome(as_json("purge", "--settled", "--no-copy", "--yes")) == {"DELETED": 3}
    assert counts(deployment) == (1, 0)


def test_what_is_purged_can_be_put_back(letters: Deployment, tmp_path: Path) -> None:
    """From a file that nobody else reads, and that is never written over."""
    copies = tmp_path / "letters.jsonl"
    chosen = ("purge", "--reason", "APPLY_REFUSED", "--to", str(copies))

    assert by_outcome(as_json("purge", "--reason", "APPLY_REFUSED", "--dry-run")) == {
        "WOULD_BE_DELETED": 1
    }
    refused = applier("dead-letters", *chosen, *STACK)
    assert refused.exit_code == 1
    assert "Delete 1 dead letters for good? (--yes answers it)" in refused.stderr
    assert "WOULD_BE_DELETED" in refused.stdout
    assert not copies.exists()
    assert counts(letters) == (5, 0)

    assert by_outcome(as_json(*chosen, "--yes")) == {"DELETED": 1}
    [copy] = [json.loads(each) for each in copies.read_text().splitlines()]
    assert copy["body"] == lasting("rec-1", "rec-2")
    assert stat.S_IMODE(copies.stat().st_mode) == 0o600
    assert counts(letters) == (4, 0)
    again = applier("dead-letters", *chosen, "--yes", *STACK)
    assert sentence_of(again) == (f"{copies} exists, and no copy is overwritten: name another file")
    nothing = applier("dead-letters", *chosen[:-1], str(tmp_path / "other"), "--yes", *STACK)
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert nothing.stderr == "0 of 4 dead letters are meant.\nNothing to do.\n"
    assert not (tmp_path / "other").exists()


def test_without_its_copy_nothing_is_deleted(letters: Deployment, tmp_path: Path) -> None:
    """Where the file cannot be written, what was done is told, and why it ended."""
    nowhere = tmp_path / "no" / "letters.jsonl"

    result = applier("dead-letters", "purge", "--all", "--to", str(nowhere), "--yes", *STACK)
    assert result.exit_code == 1
    assert "5 not reached." in result.stderr
    assert result.stderr.splitlines()[-1] == f"Error: {nowhere}: No such file or directory"
    assert counts(letters) == (5, 0)


def test_an_ingress_queue_that_is_gone_moves_nothing(letters: Deployment) -> None:
    """Each letter says why, and all of them stay."""
    letters.stack.sqs.delete_queue(QueueUrl=letters.stack.ingress_queue_url)

    result = applier("dead-letters", "redrive", "--all", *FAST, *STACK)
    rows = json.loads(result.stdout)
    assert result.exit_code == 1
    assert by_outcome(rows) == {"FAILED": 5}
    assert {row["reason"] for row in rows} == {"NOT_SENT"}
    assert REFUSED.code in {row["reasonCode"] for row in rows}
    assert counts(letters) == (5, 0)
