"""The index of opportunities <-> documents of the ledger's table. No I/O.

An entry of the index is one write unit (below 1,024 bytes), as an entry of the ledger is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from recommendation_applier.aws.ledger_documents import (
    Document,
    moment,
    read_moment,
    read_seconds,
    reading,
    seconds,
)
from recommendation_applier.domain.opportunity_index import FileProgress, Indexed

FILES: Final = "OPPORTUNITY_FILES"
"""What all that is known of files and groups has in common: it is read together."""

FILE_PREFIX: Final = "FILE#"
GROUP_PREFIX: Final = "GROUP#"

_PREFIX: Final = "OPPORTUNITY_OF#"


def entry_key(recommendation_id: str) -> Document:
    """Name the document of a recommendation."""
    return {"pk": f"{_PREFIX}{recommendation_id}", "sk": "OPPORTUNITY"}


def entry_document(entry: Indexed) -> Document:
    """Write an entry, its key included."""
    return {
        **entry_key(entry.recommendation_id),
        "partnerOpportunityId": entry.partner_opportunity_id,
        "publishedDate": moment(entry.published_date),
        "offered": int(entry.is_offered) or None,
        "keptUntil": seconds(entry.kept_until),
    }


def read_entry(document: Mapping[str, Any]) -> Indexed:
    """Read an entry. Raises LedgerUnavailableError if it is malformed."""
    with reading(str(document.get("pk"))):
        return Indexed(
            recommendation_id=document["pk"].removeprefix(_PREFIX),
            partner_opportunity_id=document["partnerOpportunityId"],
            kept_until=read_seconds(document["keptUntil"]),
            published_date=read_moment(document.get("publishedDate")),
            is_offered="offered" in document,
        )


def progress_document(progress: FileProgress, *, kept_until: datetime) -> Document:
    """Write the progress in a file, its key included."""
    return {
        "pk": FILES,
        "sk": f"{FILE_PREFIX}{progress.partner_opportunity_id}",
        "partnerOpportunityId": progress.partner_opportunity_id,
        "updatedDate": moment(progress.updated_date),
        "rowsDone": progress.rows_done,
        "done": int(progress.is_done),
        "offered": int(progress.is_offered),
        "version": progress.version,
        "keptUntil": seconds(kept_until),
        "kindsSoFar": sorted(progress.kinds_so_far) or None,
        "kinds": None if progress.kinds is None else sorted(progress.kinds),
    }


def read_progress(document: Mapping[str, Any]) -> FileProgress:
    """Read the progress in a file. Raises LedgerUnavailableError if it is malformed."""
    with reading(f"the progress {document.get('sk')}"):
        kinds = document.get("kinds")
        return FileProgress(
            partner_opportunity_id=document["partnerOpportunityId"],
            updated_date=read_moment(document.get("updatedDate")),
            rows_done=int(document["rowsDone"]),
            is_done=bool(document["done"]),
            is_offered=bool(document["offered"]),
            version=int(document["version"]),
            kinds_so_far=frozenset(document.get("kindsSoFar", ())),
            kinds=None if kinds is None else frozenset(kinds),
        )


def group_document(group: str, partner_opportunity_id: str, *, kept_until: datetime) -> Document:
    """Write that a recommendation of a group is of an opportunity."""
    return {
        "pk": FILES,
        "sk": f"{GROUP_PREFIX}{group}#{partner_opportunity_id}",
        "recommendationGroup": group,
        "partnerOpportunityId": partner_opportunity_id,
        "keptUntil": seconds(kept_until),
    }


def read_group(document: Mapping[str, Any]) -> tuple[str, str]:
    """Read a group and an opportunity. Raises LedgerUnavailableError if they are malformed."""
    with reading(f"the opportunity of {document.get('sk')}"):
        return document["recommendationGroup"], document["partnerOpportunityId"]
