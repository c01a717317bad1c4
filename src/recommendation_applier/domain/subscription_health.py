"""Whether a subscription that is wanted delivers, and what to do where it does not.

Sources: the guide's pages "managing-subscriptions" (a SUSPENDED subscription never becomes active
again, and another login sees nothing of it) and "onboarding"; the model of SNS for the two days
that a confirmation can be answered in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from recommendation_applier.domain.stream_subscription import (
    ARCHIVED,
    FAILED_CONFIRMATION,
    FAILED_PROVISIONING,
    ON_THEIR_WAY,
    SUSPENDED,
    StreamSubscription,
)
from recommendation_applier.domain.wanted_subscription import (
    Profile,
    WantedSubscription,
    belonging,
)

LONGEST_ON_THE_WAY: Final = timedelta(days=2)
"""SNS lets a confirmation be answered for two days. Amazon's guide says two in one place and three
in another: whoever waits longer than two may wait for ever."""


class Ailment(StrEnum):
    """What can be wrong with a subscription that is wanted."""

    SUSPENDED = "SUSPENDED"
    FAILED_CONFIRMATION = "FAILED_CONFIRMATION"
    FAILED_PROVISIONING = "FAILED_PROVISIONING"
    UNCONFIRMED = "UNCONFIRMED"
    ARCHIVED_ELSEWHERE = "ARCHIVED_ELSEWHERE"
    VANISHED = "VANISHED"
    NEVER_MADE = "NEVER_MADE"
    PROFILE_REFUSED = "PROFILE_REFUSED"


_ANEW: Final = "subscribe anew with `applier subscriptions create`"

ADVICE: Final[Mapping[Ailment, str]] = {
    Ailment.SUSPENDED: (
        "Amazon could not deliver for too long and never resumes: see that the queue exists and "
        f"its policy is the stack's own, then {_ANEW}"
    ),
    Ailment.FAILED_CONFIRMATION: (
        "nobody answered the confirmation in time: see that the ingress queue's event source is "
        "enabled, and the dead-letter queue for UNTRUSTED_CONFIRMATION and CONFIRMATION_REFUSED, "
        f"then {_ANEW}"
    ),
    Ailment.FAILED_PROVISIONING: f"Amazon could not set it up: {_ANEW}",
    Ailment.UNCONFIRMED: (
        "it has waited for its confirmation for more than two days, after which SNS takes none: "
        "see the dead-letter queue for UNTRUSTED_CONFIRMATION and CONFIRMATION_REFUSED, and "
        f"{_ANEW} once Amazon lets go of it"
    ),
    Ailment.ARCHIVED_ELSEWHERE: (
        f"somebody archived it without this stack: {_ANEW}, or say that it is not wanted with "
        "`applier subscriptions archive`"
    ),
    Ailment.VANISHED: (
        "Amazon does not list it: another login or client may have made it, since only they see "
        f"it; see whose refresh token is in the secret, or {_ANEW}"
    ),
    Ailment.NEVER_MADE: (
        "Amazon was asked for it and never said that it made it: run `applier subscriptions "
        "create` again"
    ),
    Ailment.PROFILE_REFUSED: (
        "the login behind the refresh token may not see this profile: give it the profile with "
        "the permission view_performance_dashboard, or store the token of a login that has it"
    ),
}
"""What to do, as the end of a sentence."""

_ENDS: Final[Mapping[str, Ailment]] = {
    SUSPENDED: Ailment.SUSPENDED,
    FAILED_CONFIRMATION: Ailment.FAILED_CONFIRMATION,
    FAILED_PROVISIONING: Ailment.FAILED_PROVISIONING,
    ARCHIVED: Ailment.ARCHIVED_ELSEWHERE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with one subscription that is wanted."""

    profile: Profile
    subscription_id: str | None
    status: str | None
    """Amazon's word; None where it says nothing."""
    ailment: Ailment

    @property
    def advice(self) -> str:
        """What to do about it."""
        return ADVICE[self.ailment]


def diagnose(
    wanted: WantedSubscription, listed: Iterable[StreamSubscription], *, now: datetime
) -> tuple[WantedSubscription, Finding | None]:
    """Hold what is *wanted* against what Amazon lists for its profile.

    Gives it as it is to be remembered, and what is wrong with it. Another subscription of the same
    queue, made by hand or in place of an old one, does as well as the one on record.
    """
    found = belonging(listed, destination_arn=wanted.destination_arn)
    if not found:
        was_made = wanted.subscription_id is not None
        return _with(wanted, None, Ailment.VANISHED if was_made else Ailment.NEVER_MADE)
    best = found[0]
    if best.is_live:
        since = best.created_date or wanted.requested_at
        is_late = best.status in ON_THEIR_WAY and now - since > LONGEST_ON_THE_WAY
        return _with(wanted.seen(best), best, Ailment.UNCONFIRMED if is_late else None)
    # Of several that have ended, the one on record tells how.
    own = next((each for each in found if each.subscription_id == wanted.subscription_id), best)
    return _with(wanted.seen(own), own, _ENDS[own.status])


def refused(wanted: WantedSubscription) -> tuple[WantedSubscription, Finding]:
    """Say the same where Amazon does not let the login ask about the profile."""
    finding = _finding(wanted, None, Ailment.PROFILE_REFUSED)
    return _ailing(wanted, finding.ailment), finding


def _with(
    wanted: WantedSubscription, seen: StreamSubscription | None, ailment: Ailment | None
) -> tuple[WantedSubscription, Finding | None]:
    finding = None if ailment is None else _finding(wanted, seen, ailment)
    return _ailing(wanted, ailment), finding


def _finding(
    wanted: WantedSubscription, seen: StreamSubscription | None, ailment: Ailment
) -> Finding:
    return Finding(
        profile=wanted.profile,
        subscription_id=seen.subscription_id if seen else wanted.subscription_id,
        status=seen.status if seen else None,
        ailment=ailment,
    )


def _ailing(wanted: WantedSubscription, ailment: Ailment | None) -> WantedSubscription:
    return replace(wanted, ailment=ailment)
