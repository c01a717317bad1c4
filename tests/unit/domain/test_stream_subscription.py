"""Subscriptions of Amazon Marketing Stream, read from what Amazon says of them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from recommendation_applier.domain.stream_subscription import (
    StreamSubscription,
    read_subscription,
    read_subscription_page,
)

QUEUE = "arn:aws:sqs:us-east-1:123456789012:queue"
STREAM = "arn:aws:firehose:us-east-1:123456789012:deliverystream/stream"


def entry(**changed: object) -> dict[str, Any]:
    """Write a subscription with the fields that are required; *changed* where asked."""
    return {
        "createdDate": "2026-11-20T06:00:00.714Z",
        "dataSetId": "sponsored-ads-campaign-diagnostics-recommendations",
        "status": "ACTIVE",
        "subscriptionId": "amzn1.fead.cs1.1",
        "updatedDate": "2026-11-20T06:00:05Z",
    } | changed


def test_a_subscription_is_read_whole() -> None:
    """Every documented field has its place."""
    assert read_subscription(entry(destinationArn=QUEUE, notes="mine")) == StreamSubscription(
        subscription_id="amzn1.fead.cs1.1",
        data_set_id="sponsored-ads-campaign-diagnostics-recommendations",
        status="ACTIVE",
        destination_arn=QUEUE,
        created_date=datetime(2026, 11, 20, 6, 0, 0, 714_000, tzinfo=UTC),
        updated_date=datetime(2026, 11, 20, 6, 0, 5, tzinfo=UTC),
        notes="mine",
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"destinationArn": QUEUE}, QUEUE),
        ({"destination": {"sqsDestination": {"queueArn": QUEUE}}}, QUEUE),
        ({"destination": {"firehoseDestination": {"deliveryStreamArn": STREAM}}}, STREAM),
        ({"destination": {"sqsDestination": None}, "destinationArn": ""}, None),
        ({"destination": "somewhere"}, None),
        ({}, None),
    ],
)
def test_the_destination_is_found_wherever_it_stands(
    fields: dict[str, object], expected: str | None
) -> None:
    """A queue is named twice, a delivery stream once."""
    assert read_subscription(entry(**fields)).destination_arn == expected


def test_what_is_optional_or_new_breaks_nothing() -> None:
    """Dates that are none are absent, and a status of tomorrow is told as it is."""
    read = read_subscription(entry(createdDate=None, updatedDate="soon", status="PAUSED", more=1))

    assert (read.created_date, read.updated_date, read.status) == (None, None, "PAUSED")
    assert (read.is_live, read.notes) == (True, "")


@pytest.mark.parametrize(
    ("status", "is_live"),
    [
        ("PROVISIONING", True),
        ("PENDING_CONFIRMATION", True),
        ("ACTIVE", True),
        ("SUSPENDED", False),
        ("FAILED_CONFIRMATION", False),
        ("FAILED_PROVISIONING", False),
        ("ARCHIVED", False),
    ],
)
def test_what_has_ended_is_not_live(status: str, *, is_live: bool) -> None:
    """Four statuses are never left again."""
    assert read_subscription(entry(status=status)).is_live is is_live


@pytest.mark.parametrize("missing", ["subscriptionId", "dataSetId", "status"])
def test_a_subscription_without_what_names_it_is_none(missing: str) -> None:
    """Nothing can be done with it."""
    with pytest.raises(
        ValueError, match=r"^a subscription has no subscriptionId, dataSetId or status$"
    ):
        read_subscription(entry(**{missing: " "}))


def test_a_page_is_a_list_and_a_token() -> None:
    """Without a token it is the last; another dataset's subscriptions are told apart."""
    page = read_subscription_page({"subscriptions": [entry(dataSetId="sp-traffic")]})

    assert [each.is_recommendations for each in page.subscriptions] == [False]
    assert page.next_token is None
    assert read_subscription_page({"subscriptions": [], "nextToken": "t"}).next_token == "t"
    with pytest.raises(ValueError, match=r"^the body has no list of subscriptions$"):
        read_subscription_page({"subscriptions": None})
