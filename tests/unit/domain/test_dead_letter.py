"""The dead letter as it is written: JSON of version 1, with a reason."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from recommendation_applier.domain.dead_letter import Reason, batch_letter, message_letter
from recommendation_applier.domain.errors import RefusedError, UnavailableError
from recommendation_applier.domain.reasons import DeadLetterReason
from tests.builders import NOW, OPPORTUNITY, batch, recommendation

REASON = Reason(
    DeadLetterReason.APPLY_REFUSED,
    "apply of 2 recommendations failed",
    http_status=400,
    api_code="PO_APPLY_BAD_REQUEST",
    request_id="abc",
)
MESSAGE_IDS = {"rec-1": "message-1", "rec-2": "message-2"}


def test_a_message_letter_keeps_the_body_as_it_was_received() -> None:
    """Reason, attempts and time stand around the body, which no reading has touched."""
    body = ' {"messageBody": "é"\n'

    letter = message_letter(
        message_id="message-1", body=body, reason=REASON, attempts=3, failed_at=NOW
    )

    assert json.loads(letter.body) == {
        "version": 1,
        "kind": "message",
        "failedAt": "2026-11-10T12:00:00Z",
        "attempts": 3,
        "reason": {
            "code": "APPLY_REFUSED",
            "message": "apply of 2 recommendations failed",
            "httpStatus": 400,
            "apiCode": "PO_APPLY_BAD_REQUEST",
            "requestId": "abc",
        },
        "message": {"messageId": "message-1", "body": body},
    }
    assert letter.kind == "message"
    assert letter.reason is REASON
    assert letter.original_body == body
    assert letter.message_ids == ("message-1",)
    assert letter.recommendation_ids == ()
    assert letter.account is None


def test_a_letter_knows_its_account_for_whoever_reads_the_log() -> None:
    """A batch is of one; a message is of the one that could be read in it. It is not written."""
    of_batch = batch_letter(
        batch("rec-1"), message_ids=MESSAGE_IDS, reason=REASON, attempts=1, failed_at=NOW
    )
    of_message = message_letter(
        message_id="m", body="", reason=REASON, attempts=1, failed_at=NOW, account="A1"
    )

    assert of_batch.account == "A0000000000001 (ENTITY0000000000001, US)"
    assert of_message.account == "A1"
    assert "account" not in json.loads(of_message.body)


def test_a_batch_letter_keeps_the_request_and_what_is_known_of_each_id() -> None:
    """All that it takes to check the request again and to send it again."""
    letter = batch_letter(
        batch("rec-1", "rec-2"), message_ids=MESSAGE_IDS, reason=REASON, attempts=2, failed_at=NOW
    )

    known = {
        "expiryDate": "2026-11-15T12:00:00Z",
        "publishedDate": "2026-11-01T12:00:00Z",
        "type": "KEYWORD_BID",
        "adProduct": "SP",
        "campaignId": "210000000000001",
        "recommendationGroup": None,
        "groupingType": None,
    }
    assert json.loads(letter.body) == {
        "version": 1,
        "kind": "batch",
        "failedAt": "2026-11-10T12:00:00Z",
        "attempts": 2,
        "reason": REASON.as_json(),
        "batch": {
            "partnerOpportunityId": OPPORTUNITY,
            "request": {
                "advertiserType": "SELLER",
                "encryptedAdvertiserId": "A0000000000001",
                "entityId": "ENTITY0000000000001",
                "marketplace": "US",
                "recommendationIds": ["rec-1", "rec-2"],
            },
            "recommendations": [
                {"recommendationId": "rec-1", "messageId": "message-1", **known},
                {"recommendationId": "rec-2", "messageId": "message-2", **known},
            ],
        },
    }
    assert letter.kind == "batch"
    assert letter.reason is REASON
    assert letter.original_body is None
    assert letter.message_ids == ("message-1", "message-2")
    assert letter.recommendation_ids == ("rec-1", "rec-2")


def test_what_is_not_known_of_a_recommendation_is_null() -> None:
    """No date is not a date, and no label is not a word."""
    one = batch("rec-1")
    bare = recommendation(
        "rec-1", published_date=None, expiry_date=None, type=None, ad_product=None, campaign_id=None
    )

    letter = batch_letter(
        type(one)(one.partner_opportunity_id, one.advertiser, (bare,)),
        message_ids=MESSAGE_IDS,
        reason=REASON,
        attempts=1,
        failed_at=NOW,
    )

    assert json.loads(letter.body)["batch"]["recommendations"] == [
        {
            "recommendationId": "rec-1",
            "messageId": "message-1",
            "expiryDate": None,
            "publishedDate": None,
            "type": None,
            "adProduct": None,
            "campaignId": None,
            "recommendationGroup": None,
            "groupingType": None,
        }
    ]


def test_labels_are_written_where_they_are_known() -> None:
    """Group and grouping type help an operator to see what was proposed."""
    one = batch("rec-1")
    member = recommendation("rec-1", recommendation_group="rec-a-018", grouping_type="NEW_ASIN")

    letter = batch_letter(
        type(one)(one.partner_opportunity_id, one.advertiser, (member,)),
        message_ids=MESSAGE_IDS,
        reason=REASON,
        attempts=1,
        failed_at=NOW,
    )

    (summary,) = json.loads(letter.body)["batch"]["recommendations"]
    assert summary["recommendationGroup"] == "rec-a-018"
    assert summary["groupingType"] == "NEW_ASIN"


def test_amazons_words_stand_beside_the_id_that_they_are_about() -> None:
    """A failure is told for each id that has one."""
    letter = batch_letter(
        batch("rec-1", "rec-2"),
        message_ids=MESSAGE_IDS,
        reason=REASON,
        attempts=1,
        failed_at=NOW,
        failures={"rec-2": "campaign is archived"},
    )

    first, second = json.loads(letter.body)["batch"]["recommendations"]
    assert "failure" not in first
    assert second["failure"] == "campaign is archived"


def test_a_letter_stands_for_each_message_once() -> None:
    """Recommendations of one array share a message; messages keep the order of the ids."""
    letter = batch_letter(
        batch("rec-1", "rec-2", "rec-3"),
        message_ids={"rec-1": "message-9", "rec-2": "message-1", "rec-3": "message-9"},
        reason=REASON,
        attempts=1,
        failed_at=NOW,
    )

    assert letter.message_ids == ("message-9", "message-1")


def test_a_letter_is_as_small_as_json_can_be() -> None:
    """SQS bills by size: no spaces, and only characters that any encoding writes alike."""
    letter = message_letter(
        message_id="m", body="é", reason=Reason(DeadLetterReason.UNREADABLE_BODY, "…"),
        attempts=1, failed_at=NOW,
    )  # fmt: skip

    assert letter.body == (
        '{"version":1,"kind":"message","failedAt":"2026-11-10T12:00:00Z","attempts":1,'
        '"reason":{"code":"UNREADABLE_BODY","message":"\\u2026","httpStatus":null,'
        '"apiCode":null,"requestId":null},"message":{"messageId":"m","body":"\\u00e9"}}'
    )


def test_a_letter_is_dated_in_utc() -> None:
    """Whatever the clock's own offset."""
    failed_at = NOW.astimezone(timezone(timedelta(hours=-8)))

    letter = message_letter(message_id="m", body="", reason=REASON, attempts=1, failed_at=failed_at)

    assert json.loads(letter.body)["failedAt"] == "2026-11-10T12:00:00Z"
    assert datetime.fromisoformat(json.loads(letter.body)["failedAt"]) == NOW


def test_a_reason_takes_amazons_words_from_an_error() -> None:
    """The sentence, and what support will ask for."""
    error = RefusedError(
        "apply failed", http_status=404, api_code="PO_NOT_FOUND", request_ids=("x", "y")
    )

    assert Reason.of(DeadLetterReason.APPLY_REFUSED, error) == Reason(
        DeadLetterReason.APPLY_REFUSED, "apply failed", 404, "PO_NOT_FOUND", "x"
    )


def test_a_reason_without_an_answer_has_no_words_of_amazons() -> None:
    """What was never answered has neither status nor code."""
    reason = Reason.of(DeadLetterReason.RETRIES_EXHAUSTED, UnavailableError("no connection"))

    assert reason.as_json() == {
        "code": "RETRIES_EXHAUSTED",
        "message": "no connection",
        "httpStatus": None,
        "apiCode": None,
        "requestId": None,
    }


@pytest.mark.parametrize("code", DeadLetterReason)
def test_a_code_is_written_as_the_list_has_it(code: DeadLetterReason) -> None:
    """Filters compare the word of the closed list."""
    assert Reason(code, "why").as_json()["code"] == code.name
