"""How late recommendations are accepted: after their publication, and before their end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from recommendation_applier.domain.delivery import Publication
from recommendation_applier.domain.reasons import AcceptedReason
from recommendation_applier.use_cases.progress import Departure


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeliness:
    """What one invocation shows of it, in seconds; None where nothing was accepted that tells.

    The lags are from publication to acceptance, of what the Stream delivered first-hand: a dead
    letter that was sent back, what a person has let go, and what comes from a file are old for a
    good reason. *lag* is the median, which a few late ones do not move. *slack* is the least time
    that was left until the expiry of anything that was accepted, whatever way it came.
    """

    lag: float | None = None
    longest_lag: float | None = None
    slack: float | None = None


def timeliness_of(departures: Iterable[Departure], *, now: datetime) -> Timeliness:
    """Measure what Amazon has accepted in the invocation that ends at *now*.

    What it had accepted before, or has only been found to have, tells nothing. A clock that is
    behind Amazon's makes a lag of 0.
    """
    lags: list[float] = []
    ends: list[datetime] = []
    for each in _accepted(departures):
        published, expiry = each.recommendation.published_date, each.recommendation.expiry_date
        if published is not None and each.is_first_hand:
            lags.append(max(0.0, (now - published).total_seconds()))
        if expiry is not None:
            ends.append(expiry)
    lags.sort()
    return Timeliness(
        lag=lags[len(lags) // 2] if lags else None,
        longest_lag=lags[-1] if lags else None,
        slack=(min(ends) - now).total_seconds() if ends else None,
    )


def _accepted(departures: Iterable[Departure]) -> Iterator[Publication]:
    for each in departures:
        if each.reason is AcceptedReason.ACCEPTED and isinstance(each.part.content, Publication):
            yield each.part.content
