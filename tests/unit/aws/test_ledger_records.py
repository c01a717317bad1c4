"""Batch records <-> documents, field by field."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from recommendation_applier.aws.ledger_documents import attributes, read_document
from recommendation_applier.aws.ledger_records import (
    MAX_ANSWER_LENGTH,
    read_record,
    record_document,
)
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.follow_up import ApplicationEnd, FollowUpState
from recommendation_applier.domain.ledger import BatchRecord, Verdict
from tests.builders import NOW, OPPORTUNITY
from tests.dynamodb_units import item_size
from tests.ledger_builders import TOKEN, record
from tests.ledger_strategies import records
from tests.unit.aws.stored import strange_documents


def stored(original: BatchRecord) -> dict[str, Any]:
    """Write *original* and read the document back."""
    return dict(read_document(attributes(record_document(original))))


@given(original=records)
def test_a_record_is_read_as_it_was_written(original: BatchRecord) -> None:
    """Every field."""
    assert read_record(stored(original)) == original


def test_a_record_tells_an_operator_what_became_of_it() -> None:
    """What was sent when, what was answered, and what is still to be found out."""
    state = FollowUpState(
        pending=("rec-2",),
        due=NOW,
        checks=3,
        ended={"rec-1": ApplicationEnd.FAILED, "rec-3": ApplicationEnd.FAILED},
        untold=("rec-3",),
        campaign_ids={"rec-3": "210000000000001"},
    )
    refused = {Verdict.ACCEPTED: ("rec-1", "rec-2", "rec-3"), Verdict.REFUSED: ("rec-4",)}
    document = record_document(
        record(number=7, verdicts=refused, http_status=422, answer="no budget", follow_up=state)
    )

    assert {name: value for name, value in document.items() if value is not None} == {
        "pk": f"CLAIM#{TOKEN}",
        "sk": "RECORD#0007",
        "partnerOpportunityId": OPPORTUNITY,
        "encryptedAdvertiserId": "A0000000000001",
        "entityId": "ENTITY0000000000001",
        "marketplace": "US",
        "advertiserType": "SELLER",
        "verdicts": {"ACCEPTED": ["rec-1", "rec-2", "rec-3"], "REFUSED": ["rec-4"]},
        "recordedAt": "2026-11-10T12:00:00.000000Z",
        "sentAt": "2026-11-10T11:59:59.000000Z",
        "httpStatus": 422,
        "requestIds": ["1f6c2b9e-0d5a-4e37-a8c4-7b2e9d3f6a03"],
        "answer": "no budget",
        "keptUntil": 1_802_520_000,
        "checks": 3,
        "followUp": "DUE",
        "dueAt": 1_794_312_000,
        "pending": ["rec-2"],
        "ended": {"FAILED": ["rec-1", "rec-3"]},
        "untold": ["rec-3"],
        "campaignIds": {"rec-3": "210000000000001"},
    }


def test_a_record_without_anything_to_say_is_short() -> None:
    """No follow-up, no request, no answer: no attributes."""
    original = record(
        verdicts={Verdict.RELEASED: ("rec-1",)}, sent_at=None, http_status=None, request_ids=()
    )

    assert stored(original).keys() == {
        "pk", "sk", "partnerOpportunityId", "encryptedAdvertiserId", "entityId", "marketplace",
        "advertiserType", "verdicts", "recordedAt", "keptUntil",
    }  # fmt: skip


def test_what_was_accepted_is_not_said_twice() -> None:
    """While all of it is pending; once some of it is settled, the rest is named."""
    begun = record("rec-1", "rec-2", due=NOW)
    part = replace(begun, follow_up=FollowUpState(("rec-2",), NOW, checks=1))
    none = replace(begun, follow_up=FollowUpState((), None, checks=2))

    assert "pending" not in stored(begun)
    assert stored(part)["pending"] == ["rec-2"]
    assert stored(none)["pending"] == []
    assert [read_record(stored(each)) for each in (begun, part, none)] == [begun, part, none]


def test_nothing_is_in_the_index_once_nothing_is_due() -> None:
    """The index has what has `followUp` and `dueAt`."""
    settled = record("rec-1", follow_up=FollowUpState((), None, checks=1))

    assert stored(settled).keys().isdisjoint({"followUp", "dueAt"})
    assert stored(record("rec-1", due=NOW)).keys() >= {"followUp", "dueAt"}


def test_nobody_is_asked_early() -> None:
    """`dueAt` is in whole seconds, rounded up."""
    early = record("rec-1", due=NOW + timedelta(microseconds=1))

    assert read_record(stored(early)).follow_up == FollowUpState(
        ("rec-1",), NOW + timedelta(seconds=1)
    )


def test_a_long_answer_is_cut() -> None:
    """The beginning is what says most."""
    found = read_record(stored(record(answer="x" * MAX_ANSWER_LENGTH + "y")))

    assert found.answer == "x" * MAX_ANSWER_LENGTH


def test_a_record_of_a_hundred_ids_is_about_four_kilobytes() -> None:
    """Ids of 36 characters, all of them accepted and to be followed: mostly the ids themselves."""
    ids = [f"{number:08}-1a53-4d30-8a5e-6f1f6bb0a001" for number in range(100)]
    size = item_size(attributes(record_document(record(*ids, due=NOW))))

    assert 3_700 < size < 4_200


@given(strange=strange_documents)
def test_a_strange_document_is_no_surprise(strange: dict[str, Any]) -> None:
    """Whatever stands there: it is read, or LedgerUnavailableError says that it is malformed."""
    try:
        read_record(stored(record("rec-1", due=NOW)) | strange)
    except LedgerUnavailableError as error:
        assert "of the ledger is malformed: " in str(error)  # noqa: PT017 - either is right


def test_a_verdict_of_another_version_is_malformed() -> None:
    """Better nobody is told anything than that something was released that was not."""
    document = stored(record("rec-1"))
    document["verdicts"]["POSTPONED"] = ["rec-1"]

    with pytest.raises(
        LedgerUnavailableError,
        match=rf"^CLAIM#{TOKEN} RECORD#0001 of the ledger is malformed: ValueError$",
    ):
        read_record(document)
