"""Holds and releases of the ledger <-> what they add to the document of an entry. No I/O."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from recommendation_applier.aws.ledger_documents import (
    Document,
    moment,
    read_moment,
    read_seconds,
    seconds,
)
from recommendation_applier.domain.dates import FOR_EVER
from recommendation_applier.domain.holds import Hold, Release
from recommendation_applier.domain.reasons import HeldReason

HELD: Final = "HELD"
"""The only value of `held`: the index has the entries in it that have one, by `heldUntil`."""

HOLD_NAMES: Final = ("held", "heldUntil", "heldAt", "heldReason", "heldDetail")
"""What a hold adds to an entry; all of it goes when somebody claims the entry anew."""

MAX_DETAIL_LENGTH: Final = 500
"""Characters of the sentence that says why something is held."""


def hold_document(hold: Hold) -> Document:
    """Write what a hold adds to an entry; one that never expires is held for ever."""
    return {
        "held": HELD,
        "heldUntil": seconds(hold.until or FOR_EVER),
        "heldAt": moment(hold.held_at),
        "heldReason": hold.reason.value,
        "heldDetail": hold.detail[:MAX_DETAIL_LENGTH] or None,
    }


def release_document(release: Release) -> Document:
    """Write what a release adds to an entry."""
    return {
        "release": {
            "by": release.by,
            "why": release.why,
            "at": moment(release.at) or "",
            "publishedDate": moment(release.published_date) or "",
        }
    }


def read_hold(document: Mapping[str, Any]) -> Hold:
    """Read what `hold_document` wrote. Raises LookupError or ValueError."""
    until = read_seconds(document["heldUntil"])
    return Hold(
        reason=HeldReason(document["heldReason"]),
        detail=document.get("heldDetail", ""),
        held_at=datetime.fromisoformat(document["heldAt"]),
        until=None if until.year == FOR_EVER.year else until,
    )


def read_release(found: Mapping[str, Any]) -> Release:
    """Read the `release` of an entry. Raises LookupError or ValueError."""
    return Release(
        by=found["by"],
        why=found["why"],
        at=datetime.fromisoformat(found["at"]),
        published_date=read_moment(found["publishedDate"] or None),
    )
