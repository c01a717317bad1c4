"""The whole in one process: a stack in the embedded AWS, the real handler, Amazon over HTTP."""

import importlib
import io
import json
import logging
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import Any, Final

from moto import mock_aws

from tests.emulator.amazon import EmulatedAmazon
from tests.emulator.amazon_faults import Fault
from tests.emulator.aws import deploy
from tests.emulator.iam import AwsCall, CallRecorder, assert_allowed
from tests.emulator.invocation import Event, Handler, Invocation
from tests.emulator.partial_batch_response import failed_message_ids
from tests.emulator.poller import EventSourceMapping, redrive
from tests.emulator.sqs_event import record_of
from tests.emulator.stack import EmbeddedStack
from tests.emulator.stream_topic import publish_topic

HANDLER_MODULE: Final = "recommendation_applier.entrypoints.apply_handler"
OPPORTUNITY: Final = "amzn1.ads-partner1.opportunity.3f0c9c1e-5a43-4a1c-9d7e-2f6b8c1d4e5a"
REGION: Final = "us-east-1"
STREAM_TOPIC: Final = "arn:aws:sns:us-east-1:084590724871:example-recommendations-topic"
"""A topic of the dataset's account in that region, as events/confirmations.json names it."""

_MAX_ROUNDS: Final = 20
"""Far more than any fault of the emulator lasts: what is left then would be there for ever."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployed stack with its function, and Amazon across the wire."""

    amazon: EmulatedAmazon
    stack: EmbeddedStack
    handler: Handler
    mapping: EventSourceMapping
    calls: list[AwsCall]
    """Every AWS call that the function has made so far."""
    written: io.StringIO = field(repr=False)

    def log(self) -> list[dict[str, Any]]:
        """Give every line that the function has written so far: log lines and metrics."""
        return [json.loads(line) for line in self.written.getvalue().splitlines() if line]

    def invoke(self, *bodies: str, receive_count: int = 1, seconds: float = 180.0) -> list[str]:
        """Hand *bodies* to the function in one invocation of *seconds*; return what it kept.

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
        answer = self.handler({"Records": records}, _Context(seconds))
        return sorted(failed_message_ids(answer, frozenset(map(str, range(len(bodies))))))

    def run_until_quiet(self) -> list[Invocation]:
        """Let the event source mapping poll, and time pass, until nothing is left to deliver."""
        invocations = self.mapping.drain()
        for _ in range(_MAX_ROUNDS):
            if not self.mapping.let_time_pass():
                break
            invocations += self.mapping.drain()
        return invocations

    def dead_letters(self) -> list[dict[str, Any]]:
        """Look at the dead-letter queue: each body with its attributes; it stays there."""
        sqs, url = self.stack.sqs, self.stack.dead_letter_queue_url
        letters = []
        while messages := sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            VisibilityTimeout=3600,
        ).get("Messages"):
            letters += messages
        for message in letters:
            sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
        return [
            {
                "body": message["Body"],
                "attributes": {
                    name: value["StringValue"]
                    for name, value in message.get("MessageAttributes", {}).items()
                },
            }
            for message in letters
        ]

    def redrive(self) -> int:
        """Send every dead letter back to the ingress queue, as SQS's own redrive does."""
        return redrive(
            self.stack.sqs,
            dead_letter_queue_url=self.stack.dead_letter_queue_url,
            destination_url=self.stack.ingress_queue_url,
        )


@dataclass(frozen=True, slots=True)
class _Context:
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
    environment: Mapping[str, str] | None = None,
) -> Iterator[Deployment]:
    """Deploy template.yaml, fill its secret, and start its function against an emulated Amazon.

    *parameters* are the template's, None for its default; *environment* changes the function's
    variables afterwards. When it ends, every AWS call that the function made must have been in
    its role.
    """
    chosen = {
        "AdsRegion": "NA",
        "ApplyMode": "APPLY",
        "DefaultPartnerOpportunityId": OPPORTUNITY,
        **(parameters or {}),
    }
    with (
        _environment(),
        mock_aws(config={"lambda": {"use_docker": False}}),
        EmulatedAmazon(faults=faults) as amazon,
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
        variables = {
            **stack.environment,
            "ADS_API_URL": amazon.url,
            "LWA_TOKEN_URL": amazon.token_url,
            **(environment or {}),
        }
        publish_topic(STREAM_TOPIC)
        written, recorder = io.StringIO(), CallRecorder()
        with recorder.on_new_sessions():
            handler = start_function(variables, written)
        mapping = EventSourceMapping.of(stack, handler)
        yield Deployment(amazon, stack, handler, mapping, recorder.calls, written)
        assert_allowed(stack.policy_documents, recorder.calls)


def start_function(variables: Mapping[str, str], written: io.StringIO) -> Handler:
    """Start the function as a new execution environment does, with *variables* and nothing else.

    What it prints goes to *written*. Raises what the cold start raises.
    """
    sys.modules.pop(HANDLER_MODULE, None)
    # Powertools keeps a logger, with the stream that it had, for each service name.
    logging.Logger.manager.loggerDict.pop(variables.get("POWERTOOLS_SERVICE_NAME", ""), None)
    with (
        _environment(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", **variables),
        redirect_stdout(written),
    ):
        module = importlib.import_module(HANDLER_MODULE)

    def handler(event: Event, context: Any) -> object:
        with redirect_stdout(written):
            return module.handler(event, context)

    return handler


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    """Set the process's environment to *variables*, plus what it takes to start a program.

    What the caller has set up for an AWS of their own (a profile, an endpoint) must not be met.
    """
    before = dict(os.environ)
    kept = {name: value for name, value in before.items() if name in ("HOME", "PATH")}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    os.environ.clear()
    os.environ.update({**kept, **nowhere, "AWS_DEFAULT_REGION": REGION, **variables})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
