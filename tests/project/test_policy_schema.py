"""The published schema of a policy says what the code reads.

To write it anew: `PYTHONPATH=src .venv/bin/python -m tests.project.test_policy_schema`.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from recommendation_applier.domain.errors import PolicyError
from recommendation_applier.domain.policy import policy_schema, read_policy

SCHEMA: Final = Path(__file__).parents[2] / "policy.schema.json"

POLICY: Final[dict[str, Any]] = {
    "version": 1,
    "mode": "APPLY",
    "default": "HOLD",
    "rules": [
        {
            "name": "bids of small accounts",
            "match": {
                "type": ["KEYWORD_BID"],
                "adProduct": ["SP"],
                "marketplace": ["GB"],
                "advertiserId": ["A1"],
                "entityId": ["ENTITY1"],
                "campaignId": ["1"],
            },
            "decision": "APPLY",
            "limits": {
                "maxIncreasePercent": 30,
                "maxDecreasePercent": 80,
                "maxBid": 2.5,
                "maxBudget": 500,
                "maxApplicationsPerCampaignPerDay": 3,
                "coolDownHours": 6,
            },
            "allowNew": {"maxBid": 1, "maxBudget": 20},
            "notBefore": "2026-11-27T00:00:00Z",
            "notAfter": "2026-12-01T00:00:00+01:00",
        }
    ],
    "protectedCampaigns": ["2"],
}
"""With every field that there is."""


def written() -> str:
    """Give the text that the file has to have."""
    return json.dumps(policy_schema(), indent=2) + "\n"


def test_the_file_is_in_step_with_the_code() -> None:
    """Editors and reviewers see what is read."""
    assert SCHEMA.read_text() == written()


def test_the_file_is_a_schema() -> None:
    """Of the draft that it names."""
    Draft202012Validator.check_schema(json.loads(SCHEMA.read_text()))


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (["version"], 1),
        (["protectedCampaigns"], []),
        (["rules"], []),
        (["rules", 0, "limits"], {}),
        (["rules", 0, "allowNew"], None),
        (["rules", 0, "match"], {}),
        (["version"], 2),
        (["version"], "1"),
        (["mode"], "OFF"),
        (["default"], "IGNORE"),
        (["rules"], {}),
        (["other"], 1),
        (["rules", 0, "name"], ""),
        (["rules", 0, "name"], 5),
        (["rules", 0, "decision"], "apply"),
        (["rules", 0, "other"], 1),
        (["rules", 0, "match", "type"], []),
        (["rules", 0, "match", "type"], ["keyword_bid"]),
        (["rules", 0, "match", "marketplace"], ["usa"]),
        (["rules", 0, "match", "campaignId"], [5]),
        (["rules", 0, "limits", "maxBid"], -0.5),
        (["rules", 0, "limits", "maxBid"], 1e13),
        (["rules", 0, "limits", "maxBid"], "5"),
        (["rules", 0, "limits", "max_bid"], 5),
        (["rules", 0, "limits", "coolDownHours"], 0),
        (["rules", 0, "limits", "coolDownHours"], 9000),
        (["rules", 0, "limits", "maxApplicationsPerCampaignPerDay"], 0),
        (["rules", 0, "limits", "maxApplicationsPerCampaignPerDay"], 1.5),
        (["rules", 0, "allowNew", "maxBudget"], -1),
        (["rules", 0, "notBefore"], 5),
    ],
)
def test_the_schema_and_the_code_agree(where: list[str | int], value: object) -> None:
    """What one of them refuses, the other refuses too."""
    document = _changed(POLICY, where, value)

    try:
        read_policy(json.dumps(document))
    except PolicyError:
        accepted = False
    else:
        accepted = True

    assert Draft202012Validator(policy_schema()).is_valid(document) is accepted


def _changed(document: Any, where: list[str | int], value: object) -> Any:
    copy = document.copy()
    copy[where[0]] = _changed(copy[where[0]], where[1:], value) if where[1:] else value
    return copy


if __name__ == "__main__":
    SCHEMA.write_text(written())
