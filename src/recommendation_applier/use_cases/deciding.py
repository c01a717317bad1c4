"""What the policy in force, or a person, says should become of a recommendation."""

from datetime import datetime
from functools import lru_cache
from typing import Final

from recommendation_applier.domain.holds import Release
from recommendation_applier.domain.ledger import DecidedBy
from recommendation_applier.domain.policy import DecisionVerdict, PolicyInForce, decide
from recommendation_applier.domain.policy_rules import CampaignPacing
from recommendation_applier.domain.reasons import HeldReason
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.domain.value import value


@value(frozen=True, slots=True)
class Decided:
    """What should become of a recommendation, and by whose word.

    *held* says why it is kept back, None if it may be sent; *is_ignored* that it is left alone
    altogether; *pacing* is what its campaign's latest applications have to be held against.
    """

    by: DecidedBy
    held: tuple[HeldReason, str] | None = None
    is_ignored: bool = False
    pacing: CampaignPacing | None = None


UNDECIDED: Final = Decided(DecidedBy())
"""Before anybody was asked."""


def decide_about(
    recommendation: Recommendation,
    release: Release | None,
    in_force: PolicyInForce,
    *,
    now: datetime,
) -> Decided:
    """Ask the policy, or take the word of the person who released it.

    A release overrides every rule, limit and protection. It does not override the mode: whoever
    switches that to DRY_RUN stops what others have released as well.
    """
    if release is not None:
        return Decided(DecidedBy(policy_version=in_force.version, released_by=release.by))
    decision = decide(recommendation, in_force.policy, now=now)
    if decision.verdict is DecisionVerdict.APPLY:
        return _to_apply(in_force.version, decision.rule, decision.pacing)
    by = DecidedBy(policy_version=in_force.version, rule=decision.rule)
    if decision.reason is None:  # it is ignored
        return Decided(by, is_ignored=True)
    return Decided(by, held=(decision.reason, decision.detail))


@lru_cache(maxsize=256)
def _to_apply(policy_version: int, rule: str | None, pacing: CampaignPacing | None) -> Decided:
    """Give the same for all that is decided alike: it is most of what there is."""
    return Decided(DecidedBy(policy_version=policy_version, rule=rule), pacing=pacing)
