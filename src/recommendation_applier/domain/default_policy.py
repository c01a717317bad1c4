"""The policy that a stack begins with. No I/O."""

from typing import Final

from recommendation_applier.domain.policy import ApplyPolicy

DEFAULT_POLICY: Final = ApplyPolicy(version=1, mode="APPLY", default="APPLY", rules=())
"""Everything is applied, as far as the stack's `ApplyMode` lets it."""
