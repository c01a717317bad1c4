"""The check holds the record against Amazon's lists, and goes on where it stopped."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from recommendation_applier.domain.errors import (
    CredentialsRefusedError,
    OutOfTimeError,
    RefusedError,
    UnavailableError,
)
from recommendation_applier.use_cases.check_subscriptions import (
    PROFILES_TOGETHER,
    CheckReport,
    CheckSubscriptions,
)
from tests.memory_subscriptions import NOW, QUEUE, MemoryStreams, MemoryWanted, wanted


class World:
    """An Amazon, and the record of what ought to be there."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.streams = MemoryStreams()
        self.records = MemoryWanted()
        self.progress: list[tuple[int, int]] = []

    def subscribe(self, *profiles: str, status: str = "ACTIVE", **record: Any) -> None:
        """Let profiles be subscribed and on record."""
        for each in profiles:
            made = self.streams.book.put(each, QUEUE, status=status)
            values = {"subscription_id": made.subscription_id, "status": status} | record
            self.records.records[each] = wanted(each, **values)

    def check(self, *, time_is_up: Callable[[], bool] = lambda: False) -> CheckReport:
        """Check once."""
        return CheckSubscriptions(
            streams=self.streams,
            wanted=self.records,
            clock=lambda: NOW,
            time_is_up=time_is_up,
            requests_at_once=4,
            on_progress=lambda done, total: self.progress.append((done, total)),
        ).run()

    @property
    def listed(self) -> list[str]:
        """Whose list was asked for, in order."""
        return [profile for what, profile in self.streams.asked if what == "list"]


@pytest.fixture
def world() -> World:
    """One in which nothing is subscribed."""
    return World()


def after(count: int) -> Callable[[], bool]:
    """Let time be up after so many looks at the clock."""
    looks = iter([False] * count)
    return lambda: next(looks, True)


def test_where_nothing_is_subscribed_nothing_is_asked(world: World) -> None:
    """A partner who only reads files pays for one query."""
    assert world.check() == CheckReport()
    assert world.streams.asked == []


def test_what_is_wrong_is_found_and_counted(world: World) -> None:
    """In the order of profiles; what is well costs no write."""
    world.subscribe("1", "2")
    world.subscribe("3", status="SUSPENDED")
    world.streams.book.refused_profiles.add("2")

    report = world.check()
    assert [(each.profile.profile_id, each.ailment.value) for each in report.findings] == [
        ("2", "PROFILE_REFUSED"),
        ("3", "SUSPENDED"),
    ]
    assert (report.wanted, report.checked, report.unhealthy, report.unanswered) == (3, 3, 2, 0)
    assert report.failure is None
    assert world.records.writes == 2
    assert {each.profile.profile_id: each.ailment for each in world.records.all()} == {
        "1": None,
        "2": "PROFILE_REFUSED",
        "3": "SUSPENDED",
    }
    assert world.progress == [(3, 3)]

    world.check()
    assert world.records.writes == 2


def test_what_was_archived_on_purpose_is_not_missed(world: World) -> None:
    """Nobody asks about it any more."""
    world.subscribe("1", status="ARCHIVED", archived_at=NOW)

    assert world.check() == CheckReport()
    assert world.streams.asked == []


def test_what_is_not_answered_counts_as_it_was_last_found(world: World) -> None:
    """An alarm does not end because Amazon is down, and none begins."""
    world.subscribe("1", "2", "3")
    world.records.records["2"] = wanted("2", ailment="SUSPENDED")
    for each in ("2", "3"):
        world.streams.failing[each] = UnavailableError("down")

    report = world.check()
    assert (report.checked, report.unanswered, report.unhealthy) == (1, 2, 1)
    assert world.progress == [(3, 3)]
    assert str(report.example) == "down"
    assert report.failure is None


@pytest.mark.parametrize("error", [UnavailableError("down"), RefusedError("415")])
def test_where_nobody_is_answered_the_check_has_failed(
    world: World, error: UnavailableError | RefusedError
) -> None:
    """Something is wrong with Amazon, or with how it is asked."""
    world.subscribe("1", "2")
    world.streams.failing = {"1": error, "2": error}

    report = world.check()
    assert report.failure is error
    assert (report.wanted, report.checked, report.unanswered) == (2, 0, 2)


@pytest.mark.parametrize("error", [CredentialsRefusedError("revoked"), OutOfTimeError("late")])
def test_what_concerns_all_ends_the_check(
    world: World, error: CredentialsRefusedError | OutOfTimeError
) -> None:
    """What was found before still counts."""
    world.subscribe("1", ailment="SUSPENDED")
    world.streams.failing["1"] = error

    report = world.check()
    assert report.failure is error
    assert report.unhealthy == 1


def test_a_check_goes_on_where_the_last_one_ran_out_of_time(world: World) -> None:
    """Behind the profile that it ended with; one after another, every profile has its turn."""
    ids = [f"{number:04}" for number in range(2 * PROFILES_TOGETHER + 10)]
    world.subscribe(*ids[:-1])
    world.subscribe(ids[-1], status="SUSPENDED", ailment="SUSPENDED")

    first = world.check(time_is_up=after(1))
    assert isinstance(first.failure, OutOfTimeError)
    assert str(first.failure) == "the check's time was up; the next one goes on"
    assert (first.checked, first.unhealthy, first.findings) == (PROFILES_TOGETHER, 1, [])
    assert sorted(world.listed) == ids[:PROFILES_TOGETHER]

    world.streams.asked.clear()
    second = world.check(time_is_up=after(2))
    expected = [*ids[PROFILES_TOGETHER:], *ids[: PROFILES_TOGETHER - 10]]
    assert sorted(world.listed) == sorted(expected)
    assert [each.ailment.value for each in second.findings] == ["SUSPENDED"]

    world.streams.asked.clear()
    third = world.check()
    assert sorted(world.listed) == ids
    assert (third.checked, third.failure) == (len(ids), None)


def test_few_profiles_leave_no_trace_of_the_check(world: World) -> None:
    """As many as are looked at together: all of them each time, and nobody need know the first."""
    world.subscribe(*(f"{number:04}" for number in range(PROFILES_TOGETHER)))
    world.check()

    assert (world.records.last, world.records.looks) == (None, 0)


def test_the_first_check_of_many_begins_with_the_first(world: World) -> None:
    """Profile ids are texts to whoever sorts them."""
    ids = [f"{number:04}" for number in range(PROFILES_TOGETHER + 1)]
    world.subscribe(*ids)
    world.check(time_is_up=after(1))

    assert sorted(world.listed) == ids[:-1]
    assert world.records.last == ids[-2]


def test_a_pending_one_is_late_after_two_days(world: World) -> None:
    """Counted from when Amazon made it."""
    world.streams.book.life = ("PENDING_CONFIRMATION",)
    world.streams.book.now = NOW - timedelta(days=2, minutes=1)
    world.subscribe("1", status="PENDING_CONFIRMATION")

    [finding] = world.check().findings
    assert (finding.ailment.value, finding.status) == ("UNCONFIRMED", "PENDING_CONFIRMATION")
