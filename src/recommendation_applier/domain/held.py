"""What is held, and what a person may still say about it. No I/O."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from recommendation_applier.domain.dates import FOR_EVER, format_date
from recommendation_applier.domain.ledger import StoredEntry, Tombstone
from recommendation_applier.domain.reasons import NotApplicableReason
from recommendation_applier.domain.recommendation import Recommendation

MAX_WORD_LENGTH: Final = 500
"""Characters of who says something, and of why: the ledger keeps it with the recommendation."""


@dataclass(frozen=True, slots=True)
class Veto:
    """A person's word that what was held is not to be applied.

    It is about what was published up to *published_date*, or about everything where that has no
    date: what is published later is decided anew.
    """

    by: str
    why: str
    at: datetime
    published_date: datetime | None

    @property
    def tombstone(self) -> Tombstone:
        """What the ledger remembers of it."""
        return Tombstone(self.published_date or FOR_EVER, NotApplicableReason.REJECTED_BY_OPERATOR)


class OperatorAction(StrEnum):
    """What a person did to a recommendation."""

    RELEASED = "RELEASED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True)
class ActionTaken:
    """Who did something to a recommendation, when, and why."""

    at: datetime
    by: str
    what: OperatorAction
    why: str


class NoLongerHeld(StrEnum):
    """Why nothing can be said about a recommendation, beside what took it back."""

    UNKNOWN = "UNKNOWN"
    """The ledger has no entry of it."""
    NOT_HELD = "NOT_HELD"
    """It was never held, or has been sent or decided anew since."""
    PUBLISHED_ANEW = "PUBLISHED_ANEW"
    """It is held, but it is no longer what was looked at."""


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a recommendation can be neither released nor rejected: a word, and a sentence."""

    reason: NoLongerHeld | NotApplicableReason
    detail: str


def is_waiting(stored: StoredEntry) -> bool:
    """Tell whether *stored* is held for a person, and was not taken back meanwhile."""
    if stored.entry is None or stored.hold is None:
        return False
    return stored.tombstone is None or not stored.tombstone.covers(stored.entry.recommendation)


def decidable(stored: StoredEntry | None, *, now: datetime) -> Recommendation | Objection:
    """Give the recommendation that a person may decide about at *now*, or say why nobody may."""
    if stored is None or stored.entry is None:
        return Objection(NoLongerHeld.UNKNOWN, "the ledger has no entry of it")
    recommendation, tombstone = stored.entry.recommendation, stored.tombstone
    if tombstone is not None and tombstone.covers(recommendation):
        return Objection(tombstone.reason, f"it was taken back: {tombstone.reason.value}")
    if stored.hold is None:
        return Objection(
            NoLongerHeld.NOT_HELD, "it is not held: `applier ledger show` tells what became of it"
        )
    if recommendation.expiry_date is not None and recommendation.is_expired(now):
        return Objection(
            NotApplicableReason.EXPIRED, f"it expired at {format_date(recommendation.expiry_date)}"
        )
    return recommendation
