"""The tries of one request: through the gate, until there is an answer or no sense in another."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from recommendation_applier.amazon_ads.gate import Gate
from recommendation_applier.amazon_ads.pacing import Pacing
from recommendation_applier.domain.errors import RetryableError, ThrottledError, UnavailableError

MAX_ATTEMPTS: Final = 4
"""Tries of one request in one invocation; beyond that its work waits for the next one."""


class Answered(Protocol):
    """An answer of Amazon's."""

    @property
    def request_ids(self) -> tuple[str, ...]:
        """What to quote to Amazon's support."""


Answer = TypeVar("Answer", bound=Answered)


@dataclass(slots=True)
class Tally:
    """What one request may cost, and what it has cost so far."""

    most_attempts: int = MAX_ATTEMPTS
    attempts: int = 0
    throttled: int = 0
    ticket: int = 0
    """The gate's, of the try that is under way."""
    request_ids: tuple[str, ...] = ()
    """Of every answer, the latest first."""
    turned_away: RetryableError | None = None
    """What the gate said, where it did; that is no failure of a try."""


@dataclass(frozen=True, slots=True)
class Tries:
    """What the requests of an invocation have in common."""

    gate: Gate
    pacing: Pacing

    def until_answered(
        self,
        account: Hashable,
        send: Callable[[Callable[[], None]], Answer],
        tally: Tally,
    ) -> Answer:
        """*send* until there is an answer.

        *account* is what failures have in common; *send* is given what it calls before it makes
        the request. A 429 is waited for together with everything else, what failed without being
        taken is repeated with full jitter, and anything else raises at once.
        """
        pacing = self.pacing
        attempt = 1
        while True:
            tally.ticket = self.gate.enter(account)  # who is turned away needs no token either
            try:
                answer = send(lambda: self._admit(account, tally))
            except RetryableError as error:
                if error is tally.turned_away:
                    raise
                self.gate.failed(account, error, ticket=tally.ticket)
                tally.request_ids = (*error.request_ids, *tally.request_ids)
                if not isinstance(error, ThrottledError | UnavailableError):
                    raise
                wait = error.retry_after or pacing.backoff(attempt)
                if isinstance(error, ThrottledError):
                    tally.throttled += 1
                    self.gate.close_for(wait)
                if attempt == tally.most_attempts or not pacing.has_time_for(wait):
                    raise
                if isinstance(error, UnavailableError):
                    pacing.sleep(wait)
            else:
                self.gate.succeeded(account)
                tally.request_ids = (*answer.request_ids, *tally.request_ids)
                return answer
            attempt += 1

    def _admit(self, account: Hashable, tally: Tally) -> None:
        """Enter again: fetching a token took time, in which others may have been throttled."""
        try:
            tally.ticket = self.gate.enter(account)
        except RetryableError as error:
            tally.turned_away = error
            raise
        tally.attempts += 1
