"""The doors, and the closed lists of reasons for each."""

from enum import StrEnum

import pytest

from recommendation_applier.domain.reasons import (
    AcceptedReason,
    DeadLetterReason,
    Door,
    HeldReason,
    NotApplicableReason,
    RetryReason,
)

LISTS = {
    AcceptedReason: "ACCEPTED ALREADY_APPLIED IN_TERMINAL_STATUS FOUND_ACCEPTED",
    NotApplicableReason: (
        "REMOVED REJECTED APPLIED_ELSEWHERE BEING_APPLIED_ELSEWHERE WITHDRAWN_EARLIER EXPIRED "
        "REPEATED ALREADY_ACCEPTED OTHER_DATASET SUBSCRIPTION_CONFIRMED UNSUBSCRIBED "
        "IGNORED_BY_POLICY"
    ),
    HeldReason: (
        "DRY_RUN POLICY_HOLD LIMIT_PASSED LIMIT_UNKNOWN NEW_NOT_ALLOWED PROTECTED_CAMPAIGN "
        "DAILY_LIMIT COOLING_DOWN"
    ),
    RetryReason: (
        "THROTTLED UNAVAILABLE ANSWER_LOST OUT_OF_TIME CREDENTIALS_REFUSED "
        "DEAD_LETTER_NOT_STORED CONFIRMATION_UNAVAILABLE"
    ),
    DeadLetterReason: (
        "UNREADABLE_BODY UNRECOGNIZED_MESSAGE INVALID_MESSAGE UNREADABLE_DEAD_LETTER "
        "UNKNOWN_STATUS UNSUPPORTED_MARKETPLACE OPPORTUNITY_UNRESOLVED UNTRUSTED_CONFIRMATION "
        "CONFIRMATION_REFUSED APPLY_REFUSED RECOMMENDATION_FAILED APPLICATION_FAILED "
        "OUTCOME_UNKNOWN RETRIES_EXHAUSTED"
    ),
}


def test_there_are_five_doors() -> None:
    """Every recommendation leaves by exactly one of them."""
    assert list(Door) == ["accepted", "not applicable", "held", "retry", "dead-lettered"]


@pytest.mark.parametrize("reasons", LISTS)
def test_a_reason_is_never_taken_away_or_renamed(reasons: type[StrEnum]) -> None:
    """Operators filter, count and alarm by these words."""
    assert set(LISTS[reasons].split()) <= {one.value for one in reasons}


@pytest.mark.parametrize("reasons", LISTS)
def test_a_reason_is_written_as_it_is_named(reasons: type[StrEnum]) -> None:
    """What stands in the code stands in the log."""
    assert all(str(one) == one.name for one in reasons)
