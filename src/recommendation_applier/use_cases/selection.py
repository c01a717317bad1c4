"""Which of an invocation's publications may be sent: removals, repeats and expiry weighed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from recommendation_applier.domain.delivery import Publication, Withdrawal
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.reasons import Door, NotApplicableReason
from recommendation_applier.domain.repeats import latest_withdrawals, most_recent, takes_back
from recommendation_applier.domain.value import value
from recommendation_applier.use_cases.ledger import Ledger
from recommendation_applier.use_cases.progress import Part, Progress
from recommendation_applier.use_cases.retries import Retries


@value(frozen=True, slots=True)
class Selected:
    """A publication that speaks for its recommendation, in doubt if any copy of it is.

    *barred* says why it may no longer be sent; it is here all the same because somebody may have
    sent it, and its end has to be known. Only the ledger can tell: what SQS itself moved to the
    dead-letter queue comes back as a new message, received for the first time.
    """

    part: Part
    publication: Publication
    barred: NotApplicableReason | None = None


def select(
    progress: Progress, ledger: Ledger, retries: Retries, *, now: datetime
) -> Sequence[Selected]:
    """Let everything leave that takes back a recommendation or repeats another delivery.

    Returns what is left, in the order of the deliveries: each recommendation once.
    """
    published = {
        part.number: (part, part.content)
        for part in progress.waiting()
        if isinstance(part.content, Publication)
    }
    outdated = _outdated(progress, published)
    taken_back = _take_back(progress, ledger, retries)
    chosen = most_recent(
        {
            number: publication
            for number, (_, publication) in published.items()
            if number not in outdated
        }
    )
    # Any copy will do: those that do not speak for their recommendation are let go.
    doubted = {_id_of(each) for _, each in published.values() if each.in_doubt}
    selected = []
    for number, (part, publication) in published.items():
        barred = _barred(publication, taken_back, now)
        if number not in chosen:
            progress.leave(part, Door.NOT_APPLICABLE, barred or NotApplicableReason.REPEATED)
        else:
            is_sure = publication.in_doubt or _id_of(publication) not in doubted
            spoken = publication if is_sure else replace(publication, in_doubt=True)
            selected.append(Selected(part, spoken, barred))
    return selected


def _outdated(progress: Progress, published: Mapping[int, tuple[Part, Publication]]) -> set[int]:
    """Name those that a newer part of the same message speaks for, which has its dead letter.

    Of the same message alone: what came since, such as that letter redriven, is decided anew.
    """
    lettered: dict[str, list[Publication]] = {}
    for part in progress.parts:
        if isinstance(part.content, Publication) and part.number not in published:
            lettered.setdefault(part.delivery.message_id, []).append(part.content)
    if not lettered:
        return set()
    return {
        number
        for number, (part, publication) in published.items()
        for newer in lettered.get(part.delivery.message_id, ())
        if most_recent({0: newer, 1: publication}) == {0}
    }


def _take_back(progress: Progress, ledger: Ledger, retries: Retries) -> Mapping[str, Withdrawal]:
    """Remember the removals of this invocation; one that could not be remembered must stay."""
    withdrawn = list(_withdrawals(progress))
    remembered = ledger.withdraw([withdrawal for _, withdrawal in withdrawn])
    for part, withdrawal in withdrawn:
        if withdrawal.recommendation_id in remembered:
            progress.leave(part, Door.NOT_APPLICABLE, withdrawal.reason)
            continue
        error = LedgerUnavailableError(
            f"that recommendation {withdrawal.recommendation_id} is {withdrawal.reason} could not "
            "be written to the ledger"
        )
        retries.put_off(part, withdrawal.body, error)
    return latest_withdrawals(withdrawal for _, withdrawal in withdrawn)


def _withdrawals(progress: Progress) -> Iterator[tuple[Part, Withdrawal]]:
    for part in progress.waiting():
        if isinstance(part.content, Withdrawal):
            yield part, part.content


def _barred(
    publication: Publication, taken_back: Mapping[str, Withdrawal], now: datetime
) -> NotApplicableReason | None:
    recommendation = publication.recommendation
    if taken_back:
        withdrawal = taken_back.get(recommendation.recommendation_id)
        if withdrawal is not None and takes_back(withdrawal, recommendation):
            return withdrawal.reason
    return NotApplicableReason.EXPIRED if recommendation.is_expired(now) else None


def _id_of(publication: Publication) -> str:
    return publication.recommendation.recommendation_id
