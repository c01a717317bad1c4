"""Subscribes any number of profiles, never more at a time than Amazon lets wait."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from recommendation_applier.domain.wanted_subscription import Profile
from recommendation_applier.use_cases.await_subscriptions import AwaitSubscriptions, Waiting
from recommendation_applier.use_cases.subscribe import (
    MOST_ON_THE_WAY,
    Subscribed,
    SubscribeOutcome,
    Subscribing,
)

_LEAST_ROOM: Final = 100
"""So many must have become active before more are made: each round reads the whole record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeAll:
    """Makes subscriptions, and waits for those before them where there are too many."""

    subscribing: Subscribing
    awaiting: AwaitSubscriptions
    most_on_the_way: int = MOST_ON_THE_WAY

    def run(self, profiles: Sequence[Profile]) -> Iterator[Subscribed | Waiting]:
        """Give what becomes of each profile, and each change of what was waited for meanwhile.

        Raises CredentialsRefusedError and LedgerUnavailableError.
        """
        rest = list(profiles)
        while rest:
            room = self.most_on_the_way - len(self.awaiting.waiting)
            if room <= 0:
                least = min(_LEAST_ROOM, self.most_on_the_way)
                yield from self.awaiting.run(until_at_most=self.most_on_the_way - least)
                if len(self.awaiting.waiting) >= self.most_on_the_way:
                    yield from map(self._no_room, rest)
                    return
                continue
            now, rest = rest[:room], rest[room:]
            for each in self.subscribing.subscribe(now):
                self.expect(each)
                yield each

    def expect(self, subscribed: Subscribed) -> None:
        """Wait for a subscription, if it is on its way."""
        if subscribed.is_on_its_way and subscribed.subscription_id and subscribed.status:
            self.awaiting.add(
                Waiting(subscribed.profile, subscribed.subscription_id, subscribed.status)
            )

    def _no_room(self, profile: Profile) -> Subscribed:
        return Subscribed(
            profile=profile,
            outcome=SubscribeOutcome.UNANSWERED,
            detail=f"{self.most_on_the_way} subscriptions wait for their confirmation, which is "
            "all that Amazon allows: run it again when they are active",
        )
