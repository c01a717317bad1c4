"""What comes of dead letters that a person does something about, letter by letter."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from recommendation_applier.domain.letter_prospect import Prospect


class Outcome(StrEnum):
    """Where a letter is afterwards."""

    MOVED = "MOVED"
    """On the ingress queue, and no longer here."""
    DELETED = "DELETED"
    """No longer here."""
    COPIED = "COPIED"
    """On the ingress queue, and still here: the ledger knows by then what is settled."""
    IN_DOUBT = "IN_DOUBT"
    """It was stopped in the middle: it is here, or done, or both."""
    SKIPPED = "SKIPPED"
    """Here: to send it back would be of no use."""
    FAILED = "FAILED"
    """Here."""
    NOT_REACHED = "NOT_REACHED"
    """Here, unless somebody else has taken it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a letter; *reason* is a word to filter by, where there is one."""

    outcome: Outcome
    reason: str = ""
    detail: str = ""


UNTOUCHED = Said(Outcome.NOT_REACHED, "", "it was not come to: run it again")
GONE = Said(
    Outcome.FAILED,
    "TAKEN",
    "it was visible again, and somebody else may have it: look again",
)


def skipped(prospect: Prospect | None) -> Said | None:
    """Say why a letter is not sent back; None if it is."""
    if prospect is None:
        return Said(
            Outcome.FAILED,
            "LEDGER_UNAVAILABLE",
            "the ledger gives no clear word about it: run it again",
        )
    if not prospect.is_settled:
        return None
    reasons = sorted({each.value for each in prospect.let_go.values()})
    return Said(
        Outcome.SKIPPED, ", ".join(reasons), f"nothing of it can be applied: {prospect.reasons()}"
    )


def would_be_let_go(prospect: Prospect, *, of: int) -> str:
    """Say which part of a letter that goes is let go on arrival; empty if none is."""
    if not prospect.let_go:
        return ""
    return f"{len(prospect.let_go)} of its {of} ids are let go on arrival: {prospect.reasons()}"


def all_failed(said: Iterable[Said]) -> bool:
    """Tell whether nothing came of any of them."""
    return all(each.outcome is Outcome.FAILED for each in said)
