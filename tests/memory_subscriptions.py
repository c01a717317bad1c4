"""Amazon's subscriptions and our record of them, in memory; `contract` holds them to their ports.

The first is the emulator's own book without the network in front of it.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from recommendation_applier.domain.errors import (
    ConflictError,
    ProfileRefusedError,
    RefusedError,
    UnavailableError,
)
from recommendation_applier.domain.stream_subscription import (
    StreamSubscription,
    read_subscription,
    read_subscription_page,
)
from recommendation_applier.domain.wanted_subscription import Profile, WantedSubscription
from tests.emulator.amazon_faults import Answer, json_answer
from tests.emulator.amazon_streams import DATA_SET, SubscriptionBook

NOW: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUEUE: Final = "arn:aws:sqs:us-east-1:123456789012:recommendation-applier-ingress"
OTHER_QUEUE: Final = "arn:aws:sqs:us-east-1:123456789012:another"
TOKEN: Final = "00000000-0000-4000-8000-000000000000"


@dataclass
class MemoryStreams:
    """Fits the Streams port; *lost* are profiles whose next answers do not arrive."""

    book: SubscriptionBook = field(default_factory=SubscriptionBook)
    lost: Counter[str] = field(default_factory=Counter)
    failing: dict[str, Exception] = field(default_factory=dict)
    """What is raised for a profile instead of an answer."""
    unlisted: set[str] = field(default_factory=set)
    """Profiles whose list never comes."""
    unread: set[str] = field(default_factory=set)
    """Profiles of whose subscriptions none can be read by itself."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """What was asked about whom."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def create(
        self, profile_id: str, *, queue_arn: str, client_request_token: str, notes: str = ""
    ) -> str:
        """See the port."""
        body = {
            "clientRequestToken": client_request_token,
            "dataSetId": DATA_SET,
            "destinationArn": queue_arn,
            "notes": notes,
        }
        with self._asking("create", profile_id):
            answer, breach = self.book.create(profile_id, json_answer(200, body).body)
        assert breach is None
        if self.lost[profile_id]:
            self.lost[profile_id] -= 1
            answer = json_answer(503, {"message": "lost"})
        return str(_read(answer, f"subscribing profile {profile_id}")["subscriptionId"])

    def subscriptions(self, profile_id: str) -> Iterator[StreamSubscription]:
        """See the port."""
        with self._asking("list", profile_id):
            answer, _ = self.book.listed(profile_id, {})
        if profile_id in self.unlisted:
            answer = json_answer(503, {"message": "lost"})
        value = _read(answer, f"listing the subscriptions of profile {profile_id}")
        yield from read_subscription_page(value).subscriptions

    def subscription(self, profile_id: str, subscription_id: str) -> StreamSubscription:
        """See the port."""
        with self._asking("read", profile_id):
            answer = self.book.read(profile_id, subscription_id)
        if profile_id in self.unread:
            answer = json_answer(503, {"message": "lost"})
        return read_subscription(_read(answer, f"reading {subscription_id}")["subscription"])

    def archive(self, profile_id: str, subscription_id: str) -> None:
        """See the port."""
        with self._asking("archive", profile_id):
            answer, _ = self.book.update(profile_id, subscription_id, b'{"status": "ARCHIVED"}')
        if self.lost[profile_id]:
            self.lost[profile_id] -= 1
            answer, _ = self.book.update(profile_id, subscription_id, b'{"status": "ARCHIVED"}')
        _read(answer, f"archiving {subscription_id}")

    def _asking(self, what: str, profile_id: str) -> threading.Lock:
        self.asked.append((what, profile_id))
        if profile_id in self.failing:
            raise self.failing[profile_id]
        return self._lock


_ERRORS: Final = {
    400: RefusedError,
    401: ProfileRefusedError,
    403: ProfileRefusedError,
    404: RefusedError,
    409: ConflictError,
    503: UnavailableError,
}


def _read(answer: Answer, what: str) -> Any:
    body = json.loads(answer.body or b"{}")
    if answer.status in _ERRORS:
        message = f"{what} failed: {answer.status}: {body['message']}"
        raise _ERRORS[answer.status](message, http_status=answer.status)
    return body


@dataclass
class MemoryWanted:
    """Fits the WantedSubscriptions port."""

    records: dict[str, WantedSubscription] = field(default_factory=dict)
    last: str | None = None
    looks: int = 0
    """How often it was asked for."""
    writes: int = 0

    def all(self) -> Sequence[WantedSubscription]:
        """See the port."""
        return [self.records[each] for each in sorted(self.records)]

    def claim(
        self, wanted: WantedSubscription, *, replacing: WantedSubscription | None
    ) -> WantedSubscription:
        """See the port."""
        standing = self.records.get(wanted.profile.profile_id)
        if _token(standing) != _token(replacing):
            assert standing is not None
            return standing
        self.records[wanted.profile.profile_id] = wanted
        self.writes += 1
        return wanted

    def update(self, wanted: WantedSubscription) -> bool:
        """See the port."""
        standing = self.records.get(wanted.profile.profile_id)
        if _token(standing) != wanted.client_request_token:
            return False
        self.records[wanted.profile.profile_id] = wanted
        self.writes += 1
        return True

    def last_checked(self) -> str | None:
        """See the port."""
        self.looks += 1
        return self.last

    def save_last_checked(self, profile_id: str) -> None:
        """See the port."""
        self.last = profile_id


def _token(record: WantedSubscription | None) -> str | None:
    return record.client_request_token if record else None


def wanted(profile_id: str = "1", **changes: Any) -> WantedSubscription:
    """Make a record of a profile whose subscription was active when it was last seen."""
    values: dict[str, Any] = {
        "profile": Profile(profile_id),
        "destination_arn": QUEUE,
        "client_request_token": TOKEN,
        "requested_at": NOW,
        "subscription_id": "amzn1.fead.cs1.on-record",
        "status": "ACTIVE",
    }
    return WantedSubscription(**values | changes)


def subscription(**changes: Any) -> StreamSubscription:
    """Make a subscription of ours as Amazon lists it."""
    values: dict[str, Any] = {
        "subscription_id": "amzn1.fead.cs1.on-record",
        "data_set_id": DATA_SET,
        "status": "ACTIVE",
        "destination_arn": QUEUE,
        "created_date": NOW,
        "updated_date": NOW,
    }
    return StreamSubscription(**values | changes)
