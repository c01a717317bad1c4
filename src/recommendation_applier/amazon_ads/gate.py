"""What all requests of one invocation share: when to wait, and when to stop."""

import threading
from collections import Counter
from collections.abc import Hashable
from typing import Final

from recommendation_applier.amazon_ads.pacing import Pacing
from recommendation_applier.domain.errors import (
    CredentialsRefusedError,
    OutOfTimeError,
    RetryableError,
    ThrottledError,
    UnavailableError,
)

MAX_FAILURES_OF_AN_ACCOUNT: Final = 4
"""Tries for one account that may fail one after the other before its other requests are not made
either; those of other accounts are."""

LEAST_FAILING_ACCOUNTS: Final = 5
"""Accounts that fail one after the other, without any success between, before the invocation stops
asking an API that does not answer anybody. Two more than the number of requests at once, where
that is more: what is in flight together may fail together."""

LEAST_THROTTLES_IN_A_ROW: Final = 10
"""Bursts of 429 without any success between, before the invocation leaves the API alone; 429 is
about the client, not about an account."""


class Gate:
    """Lets requests through, makes them wait, or turns them away; shared by threads.

    An account is whatever failures have in common: the advertiser and the opportunity.
    """

    def __init__(self, pacing: Pacing, *, max_concurrent_requests: int) -> None:
        """Start open."""
        self._pacing = pacing
        self._max_failing_accounts = max(LEAST_FAILING_ACCOUNTS, max_concurrent_requests + 2)
        self._lock = threading.Lock()
        self._closed_until = pacing.monotonic()
        self._throttles = 0
        self._throttles_in_a_row = 0
        self._failures: Counter[Hashable] = Counter()
        self._failing_in_a_row: set[Hashable] = set()
        self._stopped: dict[Hashable, RetryableError] = {}
        self._stopped_by: RetryableError | None = None

    def enter(self, account: Hashable) -> int:
        """Return when a request may be made; sleep while the wait after a 429 lasts.

        Returns a ticket for `failed`: what has the same ticket was under way together. Raises what
        stopped the invocation or the account, ThrottledError when the wait outlasts the
        invocation, and OutOfTimeError when there is no time left for a request.
        """
        while True:
            with self._lock:
                stopped_by = self._stopped_by or self._stopped.get(account)
                wait = self._closed_until - self._pacing.monotonic()
                ticket = self._throttles
            if stopped_by is not None:
                raise _for_those_not_sent(stopped_by)
            if wait > 0 and not self._pacing.has_time_for(wait):
                error = ThrottledError(
                    f"no request was made: after a 429 there are {wait:.0f} s to wait, which is "
                    "more than the invocation has left",
                    retry_after=wait,
                )
                error.was_made = False
                raise error
            if wait <= 0 and not self._pacing.allows_a_request():
                raise OutOfTimeError("no request was made: the invocation's time was up")
            if wait <= 0:
                return ticket
            self._pacing.sleep(wait)

    def close_for(self, seconds: float) -> None:
        """Let nothing through for *seconds* from now, unless it is closed for longer already."""
        with self._lock:
            self._closed_until = max(self._closed_until, self._pacing.monotonic() + seconds)

    def succeeded(self, account: Hashable) -> None:
        """Note that Amazon answers, and answers for *account*."""
        with self._lock:
            self._throttles_in_a_row = 0
            self._failing_in_a_row.clear()
            self._failures.pop(account, None)

    def failed(self, account: Hashable, error: RetryableError, *, ticket: int) -> None:
        """Note that the try which entered with *ticket* failed.

        Refused credentials stop everything at once, throttling and failing accounts when there are
        too many of them in a row; too many failures of one account stop that account alone.
        """
        with self._lock:
            if self._stopped_by is None and self._stops_everything(account, error, ticket):
                self._stopped_by = error
            if self._failures[account] >= MAX_FAILURES_OF_AN_ACCOUNT:
                self._stopped.setdefault(account, error)

    def _stops_everything(self, account: Hashable, error: RetryableError, ticket: int) -> bool:
        if isinstance(error, CredentialsRefusedError):
            return True
        if isinstance(error, ThrottledError):
            if ticket == self._throttles:  # what else was under way at a 429 counts with it
                self._throttles += 1
                self._throttles_in_a_row += 1
            return self._throttles_in_a_row >= LEAST_THROTTLES_IN_A_ROW
        self._failures[account] += 1
        self._failing_in_a_row.add(account)
        return len(self._failing_in_a_row) >= self._max_failing_accounts


def _for_those_not_sent(error: RetryableError) -> RetryableError:
    """Say to the requests that are turned away why, without claiming that they were made."""
    kind: type[RetryableError] = UnavailableError
    if isinstance(error, CredentialsRefusedError | ThrottledError):
        kind = type(error)
    turned_away = kind(
        f"no request was made, since an earlier one had failed: {error}",
        retry_after=error.retry_after,
        http_status=error.http_status,
        api_code=error.api_code,
    )
    turned_away.was_made = False
    return turned_away
