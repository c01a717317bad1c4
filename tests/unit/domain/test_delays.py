"""How long something took."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.delays import BINS, Delays

NOTHING = timedelta()


def delays(*lengths: timedelta) -> Delays:
    """Count *lengths*."""
    counted = Delays()
    for each in lengths:
        counted.add(each)
    return counted


def seconds(*numbers: float) -> list[timedelta]:
    """Make lengths of so many seconds."""
    return [timedelta(seconds=each) for each in numbers]


@pytest.mark.parametrize(
    ("percent", "expected"), [(10, 1), (50, 5), (51, 6), (90, 9), (91, 10), (100, 10)]
)
def test_a_percentile_is_the_shortest_that_so_many_do_not_exceed(
    percent: int, expected: int
) -> None:
    """It is one of the lengths that there are."""
    counted = delays(*seconds(*range(10, 0, -1)))

    assert counted.at(percent) == timedelta(seconds=expected)
    assert (counted.longest, counted.count) == (timedelta(seconds=10), 10)


def test_no_percentage_is_rounded() -> None:
    """Of 200, the last is what all of them do not exceed."""
    counted = delays(*seconds(*range(200)))

    assert counted.at(100) == timedelta(seconds=199)
    assert counted.at(99) == timedelta(seconds=197)


def test_of_nothing_nothing_is_known() -> None:
    """And nothing is in any bar."""
    assert (delays().at(50), delays().longest, delays().count) == (None, None, 0)
    assert delays().histogram() == (0,) * (len(BINS) + 1)


def test_lengths_are_rounded_down() -> None:
    """To seconds, and from an hour on to minutes; the clocks of two machines may differ."""
    for length, expected in {
        timedelta(seconds=1.9): timedelta(seconds=1),
        timedelta(minutes=59, seconds=59.9): timedelta(minutes=59, seconds=59),
        timedelta(hours=1): timedelta(hours=1),
        timedelta(hours=1, seconds=59): timedelta(hours=1),
        timedelta(seconds=-0.5): NOTHING,
        timedelta(days=-3): NOTHING,
    }.items():
        assert delays(length).longest == expected


def test_a_bar_ends_before_the_next_begins() -> None:
    """What is as long as a bar's end is in the next one."""
    for place, end in enumerate(BINS):
        assert delays(end - timedelta(minutes=1)).histogram()[: place + 1] != (0,) * (place + 1)
        assert delays(end).histogram()[place + 1] == 1
    assert delays(BINS[0] - timedelta(seconds=1)).histogram()[0] == 1


lengths = st.lists(st.timedeltas(timedelta(days=-1), timedelta(days=30)), max_size=30)


@given(lengths=lengths, order=st.randoms(use_true_random=False))
def test_every_length_is_in_one_bar_in_whatever_order_they_come(
    lengths: list[timedelta], order: Random
) -> None:
    """Percentiles rise up to the longest."""
    counted = delays(*lengths)
    shuffled = list(lengths)
    order.shuffle(shuffled)

    assert delays(*shuffled) == counted
    assert sum(counted.histogram()) == counted.count == len(lengths)
    if lengths:
        found = [counted.at(percent) or NOTHING for percent in (1, 50, 90, 100)]
        assert found == sorted(found)
        assert found[-1] == counted.longest
