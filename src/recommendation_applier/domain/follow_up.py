"""Accepted is not yet applied: when to ask what became of it, and when to stop. No I/O.

Amazon answers an apply request with 202, which says that it will process the recommendations
"over time"; `applicationStatus` tells the rest.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from recommendation_applier.domain.outcome import ApplicationStatus

FIRST_GAP: Final = timedelta(minutes=10)
LONGEST_GAP: Final = timedelta(hours=12)
"""Each gap is as long as the application is old, between the first and the longest: it is asked
about 10, 20, 40 … minutes after it was accepted, and every 12 hours in the end."""

GIVE_UP_AFTER: Final = timedelta(days=7)
"""Half of the fortnight that a recommendation lives. An application of which Amazon says then that
it is still not settled is told by name, and not asked about again."""

GIVE_UP_UNANSWERED_AFTER: Final = timedelta(days=14)
"""The same for one that Amazon has not answered for."""


class ApplicationEnd(StrEnum):
    """How an application ended that was accepted and not applied."""

    FAILED = "FAILED"
    REJECTED = "REJECTED"
    UNSETTLED = "UNSETTLED"
    """Given up: a week after it was accepted Amazon still had not settled it."""


_ENDS: Final = {
    ApplicationStatus.FAILED.value: ApplicationEnd.FAILED,
    ApplicationStatus.REJECTED.value: ApplicationEnd.REJECTED,
}


NO_CAMPAIGNS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FollowUpState:
    """How far the applications of one record are.

    *pending* are not settled yet; *ended* says how those ended that were not applied, and
    *campaign_ids* of which campaigns they are, as far as Amazon said; of them, *untold* have not
    been told to anybody. What was accepted and is in neither is applied.
    *checks* counts the times it was saved, so that of two ticks at once only one is believed;
    *due* is None once there is nothing left to do.
    """

    pending: tuple[str, ...]
    due: datetime | None
    checks: int = 0
    ended: Mapping[str, ApplicationEnd] = field(default_factory=dict)
    untold: tuple[str, ...] = ()
    campaign_ids: Mapping[str, str] = field(default_factory=dict)

    def told(self) -> "FollowUpState":
        """The same, when everybody knows."""
        return replace(
            self,
            checks=self.checks + 1,
            untold=(),
            due=self.due if self.pending else None,
        )


def begin(accepted: Collection[str], *, now: datetime) -> FollowUpState | None:
    """Follow what was *accepted* just now; None if nothing was."""
    return FollowUpState(tuple(accepted), now + FIRST_GAP) if accepted else None


def advance(
    state: FollowUpState,
    statuses: Mapping[str, str],
    *,
    accepted_at: datetime,
    now: datetime,
    campaign_ids: Mapping[str, str] = NO_CAMPAIGNS,
    was_answered: bool = True,
) -> FollowUpState:
    """Take in what `applicationStatus` says; an id that it does not name stays pending.

    So does one whose status is none that ends an application, until it is given up by its age; one
    whose question had no answer (*was_answered*) is given more time. The end of an application is
    noted once, since what is not pending is not asked about again.
    """
    age = now - accepted_at
    give_up_after = GIVE_UP_AFTER if was_answered else GIVE_UP_UNANSWERED_AFTER
    ended: dict[str, ApplicationEnd] = {}
    pending: list[str] = []
    for recommendation_id in state.pending:
        status = statuses.get(recommendation_id)
        if status == ApplicationStatus.SUCCESS:
            continue
        if status in _ENDS:
            ended[recommendation_id] = _ENDS[status]
        elif age >= give_up_after:
            ended[recommendation_id] = ApplicationEnd.UNSETTLED
        else:
            pending.append(recommendation_id)
    untold = (*state.untold, *ended)
    next_check = now + min(LONGEST_GAP, max(FIRST_GAP, age))
    return FollowUpState(
        pending=tuple(pending),
        due=next_check if pending or untold else None,
        checks=state.checks + 1,
        ended={**state.ended, **ended},
        untold=untold,
        campaign_ids={
            **state.campaign_ids,
            **{each: campaign_ids[each] for each in ended if each in campaign_ids},
        },
    )
