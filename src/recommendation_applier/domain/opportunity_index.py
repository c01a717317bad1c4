"""What data files teach: whose opportunity each recommendation is, and what is alike about them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from recommendation_applier.domain.recommendation import Recommendation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from recommendation_applier.domain.opportunity import Opportunity
    from recommendation_applier.domain.opportunity_file import RowRefusal

KEPT_AFTER_EXPIRY: Final = timedelta(days=25)
"""A delivery may wait for 10 days in the ingress queue and for 14 as a dead letter: what may have
been sent is asked about under its opportunity, whether it has expired meanwhile or not."""

UNDATED_IS_KEPT: Final = timedelta(days=40)
"""A recommendation lives for 14 days; one without an expiry date gets as long, and the above."""

MOST_KINDS: Final = 200
"""Of one file. One with more teaches none, as if it had not been read: with half of them left out,
others would look unanimous."""

_LONGEST: Final = timedelta(days=365)
"""Whatever date a row has: what is still in its file then is kept anew."""

_LONG_ENOUGH: Final = timedelta(days=20)


@dataclass(frozen=True, slots=True)
class Indexed:
    """Whose opportunity a recommendation is; *is_offered* once it was put on the ingress queue."""

    recommendation_id: str
    partner_opportunity_id: str
    kept_until: datetime
    published_date: datetime | None = None
    is_offered: bool = False

    def adds_to(self, known: Indexed | None, *, now: datetime) -> bool:
        """Tell whether this says anything that is not *known* already."""
        return (
            known is None
            or self.partner_opportunity_id != known.partner_opportunity_id
            or self.published_date != known.published_date
            or (self.is_offered and not known.is_offered)
            or known.kept_until < min(self.kept_until, now + _LONG_ENOUGH)
        )


def index_entry(
    recommendation_id: str,
    row: Recommendation | RowRefusal,
    *,
    partner_opportunity_id: str,
    now: datetime,
) -> Indexed:
    """Say what *row* teaches of its recommendation, refused or not."""
    kept_until, published = now + UNDATED_IS_KEPT, None
    if isinstance(row, Recommendation):
        published = row.published_date
        if row.expiry_date is not None:
            kept_until = min(row.expiry_date, now + _LONGEST) + KEPT_AFTER_EXPIRY
    return Indexed(
        recommendation_id, partner_opportunity_id, kept_until.replace(microsecond=0), published
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProgress:
    """How far the file of an opportunity was read.

    *updated_date* says of which file, *is_offered* whether its rows were put on the ingress queue
    as well. *version* counts the writes. *kinds_so_far* are of the rows that were read, *kinds* of
    the last file that was read to its end: None while there has been none.
    """

    partner_opportunity_id: str
    updated_date: datetime | None = None
    rows_done: int = 0
    is_done: bool = False
    is_offered: bool = False
    version: int = 0
    kinds_so_far: frozenset[str] = frozenset()
    kinds: frozenset[str] | None = None

    def with_kinds(self, kinds: frozenset[str]) -> frozenset[str]:
        """Add *kinds* to those so far; of too many, one more than there may be is enough."""
        return frozenset(sorted(self.kinds_so_far | kinds)[: MOST_KINDS + 1])

    def finished(self) -> FileProgress:
        """Say that the file was read to its end."""
        too_many = len(self.kinds_so_far) > MOST_KINDS
        return replace(
            self,
            is_done=True,
            kinds=None if too_many else self.kinds_so_far,
            kinds_so_far=frozenset(),
            version=self.version + 1,
        )

    def has_done(self, opportunity: Opportunity, *, is_offered: bool) -> bool:
        """Tell whether the file that *opportunity* lists is done, and offered if it shall be."""
        return (
            self.is_done
            and self.updated_date is not None
            and self.updated_date == opportunity.file_date
            and (self.is_offered or not is_offered)
        )


def kind_of(recommendation: Recommendation) -> str | None:
    """Name what is alike about recommendations of an opportunity; None if that is not known.

    A data file has no `recommendation_group`: its `recommendationGroupId` is another thing. What a
    row and a delivery have in common is type, ad product and grouping type; without the last, many
    opportunities would be of one kind.
    """
    if recommendation.grouping_type is None:
        return None
    return "|".join(
        part or ""
        for part in (
            recommendation.type,
            recommendation.ad_product,
            recommendation.grouping_type,
        )
    )


@dataclass(frozen=True, slots=True)
class Lessons:
    """What all that was indexed has in common, for recommendations that were not.

    Opportunities by `recommendation_group`, which deliveries taught whose recommendations were in
    the index, and by kind, which the files' rows taught. Nothing is believed before every listed
    file was read: what is unanimous among some need not be so among all.
    """

    by_group: Mapping[str, frozenset[str]] = field(default_factory=dict)
    by_kind: Mapping[str, frozenset[str]] = field(default_factory=dict)
    is_complete: bool = False

    def of_group(self, recommendation: Recommendation) -> str | None:
        """Give the opportunity of all recommendations of the same group."""
        return self._unanimous(self.by_group, recommendation.recommendation_group)

    def of_kind(self, recommendation: Recommendation) -> str | None:
        """Give the opportunity of all recommendations of the same kind."""
        return self._unanimous(self.by_kind, kind_of(recommendation))

    def _unanimous(self, taught: Mapping[str, frozenset[str]], name: str | None) -> str | None:
        found = taught.get(name, frozenset()) if name and self.is_complete else frozenset()
        return next(iter(found)) if len(found) == 1 else None


def lessons(files: Iterable[FileProgress], groups: Iterable[tuple[str, str]] = ()) -> Lessons:
    """Draw the lessons of *files*, and of *groups*: pairs of a group and an opportunity."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    by_group: dict[str, set[str]] = defaultdict(set)
    known = list(files)
    for each in known:
        for kind in each.kinds or ():
            by_kind[kind].add(each.partner_opportunity_id)
    for group, partner_opportunity_id in groups:
        by_group[group].add(partner_opportunity_id)
    return Lessons(
        by_group={name: frozenset(found) for name, found in by_group.items()},
        by_kind={name: frozenset(found) for name, found in by_kind.items()},
        is_complete=bool(known) and all(each.kinds is not None for each in known),
    )
