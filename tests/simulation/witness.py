"""Sees everything that happens in a world and keeps the books that the invariants ask."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias, TypeVar

from recommendation_applier.domain.breaker import Breaker
from recommendation_applier.domain.ledger import (
    BatchRecord,
    Standing,
    Tombstone,
    Verdict,
    standing_of,
)
from recommendation_applier.use_cases.follow_up import EndedApplication
from tests.memory_ledger import MemoryLedger
from tests.simulation.amazon import Amazon
from tests.simulation.answers import Request
from tests.simulation.clock import date_of, moment_of
from tests.simulation.effects import Invocation
from tests.simulation.kernel import Kernel
from tests.simulation.login import Login
from tests.simulation.meaning import LATEST, Kind, Meaning, meanings_of
from tests.simulation.queues import Message, Queue
from tests.simulation.story import Story
from tests.simulation.workload import Workload

Subject = TypeVar("Subject")
Found: TypeAlias = Iterator[str]
"""What an invariant finds wrong, a sentence each; nothing where it holds."""

_THE_END_OF_TIME = 9000
"""A year: nothing of the simulation is dated later, so that it stands for ever."""


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that did not hold, named as the function that says so."""

    invariant: str
    detail: str
    moment: float


@dataclass(slots=True)
class Conduct:
    """What one invocation has done so far."""

    requests: list[Request] = field(default_factory=list)
    waiting: int = 0
    """Requests whose answer has not come."""
    retry_until: float = 0.0
    """Amazon asked it to wait until then."""
    is_answered: bool = False
    """Amazon has answered it, whatever it said."""
    breaker: Breaker | None = None
    """As it read or wrote it last."""
    wrote_breaker: bool = False


@dataclass(slots=True, kw_only=True)
class Witness:
    """The books of one world."""

    kernel: Kernel
    story: Story
    workload: Workload
    amazon: Amazon
    memory: MemoryLedger
    login: Login
    ingress: Queue
    dead_letters: Queue
    violations: list[Violation] = field(default_factory=list)
    conducts: dict[str, Conduct] = field(default_factory=dict)
    in_flight: dict[str, int] = field(default_factory=dict)
    """By recommendation id, the apply request whose client waits for the answer."""
    buried: list[tuple[float, str, Tombstone]] = field(default_factory=list)
    records: dict[str, list[BatchRecord]] = field(default_factory=dict)
    """By the token of their claim, as they were written first."""
    sent: Counter[str] = field(default_factory=Counter)
    """In how many apply requests each id has been."""
    asked: Counter[str] = field(default_factory=Counter)
    """In how many applicationStatus requests each id has been."""
    settled_at: dict[str, float] = field(default_factory=dict)
    """When the ledger first had the end of an accepted id's application."""
    followed: set[str] = field(default_factory=set)
    """Ids whose application the ledger has ever promised to follow."""
    seen_failing: set[str] = field(default_factory=set)
    """Ids of whose application the apply function has read that it failed: what is delivered or
    redriven after that is tried again."""
    superseded: set[tuple[str, float]] = field(default_factory=set)
    """Publications, by id and date, of which a copy was let go since a later one spoke for it."""
    duplicated: set[str] = field(default_factory=set)
    """Ids of messages that SQS delivered while they were in somebody's hands."""
    races: int = 0
    """Times that an id was sent while an earlier request with it was late, and SQS to blame."""
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    follow_up_disturbed: bool = False
    requests: Counter[str] = field(default_factory=Counter)
    made: list[Request] = field(default_factory=list)
    """All of them, in order."""

    def check(
        self, invariants: Sequence[Callable[["Witness", Subject], Iterator[str]]], subject: Subject
    ) -> None:
        """Ask *invariants* about *subject*; the first that does not hold ends the world."""
        for invariant in invariants:
            for detail in invariant(self, subject):
                self.violate(invariant.__name__, detail)

    def violate(self, invariant: str, detail: str) -> None:
        """Note that *invariant* does not hold, and end the world."""
        self.story.tell(self.kernel.now, "VIOLATION", f"{invariant}:", detail)
        self.violations.append(Violation(invariant, detail, self.kernel.now))
        self.kernel.stopped = True

    # What the invariants ask

    def standing(self, recommendation_id: str) -> Standing:
        """Say what the ledger has of a recommendation at this moment, whoever can read it."""
        entry = self.memory.entries.get(recommendation_id)
        if entry is None:
            return Standing.FREE
        records = self.records.get(entry.claim.token, ())
        return standing_of(recommendation_id, entry.claim, records, now=date_of(self.kernel.now))

    def is_kept_back(self, recommendation_id: str) -> bool:
        """Tell whether it is on record as held, or as ignored by the policy."""
        return any(
            recommendation_id in record.verdicts.get(verdict, ())
            for record in self.memory.records.values()
            for verdict in (Verdict.HELD, Verdict.IGNORED)
        )

    def removed_until(self, recommendation_id: str, *, before: float = LATEST) -> float | None:
        """Say until when what was published is taken back, as the ledger had it *before*."""
        reaches = [
            reach_of(tombstone)
            for moment, name, tombstone in self.buried
            if name == recommendation_id and moment < before
        ]
        return max(reaches, default=None)

    def conduct(self, invocation: Invocation) -> Conduct:
        """Give the book of *invocation*."""
        return self.conducts.setdefault(invocation.name, Conduct())

    def waiting(self, *, but: Message | None = None) -> Iterator[Meaning]:
        """Say what waits on either queue, *but* for one message."""
        for queue in (self.ingress, self.dead_letters):
            for message in queue.messages.values():
                if message is not but:
                    yield from meanings_of(message.body)

    # What is noted

    def note_request(self, request: Request) -> None:
        """A client made *request*."""
        self.requests[request.operation] += 1
        self.made.append(request)
        conduct = self.conduct(request.invocation)
        conduct.requests.append(request)
        conduct.waiting += 1
        (self.sent if request.operation == "apply" else self.asked).update(request.ids)
        if request.operation == "apply":
            self.in_flight.update(dict.fromkeys(request.ids, request.number))

    def note_end_of_request(self, request: Request) -> None:
        """Its client waits for it no more."""
        self.conduct(request.invocation).waiting -= 1
        for recommendation_id in request.ids:
            if self.in_flight.get(recommendation_id) == request.number:
                del self.in_flight[recommendation_id]

    def note_answer(self, request: Request, status: int, retry_after: float | None) -> None:
        """The client of *request* got an answer."""
        conduct = self.conduct(request.invocation)
        if retry_after is not None:
            conduct.retry_until = max(conduct.retry_until, self.kernel.now + retry_after)
        if status < 500 and status != 429:
            conduct.is_answered = True
        if request.operation == "applicationStatus" and request.invocation.bodies:
            self.seen_failing.update(
                name for name in request.ids if self.amazon.status_of(name) == "FAILED"
            )

    def note_breaker(self, invocation: Invocation, breaker: Breaker, *, is_own: bool) -> None:
        """An invocation read or wrote the breaker."""
        conduct = self.conduct(invocation)
        conduct.breaker, conduct.wrote_breaker = breaker, is_own

    def note_record(self, record: BatchRecord) -> None:
        """A record was written."""
        self.records.setdefault(record.token, []).append(record)
        if record.follow_up is not None:
            self.followed.update(record.follow_up.pending)

    def note_follow_up(self, record: BatchRecord) -> None:
        """What the follow-up found was written."""
        pending = record.follow_up.pending if record.follow_up else ()
        for recommendation_id in record.accepted:
            if recommendation_id in self.followed and recommendation_id not in pending:
                self.settled_at.setdefault(recommendation_id, self.kernel.now)

    def note_superseded(self, older: Meaning, bodies: Iterable[str], *, but: Message) -> None:
        """*but*, which holds *older*, is deleted: a later one may speak for it by now."""
        beside = (each for body in bodies for each in meanings_of(body))
        if any(
            each.kind is older.kind
            and each.recommendation_id == older.recommendation_id
            and each.published_at > older.published_at
            for each in (*beside, *self.waiting(but=but))
        ):
            self.superseded.add((older.recommendation_id, older.published_at))

    def note_duplicate(self, message: Message) -> None:
        """SQS delivers *message* once more, although somebody has it."""
        self.duplicated.update(each.recommendation_id for each in meanings_of(message.body))

    def note_told(self, ended: Sequence[EndedApplication]) -> None:
        """The follow-up named applications that came to another end than being applied."""
        self.told.update((each.recommendation_id, each.end.value) for each in ended)


def reach_of(tombstone: Tombstone) -> float:
    """Give the virtual moment up to which *tombstone* takes back what was published."""
    return LATEST if tombstone.as_of.year > _THE_END_OF_TIME else moment_of(tombstone.as_of)


def publications(bodies: tuple[str, ...], recommendation_id: str) -> list[Meaning]:
    """Give what *bodies* say of the publication of one recommendation."""
    return _sorted(bodies).get((Kind.PUBLICATION, recommendation_id), [])


def removals(bodies: tuple[str, ...], recommendation_id: str) -> list[Meaning]:
    """Give what *bodies* say of the removal of one recommendation."""
    return _sorted(bodies).get((Kind.REMOVAL, recommendation_id), [])


@lru_cache(maxsize=4)
def _sorted(bodies: tuple[str, ...]) -> Mapping[tuple[Kind, str], list[Meaning]]:
    found: dict[tuple[Kind, str], list[Meaning]] = {}
    for body in bodies:
        for each in meanings_of(body):
            found.setdefault((each.kind, each.recommendation_id), []).append(each)
    return found
