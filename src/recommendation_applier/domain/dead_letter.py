"""The dead letter: what waits for an operator, and comes back by plain SQS redrive.

JSON, version 1. A `batch` letter holds an apply request that was refused, with what is known of
each recommendation; a `message` letter holds a body as it was received. Neither ever holds an
access token or a header. `redriven` reads them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.dates import format_date
from recommendation_applier.domain.errors import ApplierError
from recommendation_applier.domain.reasons import DeadLetterReason
from recommendation_applier.domain.recommendation import Recommendation

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is dead-lettered: our code, a sentence, and Amazon's answer if there is one."""

    code: DeadLetterReason
    message: str
    http_status: int | None = None
    api_code: str | None = None
    request_id: str | None = None

    @classmethod
    def of(cls, code: DeadLetterReason, error: ApplierError) -> "Reason":
        """Take the sentence and Amazon's words from *error*."""
        return cls(code, str(error), error.http_status, error.api_code, error.request_id)

    def as_json(self) -> dict[str, object]:
        """The `reason` object of the letter."""
        return {
            "code": self.code.value,
            "message": self.message,
            "httpStatus": self.http_status,
            "apiCode": self.api_code,
            "requestId": self.request_id,
        }


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A letter ready to be stored; *message_ids* are the SQS messages that it stands for."""

    kind: Literal["batch", "message"]
    reason: Reason
    body: str
    original_body: str | None
    """For a `message` letter: the body alone, which redrive understands as well."""
    message_ids: tuple[str, ...]
    recommendation_ids: tuple[str, ...] = ()
    account: str | None = None
    """The advertiser, for people, where that could be read."""


def message_letter(
    *,
    message_id: str,
    body: str,
    reason: Reason,
    attempts: int,
    failed_at: datetime,
    account: str | None = None,
) -> DeadLetter:
    """Wrap a *body* that could not be used."""
    return DeadLetter(
        kind="message",
        reason=reason,
        body=_dump("message", reason, attempts, failed_at, {"messageId": message_id, "body": body}),
        original_body=body,
        message_ids=(message_id,),
        account=account,
    )


def batch_letter(
    batch: ApplyBatch,
    *,
    message_ids: Mapping[str, str],
    reason: Reason,
    attempts: int,
    failed_at: datetime,
    failures: Mapping[str, str] | None = None,
) -> DeadLetter:
    """Wrap an apply request: *message_ids* and *failures* are by recommendation id."""
    recommendations = [
        _summary(
            each,
            message_id=message_ids[each.recommendation_id],
            failure=(failures or {}).get(each.recommendation_id),
        )
        for each in batch.recommendations
    ]
    content = {
        "partnerOpportunityId": batch.partner_opportunity_id,
        "request": batch.request(),
        "recommendations": recommendations,
    }
    return DeadLetter(
        kind="batch",
        reason=reason,
        body=_dump("batch", reason, attempts, failed_at, content),
        original_body=None,
        message_ids=tuple(
            dict.fromkeys(
                message_ids[recommendation_id] for recommendation_id in batch.recommendation_ids
            )
        ),
        recommendation_ids=batch.recommendation_ids,
        account=str(batch.advertiser),
    )


def _summary(each: Recommendation, *, message_id: str, failure: str | None) -> dict[str, object]:
    summary: dict[str, object] = {
        "recommendationId": each.recommendation_id,
        "messageId": message_id,
        "expiryDate": format_date(each.expiry_date) if each.expiry_date else None,
        "publishedDate": format_date(each.published_date) if each.published_date else None,
        "type": each.type,
        "adProduct": each.ad_product,
        "campaignId": each.campaign_id,
        "recommendationGroup": each.recommendation_group,
        "groupingType": each.grouping_type,
    }
    return {**summary, "failure": failure} if failure else summary


def _dump(
    kind: Literal["batch", "message"],
    reason: Reason,
    attempts: int,
    failed_at: datetime,
    content: Mapping[str, object],
) -> str:
    letter = {
        "version": VERSION,
        "kind": kind,
        "failedAt": format_date(failed_at),
        "attempts": attempts,
        "reason": reason.as_json(),
        kind: content,
    }
    return json.dumps(letter, separators=(",", ":"))
