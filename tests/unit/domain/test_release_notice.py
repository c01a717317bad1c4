"""The message by which released recommendations enter the ingress queue."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.delivery import Rejection, ReleaseNotice
from recommendation_applier.domain.reading import read_body
from recommendation_applier.domain.reasons import DeadLetterReason
from recommendation_applier.domain.release_notice import release_notice

ids = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


@given(names=st.lists(ids, min_size=1, max_size=100, unique=True))
def test_a_notice_is_read_as_it_was_written(names: list[str]) -> None:
    """Each recommendation by itself, with a text that names no other."""
    read = read_body(release_notice(names), actionable_statuses=frozenset())

    assert read == tuple(ReleaseNotice(name, release_notice([name])) for name in names)


def test_a_notice_is_as_short_as_can_be() -> None:
    """A hundred ids of 40 characters are 4 kB: it is billed by 64 kB."""
    assert release_notice(["rec-1", "rec-2"]) == (
        '{"version":1,"kind":"release","recommendationIds":["rec-1","rec-2"]}'
    )


def test_what_is_named_twice_is_released_once() -> None:
    """One part for each recommendation."""
    read = read_body(release_notice(["rec-1", "rec-1"]), actionable_statuses=frozenset())

    assert read == (ReleaseNotice("rec-1", release_notice(["rec-1"])),)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"version":2,"kind":"release","recommendationIds":["rec-1"]}', "version is 2"),
        ('{"version":1,"kind":"release"}', "recommendationIds is missing"),
        ('{"version":1,"kind":"release","recommendationIds":[]}', "recommendationIds is []"),
        ('{"version":1,"kind":"release","recommendationIds":[""]}', "recommendationIds is ''"),
    ],
)
def test_a_notice_that_cannot_be_read_is_kept_with_its_reason(text: str, why: str) -> None:
    """Nothing of it is released."""
    (found,) = read_body(text, actionable_statuses=frozenset())

    assert isinstance(found, Rejection)
    assert found.reason is DeadLetterReason.INVALID_MESSAGE
    assert found.message.startswith(why)
    assert found.body == text
