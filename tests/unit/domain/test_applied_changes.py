"""What the ledger knows of the changes that Amazon made."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.applied_changes import AppliedChange, Campaign, applied_changes
from recommendation_applier.domain.follow_up import ApplicationEnd, FollowUpState
from recommendation_applier.domain.ledger import Verdict
from tests.builders import NOW, advertiser
from tests.ledger_builders import OTHER_TOKEN, record

SENT = NOW - timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def test_what_was_accepted_and_did_not_fail_was_applied_when_it_was_sent() -> None:
    """Account and moment are the record's, ad product and campaign the recommendation's."""
    known = {"rec-1": Campaign("SB", "7")}

    changes = list(applied_changes(known, [record("rec-1", "rec-2")]))

    assert changes == [
        AppliedChange(advertiser(), "SB", "7", SENT),
        AppliedChange(advertiser(), None, None, SENT),
    ]


def test_only_what_was_accepted_was_applied() -> None:
    """Every other verdict leaves the campaign as it is."""
    verdicts = {verdict: (verdict.value,) for verdict in Verdict}

    assert record(verdicts=verdicts).applied == ("ACCEPTED",)


def test_what_is_still_followed_or_has_failed_was_not_applied() -> None:
    """What was accepted and is neither pending nor ended otherwise, was."""
    state = FollowUpState(
        pending=("rec-1",),
        due=NOW,
        ended={"rec-2": ApplicationEnd.FAILED, "rec-3": ApplicationEnd.UNSETTLED},
    )

    found = record("rec-1", "rec-2", "rec-3", "rec-4", "rec-5", follow_up=state)

    assert found.applied == ("rec-4", "rec-5")


def test_what_was_found_applied_counts_from_when_that_was_recorded() -> None:
    """Such a record is of a question: it has no moment at which anything was sent."""
    [change] = applied_changes({}, [record("rec-1", sent_at=None)])

    assert change.applied_at == NOW


def test_a_recommendation_is_one_change() -> None:
    """Two claims may both find it accepted: the earlier moment is believed."""
    late = record("rec-1", sent_at=NOW + MINUTE)
    early = record("rec-1", token=OTHER_TOKEN, sent_at=NOW)

    for records in ([late, early], [early, late]):
        assert [change.applied_at for change in applied_changes({}, records)] == [NOW]


@given(minutes=st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 5))))
def test_every_recommendation_is_applied_once_and_at_its_earliest(
    minutes: list[tuple[str, int]],
) -> None:
    """However many records name it, in any order."""
    records = [record(each, sent_at=NOW + minute * MINUTE) for each, minute in minutes]
    earliest = [
        NOW + min(minute for name, minute in minutes if name == each) * MINUTE
        for each in {name for name, _ in minutes}
    ]

    changes = applied_changes({}, records)

    assert sorted(change.applied_at for change in changes) == sorted(earliest)
