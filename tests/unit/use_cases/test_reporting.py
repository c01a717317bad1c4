"""A report's figures, read from the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from recommendation_applier.domain.fate import Outcome
from recommendation_applier.domain.ledger import BatchRecord, Entry, StoredEntry, Verdict
from recommendation_applier.domain.report_figures import Figures, Span
from recommendation_applier.entrypoints.cli.word_file import word_file
from recommendation_applier.use_cases.reporting import read_figures
from tests.builders import NOW, PUBLISHED
from tests.ledger_builders import OTHER_TOKEN, entry, record, tombstone


@dataclass
class Ledger:
    """Fits the LedgerDocuments port; tells what was read when."""

    kept: list[StoredEntry]
    said: list[BatchRecord] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    def records(self) -> Iterator[BatchRecord]:
        """Give the records."""
        self.read.append("records")
        yield from self.said

    def stored_entries(self) -> Iterator[StoredEntry]:
        """Give the entries."""
        self.read.append("entries")
        yield from self.kept


def figures(ledger: Ledger, *, span: Span | None = None, only: str = "") -> Figures:
    """Read them; *only* names the one recommendation that is meant."""

    def is_meant(each: Entry) -> bool:
        return each.recommendation_id == only

    with word_file() as words:
        return read_figures(
            ledger, words, span=span or Span(), is_meant=is_meant if only else None, now=NOW
        )


def test_each_recommendation_is_counted_once_however_many_records_speak_of_it() -> None:
    """What was refused, and is accepted since it was delivered again, is accepted."""
    refused = record(verdicts={Verdict.REFUSED: ("rec-1",)}, token=OTHER_TOKEN)
    ledger = Ledger(
        [StoredEntry(entry("rec-1")), StoredEntry(entry("rec-2"))], [record("rec-1"), refused]
    )

    assert figures(ledger).total == {Outcome.APPLIED: 1, Outcome.WAITING: 1}


def test_the_records_are_read_first() -> None:
    """What is claimed meanwhile has no record yet: it is on its way."""
    ledger = Ledger([])

    figures(ledger)

    assert ledger.read == ["records", "entries"]


def test_only_what_is_meant_is_counted() -> None:
    """And of that, what was published in the span."""
    ledger = Ledger([StoredEntry(entry("rec-1")), StoredEntry(entry("rec-2"))])

    assert figures(ledger).came == 2
    assert figures(ledger, only="rec-2").came == 1
    assert figures(ledger, span=Span(since=NOW)).came == 0


def test_what_only_a_removal_came_of_is_told_apart() -> None:
    """No filter means it, since nobody knows what it was."""
    ledger = Ledger([StoredEntry(None, tombstone(PUBLISHED)), StoredEntry(None)])

    assert (figures(ledger).unseen, figures(ledger).came) == ({PUBLISHED.date(): 1}, 0)
    assert figures(ledger, only="rec-1").unseen == {}
    assert figures(ledger, span=Span(until=PUBLISHED)).unseen == {}
