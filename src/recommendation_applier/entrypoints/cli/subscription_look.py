"""How the subscriptions of a stack are looked at: those that are wanted, as Amazon lists them."""

from collections.abc import Sequence
from typing import Final

from recommendation_applier.aws.wanted_subscriptions import StoredWantedSubscriptions
from recommendation_applier.domain.errors import (
    ApplierError,
    ProfileRefusedError,
    RefusedError,
    WaitError,
)
from recommendation_applier.domain.finding import Finding
from recommendation_applier.domain.stream_subscription import ACTIVE
from recommendation_applier.domain.subscription_checks import judge_subscriptions
from recommendation_applier.domain.subscription_health import diagnose, refused
from recommendation_applier.domain.wanted_subscription import WantedSubscription
from recommendation_applier.entrypoints.cli.asking_amazon import AskedAmazon
from recommendation_applier.entrypoints.cli.examined_stack import ExaminedStack
from recommendation_applier.entrypoints.wiring import now
from recommendation_applier.use_cases.at_once import at_once
from recommendation_applier.use_cases.subscription_ports import Streams

_MOST_LOOKED_AT: Final = 50
"""A list for each: a few seconds. The others count as the hourly check has found them; `applier
subscriptions health` looks at all."""


def look_at_subscriptions(examined: ExaminedStack, amazon: AskedAmazon) -> Finding:
    """Hold what is on record against Amazon's lists; what is found is remembered nowhere."""
    wanted = [each for each in _records(examined) if each.is_wanted]
    # What was not well when it was last seen comes first.
    wanted.sort(key=lambda each: each.ailment is None and each.status == ACTIVE)
    now_seen, unanswered = _seen_now(
        wanted[:_MOST_LOOKED_AT],
        amazon.streams(examined.subscriptions_settings),
        most=examined.settings.max_concurrent_requests,
    )
    return judge_subscriptions(
        [now_seen.get(each.profile.profile_id, each) for each in wanted],
        queue_arn=examined.stack.output("IngressQueueArn"),
        files_are_applied=examined.settings.opportunity_files == "APPLY",
        unanswered=unanswered,
    )


def _records(examined: ExaminedStack) -> Sequence[WantedSubscription]:
    return StoredWantedSubscriptions(
        examined.dynamodb, table_name=examined.stack.output("LedgerTableName")
    ).all()


def _seen_now(
    wanted: Sequence[WantedSubscription], streams: Streams, *, most: int
) -> tuple[dict[str, WantedSubscription], ApplierError | None]:
    """Give the records as they are now, by profile, and why some could not be looked at."""

    def look(record: WantedSubscription) -> WantedSubscription | ApplierError:
        try:
            listed = list(streams.subscriptions(record.profile.profile_id))
        except ProfileRefusedError:
            return refused(record)[0]
        except (RefusedError, WaitError) as error:
            return error
        return diagnose(record, listed, now=now())[0]

    seen: dict[str, WantedSubscription] = {}
    unanswered: ApplierError | None = None
    for each in at_once(look, wanted, most=most):
        if isinstance(each, ApplierError):
            unanswered = each
        else:
            seen[each.profile.profile_id] = each
    return seen, unanswered
