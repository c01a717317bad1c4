"""Policies and their versions, as people and programs read them."""

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any, Final

from recommendation_applier.aws.policy_parameter import StoredText
from recommendation_applier.domain.errors import PolicyError
from recommendation_applier.domain.policy import ApplyPolicy, read_policy

RULES: Final = {
    "name": "rule",
    "match": "for",
    "decision": "decision",
    "limits": "limits",
    "when": "when",
}
VERSIONS: Final = {
    "version": "version",
    "at": "since",
    "by": "by",
    "mode": "mode",
    "default": "default",
    "rules": "rules",
}


def read_stored(stored: StoredText) -> ApplyPolicy | None:
    """Read the policy that *stored* is; None if it cannot be used."""
    try:
        return read_policy(stored.text)
    except PolicyError:
        return None


def rule_rows(policy: ApplyPolicy) -> Iterator[Mapping[str, Any]]:
    """Write a row for each rule, in their order."""
    for rule in policy.rules:
        said = rule.model_dump(mode="json", by_alias=True, exclude_none=True)
        limits = said.get("limits", {}) | {
            f"allowNew.{name}": value for name, value in said.get("allowNew", {}).items()
        }
        yield {
            "name": rule.name,
            "match": "; ".join(f"{name} {', '.join(some)}" for name, some in said["match"].items())
            or "everything",
            "decision": rule.decision,
            "limits": ", ".join(f"{name} {value:g}" for name, value in limits.items()),
            "when": " ".join(
                f"{name} {said[name]}" for name in ("notBefore", "notAfter") if name in said
            ),
        }


def version_row(stored: StoredText) -> Mapping[str, Any]:
    """Write a row for one version, whatever it is worth."""
    facts: dict[str, Any] = {
        "version": stored.version,
        "at": stored.at.astimezone(UTC),
        "by": stored.by,
        "text": stored.text,
    }
    policy = read_stored(stored)
    if policy is None:
        return {**facts, "mode": "cannot be used"}
    return {**facts, "mode": policy.mode, "default": policy.default, "rules": len(policy.rules)}
