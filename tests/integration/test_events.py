"""The partner's own event bus is told what was held, accepted, or failed: if it is wanted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import body
from tests.contract.events_clients import Bus
from tests.emulator.amazon_faults import answers
from tests.emulator.deployment import Deployment, deployed
from tests.emulator.function import EmulatedFunction


@dataclass(frozen=True, slots=True)
class Announced:
    """A deployment, and the bus that it is told to tell."""

    deployment: Deployment
    bus: Bus


@pytest.fixture
def announced() -> Iterator[Announced]:
    """Deploy with EventBusName, and make that bus."""
    with deployed(parameters={"EventBusName": "alerts"}) as deployment:
        yield Announced(deployment, Bus("alerts"))


def told(events: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Name detail type, id and reason of each."""
    return [
        (each["detail-type"], each["detail"]["recommendationId"], each["detail"]["reason"])
        for each in events
    ]


def buses_of(function: EmulatedFunction) -> list[str]:
    """Name the buses of a function's calls, an event at a time."""
    return [each.resource for each in function.calls if each.action == "events:PutEvents"]


def test_what_became_of_each_delivery_is_told(announced: Announced) -> None:
    """Accepted and refused ones by their accounts; what asks for nothing is not told."""
    refusal = {"code": "PO_APPLY_BAD_REQUEST", "message": "No.", "failures": [], "successes": []}
    announced.deployment.amazon.script_apply([answers(400, refusal, headers={"x-amz-rid": "RID1"})])
    assert announced.deployment.invoke(body("rec-1", account=2)) == []

    kept = announced.deployment.invoke(
        body("rec-2"), body("rec-3", recommendation_status="REMOVED"), "bad"
    )

    assert kept == []
    accepted, failed = announced.bus.received()
    assert told([accepted, failed]) == [
        ("RecommendationAccepted", "rec-2", "ACCEPTED"),
        ("RecommendationFailed", "rec-1", "APPLY_REFUSED"),
    ]
    assert accepted["source"] == "recommendation-applier"
    assert accepted["detail"]["requestIds"]
    assert accepted["detail"]["policyVersion"] == 1
    assert failed["detail"]["entityId"] == "ENTITY0000000000002"
    assert "RID1" in failed["detail"]["requestIds"]
    assert "No." in failed["detail"]["detail"]
    assert (
        buses_of(announced.deployment.apply)
        == ["arn:aws:events:us-east-1:123456789012:event-bus/alerts"] * 2
    )


def test_what_is_held_is_told_with_its_numbers_left_to_the_ledger() -> None:
    """A chat message has account, campaign, reason and end."""
    parameters = {"EventBusName": "alerts", "ApplyMode": "DRY_RUN"}
    with deployed(parameters=parameters) as deployment:
        bus = Bus("alerts")

        assert deployment.invoke(*(body(f"rec-{number:02}") for number in range(12))) == []

        events = bus.received()
        assert told(events) == [
            ("RecommendationHeld", f"rec-{number:02}", "DRY_RUN") for number in range(12)
        ]
        assert events[0]["detail"] == {
            "version": 1,
            "recommendationId": "rec-00",
            "advertiserType": "SELLER",
            "encryptedAdvertiserId": "A0000000000001",
            "entityId": "ENTITY0000000000001",
            "marketplace": "US",
            "campaignId": "210000000000001",
            "type": "KEYWORD_BID",
            "adProduct": "SP",
            "publishedDate": "2026-11-01T12:00:00Z",
            "expiryDate": "2099-11-15T12:00:00Z",
            "reason": "DRY_RUN",
            "detail": "the mode is DRY_RUN",
            "policyVersion": 1,
        }


def test_an_application_that_failed_later_is_told_by_the_follow_up(announced: Announced) -> None:
    """Once; what was applied is not told again."""
    deployment = announced.deployment
    deployment.invoke(body("rec-1"), body("rec-2"))
    deployment.amazon.set_status("FAILED", ["rec-1"])
    deployment.amazon.settle()
    announced.bus.received()

    deployment.follow_up_until_settled()
    deployment.let_time_pass(timedelta(days=1))
    deployment.tick()

    [failed] = announced.bus.received()
    assert told([failed]) == [("RecommendationFailed", "rec-1", "FAILED")]
    assert failed["detail"]["acceptedAt"]
    assert failed["detail"]["campaignId"]
    assert len(buses_of(deployment.follow_up)) == 1


def test_a_bus_that_is_not_there_changes_no_door() -> None:
    """The log says why nobody was told; everything else is as it would be."""
    with deployed(parameters={"EventBusName": "missing"}) as deployment:
        assert deployment.invoke(body("rec-1"), "bad") == []

        assert list(deployment.amazon.accepted) == ["rec-1"]
        assert len(deployment.dead_letters()) == 1
        [line] = [each for each in deployment.log() if each.get("message") == "aws call failed"]
        assert "putting 1 events on the bus missing failed" in line["failure"]


def test_unless_a_bus_is_named_nobody_is_told(deployment: Deployment) -> None:
    """Off by default: no call is made, and no role would let one through."""
    deployment.invoke(body("rec-1"), "bad")
    deployment.amazon.set_status("FAILED", ["rec-1"])
    deployment.follow_up_until_settled()

    assert buses_of(deployment.apply) == buses_of(deployment.follow_up) == []
    granted = str(
        [each.policy_documents for each in (deployment.stack.apply, deployment.stack.follow_up)]
    )
    assert "events:" not in granted


def test_the_grant_of_both_roles_is_used(announced: Announced) -> None:
    """Every action is; that this one is there and is enough, the other tests show."""
    deployment = announced.deployment
    deployment.invoke(body("rec-1"))
    deployment.amazon.set_status("FAILED", ["rec-1"])
    deployment.follow_up_until_settled()

    for function in (deployment.apply, deployment.follow_up):
        assert "TellTheEventBus" in str(function.deployed.policy_documents)
        assert buses_of(function)
