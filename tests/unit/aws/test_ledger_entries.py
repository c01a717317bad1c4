"""Entries and tombstones <-> documents, field by field."""

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.aws.campaign_settings import pack, unpack
from recommendation_applier.aws.ledger_documents import attributes, read_document
from recommendation_applier.aws.ledger_entries import (
    entry_document,
    entry_key,
    read_entry,
    read_known,
    tombstone_document,
)
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.ledger import Entry, Known, Tombstone
from tests.builders import OPPORTUNITY
from tests.dynamodb_units import item_size
from tests.ledger_builders import KEPT_UNTIL, TOKEN, claim, entry, tombstone
from tests.ledger_strategies import entries, tombstones
from tests.unit.aws.stored import strange_documents


def stored(document: dict[str, Any]) -> Any:
    """Write *document* and read it back."""
    return read_document(attributes(document))


def as_kept(original: Entry) -> Entry:
    """Say what is left of an entry: its opportunity is its own, and of its settings what counts."""
    settings = unpack(pack(original.recommendation))
    kept = original.recommendation.model_copy(
        update={
            "partner_opportunity_id": original.partner_opportunity_id,
            "current_settings": settings.get("current"),
            "recommended_settings": settings.get("recommended"),
        }
    )
    return replace(original, recommendation=kept)


@given(original=entries)
def test_an_entry_is_read_as_it_was_written(original: Entry) -> None:
    """Every field; what decides about sending is the claim."""
    found = stored(entry_key(original.recommendation_id) | entry_document(original))

    assert read_entry(found) == as_kept(original)
    assert read_known(found) == Known(original.claim)


@given(original=tombstones, claimed=st.none() | entries)
def test_a_tombstone_is_read_as_it_was_written(original: Tombstone, claimed: Entry | None) -> None:
    """Alone, where there is no entry to be read, and beside one."""
    document = tombstone_document(original, kept_until=KEPT_UNTIL)
    if claimed is None:
        found = stored(entry_key("rec-1") | document)
        assert read_entry(found) is None
        assert read_known(found) == Known(None, original)
        return
    found = stored(entry_document(claimed) | document)

    assert read_known(found) == Known(claimed.claim, original)


def test_an_entry_tells_an_operator_what_it_is() -> None:
    """Words of Amazon's and of the project's, dates that can be read, no abbreviations."""
    document = entry_document(
        entry(
            recommendation_group="sponsored-ads-rec-a-018",
            grouping_type="INCREASE_BID",
            current_settings={"bid": 0.75},
        )
    )
    packed = document.pop("settings")

    assert isinstance(packed, bytes)
    assert document == {
        "recommendationId": "rec-1",
        "type": "KEYWORD_BID",
        "adProduct": "SP",
        "campaignId": "210000000000001",
        "recommendationGroup": "sponsored-ads-rec-a-018",
        "groupingType": "INCREASE_BID",
        "publishedDate": "2026-11-01T12:00:00.000000Z",
        "expiryDate": "2026-11-15T12:00:00.000000Z",
        "encryptedAdvertiserId": "A0000000000001",
        "entityId": "ENTITY0000000000001",
        "marketplace": "US",
        "advertiserType": "SELLER",
        "partnerOpportunityId": OPPORTUNITY,
        "policyVersion": 7,
        "rule": "bids",
        "releasedBy": None,
        "claim": TOKEN,
        "claimedAt": "2026-11-10T12:00:00.000000Z",
        "leaseEnds": "2026-11-10T12:05:00.000000Z",
        "keptUntil": 1_802_520_000,
    }
    assert tombstone_document(tombstone(), kept_until=KEPT_UNTIL) == {
        "withdrawnAsOf": "2026-11-01T12:00:00.000000Z",
        "withdrawnReason": "REMOVED",
        "keptUntil": 1_802_520_000,
    }


def test_settings_that_are_too_large_are_left_out_with_a_word() -> None:
    """The recommendation is claimed all the same, and its document is far below 400 kB."""
    noise = random.Random(1).randbytes(200_000).hex()  # noqa: S311 - no secret
    document = entry_document(entry(recommended_settings={"name": noise}))

    assert "settings" not in document
    assert str(document["settingsLeftOut"]).endswith(" bytes, of which 65536 would be kept")
    assert item_size(attributes(document)) < 1_024
    assert read_known(stored(document)) == Known(claim())


def documented_message() -> dict[str, Any]:
    """Give the first message of events/published.json, which is the guide's example."""
    event = json.loads((Path(__file__).parents[3] / "events" / "published.json").read_text())
    found: dict[str, Any] = json.loads(event["Records"][0]["body"])["messageBody"]
    return found


def test_the_documented_example_costs_one_write_unit() -> None:
    """With ids of 36 characters and a token of that length it stays below 1,024 bytes."""
    message = documented_message()
    example = entry(
        message["recommendation_id"],
        recommendation_group=message["recommendation_group"],
        grouping_type=message["explanation"]["recommendation_context"]["grouping_context"][
            "grouping_type"
        ],
        campaign_id=message["campaign_id"],
        type=message["type"],
        current_settings=message["current_campaign_settings"],
        recommended_settings=message["recommended_campaign_settings"],
    )
    document = entry_key(example.recommendation_id) | entry_document(example)

    assert len(example.recommendation_id) == len(example.claim.token) == 36
    assert document["settings"] is not None
    assert 800 < item_size(attributes(document)) < 1_024


@given(strange=strange_documents)
def test_a_strange_document_is_no_surprise(strange: dict[str, Any]) -> None:
    """Whatever stands there: it is read, or LedgerUnavailableError says that it is malformed."""
    document = stored(entry_key("rec-1") | entry_document(entry())) | strange
    for read in (read_known, read_entry):
        try:
            read(document)
        except LedgerUnavailableError as error:
            assert "of the ledger is malformed: " in str(error)  # noqa: PT017 - either is right


def test_a_claim_without_its_lease_is_malformed() -> None:
    """Nobody could say whether it has ended."""
    document = stored(entry_key("rec-1") | entry_document(entry()))
    del document["leaseEnds"]

    with pytest.raises(
        LedgerUnavailableError,
        match=r"^RECOMMENDATION#rec-1 of the ledger is malformed: KeyError$",
    ):
        read_known(document)
