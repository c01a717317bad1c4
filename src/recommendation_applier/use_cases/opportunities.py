"""Under which opportunity recommendations are applied: own, index, route, lesson, default."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from recommendation_applier.domain.errors import (
    LedgerUnavailableError,
    OpportunityAwaitedError,
    RoutesUnreadableError,
    WaitError,
)
from recommendation_applier.domain.resolution import Resolution, Way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from recommendation_applier.domain.recommendation import Recommendation
    from recommendation_applier.use_cases.opportunity_ports import OpportunityIndex, RouteTable

FILES_LAG: Final = timedelta(hours=26)
"""Files follow the Stream within a day (guide: "up to 24 hours"), and are looked at twice an hour;
the rest is for reading them. What is younger may still come into the index."""

LOOK_AGAIN_SECONDS: Final = 30 * 60.0
"""As often as the files are looked at. A day of it is some fifty of a delivery's 100 receives at
the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOpportunities:
    """Fits the Opportunities port.

    The first that knows decides: what the source says itself, the *index*, the *routes*, what the
    index has taught, the *default*. Without an index, nothing is awaited. *taught* remembers from
    one invocation to the next which lessons need not be repeated.
    """

    default: str | None
    clock: Callable[[], datetime]
    routes: RouteTable | None = None
    index: OpportunityIndex | None = None
    taught: set[tuple[str, str]] = field(default_factory=set)

    def resolve(self, recommendations: Sequence[Recommendation]) -> Mapping[str, Resolution]:
        """See the port.

        Where the index or the routes cannot be read, everything they might have decided waits.
        """
        found = {
            each.recommendation_id: Resolution(each.partner_opportunity_id, Way.OWN)
            for each in recommendations
            if each.partner_opportunity_id is not None
        }
        for source in self._sources():
            unknown = [each for each in recommendations if each.recommendation_id not in found]
            if not unknown:
                return found
            try:
                found |= source(unknown)
            except (LedgerUnavailableError, RoutesUnreadableError) as error:
                return found | _all(unknown, error)
        unknown = [each for each in recommendations if each.recommendation_id not in found]
        if self.default is not None:
            known = Resolution(self.default, Way.DEFAULT)
            return found | {each.recommendation_id: known for each in unknown}
        return found | {each.recommendation_id: self._unresolved(each) for each in unknown}

    def _sources(self) -> Iterator[Callable[[Sequence[Recommendation]], Mapping[str, Resolution]]]:
        if self.index is not None:
            yield partial(self._indexed, self.index)
        if self.routes is not None:
            yield partial(self._routed, self.routes)
        if self.index is not None:
            yield partial(self._learnt, self.index)

    def _indexed(
        self, index: OpportunityIndex, unknown: Sequence[Recommendation]
    ) -> Mapping[str, Resolution]:
        known = index.known([each.recommendation_id for each in unknown])
        found = {
            name: Resolution(entry.partner_opportunity_id, Way.INDEX)
            for name, entry in known.items()
        }
        for each in unknown:
            entry = known.get(each.recommendation_id)
            if entry is not None and each.recommendation_group is not None:
                self._teach(index, each.recommendation_group, entry.partner_opportunity_id)
        return found

    def _routed(
        self, routes: RouteTable, unknown: Sequence[Recommendation]
    ) -> Mapping[str, Resolution]:
        found = routes.read()
        return {
            each.recommendation_id: Resolution(opportunity, Way.ROUTE)
            for each in unknown
            if (opportunity := found.opportunity_of(each)) is not None
        }

    def _learnt(
        self, index: OpportunityIndex, unknown: Sequence[Recommendation]
    ) -> Mapping[str, Resolution]:
        lessons = index.lessons()
        found: dict[str, Resolution] = {}
        for each in unknown:
            if (opportunity := lessons.of_group(each)) is not None:
                found[each.recommendation_id] = Resolution(opportunity, Way.GROUP)
            elif (opportunity := lessons.of_kind(each)) is not None:
                found[each.recommendation_id] = Resolution(opportunity, Way.KIND)
        return found

    def _unresolved(self, recommendation: Recommendation) -> Resolution:
        what = f"recommendation {recommendation.recommendation_id} of {recommendation.advertiser}"
        if self.index is not None and self._is_young(recommendation):
            return Resolution(
                error=OpportunityAwaitedError(
                    f"{what} has no partnerOpportunityId yet: the opportunity files, which may be "
                    f"{FILES_LAG // timedelta(hours=1)} hours behind, do not have it",
                    retry_after=LOOK_AGAIN_SECONDS,
                )
            )
        files = "the opportunity files do not have it, " if self.index else ""
        return Resolution(
            detail=f"{what} has no partnerOpportunityId: its source names none, {files}no route "
            "matches it, and the parameter DefaultPartnerOpportunityId is empty"
        )

    def _is_young(self, recommendation: Recommendation) -> bool:
        published = recommendation.published_date
        return published is not None and self.clock() - published < FILES_LAG

    def _teach(self, index: OpportunityIndex, group: str, opportunity: str) -> None:
        """Let the index learn from deliveries what no file says: the group."""
        if (group, opportunity) not in self.taught:
            index.teach_group(group, opportunity)
            self.taught.add((group, opportunity))


def _all(unknown: Sequence[Recommendation], error: WaitError) -> dict[str, Resolution]:
    return {each.recommendation_id: Resolution(error=error) for each in unknown}
