"""Policies and settings for tests: valid by default, one thing changed a test."""

import json
from typing import Any, Final

from recommendation_applier.domain.policy import ApplyPolicy, Decision, decide, read_policy
from recommendation_applier.domain.recommendation import Recommendation
from tests.builders import NOW, recommendation

LIMITS: Final = {
    "maxIncreasePercent": 50,
    "maxDecreasePercent": 80,
    "maxBid": 5,
    "maxBudget": 500,
}
"""The limits of the interface's example."""


def document(*rules: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Make the JSON object of a policy."""
    return {"version": 1, "mode": "APPLY", "default": "APPLY", "rules": list(rules)} | changes


def policy(*rules: dict[str, Any], **changes: Any) -> ApplyPolicy:
    """Make a policy with those rules."""
    return read_policy(json.dumps(document(*rules, **changes)))


def rule(name: str = "all", decision: str = "APPLY", **changes: Any) -> dict[str, Any]:
    """Make a rule that matches everything."""
    return {"name": name, "decision": decision} | changes


def limited(**limits: Any) -> ApplyPolicy:
    """Make a policy of one rule that applies within those limits."""
    return policy(rule(limits=limits))


def bids(*targets: Any, **ad_group: Any) -> dict[str, Any]:
    """Make settings of one ad group with targets of those bids, told apart by their ids."""
    listed = [{"target_id": f"{number}", "bid": bid} for number, bid in enumerate(targets)]
    return {"ad_groups": [{"adgroup_id": "170000000000001", "targets": listed} | ad_group]}


def decided(
    by: ApplyPolicy, recommended: object, current: object = None, **changes: Any
) -> Decision:
    """Decide on a recommendation with those settings."""
    return decide(changed(recommended, current, **changes), by, now=NOW)


def changed(recommended: object, current: object = None, **changes: Any) -> Recommendation:
    """Make a recommendation to change settings."""
    return recommendation(recommended_settings=recommended, current_settings=current, **changes)
