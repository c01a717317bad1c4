"""What is on its way is looked at again and again, until it has arrived or patience is over."""

from recommendation_applier.domain.errors import UnavailableError
from recommendation_applier.domain.wanted_subscription import Profile
from recommendation_applier.use_cases.await_subscriptions import (
    GONE,
    AwaitSubscriptions,
    Patience,
    Waiting,
)
from tests.fakes import FakeClock
from tests.memory_subscriptions import QUEUE, MemoryStreams


def awaiting(
    streams: MemoryStreams, clock: FakeClock, *, seconds: float = 100
) -> AwaitSubscriptions:
    """Have so much patience, and look every ten seconds."""
    return AwaitSubscriptions(
        streams=lambda: streams,
        patience=Patience(monotonic=clock.monotonic, sleep=clock.sleep, seconds=seconds, every=10),
        requests_at_once=4,
    )


def expect(use_case: AwaitSubscriptions, streams: MemoryStreams, *profiles: str) -> None:
    """Let profiles be subscribed, and wait for them."""
    for each in profiles:
        made = streams.book.put(each, QUEUE)
        use_case.add(Waiting(Profile(each), made.subscription_id, made.status))


def statuses(use_case: AwaitSubscriptions, **limits: int) -> list[tuple[str, str]]:
    """Wait, and tell the changes."""
    return sorted((each.profile.profile_id, each.status) for each in use_case.run(**limits))


def test_it_waits_until_all_are_active() -> None:
    """Each change is told once; the first look comes at once."""
    streams, clock = MemoryStreams(), FakeClock()
    use_case = awaiting(streams, clock)
    expect(use_case, streams, "1", "2")

    assert statuses(use_case) == [
        ("1", "ACTIVE"),
        ("1", "PENDING_CONFIRMATION"),
        ("2", "ACTIVE"),
        ("2", "PENDING_CONFIRMATION"),
    ]
    assert clock.slept == [10, 10]
    assert use_case.waiting == {}
    assert statuses(use_case) == []


def test_what_ends_is_not_waited_for() -> None:
    """Whatever the end is, as long as Amazon still shows it."""
    streams, clock = MemoryStreams(), FakeClock()
    streams.book.life = ("PROVISIONING", "FAILED_CONFIRMATION")
    use_case = awaiting(streams, clock)
    expect(use_case, streams, "1", "2")
    streams.book.hidden.add("2")
    streams.book.login = "another"

    assert statuses(use_case) == [("1", GONE), ("2", GONE)]
    streams.book.login = "login-1"
    use_case.add(Waiting(Profile("1"), "amzn1.fead.cs1.0000000000000000000001", "PROVISIONING"))
    assert statuses(use_case) == [("1", "FAILED_CONFIRMATION")]


def test_patience_ends() -> None:
    """No look is begun that would come after the end; what waits is still known."""
    streams, clock = MemoryStreams(), FakeClock()
    streams.book.life = ("PENDING_CONFIRMATION",)
    use_case = awaiting(streams, clock, seconds=25)
    expect(use_case, streams, "1")

    assert statuses(use_case) == []
    assert clock.slept == [10, 10]
    [waiting] = use_case.waiting.values()
    assert use_case.is_waiting_for(waiting)


def test_each_change_gives_new_patience() -> None:
    """However many there are: as long as some become active, it goes on."""
    streams, clock = MemoryStreams(), FakeClock()
    use_case = awaiting(streams, clock, seconds=10)
    expect(use_case, streams, "1")

    assert statuses(use_case)[0] == ("1", "ACTIVE")
    assert clock.slept == [10, 10]


def test_a_look_that_is_not_answered_is_only_repeated() -> None:
    """The next one may be."""
    streams, clock = MemoryStreams(), FakeClock()
    streams.failing["1"] = UnavailableError("down")
    use_case = awaiting(streams, clock, seconds=25)
    expect(use_case, streams, "1")

    assert statuses(use_case) == []
    streams.failing.clear()
    use_case.patience = awaiting(streams, clock).patience
    assert statuses(use_case)[0] == ("1", "ACTIVE")


def test_it_can_wait_for_room_alone() -> None:
    """Until no more than so many are on their way."""
    streams, clock = MemoryStreams(), FakeClock()
    streams.book.life = ("PENDING_CONFIRMATION",)
    use_case = awaiting(streams, clock)
    expect(use_case, streams, "1", "2", "3")
    streams.book.set_status("ACTIVE", "amzn1.fead.cs1.0000000000000000000002")

    assert statuses(use_case, until_at_most=3) == []
    assert streams.asked == []
    assert statuses(use_case, until_at_most=2) == [("2", "ACTIVE")]
    assert clock.slept == []
