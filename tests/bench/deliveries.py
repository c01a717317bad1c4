"""SQS events of realistic deliveries: the documented example with more ad groups and targets."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

EXAMPLE: Final = Path(__file__).parents[2] / "events" / "published.json"
AD_GROUPS: Final = 3
TARGETS: Final = (1, 2, 1)
"""Of each ad group: with them a body has some 4.4 kB, most of which are settings."""

_WORDS: Final = (
    "electric gooseneck kettle",
    "pour over coffee kettle",
    "stainless steel tea pot",
    "variable temperature kettle 1l",
)


def event(count: int, *, accounts: int = 10, start: int = 0) -> dict[str, Any]:
    """Make an event of *count* deliveries of *accounts*, each with an id of its own from *start*.

    Minified as the Stream sends them; neighbours are of different accounts.
    """
    return {
        "Records": [
            _record(number, body) for number, body in enumerate(bodies(count, accounts, start))
        ]
    }


def bodies(count: int, accounts: int, start: int = 0) -> Iterator[str]:
    """Make the bodies of such an event."""
    text = _text()
    for number in range(start, start + count):
        # As wide as Amazon's: two ids of one account differ in every part.
        name = str(UUID(int=(number + 1) * 2**80 + number))
        account = f"{number % accounts:013}"
        yield (
            text.replace("@RECOMMENDATION", name)
            .replace("@ACCOUNT", account)
            .replace("@CAMPAIGN", f"{number:09}")
            .replace("@MINUTE", f"{number // 60 % 60:02}:{number % 60:02}")
        )


@cache
def _text() -> str:
    message = json.loads(json.loads(EXAMPLE.read_text())["Records"][0]["body"])
    inner = message["messageBody"]
    message |= {"advertiserId": "A@ACCOUNT", "entityId": "ENTITY@ACCOUNT"}
    inner |= {
        "recommendation_id": "@RECOMMENDATION",
        "campaign_id": "218475@CAMPAIGN",
        "published_date": "2026-09-04T17:@MINUTE UTC",
        "expiry_date": "2099-09-18T17:@MINUTE UTC",
    }
    for name, factor in (("current", 1.0), ("recommended", 1.25)):
        settings = inner[f"{name}_campaign_settings"]
        settings["ad_groups"] = [
            _ad_group(settings["ad_groups"][0], number, factor) for number in range(AD_GROUPS)
        ]
    return json.dumps(message, separators=(",", ":"))


def _ad_group(example: dict[str, Any], number: int, factor: float) -> dict[str, Any]:
    [target] = example["targets"]
    words = [_WORDS[(number + each) % len(_WORDS)] for each in range(TARGETS[number])]
    return example | {
        "adgroup_id": f"80911{number}@CAMPAIGN",
        "targets": [
            target
            | {
                "bid": round((0.42 + 0.11 * number + 0.07 * place) * factor, 2),
                "text": text,
                "target_id": f"17978{number}{place}@CAMPAIGN",
                "targeting": text,
            }
            for place, text in enumerate(words)
        ],
    }


def _record(number: int, body: str) -> dict[str, Any]:
    return {
        "messageId": str(UUID(int=number + 1)),
        "receiptHandle": f"AQEBExampleReceiptHandle{number:06}==",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1791200001731"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:IngressQueue",
        "awsRegion": "us-east-1",
    }
