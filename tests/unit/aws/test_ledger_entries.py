"""Entries and tombstones <-> documents, field by field."""

import json
import random
from dataclasses import replace
from datetime import timedelta
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
    new_items,
    read_entry,
    read_known,
    tombstone_document,
)
from recommendation_applier.domain.campaign_settings import CampaignSettings
from recommendation_applier.domain.delivery import Publication
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.ledger import DecidedBy, Entry, Known, Tombstone
from recommendation_applier.domain.reading import read_body
from tests.builders import OPPORTUNITY, advertiser
from tests.dynamodb_units import item_size
from tests.ledger_builders import KEPT_UNTIL, OTHER_TOKEN, TOKEN, claim, entry, tombstone
from tests.ledger_strategies import entries, tombstones
from tests.unit.aws.stored import strange_documents


def stored(document: dict[str, Any]) -> Any:
    """Write *document* and read it back."""
    return read_document(attributes(document))


def as_kept(original: Entry) -> Entry:
    """Say what is left of an entry: its opportunity is its own, and of its settings what counts."""
    kept = replace(
        original.recommendation,
        partner_opportunity_id=original.partner_opportunity_id,
        settings=unpack(pack(original.recommendation.settings)),
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


def documented_bodies() -> list[str]:
    """Give the messages of events/published.json, of which the first is the guide's example."""
    event = json.loads((Path(__file__).parents[3] / "events" / "published.json").read_text())
    return [record["body"] for record in event["Records"]]


def as_it_came(body: str, *, is_json: bool) -> Entry:
    """Claim what *body* publishes; its settings are JSON, or have been read."""
    [found] = read_body(body, actionable_statuses=frozenset({"PUBLISHED"}))
    assert isinstance(found, Publication)
    settings = found.recommendation.settings
    assert settings.json is not None
    if not is_json:
        settings = CampaignSettings(settings.current, settings.recommended)
    return replace(entry(), recommendation=replace(found.recommendation, settings=settings))


@pytest.mark.parametrize("is_json", [True, False], ids=["json", "dictionaries"])
def test_the_documented_example_costs_one_write_unit(*, is_json: bool) -> None:
    """With ids of 36 characters and a token of that length it stays below 1,024 bytes."""
    example = as_it_came(documented_bodies()[0], is_json=is_json)
    document = entry_key(example.recommendation_id) | entry_document(example)

    assert len(example.recommendation_id) == len(example.claim.token) == 36
    assert document["settings"] is not None
    assert 700 < item_size(attributes(document)) < 1_024


def test_settings_are_read_alike_however_they_came() -> None:
    """What was kept as JSON has its nulls and empties then, and nobody sees any of them."""
    for body in documented_bodies():
        as_json, as_dictionaries = (
            stored(entry_document(as_it_came(body, is_json=is_json))) for is_json in (True, False)
        )

        assert read_entry(as_json) == read_entry(as_dictionaries)


# Few of each, so that neighbours have some, all or nothing in common.
neighbours = st.lists(
    st.builds(
        lambda number, one: replace(
            one, recommendation=replace(one.recommendation, recommendation_id=f"rec-{number}")
        ),
        st.integers(0, 5),
        st.sampled_from(
            [
                entry(),
                entry(grouping_type="INCREASE_BID", current_settings={"bid": 0.75}),
                entry(partner_opportunity_id="PO-1"),
                entry(advertiser=advertiser(2)),
                entry(token=OTHER_TOKEN),
                replace(entry(), partner_opportunity_id="PO-2"),
                replace(entry(), decided_by=DecidedBy(policy_version=8)),
                replace(entry(), decided_by=DecidedBy(policy_version=None)),
                replace(entry(), kept_until=KEPT_UNTIL + timedelta(seconds=1)),
            ]
        )
        | entries,
    ),
    max_size=6,
)


@given(some=neighbours)
def test_an_item_is_the_same_whoever_its_neighbours_are(some: list[Entry]) -> None:
    """What they have in common is written once, and for nobody who has it not."""
    alone = {
        each.recommendation_id: attributes(entry_key(each.recommendation_id) | entry_document(each))
        for each in some
    }

    assert new_items(some) == alone


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
