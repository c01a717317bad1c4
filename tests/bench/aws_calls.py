"""DynamoDB and SQS, in calls and units for every 1,000 deliveries.

The real handlers of the deployed template run against moto and an emulated Amazon. Each delivery
is the guide's example with an id of its own; every hundred are of one account.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from tests.bench.aws_meter import AwsMeter, Bill
from tests.bench.page import Page
from tests.emulator.amazon_faults import answers
from tests.emulator.deployment import Deployment, deployed

EXAMPLE: Final = Path(__file__).parents[2] / "events" / "published.json"
IDS_PER_ACCOUNT: Final = 100
_SOON: Final = timedelta(minutes=5)
"""A record that is due is met by the next tick of the schedule."""

_A_MINUTE: Final = timedelta(seconds=61)
"""A policy is believed for so long."""

_SECONDS: Final = 180.0

Scenario = tuple[str, Callable[[Deployment], object]]


def measure(deliveries: int = 1_000) -> Page:
    """Deploy once, and let one thing after the other happen to *deliveries* deliveries."""
    meter = AwsMeter()
    measured: list[tuple[str, Bill]] = []
    with meter.on_new_sessions(), deployed() as deployment:
        for name, happen in _scenarios(deliveries):
            with meter.measuring() as bill:
                happen(deployment)
            measured.append((name, bill))
    return Page(
        name="aws-calls",
        title=f"AWS calls and units for {deliveries:,} deliveries",
        columns=(
            "what happens",
            "DynamoDB calls",
            "write units",
            "of the index",
            "read units",
            "SQS calls",
            "other calls",
        ),
        rows=[_row(name, bill) for name, bill in measured],
        notes=(
            f"Every {IDS_PER_ACCOUNT} deliveries are one account's, in one apply request.",
            "Lambda's own polling, 2 calls to SQS for 10 messages at best, is not in it.",
            "Units by the published rules from the sizes of items: 1 kB a write, 4 kB a read.",
        ),
    )


def _row(name: str, bill: Bill) -> tuple[str | int | float, ...]:
    dynamodb, sqs = bill.of("dynamodb"), bill.of("sqs")
    return (
        name,
        dynamodb,
        bill.write_units + bill.index_write_units,
        bill.index_write_units,
        bill.read_units,
        sqs,
        bill.calls.total() - dynamodb - sqs,
    )


def _scenarios(deliveries: int) -> list[Scenario]:
    new = _bodies(deliveries, start=0)
    withdrawn = _bodies(deliveries, start=deliveries, status="REMOVED")
    refused = _bodies(deliveries, start=2 * deliveries)
    unsent = _bodies(deliveries, start=3 * deliveries)
    held = _bodies(deliveries, start=4 * deliveries)
    batches = -(-deliveries // IDS_PER_ACCOUNT)

    def refuse(deployment: Deployment) -> None:
        body = {"code": "PO_APPLY_BAD_REQUEST", "message": "no", "failures": [], "successes": []}
        deployment.amazon.script_apply([answers(400, body)] * batches)
        deployment.invoke(*refused, seconds=_SECONDS)

    def fail(deployment: Deployment) -> None:
        deployment.amazon.script_apply([answers(503)] * (10 * batches))
        deployment.invoke(*unsent, seconds=_SECONDS)

    def hold(deployment: Deployment) -> None:
        policy = {"version": 1, "mode": "DRY_RUN", "default": "APPLY", "rules": []}
        deployment.stack.store_policy(policy)
        deployment.let_time_pass(_A_MINUTE)
        deployment.invoke(*held, seconds=_SECONDS)

    def check(deployment: Deployment) -> None:
        if (due := deployment.stack.next_follow_up()) is not None:
            deployment.clock.go_on_to(due + _SOON)
        deployment.tick()

    def settle(deployment: Deployment) -> None:
        deployment.amazon.settle()
        check(deployment)

    return [
        ("new: all are accepted", lambda each: each.invoke(*new, seconds=_SECONDS)),
        ("the same once more", lambda each: each.invoke(*new, seconds=_SECONDS)),
        ("a follow-up: all are in progress", check),
        ("a follow-up: all are applied", settle),
        ("removed before they came", lambda each: each.invoke(*withdrawn, seconds=_SECONDS)),
        ("refused: all are dead-lettered", refuse),
        ("Amazon is down: all are retried", fail),
        ("DRY_RUN: all are held", hold),
    ]


def _bodies(count: int, *, start: int, status: str = "PUBLISHED") -> list[str]:
    message = json.loads(json.loads(EXAMPLE.read_text())["Records"][0]["body"])
    bodies: list[str] = []
    for number in range(start, start + count):
        account = number // IDS_PER_ACCOUNT
        message["advertiserId"] = f"A{account:013}"
        message["entityId"] = f"ENTITY{account:013}"
        # As wide as Amazon's: two ids of one account differ in every part.
        message["messageBody"]["recommendation_id"] = str(UUID(int=(number + 1) * 2**80 + number))
        message["messageBody"]["recommendation_status"] = status
        bodies.append(json.dumps(message))
    return bodies
