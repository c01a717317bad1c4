"""Grouping and cutting, without AWS and without HTTP."""

import math
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.batching import MAX_IDS_PER_STATUS, ApplyBatch, into_batches
from recommendation_applier.domain.recommendation import Recommendation
from tests.builders import OPPORTUNITY, advertiser, batch, recommendation

# Few opportunities, accounts and ids, so that groups collide and ids repeat.
accounts = st.sampled_from(
    [
        advertiser(1),
        advertiser(2),
        advertiser(1, marketplace="CA"),
        advertiser(1, advertiser_type="VENDOR"),
    ]
)
arrivals = st.lists(
    st.tuples(
        st.sampled_from(["PO-1", "PO-2"]),
        st.builds(
            lambda number, owner: recommendation(f"rec-{number}", advertiser=owner),
            st.integers(0, 9),
            accounts,
        ),
    ),
    max_size=40,
)
limits = st.integers(1, 4)

Arrivals = list[tuple[str, Recommendation]]


def ids(count: int, *, account: int = 1) -> Arrivals:
    """Make that many recommendations of one account."""
    owner = advertiser(account)
    return [
        (OPPORTUNITY, recommendation(f"rec-{account}-{number}", advertiser=owner))
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(0, []), (1, [1]), (99, [99]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])],
)
def test_a_full_request_is_followed_by_the_rest(count: int, sizes: list[int]) -> None:
    """250 ids of one advertiser go out as 100, 100 and 50."""
    batches = list(into_batches(ids(count)))

    assert [len(one.recommendation_ids) for one in batches] == sizes


def test_seven_accounts_in_any_order_need_no_more_requests_than_apart() -> None:
    """1,234 recommendations of 7 accounts, shuffled, go out in 16 requests."""
    counts = [400, 300, 200, 150, 100, 80, 4]
    arrived = [pair for account, count in enumerate(counts) for pair in ids(count, account=account)]
    random.Random(1).shuffle(arrived)  # noqa: S311

    batches = list(into_batches(arrived))

    assert sum(counts) == 1_234
    assert len(batches) == 4 + 3 + 2 + 2 + 1 + 1 + 1
    assert Counter(one for each in batches for one in each.recommendation_ids) == Counter(
        one.recommendation_id for _, one in arrived
    )


def test_accounts_and_opportunities_never_share_a_request() -> None:
    """A difference in any part of the key makes a group of its own."""
    other_entity = replace(advertiser(1), entity_id="ENTITY")
    other_advertiser = replace(advertiser(1), encrypted_advertiser_id="A")
    arrived = [
        ("PO-1", recommendation("rec-1", advertiser=advertiser(1))),
        ("PO-2", recommendation("rec-2", advertiser=advertiser(1))),
        ("PO-1", recommendation("rec-3", advertiser=other_entity)),
        ("PO-1", recommendation("rec-4", advertiser=other_advertiser)),
        ("PO-1", recommendation("rec-5", advertiser=advertiser(1, marketplace="CA"))),
        ("PO-1", recommendation("rec-6", advertiser=advertiser(1, advertiser_type="VENDOR"))),
    ]

    assert [one.recommendation_ids for one in into_batches(arrived)] == [
        (f"rec-{number}",) for number in range(1, 7)
    ]


def test_groups_and_their_members_keep_their_order() -> None:
    """Who comes first is sent first; a group is sent as a whole."""
    first, second = advertiser(1), advertiser(2)
    arrived = [
        (OPPORTUNITY, recommendation("rec-9", advertiser=first)),
        (OPPORTUNITY, recommendation("rec-8", advertiser=second)),
        (OPPORTUNITY, recommendation("rec-1", advertiser=first)),
        (OPPORTUNITY, recommendation("rec-5", advertiser=first)),
    ]

    assert [one.recommendation_ids for one in into_batches(arrived, limit=2)] == [
        ("rec-9", "rec-1"),
        ("rec-5",),
        ("rec-8",),
    ]


def test_a_repeated_id_collapses_into_the_first() -> None:
    """An id is sent once, as what it was when it first came."""
    arrived = [
        (OPPORTUNITY, recommendation("rec-1", type="FIRST")),
        (OPPORTUNITY, recommendation("rec-2")),
        (OPPORTUNITY, recommendation("rec-1", type="SECOND")),
    ]

    (one,) = into_batches(arrived)

    assert one.recommendation_ids == ("rec-1", "rec-2")
    assert one.recommendations[0].type == "FIRST"


def test_a_question_about_statuses_may_name_500_ids() -> None:
    """`applicationStatus` has a limit of its own."""
    batches = into_batches(ids(501), limit=MAX_IDS_PER_STATUS)

    assert [len(one.recommendation_ids) for one in batches] == [500, 1]


def test_a_request_has_amazons_five_attributes_and_no_other() -> None:
    """The body is exactly what the OpenAPI file allows."""
    owner = advertiser(1, advertiser_type="VENDOR", marketplace="GB")
    members = (
        recommendation("rec-2", advertiser=owner),
        recommendation("rec-1", advertiser=owner),
    )

    assert ApplyBatch("PO-1", owner, members).request() == {
        "advertiserType": "VENDOR",
        "encryptedAdvertiserId": "A0000000000001",
        "entityId": "ENTITY0000000000001",
        "marketplace": "GB",
        "recommendationIds": ["rec-2", "rec-1"],
    }


@pytest.mark.parametrize(
    ("members", "words"),
    [
        (("rec-1",), "1 recommendation of"),
        (("rec-1", "rec-2"), "2 recommendations of"),
    ],
)
def test_a_batch_names_itself(members: tuple[str, ...], words: str) -> None:
    """Errors and logs say how many, whose, and under which opportunity."""
    named = str(batch(*members, opportunity="PO-1"))

    assert named == f"{words} A0000000000001 (ENTITY0000000000001, US) under PO-1"


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        (["rec-3", "rec-1", "rec-9"], ("rec-1", "rec-3")),
        ([], ()),
        (["rec-1", "rec-2", "rec-3"], ("rec-1", "rec-2", "rec-3")),
    ],
    ids=["some", "none", "all"],
)
def test_a_batch_can_be_cut_down_to_some_of_its_ids(
    chosen: list[str], kept: tuple[str, ...]
) -> None:
    """Account, opportunity and order stay; ids that it does not have change nothing."""
    whole = batch("rec-1", "rec-2", "rec-3", opportunity="PO-2", account=7)

    part = whole.only(chosen)

    assert part.recommendation_ids == kept
    assert part.advertiser == whole.advertiser
    assert part.partner_opportunity_id == "PO-2"
    assert all(each in whole.recommendations for each in part.recommendations)


@given(arrived=arrivals, limit=limits)
def test_every_recommendation_leaves_exactly_once(arrived: Arrivals, limit: int) -> None:
    """Nothing is lost, nothing is sent twice, no batch is empty or over the limit."""
    batches = list(into_batches(arrived, limit=limit))

    sent = [
        (one.partner_opportunity_id, one.advertiser, recommendation_id)
        for one in batches
        for recommendation_id in one.recommendation_ids
    ]
    assert len(sent) == len(set(sent))
    assert set(sent) == {
        (opportunity, one.advertiser, one.recommendation_id) for opportunity, one in arrived
    }
    assert all(1 <= len(one.recommendation_ids) <= limit for one in batches)


@given(arrived=arrivals, limit=limits)
def test_a_batch_speaks_for_one_account_only(arrived: Arrivals, limit: int) -> None:
    """Every recommendation travels under its own account and opportunity."""
    for one in into_batches(arrived, limit=limit):
        for member in one.recommendations:
            assert member.advertiser == one.advertiser
            assert (one.partner_opportunity_id, member) in arrived


@given(arrived=arrivals, limit=limits)
def test_no_fewer_requests_would_do(arrived: Arrivals, limit: int) -> None:
    """Every group needs its ids divided by the limit, rounded up, and gets no more."""
    distinct = {
        (opportunity, one.advertiser, one.recommendation_id) for opportunity, one in arrived
    }
    groups = Counter((opportunity, owner) for opportunity, owner, _ in distinct)

    assert len(list(into_batches(arrived, limit=limit))) == sum(
        math.ceil(count / limit) for count in groups.values()
    )


@given(arrived=arrivals, limit=limits)
def test_order_is_kept_in_every_group(arrived: Arrivals, limit: int) -> None:
    """The ids of a group leave as they came, and so do the groups."""
    batches = list(into_batches(arrived, limit=limit))

    sent: dict[tuple[object, object], list[str]] = {}
    for one in batches:
        key = (one.partner_opportunity_id, one.advertiser)
        sent.setdefault(key, []).extend(one.recommendation_ids)
    came: dict[tuple[object, object], list[str]] = {}
    for opportunity, member in arrived:
        group = came.setdefault((opportunity, member.advertiser), [])
        if member.recommendation_id not in group:
            group.append(member.recommendation_id)
    assert list(sent.items()) == list(came.items())


def test_a_batch_is_cut_into_pieces() -> None:
    """Of one account and opportunity, as few as can be, and of the wanted ids alone."""
    whole = batch(*(f"rec-{number}" for number in range(5)))

    pieces = whole.pieces({"rec-0", "rec-1", "rec-3", "rec-4"}, most=3)

    assert [each.recommendation_ids for each in pieces] == [("rec-0", "rec-1", "rec-3"), ("rec-4",)]
    assert {(each.partner_opportunity_id, each.advertiser) for each in pieces} == {
        (whole.partner_opportunity_id, whole.advertiser)
    }


def test_what_fits_is_one_piece() -> None:
    """The batch itself, if all of it is wanted; without anything wanted there is none."""
    whole = batch("rec-1", "rec-2")

    [piece] = whole.pieces({"rec-1", "rec-2"}, most=2)

    assert piece is whole
    single = batch("rec-1")
    assert single.pieces({"rec-1"}, most=2)[0] is single
    assert whole.pieces({"rec-2"}, most=2) == [batch("rec-2")]
    assert whole.pieces(set(), most=2) == []
