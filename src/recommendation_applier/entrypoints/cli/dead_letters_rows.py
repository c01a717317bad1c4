"""Dead letters, as people, spreadsheets and programs read them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from recommendation_applier.domain.letter_glimpse import without_tokens
from recommendation_applier.domain.waiting_letter import Subject, WaitingLetter
from recommendation_applier.entrypoints.cli.times import show_duration

LINES: Final = {
    "age": "age",
    "reason": "reason",
    "account": "account",
    "type": "type",
    "recommendation": "recommendation",
    "kind": "kind",
    "attempts": "attempts",
    "left": "deleted in",
    "messageId": "message",
}
"""Headings of the table for people."""

SUBJECTS: Final = {
    "recommendationId": "recommendation",
    "encryptedAdvertiserId": "account",
    "marketplace": "market",
    "type": "type",
    "campaignId": "campaign",
    "publishedDate": "published",
    "expiryDate": "expires",
}
"""Headings of the table of what one letter is about."""

_OF_LETTER: Final = (
    "messageId",
    "kind",
    "reasonCode",
    "reason",
    "httpStatus",
    "apiCode",
    "requestId",
    "failedAt",
    "attempts",
    "sentAt",
    "deletedAt",
    "receiveCount",
    "movedBySqs",
)
_OF_SUBJECT: Final = (
    "recommendationId",
    "encryptedAdvertiserId",
    "entityId",
    "marketplace",
    "type",
    "adProduct",
    "campaignId",
    "partnerOpportunityId",
    "publishedDate",
    "expiryDate",
)

EXPORT: Final = (*_OF_LETTER, "recommendations", "body")
"""Keys of an exported letter."""

CELLS: Final = (*_OF_LETTER, *_OF_SUBJECT, "body")
"""Headings of the file for spreadsheets; a cell has all values of its letter, each once."""


def line_of(letter: WaitingLetter, *, now: datetime, retention: timedelta) -> Mapping[str, Any]:
    """Write a letter for people, on one line."""
    return {
        "age": show_duration(now - letter.since),
        "reason": " ".join(each for each in (letter.reason_code, letter.api_code) if each),
        "account": some(f"{_account(each)} {each.marketplace or ''}" for each in letter.subjects),
        "type": some(each.type for each in letter.subjects),
        "recommendation": some(letter.recommendation_ids),
        "kind": letter.kind.value,
        "attempts": letter.attempts,
        "left": show_duration(max(letter.message.sent_at + retention - now, timedelta())),
        "messageId": letter.message_id,
    }


def facts_of(letter: WaitingLetter, *, retention: timedelta) -> dict[str, Any]:
    """Write a letter for programs, without its body."""
    message = letter.message
    return {
        "messageId": letter.message_id,
        "kind": letter.kind.value,
        "reasonCode": letter.reason_code,
        "reason": letter.reason,
        "httpStatus": letter.http_status,
        "apiCode": letter.api_code,
        "requestId": letter.request_id,
        "failedAt": letter.failed_at,
        "attempts": letter.attempts,
        "sentAt": message.sent_at,
        "deletedAt": message.sent_at + retention,
        "receiveCount": message.receive_count,
        "movedBySqs": message.moved_by_sqs,
        "recommendations": [subject_facts(each) for each in letter.subjects if each != Subject()],
    }


def whole(letter: WaitingLetter, *, retention: timedelta) -> dict[str, Any]:
    """Write a letter for programs with its body; what would confirm a subscription is left out."""
    return facts_of(letter, retention=retention) | {"body": without_tokens(letter.message.body)}


def cells_of(letter: WaitingLetter, *, retention: timedelta) -> dict[str, Any]:
    """Write a letter for spreadsheets, in one row."""
    facts = whole(letter, retention=retention)
    subjects: list[dict[str, Any]] = facts.pop("recommendations")
    return facts | {
        name: [*dict.fromkeys(value for each in subjects if (value := each[name]) is not None)]
        for name in _OF_SUBJECT
    }


def subject_facts(subject: Subject) -> dict[str, Any]:
    """Write one recommendation that a letter is about."""
    return {
        "recommendationId": subject.recommendation_id,
        "encryptedAdvertiserId": subject.encrypted_advertiser_id,
        "entityId": subject.entity_id,
        "marketplace": subject.marketplace,
        "type": subject.type,
        "adProduct": subject.ad_product,
        "campaignId": subject.campaign_id,
        "partnerOpportunityId": subject.partner_opportunity_id,
        "publishedDate": subject.published_date,
        "expiryDate": subject.expiry_date,
    }


def _account(subject: Subject) -> str:
    return subject.encrypted_advertiser_id or subject.entity_id or ""


def some(values: Any) -> str:  # noqa: ANN401 - whatever gives texts
    """Name the first of *values*, and how many others there are."""
    [first, *others] = [
        *dict.fromkeys(text for each in values if (text := (each or "").strip()))
    ] or [""]
    return f"{first} and {len(others)} more" if others else first
