"""An emulated Amazon over HTTP: Login with Amazon and the Partner Opportunities API.

It holds every request against the published contract and keeps what it saw::

    with EmulatedAmazon(faults=["throttle"]) as amazon:
        ...  # ADS_API_URL=amazon.url, LWA_TOKEN_URL=amazon.token_url
        assert amazon.violations == []
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self

from tests.emulator.amazon_faults import FAULT_NAMES, Fault, Step, interleaved, named
from tests.emulator.amazon_http import LoopbackServer
from tests.emulator.amazon_login import Credentials, LoginWithAmazon
from tests.emulator.amazon_opportunities import (
    SAMPLE_OPPORTUNITIES,
    Opportunity,
    OpportunityShelf,
)
from tests.emulator.amazon_routes import Route
from tests.emulator.amazon_service import AmazonService
from tests.emulator.amazon_state import Account, ApiRequest, TokenRequest, Violation
from tests.emulator.amazon_streams import Subscription, SubscriptionBook

__all__ = [
    "FAULT_NAMES",
    "MANAGER_ACCOUNT",
    "Account",
    "ApiRequest",
    "Credentials",
    "EmulatedAmazon",
    "TokenRequest",
    "Violation",
]

MANAGER_ACCOUNT: Final = "amzn1.ads1.ma1.emulated"
"""The Partner Network Account ID that the emulator answers to unless told another."""

_WAIT_SECONDS: Final = 10.0


class EmulatedAmazon:
    """Amazon as a partner meets it, on a free port of 127.0.0.1; a context manager.

    Thread-safe. What it recorded is handed out as copies, in order of arrival.
    """

    def __init__(
        self,
        *,
        faults: Iterable[str | Fault] = (),
        credentials: Credentials | None = None,
        manager_account: str = MANAGER_ACCOUNT,
        opportunities: Sequence[Opportunity] = SAMPLE_OPPORTUNITIES,
        expires_in: int | str = 3600,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start to serve. *expires_in* goes out as it is given; Amazon has sent both kinds."""
        chosen = [named(fault) for fault in faults]
        login = LoginWithAmazon(
            credentials=credentials or Credentials(),
            expires_in=expires_in,
            clock=clock,
            rejected_tokens=sum(fault.rejected_tokens for fault in chosen),
        )
        self._server = LoopbackServer()
        self.url = self._server.url
        self.token_url = f"{self.url}/auth/o2/token"
        self.manager_account = manager_account
        shelf = OpportunityShelf(opportunities, url=self.url, clock=clock)
        self._service = AmazonService(login=login, shelf=shelf, manager_account=manager_account)
        self._service.book.ends.extend(end for fault in chosen for end in fault.ends)
        self.script_apply(interleaved(fault.apply for fault in chosen))
        self.script_token(interleaved(fault.token for fault in chosen))
        self._server.start(self._service)

    def __enter__(self) -> Self:
        """Return itself: it serves from construction."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Stop serving; what was held is dropped, and every thread has ended on return."""
        self._server.close()

    # What it saw

    @property
    def apply_requests(self) -> list[ApiRequest]:
        """Every apply request, the refused and the dropped ones too."""
        return self._recorded(Route.APPLY)

    @property
    def status_requests(self) -> list[ApiRequest]:
        """Every applicationStatus request."""
        return self._recorded(Route.STATUS)

    @property
    def list_requests(self) -> list[ApiRequest]:
        """Every request for a page of opportunities."""
        return self._recorded(Route.LIST)

    @property
    def file_requests(self) -> list[ApiRequest]:
        """Every request for an opportunity's file; the downloads themselves are not among them."""
        return self._recorded(Route.FILE)

    @property
    def downloads(self) -> list[ApiRequest]:
        """Every request to the file store, with its headers."""
        return self._recorded(Route.PRESIGNED)

    @property
    def subscribe_requests(self) -> list[ApiRequest]:
        """Every request for a new subscription."""
        return self._recorded(Route.SUBSCRIBE)

    @property
    def subscription_lists(self) -> list[ApiRequest]:
        """Every request for a page of subscriptions."""
        return self._recorded(Route.SUBSCRIPTIONS)

    @property
    def archive_requests(self) -> list[ApiRequest]:
        """Every request to archive a subscription."""
        return self._recorded(Route.ARCHIVE)

    @property
    def subscriptions(self) -> list[Subscription]:
        """Every subscription of Marketing Stream, whoever made it."""
        with self._service.changed:
            return list(self._service.streams.subscriptions.values())

    @property
    def token_requests(self) -> list[TokenRequest]:
        """Every request to Login with Amazon."""
        with self._service.changed:
            return list(self._service.token_requests.values())

    @property
    def violations(self) -> list[Violation]:
        """Everything that the published contract does not allow."""
        with self._service.changed:
            return list(self._service.violations)

    @property
    def accepted(self) -> dict[str, Account]:
        """The account that each accepted recommendation was accepted for."""
        with self._service.changed:
            return dict(self._service.book.accepted)

    @property
    def accepted_under(self) -> dict[str, str]:
        """The opportunity that each accepted recommendation was accepted under."""
        with self._service.changed:
            return dict(self._service.book.accepted_under)

    @property
    def accepted_twice(self) -> list[str]:
        """The ids that were sent again after they had been accepted, once for each time."""
        with self._service.changed:
            return list(self._service.book.accepted_twice)

    @property
    def peak_in_flight(self) -> int:
        """The most apply requests that were ever being answered at the same time."""
        with self._service.changed:
            return self._service.peak_in_flight

    @property
    def credentials(self) -> Credentials:
        """The credentials that are good now."""
        with self._service.changed:
            return self._service.login.credentials

    def status_of(self, recommendation_id: str) -> str:
        """Return the application status of *recommendation_id*."""
        with self._service.changed:
            return self._service.book.status_of(recommendation_id)

    def wait_until_in_flight(self, count: int) -> None:
        """Return once *count* apply requests are in flight; TimeoutError after ten seconds."""
        service = self._service
        with service.changed:
            if not service.changed.wait_for(lambda: len(service.in_flight) >= count, _WAIT_SECONDS):
                message = f"{len(service.in_flight)} apply requests in flight, waited for {count}"
                raise TimeoutError(message)

    # What can be arranged

    def script_apply(self, steps: Iterable[Step]) -> None:
        """Let the next apply requests meet *steps*, after those that are scripted already."""
        self._script(Route.APPLY, steps)

    def script_status(self, steps: Iterable[Step]) -> None:
        """Let the next applicationStatus requests meet *steps*."""
        self._script(Route.STATUS, steps)

    def script_token(self, steps: Iterable[Step]) -> None:
        """Let the next token requests meet *steps*."""
        self._script(Route.TOKEN, steps)

    def script_list(self, steps: Iterable[Step]) -> None:
        """Let the next requests for a page of opportunities meet *steps*."""
        self._script(Route.LIST, steps)

    def script_file(self, steps: Iterable[Step]) -> None:
        """Let the next requests for an opportunity's file meet *steps*."""
        self._script(Route.FILE, steps)

    def script_download(self, steps: Iterable[Step]) -> None:
        """Let the next requests to the file store meet *steps*."""
        self._script(Route.PRESIGNED, steps)

    def script_subscribe(self, steps: Iterable[Step]) -> None:
        """Let the next requests for a new subscription meet *steps*."""
        self._script(Route.SUBSCRIBE, steps)

    def script_subscriptions(self, steps: Iterable[Step]) -> None:
        """Let the next requests for a page of subscriptions meet *steps*."""
        self._script(Route.SUBSCRIPTIONS, steps)

    def script_subscription(self, steps: Iterable[Step]) -> None:
        """Let the next requests for one subscription meet *steps*."""
        self._script(Route.SUBSCRIPTION, steps)

    def script_archive(self, steps: Iterable[Step]) -> None:
        """Let the next requests to archive a subscription meet *steps*."""
        self._script(Route.ARCHIVE, steps)

    @contextmanager
    def streams(self) -> Iterator[SubscriptionBook]:
        """Hand out the book of subscriptions, to look into it or to change it."""
        with self._service.changed:
            yield self._service.streams

    def publish(self, opportunities: Sequence[Opportunity]) -> None:
        """Let these be the opportunities from now on, and these their files."""
        with self._service.changed:
            self._service.shelf.opportunities = tuple(opportunities)

    def release(self) -> None:
        """Let every held and trickled answer go, those to come included."""
        self._service.released.set()

    def set_status(self, status: str, recommendation_ids: Iterable[str]) -> None:
        """Move *recommendation_ids* to *status*, as if somebody else had done it."""
        with self._service.changed:
            self._service.book.set_status(status, recommendation_ids)

    def settle(self, status: str = "SUCCESS") -> None:
        """Move all that is IN_PROGRESS to *status*, as Amazon does some time after a 202.

        The first of them end as a fault has said, if one has.
        """
        with self._service.changed:
            self._service.book.settle(status)

    def make_unprocessable(self, recommendation_ids: Iterable[str]) -> None:
        """Let every application of *recommendation_ids* fail."""
        with self._service.changed:
            self._service.book.make_unprocessable(recommendation_ids)

    def revoke_refresh_token(self) -> None:
        """Let Login with Amazon say invalid_grant until the credentials are rotated."""
        with self._service.changed:
            self._service.login.revoked = True

    def rotate_credentials(self, credentials: Credentials) -> None:
        """Let only *credentials* be good from now on; access tokens live on."""
        with self._service.changed:
            self._service.login.credentials = credentials
            self._service.login.revoked = False

    def expire_access_tokens(self) -> None:
        """Answer 401 to every access token that was issued so far."""
        with self._service.changed:
            self._service.login.expire_tokens()

    def reject_next_access_tokens(self, count: int) -> None:
        """Answer 401 to the next *count* access tokens from when they are first presented."""
        with self._service.changed:
            self._service.login.reject_next_tokens(count)

    def _recorded(self, route: Route) -> list[ApiRequest]:
        with self._service.changed:
            return list(self._service.api_requests[route].values())

    def _script(self, route: Route, steps: Iterable[Step]) -> None:
        with self._service.changed:
            self._service.scripts[route].extend(steps)
