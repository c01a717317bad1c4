"""Holds the record of what ought to be subscribed against Amazon's lists.

A check that runs out of time goes on, the next time, behind the profile that it ended with; what it
did not get to counts as it was last found.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from recommendation_applier.domain.errors import (
    OutOfTimeError,
    ProfileRefusedError,
    RefusedError,
    RetryableError,
    WaitError,
)
from recommendation_applier.domain.subscription_health import Finding, diagnose, refused
from recommendation_applier.domain.wanted_subscription import WantedSubscription
from recommendation_applier.use_cases.at_once import at_once
from recommendation_applier.use_cases.subscription_ports import Streams, WantedSubscriptions

PROFILES_TOGETHER: Final = 100
"""Looked at between two looks at the clock: some ten seconds with four requests at once. So many
are all looked at in each check, and nobody need remember how far one was."""


@dataclass(slots=True)
class CheckReport:
    """What a check found; *failure* says why it ended early, or why nothing was answered."""

    wanted: int = 0
    checked: int = 0
    unanswered: int = 0
    """Profiles that Amazon gave no answer about."""
    example: RetryableError | RefusedError | None = None
    """Why one of those has none."""
    findings: list[Finding] = field(default_factory=list)
    """Of those that were checked."""
    unhealthy: int = 0
    """Of all that are wanted, as each was last found."""
    failure: RetryableError | RefusedError | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    before: WantedSubscription
    after: WantedSubscription
    finding: Finding | None = None
    error: RetryableError | RefusedError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSubscriptions:
    """Checks every subscription that is wanted."""

    streams: Streams
    wanted: WantedSubscriptions
    clock: Callable[[], datetime]
    time_is_up: Callable[[], bool]
    requests_at_once: int
    on_progress: Callable[[int, int], None] = lambda _done, _all: None
    """Is told how many are done, of how many."""

    def run(self) -> CheckReport:
        """Check until all is checked or time is up.

        Never raises for what Amazon, the network or the table do: the report says it.
        """
        report = CheckReport()
        try:
            self._run(report)
        except (RetryableError, RefusedError) as error:
            report.failure = error
        report.findings.sort(key=lambda each: each.profile.profile_id)
        return report

    def _run(self, report: CheckReport) -> None:
        wanted = [each for each in self.wanted.all() if each.is_wanted]
        report.wanted = len(wanted)
        ailments = {each.profile.profile_id: each.ailment for each in wanted}
        try:
            for portion in self._portions(wanted):
                for look in at_once(self._look, portion, most=self.requests_at_once):
                    ailments[look.after.profile.profile_id] = look.after.ailment
                    self._note(look, report)
                self.on_progress(report.checked + report.unanswered, report.wanted)
        finally:
            report.unhealthy = sum(each is not None for each in ailments.values())
        if not report.checked:
            report.failure = report.example

    def _portions(self, wanted: Sequence[WantedSubscription]) -> Iterator[list[WantedSubscription]]:
        """Cut *wanted* into portions, beginning behind the one that the last check ended with."""
        is_long = len(wanted) > PROFILES_TOGETHER
        last = (self.wanted.last_checked() if is_long else None) or ""
        ordered = sorted(wanted, key=lambda each: each.profile.profile_id <= last)
        for start in range(0, len(ordered), PROFILES_TOGETHER):
            if self.time_is_up():
                raise OutOfTimeError("the check's time was up; the next one goes on")
            portion = ordered[start : start + PROFILES_TOGETHER]
            yield portion
            if is_long:
                self.wanted.save_last_checked(portion[-1].profile.profile_id)

    def _look(self, wanted: WantedSubscription) -> _Look:
        try:
            listed = list(self.streams.subscriptions(wanted.profile.profile_id))
        except ProfileRefusedError:
            return _Look(wanted, *refused(wanted))
        except OutOfTimeError:
            raise
        except (WaitError, RefusedError) as error:
            return _Look(wanted, wanted, error=error)
        return _Look(wanted, *diagnose(wanted, listed, now=self.clock()))

    def _note(self, look: _Look, report: CheckReport) -> None:
        if look.error is not None:
            report.unanswered += 1
            report.example = look.error
            return
        report.checked += 1
        if look.finding is not None:
            report.findings.append(look.finding)
        if look.after != look.before:
            self.wanted.update(look.after)
