"""Under which opportunity each recommendation of an invocation is sent, or why under none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recommendation_applier.domain.dead_letter import Reason
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.reasons import DeadLetterReason, Door

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recommendation_applier.domain.resolution import Way
    from recommendation_applier.use_cases.pending_letters import PendingLetters
    from recommendation_applier.use_cases.ports import Opportunities
    from recommendation_applier.use_cases.progress import Progress
    from recommendation_applier.use_cases.retries import Retries
    from recommendation_applier.use_cases.selection import Selected


class Resolving:
    """Finds opportunities, and lets leave what has none."""

    def __init__(
        self,
        progress: Progress,
        letters: PendingLetters,
        retries: Retries,
        opportunities: Opportunities,
    ) -> None:
        """Start with none found."""
        self._progress = progress
        self._letters = letters
        self._retries = retries
        self._opportunities = opportunities
        self.ways: dict[str, Way] = {}
        """How the opportunity was found, by the id of each recommendation that has one."""

    def resolve(self, selected: Sequence[Selected]) -> list[tuple[Selected, str]]:
        """Give those of *selected* that have one, with it; the others leave, or get a letter."""
        resolutions = self._opportunities.resolve(
            [each.publication.recommendation for each in selected]
        )
        resolved = []
        for each in selected:
            recommendation = each.publication.recommendation
            found = resolutions[recommendation.recommendation_id]
            if found.partner_opportunity_id is not None:
                resolved.append((each, found.partner_opportunity_id))
                self.ways[recommendation.recommendation_id] = found.way
            elif each.barred is not None and not isinstance(found.error, LedgerUnavailableError):
                self._progress.leave(each.part, Door.NOT_APPLICABLE, each.barred)
            elif found.error is not None:
                self._retries.put_off(each.part, each.publication.body, found.error)
            else:
                reason = Reason(DeadLetterReason.OPPORTUNITY_UNRESOLVED, found.detail)
                self._letters.add_message(each.part, each.publication.body, reason)
        return resolved
