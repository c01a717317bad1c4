"""What several functions log, in one order."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from recommendation_applier.domain.log_event import LogEvent
from recommendation_applier.use_cases.tail_log import LATE, follow_log, read_log

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def event(second: float, function: str = "apply", *, event_id: str = "") -> LogEvent:
    """Make an event of so many seconds after noon."""
    return LogEvent(NOON + timedelta(seconds=second), function, event_id or f"e{second}", "said")


@dataclass
class Logs:
    """Logs in memory; *looks* are what was asked for."""

    written: list[LogEvent] = field(default_factory=list)
    looks: list[tuple[str, datetime]] = field(default_factory=list)

    def events(self, function: str, *, since: datetime) -> Iterator[LogEvent]:
        """See the port."""
        self.looks.append((function, since))
        return iter(
            sorted(each for each in self.written if each.function == function and each.at >= since)
        )


class EndedError(Exception):
    """Somebody has had enough."""


def follow(logs: Logs, later: Sequence[Sequence[LogEvent]]) -> list[LogEvent]:
    """Follow from noon on; before each further look, more is written, until there is no more."""
    left = iter(later)

    def wait() -> None:
        more = next(left, None)
        if more is None:
            raise EndedError
        logs.written += more

    found: list[LogEvent] = []
    with suppress(EndedError):
        found.extend(follow_log(logs, ["apply", "follow-up"], since=NOON, wait=wait))
    return found


def test_the_lines_of_all_functions_are_in_one_order() -> None:
    """Those before the moment, and those of other functions, are left out."""
    logs = Logs([event(1), event(3), event(2, "follow-up"), event(-1), event(2, "opportunities")])

    found = list(read_log(logs, ["apply", "follow-up"], since=NOON))

    assert found == [event(1), event(2, "follow-up"), event(3)]


def test_what_comes_is_told_once() -> None:
    """Though each look goes back a little."""
    logs = Logs([event(1)])

    assert follow(logs, [[event(2)], [], [event(3, "follow-up")]]) == [
        event(1),
        event(2),
        event(3, "follow-up"),
    ]


def test_what_becomes_readable_late_is_told_late() -> None:
    """As long as it is not later than LATE, and after the beginning."""
    late, too_late = event(300), event(300 - LATE.total_seconds() - 1)
    logs = Logs([event(300, "follow-up")])

    assert follow(logs, [[late, too_late, event(-1)]]) == [event(300, "follow-up"), late]


def test_two_functions_may_have_the_same_event_id() -> None:
    """An id is one only within its log group."""
    both = [event(1, name, event_id="same") for name in ("apply", "follow-up")]

    assert follow(Logs(both), [[]]) == both


def test_a_look_goes_back_no_further_than_it_must() -> None:
    """However old the beginning."""
    logs = Logs([event(0), event(10_000)])

    follow(logs, [[]])

    assert logs.looks[0] == ("apply", NOON)
    assert logs.looks[-1] == ("follow-up", event(10_000).at - LATE)


def test_a_long_log_is_followed_to_its_end() -> None:
    """What will not be met again is forgotten, also in the midst of a look."""
    logs = Logs([event(second) for second in range(11_000)])

    assert follow(logs, [[event(11_000)], []]) == [event(second) for second in range(11_001)]
