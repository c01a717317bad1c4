"""What may be sent: each id once, claimed, and neither removed nor expired."""

from collections.abc import Callable, Sequence
from typing import Final

from recommendation_applier.domain.policy import DecisionVerdict, decide
from tests.simulation.answers import Request
from tests.simulation.policies import MAX_AGE, in_force
from tests.simulation.witness import Found, Witness, publications, removals


def nothing_is_sent_that_amazon_has(witness: Witness, request: Request) -> Found:
    """No id is sent in a request that is made after Amazon has taken it.

    But for one of whose application `applicationStatus` said that it failed: that is
    dead-lettered, and what is delivered or redriven afterwards is tried again.
    """
    for name in request.ids:
        taken = witness.amazon.applications.get(name)
        if taken is None or name in witness.seen_failing:
            continue
        if taken.request in witness.amazon.late and name in witness.duplicated:
            witness.races += 1
        else:
            yield f"{name} was taken of request {taken.request}, and is sent again"


def nothing_is_sent_that_may_still_arrive(witness: Witness, request: Request) -> Found:
    """No id is sent while an earlier request with it may still reach Amazon.

    Where SQS itself delivers one message twice at once, the other half of it may: such races are
    counted.
    """
    for name in request.ids:
        earlier = witness.amazon.in_limbo.get(name)
        if earlier and name in witness.duplicated:
            witness.races += 1
        elif earlier:
            yield f"{name} is sent again while request {sorted(earlier)} may still be taken"


def nobody_sends_what_another_is_sending(witness: Witness, request: Request) -> Found:
    """No id is in two apply requests at once."""
    for name in request.ids:
        if name in witness.in_flight:
            yield f"{name} is in request {witness.in_flight[name]} at this moment"


def what_is_sent_is_claimed(witness: Witness, request: Request) -> Found:
    """Each id of an apply request is claimed in the ledger by whoever sends it."""
    for name in request.ids:
        entry = witness.memory.entries.get(name)
        owner = entry.claim.token if entry else "nobody"
        if owner != request.invocation.name:
            yield f"{name} is sent by {request.invocation.name}, and claimed by {owner}"


def what_was_removed_is_not_sent(witness: Witness, request: Request) -> Found:
    """No id is sent that the ledger, or a message of the same invocation, knows to be removed."""
    invocation = request.invocation
    for name in request.ids:
        latest = max(each.published_at for each in publications(invocation.bodies, name))
        in_ledger = witness.removed_until(name, before=invocation.began_at)
        if in_ledger is not None and in_ledger >= latest:
            yield f"{name} was removed before {invocation.name} began"
        for each in removals(invocation.bodies, name):
            if each.published_at >= latest:
                yield f"{name} is removed by a message of {invocation.name} itself"


def what_expired_is_not_sent(_: Witness, request: Request) -> Found:
    """No id is sent whose latest publication had expired when the invocation began."""
    for name in request.ids:
        told = publications(request.invocation.bodies, name)
        latest = max(each.published_at for each in told)
        ends = max(each.expires_at for each in told if each.published_at == latest)
        if ends <= request.invocation.began_at:
            yield f"{name} had expired"


def a_dry_run_sends_nothing(witness: Witness, request: Request) -> Found:
    """In the mode DRY_RUN Amazon hears nothing of it."""
    if witness.workload.dry_run:
        yield f"{request.operation} of {request.ids}"


def what_no_policy_lets_through_is_not_sent(witness: Witness, request: Request) -> Found:
    """Each id is let through by a policy that the sender may have read: at most a minute old."""
    invocation = request.invocation
    believed = [
        policy
        for policy in in_force(
            witness.workload.policies, invocation.began_at - MAX_AGE, witness.kernel.now
        )
        if policy.mode == "APPLY"
    ]
    for name in request.ids:
        entry = witness.memory.entries.get(name)
        if entry is not None and not any(
            decide(entry.recommendation, policy, now=entry.claim.claimed_at).verdict
            is DecisionVerdict.APPLY
            for policy in believed
        ):
            yield f"{name} is sent, and every policy in force says otherwise"


ON_SENDING: Final[Sequence[Callable[[Witness, Request], Found]]] = (
    nothing_is_sent_that_amazon_has,
    nothing_is_sent_that_may_still_arrive,
    nobody_sends_what_another_is_sending,
    what_is_sent_is_claimed,
    what_was_removed_is_not_sent,
    what_expired_is_not_sent,
    a_dry_run_sends_nothing,
    what_no_policy_lets_through_is_not_sent,
)
