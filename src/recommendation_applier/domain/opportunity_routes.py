"""Routes: what an operator says about whose opportunity recommendations of a kind are.

JSON: `{"version": 1, "routes": [{"match": {"type": ["KEYWORD_BID"], "adProduct": ["SP"],
"recommendationGroup": ["rec-a-018"], "groupingType": ["INCREASE_BID_CONTEXTUAL"]},
"partnerOpportunityId": "…"}]}`. The first route that matches decides.
"""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from recommendation_applier.domain.errors import RoutesUnreadableError
from recommendation_applier.domain.recommendation import Identifier, Recommendation
from recommendation_applier.domain.stream_message import DATASET

_GROUP_PREFIX: Final = f"{DATASET}-"
"""Of every `recommendation_group` that was ever seen; a route may leave it out."""


def short_group(group: str) -> str:
    """Name a group without its long beginning."""
    return group.removeprefix(_GROUP_PREFIX)


def _short_groups(groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(short_group, groups))


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What routes ask of a recommendation; None where it is not known."""

    recommendation_group: str | None = None
    type: str | None = None
    ad_product: str | None = None
    grouping_type: str | None = None


Values = Annotated[tuple[str, ...], Field(min_length=1)]


class _Wire(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        extra="forbid",  # a mistyped condition would match more than was meant
        defer_build=True,  # the whole table is built, and not each part of it once more
    )


class Match(_Wire):
    """Conditions, all of which must hold; each is a list of values, one of which must be there."""

    type: Values | None = None
    ad_product: Values | None = None
    recommendation_group: Annotated[Values, AfterValidator(_short_groups)] | None = None
    grouping_type: Values | None = None

    def holds(self, recommendation: Recommendation | Labels) -> bool:
        """Tell whether *recommendation* fulfils every condition."""
        group = recommendation.recommendation_group
        wanted = (
            (self.type, recommendation.type),
            (self.ad_product, recommendation.ad_product),
            (self.grouping_type, recommendation.grouping_type),
            (self.recommendation_group, group and short_group(group)),
        )
        return all(values is None or value in values for values, value in wanted)


def _not_empty(match: Match) -> Match:
    if not any(match.model_dump().values()):
        raise ValueError("must have a condition: for all others there is a default opportunity")
    return match


class Route(_Wire):
    """Where recommendations go that match."""

    match: Annotated[Match, AfterValidator(_not_empty)]
    partner_opportunity_id: Identifier


class Routes(_Wire):
    """The whole table; an empty one routes nothing."""

    version: Literal[1]
    routes: tuple[Route, ...]

    def opportunity_of(self, recommendation: Recommendation | Labels) -> str | None:
        """Give the opportunity of the first route that matches; None where none does."""
        for route in self.routes:
            if route.match.holds(recommendation):
                return route.partner_opportunity_id
        return None


def read_routes(text: str, *, source: str) -> Routes:
    """Read a route table; *source* says in errors where it is from.

    Raises RoutesUnreadableError that names everything which is wrong.
    """
    try:
        return Routes.model_validate_json(text)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, finding['loc'])) or 'the whole'}: {finding['msg']}"
            for finding in error.errors()
        )
        raise RoutesUnreadableError(
            f"reading the opportunity routes of {source} failed: {wrong}; mend them there, the "
            "README says how"
        ) from error
