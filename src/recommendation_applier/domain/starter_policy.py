"""A policy to begin with: cautious where money or something new is at stake. No I/O."""

from typing import Final

STARTER_POLICY: Final = """\
{
  "version": 1,
  "mode": "APPLY",
  "default": "HOLD",
  "rules": [
    {
      "name": "new campaigns",
      "match": {"type": ["NEW_CAMPAIGN", "NEW_VIDEO_CAMPAIGN"]},
      "decision": "HOLD"
    },
    {
      "name": "bids",
      "match": {
        "type": [
          "AD_GROUP_DEFAULT_BID",
          "AUDIENCE_TARGETING_BID",
          "KEYWORD_BID",
          "PRODUCT_TARGETING_BID"
        ]
      },
      "decision": "APPLY",
      "limits": {"maxIncreasePercent": 30, "maxDecreasePercent": 50}
    },
    {
      "name": "budgets",
      "match": {"type": ["CAMPAIGN_BUDGET"]},
      "decision": "APPLY",
      "limits": {"maxIncreasePercent": 20, "maxDecreasePercent": 20, "coolDownHours": 24}
    }
  ]
}
"""
"""Bids up to 30 % through, budgets by a fifth once a day; all else waits for a person. Amounts have
no limit in it: they are in the currency of each marketplace."""
