"""Dead letters as they wait on their queue, valid by default, one thing changed a test."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from recommendation_applier.domain.dead_letter import Reason, batch_letter, message_letter
from recommendation_applier.domain.letter_reading import read_waiting_letter
from recommendation_applier.domain.reasons import DeadLetterReason
from recommendation_applier.domain.waiting_letter import QueuedMessage, WaitingLetter
from tests.builders import NOW, batch, body

FAILED: Final = NOW - timedelta(hours=2)
REFUSED: Final = Reason(
    DeadLetterReason.APPLY_REFUSED,
    "apply of 2 recommendations failed",
    http_status=400,
    api_code="PO_APPLY_BAD_REQUEST",
    request_id="1f6c2b9e",
)


def batch_body(
    *recommendation_ids: str,
    account: int = 1,
    reason: Reason = REFUSED,
    failed_at: datetime = FAILED,
    opportunity: str | None = None,
) -> str:
    """Make the text of a letter about a request."""
    named = {"opportunity": opportunity} if opportunity else {}
    refused = batch(*recommendation_ids, account=account, **named)
    return batch_letter(
        refused,
        message_ids=dict.fromkeys(refused.recommendation_ids, "delivery-1"),
        reason=reason,
        attempts=2,
        failed_at=failed_at,
    ).body


def message_body(
    text: str | None = None,
    *,
    code: DeadLetterReason = DeadLetterReason.OPPORTUNITY_UNRESOLVED,
    failed_at: datetime = FAILED,
) -> str:
    """Make the text of a letter about a body."""
    return message_letter(
        message_id="delivery-1",
        body=body() if text is None else text,
        reason=Reason(code, "no opportunity is known for it"),
        attempts=1,
        failed_at=failed_at,
    ).body


def queued(
    text: str,
    message_id: str = "letter-1",
    *,
    attributes: Mapping[str, str] | None = None,
    **changes: Any,
) -> QueuedMessage:
    """Make a message as SQS hands it out, an hour after it was sent."""
    fields: dict[str, Any] = {
        "message_id": message_id,
        "body": text,
        "sent_at": NOW - timedelta(hours=1),
        "attributes": attributes or {},
    }
    return QueuedMessage(**fields | changes)


def letter(text: str, message_id: str = "letter-1", **changes: Any) -> WaitingLetter:
    """Read what is queued, where PUBLISHED may be applied."""
    return read_waiting_letter(
        queued(text, message_id, **changes), actionable_statuses=frozenset({"PUBLISHED"})
    )
