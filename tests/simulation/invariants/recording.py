"""What may be written to the ledger."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from recommendation_applier.domain.ledger import BatchRecord, Entry, Standing
from tests.simulation.clock import date_of
from tests.simulation.effects import Invocation
from tests.simulation.witness import Found, Witness

SLOWEST_TAKE: Final = 60.0
"""Amazon takes a request that long after its client has given it up, and not later."""


@dataclass(frozen=True, slots=True)
class ClaimMade:
    """An entry that was written, by whom, and how its recommendation stood just before."""

    entry: Entry
    invocation: Invocation
    before: Standing
    visibility: float


def no_claim_is_taken_from_who_may_be_at_work(_: Witness, made: ClaimMade) -> Found:
    """What another has in hand, or what is settled, is claimed by nobody."""
    if made.before not in (Standing.FREE, Standing.IN_DOUBT):
        yield f"{made.entry.recommendation_id} stood as {made.before.name}"


def a_lease_outlasts_what_it_covers(_: Witness, made: ClaimMade) -> Found:
    """A lease ends after the latest take of its invocation's requests, and before redelivery."""
    ends = made.entry.claim.lease_ends
    if ends < date_of(made.invocation.ends_at + SLOWEST_TAKE):
        yield f"it ends at {ends}, and requests of {made.invocation.name} may arrive later"
    if ends > date_of(made.invocation.began_at) + timedelta(seconds=made.visibility):
        yield f"it ends at {ends}, when SQS has delivered the message again"


ON_CLAIM: Final[Sequence[Callable[[Witness, ClaimMade], Found]]] = (
    no_claim_is_taken_from_who_may_be_at_work,
    a_lease_outlasts_what_it_covers,
)


def what_is_accepted_on_record_is_with_amazon(witness: Witness, record: BatchRecord) -> Found:
    """The ledger says of nothing that Amazon has it unless Amazon has it."""
    for name in record.accepted:
        if not witness.amazon.has(name):
            yield f"{name} is on record as accepted, and Amazon does not have it"


ON_RECORD: Final[Sequence[Callable[[Witness, BatchRecord], Found]]] = (
    what_is_accepted_on_record_is_with_amazon,
)
