"""The figures of a report."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.fate import Fate, Outcome, fate_of, words_of
from recommendation_applier.domain.follow_up import ApplicationEnd, FollowUpState
from recommendation_applier.domain.ledger import BatchRecord, DecidedBy, Entry, StoredEntry, Verdict
from recommendation_applier.domain.movements import Kind
from recommendation_applier.domain.report_figures import (
    NO_TYPE,
    RANKED,
    Account,
    Figures,
    Ranking,
    Span,
    Tally,
)
from tests.builders import EXPIRY, NOW, PUBLISHED, advertiser
from tests.ledger_builders import OTHER_TOKEN, TOKEN, entry, record

WAITING = Fate(Outcome.WAITING)
DAY = timedelta(days=1)


def figures(*found: tuple[Entry, Fate], span: Span | None = None) -> Figures:
    """Count *found*."""
    counted = Figures(span or Span())
    for each in found:
        counted.add(*each)
    return counted


def test_a_recommendation_is_counted_by_type_account_and_day() -> None:
    """GB and UK are one marketplace."""
    found = figures(
        (entry("a", advertiser=advertiser(2, marketplace="GB")), WAITING),
        (entry("b", advertiser=advertiser(2, marketplace="UK"), type=None), Fate(Outcome.APPLIED)),
    )

    both = Counter({Outcome.WAITING: 1, Outcome.APPLIED: 1})
    assert (found.came, found.total) == (2, both)
    assert found.by_account == {Account("A0000000000002", "ENTITY0000000000002", "UK"): both}
    assert found.by_day == {date(2026, 11, 1): both}
    assert found.by_type == {
        "KEYWORD_BID": {Outcome.WAITING: 1},
        NO_TYPE: {Outcome.APPLIED: 1},
    }


@pytest.fixture
def _in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose clock shows another time."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "America/New_York")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_in_new_york")
def test_a_day_is_one_of_utc_and_that_of_the_claim_where_no_other_is_known() -> None:
    """Amazon's dates may have any offset."""
    late = datetime.fromisoformat("2026-11-01T23:30:00-05:00")

    found = figures(
        (entry("a", published_date=late), WAITING), (entry("b", published_date=None), WAITING)
    )

    found.add_unseen(late)

    assert found.by_day.keys() == {date(2026, 11, 2), NOW.date()}
    assert found.unseen == {date(2026, 11, 2): 1}


def test_only_what_was_published_in_the_span_is_counted() -> None:
    """From its first moment on, and before its last."""
    for span, expected in (
        (Span(since=PUBLISHED), 1),
        (Span(since=PUBLISHED + timedelta.resolution), 0),
        (Span(until=PUBLISHED), 0),
        (Span(until=PUBLISHED + timedelta.resolution), 1),
        (Span(PUBLISHED, PUBLISHED + DAY), 1),
    ):
        found = figures((entry(), Fate(Outcome.APPLIED, NOW)), span=span)
        assert (found.came, found.delays.count, len(found.applied.sums)) == (expected, expected, 0)
        for _ in range(2):
            found.add_unseen(PUBLISHED)
        assert found.unseen.total() == 2 * expected


def test_what_failed_and_what_is_held_is_counted_by_why() -> None:
    """All else has no reason."""
    found = figures(
        *((entry(each.value), Fate(each, None, f"why {each.value}")) for each in Outcome),
        (entry("d"), Fate(Outcome.DEAD_LETTERED, None, "why FAILED")),
        (entry("h"), Fate(Outcome.HELD, None, "why HELD")),
    )

    assert found.failures == {"why FAILED": 2, "why DEAD_LETTERED": 1}
    assert found.holds == {"why HELD": 2}


@pytest.mark.parametrize("outcome", Outcome)
def test_money_is_moved_by_what_is_applied_or_may_still_be(outcome: Outcome) -> None:
    """Each by itself, and by nothing else."""
    settings: dict[str, Any] = {
        "current_settings": {"budget": 1},
        "recommended_settings": {"budget": 2},
    }

    found = figures((entry(**settings), Fate(outcome, NOW)))

    assert set(found.applied.sums) == ({("USD", Kind.BUDGET)} if outcome == "APPLIED" else set())
    assert set(found.pending.sums) == ({("USD", Kind.BUDGET)} if outcome == "PENDING" else set())


def test_it_takes_from_publication_to_acceptance() -> None:
    """What a person released is counted by itself as well; what has no date cannot be."""
    accepted = Fate(Outcome.PENDING, PUBLISHED + DAY)
    by_hand = entry("b")
    released = Entry(by_hand.recommendation, "o", DecidedBy(released_by="ann"), by_hand.claim, NOW)

    found = figures(
        (entry("a"), accepted),
        (released, accepted),
        *((entry(each, published_date=None), accepted) for each in "cd"),
        (entry("e"), WAITING),
    )

    assert (found.delays.count, found.released.count) == (2, 1)
    assert found.undated == {Outcome.PENDING: 2}
    assert found.delays.longest == DAY


def test_the_largest_come_first_and_the_others_as_a_sum() -> None:
    """Those of one size in the order of their names."""
    found = Figures()
    for number in reversed(range(RANKED + 3)):
        for again in range(1 + (number == 7)):
            found.add(entry(f"{number} {again}", type=f"T{number:03}"), WAITING)

    ranking = found.types()

    assert [name for name, _ in ranking.rows][:4] == ["T007", "T000", "T001", "T002"]
    assert (len(ranking.rows), ranking.others, ranking.rest) == (
        RANKED,
        3,
        {Outcome.WAITING: 3},
    )
    assert figures((entry(), WAITING)).types().others == 0


def test_accounts_of_one_name_are_not_taken_for_one() -> None:
    """An advertiser has as many entities as it wants."""
    one = advertiser()
    other = replace(one, entity_id="ENTITY2")

    ranking = figures((entry("a"), WAITING), (entry("b", advertiser=other), WAITING)).accounts()

    assert [str(account) for account, _ in ranking.rows] == ["A0000000000001 US"] * 2


ids = st.sampled_from("abcd")
tokens = st.sampled_from([TOKEN, OTHER_TOKEN])
some_ids = st.lists(ids, max_size=4, unique=True).map(tuple)
known = st.lists(
    st.builds(
        entry,
        ids,
        tokens,
        advertiser=st.builds(advertiser, st.integers(1, 2)),
        type=st.sampled_from([None, "A", "B"]),
        published_date=st.sampled_from([None, PUBLISHED, PUBLISHED + DAY]),
        expiry_date=st.sampled_from([None, PUBLISHED, EXPIRY]),
    ),
    max_size=4,
    unique_by=lambda each: each.recommendation_id,
)
records = st.builds(
    record,
    token=tokens,
    verdicts=st.dictionaries(st.sampled_from(sorted(Verdict)), some_ids, max_size=3),
    http_status=st.sampled_from([None, 202, 400, 422]),
    sent_at=st.sampled_from([None, NOW, PUBLISHED - DAY]),
    follow_up=st.none()
    | st.builds(
        FollowUpState,
        pending=some_ids,
        due=st.none(),
        ended=st.dictionaries(ids, st.sampled_from(sorted(ApplicationEnd)), max_size=2),
    ),
)


@given(found=known, said=st.lists(records, max_size=4), order=st.randoms(use_true_random=False))
def test_every_sum_is_that_of_its_parts_in_whatever_order(
    found: list[Entry], said: list[BatchRecord], order: Random
) -> None:
    """Whatever the ledger keeps, and however often a recommendation is spoken of."""
    fates = [(each, _fate(each, said)) for each in found]
    shuffled, backwards = list(fates), said[::-1]
    order.shuffle(shuffled)

    counted = figures(*fates)

    assert figures(*shuffled) == counted
    assert figures(*((each, _fate(each, backwards)) for each in found)) == counted
    assert counted.came == len(found)
    for tallies in (counted.by_type, counted.by_account, counted.by_day):
        assert _sum([*tallies.values()]) == counted.total
    for ranking in (counted.types(), counted.accounts()):
        assert _of(ranking) == counted.total
    accepted = sum(fate.accepted_at is not None for _, fate in fates)
    assert counted.delays.count + counted.undated.total() == accepted
    assert counted.released.count <= counted.delays.count
    assert counted.failures.total() == (
        counted.total[Outcome.FAILED] + counted.total[Outcome.DEAD_LETTERED]
    )
    assert counted.holds.total() == counted.total[Outcome.HELD]


def _fate(each: Entry, said: Sequence[BatchRecord]) -> Fate:
    words = [
        word
        for record in said
        for word in words_of(record)
        if word.recommendation_id == each.recommendation_id
    ]
    return fate_of(each, StoredEntry(each), words, now=NOW)


def _of(ranking: Ranking[str] | Ranking[Account]) -> Tally:
    return _sum([*(tally for _, tally in ranking.rows), ranking.rest])


def _sum(tallies: Sequence[Tally]) -> Tally:
    total: Tally = Counter()
    for each in tallies:
        total.update(each)
    return total
