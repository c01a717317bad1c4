"""The book of an invocation."""

import pytest

from recommendation_applier.domain.delivery import NotForUs, Publication, Withdrawal
from recommendation_applier.domain.reasons import (
    AcceptedReason,
    Door,
    NotApplicableReason,
    RetryReason,
)
from recommendation_applier.use_cases.progress import Progress, Report
from tests.builders import delivery, recommendation


def progress_of(parts: int) -> Progress:
    """Open a book with one delivery of so many parts."""
    contents = [Publication(recommendation(f"rec-{number}"), "") for number in range(parts)]
    return Progress([(delivery(), contents)])


def test_nothing_can_leave_twice() -> None:
    """The second door is refused, and says what the first one was."""
    progress = progress_of(1)
    progress.leave(progress.parts[0], Door.ACCEPTED, AcceptedReason.ACCEPTED)

    with pytest.raises(ValueError, match=r"cannot leave by retry .* left by accepted"):
        progress.leave(progress.parts[0], Door.RETRY, RetryReason.THROTTLED)


def test_what_has_not_left_keeps_its_message_on_the_queue() -> None:
    """A message is finished only when all its parts are."""
    progress = progress_of(2)
    progress.leave(progress.parts[0], Door.ACCEPTED, AcceptedReason.ACCEPTED)

    assert progress.finished() == frozenset()
    progress.leave(progress.parts[1], Door.ACCEPTED, AcceptedReason.ACCEPTED)
    assert progress.finished() == {"message-1"}


def test_a_part_says_what_it_is_about() -> None:
    """A publication and a withdrawal name recommendation and account, anything else names none."""
    withdrawal = Withdrawal("rec-9", None, NotApplicableReason.REMOVED, "a body", account="A9")
    other = NotForUs(NotApplicableReason.OTHER_DATASET, "budget-usage")
    parts = Progress([(delivery(), [Publication(recommendation(), ""), withdrawal, other])]).parts

    assert [(part.position, part.recommendation_id, part.account) for part in parts] == [
        (0, "rec-1", "A0000000000001 (ENTITY0000000000001, US)"),
        (1, "rec-9", "A9"),
        (2, None, None),
    ]


def test_what_is_not_accounted_for_is_not_finished() -> None:
    """A delivery without any part is nobody's to delete."""
    assert Progress([(delivery(), [])]).finished() == frozenset()


def test_a_report_counts_why_parts_left_by_which_door() -> None:
    """The same reason by two doors is two things; it is counted once for all who ask."""
    progress = progress_of(4)
    throttled = RetryReason.THROTTLED
    doors = (Door.ACCEPTED, Door.RETRY, Door.RETRY, Door.DEAD_LETTERED)
    reasons = (AcceptedReason.ACCEPTED, throttled, throttled, throttled)
    for part, door, reason in zip(progress.parts, doors, reasons, strict=True):
        progress.leave(part, door, reason)
    report = Report(
        departures=progress.departures,
        results=[],
        status_results=[],
        held=[],
        letters=[],
        finished=frozenset(),
        ways={},
    )

    assert report.reasons == {
        (Door.ACCEPTED, AcceptedReason.ACCEPTED): 1,
        (Door.RETRY, throttled): 2,
        (Door.DEAD_LETTERED, throttled): 1,
    }
    assert report.reasons is report.reasons
