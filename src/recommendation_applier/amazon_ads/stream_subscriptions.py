"""Subscriptions of Amazon Marketing Stream: `/streams/subscriptions`, one profile a request.

Source: the OpenAPI file of Amazon Marketing Stream 3.0. It is served by the Ads API host of the
profile's region, wants the profile in `Amazon-Advertising-API-Scope` and no manager account, and
takes no trailing slash.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import quote, urlencode

from pydantic_core import from_json

from recommendation_applier.amazon_ads.exchange import Exchange, Received
from recommendation_applier.amazon_ads.gate import Gate
from recommendation_applier.amazon_ads.login_with_amazon import AccessToken
from recommendation_applier.amazon_ads.request import Request
from recommendation_applier.amazon_ads.stream_meaning import stream_error_of
from recommendation_applier.amazon_ads.tries import Tally, Tries
from recommendation_applier.domain.errors import UnavailableError
from recommendation_applier.domain.stream_message import DATASET
from recommendation_applier.domain.stream_subscription import (
    ARCHIVED,
    StreamSubscription,
    read_subscription,
    read_subscription_page,
)

_PATH: Final = "/streams/subscriptions"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSubscriptions:
    """Makes, reads and archives subscriptions, for as long as an invocation or a command lasts.

    Safe for use by several threads. Raises ProfileRefusedError and ConflictError, RefusedError for
    what is wrong with the request itself, each with what to do about it, and RetryableError where
    it may work later.
    """

    exchange: Exchange
    """Its url is the Ads API host of the profiles' region."""
    gate: Gate
    media_type: str
    """For Accept and Content-Type. The specification and the guides name two different ones."""

    def create(
        self, profile_id: str, *, queue_arn: str, client_request_token: str, notes: str = ""
    ) -> str:
        """Subscribe a queue to the recommendations of a profile, and give the subscription's id.

        Repeated with the same *client_request_token* (22 to 36 characters) it makes no second one.
        Raises ConflictError where this profile's dataset goes to this queue already.
        """
        what = f"subscribing profile {profile_id}"
        body: dict[str, object] = {
            "clientRequestToken": client_request_token,
            "dataSetId": DATASET,
            "destinationArn": queue_arn,
            **({"notes": notes} if notes else {}),
        }
        received = self._ask("POST", _PATH, profile_id, body, what=what)
        subscription_id = _object(received, what=what).get("subscriptionId")
        if not isinstance(subscription_id, str) or not subscription_id:
            raise UnavailableError(f"{what} failed: the answer has no subscriptionId")
        return subscription_id

    def subscriptions(self, profile_id: str) -> Iterator[StreamSubscription]:
        """Give every subscription of a profile that this login can see, of all datasets."""
        what = f"listing the subscriptions of profile {profile_id}"
        seen: set[str] = set()
        query = ""
        while True:
            received = self._ask("GET", _PATH + query, profile_id, None, what=what)
            try:
                page = read_subscription_page(_object(received, what=what))
            except ValueError as error:
                raise UnavailableError(f"{what} failed: {error}") from error
            yield from page.subscriptions
            token = page.next_token
            if token is None:
                return
            if token in seen:
                raise UnavailableError(f"{what} failed: a page leads back to one before it")
            seen.add(token)
            query = f"?{urlencode({'startingToken': token})}"

    def subscription(self, profile_id: str, subscription_id: str) -> StreamSubscription:
        """Read one subscription. Raises RefusedError with status 404 where it is not to be seen."""
        what = f"reading subscription {subscription_id} of profile {profile_id}"
        received = self._ask("GET", _path_of(subscription_id), profile_id, None, what=what)
        try:
            return read_subscription(_object(received, what=what).get("subscription"))
        except ValueError as error:
            raise UnavailableError(f"{what} failed: {error}") from error

    def archive(self, profile_id: str, subscription_id: str) -> None:
        """End a subscription for good. Only an ACTIVE one can be (Amazon's Postman collection).

        Raises ConflictError or RefusedError for any other.
        """
        what = f"archiving subscription {subscription_id} of profile {profile_id}"
        body: dict[str, object] = {"status": ARCHIVED}
        # 200 comes with an empty body, as text/plain.
        self._ask("PUT", _path_of(subscription_id), profile_id, body, what=what)

    def _ask(
        self,
        method: Literal["GET", "POST", "PUT"],
        path: str,
        profile_id: str,
        body: Mapping[str, object] | None,
        *,
        what: str,
    ) -> Received:
        media = {"Accept": self.media_type}
        if body is not None:
            media["Content-Type"] = self.media_type

        def headers(token: AccessToken) -> Mapping[str, str]:
            return media | {
                "Amazon-Advertising-API-ClientId": token.client_id,
                "Amazon-Advertising-API-Scope": profile_id,
                "Authorization": f"Bearer {token.value}",
            }

        # A token of the caller's makes POST repeatable, and who archives twice archives once.
        request = Request(method=method, path=path, headers=headers, body=body, is_repeatable=True)
        return Tries(self.gate, self.exchange.pacing).until_answered(
            profile_id,
            lambda on_request: self.exchange.ask(
                request,
                lambda answer: stream_error_of(answer, what=what),
                what=what,
                on_request=on_request,
            ),
            Tally(),
        )


def _path_of(subscription_id: str) -> str:
    return f"{_PATH}/{quote(subscription_id, safe='')}"


def _object(received: Received, *, what: str) -> Mapping[str, Any]:
    """Read the body, which comes as application/json whatever Accept says."""
    try:
        value = from_json(received.content)
    except ValueError:
        value = None
    if not isinstance(value, Mapping):
        raise UnavailableError(f"{what} failed: {received.answer.status} without a JSON object")
    return value
