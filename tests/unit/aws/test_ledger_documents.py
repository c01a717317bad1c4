"""Values <-> attributes, moments <-> text and seconds."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.aws.ledger_documents import (
    attributes,
    moment,
    read_document,
    read_moment,
    read_seconds,
    reading,
    seconds,
    seconds_up,
)
from recommendation_applier.domain.dates import FOR_EVER
from recommendation_applier.domain.errors import LedgerUnavailableError
from tests.ledger_strategies import moments

values: st.SearchStrategy[Any] = st.recursive(
    st.text() | st.integers() | st.binary() | st.frozensets(st.integers(), min_size=1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(document=st.dictionaries(st.text(), values, max_size=4))
def test_what_is_written_is_read(document: dict[str, Any]) -> None:
    """Whatever the ledger can keep comes back as it was."""
    assert read_document(attributes(document)) == document


def test_what_is_none_is_left_out() -> None:
    """An attribute that is not there costs nothing."""
    assert attributes({"type": None, "claim": "token"}) == {"claim": {"S": "token"}}


def test_lists_may_hold_anything() -> None:
    """Each of their values says of which kind it is."""
    assert attributes({"of": ["text", 7, b"bytes", ["é"]]}) == {
        "of": {"L": [{"S": "text"}, {"N": "7"}, {"B": b"bytes"}, {"L": [{"S": "é"}]}]}
    }


def test_half_an_emoji_becomes_a_question_mark() -> None:
    """JSON holds it, UTF-8 does not; a document must not fail over a label."""
    assert attributes({"type": "bid \ud83d", "ids": ["\ud83d"]}) == {
        "type": {"S": "bid ?"},
        "ids": {"L": [{"S": "?"}]},
    }


def test_what_is_never_written_is_read_as_it_is() -> None:
    """Somebody's note in the console makes nothing unreadable."""
    found = read_document({"note": {"BOOL": True}, "share": {"N": "0.5"}, "of": {"NS": ["0.5"]}})

    assert found == {"note": True, "share": "0.5", "of": {"0.5"}}


@given(first=moments, second=moments)
def test_moments_compare_as_they_read(first: datetime, second: datetime) -> None:
    """Text of one width, so that DynamoDB can say which is later."""
    texts = [str(moment(first)), str(moment(second))]

    assert [len(text) for text in texts] == [27, 27]
    assert (texts[0] < texts[1]) == (first < second)
    assert [read_moment(text) for text in texts] == [first, second]


def test_moments_are_in_utc() -> None:
    """Wherever they come from; no moment stays none."""
    paris = datetime(2026, 11, 10, 13, tzinfo=timezone(timedelta(hours=1)))

    assert moment(paris) == "2026-11-10T12:00:00.000000Z"
    assert moment(FOR_EVER) == "9999-12-31T23:59:59.999999Z"
    assert moment(None) is None
    assert read_moment(None) is None


@given(when=moments)
def test_seconds_are_rounded_down_or_up(when: datetime) -> None:
    """To the second before, or to the one after."""
    down, up = seconds(when), seconds_up(when)

    assert read_seconds(down) == when.replace(microsecond=0)
    assert up == down + (when.microsecond > 0)


def test_seconds_are_those_of_the_epoch() -> None:
    """Which is what DynamoDB's time to live reads."""
    assert seconds(datetime(2026, 11, 10, 12, tzinfo=UTC)) == 1_794_312_000


@pytest.mark.parametrize(
    "error", [KeyError("claim"), TypeError(), ValueError(), AttributeError(), OverflowError()]
)
def test_what_is_malformed_is_named(error: Exception) -> None:
    """What stands there is as good as unknown, whatever is wrong with it."""
    with (
        pytest.raises(
            LedgerUnavailableError,
            match=rf"^CLAIM#1 of the ledger is malformed: {type(error).__name__}$",
        ),
        reading("CLAIM#1"),
    ):
        raise error
