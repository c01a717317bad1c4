"""What an invocation says when it ends."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from recommendation_applier.domain.ledger import Standing
from recommendation_applier.domain.reasons import Door
from recommendation_applier.entrypoints.invocation import Invocation as Done
from recommendation_applier.entrypoints.metrics import DOOR_METRICS, counts
from tests.simulation.effects import Invocation
from tests.simulation.meaning import Meaning, meanings_of
from tests.simulation.witness import Found, Witness
from tests.simulation.workload import BODY_MARK


@dataclass(frozen=True, slots=True)
class Ended:
    """An invocation of the apply function that came to its own end."""

    invocation: Invocation
    done: Done


def every_part_leaves_by_one_door(_: Witness, ended: Ended) -> Found:
    """What was received is what was accepted, let go, held, retried or dead-lettered."""
    parts = sum(1 for _ in _meanings(ended.invocation))
    counted = counts(ended.done.report)
    left = sum(counted.get(name, 0) for name in DOOR_METRICS.values())
    if left != parts:
        yield f"{parts} parts came, and {left} left: {counted}"


def what_leaves_as_accepted_is_on_record(witness: Witness, ended: Ended) -> Found:
    """Nothing leaves as accepted before the ledger has it."""
    for departure in ended.done.report.departures:
        name = departure.part.recommendation_id or ""
        if departure.door is Door.ACCEPTED and witness.standing(name) is not Standing.ACCEPTED:
            yield f"{name} left as accepted, and stands as {witness.standing(name).name}"


ON_DONE: Final[Sequence[Callable[[Witness, Ended], Found]]] = (
    every_part_leaves_by_one_door,
    what_leaves_as_accepted_is_on_record,
)


def nothing_secret_is_logged(witness: Witness, invocation: Invocation) -> Found:
    """No token, no credentials and no body stand in a log."""
    text = "".join(invocation.log)
    for secret in (*witness.login.secrets, "sns-token-1", BODY_MARK):
        if secret in text:
            yield f"{secret} stands in the log of {invocation.name}"


ON_LOG: Final[Sequence[Callable[[Witness, Invocation], Found]]] = (nothing_secret_is_logged,)


def _meanings(invocation: Invocation) -> Iterator[Meaning]:
    for body in invocation.bodies:
        yield from meanings_of(body)
