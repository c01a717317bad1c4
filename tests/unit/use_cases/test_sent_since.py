"""What was sent since a moment, in front of a ledger in memory."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import timedelta

from recommendation_applier.domain.ledger import BatchRecord, StoredEntry, Verdict
from recommendation_applier.use_cases.sent_since import sent_since
from tests.builders import NOW
from tests.ledger_builders import entry, record
from tests.memory_ledger import MemoryLedger

SECOND = timedelta(seconds=1)


def test_what_was_sent_comes_with_its_entry() -> None:
    """None where the ledger has none of it."""
    ledger = MemoryLedger()
    ledger.put_new([entry("rec-1")])
    kept = ledger.stored("rec-1")

    found = list(sent_since([record("rec-1", "rec-2")], ledger.entries_of, since=NOW - SECOND))

    assert kept is not None
    assert [(each.recommendation_id, each.entry) for each in found] == [
        ("rec-1", kept.entry),
        ("rec-2", None),
    ]


def test_what_was_sent_before_is_left_out() -> None:
    """By a second; so is what was not sent at all."""
    records = [
        record("before", sent_at=NOW - 2 * SECOND),
        record(verdicts={Verdict.HELD: ("held",)}, sent_at=None),
        record("since", sent_at=NOW - SECOND),
    ]

    found = sent_since(records, MemoryLedger().entries_of, since=NOW - SECOND)

    assert [each.recommendation_id for each in found] == ["since"]


def test_entries_are_read_by_the_hundred_while_records_come() -> None:
    """However few each record has, and however many records there are."""
    asked: list[int] = []
    read = 0

    def entries_of(ids: AbstractSet[str]) -> Mapping[str, StoredEntry | None]:
        asked.append(len(ids))
        return dict.fromkeys(ids)

    def records() -> Iterator[BatchRecord]:
        nonlocal read
        for number in range(250):
            read += 1
            yield record(f"rec-{number}", number=number)

    found = sent_since(records(), entries_of, since=NOW - SECOND)

    next(found)
    assert read == 100
    assert len(list(found)) == 249
    assert asked == [100, 100, 50]


def test_nothing_was_sent() -> None:
    """Nothing is given."""
    assert list(sent_since([], MemoryLedger().entries_of, since=NOW)) == []
