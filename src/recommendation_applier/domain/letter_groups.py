"""Dead letters counted by what they have in common. No I/O."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from recommendation_applier.domain.marketplaces import one_code
from recommendation_applier.domain.waiting_letter import Subject, WaitingLetter

_AGES: Final = (
    (timedelta(hours=1), "less than 1 hour"),
    (timedelta(days=1), "1 to 24 hours"),
    (timedelta(days=3), "1 to 3 days"),
    (timedelta(days=7), "3 to 7 days"),
    (timedelta(days=12), "7 to 12 days"),
)
_OLDEST: Final = "12 days or more"
"""SQS keeps them for 14."""


class GroupBy(StrEnum):
    """What letters can have in common."""

    REASON = "reason"
    ACCOUNT = "account"
    TYPE = "type"
    AGE = "age"
    MARKETPLACE = "marketplace"
    API_CODE = "api-code"
    OPPORTUNITY = "opportunity"


@dataclass(frozen=True, slots=True)
class LetterGroup:
    """Letters that have *value* in common; None is for those that have none.

    *recommendations* counts the ids that can be read in them, of that value.
    """

    value: str | None
    oldest: datetime
    newest: datetime
    letters: int = 0
    recommendations: int = 0

    def with_one(self, letter: WaitingLetter, *, recommendations: int) -> "LetterGroup":
        """Count *letter* as well, with as many *recommendations*."""
        return LetterGroup(
            self.value,
            min(self.oldest, letter.since),
            max(self.newest, letter.since),
            self.letters + 1,
            self.recommendations + recommendations,
        )


def grouped(
    letters: Iterable[WaitingLetter], by: GroupBy, *, now: datetime
) -> Sequence[LetterGroup]:
    """Count *letters*, none of which is kept; the largest group first, ages from young to old.

    A letter about several accounts, types, marketplaces or opportunities is in several groups.
    """
    groups: dict[str | None, LetterGroup] = {}
    for letter in letters:
        for value, count in _values(letter, by, now).items():
            group = groups.get(value) or LetterGroup(value, letter.since, letter.since)
            groups[value] = group.with_one(letter, recommendations=count)
    if by is GroupBy.AGE:
        return sorted(groups.values(), key=lambda each: each.newest, reverse=True)
    return sorted(groups.values(), key=lambda each: (-each.letters, each.value or ""))


def _values(letter: WaitingLetter, by: GroupBy, now: datetime) -> dict[str | None, int]:
    ids = sum(each.recommendation_id is not None for each in letter.subjects)
    match by:
        case GroupBy.REASON:
            return {letter.reason_code: ids}
        case GroupBy.API_CODE:
            return {letter.api_code: ids}
        case GroupBy.AGE:
            return {_age(now - letter.since): ids}
    counts: dict[str | None, int] = {}
    for subject in letter.subjects or (Subject(),):
        value = _value(subject, by)
        counts[value] = counts.get(value, 0) + (subject.recommendation_id is not None)
    return counts


def _value(subject: Subject, by: GroupBy) -> str | None:
    match by:
        case GroupBy.ACCOUNT:
            return subject.encrypted_advertiser_id or subject.entity_id
        case GroupBy.TYPE:
            return subject.type
        case GroupBy.MARKETPLACE:
            return one_code(subject.marketplace) if subject.marketplace else None
        case _:
            return subject.partner_opportunity_id


def _age(age: timedelta) -> str:
    return next((name for limit, name in _AGES if age < limit), _OLDEST)
