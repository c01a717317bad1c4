"""How old a refresh token is, and when it ends.

Source: the Ads API guide, "authorization/refresh-tokens", as two readers quote it: tokens that are
issued since the middle of 2026 end 365 days after the advertiser's consent, however much they are
used; older ones have no fixed end. The readers name two days; the earlier one is taken.
"""

from datetime import date, timedelta
from typing import Final

from recommendation_applier.domain.finding import Finding, fault, ok, warning

LIFETIME: Final = timedelta(days=365)
TOKENS_END_SINCE: Final = date(2026, 6, 30)
WARN_BEFORE: Final = timedelta(days=30)

_RENEW: Final = (
    "have the login that owns it consent again, and store the new token with `applier credentials "
    "set`"
)

_NOTE: Final = "note the day with `applier credentials set --keep --consented-on YYYY-MM-DD`"


def age_of_consent(consented_on: str | None, *, today: date) -> Finding:
    """Judge the day of consent, as the secret's tag has it; None where there is no tag."""
    if consented_on is None:
        return warning(
            "when the refresh token was consented to is not known; it ends 365 days later",
            _NOTE,
        )
    try:
        day = date.fromisoformat(consented_on)
    except ValueError:
        return warning(
            f"the day of consent is noted as {consented_on[:60]!r}, which is no date",
            _NOTE,
        )
    seen = f"consented to on {day}, {_days(today - day)} ago"
    if day < TOKENS_END_SINCE:
        return ok(f"{seen}; tokens from before {TOKENS_END_SINCE} have no fixed end")
    ends = day + LIFETIME
    if ends <= today:
        return fault(f"{seen}: the refresh token ended on {ends}", _RENEW)
    seen = f"{seen}: the refresh token ends on {ends}, with {_days(ends - today)} left"
    if ends - today <= WARN_BEFORE:
        return warning(seen, f"before that, {_RENEW}")
    return ok(seen)


def _days(duration: timedelta) -> str:
    return f"{duration.days} day{'' if duration.days == 1 else 's'}"
