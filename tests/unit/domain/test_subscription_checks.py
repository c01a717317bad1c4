"""What is on record of subscriptions, judged."""

from dataclasses import replace
from typing import Any

import pytest

from recommendation_applier.domain.errors import UnavailableError
from recommendation_applier.domain.finding import Finding, State
from recommendation_applier.domain.subscription_checks import judge_subscriptions
from recommendation_applier.domain.wanted_subscription import Profile, WantedSubscription
from tests.builders import NOW

QUEUE = "arn:aws:sqs:us-east-1:123456789012:stack-ingress"
GOOD = WantedSubscription(
    profile=Profile("1", "Example"),
    destination_arn=QUEUE,
    client_request_token="a-token-of-22-characters",
    requested_at=NOW,
    subscription_id="s-1",
    status="ACTIVE",
)


def judged(*records: WantedSubscription, **changed: Any) -> Finding:
    """Judge *records*."""
    given = {"queue_arn": QUEUE, "files_are_applied": False, "unanswered": None, **changed}
    return judge_subscriptions(records, **given)


def ailing(ailment: str | None = None, *, number: int = 2, **changed: Any) -> WantedSubscription:
    """Make another record, with something wrong."""
    return replace(GOOD, profile=Profile(str(number)), ailment=ailment, **changed)


def test_subscriptions_that_deliver_are_counted() -> None:
    """By their status."""
    assert judged(GOOD, ailing()).seen == "2 ACTIVE for this queue"


def test_that_nothing_is_subscribed_is_a_fault_unless_files_are_applied() -> None:
    """What was archived on purpose is not wanted."""
    archived = ailing(archived_at=NOW, status="ARCHIVED")

    assert judged(archived).state is State.FAULT
    assert judged(archived, files_are_applied=True).state is State.OK


@pytest.mark.parametrize(
    ("record", "seen"),
    [
        (ailing("SUSPENDED"), "profile 2: SUSPENDED"),
        (ailing("VANISHED"), "profile 2: VANISHED"),
        (ailing(destination_arn="arn:another"), "delivered to another queue, arn:another"),
    ],
    ids=["suspended", "vanished", "elsewhere"],
)
def test_one_that_does_not_deliver_is_a_fault(record: WantedSubscription, seen: str) -> None:
    """With what to do, whatever the others do."""
    finding = judged(GOOD, record)

    assert (finding.state, seen in finding.seen) == (State.FAULT, True)
    assert "`applier subscriptions create`" in finding.mend


def test_many_are_not_all_named() -> None:
    """Three are, and how many more there are."""
    finding = judged(*(ailing("SUSPENDED", number=number) for number in range(5)))

    assert finding.seen == "profile 0, 1, 2 and 2 more: SUSPENDED"


def test_what_is_on_its_way_delivers_nothing_yet() -> None:
    """None at all is a fault, some are a warning."""
    waiting = ailing(status="PENDING_CONFIRMATION")
    unseen = ailing(number=3, status=None)

    assert judged(waiting, unseen).seen == "none is ACTIVE: 1 PENDING_CONFIRMATION, 1 not seen yet"
    assert judged(waiting).state is State.FAULT
    assert judged(GOOD, waiting).state is State.WARNING


def test_what_amazon_does_not_answer_is_a_warning() -> None:
    """It counts as it was last seen."""
    finding = judged(GOOD, unanswered=UnavailableError("listing failed: 503"))

    assert finding.state is State.WARNING
    assert "listing failed: 503" in finding.seen
