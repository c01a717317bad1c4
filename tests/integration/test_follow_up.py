"""Accepted is followed until it is applied, by the function that the schedule runs."""

from datetime import timedelta
from typing import Any

import pytest

from recommendation_applier.domain.errors import LedgerUnavailableError
from tests.builders import body
from tests.emulator.amazon import EmulatedAmazon
from tests.emulator.deployment import Deployment, deployed
from tests.emulator.ledger_view import APPLIED, PENDING, applications_of


def metrics(deployment: Deployment) -> list[dict[str, Any]]:
    """Give the lines of metrics that the follow-up function has written."""
    return [line for line in deployment.follow_up.log() if "_aws" in line]


def said(deployment: Deployment, message: str) -> list[dict[str, Any]]:
    """Give the lines of that message that the follow-up function has written."""
    return [line for line in deployment.follow_up.log() if line.get("message") == message]


def asked(amazon: EmulatedAmazon) -> list[tuple[str, ...]]:
    """Give the ids of each applicationStatus request, sorted within it."""
    return [tuple(sorted(request.recommendation_ids)) for request in amazon.status_requests]


def test_what_is_applied_is_asked_about_once(deployment: Deployment) -> None:
    """Ten minutes after it was accepted, in one request for an account; never again."""
    deployment.invoke(body("rec-1"), body("rec-2"))
    deployment.amazon.settle()
    deployment.tick()
    assert asked(deployment.amazon) == []

    followed_up = deployment.follow_up_until_settled()
    deployment.let_time_pass(timedelta(days=1))
    deployment.tick()

    assert (followed_up.ticks, followed_up.status_requests) == (1, 1)
    assert asked(deployment.amazon) == [("rec-1", "rec-2")]
    assert applications_of(deployment.stack).named(APPLIED) == ["rec-1", "rec-2"]
    [told] = metrics(deployment)
    assert told["AppliedRecommendations"] == [2.0]
    assert "FailedApplications" not in told


def test_what_failed_or_was_rejected_is_told_by_name_and_once(deployment: Deployment) -> None:
    """A line each, with account and campaign; the metric counts them together."""
    deployment.invoke(*(body(f"rec-{number}") for number in range(1, 4)))
    deployment.amazon.set_status("FAILED", ["rec-1"])
    deployment.amazon.set_status("REJECTED", ["rec-2"])
    deployment.amazon.settle()

    deployment.follow_up_until_settled()
    deployment.let_time_pass(timedelta(days=1))
    deployment.tick()

    told = said(deployment, "application not applied")
    assert {line["recommendationId"]: line["end"] for line in told} == {
        "rec-1": "FAILED",
        "rec-2": "REJECTED",
    }
    assert len(told) == 2
    assert all("ENTITY0000000000001" in line["account"] and line["campaignId"] for line in told)
    # One line of metrics for each telling, so that a tick that dies later silences no alarm.
    counted = metrics(deployment)
    assert sum(line.get("FailedApplications", [0.0])[0] for line in counted) == 2.0
    assert sum(line.get("AppliedRecommendations", [0.0])[0] for line in counted) == 1.0


def test_a_follow_up_that_cannot_read_the_ledger_fails(deployment: Deployment) -> None:
    """Lambda counts it among its errors, which have an alarm; the log says why."""
    deployment.invoke(body("rec-1"))
    dynamodb, table = deployment.stack.dynamodb, deployment.stack.ledger_table_name
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=table)

    with pytest.raises(LedgerUnavailableError, match="reading the follow-ups that are due in"):
        deployment.tick()


def test_a_record_that_cannot_be_read_is_told_of_and_hinders_no_other(
    deployment: Deployment,
) -> None:
    """Somebody has edited it in the console."""
    deployment.invoke(body("rec-1"), body("rec-2", account=2))
    dynamodb, table = deployment.stack.dynamodb, deployment.stack.ledger_table_name
    records = [
        each for each in dynamodb.scan(TableName=table)["Items"] if each["pk"]["S"][:5] == "CLAIM"
    ]
    [spoilt] = [each for each in records if each["sk"]["S"] == "RECORD#0000"]
    dynamodb.update_item(
        TableName=table,
        Key={"pk": spoilt["pk"], "sk": spoilt["sk"]},
        UpdateExpression="SET recordedAt = :noon",
        ExpressionAttributeValues={":noon": {"S": "noon"}},
    )
    deployment.amazon.settle()
    deployment.let_time_pass(timedelta(minutes=11))

    deployment.tick()

    told = said(deployment, "aws call failed")
    assert told
    assert all("is malformed" in line["failure"] for line in told)
    assert metrics(deployment)[-1]["AppliedRecommendations"] == [1.0]


def test_what_is_never_settled_is_given_up_after_a_week(deployment: Deployment) -> None:
    """With ever longer gaps it is asked about a few dozen times at most, then told and left."""
    deployment.invoke(body("rec-1"))
    started = deployment.clock.now()

    followed_up = deployment.follow_up_until_settled()

    assert timedelta(days=7) <= deployment.clock.now() - started < timedelta(days=8)
    assert followed_up.status_requests < 30
    assert applications_of(deployment.stack).failed() == {"rec-1": "UNSETTLED"}
    assert metrics(deployment)[-1]["UnsettledApplications"] == [1.0]


def test_a_tick_whose_time_is_up_leaves_the_rest_to_the_next(deployment: Deployment) -> None:
    """Nothing is asked in no time, and nothing is forgotten."""
    deployment.invoke(body("rec-1"))
    deployment.amazon.settle()
    deployment.let_time_pass(timedelta(minutes=10, seconds=1))

    deployment.tick(seconds=0)
    assert asked(deployment.amazon) == []
    assert applications_of(deployment.stack).named(PENDING) == ["rec-1"]

    deployment.tick()
    assert applications_of(deployment.stack).named(APPLIED) == ["rec-1"]


def test_an_environment_that_dies_leaves_its_claim_to_end(deployment: Deployment) -> None:
    """Until then nobody else sends what it claimed; afterwards Amazon is asked first."""
    deployment.invoke(body("rec-1"))
    forget_the_records(deployment)
    other = deployment.restarted()

    assert other.invoke(body("rec-1"), receive_count=2) == ["0"]
    assert asked(deployment.amazon) == []
    other.let_time_pass(timedelta(seconds=301))
    assert other.invoke(body("rec-1"), receive_count=3) == []

    assert asked(deployment.amazon) == [("rec-1",)]
    assert len(deployment.amazon.apply_requests) == 1


def test_each_function_has_its_own_log_and_its_own_calls(deployment: Deployment) -> None:
    """They run in one process, and nothing of one is put down to the other."""
    deployment.invoke(body("rec-1"))
    applied = list(deployment.apply.calls)
    lines = deployment.apply.written.getvalue()
    deployment.amazon.settle()
    deployment.follow_up_until_settled()

    assert deployment.apply.calls == applied
    assert deployment.apply.written.getvalue() == lines
    assert len(said(deployment, "follow-up")) == 1
    assert said(deployment, "invocation") == []
    by_follow_up = {call.resource.rpartition("/")[2] for call in deployment.follow_up.calls}
    assert "DueIndex" in by_follow_up
    assert "DueIndex" not in {call.resource.rpartition("/")[2] for call in applied}


def test_what_is_held_and_expires_soon_is_told_at_each_tick() -> None:
    """One line with how many there are, and the first of them; one metric, which has an alarm."""
    with deployed(parameters={"ApplyMode": "DRY_RUN"}) as deployment:
        end = deployment.clock.now() + timedelta(hours=30)
        expiry = end.strftime("%Y-%m-%dT%H:%M:%S UTC")
        ids = [f"rec-{number:02}" for number in range(25)]
        deployment.invoke(*(body(each, expiry_date=expiry) for each in ids), body("later"))
        deployment.invoke(body("rec-00", recommendation_status="REMOVED"))

        deployment.tick()
        [quiet] = deployment.follow_up.log()
        assert (quiet["message"], quiet["level"]) == ("held recommendations", "INFO")

        deployment.let_time_pass(timedelta(hours=6, minutes=1))
        deployment.tick()
        deployment.tick()
        deployment.let_time_pass(timedelta(hours=24))
        deployment.tick()

        first, second = said(deployment, "held recommendations expire soon")
        assert first["level"] == "WARNING"
        assert first["count"] == second["count"] == 24
        assert [each["recommendationId"] for each in first["first"]] == ids[1:21]
        assert first["first"][0] == {
            "recommendationId": "rec-01",
            "account": "A0000000000001 (ENTITY0000000000001, US)",
            "campaignId": "210000000000001",
            "reason": "DRY_RUN",
            "until": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        assert [line["HeldRecommendationsEnding"] for line in metrics(deployment)] == [[24.0]] * 2


def test_how_much_is_held_and_for_how_long_is_told_at_each_tick() -> None:
    """One line, as long as anything is; when nothing ever ends, nothing is left to wait for."""
    with deployed(parameters={"ApplyMode": "DRY_RUN"}) as deployment:
        end = (deployment.clock.now() + timedelta(hours=100)).strftime("%Y-%m-%dT%H:%M:%S UTC")
        deployment.tick()
        assert deployment.follow_up.log() == []

        deployment.invoke(body("never", expiry_date=None))
        deployment.let_time_pass(timedelta(hours=6))
        deployment.tick()
        deployment.invoke(body("ends", expiry_date=end))
        deployment.let_time_pass(timedelta(hours=6))
        deployment.tick()

        first, second = said(deployment, "held recommendations")
        assert (first["count"], first["isWhole"], first["hoursHeld"]) == (1, True, 6)
        assert "hoursLeft" not in first
        assert (second["count"], second["hoursHeld"], second["hoursLeft"]) == (2, 12, 88)


def test_a_tick_without_time_looks_at_nothing_that_is_held(deployment: Deployment) -> None:
    """The next one does; nobody is told that the ledger fails."""
    deployment.tick(seconds=0)

    assert [
        call.resource for call in deployment.follow_up.calls if "HeldIndex" in call.resource
    ] == []


def test_what_is_held_and_cannot_be_read_fails_the_tick(deployment: Deployment) -> None:
    """Lambda counts it among its errors, which have an alarm."""
    dynamodb, table = deployment.stack.dynamodb, deployment.stack.ledger_table_name
    dynamodb.update_table(
        TableName=table, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "HeldIndex"}}]
    )

    with pytest.raises(LedgerUnavailableError, match="reading what is held in"):
        deployment.tick()


def forget_the_records(deployment: Deployment) -> None:
    """Leave the ledger as an invocation leaves it that dies after it has sent."""
    dynamodb, table = deployment.stack.dynamodb, deployment.stack.ledger_table_name
    for found in dynamodb.scan(TableName=table)["Items"]:
        if found["pk"]["S"].startswith("CLAIM#"):
            dynamodb.delete_item(TableName=table, Key={"pk": found["pk"], "sk": found["sk"]})
