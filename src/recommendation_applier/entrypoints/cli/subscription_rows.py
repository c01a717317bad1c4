"""What becomes of subscriptions, in rows and sentences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import typer

from recommendation_applier.domain.stream_subscription import (
    ACTIVE,
    ARCHIVED,
    FAILED_CONFIRMATION,
    FAILED_PROVISIONING,
    SUSPENDED,
)
from recommendation_applier.domain.subscription_health import ADVICE, Ailment
from recommendation_applier.domain.wanted_subscription import Profile
from recommendation_applier.entrypoints.cli.output import print_rows
from recommendation_applier.use_cases.await_subscriptions import GONE, Waiting
from recommendation_applier.use_cases.subscribe import Subscribed

COLUMNS: Final = {
    "profileId": "profile",
    "name": "name",
    "outcome": "outcome",
    "subscriptionId": "subscription",
    "status": "status",
}

_NOT_ACTIVE_YET: Final = "it is {status} still; `applier subscriptions watch` waits on"
_ENDS: Final[Mapping[str, str]] = {
    SUSPENDED: ADVICE[Ailment.SUSPENDED],
    FAILED_CONFIRMATION: ADVICE[Ailment.FAILED_CONFIRMATION],
    FAILED_PROVISIONING: ADVICE[Ailment.FAILED_PROVISIONING],
    ARCHIVED: ADVICE[Ailment.ARCHIVED_ELSEWHERE],
    GONE: ADVICE[Ailment.VANISHED],
}


@dataclass(slots=True)
class Results:
    """What has become of each profile so far; a profile has one row."""

    by_profile: dict[str, Subscribed] = field(default_factory=dict)

    def add(self, news: Subscribed | Waiting) -> None:
        """Note what became of a profile, or how its subscription goes on."""
        profile_id = news.profile.profile_id
        if isinstance(news, Waiting):
            self.by_profile[profile_id] = replace(self.by_profile[profile_id], status=news.status)
        else:
            self.by_profile[profile_id] = news

    def failures(self, *, until_active: bool) -> dict[Profile, str]:
        """Say of each profile that has no subscription, or one that came to nothing, why.

        With *until_active*, of those as well that are not active yet.
        """
        found = {}
        for each in self.by_profile.values():
            if each.has_failed:
                found[each.profile] = each.detail
            elif why := _ENDS.get(each.status or ""):
                found[each.profile] = f"its subscription is {each.status}: {why}"
            elif until_active and each.status not in (None, ACTIVE):
                found[each.profile] = _NOT_ACTIVE_YET.format(status=each.status)
        return found

    def made(self) -> list[Subscribed]:
        """Give those that have a subscription which is to be seen."""
        found = self.by_profile.values()
        return [each for each in found if each.subscription_id and each.status != GONE]

    def rows(self) -> list[dict[str, Any]]:
        """Give the rows, in the order in which the profiles were named."""
        return [
            {
                "profileId": each.profile.profile_id,
                "name": each.profile.name,
                "outcome": each.outcome.value,
                "subscriptionId": each.subscription_id,
                "status": each.status,
                "detail": each.detail,
            }
            for each in self.by_profile.values()
        ]

    def print(self, *, as_json: bool) -> None:
        """Print the rows; nothing if there are none, and nobody reads them as JSON."""
        if self.by_profile or as_json:
            print_rows(self.rows(), COLUMNS, as_json=as_json)


def say(failures: Mapping[Profile, str], verb: str) -> None:
    """Say a sentence of each failure."""
    for profile, why in failures.items():
        typer.echo(f"Error: profile {profile} is not {verb}: {' '.join(why.split())}", err=True)


def tell(failures: Mapping[Profile, str], verb: str) -> None:
    """Say a sentence of each failure, and end the command with 1 if there are any."""
    say(failures, verb)
    if failures:
        raise typer.Exit(1)


def in_order(results: Iterable[Subscribed], profiles: Iterable[Profile]) -> Results:
    """Collect *results* in the order of *profiles*."""
    by_profile = {each.profile.profile_id: each for each in results}
    return Results({each.profile_id: by_profile[each.profile_id] for each in profiles})
