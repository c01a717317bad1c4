"""Files are read once, from where they were left, whatever one of them or of their rows is like."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from recommendation_applier.domain.errors import (
    CredentialsRefusedError,
    FileReplacedError,
    LedgerUnavailableError,
    OutOfTimeError,
    RefusedError,
    RetryableError,
    UnavailableError,
)
from recommendation_applier.domain.opportunity_file import RowRefusalReason
from recommendation_applier.domain.opportunity_index import (
    KEPT_AFTER_EXPIRY,
    MOST_KINDS,
    UNDATED_IS_KEPT,
    FileProgress,
    Indexed,
    kind_of,
)
from recommendation_applier.domain.opportunity_rows import UnreadableRow
from recommendation_applier.use_cases.index_opportunities import (
    ROWS_AT_ONCE,
    IndexOpportunities,
    IndexReport,
)
from tests.builders import EXPIRY, NOW, PUBLISHED, recommendation
from tests.memory_index import FakeFiles, FakeOffers, MemoryIndex

OUT_OF_TIME = "the tick's time was up; the next one goes on"
LATER = NOW + timedelta(days=1)


def row(recommendation_id: str, **changes: Any) -> dict[str, Any]:
    """Make a row that may be applied at NOW; of a kind of its own if there is a *kind*."""
    kind = changes.pop("kind", None)
    cells = {
        "recommendationId": recommendation_id,
        "advertiserType": "SELLER",
        "encryptedAdvertiserId": "A1",
        "entityId": "ENTITY1",
        "marketplace": "US",
        "publishedDate": PUBLISHED.isoformat(),
        "expiryDate": EXPIRY.isoformat(),
        "recommendationType": "KEYWORD_BID",
        "adProductType": "SP",
    }
    if kind:
        context = {"grouping_context": {"grouping_type": kind}}
        cells["explanation"] = {"recommendation_context": context}  # type: ignore[assignment] # a cell of JSON
    return cells | changes


def rows(count: int, *, start: int = 0) -> list[dict[str, Any]]:
    """Make so many."""
    return [row(f"rec-{number}") for number in range(start, start + count)]


class Tick:
    """The fakes around one use case; all but the time lasts from one run to the next."""

    def __init__(self, *, offers: FakeOffers | None = None) -> None:
        self.files = FakeFiles()
        self.index = MemoryIndex()
        self.offers = offers
        self.now = NOW

    def run(self, *, time_is_up: Callable[[], bool] = lambda: False) -> IndexReport:
        """Tick once."""
        return IndexOpportunities(
            files=self.files,
            index=self.index,
            offers=self.offers,
            clock=lambda: self.now,
            time_is_up=time_is_up,
        ).run()


@pytest.fixture
def tick() -> Tick:
    """Nothing is known yet."""
    return Tick()


def entry(recommendation_id: str, opportunity: str = "PO-1", **changes: Any) -> Indexed:
    """Make what a row teaches."""
    fields = {"kept_until": EXPIRY + KEPT_AFTER_EXPIRY, "published_date": PUBLISHED}
    return Indexed(recommendation_id, opportunity, **(fields | changes))


def test_the_rows_of_all_files_are_indexed(tick: Tick) -> None:
    """Under the opportunity whose file they are in, until after they have expired."""
    tick.files.publish("PO-1", rows(2))
    tick.files.publish("PO-2", rows(1, start=2))

    report = tick.run()

    assert tick.index.entries == {
        "rec-0": entry("rec-0"),
        "rec-1": entry("rec-1"),
        "rec-2": entry("rec-2", "PO-2"),
    }
    assert [(file.rows, file.written, file.is_done) for file in report.files] == [
        (2, 2, True),
        (1, 1, True),
    ]
    assert (report.listed, report.failure) == (2, None)


def test_a_file_is_read_once(tick: Tick) -> None:
    """Until its date is another; then only what is new in it is written."""
    tick.files.publish("PO-1", rows(3))
    tick.run()
    again = tick.run()
    tick.files.publish("PO-1", rows(4), data_updated_date=LATER)
    changed = tick.run()

    assert (again.files, tick.files.begun) == ([], ["PO-1", "PO-1"])
    assert (changed.files[0].rows, changed.files[0].written) == (4, 1)
    assert tick.index.writes == 4


def test_a_file_that_is_done_hides_none_after_it(tick: Tick) -> None:
    """The list may have new ones at its end."""
    tick.files.publish("PO-1", rows(1))
    tick.run()
    tick.files.publish("PO-2", rows(1, start=1))

    [file] = tick.run().files
    assert (file.partner_opportunity_id, file.title, file.is_done) == ("PO-2", "PO-2", True)


def test_counts_are_of_the_whole_file(tick: Tick) -> None:
    """Not of its last block."""
    expired = [row(f"old-{number}", expiryDate=NOW.isoformat()) for number in range(2)]
    found = [expired[0], *rows(ROWS_AT_ONCE), expired[1], *rows(7, start=ROWS_AT_ONCE)]
    tick.offers = FakeOffers()
    tick.files.publish("PO-1", found)

    [file] = tick.run().files
    assert (file.rows, file.expired) == (ROWS_AT_ONCE + 9, 2)
    assert (file.written, file.offered) == (ROWS_AT_ONCE + 7, ROWS_AT_ONCE + 7)
    assert tick.offers.opportunities == {"PO-1"}


def test_a_file_without_a_date_is_read_again(tick: Tick) -> None:
    """Whether it is the same nobody knows; what is known is not written again."""
    tick.files.publish("PO-1", rows(3), data_updated_date=None)
    tick.run()
    again = tick.run()

    assert (again.files[0].rows, again.files[0].written) == (3, 0)


def test_what_changed_of_a_recommendation_is_written(tick: Tick) -> None:
    """Published anew, or moved to another opportunity."""
    tick.files.publish("PO-1", rows(2))
    tick.run()
    anew = [row("rec-0", publishedDate=NOW.isoformat())]
    tick.files.publish("PO-1", anew, data_updated_date=LATER)
    tick.files.publish("PO-2", rows(1, start=1))
    tick.run()

    assert tick.index.entries["rec-0"].published_date == NOW
    assert tick.index.entries["rec-1"].partner_opportunity_id == "PO-2"
    assert tick.index.writes == 4


def test_an_opportunity_without_rows_is_left_alone(tick: Tick) -> None:
    """It has no file; nor is anybody else's objective indexed, should it be listed."""
    tick.files.publish("PO-1", [])
    tick.files.publish("PO-2", rows(1), row_count=None)
    tick.files.publish("PO-3", rows(1), objective_type="CLICK_CREDITS")
    tick.files.publish("PO-4", rows(1), objective_type=None)

    report = tick.run()

    assert (report.listed, tick.files.begun) == (1, ["PO-4"])


def test_a_bad_row_never_stops_a_file(tick: Tick) -> None:
    """It is counted by reason, with an example of each; one that names its id is indexed."""
    tick.files.publish(
        "PO-1",
        [
            UnreadableRow("line 2: 3 cells under 2 columns"),
            row("rec-1", advertiserType="BRAND"),
            row("rec-2", advertiserType="AGENCY"),
            row("rec-3", entityId=""),
            row("rec-4", applyApiEndPoint="/partnerOpportunities/PO-2/apply"),
            row("rec-5", expiryDate=NOW.isoformat()),
            row("rec-6"),
        ],
    )

    [file] = tick.run().files

    assert (file.rows, file.expired, file.written, file.is_done) == (7, 1, 4, True)
    assert file.refused == {
        RowRefusalReason.UNREADABLE_ROW: 1,
        RowRefusalReason.UNKNOWN_ADVERTISER_TYPE: 2,
        RowRefusalReason.INVALID_VALUE: 1,
        RowRefusalReason.OTHER_OPPORTUNITY: 1,
    }
    assert file.examples[RowRefusalReason.UNREADABLE_ROW] == "line 2: 3 cells under 2 columns"
    assert "'BRAND'" in file.examples[RowRefusalReason.UNKNOWN_ADVERTISER_TYPE]
    assert sorted(tick.index.entries) == ["rec-1", "rec-2", "rec-3", "rec-6"]
    assert tick.index.entries["rec-1"].kept_until == NOW + UNDATED_IS_KEPT


def test_no_date_is_too_late(tick: Tick) -> None:
    """What would be kept for ever is kept for a year, and then anew."""
    tick.files.publish("PO-1", [row("rec-1", expiryDate="9999-12-31T23:59:59Z")])
    tick.run()

    kept_until = tick.index.entries["rec-1"].kept_until
    assert kept_until == NOW + timedelta(days=365) + KEPT_AFTER_EXPIRY


def test_an_undated_row_is_not_written_every_day(tick: Tick) -> None:
    """Only when it would be forgotten soon."""
    tick.files.publish("PO-1", [row("rec-1", expiryDate="")])
    written = []
    for day in range(0, 40, 10):
        tick.now = NOW + timedelta(days=day)
        tick.files.publish("PO-1", tick.files.rows_of["PO-1"], data_updated_date=tick.now)
        written.append(tick.run().files[0].written)

    assert written == [1, 0, 0, 1]


# Interrupted


def test_a_file_goes_on_where_it_was_left(tick: Tick) -> None:
    """No row twice and none missing, though the tick was out of time in the middle."""
    tick.files.publish("PO-1", rows(3 * ROWS_AT_ONCE - 1))
    looks = iter([False, True])
    first = tick.run(time_is_up=lambda: next(looks))
    second = tick.run()

    assert isinstance(first.failure, OutOfTimeError)
    assert str(first.failure) == OUT_OF_TIME
    assert [(file.rows, file.skipped, file.is_done) for file in (*first.files, *second.files)] == [
        (ROWS_AT_ONCE, 0, False),
        (2 * ROWS_AT_ONCE - 1, ROWS_AT_ONCE, True),
    ]
    assert tick.index.writes == len(tick.index.entries) == 3 * ROWS_AT_ONCE - 1


@pytest.mark.parametrize("place", [0, 1, ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 2 * ROWS_AT_ONCE - 1])
def test_a_tick_that_is_killed_is_made_up_for(tick: Tick, place: int) -> None:
    """Wherever it happens: after the next, every row is there, and was written once."""
    tick.files.publish("PO-1", rows(2 * ROWS_AT_ONCE))
    tick.files.breaks["PO-1"] = (place, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        tick.run()
    report = tick.run()

    assert report.files[0].is_done
    assert tick.index.writes == len(tick.index.entries) == 2 * ROWS_AT_ONCE


def test_a_kill_between_writing_and_counting_repeats_the_block(tick: Tick) -> None:
    """What is known by then is not written again."""
    tick.files.publish("PO-1", rows(10))
    save = tick.index.save_progress

    def die(progress: FileProgress) -> bool:
        if progress.rows_done:
            raise KeyboardInterrupt
        return save(progress)

    tick.index.save_progress = die  # type: ignore[method-assign] # a process that dies
    with pytest.raises(KeyboardInterrupt):
        tick.run()
    tick.index.save_progress = save  # type: ignore[method-assign]
    [file] = tick.run().files

    assert (file.rows, file.skipped, file.written, file.is_done) == (10, 0, 0, True)
    assert tick.index.writes == 10


def test_a_file_that_was_replaced_meanwhile_is_begun_anew(tick: Tick) -> None:
    """Its rows are others, in another order; what the old ones taught is forgotten."""
    tick.files.publish("PO-1", [row("rec-a", kind="A"), *rows(2 * ROWS_AT_ONCE)])
    tick.files.breaks["PO-1"] = (ROWS_AT_ONCE, FileReplacedError("it is another file by now"))
    [interrupted] = tick.run().files
    tick.files.publish("PO-1", rows(5, start=7), data_updated_date=LATER)
    [file] = tick.run().files

    assert isinstance(interrupted.failure, FileReplacedError)
    assert (file.rows, file.skipped, file.is_done) == (5, 0, True)
    assert tick.index.lessons().by_kind == {}


def test_a_file_that_was_broken_off_keeps_what_its_rows_have_taught(tick: Tick) -> None:
    """The rows that are skipped were read, too."""
    found = [row("rec-a", kind="A"), *rows(ROWS_AT_ONCE), row("rec-b", kind="B")]
    tick.files.publish("PO-1", found)
    looks = iter([False, True])
    tick.run(time_is_up=lambda: next(looks))
    tick.run()

    assert set(tick.index.lessons().by_kind) == {"KEYWORD_BID|SP|A", "KEYWORD_BID|SP|B"}


def test_two_ticks_at_once_do_no_harm(tick: Tick) -> None:
    """Only one of them can save its progress; the other leaves the file to it."""
    tick.files.publish("PO-1", rows(2 * ROWS_AT_ONCE))
    tick.index.save_progress(FileProgress(partner_opportunity_id="PO-1", version=1))
    keep = tick.index.keep
    others: list[IndexReport] = []

    def keep_while_another_comes(entries: Any) -> None:
        tick.index.keep = keep  # type: ignore[method-assign]
        others.append(tick.run())
        keep(entries)

    tick.index.keep = keep_while_another_comes  # type: ignore[method-assign] # another tick
    [file] = tick.run().files

    assert others[0].files[0].is_done
    assert (file.rows, file.is_done, file.failure) == (ROWS_AT_ONCE, False, None)
    assert tick.index.files["PO-1"].is_done
    assert len(tick.index.entries) == 2 * ROWS_AT_ONCE


def test_no_file_is_begun_when_time_is_up(tick: Tick) -> None:
    """The next tick does."""
    tick.files.publish("PO-1", rows(1))

    report = tick.run(time_is_up=lambda: True)

    assert isinstance(report.failure, OutOfTimeError)
    assert str(report.failure) == OUT_OF_TIME
    assert tick.files.begun == []


# What fails


@pytest.mark.parametrize("error", [UnavailableError("no bytes"), RefusedError("404")])
def test_a_file_that_fails_hinders_no_other(tick: Tick, error: Exception) -> None:
    """It is told of, and read by a later tick."""
    tick.files.publish("PO-1", rows(1))
    tick.files.publish("PO-2", rows(1, start=1))
    tick.files.breaks["PO-1"] = (0, error)

    report = tick.run()

    assert [file.failure for file in report.files] == [error, None]
    assert report.failure is None
    assert list(tick.index.entries) == ["rec-1"]
    assert tick.run().files[0].is_done


@pytest.mark.parametrize(
    "error", [CredentialsRefusedError("no"), OutOfTimeError("late"), LedgerUnavailableError("gone")]
)
def test_what_concerns_every_file_ends_the_tick(tick: Tick, error: RetryableError) -> None:
    """Nobody else would be answered either."""
    tick.files.publish("PO-1", rows(1))
    tick.files.publish("PO-2", rows(1, start=1))
    tick.files.breaks["PO-1"] = (0, error)

    report = tick.run()

    assert report.failure is error
    assert tick.files.begun == ["PO-1"]


def test_a_list_that_does_not_come_ends_the_tick(tick: Tick) -> None:
    """So does a table that does not answer."""
    tick.files.error = UnavailableError("no list")
    assert tick.run().failure is tick.files.error

    tick.files.error = None
    tick.index.error = LedgerUnavailableError("no table")
    assert tick.run().failure is tick.index.error


# What is learnt


def test_what_all_rows_of_a_kind_have_in_common_is_learnt(tick: Tick) -> None:
    """By type, ad product and grouping type; one that two opportunities share is no lesson."""
    tick.files.publish("PO-1", [row("rec-1", kind="A"), row("rec-2", kind="B"), row("rec-3")])
    tick.files.publish("PO-2", [row("rec-4", kind="B")])
    tick.run()

    known = tick.index.lessons()
    assert known.is_complete
    assert known.by_kind == {
        "KEYWORD_BID|SP|A": {"PO-1"},
        "KEYWORD_BID|SP|B": {"PO-1", "PO-2"},
    }


def test_nothing_is_concluded_before_every_file_was_read(tick: Tick) -> None:
    """What is unanimous among some need not be so among all."""
    tick.files.publish("PO-1", [row("rec-1", kind="A")])
    tick.files.publish("PO-2", [row("rec-2", kind="A")])
    tick.files.breaks["PO-2"] = (0, UnavailableError("no bytes"))
    tick.run()
    assert not tick.index.lessons().is_complete

    del tick.files.listed["PO-2"]
    tick.run()
    assert tick.index.lessons().is_complete
    assert tick.index.lessons().by_kind == {"KEYWORD_BID|SP|A": {"PO-1"}}


def test_what_is_listed_no_more_has_still_been_learnt(tick: Tick) -> None:
    """What of it was delivered may come yet."""
    tick.files.publish("PO-1", [row("rec-1", kind="A")])
    tick.run()
    tick.files.listed.clear()
    tick.run()

    assert tick.index.lessons().by_kind == {"KEYWORD_BID|SP|A": {"PO-1"}}


def test_a_file_keeps_its_lessons_while_it_is_read_anew(tick: Tick) -> None:
    """They are replaced when its end is reached."""
    tick.files.publish("PO-1", [row("rec-1", kind="A")])
    tick.run()
    new = [row("rec-1", kind="B"), *rows(ROWS_AT_ONCE, start=2)]
    tick.files.publish("PO-1", new, data_updated_date=LATER)
    looks = iter([False, True])
    tick.run(time_is_up=lambda: next(looks))
    assert set(tick.index.lessons().by_kind) == {"KEYWORD_BID|SP|A"}
    begun = tick.index.files["PO-1"]
    assert not begun.is_done
    assert begun.kinds_so_far == {"KEYWORD_BID|SP|B"}

    tick.run()
    assert set(tick.index.lessons().by_kind) == {"KEYWORD_BID|SP|B"}


@pytest.mark.parametrize(("count", "complete"), [(MOST_KINDS, True), (MOST_KINDS + 1, False)])
def test_a_file_of_too_many_kinds_teaches_none(tick: Tick, count: int, *, complete: bool) -> None:
    """Rather than half of them."""
    tick.files.publish("PO-1", [row(f"rec-{one}", kind=f"K{one}") for one in range(count)])
    tick.run()

    assert tick.index.lessons().is_complete == complete
    assert tick.index.files["PO-1"].is_done
    assert tick.index.files["PO-1"].kinds_so_far == frozenset()


def test_no_more_kinds_are_kept_than_it_takes_to_know_that_there_are_too_many() -> None:
    """However many there are: the document has to fit into the table."""
    many = frozenset(f"kind {number}" for number in range(3 * MOST_KINDS))
    begun = FileProgress(partner_opportunity_id="PO-1")

    assert len(begun.with_kinds(many)) == MOST_KINDS + 1


def test_a_kind_may_lack_type_and_ad_product() -> None:
    """Its grouping type says enough."""
    bare = recommendation(type=None, ad_product=None, grouping_type="A")

    assert kind_of(bare) == "||A"


# Offered


def test_new_rows_are_offered_once() -> None:
    """Those that can be applied; those that are refused or expired are not."""
    offers = FakeOffers()
    tick = Tick(offers=offers)
    expired = row("rec-8", expiryDate=NOW.isoformat())
    tick.files.publish("PO-1", [*rows(3), row("rec-9", advertiserType="BRAND"), expired])
    [file] = tick.run().files
    tick.files.publish("PO-1", rows(4), data_updated_date=LATER)
    tick.run()

    assert file.offered == 3
    assert offers.offered == ["rec-0", "rec-1", "rec-2", "rec-3"]
    assert tick.index.entries["rec-0"].is_offered
    assert not tick.index.entries["rec-9"].is_offered


def test_what_was_only_indexed_is_offered_when_that_is_wanted() -> None:
    """The same files are read again, however old they are."""
    tick = Tick()
    tick.files.publish("PO-1", rows(2))
    tick.run()
    tick.offers = FakeOffers()
    tick.run()
    assert tick.offers.offered == ["rec-0", "rec-1"]
    assert tick.run().files == []

    tick.offers = None
    assert tick.run().files == []


def test_a_row_that_is_published_anew_is_offered_again() -> None:
    """It may have been taken back in between."""
    tick = Tick(offers=FakeOffers())
    tick.files.publish("PO-1", rows(1))
    tick.run()
    anew = [row("rec-0", publishedDate=NOW.isoformat())]
    tick.files.publish("PO-1", anew, data_updated_date=LATER)
    tick.run()

    assert tick.offers is not None
    assert tick.offers.offered == ["rec-0", "rec-0"]


def test_what_the_queue_did_not_take_is_not_said_to_be_offered() -> None:
    """The file is left where it was, and the block is offered again."""
    offers = FakeOffers(refuses={"rec-1"})
    tick = Tick(offers=offers)
    tick.files.publish("PO-1", rows(2))
    [file] = tick.run().files
    assert isinstance(file.failure, UnavailableError)
    assert "1 rows could not be put on the ingress queue" in str(file.failure)
    assert tick.index.entries == {}

    offers.refuses = frozenset()
    tick.run()
    assert offers.offered == ["rec-0", "rec-0", "rec-1"]
