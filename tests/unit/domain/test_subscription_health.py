"""What is wrong with a subscription that is wanted, and what to do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recommendation_applier.domain.stream_subscription import ENDED, StreamSubscription
from recommendation_applier.domain.subscription_health import (
    ADVICE,
    Ailment,
    Finding,
    diagnose,
    refused,
)
from recommendation_applier.domain.wanted_subscription import Profile, belonging
from tests.memory_subscriptions import NOW, OTHER_QUEUE, QUEUE, subscription, wanted


def ailment_of(*listed: StreamSubscription, **record: Any) -> Ailment | None:
    """Diagnose our record against what is listed; what is found is remembered."""
    after, finding = diagnose(wanted(**record), listed, now=NOW)
    found = finding.ailment if finding else None
    assert after.ailment == found
    return found


def test_one_that_is_active_is_well_and_remembered_as_that() -> None:
    """What was wrong with it before is over."""
    after, finding = diagnose(
        wanted(status="PROVISIONING", ailment="VANISHED"), [subscription()], now=NOW
    )

    assert finding is None
    assert after == wanted(status="ACTIVE", ailment=None)


@pytest.mark.parametrize(
    ("status", "ailment"),
    [
        ("SUSPENDED", Ailment.SUSPENDED),
        ("FAILED_CONFIRMATION", Ailment.FAILED_CONFIRMATION),
        ("FAILED_PROVISIONING", Ailment.FAILED_PROVISIONING),
        ("ARCHIVED", Ailment.ARCHIVED_ELSEWHERE),
    ],
)
def test_one_that_has_ended_says_how(status: str, ailment: Ailment) -> None:
    """Every end there is has its word, and its advice."""
    assert ailment_of(subscription(status=status)) is ailment


def test_every_end_and_every_ailment_is_explained() -> None:
    """A new one may not come without what to do about it."""
    assert set(ADVICE) == set(Ailment)
    assert all(ailment_of(subscription(status=each)) for each in ENDED)


@pytest.mark.parametrize("status", ["PROVISIONING", "PENDING_CONFIRMATION"])
def test_one_on_its_way_is_well_for_two_days(status: str) -> None:
    """So long SNS lets a confirmation be answered."""

    def after(age: timedelta) -> Ailment | None:
        return ailment_of(subscription(status=status, created_date=NOW - age))

    assert after(timedelta(days=2)) is None
    assert after(timedelta(days=2, seconds=1)) is Ailment.UNCONFIRMED


def test_where_amazon_gives_no_date_our_own_request_is_the_beginning() -> None:
    """The record has when it was asked for."""
    listed = subscription(status="PENDING_CONFIRMATION", created_date=None)

    assert ailment_of(listed) is None
    assert ailment_of(listed, requested_at=NOW - timedelta(days=3)) is Ailment.UNCONFIRMED


def test_one_that_is_not_listed_has_vanished_or_was_never_made() -> None:
    """Which of them, the record knows; what goes elsewhere, or is about something else, is none."""
    others = (subscription(destination_arn=OTHER_QUEUE), subscription(data_set_id="sp-traffic"))

    assert ailment_of(*others) is Ailment.VANISHED
    assert ailment_of(subscription_id=None) is Ailment.NEVER_MADE


def test_another_one_of_the_same_queue_does_as_well() -> None:
    """Made by hand, or in place of one that was suspended: it is the one on record from now on."""
    after, finding = diagnose(
        wanted(), [subscription(status="SUSPENDED"), subscription(subscription_id="new")], now=NOW
    )

    assert finding is None
    assert after.subscription_id == "new"


def test_of_several_that_have_ended_the_one_on_record_tells() -> None:
    """The youngest does, where none of them is on record."""
    old = subscription(subscription_id="old", status="ARCHIVED", created_date=None)
    young = subscription(subscription_id="young", status="FAILED_CONFIRMATION")

    assert ailment_of(old, young) is Ailment.FAILED_CONFIRMATION
    assert ailment_of(young, old, subscription_id="old") is Ailment.ARCHIVED_ELSEWHERE
    _, finding = diagnose(wanted(), [old, young], now=NOW)
    assert finding is not None
    assert (finding.subscription_id, finding.status) == ("young", "FAILED_CONFIRMATION")


def test_a_profile_that_may_not_be_seen_is_a_finding() -> None:
    """Nothing is known of the subscription by then."""
    after, finding = refused(wanted(profile=Profile("7", "Ann")))

    assert after.ailment == "PROFILE_REFUSED"
    assert finding == Finding(
        profile=Profile("7", "Ann"),
        subscription_id="amzn1.fead.cs1.on-record",
        status=None,
        ailment=Ailment.PROFILE_REFUSED,
    )
    assert "view_performance_dashboard" in finding.advice


def test_ours_are_those_of_the_queue_the_best_first() -> None:
    """Active before pending, live before ended, young before old."""
    active = subscription(subscription_id="active", created_date=NOW - timedelta(days=9))
    pending = subscription(subscription_id="pending", status="PENDING_CONFIRMATION")
    ended = subscription(subscription_id="ended", status="ARCHIVED")
    foreign = subscription(destination_arn=OTHER_QUEUE)

    found = belonging([foreign, ended, pending, active], destination_arn=QUEUE)
    assert [each.subscription_id for each in found] == ["active", "pending", "ended"]
    undated = subscription(subscription_id="undated", created_date=None)
    first = subscription(
        subscription_id="first", created_date=datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    )
    found = belonging([undated, first], destination_arn=QUEUE)
    assert [each.subscription_id for each in found] == ["first", "undated"]


def test_a_profile_is_named_as_people_know_it() -> None:
    """By its id, and by its name where there is one."""
    assert (str(Profile("7")), str(Profile("7", "Ann"))) == ("7", "7 (Ann)")
