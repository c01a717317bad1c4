"""A day without Amazon: what it costs, and how long it takes to make up for it."""

from dataclasses import dataclass
from typing import Final

from tests.simulation.amazon import Fate
from tests.simulation.faults import HOUR, MINUTE, Faults, Outage
from tests.simulation.queues import Message
from tests.simulation.scenarios import AS_DEPLOYED, short_publication, workload
from tests.simulation.world import World

BEGINS: Final = HOUR
ENDS: Final = 25 * HOUR

_ACCOUNTS: Final = 20
_MOST_STEPS: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What became of the deliveries of 25 hours."""

    deliveries: int
    sent_once: int
    dead_letters: int
    violations: int
    apply_requests: int
    apply_requests_while_down: int
    invocations: int
    most_receives: int
    """Of any message; it may have a hundred."""
    hours_to_drain: float
    """After Amazon was back."""


def live_through(deliveries_an_hour: int) -> Cost:
    """Let so many recommendations an hour arrive for 25 hours; for the last 24, Amazon is down."""
    count = round(deliveries_an_hour * ENDS / HOUR)
    owners = {f"rec-{number}": number % _ACCOUNTS for number in range(count)}
    arrivals = [
        (number * HOUR / deliveries_an_hour, short_publication(name, account=owners[name]))
        for number, name in enumerate(owners)
    ]
    world = World(
        1,
        faults=Faults("a day without Amazon", ENDS, {}, (Outage("amazon", BEGINS, ENDS),)),
        workload=workload(arrivals, owners, dict.fromkeys(owners, Fate(settles_after=MINUTE))),
        shape=AS_DEPLOYED,
        follow_up=False,
    )
    world.kernel.most_steps = _MOST_STEPS
    most_receives = 0

    def keeps(message: Message) -> bool:
        nonlocal most_receives
        most_receives = max(most_receives, message.receive_count)
        return False

    world.mapping.keeps = keeps
    outcome = world.run()
    applies = [each for each in world.witness.made if each.operation == "apply"]
    taken = {application.request for application in world.amazon.applications.values()}
    return Cost(
        deliveries=count,
        sent_once=len(world.amazon.applications),
        dead_letters=len(world.dead_letters.messages),
        violations=len(outcome.violations),
        apply_requests=len(taken),
        apply_requests_while_down=sum(BEGINS <= each.made_at < ENDS for each in applies),
        invocations=outcome.invocations,
        most_receives=most_receives,
        hours_to_drain=round(outcome.drained_after / HOUR, 2),
    )
