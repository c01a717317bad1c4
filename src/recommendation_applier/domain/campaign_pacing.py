"""How often a campaign is changed, and whether it may be changed once more. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from recommendation_applier.domain.policy_rules import CampaignPacing
from recommendation_applier.domain.reasons import HeldReason

DAY: Final = timedelta(days=1)
"""Any 24 hours: whatever the time zone, no calendar day has more than the limit either."""

MOST_REMEMBERED: Final = 1_000
"""Applications of one campaign that are remembered, the latest; 40 kB of ids and moments."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign of an account."""

    entity_id: str
    campaign_id: str


@dataclass(frozen=True, slots=True)
class CampaignApplications:
    """What was let through for one campaign: when, by recommendation id.

    *version* counts the times that it was saved: of two who save at once only one succeeds.
    """

    let_through: Mapping[str, datetime] = field(default_factory=dict)
    version: int = 0

    def objection(
        self, recommendation_id: str, pacing: CampaignPacing, *, now: datetime
    ) -> tuple[HeldReason, str] | None:
        """Say why one more must wait, None if it may go now; one that was let through may again."""
        if recommendation_id in self.let_through:
            return None
        moments = self.let_through.values()
        latest = max(moments, default=None)
        if pacing.cool_down is not None and latest is not None and now < latest + pacing.cool_down:
            hours = pacing.cool_down / timedelta(hours=1)
            said = f"the campaign was changed at {latest:%Y-%m-%d %H:%M} UTC"
            return HeldReason.COOLING_DOWN, f"{said}, and cools down for {hours:g} hours"
        today = sum(now - DAY < moment for moment in moments)
        most = pacing.max_applications_per_day
        if most is not None and today >= most:
            said = f"{today} were let through for the campaign within 24 hours"
            return HeldReason.DAILY_LIMIT, f"{said}; maxApplicationsPerCampaignPerDay is {most}"
        return None

    def with_one_more(self, recommendation_id: str, *, now: datetime) -> "CampaignApplications":
        """Count one that is let through *now*; it keeps its first moment if it was before."""
        let_through = {recommendation_id: now} | dict(self.let_through)
        latest = sorted(let_through, key=let_through.__getitem__)[-MOST_REMEMBERED:]
        return CampaignApplications({each: let_through[each] for each in latest}, self.version)
