"""The emulated subscriptions of Amazon Marketing Stream: contract, records and their lives.

Written down apart from the product's own constants on purpose: a slip there must meet a refusal
here. Source: the OpenAPI file of Amazon Marketing Stream 3.0, and the guide's "managing
subscriptions" for the limits.
"""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.emulator.amazon_contract import Breach, json_object
from tests.emulator.amazon_faults import Answer, json_answer

MEDIA_TYPES: Final = frozenset(
    (
        "application/vnd.amazonmarketingstreamsubscriptions.v1+json",
        "application/vnd.MarketingStreamSubscriptions.StreamSubscriptionResource.v1.0+json",
    )
)
DATA_SET: Final = "sponsored-ads-campaign-diagnostics-recommendations"
STATUSES: Final = (
    "PROVISIONING",
    "PENDING_CONFIRMATION",
    "ACTIVE",
    "ARCHIVED",
    "FAILED_CONFIRMATION",
    "SUSPENDED",
    "FAILED_PROVISIONING",
)
ENDS: Final = frozenset(("ARCHIVED", "FAILED_CONFIRMATION", "SUSPENDED", "FAILED_PROVISIONING"))
MAX_PENDING: Final = 1_500
MAX_OF_A_DATA_SET: Final = 2
MAX_RESULTS: Final = 5_000
LIST_PARAMETERS: Final = frozenset(("maxResults", "startingToken"))
CREATE_ATTRIBUTES: Final = frozenset(
    ("clientRequestToken", "dataSetId", "destination", "destinationArn", "notes")
)
ORDINARY_LIFE: Final = ("PROVISIONING", "PENDING_CONFIRMATION", "ACTIVE")

_QUEUE_ARN: Final = re.compile(r"arn:aws:sqs:(us-east-1|eu-west-1|us-west-2):\d{12}:[A-Za-z0-9_-]+")
_BEGINNING: Final = datetime(2026, 11, 20, 6, tzinfo=UTC)


def stream_header_breaches(
    headers: Mapping[str, str],
    *,
    has_body: bool,
    client_id: str,
    media_types: frozenset[str] = MEDIA_TYPES,
) -> Iterator[Breach]:
    """Check every header but the token's worth."""
    if headers.get("amazon-advertising-api-clientid") != client_id:
        found = headers.get("amazon-advertising-api-clientid", "none")
        yield Breach(401, "Amazon-Advertising-API-ClientId names the client of the token", found)
    scope = headers.get("amazon-advertising-api-scope", "")
    if not scope.isdecimal():
        yield Breach(401, "Scope header is missing", scope or "none")
    for name in ("amazon-advertising-api-manager-account", "amazon-ads-accountid"):
        if name in headers:
            yield Breach(400, f"a sponsored-ads profile is named, and no {name}", headers[name])
    if headers.get("accept") not in media_types:
        found = headers.get("accept", "none")
        yield Breach(406, "Accept is one of the stream subscription media types", found)
    if has_body and headers.get("content-type") not in media_types:
        found = headers.get("content-type", "none")
        yield Breach(415, "Content-Type is one of the stream subscription media types", found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A subscription as Amazon keeps it."""

    subscription_id: str
    profile_id: str
    login: str
    """Who made it: nobody else sees it."""
    token: str
    destination_arn: str
    created: datetime
    updated: datetime
    data_set_id: str = DATA_SET
    status: str = "PROVISIONING"
    notes: str = ""

    @property
    def holds(self) -> bool:
        """Tell whether it bars another one of the same destination."""
        return self.status not in ENDS

    def told(self) -> dict[str, object]:
        """Return what a list says of it."""
        return {
            "createdDate": _written(self.created),
            "dataSetId": self.data_set_id,
            "destination": {"sqsDestination": {"queueArn": self.destination_arn}},
            "destinationArn": self.destination_arn,
            "notes": self.notes,
            "status": self.status,
            "subscriptionId": self.subscription_id,
            "updatedDate": _written(self.updated),
        }


class SubscriptionBook:
    """Every subscription. Not thread-safe: its owner holds a lock.

    Each look at a subscription moves it one step along *life*, and the last step lasts: nothing but
    looking takes time here. What has left that path by another hand stays where it is.
    """

    def __init__(self) -> None:
        self.subscriptions: dict[str, Subscription] = {}
        self.login = "login-1"
        self.life: Sequence[str] = ORDINARY_LIFE
        self.media_types = MEDIA_TYPES
        self.page_size = MAX_RESULTS
        self.hidden: set[str] = set()
        """Profiles whose subscriptions no list names, though they bar others."""
        self.forestalled: dict[str, str] = {}
        """By profile, the queue that somebody else subscribes just before the next request."""
        self.refused_profiles: set[str] = set()
        self.unknown_profiles: set[str] = set()
        self.refused_destinations: set[str] = set()
        self.max_pending = MAX_PENDING
        self.peak_pending = 0
        self.now = _BEGINNING
        self._made = 0

    def create(self, profile_id: str, raw: bytes) -> tuple[Answer, Breach | None]:
        """Answer POST; the second value says how the body broke the contract, if it did."""
        body: dict[str, Any] = json_object(raw) or {}
        breach = next(_create_breaches(body), None)
        if breach is not None:
            return _error(breach.status, breach.rule), breach
        refusal = self._refusal(profile_id)
        if refusal is not None:
            return refusal, None
        if destination := self.forestalled.pop(profile_id, None):
            self.put(profile_id, destination, status="ACTIVE")
        known = self._by_token(profile_id, body)
        if known is None:
            refusal = self._creation_refusal(profile_id, body)
            if refusal is not None:
                return refusal, None
            known = self.put(profile_id, _destination_of(body), token=body["clientRequestToken"])
            known = self._store(
                replace(known, data_set_id=body["dataSetId"], notes=body.get("notes", ""))
            )
        answer = {
            "clientRequestToken": known.token,
            "subscriptionId": known.subscription_id,
        }
        return json_answer(200, answer), None

    def listed(
        self, profile_id: str, query: Mapping[str, list[str]]
    ) -> tuple[Answer, Breach | None]:
        """Answer GET of the list, in the same way."""
        strange = sorted(set(query) - LIST_PARAMETERS)
        maximum = query.get("maxResults", [str(MAX_RESULTS)])[0]
        start = _offset_of(query.get("startingToken", [_token_of(0)])[0])
        if strange:
            return _breach("only published parameters are sent", ", ".join(strange))
        if not maximum.isdecimal() or not 1 <= int(maximum) <= MAX_RESULTS:
            return _breach(f"maxResults is 1 to {MAX_RESULTS}", maximum)
        if start is None:
            return _breach("startingToken is a nextToken that was given out", "")
        refusal = self._refusal(profile_id)
        if refusal is not None:
            return refusal, None
        size = min(int(maximum), self.page_size)
        found = [
            one
            for one in self.subscriptions.values()
            if self._sees(profile_id, one) and profile_id not in self.hidden
        ]
        page = found[start : start + size]
        body: dict[str, object] = {"subscriptions": [self._look(one).told() for one in page]}
        if start + size < len(found):
            body["nextToken"] = _token_of(start + size)
        return json_answer(200, body), None

    def read(self, profile_id: str, subscription_id: str) -> Answer:
        """Answer GET of one."""
        found = self._find(profile_id, subscription_id)
        if isinstance(found, Answer):
            return found
        return json_answer(200, {"subscription": self._look(found).told()})

    def update(
        self, profile_id: str, subscription_id: str, raw: bytes
    ) -> tuple[Answer, Breach | None]:
        """Answer PUT: only ARCHIVED can be set, and only of what is ACTIVE."""
        body = json_object(raw)
        if body is None or set(body) - {"status", "notes"} or body.get("status") != "ARCHIVED":
            return _breach("the body is {status: ARCHIVED, notes?}", repr(raw[:80]))
        found = self._find(profile_id, subscription_id)
        if isinstance(found, Answer):
            return found, None
        if found.status != "ACTIVE":
            text = f"Only active subscriptions can be archived, this one is {found.status}"
            return _error(409, text), None
        self.set_status("ARCHIVED", subscription_id)
        return Answer(200, b"", {"Content-Type": "text/plain"}), None

    def put(
        self, profile_id: str, destination_arn: str, *, token: str = "", status: str | None = None
    ) -> Subscription:
        """Make a subscription, in the first status of the life or in *status*."""
        self._made += 1
        return self._store(
            Subscription(
                subscription_id=f"amzn1.fead.cs1.{self._made:022d}",
                profile_id=profile_id,
                login=self.login,
                token=token,
                destination_arn=destination_arn,
                created=self.now,
                updated=self.now,
                status=self.life[0] if status is None else status,
            )
        )

    def set_status(self, status: str, *subscription_ids: str) -> None:
        """Move subscriptions to *status*, as Amazon does."""
        for subscription_id in subscription_ids:
            known = self.subscriptions[subscription_id]
            self._store(replace(known, status=status, updated=self.now))

    def pass_time(self, time: timedelta) -> None:
        """Let what is made from now on be younger."""
        self.now += time

    def _store(self, subscription: Subscription) -> Subscription:
        self.subscriptions[subscription.subscription_id] = subscription
        self.peak_pending = max(self.peak_pending, self._pending())
        return subscription

    def _pending(self) -> int:
        waiting = {"PROVISIONING", "PENDING_CONFIRMATION"}
        return sum(one.status in waiting for one in self.subscriptions.values())

    def _look(self, subscription: Subscription) -> Subscription:
        """Return it as it is, and move it on for the next look."""
        if subscription.status in self.life[:-1]:
            following = self.life[self.life.index(subscription.status) + 1]
            self.set_status(following, subscription.subscription_id)
        return subscription

    def _sees(self, profile_id: str, subscription: Subscription) -> bool:
        return subscription.profile_id == profile_id and subscription.login == self.login

    def _find(self, profile_id: str, subscription_id: str) -> Subscription | Answer:
        refusal = self._refusal(profile_id)
        if refusal is not None:
            return refusal
        found = self.subscriptions.get(subscription_id)
        if found is None or not self._sees(profile_id, found):
            return _error(404, f"Subscription {subscription_id} was not found")
        return found

    def _refusal(self, profile_id: str) -> Answer | None:
        if profile_id in self.unknown_profiles:
            return _error(401, "No matching advertiser found for scope")
        if profile_id in self.refused_profiles:
            return _error(403, "User does not have the required permission")
        return None

    def _by_token(self, profile_id: str, body: Mapping[str, Any]) -> Subscription | None:
        """Find what the very same request has made before."""
        for one in self.subscriptions.values():
            same = one.token == body["clientRequestToken"] and self._sees(profile_id, one)
            if same and one.destination_arn == _destination_of(body):
                return one
        return None

    def _creation_refusal(self, profile_id: str, body: Mapping[str, Any]) -> Answer | None:
        destination = _destination_of(body)
        if destination in self.refused_destinations or not _QUEUE_ARN.fullmatch(destination):
            return _error(400, "Destination is invalid")
        live = [
            one
            for one in self.subscriptions.values()
            if self._sees(profile_id, one) and one.holds and one.data_set_id == body["dataSetId"]
        ]
        if any(one.destination_arn == destination for one in live):
            return _error(409, "A subscription for this data set and destination exists already")
        if len(live) >= MAX_OF_A_DATA_SET:
            return _error(400, f"At most {MAX_OF_A_DATA_SET} subscriptions for a data set")
        if self._pending() >= self.max_pending:
            return _error(400, f"At most {self.max_pending} subscriptions may be pending")
        return None


def _create_breaches(body: Mapping[str, Any]) -> Iterator[Breach]:
    strange = sorted(set(body) - CREATE_ATTRIBUTES)
    if strange:
        yield Breach(400, "the body has only published attributes", ", ".join(strange))
    token = body.get("clientRequestToken")
    if not isinstance(token, str) or not 22 <= len(token) <= 36:
        yield Breach(400, "clientRequestToken has 22 to 36 characters", repr(token))
    if body.get("dataSetId") != DATA_SET:
        yield Breach(400, "dataSetId is the recommendations' dataset", repr(body.get("dataSetId")))
    notes = body.get("notes", "")
    if not isinstance(notes, str) or len(notes) > 128:
        yield Breach(400, "notes has at most 128 characters", repr(notes))
    if ("destination" in body) == ("destinationArn" in body):
        yield Breach(400, "the destination is named, and once", "")
    elif not 20 <= len(_destination_of(body)) <= 2048:
        yield Breach(400, "the destination is an ARN", _destination_of(body))


def _destination_of(body: Mapping[str, Any]) -> str:
    destination = body.get("destination")
    queue = destination.get("sqsDestination") if isinstance(destination, dict) else None
    found = queue.get("queueArn") if isinstance(queue, dict) else body.get("destinationArn")
    return found if isinstance(found, str) else ""


def _breach(rule: str, detail: str) -> tuple[Answer, Breach]:
    return _error(400, rule), Breach(400, rule, detail)


def _error(status: int, message: str) -> Answer:
    """Write this API's error: `{code?, message}`, here without the code."""
    return json_answer(status, {"message": message})


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _token_of(offset: int) -> str:
    return base64.urlsafe_b64encode(f"from:{offset}".encode()).decode()


def _offset_of(token: str) -> int | None:
    try:
        text = base64.urlsafe_b64decode(token).decode()
    except ValueError:
        return None
    offset = text.removeprefix("from:")
    return int(offset) if text.startswith("from:") and offset.isdecimal() else None
