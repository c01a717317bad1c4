"""One recommendation, several deliveries: which of them speaks."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.delivery import Publication, Withdrawal
from recommendation_applier.domain.reasons import NotApplicableReason
from recommendation_applier.domain.repeats import latest_withdrawals, most_recent, takes_back
from tests.builders import PUBLISHED, recommendation

EARLIER = PUBLISHED - timedelta(microseconds=1)
LATER = PUBLISHED + timedelta(microseconds=1)

# Few ids and dates, so that deliveries repeat and dates tie.
dates = st.none() | st.integers(0, 3).map(lambda days: PUBLISHED + timedelta(days=days))
names = st.sampled_from(["rec-1", "rec-2"])


def withdrawal(
    published_date: datetime | None,
    recommendation_id: str = "rec-1",
    reason: NotApplicableReason = NotApplicableReason.REMOVED,
) -> Withdrawal:
    """Take a recommendation back."""
    return Withdrawal(recommendation_id, published_date, reason, "{}")


def publication(published_date: datetime | None, recommendation_id: str = "rec-1") -> Publication:
    """Publish a recommendation."""
    return Publication(recommendation(recommendation_id, published_date=published_date), "{}")


withdrawals = st.lists(st.builds(withdrawal, dates, names), max_size=8)
publications = st.lists(st.builds(publication, dates, names), max_size=8)


# --- Withdrawals against publications ------------------------------------------------------------


@pytest.mark.parametrize(
    ("withdrawn", "published", "beaten"),
    [
        pytest.param(LATER, PUBLISHED, True, id="later"),
        pytest.param(PUBLISHED, PUBLISHED, True, id="a-tie-withdraws"),
        pytest.param(EARLIER, PUBLISHED, False, id="earlier"),
        pytest.param(None, PUBLISHED, True, id="without-a-date"),
        pytest.param(EARLIER, None, True, id="of-a-publication-without-a-date"),
        pytest.param(None, None, True, id="both-without-a-date"),
    ],
)
def test_the_later_word_wins(
    withdrawn: datetime | None,
    published: datetime | None,
    beaten: bool,  # noqa: FBT001
) -> None:
    """A withdrawal beats what was published before it or with it, and all that has no date."""
    assert takes_back(withdrawal(withdrawn), publication(published).recommendation) is beaten


def test_the_word_that_takes_back_the_most_is_kept() -> None:
    """Of several withdrawals the latest counts, for each recommendation by itself."""
    latest = latest_withdrawals(
        [
            withdrawal(PUBLISHED),
            withdrawal(LATER),
            withdrawal(EARLIER),
            withdrawal(EARLIER, "rec-2"),
        ]
    )

    assert latest == {"rec-1": withdrawal(LATER), "rec-2": withdrawal(EARLIER, "rec-2")}


@pytest.mark.parametrize(
    "dates_in_order", [[None, LATER], [LATER, None]], ids=["without-first", "without-last"]
)
def test_a_withdrawal_without_a_date_takes_back_everything(
    dates_in_order: list[datetime | None],
) -> None:
    """Nothing is later than a word that names no date."""
    assert latest_withdrawals(map(withdrawal, dates_in_order)) == {"rec-1": withdrawal(None)}


def test_of_equal_withdrawals_the_first_speaks() -> None:
    """Its reason is the one that is told."""
    first = withdrawal(PUBLISHED, reason=NotApplicableReason.REJECTED)

    assert latest_withdrawals([first, withdrawal(PUBLISHED)]) == {"rec-1": first}


@given(arrived=withdrawals)
def test_no_withdrawal_reaches_further_than_the_one_that_is_kept(
    arrived: list[Withdrawal],
) -> None:
    """Whatever any withdrawal takes back, the kept one takes back too."""
    latest = latest_withdrawals(arrived)

    assert set(latest) == {one.recommendation_id for one in arrived}
    for one in arrived:
        kept = latest[one.recommendation_id]
        assert kept in arrived
        for day in range(4):
            published = recommendation(published_date=PUBLISHED + timedelta(days=day))
            assert takes_back(kept, published) or not takes_back(one, published)


@given(arrived=withdrawals, data=st.data())
def test_the_order_of_withdrawals_does_not_matter(
    arrived: list[Withdrawal], data: st.DataObject
) -> None:
    """Queues keep no order, so none may be relied on."""
    shuffled = data.draw(st.permutations(arrived))

    assert latest_withdrawals(shuffled) == latest_withdrawals(arrived)


# --- Publications among themselves ---------------------------------------------------------------


def test_the_latest_publication_speaks() -> None:
    """One for each recommendation, wherever it stands among the others."""
    arrived = {
        3: publication(PUBLISHED),
        5: publication(LATER),
        7: publication(EARLIER),
        9: publication(EARLIER, "rec-2"),
    }

    assert most_recent(arrived) == {5, 9}


@pytest.mark.parametrize("date", [PUBLISHED, None], ids=["dated", "without-date"])
def test_of_equal_publications_the_first_speaks(date: datetime | None) -> None:
    """A repeat with the same date, or with none again, adds nothing."""
    assert most_recent({8: publication(date), 2: publication(date)}) == {8}


def test_a_publication_without_a_date_is_the_oldest() -> None:
    """Any date is later than none."""
    assert most_recent({1: publication(None), 2: publication(PUBLISHED)}) == {2}
    assert most_recent({1: publication(PUBLISHED), 2: publication(None)}) == {1}


@given(arrived=publications)
def test_exactly_one_publication_speaks_for_each_recommendation(
    arrived: list[Publication],
) -> None:
    """It is the first of those that nothing is later than."""
    chosen = most_recent(dict(enumerate(arrived)))

    spoken_for = [arrived[key].recommendation.recommendation_id for key in chosen]
    assert sorted(spoken_for) == sorted({one.recommendation.recommendation_id for one in arrived})
    for key in chosen:
        speaker = arrived[key].recommendation
        for place, one in enumerate(arrived):
            other = one.recommendation
            if other.recommendation_id != speaker.recommendation_id or place == key:
                continue
            ties = other.published_date == speaker.published_date
            assert place > key if ties else _is_older(other.published_date, speaker.published_date)


@given(arrived=publications, data=st.data())
def test_who_speaks_does_not_depend_on_the_order_of_arrival(
    arrived: list[Publication], data: st.DataObject
) -> None:
    """Shuffled deliveries choose the same dates; only ties are settled by who came first."""
    shuffled = data.draw(st.permutations(list(enumerate(arrived))))

    chosen = [arrived[key].recommendation for key in most_recent(dict(enumerate(arrived)))]
    again = [arrived[key].recommendation for key in most_recent(dict(shuffled))]

    assert {(one.recommendation_id, one.published_date) for one in chosen} == {
        (one.recommendation_id, one.published_date) for one in again
    }


def _is_older(one: datetime | None, other: datetime | None) -> bool:
    return other is not None and (one is None or one < other)
