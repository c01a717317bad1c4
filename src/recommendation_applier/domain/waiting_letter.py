"""A dead letter as it waits on its queue: what is known of it, whatever form it has. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from recommendation_applier.domain.recommendation import Recommendation


def legible(value: object) -> str | None:
    """Take a text, if it says something; half of an emoji, which no file takes, becomes a `?`."""
    return value.encode(errors="replace").decode() if isinstance(value, str) and value else None


class LetterKind(StrEnum):
    """What a letter holds."""

    BATCH = "batch"
    """An apply request that was refused."""
    MESSAGE = "message"
    """A body that could not be used, with or without its reason around it."""
    BODY = "body"
    """A body alone, of which nothing says what it is: SQS moved it, or it was too large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedMessage:
    """A message as SQS hands it out.

    *sent_at* is when SQS began to count its retention; *receive_count* counts looks as well, which
    leads nowhere on a queue that has no redrive policy. *moved_by_sqs* is there where SQS itself
    moved it from another queue.
    """

    message_id: str
    body: str = field(repr=False)
    sent_at: datetime
    receive_count: int = 1
    attributes: Mapping[str, str] = field(default_factory=dict)
    moved_by_sqs: bool = False


@dataclass(frozen=True, slots=True)
class QueueCount:
    """How many messages SQS counts: it counts approximately.

    *hidden* are those that somebody has in hand.
    """

    visible: int
    hidden: int
    retention: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One recommendation that a letter is about, as far as it can be read.

    *is_withdrawal* says that the letter takes it back.
    """

    recommendation_id: str | None = None
    encrypted_advertiser_id: str | None = None
    entity_id: str | None = None
    marketplace: str | None = None
    type: str | None = None
    ad_product: str | None = None
    campaign_id: str | None = None
    partner_opportunity_id: str | None = None
    published_date: datetime | None = None
    expiry_date: datetime | None = None
    is_withdrawal: bool = False

    @classmethod
    def of(cls, recommendation: Recommendation) -> "Subject":
        """Take what *recommendation* says."""
        account = recommendation.advertiser
        return cls(
            recommendation_id=recommendation.recommendation_id,
            encrypted_advertiser_id=account.encrypted_advertiser_id,
            entity_id=account.entity_id,
            marketplace=account.marketplace,
            type=legible(recommendation.type),
            ad_product=legible(recommendation.ad_product),
            campaign_id=legible(recommendation.campaign_id),
            partner_opportunity_id=recommendation.partner_opportunity_id,
            published_date=recommendation.published_date,
            expiry_date=recommendation.expiry_date,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLetter:
    """A letter that was looked at; what it does not say is None.

    *subjects* are empty where nothing in it is about a recommendation.
    """

    message: QueuedMessage
    kind: LetterKind
    reason_code: str | None = None
    reason: str | None = None
    http_status: int | None = None
    api_code: str | None = None
    request_id: str | None = None
    failed_at: datetime | None = None
    attempts: int | None = None
    subjects: tuple[Subject, ...] = ()

    @property
    def message_id(self) -> str:
        """SQS's name for it, which a redrive changes."""
        return self.message.message_id

    @property
    def since(self) -> datetime:
        """When it failed, by its own word; otherwise when SQS got it."""
        return self.failed_at or self.message.sent_at

    @property
    def recommendation_ids(self) -> tuple[str, ...]:
        """The ids that can be read, each once."""
        ids = (each.recommendation_id for each in self.subjects)
        return tuple(dict.fromkeys(each for each in ids if each is not None))
