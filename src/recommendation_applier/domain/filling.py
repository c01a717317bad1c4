"""How full invocations and apply requests are: what decides about most of what it costs. No I/O.

What is taken for granted, since AWS does not say it all: as many batches are gathered at once as
invocations may run (MaximumConcurrency), and whoever gathers runs the invocation next; each gets an
equal share of what comes; a batch ends when it is full, or with the first poll that ends after its
window, and a poll that is out ends with a message or after 20 seconds (developer guide, "Amazon SQS
event source mappings": a low traffic queue may wait that long, whatever the window is). A
recommendation's account is drawn by lot, each in equal shares, and an account has one opportunity;
deliveries that come account by account fill requests better. tests/bench/filling_simulation.py
plays the same message by message.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, exp, expm1, log, log1p, sqrt
from typing import Final

from recommendation_applier.domain.batching import MAX_IDS_PER_APPLY
from recommendation_applier.domain.workload import Arrival, Workload

DAYS: Final = 365.25 / 12
"""Of a month."""

MOST_RECORDS: Final = 1_052
"""That fit into an invocation's 6 MB, at 4.4 kB a body delivered raw."""

LONG_POLL_SECONDS: Final = 20
"""SQS's longest."""

SECONDS_AN_INVOCATION: Final = 0.1
"""Beside its recommendations and requests; a guess."""

_LEFT_OF_A_POLL: Final = LONG_POLL_SECONDS / 2
"""When a window of more than one poll ends, on the average."""

_DAY_SECONDS: Final = 86_400
_ROUNDS: Final = 12
"""Until busy times and what they gather are in step."""

_BEYOND: Final = 9
"""Standard deviations; further out there is nothing to count."""


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
    """Say how many invocations and apply requests *workload* takes in a month."""
    if not workload.deliveries:
        return Filling(0, 0, 0, 0, 0, 0)
    batches = _batches(workload)
    invocations = sum(count for count, _ in batches)
    sent_share = workload.sent / workload.deliveries
    held = workload.recommendations * workload.held_share
    held_share = held / workload.deliveries
    requests, held_requests = (
        sum(count * _requests(workload, size, share) for count, size in batches)
        for share in (sent_share, held_share)
    )
    return Filling(
        invocations=invocations,
        requests=requests,
        requests_an_invocation=requests / invocations,
        ids_a_request=workload.sent / requests if requests else 0.0,
        held_requests=held_requests,
        ids_a_held_request=held / held_requests if held_requests else 0.0,
    )


def busy_seconds(workload: Workload, *, deliveries: float, requests: float) -> float:
    """Say how long an invocation takes: its requests in rounds, everything else one by one."""
    rounds = ceil(requests / workload.max_concurrent_requests)
    return (
        SECONDS_AN_INVOCATION
        + rounds * workload.seconds_a_request
        + deliveries * workload.milliseconds_a_recommendation / 1000
    )


def _batches(workload: Workload) -> Sequence[tuple[float, float]]:
    """Say how many invocations of how many deliveries a month has.

    A stream without an end has one size. A burst leaves the last batch of each that gathers as it
    is; or one alone, where more is waiting than can be handled as it comes.
    """
    if workload.arrival is Arrival.EVEN:
        size, _ = _gathered(workload, a_second=workload.deliveries / DAYS / _DAY_SECONDS)
        return [(workload.deliveries / size, size)]
    a_day = workload.deliveries / DAYS
    size, is_behind = _gathered(workload, a_second=a_day / (workload.burst_minutes * 60))
    gatherers = 1 if is_behind else workload.maximum_concurrency
    each = max(1.0, a_day / gatherers)
    full = ceil(each / size) - 1
    bursts = workload.deliveries / each
    last = each - full * size
    return [(bursts * full, size), (bursts * min(1.0, last), max(1.0, last))]


def _gathered(workload: Workload, *, a_second: float) -> tuple[float, bool]:
    """Say how many deliveries a batch gets, and whether more wait than can be handled.

    The one that opens it, and what comes until it is closed, with the share of those that are busy
    meanwhile: the longer an invocation takes, the more is there for the next.
    """
    rate = a_second / workload.maximum_concurrency
    window = workload.batching_window_seconds
    still_out = max(LONG_POLL_SECONDS - window, _LEFT_OF_A_POLL)
    in_window = rate * window - expm1(-rate * still_out)
    most, gathered, while_busy = _most(workload), 1.0, 0.0
    share = workload.sent / workload.deliveries
    for _ in range(_ROUNDS):
        requests = _requests(workload, gathered, share)
        while_busy = rate * busy_seconds(workload, deliveries=gathered, requests=requests)
        gathered = min(most, _with_company(in_window, while_busy))
    return gathered, while_busy >= most


def _most(workload: Workload) -> int:
    return min(workload.batch_size, MOST_RECORDS)


def _with_company(in_window: float, while_busy: float) -> float:
    """Solve g = 1 + in_window * g / (g - while_busy).

    All that comes is gathered by somebody: whoever gathers has, of what those who are busy do not
    take, as much more as a cycle of g arrivals is longer than the part in which it gathers.
    """
    half = (1 + in_window + while_busy) / 2
    return half + sqrt(max(0.0, half * half - while_busy))


def _requests(workload: Workload, deliveries: float, share: float) -> float:
    """Reckon the requests of an invocation with so many *deliveries*, a *share* of them sent.

    Of each account one for each hundred ids, and one for what is left. The first delivery is there
    for certain, with what is left to chance beside it.
    """
    accounts, others = workload.accounts, _most(workload) - 1
    mean = min(float(others), max(0.0, deliveries - 1) * share / accounts)
    with_first, without = 0.0, 0.0
    fewer, at_most = 0.0, 0.0
    for number, chance in enumerate(_chances(mean, others)):
        fewer, at_most = at_most, at_most + chance
        if number % MAX_IDS_PER_APPLY == 0:
            with_first += max(0.0, 1 - fewer)
            without += max(0.0, 1 - at_most)
    return share * with_first + (accounts - share) * without


def _chances(mean: float, most: int) -> Iterator[float]:
    """Give the chance of 0, 1, 2 … successes of *most* trials with so many on the average."""
    if mean >= most:
        yield from (0.0,) * most
        yield 1.0
        return
    last = min(most, ceil(mean + _BEYOND * sqrt(mean) + _BEYOND)) if mean else 0
    chance = most * log1p(-mean / most)
    for number in range(last):
        yield exp(chance)
        chance += log((most - number) / (number + 1) * mean / (most - mean))
    yield exp(chance)
