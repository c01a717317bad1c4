"""The ledger in memory: fits the store ports, and lets a test look inside.

tests/contract/test_ledger_stores.py holds it and the adapters of DynamoDB to one contract.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from threading import RLock

from recommendation_applier.domain.breaker import Breaker
from recommendation_applier.domain.campaign_pacing import Campaign, CampaignApplications
from recommendation_applier.domain.campaign_settings import CampaignSettings
from recommendation_applier.domain.dates import FOR_EVER
from recommendation_applier.domain.held import (
    ActionTaken,
    Held,
    HeldOverview,
    OperatorAction,
    Veto,
    waiting,
)
from recommendation_applier.domain.holds import Hold, Release
from recommendation_applier.domain.ledger import (
    BatchRecord,
    Claim,
    Entry,
    Known,
    StoredEntry,
    Tombstone,
)


@dataclass
class MemoryLedger:
    """Fits LedgerStore, HeldStore, PacingStore, FollowUpStore and BreakerStore.

    An id may have an entry, a tombstone or both; *records* are keyed by token and number;
    *kept_until* is that of ids and messages. Nothing is forgotten.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    tombstones: dict[str, Tombstone] = field(default_factory=dict)
    records: dict[tuple[str, int], BatchRecord] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    releases: dict[str, Release] = field(default_factory=dict)
    actions: dict[str, list[ActionTaken]] = field(default_factory=dict)
    campaigns: dict[Campaign, CampaignApplications] = field(default_factory=dict)
    letters: dict[str, frozenset[int]] = field(default_factory=dict)
    breaker: Breaker = field(default_factory=Breaker)
    kept_until: dict[str, datetime] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock, repr=False)

    def known(self, recommendation_id: str) -> Known | None:
        """Give what stands there for an id; None where nothing does."""
        entry = self.entries.get(recommendation_id)
        tombstone = self.tombstones.get(recommendation_id)
        if entry is None and tombstone is None:
            return None
        return Known(claim=entry.claim if entry else None, tombstone=tombstone)

    # LedgerStore

    def put_new(self, entries: Sequence[Entry]) -> Mapping[str, Known | None]:
        """See the port."""
        return {entry.recommendation_id: self._put_new(entry) for entry in entries}

    def take_over(self, entries: Sequence[tuple[Entry, Known]]) -> Mapping[str, Known | None]:
        """See the port."""
        return {entry.recommendation_id: self._take_over(entry, known) for entry, known in entries}

    def hold(self, token: str, holds: Mapping[str, Hold]) -> AbstractSet[str]:
        """See the port."""
        with self._lock:
            mine = {
                each
                for each in holds
                if each in self.entries and self.entries[each].claim.token == token
            }
            self.holds.update({each: holds[each] for each in mine})
        return mine

    def entries_of(self, recommendation_ids: AbstractSet[str]) -> Mapping[str, StoredEntry | None]:
        """See the port."""
        return {each: self.stored(each) for each in recommendation_ids}

    def stored(self, recommendation_id: str) -> StoredEntry | None:
        """Give all that stands there for an id; None where nothing does."""
        with self._lock:
            if self.known(recommendation_id) is None:
                return None
            return StoredEntry(
                self._owned(self.entries.get(recommendation_id)),
                self.tombstones.get(recommendation_id),
                self.holds.get(recommendation_id),
                self.releases.get(recommendation_id),
            )

    def bury(
        self, tombstones: Mapping[str, Tombstone], *, kept_until: datetime
    ) -> AbstractSet[str]:
        """See the port."""
        with self._lock:
            for recommendation_id, tombstone in tombstones.items():
                standing = self.tombstones.get(recommendation_id)
                if standing is None or standing.as_of <= tombstone.as_of:
                    self.tombstones[recommendation_id] = tombstone
                    self._keep(recommendation_id, kept_until)
        return set(tombstones)

    def records_of(self, tokens: AbstractSet[str]) -> Mapping[str, Sequence[BatchRecord]]:
        """See the port."""
        with self._lock:
            return {
                token: [
                    record for (owner, _), record in sorted(self.records.items()) if owner == token
                ]
                for token in tokens
            }

    def add_record(self, record: BatchRecord) -> bool:
        """See the port; a follow-up that has begun is not put back."""
        with self._lock:
            kept = self.records.get((record.token, record.number))
            if kept is None or kept.follow_up is None or not kept.follow_up.checks:
                self.records[record.token, record.number] = record
        return True

    def remember_letters(
        self, positions: Mapping[str, AbstractSet[int]], *, kept_until: datetime
    ) -> None:
        """See the port."""
        with self._lock:
            for message_id, parts in positions.items():
                if parts:
                    self.letters[message_id] = self.letters.get(message_id, frozenset()) | parts
                    self._keep(message_id, kept_until)

    def letters_of(self, message_ids: AbstractSet[str]) -> Mapping[str, AbstractSet[int]]:
        """See the port."""
        with self._lock:
            return {each: self.letters[each] for each in message_ids if each in self.letters}

    # HeldStore

    def held(self, *, after: datetime) -> Iterator[Held]:
        """See the port."""
        return self.ending_before(FOR_EVER, after=after)

    def ending_before(self, limit: datetime, *, after: datetime) -> Iterator[Held]:
        """See the port."""
        with self._lock:
            ends = sorted((hold.until or FOR_EVER, each) for each, hold in self.holds.items())
            found = [waiting(self.stored(each)) for until, each in ends if after < until <= limit]
        return iter([each for each in found if isinstance(each, Held)])

    def overview(self, *, after: datetime) -> HeldOverview:
        """See the port; the first to end are all of them."""
        with self._lock:
            ends = [hold.until or FOR_EVER for hold in self.holds.values()]
        return HeldOverview(sum(after < end for end in ends), list(self.held(after=after)))

    def release(self, releases: Mapping[str, Release]) -> Mapping[str, StoredEntry | None]:
        """See the port."""
        answers: dict[str, StoredEntry | None] = {}
        for each, word in releases.items():
            with self._lock:
                answers[each] = self._standing_against(each, word.published_date)
                if answers[each] is None:
                    self.releases[each] = word
                    self._note(each, OperatorAction.RELEASED, word)
        return answers

    def reject(self, vetoes: Mapping[str, Veto]) -> Mapping[str, StoredEntry | None]:
        """See the port."""
        answers: dict[str, StoredEntry | None] = {}
        for each, word in vetoes.items():
            with self._lock:
                standing = self._standing_against(each, word.published_date)
                tombstone = self.tombstones.get(each)
                if tombstone is not None and tombstone.as_of > word.tombstone.as_of:
                    standing = self.stored(each)
                answers[each] = standing
                if standing is None:
                    self.tombstones[each] = word.tombstone
                    del self.holds[each]
                    self._note(each, OperatorAction.REJECTED, word)
        return answers

    # PacingStore

    def applications_of(
        self, campaigns: AbstractSet[Campaign]
    ) -> Mapping[Campaign, CampaignApplications]:
        """See the port."""
        with self._lock:
            return {each: self.campaigns.get(each, CampaignApplications()) for each in campaigns}

    def save_applications(
        self, campaign: Campaign, applications: CampaignApplications, *, kept_until: datetime
    ) -> bool:
        """See the port."""
        with self._lock:
            kept = self.campaigns.get(campaign, CampaignApplications())
            if kept.version != applications.version - 1:
                return False
            self.campaigns[campaign] = applications
            self._keep(str(campaign), kept_until)
        return True

    # FollowUpStore

    def due(self, now: datetime, *, limit: int) -> Sequence[BatchRecord]:
        """See the port."""
        with self._lock:
            waiting = [
                (record.follow_up.due, key)
                for key, record in self.records.items()
                if record.follow_up and record.follow_up.due and record.follow_up.due <= now
            ]
            return [self.records[key] for _, key in sorted(waiting)[:limit]]

    def save(self, record: BatchRecord, *, checks: int) -> bool:
        """See the port."""
        key = (record.token, record.number)
        with self._lock:
            kept = self.records.get(key)
            if kept is None or kept.follow_up is None or kept.follow_up.checks != checks:
                return False
            self.records[key] = record
        return True

    # BreakerStore

    def read_breaker(self) -> Breaker:
        """See the port."""
        return self.breaker

    def save_breaker(self, breaker: Breaker) -> bool:
        """See the port."""
        with self._lock:
            if self.breaker.version != breaker.version - 1:
                return False
            self.breaker = breaker
        return True

    # One entry at a time

    def _standing_against(
        self, recommendation_id: str, published_date: datetime | None
    ) -> StoredEntry | None:
        stored = self.stored(recommendation_id) or StoredEntry(None)
        if stored.entry is None or stored.hold is None:
            return stored
        is_the_same = stored.entry.recommendation.published_date == published_date
        return None if is_the_same else stored

    def _note(self, recommendation_id: str, what: OperatorAction, word: Release | Veto) -> None:
        taken = ActionTaken(word.at, word.by, what, word.why)
        self.actions.setdefault(recommendation_id, []).append(taken)

    def _put_new(self, entry: Entry) -> Known | None:
        with self._lock:
            standing = self.known(entry.recommendation_id)
            if standing is None:
                self.entries[entry.recommendation_id] = entry
                self._keep(entry.recommendation_id, entry.kept_until)
            return standing

    def _take_over(self, entry: Entry, known: Known) -> Known | None:
        with self._lock:
            standing = self.known(entry.recommendation_id) or Known()
            if (_token(standing.claim), _as_of(standing.tombstone)) != (
                _token(known.claim),
                _as_of(known.tombstone),
            ):
                return standing
            old = self.entries.get(entry.recommendation_id)
            self.entries[entry.recommendation_id] = _over(old, entry) if old else entry
            self.holds.pop(entry.recommendation_id, None)
            self._keep(entry.recommendation_id, entry.kept_until)
            return None

    @staticmethod
    def _owned(entry: Entry | None) -> Entry | None:
        """Read an entry: the opportunity that it was claimed under is its own by then."""
        if entry is None:
            return None
        own = entry.partner_opportunity_id
        recommendation = replace(entry.recommendation, partner_opportunity_id=own)
        return replace(entry, recommendation=recommendation)

    def _keep(self, key: str, moment: datetime) -> None:
        self.kept_until[key] = moment


def _over(old: Entry, new: Entry) -> Entry:
    """Write *new* over *old*: what it does not say of the recommendation stays as it was."""
    found = new.recommendation
    values = {each.name: getattr(found, each.name) for each in fields(found)}
    said = {name: value for name, value in values.items() if _says_anything(value)}
    return replace(new, recommendation=replace(old.recommendation, **said))


def _says_anything(value: object) -> bool:
    """Tell whether *value* is kept: of settings, what is not made of nulls and empties alone."""
    if isinstance(value, CampaignSettings):
        return _says_anything(value.current) or _says_anything(value.recommended)
    if isinstance(value, Mapping):
        return any(_says_anything(each) for each in value.values())
    return value not in (None, "", [])


def _token(claim: Claim | None) -> str | None:
    return claim.token if claim else None


def _as_of(tombstone: Tombstone | None) -> datetime | None:
    return tombstone.as_of if tombstone else None
