"""One contract for what is held: the ledger in memory, and the ledger in DynamoDB."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from moto import mock_aws
from types_boto3_dynamodb.client import DynamoDBClient

from recommendation_applier.aws.held_entries import HeldEntries
from recommendation_applier.aws.ledger_documents import attributes
from recommendation_applier.domain.dates import FOR_EVER
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.held import Held, Veto
from recommendation_applier.domain.holds import Hold, Release
from recommendation_applier.domain.ledger import Known, StoredEntry
from recommendation_applier.domain.reasons import HeldReason, NotApplicableReason
from recommendation_applier.use_cases.ports import HeldStore, LedgerStore
from tests.builders import EXPIRY, NOW, PUBLISHED
from tests.contract.ledger_clients import (
    TABLE,
    calls_of,
    create_table,
    documents,
    dynamodb,
    fail_for,
    stores,
    throttled,
)
from tests.ledger_builders import KEPT_UNTIL, OTHER_TOKEN, TOKEN, claim, entry, tombstone
from tests.memory_ledger import MemoryLedger

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
LATER = PUBLISHED + DAY


@dataclass(frozen=True, slots=True)
class Kept:
    """One ledger: as deliveries write it, and as people read it."""

    ledger: LedgerStore
    held: HeldStore

    def hold(
        self, recommendation_id: str = "rec-1", *, token: str = TOKEN, **changes: Any
    ) -> StoredEntry:
        """Claim and hold a recommendation, as the spine does; give what is stored then."""
        made = entry(recommendation_id, token, **changes)
        self.ledger.put_new([made])
        hold = Hold(HeldReason.POLICY_HOLD, "it says HOLD", NOW, made.recommendation.expiry_date)
        assert self.ledger.hold(token, {recommendation_id: hold}) == {recommendation_id}
        return self.stored(recommendation_id)

    def stored(self, recommendation_id: str = "rec-1") -> StoredEntry:
        """Give what is stored of one that exists."""
        stored = self.held.entries_of({recommendation_id})[recommendation_id]
        assert stored is not None
        return stored


def release(published_date: Any = PUBLISHED, *, by: str = "ann") -> Release:
    """Make somebody's word that what was published then may go."""
    return Release(by, "seen and agreed", NOW, published_date)


def veto(published_date: Any = PUBLISHED) -> Veto:
    """Make somebody's word that what was published then must not go."""
    return Veto("ann", "too dear", NOW, published_date)


@pytest.fixture
def client() -> Iterator[DynamoDBClient]:
    """The ledger's table in moto."""
    with mock_aws():
        made = dynamodb()
        create_table(made)
        yield made


@pytest.fixture(params=["memory", "dynamodb"])
def kept(request: pytest.FixtureRequest) -> Kept:
    """An empty ledger in memory, and one in a table."""
    if request.param == "memory":
        memory = MemoryLedger()
        return Kept(memory, memory)
    return in_table(request.getfixturevalue("client"))


def in_table(client: DynamoDBClient, report_failure: Callable[[str], None] = pytest.fail) -> Kept:
    """Make the adapters in front of the table."""
    held = HeldEntries(client, table_name=TABLE, report_failure=report_failure)
    return Kept(stores(client).ledger, held)


def ids(found: Iterator[Held]) -> list[str]:
    """Name what was found, in its order."""
    return [each.entry.recommendation_id for each in found]


def test_nothing_is_held(kept: Kept) -> None:
    """Neither in an empty ledger nor in one whose entries are claimed and buried."""
    kept.ledger.put_new([entry()])
    kept.ledger.bury({"rec-2": tombstone()}, kept_until=KEPT_UNTIL)

    assert ids(kept.held.held(after=NOW)) == []
    assert kept.held.entries_of(set()) == {}
    assert kept.held.release({}) == kept.held.reject({}) == {}


def test_what_is_held_is_told_whole(kept: Kept) -> None:
    """What was recommended, why it is held, since when and until when."""
    stored = kept.hold(current_settings={"budget": 5}, recommended_settings={"budget": 9})

    [found] = kept.held.held(after=NOW)
    assert found.entry == stored.entry
    assert found.recommendation.settings.current == {"budget": 5}
    assert found.recommendation.settings.recommended == {"budget": 9}
    assert found.hold == Hold(HeldReason.POLICY_HOLD, "it says HOLD", NOW, EXPIRY)
    assert found.release is None


def test_the_first_to_end_comes_first(kept: Kept) -> None:
    """What never expires comes last; what has ended by then does not come at all."""
    for name, expiry in {
        "never": None,
        "third": EXPIRY + DAY,
        "ended": NOW,
        "first": NOW + SECOND,
        "second": EXPIRY,
    }.items():
        kept.hold(name, expiry_date=expiry)

    assert ids(kept.held.held(after=NOW)) == ["first", "second", "third", "never"]
    assert ids(kept.held.held(after=NOW - SECOND))[0] == "ended"
    assert ids(kept.held.ending_before(EXPIRY, after=NOW)) == ["first", "second"]
    assert ids(kept.held.ending_before(EXPIRY - SECOND, after=NOW)) == ["first"]


def test_an_overview_counts_and_has_the_first_to_end(kept: Kept) -> None:
    """What was taken back is counted, since the index still has it, and is not among the first."""
    for name, expiry in {
        "never": None,
        "ended": NOW,
        "first": NOW + SECOND,
        "removed": EXPIRY,
        "rejected": EXPIRY,
    }.items():
        kept.hold(name, expiry_date=expiry)
    kept.ledger.bury({"removed": tombstone()}, kept_until=KEPT_UNTIL)
    assert kept.held.reject({"rejected": veto()}) == {"rejected": None}

    overview = kept.held.overview(after=NOW)

    assert (overview.count, overview.is_whole) == (3, True)
    assert ids(iter(overview.first)) == ["first", "never"]
    assert (overview.ends_first, overview.held_since) == (NOW + SECOND, NOW)


def test_an_overview_of_nothing(kept: Kept) -> None:
    """Nothing is counted, nothing ends, and nothing waits since anything."""
    overview = kept.held.overview(after=NOW)

    assert (overview.count, overview.is_whole, list(overview.first)) == (0, True, [])
    assert overview.ends_first is overview.held_since is None


def test_an_overview_is_two_calls_however_much_is_held(client: DynamoDBClient) -> None:
    """One page of the index, and the first twenty entries; it says that there is more."""
    kept = in_table(client)
    for number in range(30):
        kept.hold(f"rec-{number:02}", expiry_date=EXPIRY + number * SECOND)

    def end_the_page(parsed: dict[str, Any], **_: object) -> None:
        parsed["LastEvaluatedKey"] = attributes({"pk": "RECOMMENDATION#rec-29", "sk": "ENTRY"})

    client.meta.events.register("after-call.dynamodb.Query", end_the_page)
    calls = calls_of(client)

    overview = kept.held.overview(after=NOW)

    assert (overview.count, overview.is_whole) == (30, False)
    assert ids(iter(overview.first)) == [f"rec-{number:02}" for number in range(20)]
    assert [operation for operation, _ in calls] == ["Query", "BatchGetItem"]


@pytest.mark.no_cover  # hundreds of the same: fewer of them are traced elsewhere
def test_hundreds_are_held(kept: Kept) -> None:
    """More than DynamoDB gives in one answer (100 documents), in order."""
    names = [f"rec-{number}" for number in range(230)]
    for number, name in enumerate(names):
        kept.hold(name, expiry_date=EXPIRY + number * SECOND)

    assert ids(kept.held.held(after=NOW)) == names
    assert kept.held.entries_of({*names, "unknown"}).keys() == {*names, "unknown"}


def test_what_was_taken_back_waits_no_longer(kept: Kept) -> None:
    """One whose removal speaks of something older does."""
    kept.hold("rec-1")
    kept.hold("rec-2")
    kept.ledger.bury({"rec-1": tombstone(), "rec-2": tombstone(PUBLISHED - DAY)},
                     kept_until=KEPT_UNTIL)  # fmt: skip

    assert ids(kept.held.held(after=NOW)) == ["rec-2"]


def test_what_is_claimed_anew_waits_no_longer(kept: Kept) -> None:
    """It was delivered again, and the policy lets it go by now."""
    kept.hold()
    kept.ledger.take_over([(entry(token=OTHER_TOKEN), Known(claim()))])

    assert ids(kept.held.held(after=NOW)) == []


def test_what_is_stored_is_found_by_its_id(kept: Kept) -> None:
    """None where nothing is; a removal without an entry is something."""
    stored = kept.hold("rec-1")
    kept.ledger.bury({"rec-2": tombstone()}, kept_until=KEPT_UNTIL)

    assert kept.held.entries_of({"rec-1", "rec-2", "rec-3"}) == {
        "rec-1": stored,
        "rec-2": StoredEntry(None, tombstone()),
        "rec-3": None,
    }


def test_a_release_is_written_and_the_hold_stays(kept: Kept) -> None:
    """Until somebody claims it: the notice may yet have to be sent once more."""
    held = kept.hold()

    assert kept.held.release({"rec-1": release()}) == {"rec-1": None}
    assert kept.stored() == StoredEntry(held.entry, None, held.hold, release())
    [found] = kept.held.held(after=NOW)
    assert found.release == release()


def test_the_last_release_counts(kept: Kept) -> None:
    """To release twice does no harm."""
    kept.hold()

    assert kept.held.release({"rec-1": release()}) == {"rec-1": None}
    assert kept.held.release({"rec-1": release(by="bob")}) == {"rec-1": None}
    assert kept.stored().release == release(by="bob")


@pytest.mark.parametrize("published", [None, PUBLISHED])
def test_what_has_no_date_is_released_and_rejected_as_well(kept: Kept, published: Any) -> None:
    """It is the same as long as it has none."""
    kept.hold(published_date=published)

    assert kept.held.release({"rec-1": release(published)}) == {"rec-1": None}
    assert kept.held.reject({"rec-1": veto(published)}) == {"rec-1": None}
    assert kept.stored().tombstone == tombstone(
        published or FOR_EVER, reason=NotApplicableReason.REJECTED_BY_OPERATOR
    )


def test_what_is_not_held_is_neither_released_nor_rejected(kept: Kept) -> None:
    """What stands there is told: an entry that is claimed, or nothing."""
    kept.ledger.put_new([entry()])
    standing = {"rec-1": kept.stored(), "rec-2": StoredEntry(None)}

    assert kept.held.release({"rec-1": release(), "rec-2": release()}) == standing
    assert kept.held.reject({"rec-1": veto(), "rec-2": veto()}) == standing
    assert kept.held.entries_of({"rec-1", "rec-2"}) == {**standing, "rec-2": None}


def test_what_was_published_anew_is_neither_released_nor_rejected(kept: Kept) -> None:
    """Nobody has looked at what is held now."""
    stored = kept.hold(published_date=LATER)

    assert kept.held.release({"rec-1": release()}) == {"rec-1": stored}
    assert kept.held.reject({"rec-1": veto()}) == {"rec-1": stored}
    assert kept.stored() == stored


def test_a_rejection_takes_back_and_ends_the_hold(kept: Kept) -> None:
    """What was published by then is never sent; the rest of the entry stays."""
    held = kept.hold()

    assert kept.held.reject({"rec-1": veto()}) == {"rec-1": None}
    assert kept.stored() == StoredEntry(held.entry, veto().tombstone)
    assert ids(kept.held.held(after=NOW)) == []
    assert kept.ledger.put_new([entry()]) == {"rec-1": Known(claim(), veto().tombstone)}


def test_a_rejection_never_replaces_a_later_removal(kept: Kept) -> None:
    """Which says more; what stands there is told."""
    kept.hold()
    kept.ledger.bury({"rec-1": tombstone(LATER)}, kept_until=KEPT_UNTIL)
    stored = kept.stored()

    assert kept.held.reject({"rec-1": veto()}) == {"rec-1": stored}
    assert kept.stored() == stored


def test_many_are_released_at_once(kept: Kept) -> None:
    """Each has its own answer."""
    names = [f"rec-{number}" for number in range(50)]
    for name in names[1:]:
        kept.hold(name)

    answers = kept.held.release(dict.fromkeys(names, release()))

    assert answers == dict.fromkeys(names[1:]) | {"rec-0": StoredEntry(None)}


# The table alone


def test_who_said_what_and_why_stays_in_the_entry(client: DynamoDBClient) -> None:
    """One line an action, the first first."""
    kept = in_table(client)
    kept.hold()
    kept.held.release({"rec-1": release()})
    kept.held.reject({"rec-1": veto()})

    actions = documents(client)["RECOMMENDATION#rec-1", "ENTRY"]["actions"]["L"]
    assert [{name: value["S"] for name, value in each["M"].items()} for each in actions] == [
        {
            "at": "2026-11-10T12:00:00.000000Z",
            "by": "ann",
            "what": what,
            "why": why,
        }
        for what, why in (
            ("RELEASED_BY_OPERATOR", "seen and agreed"),
            ("REJECTED_BY_OPERATOR", "too dear"),
        )
    ]


def test_a_rejection_is_kept_as_long_as_the_entry(client: DynamoDBClient) -> None:
    """Its expiry in the table stays what it was."""
    kept = in_table(client)
    kept.hold()
    before = documents(client)["RECOMMENDATION#rec-1", "ENTRY"]["keptUntil"]
    kept.held.reject({"rec-1": veto()})

    assert documents(client)["RECOMMENDATION#rec-1", "ENTRY"]["keptUntil"] == before


@pytest.mark.no_cover  # hundreds of the same: fewer of them are traced elsewhere
def test_to_list_250_costs_one_query_and_three_reads(client: DynamoDBClient) -> None:
    """The index has keys only; entries are read by the hundred."""
    kept = in_table(client)
    for number in range(250):
        kept.hold(f"rec-{number}")
    calls = calls_of(client)

    assert len(list(kept.held.held(after=NOW))) == 250
    assert [name for name, _ in calls] == ["Query", *["BatchGetItem"] * 3]


def test_what_somebody_has_spoilt_hides_no_other(client: DynamoDBClient) -> None:
    """It is told, and the others are listed."""
    told: list[str] = []
    kept = in_table(client, told.append)
    kept.hold("rec-1")
    kept.hold("rec-2")
    client.update_item(
        TableName=TABLE,
        Key=attributes({"pk": "RECOMMENDATION#rec-1", "sk": "ENTRY"}),
        UpdateExpression="SET heldReason = :odd",
        ExpressionAttributeValues=attributes({":odd": "ODD"}),
    )

    assert ids(kept.held.held(after=NOW)) == ["rec-2"]
    assert kept.held.entries_of({"rec-1"}) == {"rec-1": None}
    assert told == ["RECOMMENDATION#rec-1 of the ledger is malformed: ValueError"] * 2


def test_what_cannot_be_read_is_said(client: DynamoDBClient) -> None:
    """The index, and the entries behind it: what, where and why."""
    kept = in_table(client)
    kept.hold()
    fail_for(client, "BatchGetItem", throttled(), "rec-1")

    with pytest.raises(
        LedgerUnavailableError, match=r"^reading entries in ledger failed: ThrottlingException$"
    ):
        list(kept.held.held(after=NOW))
    fail_for(client, "Query", throttled(), "HELD")
    with pytest.raises(LedgerUnavailableError, match=r"^reading what is held in ledger failed: "):
        list(kept.held.held(after=NOW))


def test_what_dynamodb_does_not_look_at_is_not_taken_for_missing(client: DynamoDBClient) -> None:
    """It is asked three times, and then it is said."""
    kept = in_table(client)

    def leave_all(parsed: dict[str, Any], **_: object) -> None:
        keys = [attributes({"pk": "RECOMMENDATION#rec-1", "sk": "ENTRY"})]
        parsed["UnprocessedKeys"] = {TABLE: {"Keys": keys}}

    client.meta.events.register("after-call.dynamodb.BatchGetItem", leave_all)

    with pytest.raises(LedgerUnavailableError, match="DynamoDB did not look at 1 of 1"):
        kept.held.entries_of({"rec-1"})


def test_what_cannot_be_written_is_left_out(client: DynamoDBClient) -> None:
    """And told; the others are written."""
    told: list[str] = []
    kept = in_table(client, told.append)
    kept.hold("rec-1")
    kept.hold("rec-2")
    fail_for(client, "UpdateItem", throttled(), "rec-1")

    assert kept.held.release({"rec-1": release(), "rec-2": release()}) == {"rec-2": None}
    assert told == ["releasing in ledger failed for 1 of 2: ThrottlingException (1)"]
