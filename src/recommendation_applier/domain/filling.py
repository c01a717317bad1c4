"""How full invocations and apply requests are: what decides about most of what it costs. No I/O."""

from dataclasses import dataclass
from math import expm1
from typing import Final

from recommendation_applier.domain.batching import MAX_IDS_PER_APPLY
from recommendation_applier.domain.workload import Arrival, Workload

DAYS: Final = 365.25 / 12
"""Of a month."""

_MOST_RECORDS: Final = 1_052
"""That fit into an invocation's 6 MB, at 4.4 kB a body delivered raw."""


@dataclass(frozen=True, slots=True)
class Filling:
    """How full invocations and requests are, on the average."""

    invocations: float
    requests: float
    requests_an_invocation: float
    ids_a_request: float
    held_requests: float
    """That would have been made, had nothing been held."""
    ids_a_held_request: float


def filling_of(workload: Workload) -> Filling:
    """Say how many invocations and apply requests *workload* takes.

    An invocation holds what arrives while it is gathered, shared among those that gather at once;
    the accounts of its recommendations are as if drawn by lot.
    """
    deliveries = workload.deliveries
    if not deliveries:
        return Filling(0, 0, 0, 0, 0, 0)
    most = min(workload.batch_size, _MOST_RECORDS)
    if workload.arrival is Arrival.BURST:
        gathered = max(1.0, deliveries / DAYS / workload.maximum_concurrency)
    else:
        a_second = deliveries / (DAYS * 86_400)
        window = workload.batching_window_seconds
        gathered = 1 + a_second * window / workload.maximum_concurrency
    handled = min(most, gathered)
    invocations = deliveries / handled
    ids = workload.sent / invocations
    held = workload.recommendations * workload.held_share / invocations
    requests, held_requests = (_requests(each, workload.accounts) for each in (ids, held))
    return Filling(
        invocations=invocations,
        requests=invocations * requests,
        requests_an_invocation=requests,
        ids_a_request=ids / requests if requests else 0.0,
        held_requests=invocations * held_requests,
        ids_a_held_request=held / held_requests if held_requests else 0.0,
    )


def _requests(ids: float, accounts: int) -> float:
    """Reckon the requests of an invocation whose *ids* are of *accounts*, drawn by lot.

    Each account that has any takes one, and those with many a further one for each hundred.
    """
    mean = ids / accounts
    met = accounts * -expm1(-mean)
    return min(ids, met * max(1.0, mean / MAX_IDS_PER_APPLY + 0.5))
