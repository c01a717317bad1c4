"""What can go wrong in a world, how often, and until when: drawn anew for each seed."""

from dataclasses import dataclass, field
from random import Random
from typing import Final

MINUTE: Final = 60.0
HOUR: Final = 3600.0

RATES: Final = {
    # Lambda and the event source mapping
    "kill": 0.04,
    "invocation throttled": 0.10,
    "delete fails": 0.15,
    # SQS
    "duplicate delivery": 0.15,
    "visibility not changed": 0.30,
    "letter refused": 0.50,
    "letters not told": 0.20,
    "letters not stored": 0.20,
    # The tables
    "write refused": 0.15,
    "write not told": 0.15,
    "read refused": 0.15,
    # Amazon
    "throttled": 0.20,
    "throttled without Retry-After": 0.15,
    "500": 0.15,
    "500 that names ids": 0.12,
    "502 or 504": 0.20,
    "503": 0.15,
    "connection refused": 0.15,
    "connection dropped before": 0.15,
    "connection dropped after": 0.20,
    "slow": 0.20,
    "answer late": 0.20,
    "taken late": 0.25,
    "answer cut": 0.12,
    "422 that names not all": 0.20,
    "body malformed": 0.15,
    "refused": 0.06,
    "token refused": 0.06,
    "login fails": 0.15,
    "secret not read": 0.10,
    "policy not read": 0.10,
    "confirmation fails": 0.30,
}
"""The highest chance of each fault, at each occasion for it."""

OUTAGES: Final = (
    *("amazon", "credentials", "forbidden", "login", "ledger", "dead letters", "secret"),
    "policy",
)
"""What can be gone altogether for a while."""


@dataclass(frozen=True, slots=True)
class Outage:
    """*what* is down from *begins* to *ends*."""

    what: str
    begins: float
    ends: float


@dataclass(frozen=True, slots=True)
class Faults:
    """The chances of one world; all of them are 0 from *end* on."""

    character: str
    end: float
    rates: dict[str, float] = field(default_factory=dict)
    outages: tuple[Outage, ...] = ()

    def chance(self, kind: str, now: float) -> float:
        """Say how likely *kind* is at *now*."""
        return self.rates.get(kind, 0.0) if now < self.end else 0.0

    def is_down(self, what: str, now: float) -> bool:
        """Tell whether *what* is down at *now*."""
        return any(
            outage.what == what and outage.begins <= now < outage.ends for outage in self.outages
        )


CHARACTERS: Final = (
    # name, weight, share of the kinds that occur, their strength, most outages
    ("calm", 10, 0.0, 0.0, 0),
    ("fair", 30, 0.35, 0.4, 0),
    ("rough", 40, 0.6, 0.7, 2),
    ("brutal", 20, 0.9, 1.0, 4),
)


def draw_faults(random: Random) -> Faults:
    """Draw a world's character, its rates and its outages."""
    name, _, share, strength, most_outages = random.choices(
        CHARACTERS, weights=[each[1] for each in CHARACTERS]
    )[0]
    end = random.choice((20 * MINUTE, HOUR, 3 * HOUR, 8 * HOUR))
    rates = {
        kind: most * strength * random.uniform(0.2, 1.0)
        for kind, most in RATES.items()
        if random.random() < share
    }
    outages = []
    for _ in range(random.randint(0, most_outages)):
        begins = random.uniform(0.0, end)
        lasts = random.choice((MINUTE, 10 * MINUTE, HOUR, 5 * HOUR))
        outages.append(Outage(random.choice(OUTAGES), begins, min(end, begins + lasts)))
    return Faults(name, end, rates, tuple(outages))


NONE: Final = Faults("calm", 0.0)
