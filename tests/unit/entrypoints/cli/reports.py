"""Reports to be written: empty ones, large ones, and such as nobody wishes for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from recommendation_applier.domain.fate import Fate, Outcome
from recommendation_applier.domain.ledger import Entry
from recommendation_applier.domain.recommendation import Advertiser
from recommendation_applier.domain.report_figures import Figures, Span
from recommendation_applier.entrypoints.cli.report import Report
from tests.builders import NOW, PUBLISHED, advertiser
from tests.ledger_builders import entry

HOSTILE = "<script>alert(\"1\")</script>&<b onclick='x'>\x00\u202e\ud83d"
LONG = "W" * 128


def report(found: Iterable[tuple[Entry, Fate]] = (), **changes: Any) -> Report:
    """Make a report on what was *found*."""
    figures = Figures(changes.pop("span", Span()))
    for each in found:
        figures.add(*each)
    fields: dict[str, Any] = {
        "stack": "recommendation-applier",
        "region": "us-east-1",
        "written_at": NOW,
        "filters": "",
        "figures": figures,
        "letters": Counter(),
    }
    return Report(**fields | changes)


def budget(
    recommendation_id: str = "rec-1",
    *,
    account: Advertiser | None = None,
    outcome: Outcome = Outcome.APPLIED,
    accepted_at: datetime | None = PUBLISHED + timedelta(minutes=90),
    before: object = 100,
    after: object = 120,
    reason: str = "",
    **changes: Any,
) -> tuple[Entry, Fate]:
    """Make a recommendation that changes a budget, and what became of it."""
    found = entry(
        recommendation_id,
        advertiser=account or advertiser(),
        current_settings={"budget": before},
        recommended_settings={"budget": after},
        **changes,
    )
    return found, Fate(outcome, accepted_at, reason)


def of_an_unknown_marketplace() -> Advertiser:
    """Make an account where Amazon may sell ads one day."""
    return replace(advertiser(9), marketplace="BE")


def everything_odd() -> Report:
    """Make a report on what makes pages break."""
    return report(
        [
            *(
                budget(str(each), outcome=each, reason=f"WHY_{each.name}", type=LONG)
                for each in Outcome
            ),
            budget("yen", account=advertiser(2, marketplace="JP"), before=10_000, after=12_500),
            budget("huge", before=10**14, after=10**15 - 1),
            budget("unknown", account=of_an_unknown_marketplace()),
            budget("new", before=None, after=7, account=advertiser(3, marketplace="DE")),
            budget("odd", before="much", after="more"),
            budget("hostile", type=HOSTILE, published_date=None, reason=HOSTILE),
        ],
        stack=HOSTILE,
        filters=f"type {HOSTILE}",
        letters=Counter({HOSTILE: 3, "INVALID_MESSAGE": 2, "X" * 200: 1}),
    )


def ten_thousand_accounts() -> Report:
    """Make a report on as many accounts, of a year's days."""
    return report(
        budget(
            str(number),
            account=advertiser(number, marketplace=("US", "DE", "JP")[number % 3]),
            type=f"TYPE_{number % 50}",
            published_date=PUBLISHED - timedelta(days=number % 365),
            outcome=list(Outcome)[number % 9],
            accepted_at=None,
        )
        for number in range(10_000)
    )
