"""What one SQS message can turn out to hold."""

from recommendation_applier.domain.delivery import (
    Confirmation,
    Delivery,
    Publication,
    Rejection,
    Withdrawal,
)
from recommendation_applier.domain.holds import Release
from recommendation_applier.domain.reasons import DeadLetterReason, NotApplicableReason
from tests.builders import OPPORTUNITY, PUBLISHED, recommendation


def test_a_delivery_is_received_for_the_first_time_unless_it_says_otherwise() -> None:
    """Receive counts start at 1."""
    assert Delivery("message-1", "{}").receive_count == 1


def test_a_publication_is_not_in_doubt_unless_it_says_so() -> None:
    """Doubt comes from a letter about an answer that was lost, and from nowhere else."""
    assert Publication(recommendation(), "{}").in_doubt is False


def test_first_hand_is_what_the_stream_delivered() -> None:
    """Not a dead letter that came back, what a person let go, or what names its opportunity."""
    release = Release("ann", "agreed", PUBLISHED, PUBLISHED)
    owned = recommendation(partner_opportunity_id=OPPORTUNITY)

    assert Publication(recommendation(), "{}").is_first_hand
    assert Publication(recommendation(), "{}", in_doubt=True).is_first_hand
    assert not Publication(recommendation(), "{}", came_back=True).is_first_hand
    assert not Publication(recommendation(), "{}", release=release).is_first_hand
    assert not Publication(owned, "{}").is_first_hand


def test_the_token_of_a_confirmation_is_not_shown() -> None:
    """Neither the token nor the body that holds it reaches a log by way of `repr`."""
    shown = repr(Confirmation("topic", "secret-token", '{"Token":"secret-token"}'))

    assert shown == "Confirmation(topic_arn='topic')"


def test_the_body_of_a_rejection_is_not_shown() -> None:
    """A body may hold anything, so only the reason and the sentence are shown."""
    shown = repr(Rejection(DeadLetterReason.INVALID_MESSAGE, "why", "anything"))

    assert "why" in shown
    assert "anything" not in shown


def test_the_body_of_a_withdrawal_is_not_shown() -> None:
    """What takes back is shown by its id; its body may hold anything."""
    shown = repr(Withdrawal("rec-1", PUBLISHED, NotApplicableReason.REMOVED, "anything"))

    assert "rec-1" in shown
    assert "anything" not in shown


def test_a_withdrawal_without_a_date_takes_back_everything() -> None:
    """One with a date takes back what was published until then."""
    reason = NotApplicableReason.REMOVED

    assert Withdrawal("rec-1", PUBLISHED, reason, "{}").as_of == PUBLISHED
    assert Withdrawal("rec-1", None, reason, "{}").as_of.year == 9999
