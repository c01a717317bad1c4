"""A ledger that does not always answer, and that lets others in between two calls."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from recommendation_applier.domain.holds import Hold
from recommendation_applier.domain.ledger import BatchRecord, Entry, Known, StoredEntry, Tombstone
from tests.memory_ledger import MemoryLedger


@dataclass
class ScriptedLedger(MemoryLedger):
    """Does what it is asked, and tells of it as it is told to."""

    silent: frozenset[str] = frozenset()
    """Names of the port's methods that give no answer, though they do what they are asked."""
    hidden: frozenset[str] = frozenset()
    """Recommendations of which `put_new` gives no answer."""
    meanwhile: list[Callable[[], None]] = field(default_factory=list)
    """What others do, one each time, after somebody has looked at what stands there."""
    calls: list[str] = field(default_factory=list)
    asked_for_letters: list[AbstractSet[str]] = field(default_factory=list)

    def put_new(self, entries: Sequence[Entry]) -> Mapping[str, Known | None]:
        """See the port."""
        self.calls.append("put_new")
        answer = super().put_new(entries)
        self._let_others_in()
        if "put_new" in self.silent:
            return {}
        return {name: known for name, known in answer.items() if name not in self.hidden}

    def take_over(self, entries: Sequence[tuple[Entry, Known]]) -> Mapping[str, Known | None]:
        """See the port."""
        self.calls.append("take_over")
        answer = super().take_over(entries)
        self._let_others_in()
        return {} if "take_over" in self.silent else answer

    def hold(self, token: str, holds: Mapping[str, Hold]) -> AbstractSet[str]:
        """See the port."""
        self.calls.append("hold")
        held = super().hold(token, holds)
        return frozenset() if "hold" in self.silent else held

    def entries_of(self, recommendation_ids: AbstractSet[str]) -> Mapping[str, StoredEntry | None]:
        """See the port."""
        self.calls.append("entries_of")
        return {} if "entries_of" in self.silent else super().entries_of(recommendation_ids)

    def records_of(self, tokens: AbstractSet[str]) -> Mapping[str, Sequence[BatchRecord]]:
        """See the port."""
        self.calls.append("records_of")
        return {} if "records_of" in self.silent else super().records_of(tokens)

    def add_record(self, record: BatchRecord) -> bool:
        """See the port."""
        return super().add_record(record) and "add_record" not in self.silent

    def bury(
        self, tombstones: Mapping[str, Tombstone], *, kept_until: datetime
    ) -> AbstractSet[str]:
        """See the port."""
        self.calls.append("bury")
        buried = super().bury(tombstones, kept_until=kept_until)
        return frozenset() if "bury" in self.silent else buried

    def remember_letters(
        self, positions: Mapping[str, AbstractSet[int]], *, kept_until: datetime
    ) -> None:
        """See the port."""
        self.calls.append("remember_letters")
        super().remember_letters(positions, kept_until=kept_until)

    def letters_of(self, message_ids: AbstractSet[str]) -> Mapping[str, AbstractSet[int]]:
        """See the port."""
        self.calls.append("letters_of")
        self.asked_for_letters.append(message_ids)
        return super().letters_of(message_ids)

    def _let_others_in(self) -> None:
        if self.meanwhile:
            self.meanwhile.pop(0)()
