"""The ledger in memory and the one in DynamoDB say the same, whatever they are asked in a row."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from moto import mock_aws
from types_boto3_dynamodb.client import DynamoDBClient

from recommendation_applier.domain.breaker import Breaker
from recommendation_applier.domain.dates import FOR_EVER
from recommendation_applier.domain.follow_up import FollowUpState
from recommendation_applier.domain.ledger import (
    BatchRecord,
    Claim,
    Entry,
    Known,
    Tombstone,
    Verdict,
)
from recommendation_applier.domain.reasons import NotApplicableReason
from tests.builders import NOW, PUBLISHED
from tests.contract.ledger_clients import create_table, dynamodb, stores
from tests.ledger_builders import KEPT_UNTIL, claim, entry, record
from tests.memory_ledger import MemoryLedger

DAY: Final = timedelta(days=1)

# Few of everything, so that it meets itself.
ids = st.sampled_from(["rec-1", "rec-2", "rec-3"])
tokens = st.sampled_from(["token-1", "token-2"])
claims = st.builds(claim, tokens, claimed_at=st.sampled_from([NOW, NOW + DAY]))
tombstones = st.builds(
    Tombstone,
    as_of=st.sampled_from([PUBLISHED, NOW, FOR_EVER]),
    reason=st.sampled_from([NotApplicableReason.REMOVED, NotApplicableReason.REJECTED]),
)
known = st.builds(Known, claim=st.none() | claims, tombstone=st.none() | tombstones)
kept_until = st.sampled_from([KEPT_UNTIL, KEPT_UNTIL + DAY])
dues = st.none() | st.sampled_from([NOW, NOW + DAY])
states = st.builds(
    FollowUpState, pending=st.lists(ids, unique=True).map(tuple), due=dues, checks=st.integers(0, 2)
)


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Entries of different ids, such as one invocation claims."""
    found: list[Entry] = []
    for each in draw(st.lists(ids, unique=True)):
        claimed: Claim = draw(claims)
        made = entry(each, kept_until=draw(kept_until), type=draw(st.none() | st.just("BUDGET")))
        found.append(replace(made, claim=claimed))
    return found


@st.composite
def records(draw: st.DrawFn) -> BatchRecord:
    """One of four records."""
    accepted = tuple(draw(st.lists(ids, unique=True)))
    return record(
        token=draw(tokens),
        number=draw(st.integers(1, 2)),
        verdicts={Verdict.ACCEPTED: accepted, Verdict.HELD: tuple(draw(st.lists(ids)))},
        follow_up=draw(st.none() | states),
    )


class Agreement(RuleBasedStateMachine):
    """Every question goes to both."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        """Begin with nothing."""
        super().__init__()
        create_table(client, name=table_name)
        self.table = stores(client, table_name=table_name)
        self.memory = MemoryLedger()

    @rule(wanted=entries())
    def claim(self, wanted: list[Entry]) -> None:
        """Both write the same entries, and say the same of the others."""
        assert self.table.ledger.put_new(wanted) == self.memory.put_new(wanted)

    @rule(wanted=entries(), seen=st.booleans(), guess=known)
    def take_over(self, wanted: list[Entry], seen: Any, guess: Known) -> None:
        """Knowing what stands there, or something else."""
        over = [
            (each, self.memory.known(each.recommendation_id) or Known() if seen else guess)
            for each in wanted
        ]

        assert self.table.ledger.take_over(over) == self.memory.take_over(over)

    @rule(marks=st.dictionaries(ids, tombstones), until=kept_until)
    def bury(self, marks: dict[str, Tombstone], until: Any) -> None:
        """Both remember all of them."""
        assert self.table.ledger.bury(marks, kept_until=until) == self.memory.bury(
            marks, kept_until=until
        )

    @rule(one=records())
    def add_record(self, one: BatchRecord) -> None:
        """New, or over another of that number."""
        assert self.table.ledger.add_record(one)
        assert self.memory.add_record(one)

    @rule(asked=st.frozensets(tokens))
    def records_of(self, asked: frozenset[str]) -> None:
        """Both have the same records."""
        assert self.table.ledger.records_of(asked) == self.memory.records_of(asked)

    @rule(positions=st.dictionaries(ids, st.frozensets(st.integers(0, 20))))
    def letters(self, positions: dict[str, frozenset[int]]) -> None:
        """Both remember all parts."""
        for each in (self.table.ledger, self.memory):
            each.remember_letters(positions, kept_until=KEPT_UNTIL)
        asked = {"rec-1", "rec-2", "rec-3"}

        assert self.table.ledger.letters_of(asked) == self.memory.letters_of(asked)

    @rule(now=st.sampled_from([NOW - DAY, NOW, NOW + DAY]), limit=st.integers(1, 4))
    def due(self, now: Any, limit: int) -> None:
        """As many; which of those that are due since the same moment is nobody's promise."""
        ours, theirs = (
            [each.follow_up and each.follow_up.due for each in store.due(now, limit=limit)]
            for store in (self.table.follow_ups, self.memory)
        )

        assert ours == theirs

    @rule(one=records(), state=states, checks=st.integers(0, 2))
    def save(self, one: BatchRecord, state: FollowUpState, checks: int) -> None:
        """Both keep it, or neither."""
        moved = replace(one, follow_up=replace(state, checks=checks + 1))

        assert self.table.follow_ups.save(moved, checks=checks) == self.memory.save(
            moved, checks=checks
        )

    @rule(version=st.integers(1, 4), strikes=st.integers(0, 3), until=dues)
    def breaker(self, version: int, strikes: int, until: Any) -> None:
        """Both keep it, or neither, and read the same."""
        one = Breaker(strikes=strikes, open_until=until, version=version)

        assert self.table.breaker.save_breaker(one) == self.memory.save_breaker(one)
        assert self.table.breaker.read_breaker() == self.memory.read_breaker()


def test_memory_and_table_agree() -> None:
    """On every answer, over many short lives of a ledger."""
    names = (f"ledger-{number}" for number in count())
    with mock_aws():
        client = dynamodb()

        class InMoto(Agreement):
            def __init__(self) -> None:
                super().__init__(client, next(names))

        run_state_machine_as_test(
            InMoto, settings=settings(max_examples=12, stateful_step_count=20)
        )
