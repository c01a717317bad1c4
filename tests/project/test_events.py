"""The events are real-shaped, safe to publish, and as true in ten years as they are today."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest

EVENTS: Final = Path(__file__).parents[2] / "events"
FILES: Final = sorted(EVENTS.glob("*.json"))
DOCUMENTED: Final = (
    "bad_bodies",
    "busy_account",
    "confirmations",
    "flat_snake_case",
    "json_array",
    "other_datasets",
    "published",
    "redriven_dead_letters",
    "removed_rejected_expired",
    "repeats",
    "sns_notification",
)
RECORD_KEYS: Final = {
    "messageId",
    "receiptHandle",
    "body",
    "attributes",
    "messageAttributes",
    "md5OfBody",
    "eventSource",
    "eventSourceARN",
    "awsRegion",
}
ATTRIBUTES: Final = {
    "ApproximateReceiveCount",
    "SentTimestamp",
    "SenderId",
    "ApproximateFirstReceiveTimestamp",
}
MAX_TOTAL_BYTES: Final = 400_000
SECRET_LIKE: Final = re.compile(
    r"Atza\||Atzr\||Bearer |AKIA[0-9A-Z]{16}|ASIA[0-9A-Z]{16}|oa2-cs|-----BEGIN"
    r"|[A-Za-z0-9+/]{64,}={0,2}"
)
THE_LONG_ID: Final = "0123456789" * 500
"""The id of 5,000 digits among the bad bodies is long, and secret is it not."""

Json = dict[str, Any]

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def records(path: Path) -> list[Json]:
    """Read the records of the event at *path*."""
    event = json.loads(path.read_text(encoding="utf-8"))
    found: list[Json] = event["Records"]
    return found


def objects_in(value: object) -> Iterator[Json]:
    """Walk *value*, JSON inside of strings included, and give every object in it."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        yield from objects_in(json.loads(value))
    elif isinstance(value, list):
        for one in value:
            yield from objects_in(one)
    elif isinstance(value, dict):
        yield value
        for one in value.values():
            yield from objects_in(one)


def dates(path: Path, *names: str) -> Iterator[datetime]:
    """Give the dates called *names* in the bodies of *path*, but for those that are broken."""
    for record in records(path):
        for found in objects_in(record["body"]):
            for name in names:
                text = found.get(name)
                if isinstance(text, str) and "T25:" not in text:
                    yield datetime.fromisoformat(text.replace(" UTC", "Z"))


def recommendation_ids(path: Path) -> Iterator[str]:
    """Give the ids of the recommendations in *path*, each as often as it stands there."""
    for record in records(path):
        for found in objects_in(record["body"]):
            if isinstance(found.get("recommendation_id"), str):
                yield found["recommendation_id"]


def test_all_events_are_there() -> None:
    """The files are those that README and `make run` speak of, and small together."""
    assert tuple(path.stem for path in FILES) == DOCUMENTED
    assert sum(path.stat().st_size for path in FILES) < MAX_TOTAL_BYTES


@each_file
def test_an_event_has_the_shape_that_lambda_gives_it(path: Path) -> None:
    """Each file is an SQS event: records with every key, attributes as strings, a real queue."""
    event = json.loads(path.read_text(encoding="utf-8"))

    assert list(event) == ["Records"]
    for record in event["Records"]:
        assert set(record) == RECORD_KEYS
        assert set(record["attributes"]) == ATTRIBUTES
        assert all(isinstance(value, str) for value in record["attributes"].values())
        assert record["attributes"]["ApproximateReceiveCount"] == "1"
        assert str(UUID(record["messageId"])) == record["messageId"]
        assert (record["eventSource"], record["awsRegion"]) == ("aws:sqs", "us-east-1")
        assert record["eventSourceARN"].startswith("arn:aws:sqs:us-east-1:123456789012:")


@each_file
def test_bodies_can_be_sent(path: Path) -> None:
    """Each body is a string that SQS takes (it takes no empty one), and its MD5 is right."""
    for record in records(path):
        assert record["body"] != ""
        digest = hashlib.md5(record["body"].encode(), usedforsecurity=False).hexdigest()
        assert record["md5OfBody"] == digest


@each_file
def test_only_dead_letters_have_message_attributes(path: Path) -> None:
    """The Stream sends none; ours carry their kind and reason, the same as in the body."""
    for record in records(path):
        attributes = {
            name: value["stringValue"] for name, value in record["messageAttributes"].items()
        }
        if path.stem == "redriven_dead_letters":
            letter = json.loads(record["body"])
            expected = {"kind": letter["kind"], "reasonCode": letter["reason"]["code"]}
        else:
            expected = {}
        assert attributes == expected


def test_nothing_stands_for_two_messages() -> None:
    """No message id and no receipt handle comes twice, over all files."""
    for key in ("messageId", "receiptHandle"):
        counts = Counter(record[key] for path in FILES for record in records(path))
        assert [value for value, count in counts.items() if count > 1] == []


def test_only_what_is_about_repeats_repeats() -> None:
    """A recommendation comes twice only where the file is about repeats and removals."""
    counts = {path.stem: Counter(recommendation_ids(path)) for path in FILES}
    repeated = {
        stem: sorted(count for count in found.values() if count > 1)
        for stem, found in counts.items()
        if max(found.values(), default=0) > 1
    }

    assert repeated == {"removed_rejected_expired": [2, 2], "repeats": [3]}
    distinct = Counter(one for found in counts.values() for one in found)
    assert max(distinct.values()) == 1


@each_file
def test_dates_stay_true(path: Path) -> None:
    """Published is in the past for good; expiry is in 2099, or long over where that is meant."""
    assert {date.year for date in dates(path, "published_date", "publishedDate")} <= {2025, 2026}

    allowed = {2099, 2025} if path.stem == "removed_rejected_expired" else {2099}
    assert {date.year for date in dates(path, "expiry_date", "expiryDate")} <= allowed


@each_file
def test_no_event_holds_a_secret(path: Path) -> None:
    """Nothing in the files looks like a token, a key or a signature."""
    text = path.read_text(encoding="utf-8").replace(THE_LONG_ID, "")

    assert SECRET_LIKE.search(text) is None


def test_every_documented_kind_of_recommendation_is_shown() -> None:
    """The types, ad products and kinds of account that the guides document are all among them."""
    bodies = [
        found
        for path in FILES
        for record in records(path)
        if path.stem != "bad_bodies"
        for found in objects_in(record["body"])
        if "recommendation_id" in found
    ]

    assert {found["type"] for found in bodies} == {
        "AUDIENCE_TARGETING_BID",
        "CAMPAIGN_BUDGET",
        "CAMPAIGN_BUDGET_RULE",
        "KEYWORD_BID",
        "NEW_CAMPAIGN",
        "NEW_CAMPAIGN_BUDGET_RULE",
        "NEW_KEYWORD",
        "PRODUCT_TARGETING_BID",
    }
    assert {found["ad_product"] for found in bodies} == {"SP", "SB", "SD"}
    assert {found["advertiser_type"] for found in bodies} == {"SELLER", "VENDOR"}
    assert len({found["marketplace_name"] for found in bodies}) > 5


def test_a_busy_account_needs_two_requests() -> None:
    """More recommendations of one account than one apply request takes, and less than two do."""
    accounts = {
        json.loads(record["body"])["entityId"] for record in records(EVENTS / "busy_account.json")
    }

    assert len(accounts) == 1
    assert 100 < len(records(EVENTS / "busy_account.json")) <= 200
