"""What is archived on purpose is not missed, and can be archived again."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from recommendation_applier.domain.errors import CredentialsRefusedError, UnavailableError
from recommendation_applier.domain.wanted_subscription import Profile
from recommendation_applier.use_cases.archive_subscriptions import (
    Archived,
    ArchiveOutcome,
    ArchiveSubscriptions,
)
from tests.memory_subscriptions import (
    NOW,
    OTHER_QUEUE,
    QUEUE,
    MemoryStreams,
    MemoryWanted,
    wanted,
)

ONE = Profile("1")


@pytest.fixture
def streams() -> MemoryStreams:
    """An Amazon where nothing is subscribed."""
    return MemoryStreams()


@pytest.fixture
def records() -> MemoryWanted:
    """A record of nothing."""
    return MemoryWanted()


def archiving(
    streams: MemoryStreams, records: MemoryWanted, *, of_all_queues: bool = False
) -> ArchiveSubscriptions:
    """Make the use case of our queue."""
    return ArchiveSubscriptions(
        streams=streams,
        wanted=records,
        queue_arn=QUEUE,
        of_all_queues=of_all_queues,
        clock=lambda: NOW,
        requests_at_once=4,
    )


def archive(use_case: ArchiveSubscriptions, *profiles: Profile) -> list[Archived]:
    """Look, and archive what was found."""
    return list(use_case.archive(list(use_case.look(profiles or [ONE]))))


def outcomes(found: Iterable[Archived]) -> list[tuple[str, str]]:
    """Tell profile and outcome."""
    return sorted((each.profile.profile_id, each.outcome.value) for each in found)


def test_what_is_active_is_archived_and_remembered(
    streams: MemoryStreams, records: MemoryWanted
) -> None:
    """It is not wanted any more from that moment on; a look alone does nothing."""
    made = streams.book.put("1", QUEUE, status="ACTIVE")
    records.records["1"] = before = wanted(subscription_id=made.subscription_id, ailment="VANISHED")
    use_case = archiving(streams, records)

    [found] = use_case.look([ONE])
    assert (found.outcome, found.detail) == (ArchiveOutcome.WOULD_BE_ARCHIVED, "")
    assert (streams.book.subscriptions[made.subscription_id].status, records.writes) == (
        "ACTIVE",
        0,
    )

    [done] = archive(use_case)
    assert done.outcome is ArchiveOutcome.ARCHIVED
    assert done.subscription is not None
    assert done.subscription.status == "ARCHIVED"
    assert records.records["1"] == replace(before, archived_at=NOW, ailment=None, status="ARCHIVED")
    assert outcomes(archive(use_case)) == [("1", "NONE_LEFT")]
    assert records.writes == 1


def test_what_has_ended_is_not_missed_any_more(
    streams: MemoryStreams, records: MemoryWanted
) -> None:
    """The alarm of one that was suspended ends, though Amazon has nothing to archive."""
    streams.book.put("1", QUEUE, status="SUSPENDED")
    records.records["1"] = wanted(status="SUSPENDED", ailment="SUSPENDED")

    assert outcomes(archive(archiving(streams, records))) == [("1", "NONE_LEFT")]
    assert records.records["1"] == wanted(status="SUSPENDED", archived_at=NOW)


def test_those_of_other_queues_are_left_alone_unless_told(
    streams: MemoryStreams, records: MemoryWanted
) -> None:
    """Another consumer may live of them; our own record says nothing of theirs."""
    streams.book.put("1", OTHER_QUEUE, status="ACTIVE")
    records.records["1"] = wanted()
    assert outcomes(archiving(streams, records).look([ONE])) == [("1", "NONE_LEFT")]

    [done] = archive(archiving(streams, records, of_all_queues=True))
    assert done.outcome is ArchiveOutcome.ARCHIVED
    assert records.records["1"].is_wanted


@pytest.mark.parametrize("status", ["PROVISIONING", "PENDING_CONFIRMATION"])
def test_what_is_on_its_way_cannot_be_archived_yet(
    streams: MemoryStreams, records: MemoryWanted, status: str
) -> None:
    """Amazon takes only what is ACTIVE; it stays on record until then."""
    streams.book.put("1", QUEUE, status=status)
    records.records["1"] = wanted(status=status)

    [left] = archive(archiving(streams, records))
    assert left.outcome is ArchiveOutcome.NOT_YET
    assert left.has_failed
    assert left.detail == (
        f"it is {status}, and Amazon archives only what is ACTIVE: run it again when it is, or "
        "when it has ended"
    )
    assert records.records["1"].is_wanted
    assert ("archive", "1") not in streams.asked


def test_a_lost_answer_meets_its_own_work(streams: MemoryStreams, records: MemoryWanted) -> None:
    """Repeated, it is a conflict: the subscription is archived, and that is what was wanted."""
    streams.book.put("1", QUEUE, status="ACTIVE")
    streams.lost["1"] = 1

    assert outcomes(archive(archiving(streams, records))) == [("1", "ARCHIVED")]


@pytest.mark.parametrize("lost", [False, True])
def test_a_conflict_of_another_kind_is_refused(
    streams: MemoryStreams, records: MemoryWanted, *, lost: bool
) -> None:
    """It was suspended between the look and the word; or nobody can say what it is."""
    made = streams.book.put("1", QUEUE, status="ACTIVE")
    use_case = archiving(streams, records)
    looked_at = list(use_case.look([ONE]))
    streams.book.set_status("SUSPENDED", made.subscription_id)
    if lost:
        streams.unread.add("1")

    [done] = use_case.archive(looked_at)
    assert (done.profile, done.outcome) == (ONE, ArchiveOutcome.REFUSED)
    assert done.subscription == looked_at[0].subscription
    assert done.detail.endswith("can be archived, this one is SUSPENDED")


def test_each_fails_by_itself(streams: MemoryStreams, records: MemoryWanted) -> None:
    """A profile that is refused, and one that is not answered, before and after the look."""
    for each in "1234":
        streams.book.put(each, QUEUE, status="ACTIVE")
    streams.book.refused_profiles.add("2")
    streams.failing["3"] = UnavailableError("down")
    use_case = archiving(streams, records)
    looked_at = list(use_case.look([Profile(each) for each in "1234"]))
    streams.failing["4"] = UnavailableError("down")

    done = list(use_case.archive(looked_at))
    assert outcomes(done) == [
        ("1", "ARCHIVED"),
        ("2", "REFUSED"),
        ("3", "UNANSWERED"),
        ("4", "UNANSWERED"),
    ]
    assert [each.subscription is None for each in done if each.profile.profile_id == "4"] == [False]
    assert all(each.has_failed == (each.profile.profile_id != "1") for each in done)
    assert {each.detail for each in done if each.profile.profile_id in "34"} == {
        "down; run it again"
    }


def test_refused_credentials_end_it(streams: MemoryStreams, records: MemoryWanted) -> None:
    """Every further request would be refused as well."""
    streams.failing["1"] = CredentialsRefusedError("revoked")

    with pytest.raises(CredentialsRefusedError, match="revoked"):
        archive(archiving(streams, records))
