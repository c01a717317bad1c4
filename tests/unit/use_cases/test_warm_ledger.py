"""The ledger of one execution environment."""

from datetime import timedelta

from recommendation_applier.domain.delivery import Withdrawal
from recommendation_applier.domain.reasons import NotApplicableReason
from recommendation_applier.use_cases.ports import Standing
from recommendation_applier.use_cases.warm_ledger import WarmLedger
from tests.builders import PUBLISHED, recommendation


def standing(ledger: WarmLedger, recommendation_id: str = "rec-1") -> Standing:
    """Claim one recommendation."""
    return ledger.claim([recommendation(recommendation_id)])[recommendation_id]


def withdrawal(days: int = 0, recommendation_id: str = "rec-1") -> Withdrawal:
    """Take it back as of so many days after its publication."""
    return Withdrawal(
        recommendation_id, PUBLISHED + timedelta(days=days), NotApplicableReason.REMOVED
    )


def test_a_claim_that_was_never_concluded_is_in_doubt() -> None:
    """Whoever had it may have sent it."""
    ledger = WarmLedger()

    assert standing(ledger) is Standing.UNKNOWN
    assert standing(ledger) is Standing.IN_DOUBT


def test_a_released_claim_is_forgotten() -> None:
    """Another environment may send it next, so that nothing is known of it any more."""
    ledger = WarmLedger()
    standing(ledger)
    ledger.release(["rec-1"])

    assert standing(ledger) is Standing.UNKNOWN


def test_what_is_settled_stays_settled() -> None:
    """A claim does not change that, and neither does a later removal."""
    ledger = WarmLedger()
    ledger.settle(["rec-1"])
    ledger.withdraw([withdrawal()])

    assert standing(ledger) is Standing.SETTLED
    assert standing(ledger) is Standing.SETTLED


def test_the_latest_withdrawal_counts() -> None:
    """An older word that comes later takes nothing back that a newer one left."""
    ledger = WarmLedger()
    ledger.withdraw([withdrawal(days=1)])
    ledger.withdraw([withdrawal(days=-1)])

    assert standing(ledger) is Standing.WITHDRAWN


def test_a_publication_after_the_withdrawal_is_not_withdrawn() -> None:
    """It can be claimed as if nothing had been."""
    ledger = WarmLedger()
    ledger.withdraw([withdrawal(days=-1)])

    assert standing(ledger) is Standing.UNKNOWN


def test_the_oldest_is_forgotten_first() -> None:
    """Memory is bounded; touching an entry makes it young again."""
    ledger = WarmLedger(max_remembered=2)
    ledger.settle(["rec-1", "rec-2"])
    ledger.settle(["rec-1"])
    ledger.settle(["rec-3"])
    ledger.withdraw([withdrawal(recommendation_id=f"gone-{number}") for number in range(3)])

    assert standing(ledger, "rec-2") is Standing.UNKNOWN
    assert standing(ledger, "rec-3") is Standing.SETTLED
    assert standing(ledger, "gone-0") is Standing.UNKNOWN
    assert standing(ledger, "gone-2") is Standing.WITHDRAWN


def test_letters_are_remembered_by_message_and_position() -> None:
    """As far as memory goes."""
    ledger = WarmLedger(max_remembered=2)
    ledger.remember_letters([("message-1", 0), ("message-1", 2), ("message-2", 1)])
    ledger.remember_letters([("message-3", 0)])

    assert ledger.letters_of("message-1") == frozenset()
    assert ledger.letters_of("message-2") == {1}
    assert ledger.letters_of("message-4") == frozenset()
