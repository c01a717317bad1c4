"""Look at every precondition, in order, and at none before those that it needs."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from recommendation_applier.domain.finding import Finding, State, skipped

_MOST_AT_ONCE: Final = 8
"""Looks are calls that wait for an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A precondition: its stable *id*, those that it *needs*, and how to *look* at it."""

    id: str
    needs: tuple[str, ...] = ()
    look: Callable[[], Finding]


@dataclass(frozen=True, slots=True)
class Checked:
    """A precondition that was looked at."""

    id: str
    finding: Finding


def examine(checks: Sequence[Check]) -> Iterator[Checked]:
    """Give what each look finds, in the order of *checks*; several are under way at once.

    Each stands behind those that it needs. One whose needs are not met is skipped, and names the
    first that is at fault. Raises what a look raises.
    """
    with ThreadPoolExecutor(_MOST_AT_ONCE) as pool:
        under_way: dict[str, Future[Checked]] = {}
        for check in checks:
            # Whoever waits in a thread of the pool waits for one that was begun before.
            needed = [under_way[each] for each in check.needs]
            under_way[check.id] = pool.submit(_look, check, needed)
        for each in under_way.values():
            yield each.result()


def _look(check: Check, needed: Sequence[Future[Checked]]) -> Checked:
    for each in needed:
        before = each.result()
        if before.finding.state in (State.FAULT, State.SKIPPED):
            return Checked(check.id, skipped(before.finding.because or before.id))
    return Checked(check.id, check.look())
