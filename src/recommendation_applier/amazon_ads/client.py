"""The Partner Opportunities API: several requests at a time, bounded in tries and in time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

from recommendation_applier.amazon_ads.exchange import Exchange
from recommendation_applier.amazon_ads.gate import Gate
from recommendation_applier.amazon_ads.meaning import error_of
from recommendation_applier.amazon_ads.tries import MAX_ATTEMPTS, Tally, Tries
from recommendation_applier.amazon_ads.wire import Answer, application_status_path, apply_path
from recommendation_applier.amazon_ads.workers import Workers
from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.errors import (
    AnswerLostError,
    OutOfTimeError,
    RetryableError,
    UnavailableError,
)
from recommendation_applier.domain.outcome import (
    INTERNAL_ERROR,
    ApplyResult,
    StatusResult,
    split,
)
from recommendation_applier.domain.reasons import AcceptedReason

GRACE_SECONDS: Final = 0.5
"""Past its deadline, a request gets this long to notice; then it is given up as lost."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class PartnerOpportunitiesClient:
    """Fits the PartnerOpportunities port for one invocation."""

    exchange: Exchange
    gate: Gate
    workers: Workers

    def apply(
        self, batches: Iterable[ApplyBatch], *, is_trial: bool = False
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
        self, batches: Iterable[ApplyBatch], *, is_trial: bool = False
    ) -> Iterator[StatusResult]:
        """Ask what became of the recommendations of *batches*; results as for `apply`."""
        most = 1 if is_trial else MAX_ATTEMPTS
        return self._together(
            partial(self._application_status, most_attempts=most), batches, _status_unanswered
        )

    def _apply(self, batch: ApplyBatch, *, most_attempts: int) -> ApplyResult:
        tally = Tally(most_attempts)
        started = self.exchange.pacing.monotonic()
        what = f"apply of {batch}"
        path = apply_path(batch.partner_opportunity_id)
        try:
            answer = self._post(path, batch, tally, what=what)
        except RetryableError as error:
            result = _unanswered(batch, error, tally)
        else:
            result = _answered(batch, answer, tally, what=what)
        return replace(result, seconds=self.exchange.pacing.monotonic() - started)

    def _application_status(self, batch: ApplyBatch, *, most_attempts: int) -> StatusResult:
        what = f"applicationStatus of {batch}"
        path = application_status_path(batch.partner_opportunity_id)
        try:
            answer = self._post(path, batch, Tally(most_attempts), what=what)
        except RetryableError as error:
            return _status_unanswered(batch, error)
        failure = error_of(answer, what=what)
        if failure is None and answer.statuses is None:
            failure = UnavailableError(f"{what} failed: {answer}: the body has no statuses")
        return StatusResult(
            batch, answer.statuses or {}, failure, answer.request_ids, answer.campaign_ids
        )

    def _post(self, path: str, batch: ApplyBatch, tally: Tally, *, what: str) -> Answer:
        return Tries(self.gate, self.exchange.pacing).until_answered(
            (batch.partner_opportunity_id, batch.advertiser),
            lambda on_request: self.exchange.post(
                path, batch.request(), what=what, on_request=on_request
            ),
            tally,
        )

    def _together(
        self,
        work: Callable[[ApplyBatch], Result],
        batches: Iterable[ApplyBatch],
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


def _answered(batch: ApplyBatch, answer: Answer, tally: Tally, *, what: str) -> ApplyResult:
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
    batch: ApplyBatch, error: RetryableError, tally: Tally | None = None
) -> ApplyResult:
    tally = tally or Tally()
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
