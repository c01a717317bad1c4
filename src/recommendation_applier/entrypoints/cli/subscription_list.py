"""Subscriptions as Amazon lists them, in rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from recommendation_applier.domain.errors import RefusedError, WaitError
from recommendation_applier.domain.stream_subscription import StreamSubscription
from recommendation_applier.domain.wanted_subscription import Profile, belonging
from recommendation_applier.entrypoints.cli.output import progress
from recommendation_applier.entrypoints.cli.streams import Parts
from recommendation_applier.use_cases.at_once import at_once

COLUMNS: Final = {
    "mark": "",
    "profileId": "profile",
    "name": "name",
    "status": "status",
    "since": "since",
    "queue": "queue",
    "subscriptionId": "subscription",
}
NONE: Final = "NONE"
UNKNOWN: Final = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Listed:
    """What Amazon lists for a profile, of the recommendations alone, or why it lists nothing."""

    profile: Profile
    subscriptions: tuple[StreamSubscription, ...] = ()
    why_not: str = ""


def listed(parts: Parts, profiles: Sequence[Profile]) -> Iterator[Listed]:
    """List *profiles*, in any order. Raises CredentialsRefusedError."""

    def one(profile: Profile) -> Listed:
        try:
            found = tuple(
                each
                for each in parts.streams.subscriptions(profile.profile_id)
                if each.is_recommendations
            )
        except (RefusedError, WaitError) as error:
            return Listed(profile, why_not=str(error))
        return Listed(profile, found)

    with progress("Asking Amazon") as bar:
        bar.total = len(profiles)
        for each in at_once(one, profiles, most=parts.requests_at_once):
            bar.advance(1)
            yield each


def rows_of(found: Listed, *, queue_arn: str, ended: bool) -> Iterator[dict[str, Any]]:
    """Give a row for each live subscription; where none is live, for the one that ended last.

    With *ended*, for every one.
    """
    live = [each for each in found.subscriptions if each.is_live]
    own = belonging(found.subscriptions, destination_arn=queue_arn)
    shown = found.subscriptions if ended else live or own[:1] or found.subscriptions[-1:]
    for each in shown:
        yield _row(found.profile, each, queue_arn=queue_arn)
    if not shown:
        status = UNKNOWN if found.why_not else NONE
        yield _row(found.profile, None, queue_arn=queue_arn) | {
            "status": status,
            "detail": found.why_not,
        }


def _row(
    profile: Profile, subscription: StreamSubscription | None, *, queue_arn: str
) -> dict[str, Any]:
    destination = subscription.destination_arn if subscription else None
    is_foreign = subscription is not None and destination != queue_arn
    return {
        "mark": "other queue" if is_foreign else "",
        "profileId": profile.profile_id,
        "name": profile.name,
        "subscriptionId": subscription.subscription_id if subscription else None,
        "status": subscription.status if subscription else NONE,
        "since": subscription.updated_date if subscription else None,
        "queue": (destination or "").rpartition(":")[2],
        "destinationArn": destination,
        "isForeign": is_foreign,
        "detail": "",
    }
