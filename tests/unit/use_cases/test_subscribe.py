"""Profiles are subscribed once each, whatever goes wrong meanwhile."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from recommendation_applier.domain.errors import CredentialsRefusedError, UnavailableError
from recommendation_applier.domain.wanted_subscription import Profile
from recommendation_applier.use_cases.subscribe import (
    Subscribed,
    SubscribeOutcome,
    Subscribing,
)
from tests.memory_subscriptions import (
    NOW,
    OTHER_QUEUE,
    QUEUE,
    MemoryStreams,
    MemoryWanted,
    wanted,
)

ANN = Profile("1", "Ann")


def tokens(first: int) -> Callable[[], str]:
    """Make tokens that tell which of them they are."""
    numbers = count(first)
    return lambda: f"token-{next(numbers):016}"


def subscribing(
    streams: MemoryStreams,
    records: MemoryWanted,
    *,
    requests_at_once: int = 4,
    first_token: int = 1,
) -> Subscribing:
    """Make the use case of our queue."""
    return Subscribing(
        streams=streams,
        wanted=records,
        queue_arn=QUEUE,
        clock=lambda: NOW,
        new_token=tokens(first_token),
        requests_at_once=requests_at_once,
    )


def by_profile(found: Iterable[Subscribed]) -> dict[str, Subscribed]:
    """Sort results by profile."""
    return {each.profile.profile_id: each for each in found}


@pytest.fixture
def streams() -> MemoryStreams:
    """An Amazon where nothing is subscribed."""
    return MemoryStreams()


@pytest.fixture
def records() -> MemoryWanted:
    """A record of nothing."""
    return MemoryWanted()


def test_a_profile_is_on_record_before_amazon_is_asked(
    streams: MemoryStreams, records: MemoryWanted
) -> None:
    """With the token that the request has, and afterwards with the id that Amazon gives."""
    streams.failing["1"] = UnavailableError("down")
    [failed] = subscribing(streams, records).subscribe([ANN])
    assert (failed.outcome, failed.detail) == (
        SubscribeOutcome.UNANSWERED,
        "down; run it again: nothing is made twice",
    )
    assert failed.has_failed
    wish = records.records["1"]
    assert wish == wanted(
        profile=ANN,
        client_request_token="token-0000000000000001",
        subscription_id=None,
        status=None,
    )

    streams.failing.clear()
    [made] = subscribing(streams, records, first_token=2).subscribe([ANN])
    [there] = streams.book.subscriptions.values()
    assert made == Subscribed(
        profile=ANN,
        outcome=SubscribeOutcome.CREATED,
        subscription_id=there.subscription_id,
        status="PROVISIONING",
    )
    assert (there.token, there.destination_arn) == (wish.client_request_token, QUEUE)
    assert records.records["1"] == replace(
        wish, subscription_id=there.subscription_id, status="PROVISIONING"
    )


def test_a_lost_answer_makes_no_second_one(streams: MemoryStreams, records: MemoryWanted) -> None:
    """The next run asks with the same token, and Amazon knows it."""
    streams.lost["1"] = 1
    [lost] = subscribing(streams, records).subscribe([ANN])
    assert lost.outcome is SubscribeOutcome.UNANSWERED

    [made] = subscribing(streams, records, first_token=2).subscribe([ANN])
    assert made.outcome is SubscribeOutcome.CREATED
    assert len(streams.book.subscriptions) == 1


def test_a_look_tells_what_is_there_and_writes_nothing(
    streams: MemoryStreams, records: MemoryWanted
) -> None:
    """Ended ones and those of other queues do not count."""
    there = streams.book.put("1", QUEUE, status="PENDING_CONFIRMATION")
    streams.book.put("2", QUEUE, status="SUSPENDED")
    streams.book.put("3", OTHER_QUEUE, status="ACTIVE")
    streams.book.refused_profiles.add("4")
    streams.failing["5"] = UnavailableError("down")

    profiles = [ANN, *(Profile(str(number)) for number in range(2, 6))]
    found = by_profile(subscribing(streams, records).look(profiles))
    assert [found[each].outcome.value for each in "12345"] == [
        "THERE_ALREADY",
        "WOULD_BE_CREATED",
        "WOULD_BE_CREATED",
        "REFUSED",
        "UNANSWERED",
    ]
    assert (found["1"].subscription_id, found["1"].status) == (
        there.subscription_id,
        "PENDING_CONFIRMATION",
    )
    assert found["1"].is_on_its_way
    assert found["4"].detail == (
        "listing the subscriptions of profile 4 failed: 403: User does not have the required "
        "permission"
    )
    assert records.writes == 0


def test_what_is_there_is_put_on_record_once(streams: MemoryStreams, records: MemoryWanted) -> None:
    """By hand or by another run: it is wanted from now on; a name that is new is kept as well."""
    there = streams.book.put("1", QUEUE, status="ACTIVE")
    use_case = subscribing(streams, records)

    def adopt(profile: Profile) -> None:
        use_case.adopt(use_case.look([profile]))

    adopt(Profile("1"))
    assert records.records["1"] == wanted(
        client_request_token="token-0000000000000001", subscription_id=there.subscription_id
    )
    adopt(Profile("1"))
    assert records.writes == 1
    adopt(ANN)
    adopt(ANN)
    adopt(Profile("1"))
    assert (records.writes, records.records["1"].profile) == (2, ANN)


@pytest.mark.parametrize("change", [{"archived_at": NOW}, {"destination_arn": OTHER_QUEUE}])
def test_what_was_not_wanted_here_is_wanted_anew(
    streams: MemoryStreams, records: MemoryWanted, change: dict[str, Any]
) -> None:
    """Archived before, or of a queue that there is no more."""
    records.records["1"] = wanted(**change)
    there = streams.book.put("1", QUEUE, status="ACTIVE")
    use_case = subscribing(streams, records)

    use_case.adopt(use_case.look([Profile("1")]))
    assert records.records["1"] == wanted(
        client_request_token="token-0000000000000001", subscription_id=there.subscription_id
    )


@pytest.mark.parametrize(
    "change",
    [
        {"status": "SUSPENDED"},
        {"archived_at": NOW},
        {"destination_arn": OTHER_QUEUE, "subscription_id": None},
    ],
)
def test_what_has_ended_is_made_anew_with_another_token(
    streams: MemoryStreams, records: MemoryWanted, change: dict[str, Any]
) -> None:
    """The old token would only find the old subscription."""
    before = wanted(**change)
    records.records["1"] = before

    [made] = subscribing(streams, records).subscribe([Profile("1")])
    after = records.records["1"]
    assert made.outcome is SubscribeOutcome.CREATED
    assert after.client_request_token != before.client_request_token
    assert (after.destination_arn, after.is_wanted, after.ailment) == (QUEUE, True, None)


def test_a_conflict_is_what_is_there_already(streams: MemoryStreams, records: MemoryWanted) -> None:
    """Another run, or another program, was faster; its id is found in the list."""
    there = streams.book.put("1", QUEUE, status="ACTIVE")

    [found] = subscribing(streams, records).subscribe([ANN])
    assert found == Subscribed(
        profile=ANN,
        outcome=SubscribeOutcome.THERE_ALREADY,
        subscription_id=there.subscription_id,
        status="ACTIVE",
    )
    assert records.records["1"].subscription_id == there.subscription_id


def test_a_conflict_that_no_list_explains_is_refused(
    streams: MemoryStreams, records: MemoryWanted
) -> None:
    """Another login of the same client has it; it says so."""
    streams.book.put("1", QUEUE, status="ACTIVE")
    streams.book.hidden.add("1")

    [found] = subscribing(streams, records).subscribe([ANN])
    assert (found.profile, found.outcome) == (ANN, SubscribeOutcome.REFUSED)
    assert "409" in found.detail
    assert "another login may have made it" in found.detail


def test_a_conflict_whose_list_does_not_come_is_left_for_the_next_run(
    streams: MemoryStreams, records: MemoryWanted
) -> None:
    """What the list says is not known."""
    streams.book.put("1", QUEUE, status="ACTIVE")
    streams.unlisted.add("1")

    [found] = subscribing(streams, records).subscribe([ANN])
    assert (found.profile, found.outcome) == (ANN, SubscribeOutcome.UNANSWERED)
    assert found.detail.startswith("listing the subscriptions of profile 1 failed: 503")


def test_one_profile_that_is_refused_hinders_no_other(
    streams: MemoryStreams, records: MemoryWanted
) -> None:
    """Each says why by itself; the destination is refused as a sentence that says what to see."""
    streams.book.refused_profiles.add("2")
    profiles = [Profile(str(number)) for number in range(1, 26)]

    found = by_profile(subscribing(streams, records).subscribe(profiles))
    assert Counter(each.outcome.value for each in found.values()) == {"CREATED": 24, "REFUSED": 1}
    assert found["2"].outcome is SubscribeOutcome.REFUSED


def test_refused_credentials_end_it(streams: MemoryStreams, records: MemoryWanted) -> None:
    """Every further request would be refused as well."""
    streams.failing["2"] = CredentialsRefusedError("revoked")
    use_case = subscribing(streams, records, requests_at_once=1)

    with pytest.raises(CredentialsRefusedError, match="revoked"):
        list(use_case.subscribe([Profile(str(number)) for number in range(1, 9)]))
    with pytest.raises(CredentialsRefusedError, match="revoked"):
        list(use_case.look([Profile("2")]))


def test_nobody_is_subscribed_for_nothing(streams: MemoryStreams, records: MemoryWanted) -> None:
    """No profiles, no requests."""
    use_case = subscribing(streams, records)

    assert list(use_case.look([])) == list(use_case.subscribe([])) == []
    assert streams.asked == []
