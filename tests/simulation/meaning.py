"""What a body asks for, read without the product's own reader, so that a slip there shows here."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any, Final

from recommendation_applier.domain.dates import parse_date
from recommendation_applier.domain.stream_message import DATASET
from tests.simulation.clock import moment_of

EARLIEST: Final = float("-inf")
LATEST: Final = float("inf")

_TAKES_BACK: Final = ("REMOVED", "REJECTED", "APPLY_SUCCESS", "SUCCESS", "IN_PROGRESS")
_NO_MARKETPLACE: Final = ("BE", "IE")


class Kind(Enum):
    """What a part of a body is."""

    PUBLICATION = auto()
    REMOVAL = auto()
    POISON = auto()
    """Cannot be used, whatever happens: it ends as a dead letter."""
    NOTHING = auto()
    """Asks nothing of us."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One part of a body; moments are virtual ones."""

    kind: Kind
    text: str
    """The part by itself."""
    recommendation_id: str = ""
    published_at: float = EARLIEST
    expires_at: float = LATEST


@lru_cache(maxsize=65_536)
def meanings_of(body: str) -> tuple[Meaning, ...]:
    """Say what *body* holds, part by part; a dead letter holds what it was written for."""
    return tuple(_of_text(body, body))


def _of_text(text: str, whole: str) -> Iterator[Meaning]:
    try:
        value = json.loads(text)
    except ValueError:
        yield Meaning(Kind.POISON, whole)
        return
    if isinstance(value, list) and value:
        for element in value:
            yield from _of_value(element, json.dumps(element, separators=(",", ":")))
    else:
        yield from _of_value(value, whole)


def _of_value(value: object, text: str) -> Iterator[Meaning]:
    if not isinstance(value, Mapping):
        yield Meaning(Kind.POISON, text)
    elif value.get("kind") == "batch" and "reason" in value:
        yield from _of_batch(value["batch"], text)
    elif value.get("kind") == "message" and "reason" in value:
        original = value["message"]["body"]
        yield from _of_text(original, original)
    elif value.get("Type") == "Notification":
        yield from _of_text(value["Message"], text)
    elif value.get("Type") == "SubscriptionConfirmation":
        trusted = ":084590724871:" in value["TopicArn"]
        yield Meaning(Kind.NOTHING if trusted else Kind.POISON, text)
    elif value.get("datasetId", DATASET) != DATASET:
        yield Meaning(Kind.NOTHING, text)
    elif "messageBody" in value:
        yield _of_recommendation(value, value["messageBody"], text)
    elif "recommendation_id" in value:
        yield _of_recommendation(value, value, text)
    else:
        yield Meaning(Kind.POISON, text)


def _of_recommendation(outer: Mapping[str, Any], inner: Any, text: str) -> Meaning:
    name = inner.get("recommendation_id") if isinstance(inner, Mapping) else None
    if not isinstance(name, str) or not name:
        return Meaning(Kind.POISON, text)
    status = inner.get("recommendation_status")
    if status in _TAKES_BACK:
        return Meaning(Kind.REMOVAL, text, name, _moment(inner.get("published_date"), LATEST))
    account = outer.get("advertiserId") or outer.get("advertiser_id")
    if (
        status not in ("PUBLISHED", None)
        or not account
        or inner.get("advertiser_type") not in ("SELLER", "VENDOR")
        or inner.get("marketplace_name") in _NO_MARKETPLACE
    ):
        return Meaning(Kind.POISON, text)
    return Meaning(
        Kind.PUBLICATION,
        text,
        name,
        _moment(inner.get("published_date"), EARLIEST),
        _moment(inner.get("expiry_date"), LATEST),
    )


def _of_batch(batch: Mapping[str, Any], text: str) -> Iterator[Meaning]:
    known = {each["recommendationId"]: each for each in batch["recommendations"]}
    for name in batch["request"]["recommendationIds"]:
        about = known[name]
        yield Meaning(
            Kind.PUBLICATION,
            text,
            name,
            _moment(about.get("publishedDate"), EARLIEST),
            _moment(about.get("expiryDate"), LATEST),
        )


def _moment(value: object, absent: float) -> float:
    return moment_of(parse_date(value)) if value is not None else absent
