"""Which held recommendations a person is warned of."""

from datetime import datetime, timedelta

import pytest

from recommendation_applier.domain.holds import Hold
from recommendation_applier.domain.reasons import HeldReason
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.use_cases.warn_of_endings import Endings, find_endings
from tests.builders import NOW, OPPORTUNITY, recommendation
from tests.ledger_builders import KEPT_UNTIL, TOKEN, entry, tombstone
from tests.memory_ledger import MemoryLedger

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


def until(moment: datetime | None) -> Hold:
    """Make a hold that ends then."""
    return Hold(HeldReason.POLICY_HOLD, "rule 'bids' says HOLD", NOW - DAY, moment)


def holding(*ends: datetime | None) -> MemoryLedger:
    """Hold rec-1, rec-2 and so on until those moments."""
    ledger = MemoryLedger()
    for number, end in enumerate(ends, start=1):
        name = f"rec-{number}"
        ledger.put_new([entry(name, expiry_date=end)])
        ledger.hold(TOKEN, {name: until(end)})
    return ledger


def owned(name: str, expiry: datetime) -> Recommendation:
    """Make a recommendation as the ledger gives it: it names the opportunity itself by then."""
    return recommendation(name, expiry_date=expiry, partner_opportunity_id=OPPORTUNITY)


def test_where_nothing_is_held_there_is_nothing_to_warn_of() -> None:
    """Nobody is named."""
    assert find_endings(MemoryLedger(), now=NOW) == Endings(0, [])


def test_what_expires_within_a_day_is_warned_of() -> None:
    """Not what has expired, what expires later, or what never does; with why it is held."""
    ledger = holding(NOW, NOW + SECOND, NOW + DAY, NOW + DAY + SECOND, None)

    assert find_endings(ledger, now=NOW) == Endings(
        2,
        [
            (owned("rec-2", NOW + SECOND), until(NOW + SECOND)),
            (owned("rec-3", NOW + DAY), until(NOW + DAY)),
        ],
    )


def test_what_was_taken_back_is_not_warned_of() -> None:
    """There is nothing left to decide."""
    ledger = holding(NOW + SECOND)
    ledger.bury({"rec-1": tombstone()}, kept_until=KEPT_UNTIL)

    assert find_endings(ledger, now=NOW).count == 0


@pytest.mark.parametrize(("held", "named"), [(19, 19), (20, 20), (21, 20), (250, 20)])
def test_all_are_counted_and_the_first_twenty_named(held: int, named: int) -> None:
    """In the order in which they expire."""
    ledger = holding(*(NOW + number * SECOND for number in range(held, 0, -1)))

    endings = find_endings(ledger, now=NOW)

    assert endings.count == held
    assert [each.recommendation_id for each, _ in endings.first] == [
        f"rec-{number}" for number in range(held, held - named, -1)
    ]
