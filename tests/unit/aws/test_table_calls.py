"""No patience with a table that does not answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, get_ident
from time import sleep

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from recommendation_applier.aws.table_calls import MAX_CALLS_AT_ONCE, TableCalls
from recommendation_applier.domain.errors import LedgerUnavailableError


def throttled() -> ClientError:
    """Make what DynamoDB answers when it has had enough; its sentence quotes a secret."""
    return ClientError({"Error": {"Code": "ThrottlingException", "Message": "a secret"}}, "PutItem")


class Calls:
    """The calls of an invocation, and what was reported of them."""

    def __init__(self, *, time_is_up: Callable[[], bool] = lambda: False) -> None:
        """Start with nothing reported."""
        self.reports: list[str] = []
        self.made: list[object] = []
        self.calls = TableCalls(
            table_name="ledger", report_failure=self.reports.append, time_is_up=time_is_up
        )

    def fail(self, key: object = None) -> None:
        """Note the call and fail."""
        self.made.append(key)
        raise throttled()

    def work(self, key: object = None) -> bool:
        """Note the call and work."""
        self.made.append(key)
        return True


def test_every_key_has_its_answer() -> None:
    """More keys than threads."""
    assert Calls().calls.each("squaring", range(100), lambda key: key**2) == {
        key: key**2 for key in range(100)
    }


def test_eight_calls_are_made_at_once() -> None:
    """None of eight returns before all eight are there."""
    barrier = Barrier(MAX_CALLS_AT_ONCE, timeout=10)

    made = Calls().calls.each("meeting", range(16), lambda _: barrier.wait() >= 0)

    assert made == dict.fromkeys(range(16), True)


def test_the_caller_is_one_of_those_that_call() -> None:
    """With two keys one other is enough, and whoever waits would be idle."""
    barrier = Barrier(2, timeout=10)

    def meet(_: int) -> int:
        barrier.wait()
        return get_ident()

    assert get_ident() in Calls().calls.each("meeting", range(2), meet).values()


def test_one_key_needs_nobody_else() -> None:
    """It is called for where it was asked for."""
    assert Calls().calls.each("calling", ["a key"], lambda _: get_ident()) == {"a key": get_ident()}


def test_threads_are_kept_from_call_to_call() -> None:
    """Of one invocation and of the next: to start one takes longer than to make a call."""
    seen: set[int] = set()
    for _ in range(20):
        barrier = Barrier(MAX_CALLS_AT_ONCE, timeout=10)

        def meet(_: int, barrier: Barrier = barrier) -> int:
            barrier.wait()
            return get_ident()

        seen |= set(Calls().calls.each("meeting", range(MAX_CALLS_AT_ONCE), meet).values())

    assert len(seen) == MAX_CALLS_AT_ONCE


def test_several_sets_of_calls_may_be_under_way() -> None:
    """They share the threads, and each gets all of its answers."""
    with ThreadPoolExecutor(3) as pool:
        found = list(
            pool.map(
                lambda start: Calls().calls.each("adding", range(start, start + 200), str),
                range(3),
            )
        )

    assert found == [{key: str(key) for key in range(start, start + 200)} for start in range(3)]


def test_no_keys_make_no_calls() -> None:
    """Nor any thread."""
    calls = Calls()

    assert calls.calls.each("writing", [], calls.work) == {}
    assert (calls.made, calls.reports) == ([], [])


def test_those_that_fail_are_left_out_and_told_of_once() -> None:
    """With what was tried, where, for how many, and the kinds of reasons, never their words."""
    calls = Calls()

    def some(key: int) -> int:
        if key == 1:
            raise throttled()
        if key == 3:
            raise ReadTimeoutError(endpoint_url="https://dynamodb")
        return key

    assert calls.calls.each("claiming", range(5), some) == {0: 0, 2: 2, 4: 4}
    assert calls.reports == [
        "claiming in ledger failed for 2 of 5: ThrottlingException (1); ReadTimeoutError (1)"
    ]


def test_after_three_failures_in_a_row_nothing_is_tried() -> None:
    """Not by this set of calls, nor by any later one of the invocation."""
    calls = Calls()
    for _ in range(3):
        assert calls.calls.attempt("writing", calls.fail) is None

    assert calls.calls.attempt("writing", calls.work) is None
    assert calls.calls.each("claiming", ["rec-1", "rec-2"], calls.work) == {}
    assert calls.made == [None] * 3
    assert calls.reports == [
        *["writing in ledger failed: ThrottlingException"] * 3,
        "writing in ledger failed: not tried, the table does not answer",
        "claiming in ledger failed for 2 of 2: not tried, the table does not answer (2)",
    ]


def test_a_thousand_keys_are_given_up_after_a_handful() -> None:
    """The calls that are under way may end, at most one a thread beyond the three."""
    calls = Calls()

    assert calls.calls.each("claiming", range(1_000), calls.fail) == {}
    assert 3 <= len(calls.made) <= 3 + MAX_CALLS_AT_ONCE
    assert len(calls.reports) == 1


def test_a_call_that_works_begins_the_count_anew() -> None:
    """A table that answers most of the time is not given up."""
    calls = Calls()
    for _ in range(5):
        calls.calls.attempt("writing", calls.fail)
        calls.calls.attempt("writing", calls.fail)
        assert calls.calls.attempt("writing", calls.work) is True

    assert len(calls.made) == 15


def test_nothing_is_tried_once_the_time_is_up() -> None:
    """The answer of the invocation is worth more."""
    calls = Calls(time_is_up=lambda: True)

    assert calls.calls.each("claiming", ["rec-1", "rec-2"], calls.work) == {}
    with pytest.raises(
        LedgerUnavailableError,
        match=r"^reading in ledger failed: not tried, the invocation's time was up$",
    ):
        calls.calls.make("reading", calls.work)
    assert calls.made == []


def test_the_time_may_be_up_in_the_middle() -> None:
    """What was written until then was written."""
    calls = Calls(time_is_up=lambda: len(calls.made) >= 20)

    made = calls.calls.each("claiming", range(100), calls.work)
    left = 100 - len(made)

    assert 20 <= len(made) <= 20 + MAX_CALLS_AT_ONCE
    assert [report.partition(": ") for report in calls.reports] == [
        (
            f"claiming in ledger failed for {left} of 100",
            ": ",
            f"not tried, the invocation's time was up ({left})",
        )
    ]


def test_a_document_that_cannot_be_read_is_no_failure_of_the_table() -> None:
    """However many there are, the others are read."""
    calls = Calls()

    def read(key: int) -> int:
        if key < 10:
            raise LedgerUnavailableError("malformed")
        return key

    assert calls.calls.each("reading", range(12), read) == {10: 10, 11: 11}
    assert calls.reports == ["reading in ledger failed for 10 of 12: malformed (10)"]


def test_a_mistake_of_ours_is_not_hidden() -> None:
    """What is neither DynamoDB's nor the network's is raised."""
    nothing: dict[str, int] = {}
    with pytest.raises(KeyError, match=r"^'rec-1'$"):
        Calls().calls.each("reading", ["rec-1"], nothing.__getitem__)


@pytest.mark.parametrize("is_callers", [True, False], ids=["by-the-caller", "by-another"])
def test_a_mistake_is_raised_once_all_the_others_have_ended(*, is_callers: bool) -> None:
    """Whoever made the call: none of the others is left behind to write something later."""
    caller, calls, barrier = get_ident(), Calls(), Barrier(2, timeout=10)

    def call(key: int) -> None:
        barrier.wait()  # so that each of the two has one of the keys
        if (get_ident() == caller) is is_callers:
            raise KeyError("a mistake")
        sleep(0.05)
        calls.work(key)

    with pytest.raises(KeyError, match=r"^'a mistake'$"):
        calls.calls.each("writing", range(2), call)
    assert len(calls.made) == 1
