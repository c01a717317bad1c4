"""Campaigns are changed no more often than the policy lets them be."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from recommendation_applier.domain.campaign_pacing import Campaign
from recommendation_applier.domain.ledger import kept_until
from recommendation_applier.domain.policy_rules import CampaignPacing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta

    from recommendation_applier.use_cases.claiming import Ready
    from recommendation_applier.use_cases.ports import PacingStore

_MAX_ROUNDS: Final = 3
"""A campaign that others count for three times in the meantime is left to them."""

_NO_LIMIT: Final = CampaignPacing()


@dataclass(frozen=True, slots=True)
class Paced:
    """What may be sent; what is held, with the reason; and what the ledger could not tell of."""

    through: list[Ready]
    held: list[Ready]
    unknown: list[Ready]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPacer:
    """Counts, before anything is sent, what is let through for each campaign.

    What is counted and then not sent after all stays counted: rather one too few than one too many.
    Sent again, it is not counted again. *retention* is how long a count outlives its last change.
    """

    store: PacingStore
    clock: Callable[[], datetime]
    retention: timedelta

    def pace(self, ready: Sequence[Ready]) -> Paced:
        """Let through what the pacing of each allows; what names no campaign is not counted."""
        paced = Paced([], [], [])
        by_campaign: dict[Campaign, list[Ready]] = defaultdict(list)
        for each in ready:
            campaign_id = each.recommendation.campaign_id
            if campaign_id is None:
                paced.through.append(each)
            else:
                entity_id = each.recommendation.advertiser.entity_id
                by_campaign[Campaign(entity_id, campaign_id)].append(each)
        waiting = dict(by_campaign)
        for _ in range(_MAX_ROUNDS):
            waiting = self._round(waiting, paced)
        for those in waiting.values():
            paced.unknown.extend(those)
        return paced

    def _round(
        self, waiting: dict[Campaign, list[Ready]], paced: Paced
    ) -> dict[Campaign, list[Ready]]:
        """Pace each campaign once; return those whose count changed meanwhile."""
        if not waiting:
            return waiting
        known = self.store.applications_of(waiting.keys())
        left: dict[Campaign, list[Ready]] = {}
        now = self.clock()
        for campaign, those in waiting.items():
            if campaign not in known:
                paced.unknown.extend(those)
                continue
            before = after = known[campaign]
            through, held = [], []
            for each in those:
                pacing = each.decided.pacing or _NO_LIMIT
                held_for = after.objection(each.recommendation_id, pacing, now=now)
                if held_for is None:
                    after = after.with_one_more(each.recommendation_id, now=now)
                    through.append(each)
                else:
                    held.append(replace(each, decided=replace(each.decided, held=held_for)))
            if after.let_through == before.let_through or self.store.save_applications(
                campaign,
                replace(after, version=before.version + 1),
                kept_until=kept_until((), now=now, retention=self.retention),
            ):
                paced.through.extend(through)
                paced.held.extend(held)
            else:
                left[campaign] = those
        return left
