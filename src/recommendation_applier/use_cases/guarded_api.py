"""The Partner Opportunities API behind its breaker: left alone while it does not answer."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from recommendation_applier.domain.breaker import Breaker
from recommendation_applier.domain.errors import (
    AnswerLostError,
    BreakerOpenError,
    LedgerUnavailableError,
    RefusedError,
    ThrottledError,
    UnavailableError,
    WaitError,
)
from recommendation_applier.domain.outcome import ApplyResult, StatusResult

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
    from datetime import datetime

    from recommendation_applier.domain.batching import ApplyBatch
    from recommendation_applier.use_cases.ports import BreakerStore, PartnerOpportunities

_FAILURES: Final = (AnswerLostError, ThrottledError, UnavailableError)
"""What speaks of the API's health; refused credentials and time that is up do not."""

TRIED_ACCOUNTS: Final = 3
"""An account's own trouble is not the API's, and must not keep the others waiting."""

Result = TypeVar("Result", ApplyResult, StatusResult)
Sent_co = TypeVar("Sent_co", ApplyResult, StatusResult, covariant=True)


class Send(Protocol[Sent_co]):
    """One of the two operations of the API."""

    def __call__(
        self, batches: Iterable[ApplyBatch], *, is_trial: bool = False
    ) -> Iterator[Sent_co]:
        """Send *batches*; in a trial, what fails is not repeated."""


class GuardedPartnerOpportunities:
    """The API for one invocation, which keeps what it learns.

    While the breaker is open nothing is sent. Once its pause is over, one invocation tries one
    account after another, a few at most, and sends the rest when one of them is answered; the other
    invocations wait meanwhile.
    """

    def __init__(
        self, api: PartnerOpportunities, store: BreakerStore, clock: Callable[[], datetime]
    ) -> None:
        """Read nothing yet."""
        self._api = api
        self._store = store
        self._clock = clock
        self._found = self._kept = Breaker()
        self._is_read = False
        self._refusal: WaitError | None = None
        self._has_probed = self._tries_first = False
        self._answered = False
        self._failing: dict[Hashable, WaitError] = {}

    def refusal(self) -> WaitError | None:
        """Say why nothing may be sent, None if something may; ask this before claiming anything.

        Reads the breaker, once, and after a pause claims the right to try.
        """
        if not self._is_read:
            self._is_read = True
            try:
                self._found = self._kept = self._store.read_breaker()
            except LedgerUnavailableError as error:
                self._refusal = error
            else:
                self._refusal = self._admit(self._found)
        return self._refusal

    def apply(self, batches: Iterable[ApplyBatch]) -> Iterator[ApplyResult]:
        """Send *batches* if anything may be sent; one result a batch, as the port says."""
        return self._guard(self._api.apply, batches, _not_applied)

    def application_status(self, batches: Iterable[ApplyBatch]) -> Iterator[StatusResult]:
        """Ask about *batches* if anything may be asked; one result a batch, as the port says."""
        return self._guard(self._api.application_status, batches, _not_asked)

    def learn(self) -> None:
        """Keep what this invocation has met so far, and keep to it: it may have to stop as well.

        An invocation counts once, however often it learns. Should keeping fail, the next one meets
        it anew.
        """
        if not self._is_read or self._refusal is not None:
            return
        now = self._clock()
        if not self._keep(now):
            # Somebody else has learnt something meanwhile; what Amazon asked for still counts.
            try:
                self._found = self._kept = self._store.read_breaker()
            except LedgerUnavailableError as error:
                self._refusal = error
                return
            self._keep(now)
        if seconds := self._kept.seconds_open(now):
            self._refusal = _left_alone(seconds, self._kept.because)

    def _keep(self, now: datetime) -> bool:
        learned = replace(self._learned(now), version=self._kept.version)
        if learned == self._kept:
            return True
        because = next((str(error) for error in reversed(self._failing.values())), "")
        self._kept = replace(learned, version=learned.version + 1, because=because)
        return self._store.save_breaker(self._kept)

    def _learned(self, now: datetime) -> Breaker:
        # A 429 is about the client; another failure's Retry-After is about that account's requests.
        throttled = (each for each in self._failing.values() if isinstance(each, ThrottledError))
        seconds = max((error.retry_after for error in throttled), default=0.0)
        if self._answered:
            learned = self._found.answered() if self._found.strikes else self._found
            return learned.asked_to_wait(now, seconds) if seconds else learned
        if self._failing:
            return self._found.failed(now, accounts=len(self._failing), seconds=seconds)
        return self._found.untried() if self._has_probed else self._found

    def _admit(self, breaker: Breaker) -> WaitError | None:
        now = self._clock()
        seconds = breaker.seconds_open(now)
        if seconds:
            return _left_alone(seconds, breaker.because)
        if not breaker.is_shaken:
            return None
        self._found = self._kept = breaker.probed(now)
        self._has_probed = self._tries_first = True
        if self._store.save_breaker(self._kept):
            return None
        return BreakerOpenError(
            "no request was made: the API did not answer, and another invocation is finding out "
            "whether it does again"
        )

    def _guard(
        self,
        send: Send[Result],
        batches: Iterable[ApplyBatch],
        unsent: Callable[[ApplyBatch, WaitError], Result],
    ) -> Iterator[Result]:
        waiting = iter(batches)
        first = next(waiting, None)
        if first is None:
            return
        waiting = chain([first], waiting)
        if self.refusal() is None and self._tries_first:
            left = list(waiting)
            for batch in _one_of_each_account(left)[:TRIED_ACCOUNTS]:
                left.remove(batch)
                yield from self._note(send([batch], is_trial=True))
                if self._answered or not self._failing:
                    break
            self._tries_first = False
            if self._failing and not self._answered:
                self.learn()
            waiting = iter(left)
        refusal = self.refusal()
        if refusal is None:
            yield from self._note(send(waiting))
        else:
            yield from (unsent(batch, refusal) for batch in waiting)

    def _note(self, results: Iterator[Result]) -> Iterator[Result]:
        for result in results:
            if isinstance(result.error, _FAILURES) and not _names_ids(result):
                self._failing[_account(result.batch)] = result.error
            elif result.error is None or isinstance(result.error, (RefusedError, *_FAILURES)):
                self._answered = True
            yield result


def _account(batch: ApplyBatch) -> Hashable:
    return batch.partner_opportunity_id, batch.advertiser


def _one_of_each_account(batches: Sequence[ApplyBatch]) -> list[ApplyBatch]:
    firsts: dict[Hashable, ApplyBatch] = {}
    for batch in batches:
        firsts.setdefault(_account(batch), batch)
    return list(firsts.values())


def _names_ids(result: ApplyResult | StatusResult) -> bool:
    """Tell whether Amazon spoke of the ids, though not of all of them."""
    return isinstance(result, ApplyResult) and bool(result.accepted or result.failures)


def _left_alone(seconds: float, because: str) -> BreakerOpenError:
    return BreakerOpenError(
        "no request was made: the API did not answer, or asked to wait, and is left alone for "
        f"another {seconds:.0f} s{'; the last answer: ' if because else ''}{because}",
        retry_after=seconds,
    )


def _not_applied(batch: ApplyBatch, error: WaitError) -> ApplyResult:
    return ApplyResult(batch, accepted={}, unanswered=batch.recommendation_ids, error=error)


def _not_asked(batch: ApplyBatch, error: WaitError) -> StatusResult:
    return StatusResult(batch, {}, error)
