"""How late what Amazon accepts is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest

from recommendation_applier.domain.delivery import NotForUs, Publication
from recommendation_applier.domain.reasons import (
    AcceptedReason,
    Door,
    NotApplicableReason,
    RetryReason,
)
from recommendation_applier.use_cases.progress import Departure, Progress
from recommendation_applier.use_cases.timeliness import Timeliness, timeliness_of
from tests.builders import NOW, delivery, recommendation

HOUR = timedelta(hours=1)


def published(moment: datetime | None = None, **changes: Any) -> Publication:
    """Make what was published then and never ends."""
    fields = {"published_date": moment, "expiry_date": None} | changes
    return Publication(recommendation(**fields), "{}")


def accepted(
    *publications: Publication, reason: StrEnum = AcceptedReason.ACCEPTED
) -> Sequence[Departure]:
    """Let them leave, as accepted unless another *reason* is given."""
    progress = Progress([(delivery(), publications)])
    for part in progress.parts:
        progress.leave(part, Door.ACCEPTED, reason)
    return progress.departures


def hours_ago(*hours: float) -> list[Publication]:
    """Make what was published so many hours before NOW, each."""
    return [published(NOW - each * HOUR) for each in hours]


@pytest.mark.parametrize(
    ("hours", "lag", "longest"),
    [
        ([3], 3, 3),
        ([9, 1, 2], 2, 9),
        ([1, 2, 3, 100], 3, 100),
        ([0], 0, 0),
        ([-1], 0, 0),
        ([-5, -4, 1], 0, 1),
    ],
)
def test_a_lag_is_the_median_whatever_the_slowest(
    hours: list[float], lag: float, longest: float
) -> None:
    """In seconds from publication; a clock that is behind makes it 0 at the least."""
    found = timeliness_of(accepted(*hours_ago(*hours)), now=NOW)

    assert found == Timeliness(lag=lag * 3600, longest_lag=longest * 3600)


def test_what_is_old_for_a_good_reason_has_no_lag() -> None:
    """A letter that came back, here a hundred hours later, and what never was published."""
    [late] = hours_ago(100)
    others = [replace(late, came_back=True), published(), *hours_ago(2)]

    assert timeliness_of(accepted(*others), now=NOW).longest_lag == 2 * 3600
    assert timeliness_of(accepted(*others[:2]), now=NOW) == Timeliness()


def test_slack_is_the_least_that_was_left_of_all_that_was_accepted() -> None:
    """Whatever way it came; what never ends has none, and what ended on the way has less than 0."""
    soon = replace(published(expiry_date=NOW + 5 * HOUR), came_back=True)
    later = published(expiry_date=NOW + 7 * HOUR)

    assert timeliness_of(accepted(later, soon, published()), now=NOW) == Timeliness(slack=5 * 3600)
    ended = published(expiry_date=NOW - HOUR)
    assert timeliness_of(accepted(ended), now=NOW).slack == -3600


@pytest.mark.parametrize(
    "reason",
    [AcceptedReason.ALREADY_APPLIED, AcceptedReason.FOUND_ACCEPTED, RetryReason.THROTTLED],
)
def test_only_what_amazon_has_just_accepted_tells(reason: StrEnum) -> None:
    """What it had before says when it was asked, and not when it was accepted."""
    assert timeliness_of(accepted(*hours_ago(4), reason=reason), now=NOW) == Timeliness()


def test_where_nothing_was_accepted_nothing_is_told() -> None:
    """Nor by what is no publication."""
    progress = Progress([(delivery(), [NotForUs(NotApplicableReason.OTHER_DATASET, "budget")])])
    progress.leave(progress.parts[0], Door.ACCEPTED, AcceptedReason.ACCEPTED)

    assert timeliness_of([], now=NOW) == Timeliness()
    assert timeliness_of(progress.departures, now=NOW) == Timeliness()
