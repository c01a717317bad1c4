"""What Amazon answered, id by id."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.errors import RefusedError, RetryableError
from recommendation_applier.domain.reasons import AcceptedReason

DONE_BEFORE: Final = {
    "PO_APPLY_ALREADY_APPLIED": AcceptedReason.ALREADY_APPLIED,
    "PO_APPLY_IN_TERMINAL_STATUS": AcceptedReason.IN_TERMINAL_STATUS,
}
"""Failure codes that mean there is nothing left to do (OpenAPI file, ApplyError.code)."""

INTERNAL_ERROR: Final = "PO_APPLY_INTERNAL_SERVER_ERROR"
"""The failure code by which a 500 says that an id may be sent again."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One id named under `failures`, in Amazon's words; *code* is free text there."""

    recommendation_id: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """What became of one batch: every id of it is in exactly one of the three places.

    *accepted* (with why nothing is left to do), *failures*, or *unanswered*, for which *error*
    says why; *error* is None when nothing is unanswered. *attempts* counts the requests made.
    """

    batch: ApplyBatch
    accepted: Mapping[str, AcceptedReason]
    failures: tuple[Failure, ...] = ()
    unanswered: tuple[str, ...] = ()
    error: RetryableError | RefusedError | None = None
    attempts: int = 0
    throttled: int = 0
    http_status: int | None = None
    request_ids: tuple[str, ...] = ()
    seconds: float = 0.0


class ApplicationStatus(StrEnum):
    """The states of an application, as `applicationStatus` names them."""

    PUBLISHED = "PUBLISHED"
    """Not applied: it may be sent."""
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True)
class StatusResult:
    """What `applicationStatus` said of one batch.

    An id that is absent from *statuses* although *error* is None is taken for one that Amazon does
    not have (README, Decisions). A status that this version does not know is kept as it came.
    """

    batch: ApplyBatch
    statuses: Mapping[str, str]
    error: RetryableError | RefusedError | None = None
    request_ids: tuple[str, ...] = ()
    campaign_ids: Mapping[str, str] = field(default_factory=dict)
    """By recommendation id: a new campaign has its id from here only."""


@dataclass(frozen=True, slots=True)
class NamedIds:
    """The ids of a batch as an answer's body sorts them; nothing is assumed of the *unnamed*."""

    accepted: dict[str, AcceptedReason] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    unnamed: tuple[str, ...] = ()


def split(
    recommendation_ids: Iterable[str], *, successes: Iterable[str], failures: Iterable[Failure]
) -> NamedIds:
    """Sort *recommendation_ids* by what an answer says of each.

    An id that an answer names as done, by any entry, is accepted; one that it names both as a
    success and as a failure of another kind contradicts itself and counts as unnamed; ids that
    were not asked for are ignored.
    """
    asked = tuple(recommendation_ids)
    succeeded = set(successes)
    failures = tuple(failures)
    if not succeeded and not failures:  # as a rule: what is accepted need not be named
        return NamedIds(unnamed=asked)
    failed: dict[str, Failure] = {}
    accepted: dict[str, AcceptedReason] = {}
    for failure in failures:
        if failure.code in DONE_BEFORE:
            accepted[failure.recommendation_id] = DONE_BEFORE[failure.code]
        else:
            failed.setdefault(failure.recommendation_id, failure)
    for recommendation_id in asked:
        if recommendation_id in succeeded and recommendation_id not in failed:
            accepted.setdefault(recommendation_id, AcceptedReason.ACCEPTED)
    clear = [
        recommendation_id
        for recommendation_id in asked
        if recommendation_id in failed and recommendation_id not in succeeded | accepted.keys()
    ]
    return NamedIds(
        accepted={
            recommendation_id: accepted[recommendation_id]
            for recommendation_id in asked
            if recommendation_id in accepted
        },
        failures=tuple(failed[recommendation_id] for recommendation_id in clear),
        unnamed=tuple(
            recommendation_id
            for recommendation_id in asked
            if recommendation_id not in accepted and recommendation_id not in clear
        ),
    )
