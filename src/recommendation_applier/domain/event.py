"""What is told of a recommendation on the partner's own event bus, and in which words. No I/O.

README, Events, lists the fields: they are only ever added to, unless VERSION changes.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from recommendation_applier.domain.dates import format_date
from recommendation_applier.domain.ledger import DecidedBy
from recommendation_applier.domain.recommendation import Recommendation

VERSION: Final = 1

SOURCE: Final = "recommendation-applier"
"""The `source` of every event: what a rule matches first, and all that the role lets us be."""

MAX_DETAIL_LENGTH: Final = 1_000
"""Characters of the sentence that says why: enough for a person, who finds the rest in the log."""

NOBODY_KNOWN: Final = DecidedBy()
"""Who decided, where the policy was not asked, or where only the ledger remembers it."""


class DetailType(StrEnum):
    """The `detail-type` of an event."""

    HELD = "RecommendationHeld"
    """A person has to let it go, or it expires."""
    ACCEPTED = "RecommendationAccepted"
    """Amazon has it, and will apply it."""
    FAILED = "RecommendationFailed"
    """It could not be applied: a person has to look at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that has happened to *recommendation*, of which only that is told which is known.

    *reason* is one of the closed lists that RUNBOOKS.md explains, *explanation* a sentence, empty
    where nothing is left to say. *accepted_at* is there where Amazon had accepted it earlier.
    """

    detail_type: DetailType
    reason: StrEnum
    recommendation: Recommendation
    explanation: str = ""
    decided_by: DecidedBy = NOBODY_KNOWN
    request_ids: tuple[str, ...] = ()
    accepted_at: datetime | None = None

    def detail(self) -> dict[str, object]:
        """Give the `detail` of the event; what is not known is left out, and nothing is secret."""
        about, account = self.recommendation, self.recommendation.advertiser
        known: dict[str, object] = {
            "version": VERSION,
            "recommendationId": about.recommendation_id,
            "advertiserType": account.advertiser_type,
            "encryptedAdvertiserId": account.encrypted_advertiser_id,
            "entityId": account.entity_id,
            "marketplace": account.marketplace,
            "campaignId": about.campaign_id,
            "type": about.type,
            "adProduct": about.ad_product,
            "publishedDate": _date(about.published_date),
            "expiryDate": _date(about.expiry_date),
            "reason": self.reason.value,
            "detail": self.explanation[:MAX_DETAIL_LENGTH],
            "policyVersion": self.decided_by.policy_version,
            "rule": self.decided_by.rule,
            "releasedBy": self.decided_by.released_by,
            "requestIds": list(self.request_ids),
            "acceptedAt": _date(self.accepted_at),
        }
        return {name: value for name, value in known.items() if value}


def _date(moment: datetime | None) -> str | None:
    return format_date(moment) if moment else None
