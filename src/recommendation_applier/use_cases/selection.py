"""Which of an invocation's publications may be sent: removals, repeats and expiry weighed."""

from collections.abc import Sequence
from datetime import datetime

from recommendation_applier.domain.delivery import Publication, Withdrawal
from recommendation_applier.domain.reasons import Door, NotApplicableReason
from recommendation_applier.domain.repeats import latest_withdrawals, most_recent, takes_back
from recommendation_applier.use_cases.ports import Ledger
from recommendation_applier.use_cases.progress import Part, Progress

Published = dict[int, tuple[Part, Publication]]


def select(
    progress: Progress, ledger: Ledger, *, now: datetime
) -> Sequence[tuple[Part, Publication]]:
    """Let everything leave that Amazon has taken back, that repeats another, or that expired.

    Returns what is left, in the order of the deliveries: each recommendation once.
    """
    return _unexpired(progress, _without_repeats(progress, _not_withdrawn(progress, ledger)), now)


def received_before(progress: Progress) -> set[str]:
    """Name the recommendations that an earlier invocation may have sent."""
    return {
        part.content.recommendation.recommendation_id
        for part in progress.parts
        if isinstance(part.content, Publication)
        and (part.delivery.receive_count > 1 or part.content.in_doubt)
    }


def _not_withdrawn(progress: Progress, ledger: Ledger) -> Published:
    published: Published = {}
    withdrawn: list[tuple[Part, Withdrawal]] = []
    for part in progress.waiting():
        if isinstance(part.content, Publication):
            published[part.number] = (part, part.content)
        elif isinstance(part.content, Withdrawal):
            withdrawn.append((part, part.content))
    latest = latest_withdrawals(withdrawal for _, withdrawal in withdrawn)
    if latest:
        ledger.withdraw(list(latest.values()))
    for part, withdrawal in withdrawn:
        progress.leave(part, Door.NOT_APPLICABLE, withdrawal.reason)
    for number, (part, publication) in list(published.items()):
        beaten_by = latest.get(publication.recommendation.recommendation_id)
        if beaten_by is not None and takes_back(beaten_by, publication.recommendation):
            progress.leave(part, Door.NOT_APPLICABLE, beaten_by.reason)
            del published[number]
    return published


def _without_repeats(progress: Progress, published: Published) -> Published:
    chosen = most_recent({number: publication for number, (_, publication) in published.items()})
    for number, (part, _) in published.items():
        if number not in chosen:
            progress.leave(part, Door.NOT_APPLICABLE, NotApplicableReason.REPEATED)
    return {number: pair for number, pair in published.items() if number in chosen}


def _unexpired(
    progress: Progress, published: Published, now: datetime
) -> Sequence[tuple[Part, Publication]]:
    kept = []
    for part, publication in published.values():
        if publication.recommendation.is_expired(now):
            progress.leave(part, Door.NOT_APPLICABLE, NotApplicableReason.EXPIRED)
        else:
            kept.append((part, publication))
    return kept
