"""Archives subscriptions on purpose, so that nobody misses them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from recommendation_applier.domain.errors import ConflictError, RefusedError, WaitError
from recommendation_applier.domain.stream_subscription import ACTIVE, ARCHIVED, StreamSubscription
from recommendation_applier.domain.wanted_subscription import Profile, WantedSubscription
from recommendation_applier.use_cases.at_once import at_once
from recommendation_applier.use_cases.subscription_ports import Streams, WantedSubscriptions


class ArchiveOutcome(StrEnum):
    """What became of a subscription, or of a profile that has none."""

    ARCHIVED = "ARCHIVED"
    WOULD_BE_ARCHIVED = "WOULD_BE_ARCHIVED"
    NONE_LEFT = "NONE_LEFT"
    NOT_YET = "NOT_YET"
    REFUSED = "REFUSED"
    UNANSWERED = "UNANSWERED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """What became of one subscription of a profile; *subscription* is None where it has none."""

    profile: Profile
    outcome: ArchiveOutcome
    subscription: StreamSubscription | None = None
    detail: str = ""

    @property
    def has_failed(self) -> bool:
        """Tell whether it may still deliver, though it should not."""
        return self.outcome in (
            ArchiveOutcome.NOT_YET,
            ArchiveOutcome.REFUSED,
            ArchiveOutcome.UNANSWERED,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSubscriptions:
    """Archives what is live of this queue; with *of_all_queues*, of every other one as well."""

    streams: Streams
    wanted: WantedSubscriptions
    queue_arn: str
    of_all_queues: bool
    clock: Callable[[], datetime]
    requests_at_once: int

    def look(self, profiles: Sequence[Profile]) -> Iterator[Archived]:
        """Say what there is to archive. Raises CredentialsRefusedError."""
        for found in at_once(self._look, profiles, most=self.requests_at_once):
            yield from found

    def archive(self, looked_at: Sequence[Archived]) -> Iterator[Archived]:
        """Archive what a look has found, and remember of each profile that it is not wanted.

        What has ended already needs nothing of Amazon, and is not missed any more either. Raises
        CredentialsRefusedError and LedgerUnavailableError.
        """
        known = {each.profile.profile_id: each for each in self.wanted.all()}
        for each in at_once(self._archive, looked_at, most=self.requests_at_once):
            if each.outcome in (ArchiveOutcome.ARCHIVED, ArchiveOutcome.NONE_LEFT):
                self._forget(each, known)
            yield each

    def _look(self, profile: Profile) -> list[Archived]:
        try:
            listed = [
                each
                for each in self.streams.subscriptions(profile.profile_id)
                if each.is_live and each.is_recommendations and self._is_meant(each)
            ]
        except (RefusedError, WaitError) as error:
            return [_failed(profile, None, error)]
        if not listed:
            return [Archived(profile=profile, outcome=ArchiveOutcome.NONE_LEFT)]
        return [_found(profile, each) for each in listed]

    def _is_meant(self, subscription: StreamSubscription) -> bool:
        return self.of_all_queues or subscription.destination_arn == self.queue_arn

    def _archive(self, found: Archived) -> Archived:
        subscription = found.subscription
        if found.outcome is not ArchiveOutcome.WOULD_BE_ARCHIVED or subscription is None:
            return found
        profile_id, subscription_id = found.profile.profile_id, subscription.subscription_id
        try:
            self.streams.archive(profile_id, subscription_id)
        except ConflictError as error:
            # A repeated request, whose first answer was lost, meets its own work.
            if not self._is_archived(profile_id, subscription_id):
                return _failed(found.profile, subscription, error)
        except (RefusedError, WaitError) as error:
            return _failed(found.profile, subscription, error)
        return replace(
            found,
            outcome=ArchiveOutcome.ARCHIVED,
            subscription=replace(subscription, status=ARCHIVED),
        )

    def _is_archived(self, profile_id: str, subscription_id: str) -> bool:
        try:
            return self.streams.subscription(profile_id, subscription_id).status == ARCHIVED
        except (RefusedError, WaitError):
            return False

    def _forget(self, done: Archived, known: Mapping[str, WantedSubscription]) -> None:
        wanted = known.get(done.profile.profile_id)
        other = done.subscription
        is_foreign = other is not None and other.destination_arn != self.queue_arn
        if wanted is None or not wanted.is_wanted or is_foreign:
            return
        status = other.status if other else wanted.status
        self.wanted.update(replace(wanted, archived_at=self.clock(), ailment=None, status=status))


def _found(profile: Profile, subscription: StreamSubscription) -> Archived:
    if subscription.status == ACTIVE:
        outcome, detail = ArchiveOutcome.WOULD_BE_ARCHIVED, ""
    else:
        outcome = ArchiveOutcome.NOT_YET
        detail = (
            f"it is {subscription.status}, and Amazon archives only what is ACTIVE: run it again "
            "when it is, or when it has ended"
        )
    return Archived(profile=profile, outcome=outcome, subscription=subscription, detail=detail)


def _failed(
    profile: Profile, subscription: StreamSubscription | None, error: RefusedError | WaitError
) -> Archived:
    refused = isinstance(error, RefusedError)
    return Archived(
        profile=profile,
        outcome=ArchiveOutcome.REFUSED if refused else ArchiveOutcome.UNANSWERED,
        subscription=subscription,
        detail=str(error) if refused else f"{error}; run it again",
    )
