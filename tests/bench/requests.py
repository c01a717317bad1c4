"""Apply requests that the consumer makes, against the least that can be made of what it is given.

The real handler of the deployed template runs against moto and an emulated Amazon, which counts.
An invocation needs one request for each hundred new ids of an account, and one for what is left.
"""

import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Final, TypeAlias

from recommendation_applier.domain.batching import MAX_IDS_PER_APPLY
from tests.bench.page import Cell, Page
from tests.builders import stream_message
from tests.emulator.amazon_faults import answers
from tests.emulator.deployment import Deployment, deployed

_SEED: Final = 7
_SECONDS: Final = 180.0

Ids: TypeAlias = Sequence[tuple[int, str]]
"""Recommendations by account and id."""


def measure(deliveries: int = 500) -> Page:
    """Deploy once, and let one invocation after the other have *deliveries*."""
    chance = random.Random(_SEED)  # noqa: S311 - nobody is kept out by it
    full = [(number % 5, f"full-{number}") for number in range(deliveries)]
    one = [(1, f"one-{number}") for number in range(deliveries)]
    drawn = [(chance.randrange(25), f"drawn-{number}") for number in range(deliveries)]
    alone = [(number, f"alone-{number}") for number in range(deliveries // 10)]
    twice = [(number % 5, f"twice-{number // 2}") for number in range(deliveries // 5)]
    rows: list[tuple[Cell, ...]] = []
    with deployed() as deployment:
        for what, ids, least in (
            ("of five accounts in turn", full, _least(full)),
            ("of one account", one, _least(one)),
            ("of 25 accounts, drawn by lot", drawn, _least(drawn)),
            ("each of another account", alone, _least(alone)),
            ("each twice in one invocation", twice, _least(set(twice))),
            ("all of them once more", [*full, *drawn, *twice], 0),
        ):
            rows.append(_row(what, ids, _requests(deployment, ids), least))
        throttled = [(number % 5, f"throttled-{number}") for number in range(deliveries // 5)]
        deployment.amazon.script_apply([answers(429, {"code": "x", "message": "slow down"})])
        least = _least(throttled)
        rows.append(
            _row("one answer is 429", throttled, _requests(deployment, throttled), least + 1)
        )
    return Page(
        name="requests",
        title="Apply requests, and the least that can be",
        columns=("an invocation of deliveries", "deliveries", "requests", "least", "ratio"),
        rows=rows,
        notes=("A request that is answered 429 has to be made again: the least counts it.",),
    )


def _least(ids: Iterable[tuple[int, str]]) -> int:
    by_account = Counter(account for account, _ in ids)
    return sum(ceil(count / MAX_IDS_PER_APPLY) for count in by_account.values())


def _requests(deployment: Deployment, ids: Ids) -> int:
    before = len(deployment.amazon.apply_requests)
    deployment.invoke(
        *(json.dumps(stream_message(name, account=account)) for account, name in ids),
        seconds=_SECONDS,
    )
    return len(deployment.amazon.apply_requests) - before


def _row(what: str, ids: Ids, requests: int, least: int) -> tuple[Cell, ...]:
    ratio = requests / least if least else 1.0 + requests  # where none is needed, each is too many
    return (what, len(ids), requests, least, round(ratio, 2))
