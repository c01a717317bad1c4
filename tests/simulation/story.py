"""What happened in a world, told so that a person can follow it."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

_HOUR: Final = 3600.0


class Story:
    """The trace of one seed. Nothing is put into words unless somebody wants to read it."""

    def __init__(self) -> None:
        """Start with nothing told."""
        self.events: list[tuple[float, str, str, tuple[object, ...]]] = []
        self.faults: Counter[str] = Counter()

    def tell(self, moment: float, who: str, what: str, *facts: object) -> None:
        """Note that *who* did *what* at *moment*."""
        self.events.append((moment, who, what, facts))

    def fault(self, moment: float, who: str, kind: str, *facts: object) -> None:
        """Note a fault, and count it by its *kind*."""
        self.faults[kind] += 1
        self.events.append((moment, who, f"FAULT {kind}", facts))

    def lines(self) -> Iterator[str]:
        """Tell it, a line an event."""
        for moment, who, what, facts in self.events:
            told = " ".join(str(fact) for fact in facts)
            yield f"{clock(moment)}  {who:<14} {what}{'  ' + told if told else ''}"


def clock(moment: float) -> str:
    """Write a virtual moment as day, hour, minute and second."""
    days, rest = divmod(moment, 24 * _HOUR)
    hours, rest = divmod(rest, _HOUR)
    minutes, seconds = divmod(rest, 60.0)
    return f"{int(days)}d {int(hours):02}:{int(minutes):02}:{seconds:06.3f}"
