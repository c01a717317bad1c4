"""What the use cases about waiting dead letters need from outside, by shape."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from recommendation_applier.domain.ledger import BatchRecord, StoredEntry
from recommendation_applier.domain.waiting_letter import QueuedMessage, WaitingLetter

ReadLetter = Callable[[QueuedMessage], WaitingLetter]


class Look(Protocol):
    """One way through the dead-letter queue; nobody else sees what it has in hand.

    Whatever is not deleted is put back when it is over.
    """

    def messages(self) -> Iterator[Sequence[QueuedMessage]]:
        """Give every message once, some at a time."""

    def in_hand(self, message_ids: Collection[str]) -> AbstractSet[str]:
        """Name those that nobody else will see for another half minute."""

    def delete(self, message_ids: Collection[str]) -> Mapping[str, str]:
        """Delete messages that are in hand; say by id why one is not deleted for certain."""


class IngressBodies(Protocol):
    """The ingress queue, as letters come back to it."""

    def send(self, bodies: Sequence[str]) -> Mapping[int, str]:
        """Send *bodies*; say by position why one is not sent for certain."""


class LedgerWords(Protocol):
    """What the ledger knows of recommendations."""

    def entries_of(self, recommendation_ids: AbstractSet[str]) -> Mapping[str, StoredEntry | None]:
        """Give what is stored of each id. Raises LedgerUnavailableError."""

    def records_of(self, tokens: AbstractSet[str]) -> Mapping[str, Sequence[BatchRecord]]:
        """Give all records of each claim; what could not be read is left out."""


class LetterCopies(Protocol):
    """Where letters are written down before they are deleted."""

    def keep(self, letters: Sequence[QueuedMessage]) -> None:
        """Return once *letters* are there for certain. Raises OSError."""
