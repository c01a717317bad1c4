"""What the ledger's documents say of sending a recommendation."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.dates import FOR_EVER
from recommendation_applier.domain.ledger import (
    BatchRecord,
    Claim,
    DecidedBy,
    Entry,
    Known,
    Standing,
    Tombstone,
    Verdict,
    kept_until,
    standing_of,
)
from recommendation_applier.domain.reasons import NotApplicableReason
from tests.builders import EXPIRY, NOW, OPPORTUNITY, PUBLISHED, advertiser, recommendation

SECOND = timedelta(seconds=1)
RETENTION = timedelta(days=90)
CLAIM = Claim("invocation-1", claimed_at=NOW, lease_ends=NOW + 300 * SECOND)
ENDED = CLAIM.lease_ends

# Few ids, so that verdicts meet on one of them.
verdicts = st.dictionaries(
    st.sampled_from(Verdict), st.sets(st.sampled_from(["rec-1", "rec-2"])).map(tuple)
)
moments = st.sampled_from([NOW, ENDED - SECOND, ENDED, ENDED + SECOND])


def record(found: Mapping[Verdict, Collection[str]], *, number: int = 0) -> BatchRecord:
    """Record what became of ids of the claim."""
    return BatchRecord(
        token=CLAIM.token,
        number=number,
        partner_opportunity_id=OPPORTUNITY,
        advertiser=advertiser(),
        verdicts={verdict: tuple(ids) for verdict, ids in found.items()},
        recorded_at=NOW,
        kept_until=EXPIRY,
    )


def tombstone(as_of: datetime) -> Tombstone:
    """Take back what was published up to a moment."""
    return Tombstone(as_of, NotApplicableReason.REMOVED)


# --- How a recommendation stands -----------------------------------------------------------------


def test_what_nobody_has_claimed_is_free() -> None:
    """Such an entry exists only because the recommendation was taken back."""
    assert standing_of("rec-1", None, [], now=NOW) is Standing.FREE


@pytest.mark.parametrize(
    ("now", "standing"),
    [
        (NOW, Standing.CLAIMED),
        (ENDED - SECOND, Standing.CLAIMED),
        (ENDED, Standing.IN_DOUBT),
        (ENDED + SECOND, Standing.IN_DOUBT),
    ],
)
def test_a_claim_without_a_word_is_somebodys_at_work_until_its_lease_ends(
    now: datetime, standing: Standing
) -> None:
    """Afterwards nobody knows what was still sent: Amazon has to be asked."""
    assert standing_of("rec-1", CLAIM, [], now=now) is standing


@pytest.mark.parametrize("now", [NOW, ENDED])
@pytest.mark.parametrize(
    ("verdict", "standing"),
    [
        (Verdict.ACCEPTED, Standing.ACCEPTED),
        (Verdict.REJECTED, Standing.REJECTED),
        (Verdict.REFUSED, Standing.FREE),
        (Verdict.RELEASED, Standing.FREE),
        (Verdict.HELD, Standing.FREE),
    ],
)
def test_a_verdict_holds_whether_or_not_the_lease_has_ended(
    verdict: Verdict, standing: Standing, now: datetime
) -> None:
    """What Amazon has or the advertiser refused is settled; all else may be sent."""
    assert standing_of("rec-1", CLAIM, [record({verdict: ["rec-1"]})], now=now) is standing


def test_what_was_in_doubt_when_the_lease_ended_is_asked_about() -> None:
    """An answer was lost, or nobody could be asked."""
    doubt = record({Verdict.IN_DOUBT: ["rec-1"]})

    assert standing_of("rec-1", CLAIM, [doubt], now=ENDED) is Standing.IN_DOUBT


def test_words_about_others_of_the_claim_say_nothing() -> None:
    """One claim covers everything that an invocation has in hand."""
    others = [record({Verdict.ACCEPTED: ["rec-2"], Verdict.RELEASED: ["rec-3"]})]

    assert standing_of("rec-1", CLAIM, others, now=NOW) is Standing.CLAIMED
    assert standing_of("rec-1", CLAIM, others, now=ENDED) is Standing.IN_DOUBT


def test_an_id_that_another_one_begins_with_is_not_that_one() -> None:
    """Ids are compared as a whole."""
    others = [record({Verdict.ACCEPTED: ["rec-10"]})]

    assert standing_of("rec-1", CLAIM, others, now=ENDED) is Standing.IN_DOUBT


@pytest.mark.parametrize(
    ("stronger", "weaker", "standing"),
    [
        (Verdict.ACCEPTED, Verdict.REJECTED, Standing.ACCEPTED),
        (Verdict.ACCEPTED, Verdict.IN_DOUBT, Standing.ACCEPTED),
        (Verdict.ACCEPTED, Verdict.RELEASED, Standing.ACCEPTED),
        (Verdict.ACCEPTED, Verdict.REFUSED, Standing.ACCEPTED),
        (Verdict.REJECTED, Verdict.IN_DOUBT, Standing.REJECTED),
        (Verdict.REJECTED, Verdict.HELD, Standing.REJECTED),
        (Verdict.IN_DOUBT, Verdict.HELD, Standing.IN_DOUBT),
        (Verdict.IN_DOUBT, Verdict.REFUSED, Standing.IN_DOUBT),
        (Verdict.IN_DOUBT, Verdict.RELEASED, Standing.IN_DOUBT),
    ],
)
def test_of_several_verdicts_the_more_cautious_decides(
    stronger: Verdict, weaker: Verdict, standing: Standing
) -> None:
    """In one record or in two, whichever came first: nothing is sent that Amazon may have."""
    first, second = {stronger: ["rec-1"]}, {weaker: ["rec-1"]}

    for records in (
        [record(first | second)],
        [record(first), record(second, number=1)],
        [record(second), record(first, number=1)],
    ):
        assert standing_of("rec-1", CLAIM, records, now=ENDED) is standing


@given(found=st.lists(verdicts, max_size=4), now=moments, data=st.data())
def test_the_order_of_records_does_not_matter(
    found: list[dict[Verdict, tuple[str, ...]]], now: datetime, data: st.DataObject
) -> None:
    """They are found in any order, and repeated ones add nothing."""
    records = [record(each, number=number) for number, each in enumerate(found)]
    shuffled = data.draw(st.permutations(records + records[:1]))

    assert standing_of("rec-1", CLAIM, shuffled, now=now) is (
        standing_of("rec-1", CLAIM, records, now=now)
    )


@given(found=st.lists(verdicts, max_size=4), more=verdicts, now=moments)
def test_what_amazon_has_is_never_free_again(
    found: list[dict[Verdict, tuple[str, ...]]],
    more: dict[Verdict, tuple[str, ...]],
    now: datetime,
) -> None:
    """No later word, and no time that passes, undoes an acceptance."""
    accepted = record({Verdict.ACCEPTED: ["rec-1"]}, number=9)
    records = [record(each, number=number) for number, each in enumerate([*found, more])]

    assert standing_of("rec-1", CLAIM, [*records, accepted], now=now) is Standing.ACCEPTED


@given(found=st.lists(verdicts, max_size=4), now=moments)
def test_nothing_is_free_that_only_a_word_could_free(
    found: list[dict[Verdict, tuple[str, ...]]], now: datetime
) -> None:
    """FREE needs a verdict about the id that says so, and none that speaks against it."""
    said = {verdict for each in found for verdict, ids in each.items() if "rec-1" in ids}
    records = [record(each, number=number) for number, each in enumerate(found)]

    standing = standing_of("rec-1", CLAIM, records, now=now)

    freeing = {Verdict.REFUSED, Verdict.RELEASED, Verdict.HELD, Verdict.IGNORED}
    assert (standing is Standing.FREE) == (bool(said) and said <= freeing)


# --- Tombstones ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "published", "covered"),
    [
        pytest.param(PUBLISHED + SECOND, PUBLISHED, True, id="later"),
        pytest.param(PUBLISHED, PUBLISHED, True, id="a-tie-takes-back"),
        pytest.param(PUBLISHED - SECOND, PUBLISHED, False, id="earlier"),
        pytest.param(FOR_EVER, PUBLISHED, True, id="for-ever"),
        pytest.param(PUBLISHED, None, True, id="of-a-publication-without-a-date"),
    ],
)
def test_a_tombstone_takes_back_what_was_published_up_to_it(
    as_of: datetime,
    published: datetime | None,
    covered: bool,  # noqa: FBT001
) -> None:
    """The later date wins, a tie takes back, and what has no date is older than everything."""
    assert tombstone(as_of).covers(recommendation(published_date=published)) is covered


def test_a_younger_publication_does_not_see_a_tombstone() -> None:
    """What is known of the claim remains."""
    known = Known(CLAIM, tombstone(PUBLISHED))

    assert known.as_seen_by(recommendation()) == known
    assert known.as_seen_by(recommendation(published_date=PUBLISHED + SECOND)) == Known(CLAIM)
    assert Known(CLAIM).as_seen_by(recommendation()) == Known(CLAIM)


# --- How long it is kept -------------------------------------------------------------------------


def test_it_is_kept_for_the_retention_after_the_last_has_expired() -> None:
    """Of several recommendations the one that lives longest decides."""
    dates = [EXPIRY, EXPIRY + timedelta(days=3), EXPIRY + timedelta(days=1)]
    lives = [recommendation(expiry_date=date) for date in dates]

    assert kept_until(lives, now=NOW, retention=RETENTION) == (
        EXPIRY + timedelta(days=3) + RETENTION
    )


@pytest.mark.parametrize(
    "expiries",
    [[], [None], [NOW - SECOND], [None, NOW - SECOND]],
    ids=["nothing", "without-a-date", "expired", "both"],
)
def test_what_has_expired_or_never_does_is_kept_from_now_on(
    expiries: list[datetime | None],
) -> None:
    """A removal has no expiry date; a dead letter may come back long after its own."""
    each = [recommendation(expiry_date=expiry) for expiry in expiries]

    assert kept_until(each, now=NOW, retention=RETENTION) == NOW + RETENTION


def test_one_without_an_expiry_date_does_not_shorten_the_others_life() -> None:
    """They are kept as long as if it were not there."""
    mixed = [recommendation(expiry_date=None), recommendation(expiry_date=EXPIRY)]

    assert kept_until(mixed, now=NOW, retention=RETENTION) == EXPIRY + RETENTION


def test_the_end_of_time_is_kept_until_the_end_of_time() -> None:
    """Amazon may write any date; none makes the sum fail."""
    last = recommendation(expiry_date=FOR_EVER)

    assert kept_until([last], now=NOW, retention=RETENTION) == FOR_EVER


@given(
    expiries=st.lists(st.none() | st.datetimes(timezones=st.just(UTC)), max_size=4),
    days=st.integers(0, 3_650),
)
def test_nothing_is_forgotten_before_its_time(expiries: list[datetime | None], days: int) -> None:
    """Never before the retention is over, counted from now and from each expiry."""
    each = [recommendation(expiry_date=expiry) for expiry in expiries]
    retention = timedelta(days=days)

    moment = kept_until(each, now=NOW, retention=retention)

    assert moment >= NOW + retention
    for expiry in expiries:
        assert expiry is None or moment - retention >= min(expiry, FOR_EVER - retention)


# --- The documents -------------------------------------------------------------------------------


def test_an_entry_goes_by_the_id_of_its_recommendation() -> None:
    """Never by that of a message, which redrive changes."""
    entry = Entry(recommendation("rec-7"), OPPORTUNITY, DecidedBy(), CLAIM, EXPIRY)

    assert entry.recommendation_id == "rec-7"


@pytest.mark.parametrize(
    ("decided_by", "said"),
    [
        (DecidedBy(), "no policy"),
        (DecidedBy(policy_version=7), "policy 7, its default"),
        (DecidedBy(policy_version=7, rule="bids"), "policy 7, rule 'bids'"),
        (DecidedBy(policy_version=7, released_by="anna"), "anna, over policy 7, its default"),
    ],
)
def test_who_decided_is_said_in_a_few_words(decided_by: DecidedBy, said: str) -> None:
    """By which version and rule of the policy, and who released it over that."""
    assert str(decided_by) == said


def test_a_record_names_what_amazon_has() -> None:
    """None, if it has nothing."""
    found = {Verdict.ACCEPTED: ["rec-1", "rec-2"], Verdict.REFUSED: ["rec-3"]}

    assert record(found).accepted == ("rec-1", "rec-2")
    assert record({Verdict.REFUSED: ["rec-3"]}).accepted == ()
