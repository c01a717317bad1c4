"""What is claimed next while requests are under way, and what waits for what is in doubt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.ledger import Entry, Known, Verdict
from recommendation_applier.domain.outcome import ApplyResult
from recommendation_applier.use_cases.claiming import Ready, waves_of
from recommendation_applier.use_cases.claims import by_recommendation
from recommendation_applier.use_cases.progress import Part
from tests.builders import OPPORTUNITY, advertiser, body, delivery, recommendation
from tests.fakes import accept_all
from tests.ledger_builders import record
from tests.memory_ledger import MemoryLedger
from tests.unit.use_cases.world import World, doors


@dataclass
class WatchedLedger(MemoryLedger):
    """A ledger that tells when what was claimed."""

    story: list[str] = field(default_factory=list)

    def put_new(self, entries: Sequence[Entry]) -> Mapping[str, Known | None]:
        """See the port."""
        self.story.append("claim " + " ".join(each.recommendation_id for each in entries))
        return super().put_new(entries)


def world_of(store: WatchedLedger, *, least_wave: int) -> World:
    """Make a world whose API tells as well when it is sent something."""
    world = World(store=store, least_wave=least_wave)

    def answer(batch: ApplyBatch) -> ApplyResult:
        store.story.append("send " + " ".join(batch.recommendation_ids))
        return accept_all(batch)

    world.api.answer = answer
    return world


def ready(number: int, account: int) -> Ready:
    """Make something of that account that has to be claimed."""
    found = recommendation(f"rec-{number}", advertiser=advertiser(account))
    return Ready(Part(number, 0, delivery(number=number), content=None), found, OPPORTUNITY)  # type: ignore[arg-type]  # never looked at


@given(accounts=st.lists(st.integers(1, 5), max_size=30), least=st.integers(1, 10))
def test_waves_are_of_whole_accounts(accounts: list[int], least: int) -> None:
    """Each of at least so many but the last, none of them empty, and everything once."""
    those = [ready(number, account) for number, account in enumerate(accounts)]

    waves = list(waves_of(those, least=least))

    assert sorted(each.part.number for wave in waves for each in wave) == list(range(len(those)))
    assert all(len(wave) >= least for wave in waves[:-1])
    assert all(waves)
    owners = [{each.recommendation.advertiser for each in wave} for wave in waves]
    assert sum(len(some) for some in owners) == len(set(accounts))


def test_a_wave_is_sent_before_the_next_is_claimed() -> None:
    """Accounts keep together, however their deliveries are mixed."""
    store = WatchedLedger()
    report = world_of(store, least_wave=2).run(
        body("rec-1", account=1),
        body("rec-2", account=2),
        body("rec-3", account=1),
        body("rec-4", account=3),
    )

    assert store.story == [
        "claim rec-1 rec-3",
        "send rec-1 rec-3",
        "claim rec-2 rec-4",
        "send rec-2",
        "send rec-4",
    ]
    assert doors(report) == [("accepted", "ACCEPTED")] * 4


def test_what_is_in_doubt_is_asked_about_after_all_waves() -> None:
    """With the rest of its account, in one request."""
    store = WatchedLedger()
    world = world_of(store, least_wave=1)
    world.lose(body("rec-1", account=1))
    world.now += world.use_case().ledger.retention
    store.story.clear()

    world.run(body("rec-1", account=1), body("rec-2", account=1), body("rec-3", account=2))

    assert store.story == [
        "claim rec-1 rec-2",
        "claim rec-3",
        "send rec-3",
        "send rec-2 rec-1",
    ]
    assert [batch.recommendation_ids for batch in world.api.asked] == [("rec-1",)]


def test_records_are_found_by_what_they_speak_of() -> None:
    """In their order; one that says two things of an id says them still."""
    first = record("rec-1", "rec-2")
    both = record(verdicts={Verdict.HELD: ("rec-1",), Verdict.IN_DOUBT: ("rec-1",)})

    found = by_recommendation([first, both])

    assert found == {"rec-1": [first, both, both], "rec-2": [first]}
