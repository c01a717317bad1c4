"""What Amazon answered, id by id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.outcome import (
    INTERNAL_ERROR,
    ApplicationStatus,
    ApplyResult,
    Failure,
    NamedIds,
    StatusResult,
    split,
)
from recommendation_applier.domain.reasons import AcceptedReason
from tests.builders import batch

BAD = "PO_APPLY_UNPROCESSABLE"
APPLIED = "PO_APPLY_ALREADY_APPLIED"
TERMINAL = "PO_APPLY_IN_TERMINAL_STATUS"

names = st.integers(0, 5).map(lambda number: f"rec-{number}")
failures = st.lists(
    st.builds(Failure, names, st.sampled_from([BAD, INTERNAL_ERROR, APPLIED, TERMINAL]), st.text())
)


def failed(recommendation_id: str, code: str = BAD, message: str = "why") -> Failure:
    """Make an entry of `failures`."""
    return Failure(recommendation_id, code, message)


def test_a_mixed_answer_is_taken_id_by_id() -> None:
    """Successes, ids done before, failures, and ids that are named nowhere."""
    named = split(
        ["rec-1", "rec-2", "rec-3", "rec-4", "rec-5"],
        successes=["rec-1"],
        failures=[failed("rec-4"), failed("rec-2", APPLIED), failed("rec-3", TERMINAL)],
    )

    assert named == NamedIds(
        accepted={
            "rec-1": AcceptedReason.ACCEPTED,
            "rec-2": AcceptedReason.ALREADY_APPLIED,
            "rec-3": AcceptedReason.IN_TERMINAL_STATUS,
        },
        failures=(failed("rec-4"),),
        unnamed=("rec-5",),
    )


def test_an_answer_that_names_nobody_settles_nothing() -> None:
    """Nothing is assumed of an id that is not named."""
    assert split(["rec-1", "rec-2"], successes=[], failures=[]) == NamedIds(
        unnamed=("rec-1", "rec-2")
    )


def test_ids_that_were_not_asked_for_are_ignored() -> None:
    """An answer cannot settle somebody else's recommendation."""
    named = split(
        ["rec-1"],
        successes=["rec-1", "rec-7"],
        failures=[failed("rec-8"), failed("rec-9", APPLIED)],
    )

    assert named == NamedIds(accepted={"rec-1": AcceptedReason.ACCEPTED})


def test_a_success_that_is_also_a_failure_contradicts_itself() -> None:
    """Neither is believed: the id counts as not named."""
    named = split(["rec-1"], successes=["rec-1"], failures=[failed("rec-1")])

    assert named == NamedIds(unnamed=("rec-1",))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (APPLIED, AcceptedReason.ALREADY_APPLIED),
        (TERMINAL, AcceptedReason.IN_TERMINAL_STATUS),
    ],
)
@pytest.mark.parametrize("successes", [[], ["rec-1"]], ids=["failed-only", "succeeded-too"])
@pytest.mark.parametrize("others", [[], [failed("rec-1")]], ids=["once", "failed-twice"])
def test_an_id_that_any_entry_names_as_done_is_done(
    code: str, reason: AcceptedReason, successes: list[str], others: list[Failure]
) -> None:
    """To be done before outweighs whatever else is said of the id."""
    named = split(["rec-1"], successes=successes, failures=[*others, failed("rec-1", code)])

    assert named == NamedIds(accepted={"rec-1": reason})
    assert named == split(["rec-1"], successes=successes, failures=[failed("rec-1", code), *others])


def test_the_first_of_two_failures_speaks() -> None:
    """An id that failed twice is dead-lettered once, with the first reason."""
    first, second = failed("rec-1", BAD, "first"), failed("rec-1", INTERNAL_ERROR, "second")

    assert split(["rec-1"], successes=[], failures=[first, second]).failures == (first,)


def test_results_keep_the_order_of_the_request() -> None:
    """However the answer is ordered, each place keeps the order in which ids were sent."""
    asked = ["a", "f", "b", "u", "g", "v", "c"]
    named = split(
        asked,
        successes=["c", "b"],
        failures=[failed("g"), failed("a", APPLIED), failed("f")],
    )

    assert list(named.accepted) == ["a", "b", "c"]
    assert [one.recommendation_id for one in named.failures] == ["f", "g"]
    assert named.unnamed == ("u", "v")


@given(asked=st.lists(names, unique=True), successes=st.lists(names), failures=failures)
def test_every_id_is_in_exactly_one_place(
    asked: list[str], successes: list[str], failures: list[Failure]
) -> None:
    """Accepted, failed or unnamed: never none, never two, and nothing that was not asked for."""
    named = split(asked, successes=successes, failures=failures)

    placed = [*named.accepted, *(one.recommendation_id for one in named.failures), *named.unnamed]
    assert sorted(placed) == sorted(asked)


@given(asked=st.lists(names, unique=True), successes=st.lists(names), failures=failures)
def test_nothing_is_taken_for_done_that_amazon_does_not_call_done(
    asked: list[str], successes: list[str], failures: list[Failure]
) -> None:
    """Accepted ids are named as done; failed ones are named as failed and never as done."""
    named = split(asked, successes=successes, failures=failures)

    done = {one.recommendation_id for one in failures if one.code in (APPLIED, TERMINAL)}
    wrong = {one.recommendation_id for one in failures} - done
    assert set(named.accepted) == set(asked) & (done | (set(successes) - wrong))
    assert {one.recommendation_id for one in named.failures} == (
        set(asked) & wrong - set(successes)
    )
    assert all(one in failures for one in named.failures)


@given(asked=st.lists(names, unique=True), successes=st.lists(names), failures=failures)
def test_the_order_of_an_answer_does_not_change_who_is_done(
    asked: list[str], successes: list[str], failures: list[Failure]
) -> None:
    """An answer read backwards puts every id into the same place."""
    forwards = split(asked, successes=successes, failures=failures)
    backwards = split(asked, successes=successes[::-1], failures=failures[::-1])

    assert list(forwards.accepted) == list(backwards.accepted)
    assert forwards.unnamed == backwards.unnamed


def test_a_result_says_nothing_that_it_was_not_told() -> None:
    """Without more words there was no request, no error and no answer."""
    result = ApplyResult(batch(), {})

    assert (result.failures, result.unanswered, result.request_ids) == ((), (), ())
    assert (result.attempts, result.throttled, result.seconds) == (0, 0, 0)
    assert (result.error, result.http_status) == (None, None)


def test_a_status_result_says_nothing_that_it_was_not_told() -> None:
    """The same for an answer about statuses."""
    result = StatusResult(batch(), {})

    assert (result.error, result.request_ids) == (None, ())


def test_the_states_of_an_application_are_amazons() -> None:
    """The names are those of the OpenAPI file."""
    assert list(ApplicationStatus) == ["PUBLISHED", "IN_PROGRESS", "SUCCESS", "FAILED", "REJECTED"]


def test_one_failure_code_says_that_an_id_may_be_sent_again() -> None:
    """It is not one of those that say that an id is done."""
    named = split(["rec-1"], successes=[], failures=[failed("rec-1", INTERNAL_ERROR)])

    assert INTERNAL_ERROR == "PO_APPLY_INTERNAL_SERVER_ERROR"
    assert [one.code for one in named.failures] == [INTERNAL_ERROR]
