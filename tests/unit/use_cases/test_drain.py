"""A queue is empty once several looks in a row say so."""

from collections.abc import Iterator

from recommendation_applier.domain.backlog import Backlog
from recommendation_applier.use_cases.drain import until_drained

EMPTY = Backlog(0, 0, 0)


def looks(*totals: int) -> Iterator[Backlog]:
    """Make looks that find so much, in whichever place."""
    for number, total in enumerate(totals):
        places = [0, 0, 0]
        places[number % 3] = total
        yield Backlog(*places)


def test_three_looks_in_a_row_that_find_nothing_are_enough() -> None:
    """One that finds something begins the count anew; in flight and delayed count as well."""
    found = looks(5, 0, 0, 1, 0, 2, 0, 0, 0, 9)

    totals = [each.total for each in until_drained(lambda: next(found), lambda _: True)]
    assert totals == [5, 0, 0, 1, 0, 2, 0, 0, 0]


def test_an_empty_queue_takes_three_looks_as_well() -> None:
    """From the first one on."""
    found = looks(0, 0, 0, 9)

    totals = [each.total for each in until_drained(lambda: next(found), lambda _: True)]
    assert totals == [0, 0, 0]


def test_it_ends_when_there_is_no_time_for_another_look() -> None:
    """The last look is told, and says what is left."""
    found, pauses = looks(5, 4, 3), iter([True, False])

    totals = [each.total for each in until_drained(lambda: next(found), lambda _: next(pauses))]
    assert totals == [5, 4]
