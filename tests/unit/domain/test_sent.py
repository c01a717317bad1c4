"""What was sent, and how it ended."""

from datetime import timedelta

import pytest

from recommendation_applier.domain.follow_up import ApplicationEnd, FollowUpState
from recommendation_applier.domain.ledger import DecidedBy, Verdict
from recommendation_applier.domain.sent import Sent, sent_in
from tests.builders import NOW
from tests.ledger_builders import OTHER_TOKEN, entry, record

SECOND = timedelta(seconds=1)


def test_all_of_a_request_was_sent() -> None:
    """Whatever Amazon said of each."""
    verdicts = {Verdict.ACCEPTED: ("a", "b"), Verdict.REFUSED: ("c",), Verdict.IN_DOUBT: ("d",)}

    found = list(sent_in(record(verdicts=verdicts)))

    assert [(each.recommendation_id, each.verdict) for each in found] == [
        ("a", Verdict.ACCEPTED),
        ("b", Verdict.ACCEPTED),
        ("c", Verdict.REFUSED),
        ("d", Verdict.IN_DOUBT),
    ]
    assert {each.at for each in found} == {NOW - SECOND}


def test_without_a_request_only_what_amazon_has_was_sent() -> None:
    """It was found there after an answer was lost; what is held or released was not sent."""
    verdicts = {Verdict.ACCEPTED: ("a",), Verdict.HELD: ("b",), Verdict.RELEASED: ("c",)}

    [found] = sent_in(record(verdicts=verdicts, sent_at=None))

    assert (found.recommendation_id, found.at) == ("a", NOW)


def test_who_decided_stands_in_the_entry_of_the_same_claim() -> None:
    """A later claim has overwritten who decided about an earlier one."""
    own = Sent("rec-1", Verdict.ACCEPTED, record("rec-1"), entry())
    earlier = Sent("rec-1", Verdict.REFUSED, record(token=OTHER_TOKEN), entry())

    assert own.decided_by == DecidedBy(policy_version=7, rule="bids")
    assert earlier.decided_by == DecidedBy()
    assert Sent("rec-1", Verdict.ACCEPTED, record("rec-1")).decided_by == DecidedBy()


@pytest.mark.parametrize(
    ("name", "ended", "may_have_changed"),
    [
        ("pending", "PENDING", True),
        ("failed", "FAILED", False),
        ("rejected", "REJECTED", False),
        ("unsettled", "UNSETTLED", True),
        ("applied", "APPLIED", True),
    ],
)
def test_how_an_application_ended(name: str, ended: str, *, may_have_changed: bool) -> None:
    """What is not settled may have changed the campaign as well."""
    ends = {each.value.lower(): each for each in ApplicationEnd}
    state = FollowUpState(("pending",), NOW, ended=ends)
    sent = Sent(name, Verdict.ACCEPTED, record(name, follow_up=state))

    assert sent.ended == ended
    assert sent.may_have_changed_a_campaign is may_have_changed


def test_what_is_not_followed_has_no_end() -> None:
    """Amazon refused it, or had it before."""
    state = FollowUpState(("pending",), NOW)
    refused = Sent("rec-1", Verdict.REFUSED, record(follow_up=state))
    before = Sent("rec-1", Verdict.ACCEPTED, record("rec-1"))

    assert (refused.ended, refused.may_have_changed_a_campaign) == ("", False)
    assert (before.ended, before.may_have_changed_a_campaign) == ("", True)
