"""How to tell messages that were put on the ingress queue by us from those of Amazon."""

from collections.abc import Mapping
from typing import Any


def looks_like_dead_letter(value: Mapping[str, Any]) -> bool:
    """Tell whether *value* is a dead letter of ours, of this version or another."""
    return "version" in value and value.get("kind") in ("batch", "message") and "reason" in value


def looks_like_release(value: Mapping[str, Any]) -> bool:
    """Tell whether *value* is a notice of ours, of this version or another."""
    return "version" in value and value.get("kind") == "release"
