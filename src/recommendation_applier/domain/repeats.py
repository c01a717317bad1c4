"""One recommendation, several deliveries: which of them speaks."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from recommendation_applier.domain.delivery import Publication, Withdrawal
from recommendation_applier.domain.recommendation import Recommendation

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def latest_withdrawals(withdrawals: Iterable[Withdrawal]) -> dict[str, Withdrawal]:
    """Keep, for each recommendation, the word that takes back the most.

    That is the one with the latest `published_date`; one without a date takes back everything.
    """
    latest: dict[str, Withdrawal] = {}
    for withdrawal in withdrawals:
        known = latest.get(withdrawal.recommendation_id)
        if known is None or withdrawal.as_of > known.as_of:
            latest[withdrawal.recommendation_id] = withdrawal
    return latest


def takes_back(withdrawal: Withdrawal, recommendation: Recommendation) -> bool:
    """Tell whether *withdrawal* beats *recommendation*: the later date wins, a tie withdraws."""
    return recommendation.was_published_by(withdrawal.as_of)


def most_recent(publications: Mapping[int, Publication]) -> set[int]:
    """Choose the keys of those publications that speak for their recommendation.

    One for each recommendation: the one with the latest `published_date`, the first of equals.
    """
    chosen: dict[str, int] = {}
    for key, publication in publications.items():
        recommendation = publication.recommendation
        known = chosen.get(recommendation.recommendation_id)
        if known is None or _date(publication) > _date(publications[known]):
            chosen[recommendation.recommendation_id] = key
    return set(chosen.values())


def _date(publication: Publication) -> datetime:
    return publication.recommendation.published_date or _LONG_AGO
