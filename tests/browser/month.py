"""A month of a stack that has something to report: accounts, types, ends and money of all kinds."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from tests.builders import body
from tests.emulator.amazon_faults import Step, answers
from tests.emulator.deployment import Deployment

_MARKETPLACES: Final = (
    ("US", "ATVPDKIKX0DER", 1),
    ("DE", "A1PA6795UKMFR9", 1),
    ("UK", "A1F83G8C2ARO7P", 1),
    ("JP", "A1VC38T7YXB528", 100),
)
_TYPES: Final = (
    *("KEYWORD_BID", "KEYWORD_BID", "KEYWORD_BID", "CAMPAIGN_BUDGET", "CAMPAIGN_BUDGET"),
    *("AD_GROUP_DEFAULT_BID", "PRODUCT_TARGETING_BID", "NEW_KEYWORD", "CAMPAIGN_BUDGET_RULE"),
    *("CAMPAIGN_STATE", "NEW_NEGATIVE_KEYWORD"),
)
_POLICY: Final[dict[str, Any]] = {
    "version": 1,
    "mode": "APPLY",
    "default": "APPLY",
    "rules": [
        {
            "name": "new keywords",
            "match": {"type": ["NEW_KEYWORD", "CAMPAIGN_STATE"]},
            "decision": "HOLD",
        },
        {
            "name": "ignored",
            "match": {"type": ["NEW_NEGATIVE_KEYWORD"]},
            "decision": "IGNORE",
        },
        {
            "name": "budgets",
            "match": {"type": ["CAMPAIGN_BUDGET"]},
            "decision": "APPLY",
            "limits": {"maxIncreasePercent": 60},
        },
    ],
}


def let_a_month_pass(deployment: Deployment, *, days: int = 24, accounts: int = 26) -> None:
    """Deliver what comes in *days* for *accounts*, and follow up what Amazon accepts of it."""
    chance = random.Random(20261101)  # noqa: S311 - nobody has to guess it
    deployment.stack.store_policy(_POLICY)
    for day in range(days):
        now = deployment.clock.now()
        bodies = list(_bodies(day, now, chance, accounts))
        faults = [Step(partial=True)] if day % 4 == 1 else []
        if day % 7 == 3:
            faults.append(answers(400, {"code": "PO_APPLY_BAD_REQUEST", "message": "no"}))
        deployment.amazon.script_apply(faults)
        deployment.stack.deliver([*bodies, *(["{"] if day % 5 == 0 else [])])
        deployment.run_until_quiet()
        accepted = sorted(deployment.amazon.accepted)
        if day < max(1, days - 2):  # of the first day something is always applied
            deployment.amazon.settle()
        deployment.amazon.set_status("FAILED", [each for each in accepted if each.endswith("7-0")])
        deployment.let_time_pass(timedelta(hours=20))
        deployment.tick()
        deployment.let_time_pass(timedelta(hours=4))


def _bodies(day: int, now: datetime, chance: random.Random, accounts: int) -> Iterator[str]:
    for number in range(4 + (day * 5) % 17 + (12 if day % 7 == 2 else 0)):
        account = min(int(chance.expovariate(0.16)), accounts - 1)
        code, marketplace_id, scale = _MARKETPLACES[account % len(_MARKETPLACES)]
        published = now - timedelta(minutes=chance.lognormvariate(3.4, 1.6))
        type_ = chance.choice(_TYPES)
        yield body(
            f"rec-{day}-{number}-{chance.randrange(2)}",
            account=account + 1,
            envelope={"marketplaceId": marketplace_id},
            marketplace_name=code,
            type=type_,
            campaign_id=f"2184752917{account:02}{number:03}",
            published_date=f"{published:%Y-%m-%dT%H:%M:%S} UTC",
            expiry_date=f"{published + timedelta(days=14):%Y-%m-%dT%H:%M:%S} UTC",
            **_settings(type_, scale, chance),
        )


def _settings(type_: str, scale: int, chance: random.Random) -> dict[str, Any]:
    bid = chance.randrange(20, 300) * scale // 1
    bids = [each / 100 if scale == 1 else each // 100 for each in (bid, bid * 1.2 // 1)]
    if type_ == "CAMPAIGN_BUDGET":
        budget = chance.randrange(10, 400) * scale
        raised = round(budget * chance.choice([1.1, 1.25, 1.5, 1.9, 0.8]))
        return _changed({"budget": {"budget": budget}}, {"budget": {"budget": raised}})
    if type_ == "CAMPAIGN_BUDGET_RULE":
        rule = {"rule_id": "r1", "increase_by": {"type": "PERCENT", "value": 25}}
        return _changed(
            {"budget": {"budget": 50 * scale}},
            {"budget": {"budget": 50 * scale, "budget_rules": [rule]}},
        )
    if "KEYWORD" in type_ or "TARGETING" in type_:
        target = {"target_id": "42", "text": "kettle", "match_type": "EXACT"}
        new = {"text": "electric kettle", "match_type": "EXACT", "bid": bids[1]}
        return _changed(
            {"ad_groups": [{"adgroup_id": "17", "targets": [target | {"bid": bids[0]}]}]},
            {
                "ad_groups": [
                    {
                        "adgroup_id": "17",
                        "targets": [new if "NEW" in type_ else target | {"bid": bids[1]}],
                    }
                ]
            },
        )
    if type_ == "CAMPAIGN_STATE":
        return _changed({"state": "PAUSED"}, {"state": "ENABLED"})
    return _changed({"ad_groups": [{"bid": bids[0]}]}, {"ad_groups": [{"bid": bids[1]}]})


def _changed(current: dict[str, Any], recommended: dict[str, Any]) -> dict[str, Any]:
    return {
        "current_campaign_settings": current,
        "recommended_campaign_settings": recommended,
    }
