"""Under which opportunity a recommendation is applied, as far as that is known without asking."""

from recommendation_applier.domain.recommendation import Recommendation


class ConfiguredOpportunity:
    """Fits the Opportunities port: what the recommendation says itself, else the default."""

    def __init__(self, default: str | None) -> None:
        """*default* is for recommendations whose source names none; None refuses those."""
        self._default = default

    def resolve(self, recommendation: Recommendation) -> str | None:
        """See the port."""
        return recommendation.partner_opportunity_id or self._default
