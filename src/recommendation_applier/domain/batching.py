"""Turns recommendations into apply batches. Pure: the same input makes the same batches."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from recommendation_applier.domain.recommendation import Advertiser, Recommendation

MAX_IDS_PER_APPLY: Final = 100
"""Amazon refuses an apply request with more ids (OpenAPI file, `recommendationIds.maxItems`)."""

MAX_IDS_PER_STATUS: Final = 500
"""Amazon refuses an applicationStatus request with more ids (same file)."""


@dataclass(frozen=True, slots=True)
class ApplyBatch:
    """What one request can speak of: one opportunity, one advertiser, 1 to 100 recommendations.

    For `applicationStatus`, which takes the same five attributes, up to 500.
    """

    partner_opportunity_id: str
    advertiser: Advertiser
    recommendations: tuple[Recommendation, ...]
    recommendation_ids: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The ids, in the order in which they are sent."""

    def __post_init__(self) -> None:
        """Name the ids, once for all who ask."""
        ids = tuple([each.recommendation_id for each in self.recommendations])
        object.__setattr__(self, "recommendation_ids", ids)

    def only(self, recommendation_ids: Container[str]) -> "ApplyBatch":
        """The same batch with those of its recommendations alone."""
        kept = [
            each for each in self.recommendations if each.recommendation_id in recommendation_ids
        ]
        if len(kept) == len(self.recommendations):
            return self
        return ApplyBatch(self.partner_opportunity_id, self.advertiser, tuple(kept))

    def pieces(self, recommendation_ids: Container[str], *, most: int) -> list["ApplyBatch"]:
        """Cut `only` those into batches of *most* each; none if there are none."""
        kept = self.only(recommendation_ids)
        if 0 < len(kept.recommendations) <= most:
            return [kept]
        return [
            replace(kept, recommendations=kept.recommendations[start : start + most])
            for start in range(0, len(kept.recommendations), most)
        ]

    def request(self) -> dict[str, object]:
        """The body of the request: Amazon's five attributes, exactly."""
        return {
            "advertiserType": self.advertiser.advertiser_type,
            "encryptedAdvertiserId": self.advertiser.encrypted_advertiser_id,
            "entityId": self.advertiser.entity_id,
            "marketplace": self.advertiser.marketplace,
            "recommendationIds": list(self.recommendation_ids),
        }

    def __str__(self) -> str:
        """Name the batch the way errors and logs do."""
        count = len(self.recommendations)
        return (
            f"{count} recommendation{'s' if count != 1 else ''} of {self.advertiser} "
            f"under {self.partner_opportunity_id}"
        )


def into_batches(
    recommendations: Iterable[tuple[str, Recommendation]], *, limit: int = MAX_IDS_PER_APPLY
) -> Iterator[ApplyBatch]:
    """Group pairs of (`partnerOpportunityId`, recommendation) and cut the groups at *limit*.

    Recommendations of different opportunities or advertisers never share a batch; repeated ids
    collapse into the first; groups, and ids within a group, keep the order in which they came.
    The number of batches is the least that *limit* allows.
    """
    groups: dict[tuple[str, Advertiser], dict[str, Recommendation]] = {}
    # Neighbours are mostly of one account.
    for key, neighbours in groupby(recommendations, lambda pair: (pair[0], pair[1].advertiser)):
        group = groups.setdefault(key, {})
        for _, recommendation in neighbours:
            group.setdefault(recommendation.recommendation_id, recommendation)
    for (opportunity_id, advertiser), group in groups.items():
        members = tuple(group.values())
        for start in range(0, len(members), limit):
            yield ApplyBatch(opportunity_id, advertiser, members[start : start + limit])
