"""Under which opportunity a recommendation is applied, and how that is known."""

from dataclasses import dataclass
from enum import StrEnum

from recommendation_applier.domain.errors import WaitError


class Way(StrEnum):
    """How an opportunity was found, the first that knows one; operators count by these words."""

    OWN = "OWN"
    """Its source names it: a dead letter of ours, a row of a file."""
    INDEX = "INDEX"
    """An opportunity file has the recommendation."""
    ROUTE = "ROUTE"
    """An operator's route matches it."""
    GROUP = "GROUP"
    """All that the index has of its `recommendation_group` is of one opportunity."""
    KIND = "KIND"
    """All that the index has of its type, ad product and grouping type is of one opportunity."""
    DEFAULT = "DEFAULT"
    """Nothing else knows, and there is a default."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """An opportunity and the *way* it was found; or why there is none.

    *error* says that it may be known later; without it, *detail* is the sentence for a person.
    """

    partner_opportunity_id: str | None = None
    way: Way = Way.OWN
    error: WaitError | None = None
    detail: str = ""
