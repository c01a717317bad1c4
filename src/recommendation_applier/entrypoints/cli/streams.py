"""Marketing Stream, as the commands about subscriptions speak to it.

What speaks is imported when it does: nobody who asks for help waits for httpx.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from recommendation_applier.aws.wanted_subscriptions import StoredWantedSubscriptions
from recommendation_applier.domain.wanted_subscription import Profile
from recommendation_applier.entrypoints.cli.deployed_stack import DeployedStack
from recommendation_applier.entrypoints.cli.times import parse_duration
from recommendation_applier.use_cases.await_subscriptions import Patience
from recommendation_applier.use_cases.subscription_ports import Streams

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_lambda.client import LambdaClient

_PATIENCE_SECONDS: Final = 12 * 3600.0
"""For all requests of a command together: 25,000 profiles, each asked about several times."""

MediaType = Annotated[
    Literal[
        "application/vnd.MarketingStreamSubscriptions.StreamSubscriptionResource.v1.0+json",
        "application/vnd.amazonmarketingstreamsubscriptions.v1+json",
    ]
    | None,
    typer.Option(
        "--media-type",
        metavar="TYPE",
        help="Which of the two documented media types to ask in; without it, StreamMediaType.",
    ),
]
Timeout = Annotated[
    timedelta,
    typer.Option(
        "--timeout",
        metavar="TIME",
        help="How long to wait while nothing changes: 30m, 2h, …",
        parser=parse_duration,
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a command about subscriptions is made of."""

    stack: DeployedStack
    queue_arn: str
    streams: Streams
    new_streams: Callable[[], Streams]
    """Makes others, which know nothing of what failed before."""
    wanted: StoredWantedSubscriptions
    requests_at_once: int

    def on_record(self) -> tuple[Profile, ...]:
        """Give the profiles whose subscriptions somebody wants, by the record."""
        return tuple(each.profile for each in self.wanted.all() if each.is_wanted)


@contextmanager
def parts_of(stack: DeployedStack, media_type: str | None) -> Iterator[Parts]:
    """Join the parts with the addresses and credentials of *stack*.

    The operator needs lambda:GetFunctionConfiguration on SubscriptionsFunction and
    secretsmanager:GetSecretValue on the stack's secret; for the record, what its adapter needs.
    """
    from recommendation_applier.entrypoints.amazon_wiring import (  # noqa: PLC0415 - as the module says
        connect,
    )
    from recommendation_applier.entrypoints.settings import (  # noqa: PLC0415
        SubscriptionsSettings,
        read_settings,
    )
    from recommendation_applier.entrypoints.streams_wiring import streams_of  # noqa: PLC0415
    from recommendation_applier.entrypoints.wiring import Time  # noqa: PLC0415

    functions: LambdaClient = stack.session.client("lambda")
    dynamodb: DynamoDBClient = stack.session.client("dynamodb")
    name = stack.output("SubscriptionsFunctionName")
    found = functions.get_function_configuration(FunctionName=name)
    settings = read_settings(found["Environment"]["Variables"], SubscriptionsSettings)
    amazon = connect(stack.session, settings)
    with amazon.http() as http:

        def new_streams() -> Streams:
            return streams_of(
                amazon,
                http,
                Time(time.monotonic() + _PATIENCE_SECONDS, _PATIENCE_SECONDS),
                url=settings.stream_api_url,
                media_type=media_type or settings.stream_media_type,
            )

        yield Parts(
            stack=stack,
            queue_arn=stack.output("IngressQueueArn"),
            streams=new_streams(),
            new_streams=new_streams,
            wanted=StoredWantedSubscriptions(dynamodb, table_name=settings.ledger_table_name),
            requests_at_once=settings.max_concurrent_requests,
        )


def patience(*, seconds: float, every: float) -> Patience:
    """Have so much patience."""
    return Patience(monotonic=time.monotonic, sleep=time.sleep, seconds=seconds, every=every)
