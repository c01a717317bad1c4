"""What has to do with subscriptions of Marketing Stream, as the use cases need it."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from recommendation_applier.domain.stream_subscription import StreamSubscription
from recommendation_applier.domain.wanted_subscription import WantedSubscription


class Streams(Protocol):
    """Amazon's subscriptions, for several threads at once.

    Raises ProfileRefusedError, ConflictError and RefusedError, which say what to do, and
    RetryableError where it may work later.
    """

    def create(
        self, profile_id: str, *, queue_arn: str, client_request_token: str, notes: str = ""
    ) -> str:
        """Subscribe a queue to the recommendations of a profile; give the subscription's id."""

    def subscriptions(self, profile_id: str) -> Iterator[StreamSubscription]:
        """Give every subscription of a profile that is to be seen."""

    def subscription(self, profile_id: str, subscription_id: str) -> StreamSubscription:
        """Read one."""

    def archive(self, profile_id: str, subscription_id: str) -> None:
        """End one for good, if it is ACTIVE."""


class WantedSubscriptions(Protocol):
    """The record of what ought to be subscribed. Raises LedgerUnavailableError."""

    def all(self) -> Sequence[WantedSubscription]:
        """Give every record in the order of profile ids."""

    def claim(
        self, wanted: WantedSubscription, *, replacing: WantedSubscription | None
    ) -> WantedSubscription:
        """Put *wanted* on record unless another run was faster; give what is on record then."""

    def update(self, wanted: WantedSubscription) -> bool:
        """Keep what was seen of *wanted*, if it is still the same request; tell whether it is."""

    def last_checked(self) -> str | None:
        """Give the profile that the last check ended with, where it did not look at all."""

    def save_last_checked(self, profile_id: str) -> None:
        """Remember how far a check was."""
