"""The ledger's table as one invocation reaches it: throttled, slow, silent, or gone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from recommendation_applier.domain.breaker import Breaker
from recommendation_applier.domain.campaign_pacing import Campaign, CampaignApplications
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.holds import Hold
from recommendation_applier.domain.ledger import (
    BatchRecord,
    Entry,
    Known,
    Standing,
    StoredEntry,
    Tombstone,
)
from tests.memory_ledger import MemoryLedger
from tests.simulation.effects import Effects, Invocation, Kill

Each = TypeVar("Each")
Answer = TypeVar("Answer")


@dataclass
class QuickLedger(MemoryLedger):
    """The ledger in memory, with an index by token: thousands of records are read by theirs."""

    numbers: dict[str, list[int]] = field(default_factory=dict)

    def records_of(self, tokens: AbstractSet[str]) -> Mapping[str, Sequence[BatchRecord]]:
        """See the port."""
        return {
            token: [self.records[token, each] for each in sorted(self.numbers.get(token, ()))]
            for token in tokens
        }

    def add_record(self, record: BatchRecord) -> bool:
        """See the port."""
        if (record.token, record.number) not in self.records:
            self.numbers.setdefault(record.token, []).append(record.number)
        return super().add_record(record)


class Watcher(Protocol):
    """Is told what became of the table, whatever the function learns of it."""

    def before_claim(self, recommendation_id: str) -> Standing:
        """Say how a recommendation stands that somebody is about to claim."""

    def on_claim(self, entry: Entry, before: Standing) -> None:
        """An entry was written."""

    def on_record(self, record: BatchRecord) -> None:
        """A record was written."""

    def on_follow_up(self, record: BatchRecord) -> None:
        """What the follow-up found was written."""

    def on_buried(self, recommendation_id: str) -> None:
        """A tombstone was written."""

    def on_breaker(self, breaker: Breaker, *, is_own: bool) -> None:
        """The breaker was read, or written by the one who runs."""

    def on_fault(self, invocation: Invocation) -> None:
        """The table failed *invocation*."""


@dataclass(frozen=True, slots=True)
class SimulatedTable:
    """Fits the store ports over what the world's table holds.

    What takes several writes is not atomic: others come between, and a kill may leave half of it.
    """

    memory: MemoryLedger
    effects: Effects
    watcher: Watcher

    # LedgerStore

    def put_new(self, entries: Sequence[Entry]) -> Mapping[str, Known | None]:
        """See the port."""

        def put(entry: Entry) -> Known | None:
            known = self.memory.put_new([entry])[entry.recommendation_id]
            if known is None:
                self.watcher.on_claim(entry, Standing.FREE)
            return known

        written = self._one_by_one("put_new", entries, put)
        return {entry.recommendation_id: known for entry, known in written}

    def take_over(self, entries: Sequence[tuple[Entry, Known]]) -> Mapping[str, Known | None]:
        """See the port."""

        def take(pair: tuple[Entry, Known]) -> Known | None:
            before = self.watcher.before_claim(pair[0].recommendation_id)
            known = self.memory.take_over([pair])[pair[0].recommendation_id]
            if known is None:
                self.watcher.on_claim(pair[0], before)
            return known

        written = self._one_by_one("take_over", entries, take)
        return {entry.recommendation_id: known for (entry, _), known in written}

    def hold(self, token: str, holds: Mapping[str, Hold]) -> AbstractSet[str]:
        """See the port."""

        def put(pair: tuple[str, Hold]) -> bool:
            return bool(self.memory.hold(token, dict([pair])))

        written = self._one_by_one("hold", list(holds.items()), put)
        return {name for (name, _), held in written if held}

    def entries_of(self, recommendation_ids: AbstractSet[str]) -> Mapping[str, StoredEntry | None]:
        """See the port."""

        def read(name: str) -> StoredEntry | None:
            return self.memory.entries_of({name})[name]

        return dict(self._one_by_one("entries_of", sorted(recommendation_ids), read, is_read=True))

    def bury(
        self, tombstones: Mapping[str, Tombstone], *, kept_until: datetime
    ) -> AbstractSet[str]:
        """See the port."""

        def put(pair: tuple[str, Tombstone]) -> None:
            self.memory.bury(dict([pair]), kept_until=kept_until)
            self.watcher.on_buried(pair[0])

        return {pair[0] for pair, _ in self._one_by_one("bury", list(tombstones.items()), put)}

    def records_of(self, tokens: AbstractSet[str]) -> Mapping[str, Sequence[BatchRecord]]:
        """See the port."""

        def read(token: str) -> Sequence[BatchRecord]:
            return self.memory.records_of({token})[token]

        return dict(self._one_by_one("records_of", sorted(tokens), read, is_read=True))

    def add_record(self, record: BatchRecord) -> bool:
        """See the port."""

        def add(record: BatchRecord) -> None:
            self.memory.add_record(record)
            self.watcher.on_record(record)

        return bool(self._one_by_one("add_record", [record], add))

    def remember_letters(
        self, positions: Mapping[str, AbstractSet[int]], *, kept_until: datetime
    ) -> None:
        """See the port."""

        def put(pair: tuple[str, AbstractSet[int]]) -> None:
            self.memory.remember_letters(dict([pair]), kept_until=kept_until)

        self._one_by_one("remember_letters", list(positions.items()), put)

    def letters_of(self, message_ids: AbstractSet[str]) -> Mapping[str, AbstractSet[int]]:
        """See the port."""

        def read(message_id: str) -> AbstractSet[int] | None:
            return self.memory.letters_of({message_id}).get(message_id)

        found = self._one_by_one("letters_of", sorted(message_ids), read, is_read=True)
        return {message_id: parts for message_id, parts in found if parts}

    # PacingStore

    def applications_of(
        self, campaigns: AbstractSet[Campaign]
    ) -> Mapping[Campaign, CampaignApplications]:
        """See the port."""

        def read(campaign: Campaign) -> CampaignApplications:
            return self.memory.applications_of({campaign})[campaign]

        those = sorted(campaigns, key=lambda each: (each.entity_id, each.campaign_id))
        return dict(self._one_by_one("applications_of", those, read, is_read=True))

    def save_applications(
        self, campaign: Campaign, applications: CampaignApplications, *, kept_until: datetime
    ) -> bool:
        """See the port."""

        def save(campaign: Campaign) -> bool:
            return self.memory.save_applications(campaign, applications, kept_until=kept_until)

        return any(saved for _, saved in self._one_by_one("save_applications", [campaign], save))

    # FollowUpStore

    def due(self, now: datetime, *, limit: int) -> Sequence[BatchRecord]:
        """See the port."""
        read = self._one_by_one(
            "due", [now], lambda now: self.memory.due(now, limit=limit), is_read=True
        )
        if not read:
            raise LedgerUnavailableError("the table was not read")
        return read[0][1]

    def save(self, record: BatchRecord, *, checks: int) -> bool:
        """See the port."""

        def save(record: BatchRecord) -> bool:
            saved = self.memory.save(record, checks=checks)
            if saved:
                self.watcher.on_follow_up(record)
            return saved

        return any(saved for _, saved in self._one_by_one("save", [record], save))

    # BreakerStore

    def read_breaker(self) -> Breaker:
        """See the port."""
        read = self._one_by_one(
            "read_breaker", [None], lambda _: self.memory.read_breaker(), is_read=True
        )
        if not read:
            raise LedgerUnavailableError("the table was not read")
        self.watcher.on_breaker(read[0][1], is_own=False)
        return read[0][1]

    def save_breaker(self, breaker: Breaker) -> bool:
        """See the port."""

        def save(breaker: Breaker) -> bool:
            saved = self.memory.save_breaker(breaker)
            if saved:
                self.watcher.on_breaker(breaker, is_own=True)
            return saved

        written = self._one_by_one("save_breaker", [breaker], save)
        return any(saved for _, saved in written)

    # What they have in common

    def _one_by_one(
        self,
        name: str,
        those: Sequence[Each],
        action: Callable[[Each], Answer],
        *,
        is_read: bool = False,
    ) -> list[tuple[Each, Answer]]:
        """Do *action* for each of *those*; give what is known to have worked."""
        if not those:
            return []
        random = self.effects.kernel.random
        kill = self.effects.begin(name)
        self.effects.task.pause(random.uniform(0.004, 0.04))
        middle = len(those) // 2 if random.random() < 0.5 else 0
        done = list(self._attempt(name, those[:middle], action, is_read=is_read))
        if middle:
            if kill is Kill.AFTER and random.random() < 0.5:
                self.effects.end(f"half of {name}", kill)
            self.effects.task.pause(random.uniform(0.004, 0.04))
        done += self._attempt(name, those[middle:], action, is_read=is_read)
        self.effects.end(name, kill)
        return done

    def _attempt(
        self, name: str, those: Iterable[Each], action: Callable[[Each], Answer], *, is_read: bool
    ) -> Iterable[tuple[Each, Answer]]:
        now, faults, random = self.effects.kernel.now, self.effects.faults, self._random
        if faults.is_down("ledger", now):
            self._fault("table gone", name)
            return
        refused = faults.chance("read refused" if is_read else "write refused", now)
        untold = 0.0 if is_read else faults.chance("write not told", now)
        for each in those:
            if refused and random() < refused:
                self._fault("read refused" if is_read else "write refused", name)
                continue
            answer = action(each)
            if untold and random() < untold:
                self._fault("write not told", name)
                continue
            yield each, answer

    def _random(self) -> float:
        return self.effects.kernel.random.random()

    def _fault(self, kind: str, name: str) -> None:
        effects = self.effects
        self.watcher.on_fault(effects.invocation)
        effects.story.fault(effects.kernel.now, effects.invocation.name, kind, name)
