"""The policy as operators change it over time, and as one environment reads it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Any, Final

from recommendation_applier.domain.errors import PolicyError, PolicyUnavailableError
from recommendation_applier.domain.policy import ApplyPolicy, PolicyInForce, read_policy
from tests.simulation.effects import Effects

MAX_AGE: Final = 60.0
DEFAULT: Final = '{"version": 1, "mode": "APPLY", "default": "APPLY", "rules": []}'

Changes = Sequence[tuple[float, str]]
"""When each text was put in force; the first at 0, the last for good."""


def draw_policies(random: Random, *, lasts: float, accounts: Iterable[int]) -> Changes:
    """Draw what operators do within *lasts* seconds: most of them nothing; the last one is good."""
    if random.random() < 0.7:
        return ((0.0, DEFAULT),)
    moments = sorted(random.uniform(0.0, lasts) for _ in range(random.randint(0, 3)))
    texts = [_draw(random, sorted(set(accounts))) for _ in range(len(moments) + 1)]
    good = [text for text in texts if _reads(text)] or [DEFAULT]
    return tuple(zip((0.0, *moments), (*texts[:-1], good[-1]), strict=True))


def _draw(random: Random, accounts: Sequence[int]) -> str:
    draw = random.random()
    if draw < 0.1:
        return random.choice(("", "{", '{"version": 2}', DEFAULT.replace("rules", "rulez")))
    if draw < 0.2:
        return DEFAULT.replace('"APPLY", "default"', '"DRY_RUN", "default"')
    rules: list[dict[str, Any]] = [
        {
            "name": f"account {account}",
            "match": {"entityId": [f"ENTITY{account:013}"]},
            "decision": random.choice(("APPLY", "HOLD", "IGNORE")),
        }
        for account in accounts
        if random.random() < 0.5
    ]
    if random.random() < 0.4:
        limits = {"maxApplicationsPerCampaignPerDay": random.choice((1, 2, 5))}
        rules.append({"name": "pace", "decision": "APPLY", "limits": limits})
    default = random.choice(("APPLY", "APPLY", "HOLD"))
    return json.dumps({"version": 1, "mode": "APPLY", "default": default, "rules": rules})


@lru_cache(maxsize=64)
def _read_policy(text: str) -> ApplyPolicy:
    return read_policy(text)


def _reads(text: str) -> bool:
    try:
        _read_policy(text)
    except PolicyError:
        return False
    return True


@dataclass(slots=True)
class SimulatedPolicies:
    """Fits the Policies port, as long as an environment lasts."""

    effects: Effects
    changes: Changes
    _read_at: float = field(default=-MAX_AGE)
    _text: str = ""
    _version: int = 0

    def current(self) -> PolicyInForce:
        """See the port."""
        if self.effects.now() - self._read_at >= MAX_AGE:
            self.effects.do("policy", self._read, seconds=0.02)
        try:
            return PolicyInForce(_read_policy(self._text), self._version)
        except PolicyError as error:
            raise PolicyUnavailableError(str(error)) from error

    def _read(self) -> None:
        now, faults, random = self.effects.now(), self.effects.faults, self.effects.kernel.random
        refused = faults.chance("policy not read", now)
        if faults.is_down("policy", now) or (refused and random.random() < refused):
            self.effects.story.fault(now, self.effects.invocation.name, "policy not read")
            raise PolicyUnavailableError("the policy was not read")
        past = [text for moment, text in self.changes if moment <= now]
        self._text, self._version, self._read_at = past[-1], len(past), now


def in_force(changes: Changes, since: float, until: float) -> Iterator[ApplyPolicy]:
    """Give every policy that somebody may have believed between two moments."""
    for number, (begins, text) in enumerate(changes):
        ends = changes[number + 1][0] if number + 1 < len(changes) else until
        if begins <= until and ends >= since and _reads(text):
            yield _read_policy(text)
