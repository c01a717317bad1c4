"""The figures of a report on all that the ledger knows: counted, summed, and cut to a page. No I/O.

Every recommendation is counted once, however often it was delivered or claimed, and on the day on
which it was published. Memory grows with accounts, types and days, and not with recommendations.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final, Generic, TypeVar

from recommendation_applier.domain.delays import Delays
from recommendation_applier.domain.fate import Fate, Outcome
from recommendation_applier.domain.ledger import Entry
from recommendation_applier.domain.marketplaces import one_code
from recommendation_applier.domain.movements import Movements

RANKED: Final = 20
"""Types and accounts that are told one by one; the others are told as one sum."""

NO_TYPE: Final = "(no type)"

Tally = Counter[Outcome]
"""Recommendations by where they stand."""


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """An advertiser in a marketplace, by the ids and the code that people know it by."""

    encrypted_advertiser_id: str
    entity_id: str
    marketplace: str

    def __str__(self) -> str:
        """Name it the way the operator's command does."""
        return f"{self.encrypted_advertiser_id} {self.marketplace}"


Key = TypeVar("Key", str, Account)


@dataclass(frozen=True, slots=True)
class Span:
    """From *since* on and before *until*; None is for no bound."""

    since: datetime | None = None
    until: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Tell whether *moment* is in it."""
        return (self.since is None or self.since <= moment) and (
            self.until is None or moment < self.until
        )


@dataclass(frozen=True, slots=True)
class Ranking(Generic[Key]):
    """Those with most recommendations, the largest first, and the sum of all *others*."""

    rows: tuple[tuple[Key, Tally], ...]
    others: int
    rest: Tally


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts recommendations, one by one and in any order; *span* says which.

    *unseen* counts those of which nothing but a removal ever came, by its day; *failures* and
    *holds* those that are FAILED or DEAD_LETTERED, and HELD, by why. *released* are those that a
    person let go, of the *delays* from publication to acceptance; they are among *delays* too.
    *undated* were accepted, and nobody knows when they were published.
    """

    span: Span = field(default_factory=Span)
    total: Tally = field(default_factory=Counter)
    unseen: Counter[date] = field(default_factory=Counter)
    by_type: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Counter))
    by_account: defaultdict[Account, Tally] = field(default_factory=lambda: defaultdict(Counter))
    by_day: defaultdict[date, Tally] = field(default_factory=lambda: defaultdict(Counter))
    failures: Counter[str] = field(default_factory=Counter)
    holds: Counter[str] = field(default_factory=Counter)
    applied: Movements = field(default_factory=Movements)
    pending: Movements = field(default_factory=Movements)
    delays: Delays = field(default_factory=Delays)
    released: Delays = field(default_factory=Delays)
    undated: Tally = field(default_factory=Counter)

    @property
    def came(self) -> int:
        """All that were counted, wherever they stand."""
        return self.total.total()

    def add(self, entry: Entry, fate: Fate) -> None:
        """Count a recommendation, if it was published in the span.

        One without a date counts from when it was last claimed.
        """
        recommendation = entry.recommendation
        published = recommendation.published_date or entry.claim.claimed_at
        if not self.span.covers(published):
            return
        account = recommendation.advertiser
        place = Account(
            account.encrypted_advertiser_id, account.entity_id, one_code(account.marketplace)
        )
        for tally in (
            self.total,
            self.by_type[recommendation.type or NO_TYPE],
            self.by_account[place],
            self.by_day[published.astimezone(UTC).date()],
        ):
            tally[fate.outcome] += 1
        if fate.outcome in (Outcome.FAILED, Outcome.DEAD_LETTERED):
            self.failures[fate.reason] += 1
        elif fate.outcome is Outcome.HELD:
            self.holds[fate.reason] += 1
        elif fate.outcome is Outcome.APPLIED:
            self.applied.add(recommendation)
        elif fate.outcome is Outcome.PENDING:
            self.pending.add(recommendation)
        if fate.accepted_at is None:
            return
        if recommendation.published_date is None:
            self.undated[fate.outcome] += 1
            return
        delay = fate.accepted_at - recommendation.published_date
        for delays in [self.delays, *([self.released] if entry.decided_by.released_by else [])]:
            delays.add(delay)

    def add_unseen(self, removed_as_of: datetime) -> None:
        """Count one of which only its removal came, if that was in the span."""
        if self.span.covers(removed_as_of):
            self.unseen[removed_as_of.astimezone(UTC).date()] += 1

    def types(self) -> Ranking[str]:
        """Rank the types."""
        return _rank(self.by_type)

    def accounts(self) -> Ranking[Account]:
        """Rank the accounts."""
        return _rank(self.by_account)


def _rank(tallies: Mapping[Key, Tally]) -> Ranking[Key]:
    ranked = sorted(tallies.items(), key=lambda each: (-each[1].total(), each[0]))
    others = ranked[RANKED:]
    return Ranking(tuple(ranked[:RANKED]), len(others), _sum(tally for _, tally in others))


def _sum(tallies: Iterable[Tally]) -> Tally:
    total: Tally = Counter()
    for tally in tallies:
        total.update(tally)
    return total
