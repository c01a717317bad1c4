"""Everything that can keep a request from being answered, by who must act."""

import inspect
import re

import pytest

from recommendation_applier.domain import errors
from recommendation_applier.domain.errors import (
    AnswerLostError,
    ApplierError,
    CredentialsRefusedError,
    OutOfTimeError,
    PolicyError,
    RefusedError,
    RetryableError,
    SettingsError,
    ThrottledError,
    UnavailableError,
    WaitError,
)
from recommendation_applier.domain.reasons import RetryReason


def drawn_tree() -> dict[str, str]:
    """Read the tree of the module docstring: each error and its parent."""
    parents: dict[str, str] = {}
    path: list[str] = []
    for line in inspect.cleandoc(errors.__doc__ or "").splitlines():
        drawn = re.match(r"((?:│   |    )*)(?:[├└]── )?(\w+Error)\b", line)
        if drawn is None:
            continue
        depth = len(drawn[1]) // 4 + ("── " in line)
        path = [*path[:depth], drawn[2]]
        parents[drawn[2]] = path[-2] if depth else "Exception"
    return parents


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    """Every error stands in the drawing, under its parent, and nothing else does."""
    in_code = {
        name: one.__bases__[0].__name__
        for name, one in inspect.getmembers(errors, inspect.isclass)
        if issubclass(one, Exception)
    }

    assert drawn_tree() == in_code


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RetryableError, RetryReason.UNAVAILABLE),
        (WaitError, RetryReason.UNAVAILABLE),
        (ThrottledError, RetryReason.THROTTLED),
        (UnavailableError, RetryReason.UNAVAILABLE),
        (AnswerLostError, RetryReason.ANSWER_LOST),
        (OutOfTimeError, RetryReason.OUT_OF_TIME),
        (CredentialsRefusedError, RetryReason.CREDENTIALS_REFUSED),
    ],
)
def test_an_error_that_is_waited_for_says_why(
    error: type[RetryableError], reason: RetryReason
) -> None:
    """The type alone decides the reason of the retry; nobody reads messages."""
    assert error("what was tried").reason is reason


@pytest.mark.parametrize(
    "error",
    [
        ApplierError,
        RetryableError,
        WaitError,
        ThrottledError,
        UnavailableError,
        AnswerLostError,
        OutOfTimeError,
        CredentialsRefusedError,
        RefusedError,
        SettingsError,
        PolicyError,
    ],
)
def test_an_error_keeps_amazons_words(error: type[ApplierError]) -> None:
    """The sentence is for people, the rest for support cases."""
    raised = error("apply failed", http_status=400, api_code="PO_BAD", request_ids=("abc", "def"))

    assert isinstance(raised, ApplierError)
    assert str(raised) == "apply failed"
    assert (raised.http_status, raised.api_code) == (400, "PO_BAD")
    assert (raised.request_ids, raised.request_id) == (("abc", "def"), "abc")


@pytest.mark.parametrize("error", [ApplierError, ThrottledError])
def test_where_amazon_said_nothing_there_are_no_words(error: type[ApplierError]) -> None:
    """Status, code and request id are None."""
    raised = error("no connection")

    assert (raised.http_status, raised.api_code) == (None, None)
    assert (raised.request_ids, raised.request_id) == ((), None)


def test_an_error_that_is_waited_for_knows_how_long() -> None:
    """`Retry-After` in seconds; 0 where nobody said."""
    assert ThrottledError("throttled", retry_after=2.5).retry_after == 2.5
    assert ThrottledError("throttled").retry_after == 0
    assert UnavailableError("away", retry_after=7.0).retry_after == 7.0
    assert UnavailableError("away").retry_after == 0
    assert CredentialsRefusedError("refused").retry_after == 0
