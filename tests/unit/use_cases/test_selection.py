"""Which publications of an invocation may be sent, seen from the doors."""

from datetime import timedelta

from recommendation_applier.domain.dead_letter import Reason, batch_letter
from recommendation_applier.domain.reasons import DeadLetterReason
from tests.builders import NOW, batch, body, delivery
from tests.unit.use_cases.world import World, doors

YOUNGER = "2026-11-02T00:00:00 UTC"
YOUNGEST = "2026-11-03T00:00:00 UTC"


def test_a_copy_that_may_have_been_sent_is_not_forgotten_with_its_removal() -> None:
    """The younger copy that speaks for it knows nothing of that; Amazon is asked all the same."""
    world = World()
    world.lose(body("rec-1"))
    world.now += timedelta(minutes=1)
    removal = body("rec-1", recommendation_status="REMOVED", published_date=YOUNGEST)

    report = world.use_case().run(
        [
            delivery(body("rec-1"), number=1, receive_count=2),
            delivery(body("rec-1", published_date=YOUNGER), number=2),
            delivery(removal, number=3),
        ]
    )

    assert doors(report) == [("not applicable", "REMOVED")] * 3
    assert [asked.recommendation_ids for asked in world.api.asked] == [("rec-1",)]
    assert world.api.applied == []


def test_a_letters_doubt_is_its_younger_copys_too() -> None:
    """Even where the ledger knows nothing any more."""
    world = World()
    letter = batch_letter(
        batch("rec-1"),
        message_ids={"rec-1": "message-0"},
        reason=Reason(DeadLetterReason.OUTCOME_UNKNOWN, "an answer was lost"),
        attempts=1,
        failed_at=NOW,
    )

    report = world.run(letter.body, body("rec-1", published_date=YOUNGER))

    assert doors(report) == [("not applicable", "REPEATED"), ("accepted", "ACCEPTED")]
    assert [asked.recommendation_ids for asked in world.api.asked] == [("rec-1",)]


def test_the_doubt_about_one_is_not_anothers() -> None:
    """Others of the invocation are sent, or let go, without asking."""
    world = World()
    world.lose(body("rec-1"))
    world.now += timedelta(minutes=1)
    removal = body("rec-2", recommendation_status="REMOVED")

    report = world.use_case().run(
        [
            delivery(body("rec-1"), number=1, receive_count=2),
            delivery(body("rec-2"), number=2),
            delivery(removal, number=3),
            delivery(body("rec-3", account=2), number=4),
        ]
    )

    assert doors(report) == [
        ("accepted", "ACCEPTED"),
        ("not applicable", "REMOVED"),
        ("not applicable", "REMOVED"),
        ("accepted", "ACCEPTED"),
    ]
    assert [asked.recommendation_ids for asked in world.api.asked] == [("rec-1",)]
    assert "rec-2" not in world.store.entries


def with_letter_of_its_first_part() -> tuple[World, str]:
    """Make a message of two copies, and a world in which the younger one has its dead letter."""
    world = World()
    world.store.remember_letters({"message-1": {0}}, kept_until=NOW)
    younger, older = body("rec-1", published_date=YOUNGER), body("rec-1")
    return world, f"[{younger},{older}]"


def test_a_part_that_has_its_dead_letter_speaks_for_the_older_ones_beside_it() -> None:
    """They were let go with it, and are not sent in its place when the message comes again."""
    world, both = with_letter_of_its_first_part()

    report = world.use_case().run([delivery(both, number=1, receive_count=2)])

    assert doors(report) == [
        ("not applicable", "DEAD_LETTERED_EARLIER"),
        ("not applicable", "REPEATED"),
    ]
    assert world.api.applied == []


def test_a_part_that_has_its_dead_letter_does_not_speak_for_other_messages() -> None:
    """The letter may be what comes: nothing would be left of it."""
    world, both = with_letter_of_its_first_part()

    report = world.use_case().run(
        [
            delivery(both, number=1, receive_count=2),
            delivery(body("rec-1", published_date=YOUNGER), number=2),
        ]
    )

    assert doors(report)[2] == ("accepted", "ACCEPTED")
