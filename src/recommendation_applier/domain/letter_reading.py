"""Whatever can be on the dead-letter queue -> what is known of it.

Letters of ours, bodies alone (too large to be wrapped, or moved by SQS itself after the last
receive), Stream messages as they came, releases, and text that is nothing of the kind. What the
consumer of deliveries would read is read by its own reading, so that both see the same ids, dates
and accounts.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime

from recommendation_applier.domain.dates import parse_date
from recommendation_applier.domain.delivery import (
    Confirmation,
    Content,
    Publication,
    Rejection,
    ReleaseNotice,
    Withdrawal,
)
from recommendation_applier.domain.letter_glimpse import glimpses, parsed
from recommendation_applier.domain.own_messages import looks_like_dead_letter
from recommendation_applier.domain.reading import read_body
from recommendation_applier.domain.waiting_letter import (
    LetterKind,
    QueuedMessage,
    Subject,
    WaitingLetter,
    legible,
)


def read_waiting_letter(
    message: QueuedMessage, *, actionable_statuses: AbstractSet[str]
) -> WaitingLetter:
    """Say what is known of *message*. Promise: never raises; what it does not say is None.

    Where the body is no letter of ours, kind and reason are those of the message attributes, with
    which a letter too large to be wrapped is stored.
    """
    letter = parsed(message.body)
    own = letter if isinstance(letter, Mapping) and looks_like_dead_letter(letter) else {}
    reason = own.get("reason")
    reason = reason if isinstance(reason, Mapping) else {}
    return WaitingLetter(
        message=message,
        kind=_kind(own.get("kind", message.attributes.get("kind"))),
        reason_code=legible(reason.get("code")) or legible(message.attributes.get("reasonCode")),
        reason=legible(reason.get("message")),
        http_status=_number(reason.get("httpStatus")),
        api_code=legible(reason.get("apiCode")),
        request_id=legible(reason.get("requestId")),
        failed_at=_moment(own.get("failedAt")),
        attempts=_number(own.get("attempts")),
        subjects=tuple(
            subject
            for content in read_body(message.body, actionable_statuses=actionable_statuses)
            for subject in _subjects(content)
        ),
    )


def _subjects(content: Content) -> Iterator[Subject]:
    match content:
        case Publication():
            yield Subject.of(content.recommendation)
        case Withdrawal():
            glimpse = next(glimpses(content.body), Subject())
            yield replace(
                glimpse,
                recommendation_id=content.recommendation_id,
                published_date=content.published_date,
                is_withdrawal=True,
            )
        case ReleaseNotice():
            yield Subject(recommendation_id=content.recommendation_id)
        case Rejection():
            # Somebody has to look at it, even if nobody can say what it is about.
            found = list(glimpses(content.body))
            yield from found or [Subject()]
        case Confirmation():
            yield Subject()
        case _:  # it asks nothing of us
            pass


def _kind(value: object) -> LetterKind:
    named = (LetterKind.BATCH, LetterKind.MESSAGE)
    return next((each for each in named if each == value), LetterKind.BODY)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _moment(value: object) -> datetime | None:
    try:
        return parse_date(value)
    except ValueError:
        return None
