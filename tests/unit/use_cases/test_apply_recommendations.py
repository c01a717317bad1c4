"""The spine between fakes: no AWS, no HTTP, no clock."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.delivery import Delivery
from recommendation_applier.domain.errors import (
    AnswerLostError,
    CredentialsRefusedError,
    RefusedError,
    RetryableError,
    ThrottledError,
    UnavailableError,
)
from recommendation_applier.domain.outcome import ApplyResult, Failure, StatusResult
from recommendation_applier.domain.reasons import AcceptedReason, Door
from recommendation_applier.use_cases.opportunities import KnownOpportunities
from recommendation_applier.use_cases.progress import Report
from tests.builders import (
    NOW,
    body,
    confirmation,
    delivery,
    stream_message,
)
from tests.fakes import (
    FakePartnerOpportunities,
    accept_all,
)
from tests.memory_ledger import MemoryLedger
from tests.unit.use_cases.world import LAST_RECEIVE, World, doors, unanswered, unfinished


def test_a_newer_removal_beats_the_publication_wherever_it_stands() -> None:
    """Order of delivery does not matter; dates do."""
    removal = body("rec-1", recommendation_status="REMOVED")
    for bodies in ([removal, body("rec-1")], [body("rec-1"), removal]):
        world = World()

        report = world.run(*bodies)

        assert doors(report) == [("not applicable", "REMOVED")] * 2
        assert world.api.applied == []


def test_a_publication_after_its_removal_is_applied() -> None:
    """The later published_date wins."""
    world = World()

    report = world.run(
        body("rec-1", recommendation_status="REMOVED"),
        body("rec-1", published_date="2026-11-01T12:00:01 UTC"),
    )

    assert doors(report) == [("not applicable", "REMOVED"), ("accepted", "ACCEPTED")]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("REJECTED", "REJECTED"),
        ("APPLY_SUCCESS", "APPLIED_ELSEWHERE"),
        ("IN_PROGRESS", "BEING_APPLIED_ELSEWHERE"),
    ],
)
def test_what_is_settled_elsewhere_is_not_applied_beside_it(status: str, reason: str) -> None:
    """A publication and word of its end, of the same date: it has ended."""
    world = World()

    report = world.run(body("rec-1"), body("rec-1", recommendation_status=status))

    assert doors(report) == [("not applicable", reason)] * 2


def test_the_newest_of_repeats_speaks_for_all() -> None:
    """Same id, three deliveries: one is sent, the others are repeats."""
    world = World()

    report = world.run(
        body("rec-1"),
        body("rec-1", published_date="2026-11-03T00:00:00 UTC", campaign_id="newest"),
        body("rec-1"),
    )

    assert doors(report) == [
        ("not applicable", "REPEATED"),
        ("accepted", "ACCEPTED"),
        ("not applicable", "REPEATED"),
    ]
    (sent,) = world.api.applied
    assert [each.campaign_id for each in sent.recommendations] == ["newest"]


def test_a_recommendation_expires_at_its_expiry_date() -> None:
    """A second before it may be applied, at that moment no more."""
    world = World()

    report = world.run(
        body("rec-1", expiry_date="2026-11-10T12:00:00 UTC"),
        body("rec-2", expiry_date="2026-11-10T12:00:01 UTC"),
        body("rec-3", expiry_date=None),
    )

    assert doors(report) == [
        ("not applicable", "EXPIRED"),
        ("accepted", "ACCEPTED"),
        ("accepted", "ACCEPTED"),
    ]


def test_what_has_been_accepted_is_never_sent_again() -> None:
    """Not even when it is delivered anew."""
    world = World()
    world.run(body("rec-1"))

    report = world.run(body("rec-1"))

    assert doors(report) == [("not applicable", "ALREADY_ACCEPTED")]
    assert world.api.applied_ids == ["rec-1"]


def test_an_earlier_removal_is_remembered() -> None:
    """The older publication that comes after it is let go."""
    world = World()
    world.run(body("rec-1", recommendation_status="REMOVED"))

    report = world.run(body("rec-1"))

    assert doors(report) == [("not applicable", "WITHDRAWN_EARLIER")]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ThrottledError("429", retry_after=30), "THROTTLED"),
        (UnavailableError("503"), "UNAVAILABLE"),
        (AnswerLostError("no answer"), "ANSWER_LOST"),
        (CredentialsRefusedError("invalid_grant"), "CREDENTIALS_REFUSED"),
    ],
)
def test_what_may_work_later_is_retried(error: RetryableError, reason: str) -> None:
    """The delivery stays on the queue, and the reason is told."""
    world = World()
    world.api.answer = unanswered(error)

    report = world.run(body("rec-1"))

    assert doors(report) == [("retry", reason)]
    assert unfinished(report) == {"message-1"}
    assert world.dead_letters.stored == []
    assert report.departures[0].retry_after == error.retry_after


@pytest.mark.parametrize(
    "error", [ThrottledError("429"), AnswerLostError("x"), CredentialsRefusedError("x")]
)
def test_the_last_receive_is_dead_lettered_instead(error: RetryableError) -> None:
    """One letter for the batch, with the error of the last try."""
    world = World()
    world.api.answer = unanswered(error)

    report = world.run(body("rec-1"), body("rec-2"), receive_count=LAST_RECEIVE)

    assert doors(report) == [("dead-lettered", "RETRIES_EXHAUSTED")] * 2
    (letter,) = world.dead_letters.stored
    assert letter.recommendation_ids == ("rec-1", "rec-2")
    assert letter.reason.message == str(error)


def test_what_may_have_been_taken_is_asked_about_before_it_is_sent_again() -> None:
    """Amazon does not have it: it is sent."""
    world = World()
    world.lose(body("rec-1"))

    report = world.run(body("rec-1"), receive_count=2)

    assert doors(report) == [("accepted", "ACCEPTED")]
    assert [batch.recommendation_ids for batch in world.api.asked] == [("rec-1",)]


def test_what_was_not_taken_is_sent_again_without_asking() -> None:
    """A definite refusal gives the claim back."""
    world = World()
    world.api.answer = unanswered(UnavailableError("503"))
    world.run(body("rec-1"))
    world.api.answer = accept_all

    report = world.run(body("rec-1"), receive_count=2)

    assert doors(report) == [("accepted", "ACCEPTED")]
    assert world.api.asked == []


def test_what_was_never_claimed_is_sent_however_often_it_was_received() -> None:
    """The ledger is asked, not the receive count."""
    world = World()

    assert doors(world.run(body("rec-1"), receive_count=7)) == [("accepted", "ACCEPTED")]
    assert world.api.asked == []


def test_only_accounts_in_doubt_wait_for_an_answer() -> None:
    """The others are sent first; an account's own rest goes with what is in doubt of it."""
    world = World()
    order: list[tuple[str, ...]] = []

    def answer(batch: ApplyBatch) -> ApplyResult:
        order.append(("apply", *batch.recommendation_ids))
        return FakePartnerOpportunities().answer(batch)

    def answer_status(batch: ApplyBatch) -> StatusResult:
        order.append(("applicationStatus", *batch.recommendation_ids))
        return StatusResult(batch, {})

    world.lose(body("rec-1"))
    world.api.answer, world.api.answer_status = answer, answer_status
    world.run(body("rec-1"), body("rec-2"), body("rec-3", account=2))

    assert order == [
        ("apply", "rec-3"),
        ("applicationStatus", "rec-1"),
        ("apply", "rec-2", "rec-1"),
    ]


def test_a_failed_application_can_be_tried_again_by_redrive() -> None:
    """The claim is given back with the letter."""
    world = World()
    world.lose(body("rec-1"))
    world.api.answer_status = lambda batch: StatusResult(batch, {"rec-1": "FAILED"})
    world.run(body("rec-1"), receive_count=2)

    report = world.run(world.dead_letters.stored[0].body)

    assert doors(report) == [("accepted", "ACCEPTED")]


@pytest.mark.parametrize(
    ("status", "door"),
    [
        ("IN_PROGRESS", ("accepted", "FOUND_ACCEPTED")),
        ("SUCCESS", ("accepted", "FOUND_ACCEPTED")),
        ("REJECTED", ("not applicable", "REJECTED")),
        ("FAILED", ("dead-lettered", "APPLICATION_FAILED")),
        ("SOMETHING_NEW", ("dead-lettered", "OUTCOME_UNKNOWN")),
    ],
)
def test_what_amazon_already_has_is_not_sent(status: str, door: tuple[str, str]) -> None:
    """What is in doubt goes by what Amazon says."""
    world = World()
    world.lose(body("rec-1"))
    world.api.answer_status = lambda batch: StatusResult(batch, {"rec-1": status})

    report = world.run(body("rec-1"), receive_count=2)

    assert doors(report) == [door]
    assert world.api.applied == []


def test_what_amazon_does_not_name_at_all_is_sent() -> None:
    """An id that is missing from the statuses is one that Amazon does not have."""
    world = World()
    world.lose(body("rec-1"))
    world.api.answer_status = lambda batch: StatusResult(batch, {})

    report = world.run(body("rec-1"), receive_count=2)

    assert doors(report) == [("accepted", "ACCEPTED")]


@pytest.mark.parametrize(
    ("error", "door"),
    [
        (ThrottledError("429"), ("retry", "THROTTLED")),
        (RefusedError("400"), ("dead-lettered", "OUTCOME_UNKNOWN")),
    ],
)
def test_without_an_answer_about_it_nothing_is_sent(
    error: RetryableError | RefusedError, door: tuple[str, str]
) -> None:
    """What may have been taken stays in doubt until somebody says."""
    world = World()
    world.lose(body("rec-1"))
    world.api.answer_status = lambda batch: StatusResult(batch, {}, error)

    first = world.run(body("rec-1"), receive_count=2)
    world.run(body("rec-1"), receive_count=3)

    assert doors(first) == [door]
    assert world.api.applied == []
    assert len(world.api.asked) == 2


def test_650_in_doubt_are_asked_about_in_two_requests() -> None:
    """Up to 500 ids a request, grouped as the contract needs."""
    world = World()
    bodies = [body(f"rec-{number}") for number in range(650)]
    world.lose(*bodies)

    world.run(*bodies, receive_count=2)

    assert [len(batch.recommendations) for batch in world.api.asked] == [500, 150]
    assert len(world.api.applied_ids) == 650


def test_failures_of_one_kind_share_a_letter() -> None:
    """Each letter has one code; the others of the batch are accepted."""
    world = World()
    world.api.answer = lambda batch: ApplyResult(
        batch=batch,
        accepted={"fine": AcceptedReason.ACCEPTED},
        failures=(
            Failure("a1", "PO_APPLY_UNPROCESSABLE_ERROR", "first"),
            Failure("b", "SOMETHING_ELSE", "second"),
            Failure("a2", "PO_APPLY_UNPROCESSABLE_ERROR", "third"),
        ),
        http_status=422,
        request_ids=("RID",),
    )

    report = world.run(*(body(one) for one in ["fine", "a1", "a2", "b"]))

    assert unfinished(report) == set()
    assert [
        (letter.reason.api_code, letter.recommendation_ids) for letter in world.dead_letters.stored
    ] == [("PO_APPLY_UNPROCESSABLE_ERROR", ("a1", "a2")), ("SOMETHING_ELSE", ("b",))]
    summaries = json.loads(world.dead_letters.stored[0].body)["batch"]["recommendations"]
    assert [summary["failure"] for summary in summaries] == ["first", "third"]


def test_a_letter_that_is_not_stored_keeps_its_delivery() -> None:
    """The delivery is let go only after its dead letter is stored."""
    world = World()
    world.dead_letters.refuses = lambda letter: letter.kind == "batch"
    world.api.answer = unanswered(RefusedError("400"))

    report = world.run(body("rec-1"), "bad")

    assert doors(report) == [
        ("retry", "DEAD_LETTER_NOT_STORED"),
        ("dead-lettered", "UNREADABLE_BODY"),
    ]
    assert unfinished(report) == {"message-1"}
    assert report.departures[0].detail == "APPLY_REFUSED: 400"


def test_what_has_its_letter_is_not_done_again_with_its_message() -> None:
    """A message stays whole for one part's sake; the others are neither sent nor written again."""
    world = World()

    def answer(batch: ApplyBatch) -> ApplyResult:
        first = batch.advertiser.encrypted_advertiser_id == "A0000000000001"
        return unanswered(RefusedError("400") if first else ThrottledError("429"))(batch)

    world.api.answer = answer
    array = json.dumps([stream_message("rec-1"), stream_message("rec-2", account=2), 42])

    first = world.run(array)
    second = world.run(array, receive_count=2)

    assert doors(first) == [
        ("dead-lettered", "APPLY_REFUSED"),
        ("retry", "THROTTLED"),
        ("dead-lettered", "UNRECOGNIZED_MESSAGE"),
    ]
    assert doors(second) == [
        ("not applicable", "DEAD_LETTERED_EARLIER"),
        ("retry", "THROTTLED"),
        ("not applicable", "DEAD_LETTERED_EARLIER"),
    ]
    assert world.api.applied_ids == ["rec-1", "rec-2", "rec-2"]
    assert sorted(world.dead_letters.reasons) == ["APPLY_REFUSED", "UNRECOGNIZED_MESSAGE"]


def test_a_letter_of_a_message_that_left_is_no_reason_to_skip_it() -> None:
    """Dead-lettered is not settled: delivered again, it is decided anew."""
    world = World()

    assert doors(world.run("bad")) == [("dead-lettered", "UNREADABLE_BODY")]
    assert doors(world.run("bad")) == [("dead-lettered", "UNREADABLE_BODY")]


def test_a_trusted_confirmation_is_confirmed_and_let_go() -> None:
    """It is no recommendation, and leaves by the door of what asks for none."""
    world = World()

    report = world.run(confirmation())

    assert doors(report) == [("not applicable", "SUBSCRIPTION_CONFIRMED")]
    assert world.confirmations.confirmed == ["arn:aws:sns:us-east-1:084590724871:rec"]


@pytest.mark.parametrize(
    ("error", "door"),
    [
        (UnavailableError("SNS is slow"), ("retry", "CONFIRMATION_UNAVAILABLE")),
        (RefusedError("too late"), ("dead-lettered", "CONFIRMATION_REFUSED")),
    ],
)
def test_a_confirmation_that_fails_is_not_lost(error: Exception, door: tuple[str, str]) -> None:
    """It is tried again, or kept with the reason if SNS refuses for good."""
    world = World()
    world.confirmations.error = error

    assert doors(world.run(confirmation())) == [door]


def test_a_strangers_confirmation_is_kept_and_not_answered() -> None:
    """Only topics of the dataset's account are confirmed."""
    world = World()

    report = world.run(confirmation("arn:aws:sns:us-east-1:999999999999:rec"))

    assert doors(report) == [("dead-lettered", "UNTRUSTED_CONFIRMATION")]
    assert world.confirmations.confirmed == []


def test_sns_is_not_asked_again_when_it_does_not_answer() -> None:
    """Each try takes seconds that the recommendations need."""
    world = World()
    world.confirmations.error = UnavailableError("SNS hangs")

    report = world.run(confirmation(), confirmation())

    assert doors(report) == [("retry", "CONFIRMATION_UNAVAILABLE")] * 2
    assert world.confirmations.asked == 1


def test_a_confirmation_at_its_last_receive_is_kept_with_the_reason() -> None:
    """SQS would move it without one."""
    world = World()
    world.confirmations.error = UnavailableError("SNS hangs")

    report = world.run(confirmation(), receive_count=LAST_RECEIVE)

    assert doors(report) == [("dead-lettered", "RETRIES_EXHAUSTED")]


def test_dry_run_holds_what_it_would_send() -> None:
    """Everything but the request; what is in doubt is held as well and nobody is asked."""
    world = World(dry_run=True)

    report = world.run(body("rec-1"), body("rec-2"), body("rec-1"), "bad")
    world.run(body("rec-3"), receive_count=2)

    assert doors(report) == [
        ("held", "DRY_RUN"),
        ("held", "DRY_RUN"),
        ("not applicable", "REPEATED"),
        ("dead-lettered", "UNREADABLE_BODY"),
    ]
    (held,) = report.held
    assert held.recommendation_ids == ("rec-1", "rec-2")
    assert world.api.applied == []
    assert world.api.asked == []


class Untouchable:
    """Something that must not even be looked at."""

    def __getattr__(self, name: str) -> object:
        """Fail: whoever looks at it makes it, in Lambda."""
        raise AssertionError(f"{name} was asked for")


@pytest.mark.parametrize("status", ["PUBLISHED", "REMOVED"])
def test_the_api_is_not_looked_at_where_nothing_is_to_be_sent_or_asked(status: str) -> None:
    """Neither for what is held nor for a removal: a cold start then does without it."""
    use_case = replace(World(dry_run=True).use_case(), api=cast("Any", Untouchable()))

    report = use_case.run([delivery(body("rec-1", status=status))])

    assert report.finished == {report.departures[0].part.delivery.message_id}


def test_what_a_dry_run_held_can_be_sent_afterwards() -> None:
    """Held is not settled."""
    store = MemoryLedger()
    World(store=store, dry_run=True).run(body("rec-1"))
    world = World(store=store)

    assert doors(world.run(body("rec-1"))) == [("accepted", "ACCEPTED")]


OUTCOMES = ("accepted", "failed", "refused", "throttled", "lost")
arrivals = st.lists(
    st.one_of(
        st.builds(
            body,
            st.sampled_from(["rec-1", "rec-2", "rec-3", "rec-4"]),
            account=st.integers(1, 2),
            recommendation_status=st.sampled_from(["PUBLISHED", "PUBLISHED", "REMOVED", "ODD"]),
            expiry_date=st.sampled_from(["2099-01-01T00:00:00 UTC", "2020-01-01T00:00:00 UTC"]),
        ),
        st.just("bad"),
        st.just(json.dumps([stream_message("rec-1"), stream_message("rec-5"), 7])),
        st.just(confirmation()),
        st.just(json.dumps({"dataset_id": "budget-usage"})),
    ),
    max_size=8,
)


def answered(batch: ApplyBatch, outcome: str) -> ApplyResult:
    """Answer *batch* in one of five ways."""
    ids = batch.recommendation_ids
    match outcome:
        case "accepted":
            return FakePartnerOpportunities().answer(batch)
        case "failed":
            failures = tuple(Failure(one, "X", "x") for one in ids)
            return ApplyResult(batch=batch, accepted={}, failures=failures)
        case "refused":
            return unanswered(RefusedError("400"))(batch)
        case "throttled":
            return unanswered(ThrottledError("429"))(batch)
        case _:
            return unanswered(AnswerLostError("lost"))(batch)


@given(
    rounds=st.lists(arrivals, min_size=1, max_size=3),
    outcomes=st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=6),
    stores=st.booleans(),
)
def test_every_part_leaves_by_exactly_one_door(
    rounds: Sequence[Sequence[str]], outcomes: Sequence[str], *, stores: bool
) -> None:
    """Whatever comes and whatever Amazon answers: one door each, and nothing accepted twice."""
    world = World()
    world.dead_letters.refuses = lambda _: not stores
    script = cycle(outcomes)
    accepted: list[str] = []

    def answer(batch: ApplyBatch) -> ApplyResult:
        result = answered(batch, next(script))
        accepted.extend(result.accepted)
        return result

    world.api.answer = answer
    for bodies in rounds:
        deliveries = [delivery(text, number=n) for n, text in enumerate(bodies)]

        report = world.use_case().run(deliveries)

        leaving = Counter((each.part.number) for each in report.departures)
        assert set(leaving.values()) <= {1}
        assert {each.part.delivery.message_id for each in report.departures} == {
            each.message_id for each in deliveries
        }
        assert unfinished(report) == _with_a_part_to_retry(report)
        assert _stored(world, report)
    assert len(accepted) == len(set(accepted))
    assert all(len(set(b.recommendation_ids)) == len(b.recommendations) for b in world.api.applied)


def _with_a_part_to_retry(report: Report) -> set[str]:
    return {each.part.delivery.message_id for each in report.departures if each.door is Door.RETRY}


def _stored(world: World, report: Report) -> bool:
    """Tell whether everything that left as a dead letter is on the queue."""
    kept = {one for letter in world.dead_letters.stored for one in letter.message_ids}
    return all(
        each.part.delivery.message_id in kept
        for each in report.departures
        if each.door is Door.DEAD_LETTERED
    )


def test_no_opportunity_means_a_dead_letter_with_the_body() -> None:
    """It is resolved anew when it comes back."""
    world = World(opportunities=KnownOpportunities(default=None, clock=lambda: NOW))

    report = world.run(body("rec-1"))

    assert doors(report) == [("dead-lettered", "OPPORTUNITY_UNRESOLVED")]
    assert json.loads(world.dead_letters.stored[0].body)["message"]["body"] == body("rec-1")


def test_a_letter_about_a_lost_answer_is_asked_about_when_it_comes_back() -> None:
    """Its message is new to SQS, so that the receive count says nothing."""
    world = World()
    world.api.answer = unanswered(AnswerLostError("reset"))
    world.use_case().run([Delivery("message-1", body("rec-1"), LAST_RECEIVE)])
    letter = world.dead_letters.stored[0].body
    elsewhere = World()

    elsewhere.run(letter)

    assert [batch.recommendation_ids for batch in elsewhere.api.asked] == [("rec-1",)]
