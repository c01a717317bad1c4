"""What a policy would have done with recommendations, and with whose money. No I/O."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Final

from recommendation_applier.domain.amounts import ARITHMETIC
from recommendation_applier.domain.campaign_pacing import Campaign, CampaignApplications
from recommendation_applier.domain.change import Changes, Setting
from recommendation_applier.domain.policy import ApplyPolicy, Decision, DecisionVerdict, decide
from recommendation_applier.domain.policy_rules import CampaignPacing
from recommendation_applier.domain.reasons import HeldReason
from recommendation_applier.domain.recommendation import Advertiser, Recommendation
from recommendation_applier.domain.setting_changes import changes_of

_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What some recommendations of one account do to its money, in its marketplace's currency.

    *bids* and *budgets* are the sums of all differences, *new_bids* and *new_budgets* those of
    numbers that nothing stood in the place of. *unknown* counts the recommendations of which not
    every number could be computed: the sums do without those numbers.
    """

    recommendations: int = 0
    bids: Decimal = _NOTHING
    budgets: Decimal = _NOTHING
    new_bids: Decimal = _NOTHING
    new_budgets: Decimal = _NOTHING
    unknown: int = 0

    def with_one_more(self, changes: Changes) -> "Money":
        """Add one recommendation that makes *changes*."""
        sums = {
            (Setting.BID, False): self.bids,
            (Setting.BUDGET, False): self.budgets,
            (Setting.BID, True): self.new_bids,
            (Setting.BUDGET, True): self.new_budgets,
        }
        is_unknown = bool(changes.uncomputable)
        for change in changes.changes:
            amount = change.after if change.is_new else change.difference
            if amount is None:
                is_unknown = True
            else:
                key = (change.setting, change.is_new)
                sums[key] = ARITHMETIC.add(sums[key], amount)
        return Money(
            recommendations=self.recommendations + 1,
            bids=sums[Setting.BID, False],
            budgets=sums[Setting.BUDGET, False],
            new_bids=sums[Setting.BID, True],
            new_budgets=sums[Setting.BUDGET, True],
            unknown=self.unknown + is_unknown,
        )


@dataclass(frozen=True, slots=True, order=True)
class Ruling:
    """What was decided, for which reason and by which rule; empty where there is none."""

    verdict: DecisionVerdict
    reason: str
    rule: str


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """How many recommendations each ruling would have met, and the money of each account."""

    rulings: Mapping[Ruling, int]
    accounts: Mapping[tuple[Advertiser, DecisionVerdict], Money]

    @property
    def recommendations(self) -> int:
        """All that were decided about."""
        return sum(self.rulings.values())


def rehearse(
    recommendations: Iterable[Recommendation], policy: ApplyPolicy, *, now: datetime
) -> Rehearsed:
    """Decide about *recommendations* as *policy* would at *now*, whatever its mode.

    They are taken for what would have been sent: expired, removed or applied since makes no
    difference. Where a rule paces campaigns, each was let through when it was published, the
    earlier before the later.
    """
    counting = _Counting(now)
    for recommendation in recommendations:
        decision = decide(recommendation, policy, now=now)
        changes = changes_of(recommendation)
        pacing, campaign_id = decision.pacing, recommendation.campaign_id
        if pacing is not None and campaign_id is not None:  # without one, it would be held
            campaign = Campaign(recommendation.advertiser.entity_id, campaign_id)
            counting.paced.append(_Paced(recommendation, changes, decision, pacing, campaign))
        else:
            counting.count(recommendation, changes, decision)
    counting.pace()
    return Rehearsed(counting.rulings, counting.accounts)


@dataclass(frozen=True, slots=True)
class _Paced:
    recommendation: Recommendation
    changes: Changes
    decision: Decision
    pacing: CampaignPacing
    campaign: Campaign


class _Counting:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.rulings: Counter[Ruling] = Counter()
        self.accounts: dict[tuple[Advertiser, DecisionVerdict], Money] = {}
        self.paced: list[_Paced] = []

    def count(
        self,
        recommendation: Recommendation,
        changes: Changes,
        decision: Decision,
        held: HeldReason | None = None,
    ) -> None:
        verdict = decision.verdict if held is None else DecisionVerdict.HOLD
        reason = decision.reason if held is None else held
        self.rulings[Ruling(verdict, reason or "", decision.rule or "")] += 1
        key = (recommendation.advertiser, verdict)
        self.accounts[key] = self.accounts.get(key, Money()).with_one_more(changes)

    def pace(self) -> None:
        campaigns: dict[Campaign, CampaignApplications] = {}
        for at, each in sorted(
            ((each.recommendation.published_date or self.now, each) for each in self.paced),
            key=itemgetter(0),
        ):
            found = each.recommendation
            before = campaigns.get(each.campaign, CampaignApplications())
            objection = before.objection(found.recommendation_id, each.pacing, now=at)
            if objection is None:
                campaigns[each.campaign] = before.with_one_more(found.recommendation_id, now=at)
            self.count(found, each.changes, each.decision, held=objection and objection[0])
