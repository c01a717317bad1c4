"""What of an invocation, or of a tick, the partner's own event bus is told."""

import json

import pytest

from recommendation_applier.domain.errors import RefusedError, ThrottledError
from recommendation_applier.domain.event import DetailType, Event
from recommendation_applier.domain.follow_up import ApplicationEnd
from recommendation_applier.domain.ledger import DecidedBy
from recommendation_applier.domain.outcome import ApplyResult, StatusResult
from recommendation_applier.domain.reasons import AcceptedReason, DeadLetterReason, HeldReason
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.use_cases.events import events_of, events_of_ended
from recommendation_applier.use_cases.follow_up import EndedApplication
from recommendation_applier.use_cases.opportunities import KnownOpportunities
from tests.builders import NOW, OPPORTUNITY, advertiser, body, delivery, stream_message
from tests.fakes import accept_all
from tests.unit.use_cases.world import LAST_RECEIVE, World, unanswered


def events(world: World, *bodies: str, receive_count: int = 1) -> list[Event]:
    """Deliver *bodies* in one invocation, and give what is told of it."""
    use_case = world.use_case()
    report = use_case.run(
        [
            delivery(text, number=number, receive_count=receive_count)
            for number, text in enumerate(bodies, start=1)
        ]
    )
    return list(events_of(report, use_case.ledger.decided_by))


def told(found: list[Event]) -> list[tuple[str, str, str]]:
    """Name detail type, id and reason of each."""
    return [
        (each.detail_type.value, each.recommendation.recommendation_id, each.reason.value)
        for each in found
    ]


def test_what_is_accepted_is_told_with_amazons_request_ids() -> None:
    """And with the policy that let it through."""
    world = World()
    world.policies.put(rules=[{"name": "all", "match": {}, "decision": "APPLY"}])
    world.api.answer = lambda batch: ApplyResult(
        batch,
        dict.fromkeys(batch.recommendation_ids, AcceptedReason.ACCEPTED),
        request_ids=("RID1",),
    )

    [found] = events(world, body("rec-1"))

    assert (found.detail_type, found.reason) == (DetailType.ACCEPTED, AcceptedReason.ACCEPTED)
    assert found.recommendation.recommendation_id == "rec-1"
    assert found.recommendation.campaign_id == "210000000000001"
    assert found.decided_by == DecidedBy(policy_version=2, rule="all")
    assert found.request_ids == ("RID1",)
    assert (found.explanation, found.accepted_at) == ("", None)


def test_what_is_held_is_told_with_the_rule_and_the_sentence() -> None:
    """That is what a person decides by."""
    world = World()
    world.policies.put(rules=[{"name": "bids", "match": {}, "decision": "HOLD"}])

    [found] = events(world, body("rec-1"))

    assert (found.detail_type, found.reason) == (DetailType.HELD, HeldReason.POLICY_HOLD)
    assert found.explanation == "rule 'bids' says HOLD"
    assert found.decided_by == DecidedBy(policy_version=2, rule="bids")
    assert found.request_ids == ()


def test_what_is_dead_lettered_is_told_as_failed() -> None:
    """With the reason of its letter; other accounts' requests are not its own."""
    world = World()
    world.api.answer = lambda batch: (
        accept_all(batch)
        if batch.advertiser == advertiser()
        else ApplyResult(
            batch,
            {},
            unanswered=batch.recommendation_ids,
            error=RefusedError("400"),
            request_ids=("RID2",),
        )
    )

    accepted, failed = events(world, body("rec-1"), body("rec-2", account=2))

    assert accepted.request_ids == ()
    assert (failed.detail_type, failed.reason) == (
        DetailType.FAILED,
        DeadLetterReason.APPLY_REFUSED,
    )
    assert failed.recommendation.advertiser == advertiser(2)
    assert failed.explanation == "400"
    assert failed.request_ids == ("RID2",)
    assert failed.decided_by == DecidedBy(policy_version=1)


def test_what_failed_before_anybody_decided_says_nothing_of_a_policy() -> None:
    """No opportunity, no decision."""
    world = World(opportunities=KnownOpportunities(default=None, clock=lambda: NOW))

    [found] = events(world, body("rec-1"))

    assert found.reason is DeadLetterReason.OPPORTUNITY_UNRESOLVED
    assert found.decided_by == DecidedBy()


def test_an_id_that_was_asked_about_and_then_sent_has_both_requests() -> None:
    """In the order in which they were made."""
    world = World()
    world.lose(body("rec-1"))
    world.now = NOW.replace(minute=NOW.minute + 2)
    world.api.answer_status = lambda batch: StatusResult(
        batch, {"rec-1": "PUBLISHED"}, request_ids=("ASKED",)
    )
    world.api.answer = lambda batch: ApplyResult(
        batch, {"rec-1": AcceptedReason.ACCEPTED}, request_ids=("SENT", "AGAIN")
    )

    [found] = events(world, body("rec-1"), receive_count=2)

    assert found.request_ids == ("ASKED", "SENT", "AGAIN")


def test_what_waits_or_asks_for_nothing_is_not_told() -> None:
    """Retried, removed and expired ones; a body that is none; and what was accepted before."""
    world = World()
    assert told(events(world, body("rec-1"))) == [("RecommendationAccepted", "rec-1", "ACCEPTED")]
    world.api.answer = unanswered(ThrottledError("429"))

    found = events(
        world,
        body("rec-1"),
        body("rec-2", recommendation_status="REMOVED"),
        body("rec-3", expiry_date="2026-11-01T12:00:00 UTC"),
        body("rec-4"),
        "no JSON",
    )

    assert found == []


def test_each_part_of_a_message_is_told_by_itself_and_a_repeat_is_not() -> None:
    """An array has a part for each element."""
    array = json.dumps([stream_message(each) for each in ("rec-1", "rec-2", "rec-1")])

    assert told(events(World(dry_run=True), array)) == [
        ("RecommendationHeld", "rec-1", "DRY_RUN"),
        ("RecommendationHeld", "rec-2", "DRY_RUN"),
    ]


def test_a_retry_that_ran_out_of_receives_has_failed() -> None:
    """It is on the dead-letter queue."""
    world = World()
    world.api.answer = unanswered(ThrottledError("429"))

    found = events(world, body("rec-1"), receive_count=LAST_RECEIVE)

    assert told(found) == [("RecommendationFailed", "rec-1", "RETRIES_EXHAUSTED")]


def test_a_dead_letter_that_is_not_stored_is_no_failure_yet() -> None:
    """The message comes back."""
    world = World()
    world.api.answer = unanswered(RefusedError("400"))
    world.dead_letters.refuses = lambda _: True

    assert events(world, body("rec-1")) == []


@pytest.mark.parametrize("end", list(ApplicationEnd))
def test_an_application_that_ended_is_told_as_failed(end: ApplicationEnd) -> None:
    """With the campaign that Amazon named, and when it had been accepted."""
    ended = EndedApplication(
        "rec-1", end, OPPORTUNITY, advertiser(), accepted_at=NOW, campaign_id="21"
    )

    assert list(events_of_ended([ended])) == [
        Event(
            detail_type=DetailType.FAILED,
            reason=end,
            recommendation=Recommendation(
                recommendation_id="rec-1", advertiser=advertiser(), campaign_id="21"
            ),
            accepted_at=NOW,
        )
    ]
