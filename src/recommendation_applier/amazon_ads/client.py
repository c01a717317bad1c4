"""The Partner Opportunities API: several requests at a time, bounded in tries and in time."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

from recommendation_applier.amazon_ads.exchange import Exchange, error_of
from recommendation_applier.amazon_ads.gate import Gate
from recommendation_applier.amazon_ads.wire import Answer, application_status_path, apply_path
from recommendation_applier.amazon_ads.workers import Workers
from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.errors import (
    AnswerLostError,
    OutOfTimeError,
    RetryableError,
    ThrottledError,
    UnavailableError,
)
from recommendation_applier.domain.outcome import (
    INTERNAL_ERROR,
    ApplyResult,
    StatusResult,
    split,
)
from recommendation_applier.domain.reasons import AcceptedReason

MAX_ATTEMPTS: Final = 4
"""Tries of one batch in one invocation; beyond that SQS brings the deliveries back, later."""

GRACE_SECONDS: Final = 0.5
"""Past its deadline, a request gets this long to notice; then it is given up as lost."""

Result = TypeVar("Result")


@dataclass(slots=True)
class _Tally:
    """What one batch may cost, and what it has cost so far."""

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
class PartnerOpportunitiesClient:
    """Fits the PartnerOpportunities port for one invocation."""

    exchange: Exchange
    gate: Gate
    workers: Workers

    def apply(
        self, batches: Sequence[ApplyBatch], *, is_trial: bool = False
    ) -> Iterator[ApplyResult]:
        """Send *batches*, and yield one result for each, in the order of completion.

        Never raises for what Amazon, the network or the clock do: a batch without an answer says
        why in its result. What is throttled (429) waits for Retry-After, together with everything
        else; what failed without being taken is repeated with full jitter; what may have been
        taken is not repeated here at all. In a trial, nothing is.
        """
        most = 1 if is_trial else MAX_ATTEMPTS
        return self._together(partial(self._apply, most_attempts=most), batches, _unanswered)

    def application_status(
        self, batches: Sequence[ApplyBatch], *, is_trial: bool = False
    ) -> Iterator[StatusResult]:
        """Ask what became of the recommendations of *batches*; results as for `apply`."""
        most = 1 if is_trial else MAX_ATTEMPTS
        return self._together(
            partial(self._application_status, most_attempts=most), batches, _status_unanswered
        )

    def _apply(self, batch: ApplyBatch, *, most_attempts: int) -> ApplyResult:
        tally = _Tally(most_attempts)
        started = self.exchange.pacing.monotonic()
        what = f"apply of {batch}"
        path = apply_path(batch.partner_opportunity_id)
        try:
            answer = self._converse(path, batch, tally, what=what)
        except RetryableError as error:
            result = _unanswered(batch, error, tally)
        else:
            result = _answered(batch, answer, tally, what=what)
        return replace(result, seconds=self.exchange.pacing.monotonic() - started)

    def _application_status(self, batch: ApplyBatch, *, most_attempts: int) -> StatusResult:
        what = f"applicationStatus of {batch}"
        path = application_status_path(batch.partner_opportunity_id)
        try:
            answer = self._converse(path, batch, _Tally(most_attempts), what=what)
        except RetryableError as error:
            return _status_unanswered(batch, error)
        failure = error_of(answer, what=what)
        if failure is None and answer.statuses is None:
            failure = UnavailableError(f"{what} failed: {answer}: the body has no statuses")
        return StatusResult(
            batch, answer.statuses or {}, failure, answer.request_ids, answer.campaign_ids
        )

    def _converse(self, path: str, batch: ApplyBatch, tally: _Tally, *, what: str) -> Answer:
        """Post until there is an answer, or no sense in another try."""
        pacing = self.exchange.pacing
        account = (batch.partner_opportunity_id, batch.advertiser)
        attempt = 1
        while True:
            tally.ticket = self.gate.enter(account)  # who is turned away needs no token either
            try:
                answer = self.exchange.post(
                    path, batch.request(), what=what, on_request=lambda: self._admit(account, tally)
                )
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

    def _admit(self, account: Hashable, tally: _Tally) -> None:
        """Enter again: fetching a token took time, in which others may have been throttled."""
        try:
            tally.ticket = self.gate.enter(account)
        except RetryableError as error:
            tally.turned_away = error
            raise
        tally.attempts += 1

    def _together(
        self,
        work: Callable[[ApplyBatch], Result],
        batches: Sequence[ApplyBatch],
        unanswered: Callable[[ApplyBatch, RetryableError], Result],
    ) -> Iterator[Result]:
        """Do *work* for all *batches*; nothing outlasts the deadline."""
        return self.workers.run(
            work,
            batches,
            seconds_left=lambda: self.exchange.pacing.seconds_left() + GRACE_SECONDS,
            not_begun=lambda batch: unanswered(
                batch,
                OutOfTimeError(f"no request was made for {batch}: the invocation's time was up"),
            ),
            not_done=lambda batch: unanswered(
                batch,
                AnswerLostError(
                    f"the answer for {batch} had not come when the invocation's time was up"
                ),
            ),
        )


def _answered(batch: ApplyBatch, answer: Answer, tally: _Tally, *, what: str) -> ApplyResult:
    named = split(batch.recommendation_ids, successes=answer.successes, failures=answer.failures)
    error = error_of(answer, what=what)
    accepted, unnamed = dict(named.accepted), named.unnamed
    failures = named.failures
    if error is None:  # 2xx: whatever is not named is accepted
        accepted.update(dict.fromkeys(unnamed, AcceptedReason.ACCEPTED))
        unnamed = ()
    elif answer.status >= 500:  # noqa: PLR2004 - the server's own failure is no verdict on an id
        unnamed += tuple(
            failure.recommendation_id for failure in failures if failure.code == INTERNAL_ERROR
        )
        failures = tuple(failure for failure in failures if failure.code != INTERNAL_ERROR)
    return ApplyResult(
        batch=batch,
        accepted=accepted,
        failures=failures,
        unanswered=unnamed,
        error=error if unnamed else None,
        attempts=tally.attempts,
        throttled=tally.throttled,
        http_status=answer.status,
        request_ids=tally.request_ids,
    )


def _unanswered(
    batch: ApplyBatch, error: RetryableError, tally: _Tally | None = None
) -> ApplyResult:
    tally = tally or _Tally()
    return ApplyResult(
        batch=batch,
        accepted={},
        unanswered=batch.recommendation_ids,
        error=error,
        attempts=tally.attempts,
        throttled=tally.throttled,
        http_status=error.http_status,
        request_ids=tally.request_ids,
    )


def _status_unanswered(batch: ApplyBatch, error: RetryableError) -> StatusResult:
    return StatusResult(batch, {}, error, error.request_ids)
