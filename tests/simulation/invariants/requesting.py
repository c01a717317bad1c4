"""How requests are made: in Amazon's shape, in time, and not while they are unwelcome."""

import json
from collections.abc import Callable, Sequence
from typing import Final

from tests.emulator.amazon_contract import (
    MAX_IDS_PER_APPLY,
    MAX_IDS_PER_STATUS,
    body_breaches,
    header_breaches,
    path_breaches,
)
from tests.simulation.answers import Request
from tests.simulation.clock import date_of
from tests.simulation.environment import MANAGER_ACCOUNT, MOST_RESERVE_SECONDS, RESERVE_SHARE
from tests.simulation.witness import Found, Witness, publications

TRIED_ACCOUNTS: Final = 3


def every_request_is_one_that_amazon_takes(_: Witness, request: Request) -> Found:
    """Path, headers and body are as Amazon publishes them: 1 to 100 ids, none of them twice."""
    most = MAX_IDS_PER_APPLY if request.operation == "apply" else MAX_IDS_PER_STATUS
    for breach in (
        *path_breaches(request.opportunity),
        *header_breaches(
            request.headers, has_body=True, client_id="client-1", manager_account=MANAGER_ACCOUNT
        ),
        *body_breaches(request.content, maximum_ids=most),
    ):
        yield f"{breach.rule}: {breach.detail}"


def a_request_speaks_of_one_account(witness: Witness, request: Request) -> Found:
    """The account of a request is that of each of its ids."""
    account = json.loads(request.account)["encryptedAdvertiserId"]
    for name in request.ids:
        number = witness.workload.accounts[name]
        if account != f"A{number:013}":
            yield f"{name} is of account {number}, and the request of {account}"


def a_request_names_only_what_was_delivered(_: Witness, request: Request) -> Found:
    """An invocation sends and asks about what its own messages hold, and nothing else."""
    if request.invocation.bodies:
        for name in request.ids:
            if not publications(request.invocation.bodies, name):
                yield f"{name} is in no message of {request.invocation.name}"


def nothing_is_made_before_retry_after_is_over(witness: Witness, request: Request) -> Found:
    """What was told to wait makes no request before the wait is over."""
    until = witness.conduct(request.invocation).retry_until
    if request.made_at < until - 1e-6:
        yield f"{until - request.made_at:.3f} s are left of Retry-After"


def nothing_is_begun_after_the_deadline(_: Witness, request: Request) -> Found:
    """No request is begun in what an invocation keeps back of its time for what follows."""
    invocation = request.invocation
    reserve = min(MOST_RESERVE_SECONDS, RESERVE_SHARE * invocation.seconds)
    late = request.made_at - (invocation.ends_at - reserve)
    if late > 0:
        yield f"it is begun {late:.3f} s after the deadline"


def an_open_breaker_lets_a_probe_through_alone(witness: Witness, request: Request) -> Found:
    """Nothing is sent by who knows that the API is left alone, but what tries if it is back.

    That is one request after another, and each for another account.
    """
    conduct = witness.conduct(request.invocation)
    breaker = conduct.breaker
    if breaker is None:
        yield "nobody had looked at the breaker"
    elif breaker.is_shaken and not conduct.wrote_breaker:
        yield "the API had not answered, and this one could not claim the right to try"
    elif breaker.seconds_open(date_of(request.made_at)) and not conduct.is_answered:
        if not conduct.wrote_breaker:
            yield f"the breaker was open until {breaker.open_until}"
        elif len(conduct.requests) >= TRIED_ACCOUNTS:
            yield f"{len(conduct.requests)} requests have had no answer"
        elif conduct.waiting:
            yield f"{conduct.waiting} requests have no answer yet"


def what_is_settled_is_not_asked_about(witness: Witness, request: Request) -> Found:
    """`applicationStatus` is not asked about an id whose end the ledger had already."""
    if request.operation == "applicationStatus":
        for name in request.ids:
            settled = witness.settled_at.get(name)
            if settled is not None and settled < request.invocation.began_at:
                yield f"the end of {name} is known since {settled:.0f} s"


ON_REQUEST: Final[Sequence[Callable[[Witness, Request], Found]]] = (
    every_request_is_one_that_amazon_takes,
    a_request_speaks_of_one_account,
    a_request_names_only_what_was_delivered,
    nothing_is_made_before_retry_after_is_over,
    nothing_is_begun_after_the_deadline,
    an_open_breaker_lets_a_probe_through_alone,
    what_is_settled_is_not_asked_about,
)
