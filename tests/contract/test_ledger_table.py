"""What only DynamoDB does: fail, time out, stop halfway, cost."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber
from moto import mock_aws
from types_boto3_dynamodb.client import DynamoDBClient

from recommendation_applier.aws.campaign_settings import unpack
from recommendation_applier.aws.ledger_documents import attributes, read_document
from recommendation_applier.aws.ledger_entries import read_entry
from recommendation_applier.aws.ledger_records import record_document
from recommendation_applier.domain.breaker import Breaker
from recommendation_applier.domain.campaign_pacing import Campaign
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.follow_up import FollowUpState
from recommendation_applier.domain.ledger import Known
from tests.builders import NOW
from tests.contract.ledger_clients import (
    TABLE,
    Stores,
    calls_of,
    create_table,
    documents,
    dynamodb,
    fail_for,
    fail_once,
    repeat_at_once,
    stores,
    throttled,
    timed_out,
)
from tests.ledger_builders import (
    KEPT_UNTIL,
    OTHER_TOKEN,
    TOKEN,
    claim,
    entry,
    record,
    tombstone,
)

DAY = timedelta(days=1)
ENTRY = ("RECOMMENDATION#rec-1", "ENTRY")


@pytest.fixture
def client() -> Iterator[DynamoDBClient]:
    """The ledger's table in moto."""
    with mock_aws():
        made = dynamodb()
        create_table(made)
        yield made


@pytest.fixture
def failures() -> list[str]:
    """What was reported."""
    return []


@pytest.fixture
def kept(client: DynamoDBClient, failures: list[str]) -> Stores:
    """The adapters of one invocation."""
    return stores(client, report_failure=failures.append)


def keys(calls: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """Name the operations that were called."""
    return [operation for operation, _ in calls]


# What DynamoDB leaves for another time


def leave_everything(client: DynamoDBClient, *keys_left: dict[str, Any]) -> None:
    """Let DynamoDB look at nothing, however often it is asked."""

    def leave(parsed: dict[str, Any], **_: object) -> None:
        parsed["UnprocessedKeys"] = {TABLE: {"Keys": list(keys_left)}}

    client.meta.events.register("after-call.dynamodb.BatchGetItem", leave)


def test_what_dynamodb_does_not_look_at_is_not_taken_for_missing(
    client: DynamoDBClient, kept: Stores, failures: list[str]
) -> None:
    """Neither an entry nor a campaign: both are left out, and told of."""
    key = {"pk": {"S": "RECOMMENDATION#rec-1"}, "sk": {"S": "ENTRY"}}
    leave_everything(client, key)

    assert kept.ledger.entries_of({"rec-1"}) == {}
    assert kept.pacing.applications_of({Campaign("ENTITY1", "1")}) == {}
    why = "in ledger failed for 1 of 1: DynamoDB did not look at 1 of 1 (1)"
    assert failures == [
        f"reading entries {why}",
        f"reading how often campaigns were changed {why}",
    ]


# What DynamoDB refuses or does not answer


def test_what_is_throttled_is_left_out(
    client: DynamoDBClient, kept: Stores, failures: list[str]
) -> None:
    """The others are written; one sentence says how many are not, without DynamoDB's words."""
    fail_for(client, "PutItem", throttled(), "rec-3", "rec-6")

    claimed = kept.ledger.put_new([entry(f"rec-{number}") for number in range(8)])

    assert sorted(claimed) == ["rec-0", "rec-1", "rec-2", "rec-4", "rec-5", "rec-7"]
    assert failures == ["claiming in ledger failed for 2 of 8: ThrottlingException (2)"]


def test_a_table_that_is_gone_is_given_up(failures: list[str]) -> None:
    """After three calls, and those that were under way."""
    with mock_aws():
        client = dynamodb()
        calls = calls_of(client)
        kept = stores(client, report_failure=failures.append)

        assert kept.ledger.put_new([entry(f"rec-{number}") for number in range(1_000)]) == {}
        assert kept.ledger.records_of({TOKEN}) == {}
    assert 3 <= len(calls) <= 11
    assert "ResourceNotFoundException" in failures[0]
    assert failures[1] == (
        "reading the records of claims in ledger failed for 1 of 1: "
        "not tried, the table does not answer (1)"
    )


def every_answer(kept: Stores) -> list[object]:
    """Ask everything that can be asked; what is raised counts as an answer."""
    before = record("rec-1", due=NOW)
    kept.ledger.remember_letters({"m-1": {1}}, kept_until=KEPT_UNTIL)
    answers: list[object] = [
        kept.ledger.put_new([entry()]),
        kept.ledger.take_over([(entry(), Known())]),
        kept.ledger.bury({"rec-1": tombstone()}, kept_until=KEPT_UNTIL),
        kept.ledger.records_of({TOKEN}),
        kept.ledger.add_record(before),
        kept.ledger.letters_of({"m-1"}),
        kept.follow_ups.save(before, checks=0),
        kept.breaker.save_breaker(Breaker(version=1)),
    ]
    with pytest.raises(LedgerUnavailableError, match=r"^reading the follow-ups that are due in le"):
        kept.follow_ups.due(NOW, limit=10)
    with pytest.raises(LedgerUnavailableError, match=r"^reading the breaker in ledger failed: "):
        kept.breaker.read_breaker()
    return answers


def test_a_dynamodb_that_cannot_be_reached_answers_nothing(failures: list[str]) -> None:
    """No id, no True: and what may raise says why."""
    client = dynamodb(endpoint_url="http://127.0.0.1:1")
    kept = stores(client, report_failure=failures.append)

    assert every_answer(kept) == [{}, {}, set(), {}, False, {}, False, False]
    assert failures[:4] == [
        "remembering dead letters in ledger failed for 1 of 1: EndpointConnectionError (1)",
        "claiming in ledger failed for 1 of 1: EndpointConnectionError (1)",
        "claiming once more in ledger failed for 1 of 1: EndpointConnectionError (1)",
        "burying in ledger failed for 1 of 1: not tried, the table does not answer (1)",
    ]
    follow_up = f"saving the follow-up of record 1 of claim {TOKEN}"
    assert failures[-2:] == [
        f"{what} in ledger failed: EndpointConnectionError"
        for what in (follow_up, "saving the breaker")
    ]


def test_no_call_is_begun_when_time_is_up(client: DynamoDBClient, failures: list[str]) -> None:
    """The answer of the invocation is worth more."""
    calls = calls_of(client)
    kept = stores(client, report_failure=failures.append, time_is_up=lambda: True)

    assert every_answer(kept) == [{}, {}, set(), {}, False, {}, False, False]
    assert calls == []
    assert all("not tried, the invocation's time was up" in failure for failure in failures)


# Writes that landed although nobody said so


@pytest.fixture
def repeating(client: DynamoDBClient, kept: Stores) -> Stores:
    """The adapters over a botocore that repeats what has timed out."""
    repeat_at_once(client)
    return kept


def test_a_claim_that_landed_meets_itself(client: DynamoDBClient, repeating: Stores) -> None:
    """The caller's own token says that it was written."""
    fail_once(client, "PutItem", timed_out(), landed=True)

    assert repeating.ledger.put_new([entry()]) == {"rec-1": Known(claim())}


def test_a_take_over_that_landed_meets_itself(client: DynamoDBClient, repeating: Stores) -> None:
    """As a new claim does."""
    repeating.ledger.put_new([entry()])
    fail_once(client, "UpdateItem", timed_out(), landed=True)

    taken = repeating.ledger.take_over([(entry(token=OTHER_TOKEN), Known(claim()))])

    assert taken == {"rec-1": Known(claim(OTHER_TOKEN))}


def test_everything_else_that_landed_is_written(client: DynamoDBClient, repeating: Stores) -> None:
    """Tombstones, records, letters, follow-ups and the breaker, each repeated once."""
    before = record("rec-1", due=NOW)
    after = replace(before, follow_up=FollowUpState((), None, checks=1))

    fail_once(client, "UpdateItem", timed_out(), landed=True)
    assert repeating.ledger.bury({"rec-1": tombstone()}, kept_until=KEPT_UNTIL) == {"rec-1"}
    fail_once(client, "PutItem", timed_out(), landed=True)
    assert repeating.ledger.add_record(before)
    fail_once(client, "UpdateItem", timed_out(), landed=True)
    repeating.ledger.remember_letters({"m-1": {1}}, kept_until=KEPT_UNTIL)
    assert repeating.ledger.letters_of({"m-1"}) == {"m-1": {1}}
    fail_once(client, "PutItem", timed_out(), landed=True)
    assert repeating.follow_ups.save(after, checks=0)
    fail_once(client, "PutItem", timed_out(), landed=True)
    assert repeating.breaker.save_breaker(Breaker(version=1))


def test_a_claim_that_landed_unheard_is_left_out(
    client: DynamoDBClient, kept: Stores, failures: list[str]
) -> None:
    """Nobody may send it; tried once more, it is found to be one's own."""
    fail_once(client, "PutItem", timed_out(), landed=True)

    assert kept.ledger.put_new([entry()]) == {}
    assert failures == ["claiming in ledger failed for 1 of 1: ReadTimeoutError (1)"]
    assert kept.ledger.put_new([entry()]) == {"rec-1": Known(claim())}


def test_a_claim_that_was_lost_is_left_out(client: DynamoDBClient, kept: Stores) -> None:
    """And can be claimed by the next one."""
    fail_once(client, "PutItem", timed_out(), landed=False)

    assert kept.ledger.put_new([entry()]) == {}
    assert kept.ledger.put_new([entry(token=OTHER_TOKEN)]) == {"rec-1": None}


# Keys that DynamoDB leaves for another time


def page(*records: dict[str, Any], left: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Make the answer of a BatchGetItem that has left some keys."""
    unprocessed = {TABLE: {"Keys": left, "ConsistentRead": True}} if left else {}
    return {"Responses": {TABLE: list(records)}, "UnprocessedKeys": unprocessed}


def test_keys_that_are_left_are_asked_for_again(failures: list[str]) -> None:
    """Only those, and three times in all; then the rest is told of and the others are given."""
    client = dynamodb()
    kept = stores(client, report_failure=failures.append)
    due = [record("rec-1", number=number, due=NOW - number * DAY) for number in range(4)]
    written = [attributes(record_document(each)) for each in due]
    wanted = [{"pk": each["pk"], "sk": each["sk"]} for each in written]
    with Stubber(client) as stubber:
        stubber.add_response("query", {"Items": wanted})
        for asked, answer in (
            (wanted, page(written[1], written[0], left=wanted[2:])),
            (wanted[2:], page(written[3], left=wanted[2:3])),
            (wanted[2:3], page(left=wanted[2:3])),
        ):
            stubber.add_response(
                "batch_get_item",
                answer,
                {"RequestItems": {TABLE: {"Keys": asked, "ConsistentRead": True}}},
            )

        assert kept.follow_ups.due(NOW, limit=10) == [due[3], due[1], due[0]]
        stubber.assert_no_pending_responses()
    assert failures == [
        "reading the follow-ups that are due in ledger: DynamoDB did not look at 1 of them"
    ]


def test_letters_that_are_left_are_told_of(failures: list[str]) -> None:
    """A message whose letters nobody knows may get a second one: no harm is done."""
    client = dynamodb()
    kept = stores(client, report_failure=failures.append)
    stays = {"pk": {"S": "MESSAGE#m-2"}, "sk": {"S": "LETTERS"}}
    found = {"pk": {"S": "MESSAGE#m-1"}, "sk": {"S": "LETTERS"}, "positions": {"NS": ["3"]}}
    with Stubber(client) as stubber:
        for answer in (page(found, left=[stays]), page(left=[stays]), page(left=[stays])):
            stubber.add_response("batch_get_item", answer)

        assert kept.ledger.letters_of({"m-1", "m-2"}) == {"m-1": {3}}
    assert failures == [
        "reading which dead letters are stored in ledger: DynamoDB did not look at 1 of them"
    ]


def test_an_index_that_is_late_is_not_believed(failures: list[str]) -> None:
    """It names what was settled, moved on or deleted a moment ago: the table decides."""
    client = dynamodb()
    kept = stores(client, report_failure=failures.append)
    now_due = record("rec-1", number=1, due=NOW)
    settled = record("rec-1", number=2, follow_up=FollowUpState((), None, checks=1))
    moved = record("rec-1", number=3, due=NOW + DAY)
    with Stubber(client) as stubber:
        stubber.add_response(
            "query",
            {
                "Items": [
                    {"pk": {"S": f"CLAIM#{TOKEN}"}, "sk": {"S": f"RECORD#{number:04}"}}
                    for number in (1, 2, 3, 4)
                ]
            },
        )
        written = [attributes(record_document(each)) for each in (settled, moved, now_due)]
        stubber.add_response("batch_get_item", page(*written))

        assert kept.follow_ups.due(NOW, limit=10) == [now_due]
    assert failures == []


# Documents that somebody else left


def spoil(client: DynamoDBClient, key: tuple[str, str], **changes: Any) -> None:
    """Change attributes of a document, or delete (None) them."""
    document = documents(client)[key] | changes
    client.put_item(
        TableName=TABLE,
        Item={name: value for name, value in document.items() if value is not None},
    )


def test_an_entry_that_cannot_be_read_stops_its_id_alone(
    client: DynamoDBClient, kept: Stores, failures: list[str]
) -> None:
    """Nobody knows whether it was sent, so nobody sends it."""
    kept.ledger.put_new([entry("rec-1"), entry("rec-2")])
    spoil(client, ENTRY, leaseEnds=None)
    other = [entry("rec-1", OTHER_TOKEN), entry("rec-2", OTHER_TOKEN)]

    assert kept.ledger.put_new(other) == {"rec-2": Known(claim())}
    malformed = "RECOMMENDATION#rec-1 of the ledger is malformed: KeyError"
    assert failures == [f"claiming in ledger failed for 1 of 2: {malformed} (1)"]


def test_a_record_that_cannot_be_read_stops_its_claim_alone(
    client: DynamoDBClient, kept: Stores, failures: list[str]
) -> None:
    """And its follow-up hinders no other."""
    for token in (TOKEN, OTHER_TOKEN):
        kept.ledger.add_record(record("rec-1", token=token, due=NOW))
    spoil(client, (f"CLAIM#{TOKEN}", "RECORD#0001"), verdicts=None)

    assert kept.ledger.records_of({TOKEN, OTHER_TOKEN}) == {
        OTHER_TOKEN: [record("rec-1", token=OTHER_TOKEN, due=NOW)]
    }
    assert kept.follow_ups.due(NOW, limit=10) == [record("rec-1", token=OTHER_TOKEN, due=NOW)]
    malformed = f"CLAIM#{TOKEN} RECORD#0001 of the ledger is malformed: KeyError"
    assert failures == [
        f"reading the records of claims in ledger failed for 1 of 2: {malformed} (1)",
        malformed,
    ]


def test_a_breaker_that_cannot_be_read_is_unavailable(client: DynamoDBClient, kept: Stores) -> None:
    """It may be open or closed."""
    kept.breaker.save_breaker(Breaker(version=1))
    spoil(client, ("BREAKER", "PARTNER_OPPORTUNITIES"), strikes=None)

    with pytest.raises(
        LedgerUnavailableError,
        match=r"^reading the breaker in ledger failed: the breaker of the ledger is malformed: ",
    ):
        kept.breaker.read_breaker()


def test_letters_without_positions_are_none(client: DynamoDBClient, kept: Stores) -> None:
    """Nothing is known to be stored."""
    kept.ledger.remember_letters({"m-1": {1}}, kept_until=KEPT_UNTIL)
    spoil(client, ("MESSAGE#m-1", "LETTERS"), positions=None)

    assert kept.ledger.letters_of({"m-1"}) == {}


# What stays of an entry, and for how long


def test_what_the_new_entry_does_not_say_stays(client: DynamoDBClient, kept: Stores) -> None:
    """A dead letter that comes back knows less than the message did."""
    kept.ledger.put_new(
        [entry(grouping_type="INCREASE_BID", recommended_settings={"bid": 0.9, "name": None})]
    )
    fewer = entry(token=OTHER_TOKEN, type=None, campaign_id="2", expiry_date=None)
    kept.ledger.take_over([(fewer, Known(claim()))])

    found = read_entry(read_document(documents(client)[ENTRY]))
    assert found is not None
    assert found.claim == claim(OTHER_TOKEN)
    assert (found.recommendation.type, found.recommendation.campaign_id) == ("KEYWORD_BID", "2")
    assert found.recommendation.expiry_date == entry().recommendation.expiry_date
    assert found.recommendation.grouping_type == "INCREASE_BID"
    assert found.recommendation.settings.recommended == {"bid": 0.9}


def test_settings_are_there_or_said_to_be_left_out(client: DynamoDBClient, kept: Stores) -> None:
    """Whichever is true of the latest entry; the huge ones are claimed like any other."""
    noise = random.Random(1).randbytes(500_000).hex()  # noqa: S311 - no secret
    huge = entry(recommended_settings={"name": noise})
    small = entry(token=OTHER_TOKEN, current_settings={"bid": 0.75})

    assert kept.ledger.put_new([huge]) == {"rec-1": None}
    assert documents(client)[ENTRY].keys() >= {"settingsLeftOut"}
    kept.ledger.take_over([(small, Known(claim()))])
    document = documents(client)[ENTRY]
    assert "settingsLeftOut" not in document
    assert unpack(document["settings"]["B"]) == small.recommendation.settings
    kept.ledger.take_over([(huge, Known(claim(OTHER_TOKEN)))])
    assert "settings" not in documents(client)[ENTRY]


def test_a_take_over_names_the_claims_before_it(client: DynamoDBClient, kept: Stores) -> None:
    """Their records stay: without the tokens nobody would find what was sent under them."""
    kept.ledger.put_new([entry()])
    for before, token in ((TOKEN, OTHER_TOKEN), (OTHER_TOKEN, "a third")):
        kept.ledger.take_over([(entry(token=token), Known(claim(before)))])

    document = documents(client)[ENTRY]

    assert document["claim"] == {"S": "a third"}
    assert document["earlierClaims"] == {"L": [{"S": TOKEN}, {"S": OTHER_TOKEN}]}


def test_letters_and_records_are_forgotten_in_time(client: DynamoDBClient, kept: Stores) -> None:
    """Every document but the breaker has a time to live."""
    kept.ledger.put_new([entry()])
    kept.ledger.bury({"rec-2": tombstone()}, kept_until=KEPT_UNTIL)
    kept.ledger.add_record(record("rec-1"))
    kept.ledger.remember_letters({"m-1": {1}}, kept_until=KEPT_UNTIL)
    kept.breaker.save_breaker(Breaker(version=1))

    found = documents(client)
    breaker = found.pop(("BREAKER", "PARTNER_OPPORTUNITIES"))
    assert "keptUntil" not in breaker
    assert len(found) == 4
    assert {document["keptUntil"]["N"] for document in found.values()} == {"1802520000"}


# How many calls


def test_each_claim_is_one_call(client: DynamoDBClient, kept: Stores) -> None:
    """New or known: the answer of the condition saves a read."""
    calls = calls_of(client)
    kept.ledger.put_new([entry(f"rec-{number}") for number in range(20)])
    kept.ledger.put_new([entry(f"rec-{number}", OTHER_TOKEN) for number in range(20)])

    assert keys(calls) == ["PutItem"] * 40


def test_the_records_of_a_claim_are_one_call(client: DynamoDBClient, kept: Stores) -> None:
    """However many ids and records it has; and they are read as they are now."""
    for number in range(20):
        kept.ledger.add_record(record(*(f"rec-{each}" for each in range(100)), number=number))
    calls = calls_of(client)
    kept.ledger.records_of({TOKEN, OTHER_TOKEN})

    assert keys(calls) == ["Query", "Query"]
    assert all(parameters["ConsistentRead"] is True for _, parameters in calls)


def test_a_hundred_follow_ups_are_two_calls(client: DynamoDBClient, kept: Stores) -> None:
    """One for the keys, of which no more are read than are wanted, and one for the records."""
    for number in range(100):
        kept.ledger.add_record(record("rec-1", number=number, due=NOW))
    calls = calls_of(client)

    assert len(kept.follow_ups.due(NOW, limit=100)) == 100
    assert keys(calls) == ["Query", "BatchGetItem"]
    assert calls[0][1]["Limit"] == 100
    assert calls[1][1]["RequestItems"][TABLE]["ConsistentRead"] is True
