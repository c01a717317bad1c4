"""What a look at one precondition of the whole finds."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """How it stands with a precondition."""

    OK = "OK"
    WARNING = "WARNING"
    """It works, or may work; a person should know."""
    FAULT = "FAULT"
    """It does not work, or nobody could look whether it does."""
    SKIPPED = "SKIPPED"
    """Nothing can be said of it before another fault is mended."""


_BY_WEIGHT: Final = (State.OK, State.SKIPPED, State.WARNING, State.FAULT)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was *seen*, and how to *mend* it where it has to be mended.

    *because* names the precondition whose fault is in the way of a look at this one.
    """

    state: State
    seen: str
    mend: str = ""
    because: str | None = None


def ok(seen: str) -> Finding:
    """Find it as it should be."""
    return Finding(State.OK, seen)


def warning(seen: str, mend: str) -> Finding:
    """Find something that a person should know."""
    return Finding(State.WARNING, seen, mend)


def fault(seen: str, mend: str) -> Finding:
    """Find what does not work."""
    return Finding(State.FAULT, seen, mend)


def skipped(because: str) -> Finding:
    """Find nothing, as long as the precondition *because* is not met."""
    return Finding(State.SKIPPED, f"not looked at: {because} comes first", "", because)


def together(findings: Iterable[Finding]) -> Finding:
    """Make one finding of several: as bad as the worst, with what was seen of those as bad."""
    found = list(findings)
    worst = max((each.state for each in found), key=_BY_WEIGHT.index, default=State.OK)
    told = [each for each in found if each.state is worst]
    return Finding(
        worst,
        "; ".join(dict.fromkeys(each.seen for each in told)),
        "; ".join(dict.fromkeys(each.mend for each in told if each.mend)),
    )
