"""What an invocation leaves behind for people: reports, details, letters and records."""

import json
from datetime import timedelta
from typing import Any

import pytest

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.errors import (
    AnswerLostError,
    CredentialsRefusedError,
    RefusedError,
    RetryableError,
    ThrottledError,
    UnavailableError,
)
from recommendation_applier.domain.ledger import BatchRecord, Tombstone, Verdict
from recommendation_applier.domain.outcome import ApplyResult, Failure, StatusResult
from recommendation_applier.domain.reasons import AcceptedReason, NotApplicableReason
from recommendation_applier.use_cases.opportunities import KnownOpportunities
from recommendation_applier.use_cases.progress import Report
from tests.builders import (
    NOW,
    OPPORTUNITY,
    PUBLISHED,
    advertiser,
    body,
    confirmation,
    delivery,
    stream_message,
)
from tests.fakes import accept_all
from tests.memory_ledger import MemoryLedger
from tests.unit.use_cases.scripted_ledger import ScriptedLedger
from tests.unit.use_cases.world import LAST_RECEIVE, LEASE, World, doors, unanswered

ACCOUNT = str(advertiser())
ONE = f"1 recommendation of {ACCOUNT} under {OPPORTUNITY}"
MINUTE = timedelta(minutes=1)


def details(report: Report) -> list[str]:
    """Give what is said of each part, in the order of the deliveries."""
    return [each.detail for each in report.departures]


def letters(world: World) -> list[dict[str, Any]]:
    """Read the dead letters that are stored."""
    return [json.loads(letter.body) for letter in world.dead_letters.stored]


def last_record(world: World) -> BatchRecord:
    """Give what was recorded last."""
    return list(world.store.records.values())[-1]


def saying(*statuses: str, request_ids: tuple[str, ...] = ()) -> Any:
    """Let `applicationStatus` name these for rec-1, rec-2 and so on."""
    said = {f"rec-{number}": status for number, status in enumerate(statuses, start=1)}
    return lambda batch: StatusResult(batch, said, request_ids=request_ids)


def in_doubt(count: int = 1, **changes: Any) -> tuple[World, list[str]]:
    """Lose the answer for so many, and wait until Amazon may be asked."""
    world = World(**changes)
    bodies = [body(f"rec-{number}") for number in range(1, count + 1)]
    world.lose(*bodies)
    world.now += MINUTE
    return world, bodies


# --- The report ----------------------------------------------------------------------------------


def test_a_report_has_every_result_and_every_letter() -> None:
    """In the order in which they came: the log and the metrics are made of them."""
    world, bodies = in_doubt()
    refused = unanswered(RefusedError("400"))
    world.api.answer = lambda batch: (
        accept_all(batch) if batch.advertiser == advertiser() else refused(batch)
    )

    report = world.run(*bodies, body("rec-2", account=2), "bad", receive_count=2)

    assert [each.batch.recommendation_ids for each in report.results] == [("rec-2",), ("rec-1",)]
    assert [each.statuses for each in report.status_results] == [{"rec-1": "PUBLISHED"}]
    assert [each.reason.code.value for each in report.letters] == [
        "UNREADABLE_BODY",
        "APPLY_REFUSED",
    ]


def test_a_report_names_no_letter_that_is_not_stored() -> None:
    """It may be lost."""
    world = World()
    world.dead_letters.refuses = lambda letter: letter.kind == "message"
    world.api.answer = unanswered(RefusedError("400"))

    report = world.run("bad", body("rec-1"))

    assert [each.kind for each in report.letters] == ["batch"]


def test_an_ordinary_departure_has_nothing_more_to_say() -> None:
    """No detail, and nothing to wait for."""
    (departure,) = World().run(body("rec-1")).departures

    assert (departure.detail, departure.retry_after) == ("", 0)


def test_what_is_not_for_us_says_what_it_is() -> None:
    """One queue may serve many datasets."""
    report = World().run(json.dumps({"dataset_id": "budget-usage"}))

    assert doors(report) == [("not applicable", "OTHER_DATASET")]
    assert details(report) == ["'budget-usage'"]


@pytest.mark.parametrize(
    "error", [ThrottledError("429 at noon"), CredentialsRefusedError("invalid_grant")]
)
def test_what_is_tried_again_says_why(error: RetryableError) -> None:
    """In the words of the error."""
    world = World()
    world.api.answer = unanswered(error)

    assert details(world.run(body("rec-1"))) == [str(error)]


def test_what_is_dead_lettered_says_why() -> None:
    """The sentence of the letter."""
    world = World()
    world.api.answer = unanswered(RefusedError("400: no such opportunity"))

    assert details(world.run(body("rec-1"))) == ["400: no such opportunity"]


def test_a_confirmed_subscription_names_its_topic() -> None:
    """Whoever looks for it finds it in the log."""
    topic = "arn:aws:sns:us-east-1:084590724871:rec"

    assert details(World().run(confirmation(topic))) == [topic]


# --- Waiting for the ledger, or for others -------------------------------------------------------


def test_what_another_invocation_has_in_hand_says_for_how_long() -> None:
    """Until the last of the leases ends, for all of them."""
    store = MemoryLedger()
    others = World(store=store)
    _crash_after_claiming(others, "rec-1", at=-100)
    _crash_after_claiming(others, "rec-2", at=-40)
    world = World(store=store)

    report = world.run(body("rec-1"), body("rec-2"), body("rec-3"))

    assert doors(report) == [("retry", "CLAIMED_ELSEWHERE")] * 2 + [("accepted", "ACCEPTED")]
    assert [each.retry_after for each in report.departures] == [260, 260, 0]
    assert (
        details(report)[:2]
        == ["another invocation has it in hand, or had it when it crashed; its claim ends in 260 s"]
        * 2
    )


def _crash_after_claiming(world: World, recommendation_id: str, *, at: float) -> None:
    world.now = NOW + timedelta(seconds=at)

    def crash(_: ApplyBatch) -> ApplyResult:
        raise MemoryError("killed")

    world.api.answer = crash
    with pytest.raises(MemoryError, match="killed"):
        world.run(body(recommendation_id))
    world.now = NOW


def test_what_changes_hands_all_the_time_without_a_claim_waits_a_moment() -> None:
    """Removals of older publications kept coming; nobody has a lease that could be waited for."""
    store = ScriptedLedger()
    world = World(store=store)

    def removal(seconds: int) -> None:
        as_of = PUBLISHED - timedelta(seconds=100 - seconds)
        store.tombstones["rec-1"] = Tombstone(as_of, NotApplicableReason.REMOVED)

    removal(0)
    store.meanwhile = [lambda number=number: removal(number) for number in range(1, 5)]  # type: ignore[misc] # bound early

    report = world.run(body("rec-1"))

    assert doors(report) == [("retry", "CLAIMED_ELSEWHERE")]
    assert report.departures[0].retry_after == 0
    assert store.entries == {}


def test_what_the_ledger_does_not_tell_of_waits_and_the_others_go_on() -> None:
    """Wherever it stands among them."""
    world = World(store=ScriptedLedger(hidden=frozenset({"rec-2"})))

    report = world.run(body("rec-1"), body("rec-2"), body("rec-3"))

    assert doors(report) == [
        ("accepted", "ACCEPTED"),
        ("retry", "LEDGER_UNAVAILABLE"),
        ("accepted", "ACCEPTED"),
    ]
    assert details(report)[1] == "the ledger could not tell whether it was sent before"


def test_a_removal_that_cannot_be_remembered_says_so() -> None:
    """It names what it takes back, and why."""
    world = World(store=ScriptedLedger(silent=frozenset({"bury"})))

    report = world.run(body("rec-1", recommendation_status="REJECTED"))

    assert details(report) == [
        "that recommendation rec-1 is REJECTED could not be written to the ledger"
    ]


def test_what_cannot_be_held_says_so() -> None:
    """Held means that the ledger keeps it."""
    world = World(store=ScriptedLedger(silent=frozenset({"add_record"})), dry_run=True)

    assert details(world.run(body("rec-1"))) == [
        f"holding {ONE} failed: it could not be written to the ledger"
    ]


def test_what_amazon_has_but_the_ledger_may_not_says_so() -> None:
    """Sent or found: Amazon will be asked again."""
    for status in ("PUBLISHED", "SUCCESS", "REJECTED"):
        store = ScriptedLedger()
        world = World(store=store)
        world.lose(body("rec-1"))
        world.now += MINUTE
        store.silent = frozenset({"add_record"})
        world.api.answer_status = saying(status)

        report = world.run(body("rec-1"))

        assert doors(report) == [("retry", "LEDGER_UNAVAILABLE")]
        (detail,) = details(report)
        assert detail == (
            f"Amazon has dealt with 1 of {ONE}, but that could not be written to the ledger: "
            "Amazon will be asked again"
        )


# --- At the last receive -------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["PUBLISHED", "SUCCESS", "REJECTED"])
def test_what_may_not_be_on_record_is_kept_at_the_last_receive(status: str) -> None:
    """As the request that was made: redriven, Amazon is asked about it."""
    store = ScriptedLedger()
    world = World(store=store)
    world.lose(body("rec-1"))
    world.now += MINUTE
    store.silent = frozenset({"add_record"})
    world.api.answer_status = saying(status)

    report = world.run(body("rec-1"), receive_count=LAST_RECEIVE)

    assert doors(report) == [("dead-lettered", "RETRIES_EXHAUSTED")]
    (letter,) = letters(world)
    assert letter["batch"]["request"]["recommendationIds"] == ["rec-1"]


def test_what_waits_for_the_ledger_is_kept_at_the_last_receive() -> None:
    """One letter for the account."""
    world = World(store=ScriptedLedger(silent=frozenset({"put_new"})))

    report = world.run(body("rec-1"), body("rec-2"), receive_count=LAST_RECEIVE)

    assert doors(report) == [("dead-lettered", "RETRIES_EXHAUSTED")] * 2
    (letter,) = letters(world)
    assert letter["batch"]["request"]["recommendationIds"] == ["rec-1", "rec-2"]


def test_a_confirmation_is_kept_with_its_body_at_the_last_receive() -> None:
    """Its token is needed to confirm it later."""
    world = World()
    world.confirmations.error = UnavailableError("SNS hangs")

    world.run(confirmation(), receive_count=LAST_RECEIVE)

    (letter,) = letters(world)
    assert letter["message"]["body"] == confirmation()


# --- Dead letters --------------------------------------------------------------------------------


def test_a_letter_says_how_often_its_message_was_received() -> None:
    """Of several messages the most."""
    world = World()
    world.api.answer = unanswered(RefusedError("400"))

    world.use_case().run(
        [
            delivery(body("rec-1"), number=1, receive_count=3),
            delivery(body("rec-2"), number=2, receive_count=5),
            delivery("bad", number=3, receive_count=7),
        ]
    )

    assert {letter["kind"]: letter["attempts"] for letter in letters(world)} == {
        "batch": 5,
        "message": 7,
    }


def test_a_letter_of_what_cannot_be_read_has_the_body_and_says_why() -> None:
    """Of one element of an array: that element alone."""
    world = World()
    bad = stream_message("rec-2", recommendation_status="ODD")

    world.run(json.dumps([stream_message("rec-1"), bad]))

    (letter,) = letters(world)
    assert json.loads(letter["message"]["body"]) == bad
    assert letter["reason"]["message"].startswith("recommendation_status is 'ODD'; it is neither")


def test_a_letter_without_an_opportunity_says_where_one_could_come_from() -> None:
    """And which account is concerned."""
    world = World(opportunities=KnownOpportunities(default=None, clock=lambda: NOW))

    world.run(body("rec-1"))

    (letter,) = letters(world)
    assert letter["reason"]["message"] == (
        f"recommendation rec-1 of {ACCOUNT} has no partnerOpportunityId: its source names none, "
        "no route matches it, and the parameter DefaultPartnerOpportunityId is empty"
    )


def test_a_letter_about_failures_has_amazons_words() -> None:
    """For people, and for a support case."""
    world = World()
    world.api.answer = lambda batch: ApplyResult(
        batch,
        accepted={},
        failures=(Failure("rec-1", "X", "no budget"), Failure("rec-2", "X", "too late")),
        http_status=422,
        request_ids=("RID-2", "RID-1"),
    )

    world.run(body("rec-1"), body("rec-2"))

    (letter,) = letters(world)
    assert letter["reason"] == {
        "code": "RECOMMENDATION_FAILED",
        "message": f"apply of 2 recommendations of {ACCOUNT} under {OPPORTUNITY} failed for "
        "2 of them: X: no budget",
        "httpStatus": 422,
        "apiCode": "X",
        "requestId": "RID-2",
    }


@pytest.mark.parametrize(
    ("status", "code", "shown"),
    [
        ("FAILED", "APPLICATION_FAILED", "FAILED"),
        ("SOMETHING_NEW", "OUTCOME_UNKNOWN", "SOMETHING_NEW"),
        ("N" * 61, "OUTCOME_UNKNOWN", "N" * 60),
    ],
)
def test_a_letter_about_a_found_status_quotes_it(status: str, code: str, shown: str) -> None:
    """However long Amazon's new word is."""
    world, bodies = in_doubt()
    world.api.answer_status = saying(status, request_ids=("RID-2", "RID-1"))

    world.run(*bodies)

    (letter,) = letters(world)
    assert letter["reason"] == {
        "code": code,
        "message": f"an earlier answer for {ONE} was lost, and applicationStatus says '{shown}'",
        "httpStatus": None,
        "apiCode": None,
        "requestId": "RID-2",
    }


def test_a_letter_about_a_strangers_confirmation_names_its_topic() -> None:
    """As much of it as is needed, and the body with the token that only redrive uses."""
    world = World()
    topic = "arn:aws:sns:us-east-1:999999999999:" + 300 * "x"

    world.run(confirmation(topic))

    (letter,) = letters(world)
    assert letter["reason"]["message"] == (
        f"the subscription to '{topic[:256]}' was not confirmed: it is not a topic of the "
        "dataset's SNS account in this region"
    )
    assert letter["message"]["body"] == confirmation(topic)


def test_a_letter_about_a_refused_confirmation_has_the_body() -> None:
    """The reason is SNS's own."""
    world = World()
    world.confirmations.error = RefusedError("the token is too old")

    world.run(confirmation())

    (letter,) = letters(world)
    assert letter["message"]["body"] == confirmation()
    assert letter["reason"]["message"] == "the token is too old"


def test_a_message_of_two_parts_writes_no_letter_twice() -> None:
    """The first part keeps it on the queue; only messages of several parts are looked up."""
    store = ScriptedLedger()
    world = World(store=store)
    world.api.answer = unanswered(ThrottledError("429"))
    array = json.dumps([stream_message("rec-1"), 42])

    world.run(array, "bad")
    second = world.run(array, body("rec-2"), receive_count=2)

    assert doors(second) == [
        ("retry", "THROTTLED"),
        ("not applicable", "DEAD_LETTERED_EARLIER"),
        ("retry", "THROTTLED"),
    ]
    assert sorted(world.dead_letters.reasons) == ["UNREADABLE_BODY", "UNRECOGNIZED_MESSAGE"]
    assert store.asked_for_letters == [{"message-1"}]


# --- Records -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (RefusedError("400"), Verdict.REFUSED),
        (AnswerLostError("reset"), Verdict.IN_DOUBT),
        (ThrottledError("429"), Verdict.RELEASED),
        (UnavailableError("503"), Verdict.RELEASED),
        (CredentialsRefusedError("invalid_grant"), Verdict.RELEASED),
    ],
    ids=str,
)
def test_a_record_says_what_an_error_means_for_its_ids(
    error: RetryableError | RefusedError, verdict: Verdict
) -> None:
    """Refused, in doubt, or given back; with the error's sentence."""
    world = World()
    world.api.answer = unanswered(error)

    world.run(body("rec-1"))

    record = last_record(world)
    assert record.verdicts == {verdict: ("rec-1",)}
    assert record.answer == str(error)
    assert record.follow_up is None


def test_a_record_of_a_request_that_was_refused_for_the_rest_names_all_that_was_refused() -> None:
    """Some by name, the others with the request."""
    world = World()
    world.api.answer = lambda batch: ApplyResult(
        batch,
        accepted={},
        failures=(Failure("rec-1", "X", "x"),),
        unanswered=("rec-2",),
        error=RefusedError("400"),
    )

    world.run(body("rec-1"), body("rec-2"))

    assert last_record(world).verdicts == {Verdict.REFUSED: ("rec-1", "rec-2")}


def test_a_record_of_failures_says_each_kind_once() -> None:
    """In Amazon's words."""
    world = World()
    world.api.answer = lambda batch: ApplyResult(
        batch,
        accepted={"rec-1": AcceptedReason.ACCEPTED},
        failures=(
            Failure("rec-2", "Y", "too late"),
            Failure("rec-3", "X", "no budget"),
            Failure("rec-4", "X", "no budget"),
        ),
    )

    world.run(*(body(f"rec-{number}") for number in range(1, 5)))

    assert last_record(world).answer == "X: no budget; Y: too late"


def test_a_record_of_what_was_found_says_who_said_so() -> None:
    """What is still being applied is followed; nothing was sent."""
    world, bodies = in_doubt(4)
    world.api.answer_status = saying(
        "IN_PROGRESS", "SUCCESS", "REJECTED", "FAILED", request_ids=("RID-2", "RID-1")
    )

    world.run(*bodies)

    record = last_record(world)
    assert record.verdicts == {
        Verdict.ACCEPTED: ("rec-1", "rec-2"),
        Verdict.REJECTED: ("rec-3",),
        Verdict.REFUSED: ("rec-4",),
    }
    assert (record.answer, record.request_ids) == ("applicationStatus", ("RID-2", "RID-1"))
    assert (record.http_status, record.sent_at) == (None, None)
    assert record.follow_up is not None
    assert record.follow_up.pending == ("rec-1",)


def test_a_record_of_unknown_statuses_keeps_all_of_them_in_doubt() -> None:
    """Each word by itself; redriven, Amazon is asked again."""
    world, bodies = in_doubt(2)
    world.api.answer_status = saying("ONE_NEW_WORD", "ANOTHER")

    world.run(*bodies)

    assert last_record(world).verdicts == {Verdict.IN_DOUBT: ("rec-1", "rec-2")}


def test_a_record_of_a_question_without_an_answer_says_why() -> None:
    """The ids stay in doubt."""
    world, bodies = in_doubt()
    error = RefusedError("400: unknown account", http_status=400)
    world.api.answer_status = lambda batch: StatusResult(batch, {}, error, ("RID",))

    world.run(*bodies)

    record = last_record(world)
    assert record.verdicts == {Verdict.IN_DOUBT: ("rec-1",)}
    assert (record.answer, record.http_status) == ("400: unknown account", 400)
    assert record.request_ids == ("RID",)


def test_a_claim_outlives_its_invocation() -> None:
    """The lease of what it had in hand, not the clock of who asks."""
    world = World()
    _crash_after_claiming(world, "rec-1", at=0)
    world.api.answer = accept_all
    world.now = NOW + LEASE - timedelta(seconds=1)

    assert doors(world.run(body("rec-1"))) == [("retry", "CLAIMED_ELSEWHERE")]
