"""Subscribes profiles, once each: what is there already is found, and not made again."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from recommendation_applier.domain.errors import (
    ApplierError,
    ConflictError,
    RefusedError,
    WaitError,
)
from recommendation_applier.domain.stream_subscription import (
    ON_THEIR_WAY,
    PROVISIONING,
    StreamSubscription,
)
from recommendation_applier.domain.wanted_subscription import (
    Profile,
    WantedSubscription,
    belonging,
)
from recommendation_applier.use_cases.at_once import at_once
from recommendation_applier.use_cases.subscription_ports import Streams, WantedSubscriptions

MOST_ON_THE_WAY: Final = 1_500
"""Amazon lets a client have so many subscriptions that wait for their confirmation (guide,
"managing-subscriptions"). Those that other programs of the same client make are not seen here."""


class SubscribeOutcome(StrEnum):
    """What became of a profile."""

    CREATED = "CREATED"
    THERE_ALREADY = "THERE_ALREADY"
    WOULD_BE_CREATED = "WOULD_BE_CREATED"
    REFUSED = "REFUSED"
    UNANSWERED = "UNANSWERED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """What became of a profile, and the subscription that it has by now, if it has one."""

    profile: Profile
    outcome: SubscribeOutcome
    subscription_id: str | None = None
    status: str | None = None
    detail: str = ""

    @property
    def has_failed(self) -> bool:
        """Tell whether there is no subscription, though there should be."""
        return self.outcome in (SubscribeOutcome.REFUSED, SubscribeOutcome.UNANSWERED)

    @property
    def is_on_its_way(self) -> bool:
        """Tell whether it is not active yet, and may become so."""
        return self.status in ON_THEIR_WAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribing:
    """Looks first, and makes what is missing; several profiles at a time.

    *new_token* makes client request tokens of 22 to 36 characters, each of them once.
    """

    streams: Streams
    wanted: WantedSubscriptions
    queue_arn: str
    clock: Callable[[], datetime]
    new_token: Callable[[], str]
    requests_at_once: int

    def look(self, profiles: Sequence[Profile]) -> Iterator[Subscribed]:
        """Say of each profile whether it is subscribed already, as Amazon lists it.

        Nothing is written. Raises CredentialsRefusedError.
        """
        return at_once(self._look, profiles, most=self.requests_at_once)

    def adopt(self, found: Iterable[Subscribed]) -> None:
        """Put on record what a look has found, whoever made it; what stands there is left alone.

        Raises LedgerUnavailableError.
        """
        known = {each.profile.profile_id: each for each in self.wanted.all()}
        for each in found:
            self._record(each, known.get(each.profile.profile_id))

    def subscribe(self, profiles: Sequence[Profile]) -> Iterator[Subscribed]:
        """Subscribe *profiles*, of which a look has said that they are not.

        Each is on record before Amazon is asked. What no answer comes of is asked for again with
        the same token, in this run or in the next one. Raises as `look` does.
        """
        known = {each.profile.profile_id: each for each in self.wanted.all()}
        return at_once(
            lambda profile: self._subscribe(profile, known), profiles, most=self.requests_at_once
        )

    def _look(self, profile: Profile) -> Subscribed:
        try:
            live = self._live(profile)
        except (RefusedError, WaitError) as error:
            return _failed(profile, error)
        if live is None:
            return Subscribed(profile=profile, outcome=SubscribeOutcome.WOULD_BE_CREATED)
        return _found(profile, live)

    def _subscribe(self, profile: Profile, known: Mapping[str, WantedSubscription]) -> Subscribed:
        wanted = self._claim(profile, known.get(profile.profile_id))
        try:
            subscription_id = self.streams.create(
                profile.profile_id,
                queue_arn=self.queue_arn,
                client_request_token=wanted.client_request_token,
            )
        except ConflictError as error:
            return self._resolve(profile, wanted, error)
        except (RefusedError, WaitError) as error:
            return _failed(profile, error)
        self.wanted.update(replace(wanted, subscription_id=subscription_id, status=PROVISIONING))
        return Subscribed(
            profile=profile,
            outcome=SubscribeOutcome.CREATED,
            subscription_id=subscription_id,
            status=PROVISIONING,
        )

    def _claim(self, profile: Profile, before: WantedSubscription | None) -> WantedSubscription:
        """Put the wish on record; a request that nobody saw an answer of keeps its token."""
        is_open = before is not None and before.is_wanted and before.subscription_id is None
        if before is not None and is_open and before.destination_arn == self.queue_arn:
            return before
        return self.wanted.claim(self._wish(profile), replacing=before)

    def _wish(self, profile: Profile) -> WantedSubscription:
        return WantedSubscription(
            profile=profile,
            destination_arn=self.queue_arn,
            client_request_token=self.new_token(),
            requested_at=self.clock(),
        )

    def _resolve(
        self, profile: Profile, wanted: WantedSubscription, conflict: ConflictError
    ) -> Subscribed:
        """Find what a 409 says is there."""
        try:
            live = self._live(profile)
        except (RefusedError, WaitError) as error:
            return _failed(profile, error)
        if live is None:
            return Subscribed(
                profile=profile,
                outcome=SubscribeOutcome.REFUSED,
                detail=f"{conflict}; yet Amazon lists none for this queue: another login may have "
                "made it with the same client, and only that login can archive it",
            )
        self.wanted.update(wanted.seen(live))
        return _found(profile, live)

    def _live(self, profile: Profile) -> StreamSubscription | None:
        listed = self.streams.subscriptions(profile.profile_id)
        found = belonging(listed, destination_arn=self.queue_arn)
        return found[0] if found and found[0].is_live else None

    def _record(self, found: Subscribed, before: WantedSubscription | None) -> None:
        profile = found.profile
        if before is None or not before.is_wanted or before.destination_arn != self.queue_arn:
            wish = self._wish(profile)
            self.wanted.claim(_with_found(wish, found), replacing=before)
            return
        named = replace(before, profile=profile) if profile.name else before
        seen = _with_found(named, found)
        if seen != before:
            self.wanted.update(seen)


def _with_found(wanted: WantedSubscription, found: Subscribed) -> WantedSubscription:
    return replace(wanted, subscription_id=found.subscription_id, status=found.status)


def _found(profile: Profile, live: StreamSubscription) -> Subscribed:
    return Subscribed(
        profile=profile,
        outcome=SubscribeOutcome.THERE_ALREADY,
        subscription_id=live.subscription_id,
        status=live.status,
    )


def _failed(profile: Profile, error: ApplierError) -> Subscribed:
    refused = isinstance(error, RefusedError)
    return Subscribed(
        profile=profile,
        outcome=SubscribeOutcome.REFUSED if refused else SubscribeOutcome.UNANSWERED,
        detail=str(error) if refused else f"{error}; run it again: nothing is made twice",
    )
