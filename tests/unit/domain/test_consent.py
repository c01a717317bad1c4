"""How long a refresh token lasts."""

from datetime import date, timedelta

import pytest

from recommendation_applier.domain.consent import LIFETIME, age_of_consent
from recommendation_applier.domain.finding import State

TODAY = date(2027, 9, 1)


@pytest.mark.parametrize(
    ("days", "state", "seen"),
    [
        (0, State.OK, "with 365 days left"),
        (334, State.OK, "with 31 days left"),
        (335, State.WARNING, "with 30 days left"),
        (364, State.WARNING, "with 1 day left"),
        (365, State.FAULT, "ended on 2027-09-01"),
        (400, State.FAULT, "400 days ago"),
    ],
)
def test_a_token_ends_365_days_after_consent(days: int, state: State, seen: str) -> None:
    """A month before, it is told."""
    finding = age_of_consent(str(TODAY - timedelta(days=days)), today=TODAY)

    assert finding.state is state
    assert seen in finding.seen
    assert state is State.OK or "`applier credentials set`" in finding.mend


def test_a_token_from_before_the_rule_has_no_end() -> None:
    """However old it is; the first day of the rule is under it."""
    assert age_of_consent("2026-06-29", today=TODAY).state is State.OK
    assert age_of_consent("2026-06-30", today=TODAY).state is State.FAULT
    assert LIFETIME.days == 365


@pytest.mark.parametrize("noted", [None, "in spring", ""])
def test_a_day_that_nobody_knows_is_a_warning(noted: str | None) -> None:
    """With the command that notes it."""
    finding = age_of_consent(noted, today=TODAY)

    assert finding.state is State.WARNING
    assert "--consented-on" in finding.mend
