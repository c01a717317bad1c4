"""The CPU that deliveries take in this very process: a program for the function's own Python.

It prints its findings as JSON. AWS and Amazon answer at once, at the boundary of their clients, so
that what is measured is the project's own code: bodies read, policy asked, entries written and
packed, requests made up, answers concluded, log and metrics written. What botocore adds to that is
measured apart.
"""

import gc
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final

from recommendation_applier.entrypoints.garbage import RUNTIME, spare_what_stays
from tests.bench import naive_consumer
from tests.bench.answered_at_once import Network, Table
from tests.bench.consumer import APPLIES_ALL, Consumer
from tests.bench.deliveries import bodies, event
from tests.bench.stubbed_dynamodb import stubbed_client

ACCOUNTS: Final = 10
HOLDS_ALL: Final[Mapping[str, Any]] = {**APPLIES_ALL, "mode": "DRY_RUN"}
LIMITS_ALL: Final[Mapping[str, Any]] = {
    **APPLIES_ALL,
    "rules": [{"name": "bids", "decision": "APPLY", "limits": {"maxIncreasePercent": 30}}],
}

JSON: Final = "json.loads of the bodies"
NEW: Final = "new: all are accepted"
BOTOCORE: Final = "the same with botocore"


@dataclass(frozen=True, slots=True)
class Measured:
    """The least seconds of CPU that each thing took, and how many requests Amazon got."""

    seconds: Mapping[str, float]
    requests: int
    body_bytes: int
    python: str


def in_turns(deliveries: int, rounds: int) -> Measured:
    """Measure in this process. Raises ValueError where a delivery was not dealt with.

    The execution environment is a warm one: what outlives an invocation is there, and of the
    deliveries nothing is known.
    """
    asked = event(deliveries, accounts=ACCOUNTS)
    texts = [record["body"] for record in asked["Records"]]
    network = Network()
    seconds: dict[str, float] = {}

    def timed(name: str, happen: Callable[[], object]) -> None:
        gc.collect()  # so that nobody pays for what others have left
        began = time.process_time()
        happen()
        took = time.process_time() - began
        seconds[name] = min(took, seconds.get(name, took))

    new, limited, dry = Consumer(), Consumer(policy=LIMITS_ALL), Consumer(policy=HOLDS_ALL)
    with_botocore = Consumer(dynamodb=stubbed_client())
    elsewhere = event(1, start=deliveries)
    for consumer in (new, limited, dry, with_botocore):
        _handle(consumer, elsewhere)
    spare_what_stays(os.environ | {RUNTIME: "as on Lambda"})
    requests = 0
    for _ in range(rounds):
        for consumer in (new, limited, dry):
            consumer.dynamodb = Table()
        new.network.requests.clear()
        timed(JSON, partial(_read_all, texts))
        timed(NEW, partial(_handle, new, asked))
        requests = len(new.network.requests)
        timed("repeated: all were accepted before", partial(_handle, new, asked))
        timed("new, with a rule of limits", partial(_handle, limited, asked))
        timed("DRY_RUN: all are held", partial(_handle, dry, asked))
        timed(BOTOCORE, partial(_handle, with_botocore, asked))
        timed("a naive consumer", partial(naive_consumer.handle, asked, network))
    return Measured(
        seconds, requests, len(next(bodies(1, ACCOUNTS))), ".".join(map(str, sys.version_info[:3]))
    )


def _read_all(texts: list[str]) -> None:
    for text in texts:
        json.loads(text)


def _handle(consumer: Consumer, asked: Mapping[str, Any]) -> None:
    done = consumer.handle(asked)
    if done.answer["batchItemFailures"] or consumer.failures:
        raise ValueError(f"not all deliveries were finished: {consumer.failures}")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(in_turns(*map(int, sys.argv[1:])))))
