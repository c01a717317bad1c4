"""The whole in one process: a stack in the embedded AWS, the real handlers, Amazon over HTTP."""

import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from moto import mock_aws

from tests.emulator.amazon import EmulatedAmazon
from tests.emulator.amazon_faults import Fault
from tests.emulator.aws import deploy
from tests.emulator.clock import Clock, travelling
from tests.emulator.function import REGION, EmulatedFunction, environment
from tests.emulator.invocation import Invocation, InvocationContext
from tests.emulator.partial_batch_response import failed_message_ids
from tests.emulator.poller import EventSourceMapping, redrive
from tests.emulator.schedule import scheduled_event
from tests.emulator.sqs_event import record_of
from tests.emulator.stack import EmbeddedStack
from tests.emulator.stream_topic import publish_topic

OPPORTUNITY: Final = "amzn1.ads-partner1.opportunity.3f0c9c1e-5a43-4a1c-9d7e-2f6b8c1d4e5a"
STREAM_TOPIC: Final = "arn:aws:sns:us-east-1:084590724871:example-recommendations-topic"
"""A topic of the dataset's account in that region, as events/confirmations.json names it."""

_LONGEST_WAIT: Final = timedelta(days=10)
"""SQS keeps no delivery for longer; what the follow-up does not settle in a week it gives up."""


@dataclass(frozen=True, slots=True)
class FollowedUp:
    """What it took to learn what became of everything that was accepted."""

    ticks: int
    status_requests: int


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployed stack with its functions, Amazon across the wire, and the time of both."""

    amazon: EmulatedAmazon
    stack: EmbeddedStack
    clock: Clock
    apply: EmulatedFunction
    follow_up: EmulatedFunction
    opportunities: EmulatedFunction | None
    """Only there when OpportunityFiles is not OFF."""
    subscriptions: EmulatedFunction
    mapping: EventSourceMapping

    def invoke(self, *bodies: str, receive_count: int = 1, seconds: float = 180.0) -> list[str]:
        """Hand *bodies* to the apply function in one invocation of *seconds*; tell what it kept.

        They are on no queue; what is kept is named by its place among the bodies, from 0.
        """
        records = [
            record_of(
                each,
                message_id=str(number),
                queue_arn=self.stack.event_source.queue_arn,
                receive_count=receive_count,
            )
            for number, each in enumerate(bodies)
        ]
        answer = self.apply({"Records": records}, _StoppedContext(seconds))
        return sorted(failed_message_ids(answer, frozenset(map(str, range(len(bodies))))))

    def run_until_quiet(self) -> list[Invocation]:
        """Let the event source mapping poll, and time pass, until nothing is left to deliver."""
        invocations = self.mapping.drain()
        given_up = self.clock.now() + _LONGEST_WAIT
        while self.clock.now() < given_up and self.mapping.let_time_pass(self.clock):
            invocations += self.mapping.drain()
        return invocations

    def let_time_pass(self, duration: timedelta) -> None:
        """Let *duration* pass for everything but what runs: nothing does, between invocations."""
        self.clock.let_pass(duration)

    def tick(self, *, seconds: float | None = None) -> object:
        """Run the follow-up function once, with *seconds* or its own timeout; return its answer.

        Raises what it raises. Lambda would not try again either.
        """
        return self._run(self.follow_up, seconds)

    def read_files(self, *, seconds: float | None = None) -> object:
        """Run the function that reads opportunity files once, in the same way."""
        if self.opportunities is None:
            raise LookupError("there is no such function: OpportunityFiles is OFF")
        return self._run(self.opportunities, seconds)

    def check_subscriptions(self, *, seconds: float | None = None) -> object:
        """Run the function that checks subscriptions once, in the same way."""
        return self._run(self.subscriptions, seconds)

    def _run(self, function: EmulatedFunction, seconds: float | None) -> object:
        deployed = function.deployed
        context = InvocationContext(
            aws_request_id=str(uuid.uuid4()),
            function_name=deployed.name,
            invoked_function_arn=deployed.arn,
            deadline=time.monotonic() + (deployed.timeout_seconds if seconds is None else seconds),
            clock=time.monotonic,
        )
        return function(scheduled_event(self.clock.now(), region=self.stack.region), context)

    def follow_up_until_settled(self) -> FollowedUp:
        """Let the schedule tick, and time pass, until the ledger has nothing to ask about.

        Ticks that would find nothing are skipped.
        """
        asked_before = len(self.amazon.status_requests)
        ticks = 0
        given_up = self.clock.now() + _LONGEST_WAIT
        while self.clock.now() < given_up and (due := self.stack.next_follow_up()) is not None:
            self.clock.go_on_to(max(due, self.clock.now()) + self.stack.tick_interval)
            self.tick()
            ticks += 1
        return FollowedUp(ticks, len(self.amazon.status_requests) - asked_before)

    def restarted(self) -> "Deployment":
        """Give the apply function a new execution environment, which remembers nothing."""
        function = self.apply.restarted()
        return replace(self, apply=function, mapping=EventSourceMapping.of(self.stack, function))

    def log(self) -> list[dict[str, Any]]:
        """Give every line that the apply function has written so far: log lines and metrics."""
        return self.apply.log()

    def dead_letters(self) -> list[dict[str, Any]]:
        """Look at the dead-letter queue: each body with its attributes; it stays there."""
        return self.stack.dead_letters()

    def redrive(self) -> int:
        """Send every dead letter back to the ingress queue, as SQS's own redrive does."""
        return redrive(
            self.stack.sqs,
            dead_letter_queue_url=self.stack.dead_letter_queue_url,
            destination_url=self.stack.ingress_queue_url,
        )


@dataclass(frozen=True, slots=True)
class _StoppedContext:
    """An invocation's context whose clock stands still."""

    seconds: float
    aws_request_id: str = "00000000-0000-4000-8000-00000000d1ec"

    def get_remaining_time_in_millis(self) -> int:
        """Return the time that the invocation has."""
        return int(self.seconds * 1000)


@contextmanager
def deployed(
    *,
    faults: Iterable[str | Fault] = (),
    parameters: Mapping[str, str | None] | None = None,
) -> Iterator[Deployment]:
    """Deploy template.yaml, fill its secret, and start its functions against an emulated Amazon.

    *parameters* are the template's, None for its default. When it ends, every AWS call that a
    function made must have been in its own role.
    """
    chosen = {
        "AdsRegion": "NA",
        "ApplyMode": "APPLY",
        "DefaultPartnerOpportunityId": OPPORTUNITY,
        **(parameters or {}),
    }
    with (
        environment(),
        travelling() as clock,
        mock_aws(config={"lambda": {"use_docker": False}}),
        # Access tokens end by the same clock on both sides.
        EmulatedAmazon(faults=faults, clock=time.time) as amazon,
    ):
        given = {"PartnerNetworkAccountId": amazon.manager_account, **chosen}
        stack = deploy(
            {name: value for name, value in given.items() if value is not None}, region=REGION
        )
        stack.store_credentials(
            {
                "client_id": amazon.credentials.client_id,
                "client_secret": amazon.credentials.client_secret,
                "refresh_token": amazon.credentials.refresh_token,
            }
        )
        publish_topic(STREAM_TOPIC)
        addresses = {
            "ADS_API_URL": amazon.url,
            "LWA_TOKEN_URL": amazon.token_url,
            "STREAM_API_URL": amazon.url,
        }
        apply, follow_up, subscriptions, *others = (
            EmulatedFunction(function, {**function.environment, **addresses})
            for function in (
                stack.apply,
                stack.follow_up,
                stack.subscriptions,
                stack.opportunities,
            )
            if function is not None
        )
        opportunities = others[0] if others else None
        apply.start()
        mapping = EventSourceMapping.of(stack, apply)
        yield Deployment(
            amazon, stack, clock, apply, follow_up, opportunities, subscriptions, mapping
        )
        for function in (apply, follow_up, subscriptions, *others):
            function.assert_within_its_role()
