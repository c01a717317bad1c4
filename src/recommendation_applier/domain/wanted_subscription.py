"""What ought to be subscribed: a record for each profile, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from recommendation_applier.domain.stream_subscription import ACTIVE, StreamSubscription


@dataclass(frozen=True, slots=True)
class Profile:
    """An advertiser profile, and what people call it; the name may be empty."""

    profile_id: str
    name: str = ""

    def __str__(self) -> str:
        """Name it for a sentence."""
        return f"{self.profile_id} ({self.name})" if self.name else self.profile_id


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSubscription:
    """That a profile's recommendations are wanted on a queue.

    It is on record before Amazon is asked, with the token that the request has: a request whose
    answer is lost is repeated with the same token, and makes no second subscription.
    """

    profile: Profile
    destination_arn: str
    client_request_token: str
    requested_at: datetime
    subscription_id: str | None = None
    """None until Amazon has named it."""
    status: str | None = None
    """As it was last seen; None before anybody looked."""
    ailment: str | None = None
    """What the check found wrong with it when it last looked; None: nothing."""
    archived_at: datetime | None = None
    """Since when it is not wanted any more: a person archived it on purpose."""

    @property
    def is_wanted(self) -> bool:
        """Tell whether somebody still wants it."""
        return self.archived_at is None

    def seen(self, subscription: StreamSubscription) -> "WantedSubscription":
        """Give it with what Amazon says of it."""
        return replace(
            self, subscription_id=subscription.subscription_id, status=subscription.status
        )


def belonging(
    subscriptions: Iterable[StreamSubscription], *, destination_arn: str
) -> list[StreamSubscription]:
    """Give those of the recommendations that go to a queue: live ones first, the youngest first.

    Among those that are live, one that is active comes before all others.
    """
    found = [
        each
        for each in subscriptions
        if each.is_recommendations and each.destination_arn == destination_arn
    ]
    return sorted(found, key=_worth, reverse=True)


def _worth(subscription: StreamSubscription) -> tuple[bool, bool, float]:
    created = subscription.created_date
    return (
        subscription.status == ACTIVE,
        subscription.is_live,
        created.timestamp() if created else 0.0,
    )
