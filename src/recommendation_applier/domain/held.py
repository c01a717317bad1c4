"""What is held, and what a person may still say about it. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from recommendation_applier.domain.dates import FOR_EVER, format_date
from recommendation_applier.domain.holds import Hold, Release
from recommendation_applier.domain.ledger import Entry, StoredEntry, Tombstone
from recommendation_applier.domain.policy_rules import Match
from recommendation_applier.domain.reasons import NotApplicableReason
from recommendation_applier.domain.recommendation import Recommendation


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

    RELEASED = "RELEASED_BY_OPERATOR"
    REJECTED = "REJECTED_BY_OPERATOR"


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


@dataclass(frozen=True, slots=True)
class Held:
    """A recommendation that waits for a person, and why.

    *release* is there where a person has let it go, and it is still on its way.
    """

    entry: Entry
    hold: Hold
    release: Release | None = None

    @property
    def recommendation(self) -> Recommendation:
        """What would be applied."""
        return self.entry.recommendation


@dataclass(frozen=True, slots=True)
class HeldOverview:
    """How much waits for a person, and the *first* of it to end.

    What was taken back while it was held is counted until it ends. Where not *is_whole*, there is
    more than *count*.
    """

    count: int
    first: Sequence[Held]
    is_whole: bool = True

    @property
    def ends_first(self) -> datetime | None:
        """When the first ends; None where nothing waits, or nothing that does ever ends."""
        return min((each.hold.until for each in self.first if each.hold.until), default=None)

    @property
    def held_since(self) -> datetime | None:
        """Since when the oldest of the *first* has been held: who ends first was mostly so."""
        return min((each.hold.held_at for each in self.first), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFilter:
    """Which of what is held a person means: what *match* covers, and any of *reasons* and *rules*.

    None of them means all.
    """

    match: Match = field(default_factory=Match)
    reasons: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()

    def covers(self, held: Held) -> bool:
        """Tell whether it means *held*."""
        return (
            self.match.covers(held.recommendation)
            and (not self.reasons or held.hold.reason in self.reasons)
            and (not self.rules or held.entry.decided_by.rule in self.rules)
        )


def waiting(stored: StoredEntry | None) -> Held | Objection:
    """Give what waits for a person of what is *stored*, expired or not, or say why nothing does."""
    if stored is None or stored.entry is None:
        return Objection(NoLongerHeld.UNKNOWN, "the ledger has no entry of it")
    recommendation, tombstone = stored.entry.recommendation, stored.tombstone
    if tombstone is not None and tombstone.covers(recommendation):
        return Objection(tombstone.reason, f"it was taken back: {tombstone.reason.value}")
    if stored.hold is None:
        return Objection(
            NoLongerHeld.NOT_HELD, "it is not held: `applier ledger show` tells what became of it"
        )
    covers = stored.release is not None and stored.release.covers(recommendation)
    return Held(stored.entry, stored.hold, stored.release if covers else None)


def decidable(found: Held | Objection, *, now: datetime) -> Held | Objection:
    """Give what a person may let go or reject at *now*, or say why nobody may."""
    if isinstance(found, Held) and found.recommendation.is_expired(now):
        ended = format_date(found.recommendation.expiry_date or now)
        return Objection(NotApplicableReason.EXPIRED, f"it expired at {ended}")
    return found
