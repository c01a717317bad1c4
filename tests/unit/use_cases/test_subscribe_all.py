"""Never more are on their way than Amazon allows."""

import pytest

from recommendation_applier.domain.wanted_subscription import Profile
from recommendation_applier.use_cases.await_subscriptions import Waiting
from recommendation_applier.use_cases.subscribe import Subscribed, SubscribeOutcome
from recommendation_applier.use_cases.subscribe_all import SubscribeAll
from tests.fakes import FakeClock
from tests.memory_subscriptions import QUEUE, MemoryStreams, MemoryWanted
from tests.unit.use_cases.test_await_subscriptions import awaiting
from tests.unit.use_cases.test_subscribe import subscribing

MOST = 10


def profiles(count: int) -> list[Profile]:
    """Make some."""
    return [Profile(f"{number:03}") for number in range(count)]


def everything(streams: MemoryStreams, clock: FakeClock) -> SubscribeAll:
    """Make the use case, with a limit that is soon met."""
    streams.book.max_pending = MOST
    return SubscribeAll(
        subscribing=subscribing(streams, MemoryWanted()),
        awaiting=awaiting(streams, clock),
        most_on_the_way=MOST,
    )


def test_it_waits_for_room() -> None:
    """25 in portions of ten: Amazon never sees an eleventh that waits, and refuses none."""
    streams, clock = MemoryStreams(), FakeClock()

    news = list(everything(streams, clock).run(profiles(25)))
    made = [each for each in news if isinstance(each, Subscribed)]
    assert [each.outcome for each in made] == [SubscribeOutcome.CREATED] * 25
    assert streams.book.peak_pending == MOST
    assert {each.status for each in news if isinstance(each, Waiting)} == {
        "PENDING_CONFIRMATION",
        "ACTIVE",
    }


def test_where_no_room_comes_the_rest_is_left_for_the_next_run() -> None:
    """Each says why; none was asked for."""
    streams, clock = MemoryStreams(), FakeClock()
    streams.book.life = ("PENDING_CONFIRMATION",)

    news = list(everything(streams, clock).run(profiles(12)))
    left = [each for each in news if isinstance(each, Subscribed) and each.has_failed]
    assert [each.profile.profile_id for each in left] == ["010", "011"]
    [why] = {each.detail for each in left}
    assert why.startswith("10 subscriptions wait for their confirmation, which is all that Amazon")
    assert len(streams.book.subscriptions) == MOST


def test_what_was_on_its_way_before_counts() -> None:
    """Those that a look has found leave less room."""
    streams, clock = MemoryStreams(), FakeClock()
    use_case = everything(streams, clock)
    for each in profiles(8):
        streams.book.put(each.profile_id, QUEUE)
    for found in use_case.subscribing.look(profiles(8)):
        use_case.expect(found)

    made = list(use_case.run(profiles(12)[8:]))
    assert len([each for each in made if isinstance(each, Subscribed)]) == 4
    assert streams.book.peak_pending == MOST


def test_the_last_room_is_used() -> None:
    """Nine are on their way, and a tenth may be, without waiting."""
    streams, clock = MemoryStreams(), FakeClock()
    streams.book.life = ("PENDING_CONFIRMATION",)
    use_case = everything(streams, clock)

    made = list(use_case.run(profiles(9)))
    made += use_case.run(profiles(10)[9:])
    assert [each for each in made if isinstance(each, Subscribed) and each.has_failed] == []
    assert clock.slept == []


@pytest.mark.parametrize("status", ["ACTIVE", None])
def test_nobody_waits_for_what_is_active_or_was_refused(status: str | None) -> None:
    """There is nothing to expect."""
    use_case = everything(MemoryStreams(), FakeClock())
    use_case.expect(
        Subscribed(
            profile=Profile("1"),
            outcome=SubscribeOutcome.THERE_ALREADY,
            subscription_id="id",
            status=status,
        )
    )

    assert use_case.awaiting.waiting == {}
