"""A subscription of Amazon Marketing Stream, as Amazon tells of it.

Source: the OpenAPI file of Amazon Marketing Stream 3.0, `StreamSubscription`. Read leniently: a
status or a field that Amazon adds tomorrow breaks nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from recommendation_applier.domain.dates import parse_date
from recommendation_applier.domain.stream_message import DATASET

PROVISIONING: Final = "PROVISIONING"
PENDING_CONFIRMATION: Final = "PENDING_CONFIRMATION"
ACTIVE: Final = "ACTIVE"
ARCHIVED: Final = "ARCHIVED"
FAILED_CONFIRMATION: Final = "FAILED_CONFIRMATION"
FAILED_PROVISIONING: Final = "FAILED_PROVISIONING"
SUSPENDED: Final = "SUSPENDED"

ON_THEIR_WAY: Final = frozenset({PROVISIONING, PENDING_CONFIRMATION})
"""Not yet active, and nobody need do anything."""

ENDED: Final = frozenset({ARCHIVED, FAILED_CONFIRMATION, FAILED_PROVISIONING, SUSPENDED})
"""Never active again: whoever wants deliveries subscribes anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSubscription:
    """One subscription; *status* is Amazon's word, known here or not."""

    subscription_id: str
    data_set_id: str
    status: str
    destination_arn: str | None = None
    """The queue, or the delivery stream; None where Amazon does not say."""
    created_date: datetime | None = None
    updated_date: datetime | None = None
    notes: str = ""

    @property
    def is_recommendations(self) -> bool:
        """Tell whether it is about the one dataset that is applied here."""
        return self.data_set_id == DATASET

    @property
    def is_live(self) -> bool:
        """Tell whether it delivers, or is on its way to."""
        return self.status not in ENDED


@dataclass(frozen=True, slots=True)
class SubscriptionPage:
    """A page of the list. The token comes as `nextToken` and goes back as `startingToken`."""

    subscriptions: tuple[StreamSubscription, ...]
    next_token: str | None = None


def read_subscription_page(value: Mapping[str, Any]) -> SubscriptionPage:
    """Read the body of a list answer. Raises ValueError if it is none."""
    entries = value.get("subscriptions")
    if not isinstance(entries, list):
        raise ValueError("the body has no list of subscriptions")  # noqa: TRY004 - of a text
    return SubscriptionPage(
        tuple(read_subscription(entry) for entry in entries), _text(value.get("nextToken"))
    )


def read_subscription(value: object) -> StreamSubscription:
    """Read one subscription. Raises ValueError where id, dataset or status are missing."""
    entry = _mapping(value)
    subscription_id, data_set_id, status = (
        _text(entry.get(name)) for name in ("subscriptionId", "dataSetId", "status")
    )
    if subscription_id is None or data_set_id is None or status is None:
        raise ValueError("a subscription has no subscriptionId, dataSetId or status")
    return StreamSubscription(
        subscription_id=subscription_id,
        data_set_id=data_set_id,
        status=status,
        destination_arn=_destination(entry),
        created_date=_date(entry.get("createdDate")),
        updated_date=_date(entry.get("updatedDate")),
        notes=_text(entry.get("notes")) or "",
    )


def _destination(entry: Mapping[str, Any]) -> str | None:
    """Find the destination: Amazon names a queue twice, and a delivery stream only once."""
    destination = _mapping(entry.get("destination"))
    found = (
        entry.get("destinationArn"),
        _mapping(destination.get("sqsDestination")).get("queueArn"),
        _mapping(destination.get("firehoseDestination")).get("deliveryStreamArn"),
    )
    return next((text for text in map(_text, found) if text is not None), None)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _date(value: object) -> datetime | None:
    try:
        return parse_date(value)
    except ValueError:
        return None
