"""What must hold when nothing is left to happen."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from recommendation_applier.domain.ledger import Standing
from tests.simulation.invariants.letting_go import without_durable_end
from tests.simulation.meaning import Kind, meanings_of
from tests.simulation.witness import Witness
from tests.simulation.workload import Workload


def nothing_is_lost(witness: Witness, workload: Workload) -> Iterator[str]:
    """Every part of everything that ever arrived has come to a durable end."""
    bodies = [arrival.body for arrival in workload.arrivals]
    everything = (each for body in bodies for each in meanings_of(body))
    for meaning in without_durable_end(witness, everything, bodies, but=None):
        yield f"nothing is left of {meaning}"


def the_ledger_knows_what_amazon_took(witness: Witness, _: Workload) -> Iterator[str]:
    """What Amazon took is on record as accepted, unless a dead letter said that it failed."""
    for name in witness.amazon.applications.keys() - witness.seen_failing:
        standing = witness.standing(name)
        if standing not in (Standing.ACCEPTED, Standing.REJECTED):
            yield f"Amazon took {name}, which stands as {standing.name}"


def every_application_ends_by_name(witness: Witness, _: Workload) -> Iterator[str]:
    """An accepted id that did not come to be applied is told once, with how it ended.

    Never not at all; more than once only where a crash or a lost write makes it uncertain.
    """
    for name in witness.followed:
        end = witness.amazon.fates[name].end or "UNSETTLED"
        if name not in witness.amazon.applications:  # somebody else had it applied
            before = witness.amazon.status_of(name)
            end = "UNSETTLED" if before == "IN_PROGRESS" else before
        told = {how: count for (told, how), count in witness.told.items() if told == name}
        if set(told) != {end} - {"SUCCESS"}:
            yield f"{name} ended as {end}, and was told as {told}"
        if not witness.follow_up_disturbed and any(count > 1 for count in told.values()):
            yield f"{name} was told {told}, though nothing disturbed the follow-up"


def every_acceptance_is_followed(witness: Witness, _: Workload) -> Iterator[str]:
    """Nobody accepts a recommendation that fails afterwards without hearing of it."""
    for name in witness.amazon.applications:
        fate = witness.amazon.fates[name]
        if (
            fate.end == "FAILED"
            and witness.standing(name) is Standing.ACCEPTED
            and name not in witness.followed | witness.seen_failing
        ):
            yield f"the application of {name} failed, and nobody followed it"


AT_REST: Final[Sequence[Callable[[Witness, Workload], Iterator[str]]]] = (
    nothing_is_lost,
    the_ledger_knows_what_amazon_took,
    every_application_ends_by_name,
    every_acceptance_is_followed,
)


def letters_of(witness: Witness) -> set[tuple[str, str]]:
    """Give what the dead-letter queue holds, whoever wrote it and in how many letters."""
    return {
        (each.recommendation_id, "") if each.kind is Kind.PUBLICATION else ("", each.text)
        for message in witness.dead_letters.messages.values()
        for each in meanings_of(message.body)
    }
