"""What can be told of a dead letter, whatever form it has."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.delivery import Publication, ReleaseNotice, Withdrawal
from recommendation_applier.domain.letter_glimpse import glimpses, without_tokens
from recommendation_applier.domain.reading import read_body
from recommendation_applier.domain.release_notice import release_notice
from recommendation_applier.domain.waiting_letter import LetterKind, Subject
from tests.builders import (
    EXPIRY,
    NOW,
    OPPORTUNITY,
    PUBLISHED,
    advertiser,
    body,
    confirmation,
    flat_message,
    notification,
    recommendation,
    stream_message,
)
from tests.letter_builders import FAILED, batch_body, letter, message_body
from tests.unit.domain.documents import documents, json_values

PUBLISHED_ONLY = frozenset({"PUBLISHED"})


def test_a_batch_letter_says_everything() -> None:
    """The reason with Amazon's answer, and each id with what is known of it."""
    found = letter(batch_body("rec-1", "rec-2", account=2))

    assert (found.kind, found.reason_code) == (LetterKind.BATCH, "APPLY_REFUSED")
    assert found.reason == "apply of 2 recommendations failed"
    assert (found.http_status, found.api_code) == (400, "PO_APPLY_BAD_REQUEST")
    assert (found.request_id, found.attempts) == ("1f6c2b9e", 2)
    assert (found.failed_at, found.since) == (FAILED, FAILED)
    assert found.recommendation_ids == ("rec-1", "rec-2")
    assert found.subjects[0] == Subject(
        recommendation_id="rec-1",
        encrypted_advertiser_id="A0000000000002",
        entity_id="ENTITY0000000000002",
        marketplace="US",
        type="KEYWORD_BID",
        ad_product="SP",
        campaign_id="210000000000001",
        partner_opportunity_id=OPPORTUNITY,
        published_date=PUBLISHED,
        expiry_date=EXPIRY,
    )


def test_a_message_letter_says_what_its_body_says() -> None:
    """Reason around it, recommendation in it."""
    found = letter(message_body(body("rec-7", account=3)))

    assert (found.kind, found.reason_code) == (LetterKind.MESSAGE, "OPPORTUNITY_UNRESOLVED")
    assert (found.http_status, found.api_code, found.request_id) == (None, None, None)
    [subject] = found.subjects
    assert (subject.recommendation_id, subject.entity_id) == ("rec-7", "ENTITY0000000000003")


@pytest.mark.parametrize(
    ("attributes", "kind", "code"),
    [
        ({"kind": "message", "reasonCode": "INVALID_MESSAGE"}, "message", "INVALID_MESSAGE"),
        ({}, "body", None),
        ({"kind": "parcel", "reasonCode": ""}, "body", None),
    ],
)
def test_a_body_alone_is_told_by_its_attributes(
    attributes: dict[str, str], kind: str, code: str | None
) -> None:
    """Too large to be wrapped, it has some; moved by SQS, it has none: its age is SQS's then."""
    found = letter(body("rec-1"), attributes=attributes)

    assert (found.kind, found.reason_code) == (kind, code)
    assert (found.failed_at, found.attempts) == (None, None)
    assert found.since == found.message.sent_at
    assert found.recommendation_ids == ("rec-1",)


@pytest.mark.parametrize(
    "text",
    [
        body("rec-1"),
        json.dumps(flat_message("rec-1")),
        notification(body("rec-1")),
        json.dumps([stream_message("rec-1")]),
        message_body(notification(body("rec-1"))),
        release_notice(["rec-1"]),
        # What the consumer refuses has its id all the same.
        body("rec-1", recommendation_status="ODD"),
        body("rec-1", published_date="soon", advertiser_type=...),
        message_body(notification(body("rec-1", marketplace_name="BE", marketplaceId=...))),
        json.dumps({**flat_message("rec-1"), "marketplace_name": "BE", "entity_id": 5}),
        batch_body("rec-1").replace('"US"', '"BE"'),
        batch_body("rec-1").replace('"version":1', '"version":2'),
        body("rec-1", recommendation_status="REMOVED"),
    ],
)
def test_every_form_names_its_recommendation(text: str) -> None:
    """Wrapped or not, and whether the consumer can use it or not."""
    assert letter(text).recommendation_ids == ("rec-1",)


@pytest.mark.parametrize("text", ["5", "[5]", '"text"', "{", "[" * 20 + "]" * 20])
def test_what_names_nothing_gives_nothing(text: str) -> None:
    """Numbers, texts, half a document, and lists in lists without end."""
    assert list(glimpses(text)) == []


def test_what_a_letter_wraps_is_found() -> None:
    """Without the rest of the letter being looked at."""
    [found] = glimpses(message_body(body("rec-1")))

    assert found.recommendation_id == "rec-1"


def test_what_stands_in_a_list_is_found() -> None:
    """Though the consumer would refuse the list for what else is in it."""
    [found] = glimpses(json.dumps([5, stream_message("rec-1")]))

    assert found.recommendation_id == "rec-1"


def test_what_the_consumer_refuses_says_whose_it_is() -> None:
    """Account, marketplace, type and dates, as far as they can be read."""
    [unsupported] = letter(body("rec-1", marketplace_name="BE", marketplaceId=...)).subjects
    [by_id] = letter(
        body("rec-1", envelope={"marketplaceId": "AMEN7PMS3EDWL"}, marketplace_name=None)
    ).subjects
    [version_2] = letter(batch_body("rec-1").replace('"version":1', '"version":2')).subjects
    [other] = letter(
        json.dumps(
            {
                **flat_message("rec-1", expiry_date="soon", recommendation_status="ODD"),
                "partner_opportunity_id": OPPORTUNITY,
                "advertiser_id": "A" * 257,
                "entity_id": "",
            }
        )
    ).subjects

    assert (unsupported.marketplace, unsupported.type) == ("BE", "KEYWORD_BID")
    assert (by_id.marketplace, by_id.encrypted_advertiser_id) == ("BE", "A0000000000001")
    assert version_2 == Subject.of(
        recommendation("rec-1", advertiser=advertiser(), partner_opportunity_id=OPPORTUNITY)
    )
    assert (other.encrypted_advertiser_id, other.entity_id) == (None, None)
    assert (other.partner_opportunity_id, other.expiry_date) == (OPPORTUNITY, None)
    assert (other.published_date, other.ad_product, other.campaign_id) == (
        PUBLISHED,
        "SP",
        "210000000000001",
    )


def test_a_batch_that_cannot_be_read_says_what_it_can() -> None:
    """Ids of the request, or else of the recommendations; what is not there is not known."""
    whole = json.loads(batch_body("rec-1"))
    del whole["batch"]["request"]
    [subject] = letter(json.dumps(whole)).subjects
    whole["batch"]["recommendations"] += ["odd", {"recommendationId": 5}]
    whole["batch"]["request"] = {"recommendationIds": ["rec-2", 7, {}]}

    assert (subject.recommendation_id, subject.type) == ("rec-1", "KEYWORD_BID")
    assert letter(json.dumps(whole)).recommendation_ids == ("rec-2",)
    assert letter(json.dumps(whole | {"batch": {"request": 5}})).subjects == (Subject(),)


def test_word_that_takes_back_is_told_as_such() -> None:
    """With its date, and whose it is."""
    [subject] = letter(body("rec-1", recommendation_status="REMOVED")).subjects

    assert subject.is_withdrawal
    assert (subject.published_date, subject.type) == (PUBLISHED, "KEYWORD_BID")


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("no JSON", (Subject(),)),
        ("7", (Subject(),)),
        ("[" * 50_000, (Subject(),)),
        ('{"no": "message"}', (Subject(),)),
        (confirmation(), (Subject(),)),
        (body(datasetId="sp-traffic", envelope={"datasetId": "sp-traffic"}), ()),
        (message_body("no JSON"), (Subject(),)),
        ('{"version":1,"kind":"message","reason":7,"message":{"body":5}}', (Subject(),)),
    ],
)
def test_what_is_about_no_recommendation_names_none(text: str, subjects: Any) -> None:
    """Somebody has to look at it; only what asks nothing of us is about nothing."""
    assert letter(text).subjects == subjects


@given(st.sampled_from(["reason", "failedAt", "attempts", "kind"]), json_values)
def test_a_spoilt_letter_hides_nothing_else(name: str, value: Any) -> None:
    """What it does not say in the way that we say it, it does not say."""
    whole = json.loads(batch_body("rec-1"))
    found = letter(json.dumps(whole | {name: value}))

    assert found.message.body
    if name != "kind":
        assert found.recommendation_ids == ("rec-1",)


@given(st.text() | json_values.map(json.dumps) | documents.map(json.dumps))
def test_nothing_raises_and_nothing_is_invented(text: str) -> None:
    """The ids that the consumer would read are those that are told, in order."""
    contents = read_body(text, actionable_statuses=PUBLISHED_ONLY)
    found = letter(text)
    known = [
        each.recommendation.recommendation_id
        if isinstance(each, Publication)
        else each.recommendation_id
        for each in contents
        if isinstance(each, Publication | Withdrawal | ReleaseNotice)
    ]

    assert set(known) <= set(found.recommendation_ids)
    json.dumps(found.recommendation_ids, ensure_ascii=False).encode()
    assert isinstance(list(glimpses(text)), list)


def test_half_an_emoji_becomes_a_question_mark() -> None:
    """No file and no terminal takes it."""
    [subject] = letter(body("rec-1", type="BID \ud83d")).subjects

    assert subject.type == "BID ?"


def test_too_many_wrappings_end() -> None:
    """Whoever wraps a letter a hundred times hides it from nobody but us."""
    text = body("rec-1")
    for _ in range(8):
        text = json.dumps({"TopicArn": "arn", "Message": text})

    assert list(glimpses(text)) == []


@pytest.mark.parametrize("wrap", [str, message_body, lambda text: message_body(notification(text))])
def test_tokens_are_never_shown(wrap: Any) -> None:
    """However often the confirmation is wrapped; all else stands."""
    text = wrap(confirmation(token="2336412f37"))

    shown = without_tokens(text)
    assert "2336412f37" not in shown
    assert "Action=ConfirmSubscription" not in shown
    assert "SubscriptionConfirmation" in shown
    assert without_tokens(body()) == body()


def test_moments_are_in_utc() -> None:
    """As everywhere."""
    found = letter(batch_body("rec-1", failed_at=datetime(2026, 11, 10, 12, tzinfo=UTC)))

    assert found.failed_at == NOW
