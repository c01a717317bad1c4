"""CPU of a delivery, beside that of `json.loads` of its body and of a naive consumer.

AWS and Amazon answer at once, at the boundary of their clients, so that what is measured is the
project's own code: bodies read, policy asked, entries written and packed, requests made up, answers
concluded, log and metrics written. What botocore adds to that is measured apart.
"""

import json
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Any, Final

from recommendation_applier.entrypoints.garbage import RUNTIME, spare_what_stays
from tests.bench import naive_consumer
from tests.bench.answered_at_once import Network
from tests.bench.consumer import APPLIES_ALL, Consumer
from tests.bench.deliveries import bodies, event
from tests.bench.page import Page
from tests.bench.stubbed_dynamodb import stubbed_client

ACCOUNTS: Final = 10
ROUNDS: Final = 9
HOLDS_ALL: Final[Mapping[str, Any]] = {**APPLIES_ALL, "mode": "DRY_RUN"}
LIMITS_ALL: Final[Mapping[str, Any]] = {
    **APPLIES_ALL,
    "rules": [{"name": "bids", "decision": "APPLY", "limits": {"maxIncreasePercent": 30}}],
}

_JSON: Final = "json.loads of the bodies"
_NEW: Final = "new: all are accepted"
_BOTOCORE: Final = "the same with botocore"


@dataclass(frozen=True, slots=True)
class Measured:
    """The least seconds of CPU that each thing took, and how many requests Amazon got."""

    seconds: Mapping[str, float]
    requests: int
    body_bytes: int


def measure(deliveries: int = 1_000, rounds: int = ROUNDS) -> Page:
    """Let every thing happen to *deliveries* deliveries so many times, in turns."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        measured = process.submit(in_turns, deliveries, rounds).result()
    least, base = measured.seconds, measured.seconds[_JSON]
    rows = [(name, *_figures(seconds, base, deliveries)) for name, seconds in least.items()]
    share = least[_BOTOCORE] - least[_NEW]
    place = [name for name, *_ in rows].index(_BOTOCORE) + 1
    rows.insert(place, ("of which botocore's", *_figures(share, base, deliveries)))
    return Page(
        name="cpu",
        title=f"CPU of {deliveries:,} deliveries of {ACCOUNTS} accounts",
        columns=("what", "µs a delivery", "of json.loads"),
        rows=rows,
        notes=(
            f"Bodies of {measured.body_bytes:,} bytes; {measured.requests} apply requests.",
            f"CPU of all threads; the least of {rounds} rounds in turns, in a process of its own.",
            "AWS and Amazon answer at once: at the clients' methods, and at httpx's transport.",
            "With botocore, AWS does so where botocore would send.",
        ),
    )


def _figures(seconds: float, base: float, deliveries: int) -> tuple[float, float]:
    return round(seconds / deliveries * 1e6, 1), round(seconds / base, 2)


def in_turns(deliveries: int, rounds: int) -> Measured:
    """Measure in this process. Raises ValueError where a delivery was not dealt with."""
    asked = event(deliveries, accounts=ACCOUNTS)
    texts = [record["body"] for record in asked["Records"]]
    network = Network()
    seconds: dict[str, float] = {}

    def timed(name: str, happen: Callable[[], object]) -> None:
        began = time.process_time()
        happen()
        took = time.process_time() - began
        seconds[name] = min(took, seconds.get(name, took))

    client = stubbed_client()
    spare_what_stays(os.environ | {RUNTIME: "as on Lambda"})
    new = Consumer()
    for _ in range(rounds):
        new = Consumer()
        timed(_JSON, partial(_read_all, texts))
        timed(_NEW, partial(_handle, new, asked))
        timed("repeated: all were accepted before", partial(_handle, new, asked))
        timed("new, with a rule of limits", partial(_handle, Consumer(policy=LIMITS_ALL), asked))
        timed("DRY_RUN: all are held", partial(_handle, Consumer(policy=HOLDS_ALL), asked))
        timed(_BOTOCORE, partial(_handle, Consumer(dynamodb=client), asked))
        timed("a naive consumer", partial(naive_consumer.handle, asked, network))
    return Measured(seconds, len(new.network.requests), len(next(bodies(1, ACCOUNTS))))


def _read_all(texts: list[str]) -> None:
    for text in texts:
        json.loads(text)


def _handle(consumer: Consumer, asked: Mapping[str, Any]) -> None:
    done = consumer.handle(asked)
    if done.answer["batchItemFailures"] or consumer.failures:
        raise ValueError(f"not all deliveries were finished: {consumer.failures}")
