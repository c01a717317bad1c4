"""Held, and about to expire: what a person has to decide about while it can still be applied."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from recommendation_applier.domain.holds import Hold
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.use_cases.ports import HeldStore

WARNED_BEFORE: Final = timedelta(hours=24)
"""A working day lies in it, wherever the person is; recommendations live for two weeks."""

MOST_NAMED: Final = 20
"""Of the first to expire: enough to begin with, few enough for a line of the log."""


@dataclass(frozen=True, slots=True)
class Endings:
    """What is held and expires soon: how many, and the first to expire."""

    count: int
    first: Sequence[tuple[Recommendation, Hold]]


def find_endings(store: HeldStore, *, now: datetime) -> Endings:
    """Find what is held at *now* and expires within WARNED_BEFORE.

    What was taken back is left out, and so is what has expired. Raises LedgerUnavailableError.
    """
    found = (
        (each.recommendation, each.hold)
        for each in store.ending_before(now + WARNED_BEFORE, after=now)
    )
    first = list(islice(found, MOST_NAMED))
    return Endings(len(first) + sum(1 for _ in found), first)
