"""What is kept back for a person, and that person's word. No I/O."""

from dataclasses import dataclass
from datetime import datetime

from recommendation_applier.domain.reasons import HeldReason
from recommendation_applier.domain.recommendation import Recommendation


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a recommendation is kept back; *until* is when it expires, None if it never does."""

    reason: HeldReason
    detail: str
    held_at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Release:
    """A person's word that what was held may be applied, whatever the policy's limits say.

    It is about what was published at *published_date*: what is published since is decided anew.
    """

    by: str
    why: str
    at: datetime
    published_date: datetime | None

    def covers(self, recommendation: Recommendation) -> bool:
        """Tell whether it speaks of *recommendation*, and not of an earlier or a later one."""
        return self.published_date == recommendation.published_date
