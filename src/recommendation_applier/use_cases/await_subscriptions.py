"""Waits for subscriptions to become active, or to end."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from recommendation_applier.domain.errors import RefusedError, WaitError
from recommendation_applier.domain.stream_subscription import ON_THEIR_WAY
from recommendation_applier.domain.wanted_subscription import Profile
from recommendation_applier.use_cases.at_once import at_once
from recommendation_applier.use_cases.subscription_ports import Streams

GONE: Final = "NOT_VISIBLE"
"""Our word for a subscription that Amazon does not show any more."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A subscription that is on its way, and its status when it was last looked at."""

    profile: Profile
    subscription_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait while nothing changes, and how often to look. Times are in seconds."""

    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    seconds: float
    every: float

    def is_over(self, *, since: float) -> bool:
        """Tell whether no further look is worth waiting for, a moment after the last change."""
        return self.monotonic() + self.every > since + self.seconds


@dataclass(slots=True, kw_only=True)
class AwaitSubscriptions:
    """Looks again and again at what is on its way.

    *streams* is asked for anew with each look: what a look could not get answered, and whom it gave
    up for that, is no concern of the next.
    """

    streams: Callable[[], Streams]
    patience: Patience
    requests_at_once: int
    waiting: dict[str, Waiting] = field(default_factory=dict)
    """By subscription id."""

    def add(self, waiting: Waiting) -> None:
        """Wait for one more."""
        self.waiting[waiting.subscription_id] = waiting

    def is_waiting_for(self, waiting: Waiting) -> bool:
        """Tell whether a subscription is still on its way."""
        return waiting.subscription_id in self.waiting

    def run(self, *, until_at_most: int = 0) -> Iterator[Waiting]:
        """Give each change of a status, until no more than so many wait, or patience is over.

        The first look comes at once. Raises CredentialsRefusedError.
        """
        changed_at = self.patience.monotonic()
        while len(self.waiting) > until_at_most:
            for change in self._look(tuple(self.waiting.values())):
                changed_at = self.patience.monotonic()
                yield change
            if len(self.waiting) <= until_at_most or self.patience.is_over(since=changed_at):
                return
            self.patience.sleep(self.patience.every)

    def _look(self, waiting: Sequence[Waiting]) -> Iterator[Waiting]:
        streams = self.streams()
        looks = at_once(lambda each: _seen(streams, each), waiting, most=self.requests_at_once)
        for before, now in looks:
            if now.status not in ON_THEIR_WAY:
                del self.waiting[now.subscription_id]
            else:
                self.waiting[now.subscription_id] = now
            if now.status != before.status:
                yield now


def _seen(streams: Streams, waiting: Waiting) -> tuple[Waiting, Waiting]:
    try:
        found = streams.subscription(waiting.profile.profile_id, waiting.subscription_id)
    except WaitError:
        return waiting, waiting  # the next look may be answered
    except RefusedError:
        return waiting, Waiting(waiting.profile, waiting.subscription_id, GONE)
    return waiting, Waiting(waiting.profile, waiting.subscription_id, found.status)
