"""A person decides about what is held: it is let go, or never applied.

A release is written onto the entry first, and the ingress queue is told second: whoever is
interrupted in between, or is told that sending failed, runs the command again. Released twice or
told twice, a recommendation is sent once, since the spine claims it like any other.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from recommendation_applier.domain.held import (
    Held,
    NoLongerHeld,
    Objection,
    Veto,
    decidable,
    waiting,
)
from recommendation_applier.domain.holds import Release
from recommendation_applier.domain.ledger import StoredEntry
from recommendation_applier.domain.release_notice import MAX_IDS_PER_NOTICE, release_notice
from recommendation_applier.use_cases.ports import HeldStore, ReleaseNotices

_AT_ONCE: Final = 1_000
"""Written before any of them is sent: as many as ten notices name, which go out in one call."""


class Outcome(StrEnum):
    """What came of a person's word about one recommendation."""

    RELEASED = "RELEASED"
    """It is on its way: the spine decides about its expiry, its removal and the mode once more."""
    REJECTED = "REJECTED"
    """It is never applied."""
    REFUSED = "REFUSED"
    """It can no longer be decided about; the reason says why."""
    FAILED = "FAILED"
    """It could not be written or sent for certain: say it again."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of it for one recommendation; *reason* is there where it is REFUSED."""

    recommendation_id: str
    outcome: Outcome
    reason: str = ""
    detail: str = ""


LookedAt = Mapping[str, Held | Objection]
"""What a person saw of each id: a word about it is about nothing that was published since."""

_Published = Mapping[str, datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDecisions:
    """Releases and rejects what is held, in the name of *by*, because of *why*."""

    held: HeldStore
    notices: ReleaseNotices
    clock: Callable[[], datetime]
    by: str
    why: str

    def look_at(self, recommendation_ids: Collection[str]) -> LookedAt:
        """Say of each id what is held, or why nothing is. Raises LedgerUnavailableError."""
        now = self.clock()
        stored = self.held.entries_of(frozenset(recommendation_ids))
        return {each: decidable(waiting(stored[each]), now=now) for each in recommendation_ids}

    def release(self, looked_at: LookedAt) -> Iterator[Said]:
        """Let go what was *looked at*, as long as it is held; say what came of each."""
        return self._each(looked_at, self._release)

    def reject(self, looked_at: LookedAt) -> Iterator[Said]:
        """Take back what was *looked at*, as long as it is held; say what came of each."""
        return self._each(looked_at, self._reject)

    def _each(
        self, looked_at: LookedAt, say: Callable[[_Published, datetime], Mapping[str, Said]]
    ) -> Iterator[Said]:
        ids = list(looked_at)
        for start in range(0, len(ids), _AT_ONCE):
            now = self.clock()
            found = {
                each: decidable(looked_at[each], now=now) for each in ids[start : start + _AT_ONCE]
            }
            said = say(
                {
                    each: one.recommendation.published_date
                    for each, one in found.items()
                    if not isinstance(one, Objection)
                },
                now,
            )
            for each, one in found.items():
                if isinstance(one, Objection):
                    yield refused(each, one)
                else:
                    yield said.get(each, Said(each, Outcome.FAILED, detail=_NOT_WRITTEN))

    def _release(self, published: _Published, now: datetime) -> Mapping[str, Said]:
        answers = self.held.release(
            {each: Release(self.by, self.why, now, when) for each, when in published.items()}
        )
        written = [each for each, standing in answers.items() if standing is None]
        told = self._tell(written)
        return _standing(answers, now) | {
            each: Said(each, Outcome.RELEASED)
            if each in told
            else Said(each, Outcome.FAILED, detail=_NOT_SENT)
            for each in written
        }

    def _reject(self, published: _Published, now: datetime) -> Mapping[str, Said]:
        answers = self.held.reject(
            {each: Veto(self.by, self.why, now, when) for each, when in published.items()}
        )
        return _standing(answers, now) | {
            each: Said(each, Outcome.REJECTED) for each, found in answers.items() if found is None
        }

    def _tell(self, recommendation_ids: Sequence[str]) -> Collection[str]:
        """Send notices about what was released; return the ids of those that are sent."""
        parts = [
            recommendation_ids[start : start + MAX_IDS_PER_NOTICE]
            for start in range(0, len(recommendation_ids), MAX_IDS_PER_NOTICE)
        ]
        sent = self.notices.send([release_notice(part) for part in parts])
        return {each for position in sent for each in parts[position]}


def _standing(answers: Mapping[str, StoredEntry | None], now: datetime) -> dict[str, Said]:
    """Say why nothing was written where something else stands by now."""
    return {
        each: refused(each, found if isinstance(found, Objection) else _ANEW)
        for each, standing in answers.items()
        if standing is not None
        for found in [decidable(waiting(standing), now=now)]
    }


def refused(recommendation_id: str, objection: Objection) -> Said:
    """Say that nothing is done, and why."""
    return Said(recommendation_id, Outcome.REFUSED, objection.reason.value, objection.detail)


_ANEW: Final = Objection(
    NoLongerHeld.PUBLISHED_ANEW, "it was published anew since it was looked at: look again"
)
_NOT_WRITTEN: Final = "the ledger did not take it: try again"
_NOT_SENT: Final = "the ledger has it, but it is not on its way: release it again"
