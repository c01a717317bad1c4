"""What all requests of one invocation share: when to wait, and when to stop."""

import threading
from typing import Final

from recommendation_applier.amazon_ads.pacing import Pacing
from recommendation_applier.domain.errors import (
    CredentialsRefusedError,
    OutOfTimeError,
    RetryableError,
    ThrottledError,
    UnavailableError,
    WaitError,
)

LEAST_FAILURES_IN_A_ROW: Final = 10
"""Tries that may fail one after the other, whatever their account, before the invocation stops
asking an API that does not answer. The deliveries come back later, with their backoff. Twice the
number of requests at once, where that is more: a burst that fails together is not yet a row."""


class Gate:
    """Lets requests through, makes them wait, or turns them away; shared by threads."""

    def __init__(self, pacing: Pacing, *, max_concurrent_requests: int) -> None:
        """Start open."""
        self._pacing = pacing
        self._max_failures_in_a_row = max(LEAST_FAILURES_IN_A_ROW, 2 * max_concurrent_requests)
        self._lock = threading.Lock()
        self._closed_until = pacing.monotonic()
        self._failures_in_a_row = 0
        self._stopped_by: RetryableError | None = None

    def enter(self) -> None:
        """Return when a request may be made; sleep while the wait after a 429 lasts.

        Raises what stopped the invocation, ThrottledError when the wait outlasts it, and
        OutOfTimeError when there is no time left for a request.
        """
        while True:
            with self._lock:
                if self._stopped_by is not None:
                    raise self._stopped_by
                wait = self._closed_until - self._pacing.monotonic()
            if wait > 0 and not self._pacing.has_time_for(wait):
                raise ThrottledError(
                    f"no request was made: after a 429 there are {wait:.0f} s to wait, which is "
                    "more than the invocation has left",
                    retry_after=wait,
                )
            if wait <= 0 and not self._pacing.allows_a_request():
                raise OutOfTimeError("no request was made: the invocation's time was up")
            if wait <= 0:
                return
            self._pacing.sleep(wait)

    def close_for(self, seconds: float) -> None:
        """Let nothing through for *seconds* from now, unless it is closed for longer already."""
        with self._lock:
            self._closed_until = max(self._closed_until, self._pacing.monotonic() + seconds)

    def succeeded(self) -> None:
        """Note that Amazon answers."""
        with self._lock:
            self._failures_in_a_row = 0

    def failed(self, error: RetryableError) -> None:
        """Note a try that failed; refused credentials, or too many in a row, stop everything."""
        with self._lock:
            closed = self._pacing.monotonic() < self._closed_until
            if not (closed and isinstance(error, ThrottledError)):
                self._failures_in_a_row += 1  # what else was in flight at a 429 counts with it
            exhausted = self._failures_in_a_row >= self._max_failures_in_a_row
            if self._stopped_by is None and (
                isinstance(error, CredentialsRefusedError)
                or (exhausted and isinstance(error, WaitError))
            ):
                self._stopped_by = _for_those_not_sent(error, tries=self._failures_in_a_row)


def _for_those_not_sent(error: RetryableError, *, tries: int) -> RetryableError:
    """Say to the requests that are turned away why, without claiming that they were made."""
    if isinstance(error, CredentialsRefusedError):
        return CredentialsRefusedError(
            f"no request was made: the credentials had been refused: {error}",
            http_status=error.http_status,
            api_code=error.api_code,
        )
    kind = ThrottledError if isinstance(error, ThrottledError) else UnavailableError
    return kind(
        f"no request was made: {tries} tries in a row had failed, the last with: {error}",
        retry_after=error.retry_after,
        http_status=error.http_status,
        api_code=error.api_code,
    )
