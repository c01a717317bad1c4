"""Outages of either side: nothing is lost, and nothing is accepted twice."""

import json
from datetime import timedelta

from tests.builders import body, stream_message
from tests.emulator.amazon_faults import answers, drops_after_taking, drops_before_taking
from tests.emulator.deployment import Deployment, deployed


def take_away_the_dead_letter_queue(deployment: Deployment) -> None:
    """Let every call on the dead-letter queue fail."""
    deployment.stack.sqs.delete_queue(QueueUrl=deployment.stack.dead_letter_queue_url)


def bring_back_the_dead_letter_queue(deployment: Deployment) -> None:
    """Make the queue anew, under its old address."""
    name = deployment.stack.dead_letter_queue_url.rpartition("/")[2]
    deployment.stack.sqs.create_queue(QueueName=name)


def test_while_the_dead_letter_queue_is_down_bad_deliveries_stay(deployment: Deployment) -> None:
    """Good ones are accepted and let go, bad ones are kept until their letter is stored."""
    take_away_the_dead_letter_queue(deployment)

    assert deployment.invoke("bad", body("good")) == ["0"]

    bring_back_the_dead_letter_queue(deployment)
    assert deployment.invoke("bad", receive_count=2) == []
    assert len(deployment.dead_letters()) == 1
    assert list(deployment.amazon.accepted) == ["good"]


def test_an_array_whose_bad_element_cannot_be_stored_is_not_applied_twice(
    deployment: Deployment,
) -> None:
    """It stays whole; its good elements are known to be accepted when it is received again."""
    take_away_the_dead_letter_queue(deployment)
    array = json.dumps([stream_message("rec-1"), {"no": "message"}])

    assert deployment.invoke(array) == ["0"]

    bring_back_the_dead_letter_queue(deployment)
    assert deployment.restarted().invoke(array, receive_count=2) == []
    assert len(deployment.amazon.apply_requests) == 1
    assert len(deployment.dead_letters()) == 1


def test_a_422_whose_failures_cannot_be_stored_keeps_only_their_deliveries(
    deployment: Deployment,
) -> None:
    """What the answer names as a success is let go at once."""
    take_away_the_dead_letter_queue(deployment)
    partial = {
        "code": "PO_APPLY_UNPROCESSABLE_ERROR",
        "message": "Some failed.",
        "failures": [
            {"recommendationId": "bad", "code": "PO_APPLY_UNPROCESSABLE_ERROR", "message": "No."}
        ],
        "successes": [{"recommendationId": "good"}],
    }
    deployment.amazon.script_apply([answers(422, partial, takes=["good"])])

    assert deployment.invoke(body("good"), body("bad")) == ["1"]


def test_after_a_lost_answer_amazon_is_asked_before_anything_is_sent(
    deployment: Deployment,
) -> None:
    """Amazon had taken the ids: they are found accepted and never sent again."""
    deployment.amazon.script_apply([drops_after_taking()])

    assert deployment.invoke(body("rec-1"), body("rec-2")) == ["0", "1"]
    assert len(deployment.amazon.apply_requests) == 1

    assert deployment.invoke(body("rec-1"), body("rec-2"), receive_count=2) == []
    assert len(deployment.amazon.apply_requests) == 1
    assert [request.recommendation_ids for request in deployment.amazon.status_requests] == [
        ("rec-1", "rec-2")
    ]


def test_what_amazon_does_not_have_after_a_lost_answer_is_sent(deployment: Deployment) -> None:
    """The request had been lost with its answer: it is made a second time, after asking."""
    deployment.amazon.script_apply([drops_before_taking()])

    assert deployment.invoke(body("rec-1")) == ["0"]
    assert deployment.invoke(body("rec-1"), receive_count=2) == []

    assert list(deployment.amazon.accepted) == ["rec-1"]
    assert len(deployment.amazon.status_requests) == 1


def test_a_new_execution_environment_asks_about_what_was_received_before(
    deployment: Deployment,
) -> None:
    """It cannot know what the one before it had sent when it ended."""
    deployment.amazon.script_apply([drops_after_taking()])
    assert deployment.invoke(body("rec-1")) == ["0"]

    assert deployment.restarted().invoke(body("rec-1"), receive_count=2) == []

    assert len(deployment.amazon.apply_requests) == 1


def test_two_environments_in_turn_apply_nothing_twice(deployment: Deployment) -> None:
    """One was throttled, the other lost the answer: the first does not trust its own memory."""
    deployment.amazon.script_apply(
        [answers(429, headers={"Retry-After": "3600"}), drops_after_taking()]
    )
    other = deployment.restarted()

    assert deployment.invoke(body("rec-1")) == ["0"]
    deployment.let_time_pass(timedelta(hours=1))
    assert other.invoke(body("rec-1"), receive_count=2) == ["0"]
    deployment.let_time_pass(timedelta(minutes=2))
    assert deployment.invoke(body("rec-1"), receive_count=3) == []

    assert len(deployment.amazon.apply_requests) == 2
    assert list(deployment.amazon.accepted) == ["rec-1"]


def test_throttling_for_longer_than_the_invocation_has_ends_it_at_once() -> None:
    """Accounts that come after it are not sent; they are kept, hidden for as long as was asked."""
    with deployed(parameters={"MaxConcurrentRequests": "1"}) as deployment:
        deployment.amazon.script_apply([answers(429, headers={"Retry-After": "3600"})])
        deployment.stack.deliver(body(f"rec-{number}", account=number) for number in range(1, 30))

        (invocation,) = deployment.mapping.drain()

        assert len(deployment.amazon.apply_requests) == 1
        assert len(invocation.returned) == 29
        assert deployment.mapping.poll() is None


def test_with_no_time_left_nothing_is_sent(deployment: Deployment) -> None:
    """An invocation that is about to end keeps everything, and still stores dead letters."""
    assert deployment.invoke(body("rec-1"), "bad", seconds=1.0) == ["0"]

    assert deployment.amazon.apply_requests == []
    assert len(deployment.dead_letters()) == 1


def test_the_last_receive_ends_as_a_dead_letter_with_the_last_answer(
    deployment: Deployment,
) -> None:
    """What would be retried once too often is dead-lettered as a batch, and can be redriven."""
    deployment.amazon.script_apply([answers(429, headers={"Retry-After": "3600"})])
    last = int(deployment.stack.apply.environment["MAX_RECEIVE_COUNT"])

    assert deployment.invoke(body("rec-1"), receive_count=last) == []

    (letter,) = deployment.dead_letters()
    content = json.loads(letter["body"])
    assert content["reason"]["code"] == "RETRIES_EXHAUSTED"
    assert content["reason"]["httpStatus"] == 429
    assert content["attempts"] == last
    deployment.redrive()
    deployment.run_until_quiet()
    assert list(deployment.amazon.accepted) == ["rec-1"]


def test_a_delivery_that_comes_three_times_is_sent_once(deployment: Deployment) -> None:
    """In one invocation, and in later ones of the same execution environment."""
    for _ in range(2):
        assert deployment.invoke(body("rec-1"), body("rec-1")) == []

    assert len(deployment.amazon.apply_requests) == 1


def test_a_removal_that_comes_first_is_remembered(deployment: Deployment) -> None:
    """The older publication that comes after it is not sent, a newer one is."""
    removal = body("rec-1", recommendation_status="REMOVED")
    newer = body("rec-1", published_date="2026-11-02T12:00:00 UTC")

    assert deployment.invoke(removal) == []
    assert deployment.invoke(body("rec-1")) == []
    assert deployment.amazon.apply_requests == []

    assert deployment.invoke(newer) == []
    assert list(deployment.amazon.accepted) == ["rec-1"]


def test_a_drained_queue_has_left_nothing_behind_under_faults() -> None:
    """Throttling, partial answers, lost answers and refused tokens: each id once, none lost."""
    with deployed(faults=["partial", "lost", "unauthorized"]) as deployment:
        deployment.stack.deliver(body(f"rec-{number}", account=number % 5) for number in range(60))

        deployment.run_until_quiet()

        letters = [json.loads(each["body"]) for each in deployment.dead_letters()]
        failed = {
            one for letter in letters for one in letter["batch"]["request"]["recommendationIds"]
        }
        done_before = sum(
            count
            for line in deployment.log()
            for reason, count in line.get("reasons", {}).get("accepted", {}).items()
            if reason in ("ALREADY_APPLIED", "IN_TERMINAL_STATUS")
        )
        assert deployment.amazon.accepted_twice == []
        assert deployment.amazon.violations == []
        assert failed.isdisjoint(deployment.amazon.accepted)
        assert len(failed) + done_before + len(deployment.amazon.accepted) == 60
