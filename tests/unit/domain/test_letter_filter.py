"""Which letters a person means, and what letters have in common."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.letter_filter import LetterFilter
from recommendation_applier.domain.letter_groups import GroupBy, LetterGroup, grouped
from recommendation_applier.domain.reasons import DeadLetterReason
from recommendation_applier.domain.waiting_letter import WaitingLetter
from tests.builders import NOW, OPPORTUNITY, body
from tests.letter_builders import FAILED, batch_body, letter, message_body, queued

BATCH = letter(batch_body("rec-1", "rec-2"), "letter-1")
MESSAGE = letter(
    message_body(body("rec-3", account=2, type="NEW_CAMPAIGN", marketplace_name="GB",
                      envelope={"marketplaceId": None}, campaign_id="77")),
    "letter-2",
)  # fmt: skip
BODY = letter(body("rec-4"), "letter-3")
NOTHING = letter(message_body("no JSON", code=DeadLetterReason.UNREADABLE_BODY), "letter-4")
LETTERS = (BATCH, MESSAGE, BODY, NOTHING)


def names(letters: Any) -> list[str]:
    """Name letters by the last character of their ids."""
    return [each.message_id[-1] for each in letters]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, "1234"),
        ({"reasons": {"APPLY_REFUSED"}}, "1"),
        ({"reasons": {"APPLY_REFUSED", "UNREADABLE_BODY"}}, "14"),
        ({"reasons": {"NONE"}}, "3"),
        ({"kinds": {"message"}}, "24"),
        ({"kinds": {"body"}}, "3"),
        ({"api_codes": {"PO_APPLY_BAD_REQUEST"}}, "1"),
        ({"accounts": {"A0000000000002"}}, "2"),
        ({"accounts": {"ENTITY0000000000001"}}, "13"),
        ({"marketplaces": {"UK"}}, "2"),
        ({"marketplaces": {"GB"}}, "2"),
        ({"marketplaces": {"US"}}, "13"),
        ({"types": {"NEW_CAMPAIGN"}}, "2"),
        ({"campaigns": {"77"}}, "2"),
        ({"opportunities": {OPPORTUNITY}}, "1"),
        ({"ids": {"rec-2"}}, "1"),
        ({"ids": {"letter-4", "rec-4"}}, "34"),
        ({"ids": {"letter-4"}, "types": {"KEYWORD_BID"}}, ""),
        ({"ids": {"rec-1"}, "reasons": {"NONE"}}, ""),
        ({"older_than": timedelta(hours=2)}, "124"),
        ({"older_than": timedelta(hours=2, seconds=1)}, ""),
        ({"newer_than": timedelta(hours=2)}, "3"),
        ({"newer_than": timedelta(hours=3)}, "1234"),
    ],
)
def test_filters_choose(wanted: dict[str, Any], expected: str) -> None:
    """Each by its value; several values of one fit any of them, several filters all have to."""
    fields: dict[str, Any] = {
        name: frozenset(value) if isinstance(value, set) else value
        for name, value in wanted.items()
    }

    chosen = LetterFilter(**fields)
    assert "".join(names(each for each in LETTERS if chosen.covers(each, now=NOW))) == expected


def test_one_recommendation_has_to_fit_all_that_is_asked_of_it() -> None:
    """The type of one and the account of another are no match."""
    both = letter(f"[{body('rec-1', type='NEW_CAMPAIGN')}, {body('rec-2', account=2)}]")

    def covers(**wanted: str) -> bool:
        fields: dict[str, Any] = {name: frozenset([value]) for name, value in wanted.items()}
        return LetterFilter(**fields).covers(both, now=NOW)

    assert covers(types="NEW_CAMPAIGN", accounts="A0000000000001")
    assert not covers(types="NEW_CAMPAIGN", accounts="A0000000000002")


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (
            GroupBy.REASON,
            [
                (None, 1, 1),
                ("APPLY_REFUSED", 1, 2),
                ("OPPORTUNITY_UNRESOLVED", 1, 1),
                ("UNREADABLE_BODY", 1, 0),
            ],
        ),
        (GroupBy.API_CODE, [(None, 3, 2), ("PO_APPLY_BAD_REQUEST", 1, 2)]),
        (GroupBy.ACCOUNT, [("A0000000000001", 2, 3), (None, 1, 0), ("A0000000000002", 1, 1)]),
        (GroupBy.TYPE, [("KEYWORD_BID", 2, 3), (None, 1, 0), ("NEW_CAMPAIGN", 1, 1)]),
        (GroupBy.MARKETPLACE, [("US", 2, 3), (None, 1, 0), ("UK", 1, 1)]),
        (GroupBy.OPPORTUNITY, [(None, 3, 2), (OPPORTUNITY, 1, 2)]),
        (GroupBy.AGE, [("1 to 24 hours", 4, 4)]),
    ],
)
def test_letters_are_counted_by_what_they_have_in_common(by: GroupBy, expected: Any) -> None:
    """The largest group first; what says nothing of it is a group as well."""
    found = grouped(LETTERS, by, now=NOW)

    assert [(each.value, each.letters, each.recommendations) for each in found] == expected


def test_a_group_knows_its_oldest_and_its_newest() -> None:
    """Whatever the order in which they come."""
    later = letter(batch_body("rec-9", failed_at=FAILED + timedelta(minutes=5)))
    for letters in ((BATCH, later), (later, BATCH)):
        [group] = grouped(letters, GroupBy.REASON, now=NOW)

        assert (group.oldest, group.newest) == (FAILED, FAILED + timedelta(minutes=5))


def test_ages_go_from_young_to_old() -> None:
    """Each limit belongs to the older ones."""
    hours = (0, 1, 24, 72, 168, 288, 400)
    letters = [letter(batch_body("rec-1", failed_at=NOW - timedelta(hours=each))) for each in hours]

    found = grouped(letters, GroupBy.AGE, now=NOW)
    assert [(each.value, each.letters) for each in found] == [
        ("less than 1 hour", 1),
        ("1 to 24 hours", 1),
        ("1 to 3 days", 1),
        ("3 to 7 days", 1),
        ("7 to 12 days", 1),
        ("12 days or more", 2),
    ]


def test_what_is_about_nothing_is_counted() -> None:
    """A message of another dataset, for example."""
    other = letter(body(envelope={"datasetId": "sp-traffic"}))

    assert grouped([other], GroupBy.TYPE, now=NOW) == [
        LetterGroup(None, other.since, other.since, 1, 0)
    ]


@given(st.lists(st.sampled_from(LETTERS)), st.sampled_from([*GroupBy]))
def test_no_letter_is_forgotten(letters: list[WaitingLetter], by: GroupBy) -> None:
    """These are each in one group."""
    assert sum(each.letters for each in grouped(letters, by, now=NOW)) == len(letters)


def test_an_account_may_have_its_entity_id_alone() -> None:
    """Then that is its name."""
    odd = letter(queued(body("rec-1", envelope={"advertiserId": None})).body)

    [group] = grouped([odd], GroupBy.ACCOUNT, now=NOW)
    assert group.value == "ENTITY0000000000001"
