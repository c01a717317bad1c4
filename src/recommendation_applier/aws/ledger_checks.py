"""Whether the ledger's table can be used, and forgets what it may forget."""

from collections.abc import Mapping
from typing import Any, Final

from recommendation_applier.domain.finding import Finding, fault, ok, warning

_EXPIRES_BY: Final = "keptUntil"


def judge_ledger(table: Mapping[str, Any], time_to_live: Mapping[str, Any]) -> Finding:
    """Judge what DescribeTable and DescribeTimeToLive give."""
    name, status = table["TableName"], table["TableStatus"]
    if status == "UPDATING":
        return warning(f"{name} is being updated", "wait some minutes, then look again")
    if status != "ACTIVE":
        return fault(
            f"{name} is {status}: nothing can be claimed, and so nothing is sent",
            "wait if it is being made; otherwise restore it from its backups (point-in-time "
            "recovery)",
        )
    expiry = time_to_live.get("TimeToLiveStatus")
    by = time_to_live.get("AttributeName")
    if expiry not in ("ENABLED", "ENABLING") or by != _EXPIRES_BY:
        by_what = f" by {by}" if by and by != _EXPIRES_BY else ""
        return fault(
            f"time to live of {name} is {expiry}{by_what}: the ledger grows for ever",
            f"`aws dynamodb update-time-to-live --table-name {name} --time-to-live-specification "
            f"Enabled=true,AttributeName={_EXPIRES_BY}`",
        )
    return ok(f"{name} is ACTIVE, and forgets by {_EXPIRES_BY}")
