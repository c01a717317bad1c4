"""What is known of opportunities -> a route table, for an operator to look at. No I/O.

A group becomes a route if all that is known of it is of one opportunity; if not, each combination
of its labels may. So does a kind, which is what `opportunity_index.kind_of` names. A combination
and a kind are routed by all of their labels, so that a route matches nothing that was not seen.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, TypeAlias

from pydantic.alias_generators import to_camel

from recommendation_applier.domain.opportunity_index import Lessons
from recommendation_applier.domain.opportunity_routes import (
    Labels,
    Route,
    Routes,
    short_group,
)


class Standing(StrEnum):
    """What becomes of something that is known."""

    NEW = "NEW"
    """A route for it is proposed."""
    STORED = "STORED"
    """The stored routes lead there already."""
    OVERRULED = "OVERRULED"
    """The stored routes lead elsewhere; they stay."""
    CONFLICT = "CONFLICT"
    """It leads to several opportunities: no route can tell."""
    INCOMPLETE = "INCOMPLETE"
    """It lacks labels, so that a route would match more than was seen."""
    UNLISTED = "UNLISTED"
    """Amazon does not list the opportunity any more, or not as one that can be applied."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known to lead to *opportunities*, and how often it was seen to; 0: in files alone."""

    labels: Labels
    opportunities: Mapping[str, int]
    standing: Standing


@dataclass(frozen=True, slots=True)
class Proposal:
    """All findings, and the table: the stored routes as they are, and the new ones behind them."""

    findings: tuple[Finding, ...]
    routes: Routes


Sightings: TypeAlias = Mapping[tuple[Labels, str], int]
"""How many recommendations with these labels the index knows to be of this opportunity."""


def propose_routes(
    sightings: Sightings,
    lessons: Lessons,
    *,
    stored: Routes,
    applicable: AbstractSet[str] | None,
) -> Proposal:
    """Say where what was seen, and what the index has taught, leads.

    *applicable* are the opportunities that can be applied now; None if that is not known.
    """
    findings = tuple(
        Finding(labels, known.opportunities, _standing(labels, known, stored, applicable))
        for labels, known in _all_known(sightings, lessons)
    )
    new = (each for each in findings if each.standing is Standing.NEW)
    routes = (*stored.routes, *_routes(new))
    return Proposal(findings, Routes(version=1, routes=routes))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a group, a combination or a kind, and with which labels it was seen."""

    opportunities: Counter[str] = field(default_factory=Counter)
    seen: set[Labels] = field(default_factory=set)

    def add(self, opportunity: str, count: int = 0, *, seen: Labels | None = None) -> None:
        self.opportunities[opportunity] += count
        if seen is not None:
            self.seen.add(seen)


def _all_known(sightings: Sightings, lessons: Lessons) -> Iterator[tuple[Labels, _Known]]:
    yield from _known_of_groups(sightings, lessons)
    kinds: dict[Labels, _Known] = defaultdict(_Known)
    for (labels, opportunity), count in sightings.items():
        if labels.grouping_type is not None:
            kind = replace(labels, recommendation_group=None)
            kinds[kind].add(opportunity, count, seen=labels)
    for name, opportunities in lessons.by_kind.items():
        for each in opportunities:
            kinds[_labels_of_kind(name)].add(each)
    yield from sorted(kinds.items(), key=_in_order)


def _known_of_groups(sightings: Sightings, lessons: Lessons) -> Iterator[tuple[Labels, _Known]]:
    groups: dict[Labels, _Known] = defaultdict(_Known)
    combinations: dict[Labels, _Known] = defaultdict(_Known)
    for (labels, opportunity), count in sightings.items():
        if labels.recommendation_group is not None:
            group = Labels(recommendation_group=labels.recommendation_group)
            groups[group].add(opportunity, count, seen=labels)
            combinations[labels].add(opportunity, count)
    for name, opportunities in lessons.by_group.items():
        for each in opportunities:
            groups[Labels(recommendation_group=short_group(name))].add(each)
    for group, known in sorted(groups.items(), key=_in_order):
        if _can_be_refined(known, combinations):
            parts = {each: combinations[each] for each in known.seen}
            yield from sorted(parts.items(), key=_in_order)
        else:
            yield group, known


def _can_be_refined(group: _Known, combinations: Mapping[Labels, _Known]) -> bool:
    """Tell whether combinations explain why a group leads to several opportunities."""
    explained = {each for labels in group.seen for each in combinations[labels].opportunities}
    return (
        len(group.opportunities) > 1
        and explained == group.opportunities.keys()
        and all(_is_complete(each) for each in group.seen)
    )


def _standing(
    labels: Labels, known: _Known, stored: Routes, applicable: AbstractSet[str] | None
) -> Standing:
    if len(known.opportunities) > 1:
        return Standing.CONFLICT
    [opportunity] = known.opportunities
    if applicable is not None and opportunity not in applicable:
        return Standing.UNLISTED
    leads = {stored.opportunity_of(each) for each in (labels, *known.seen)}
    if leads - {opportunity, None}:
        return Standing.OVERRULED
    if stored.opportunity_of(labels) is not None:
        return Standing.STORED
    is_group = labels == Labels(recommendation_group=labels.recommendation_group)
    return Standing.NEW if is_group or _is_complete(labels) else Standing.INCOMPLETE


def _is_complete(labels: Labels) -> bool:
    return None not in (labels.type, labels.ad_product, labels.grouping_type)


def _routes(findings: Iterable[Finding]) -> Iterator[Route]:
    """Make the fewest routes: what differs in groups alone is one, or in grouping types alone."""
    alike: dict[tuple[bool, Labels, str], list[Labels]] = defaultdict(list)
    for each in findings:
        [opportunity] = each.opportunities
        is_of_group = each.labels.recommendation_group is not None
        rest = (
            replace(each.labels, recommendation_group=None)
            if is_of_group
            else replace(each.labels, grouping_type=None)
        )
        alike[is_of_group, rest, opportunity].append(each.labels)
    for (_, _, opportunity), several in alike.items():
        match = {
            to_camel(name): values
            for name in _CONDITIONS
            if (values := _values(getattr(each, name) for each in several))
        }
        yield Route.model_validate({"match": match, "partnerOpportunityId": opportunity})


def _values(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({each for each in values if each is not None}))


def _labels_of_kind(kind: str) -> Labels:
    """Read what `opportunity_index.kind_of` wrote."""
    recommendation_type, ad_product, grouping_type = kind.split("|", 2)
    return Labels(
        type=recommendation_type or None,
        ad_product=ad_product or None,
        grouping_type=grouping_type,
    )


def _in_order(known: tuple[Labels, _Known]) -> tuple[str, ...]:
    labels, _ = known
    return tuple(getattr(labels, name) or "" for name in _CONDITIONS)


_CONDITIONS: Final = ("recommendation_group", "type", "ad_product", "grouping_type")
