"""One SQS body -> everything it holds. One bad body, or one bad element, never hides another."""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, Final

from pydantic_core import from_json

from recommendation_applier.domain.delivery import (
    Confirmation,
    Content,
    NotForUs,
    Publication,
    Rejection,
)
from recommendation_applier.domain.documented_message import read_documented
from recommendation_applier.domain.own_messages import looks_like_dead_letter, looks_like_release
from recommendation_applier.domain.reasons import DeadLetterReason, NotApplicableReason
from recommendation_applier.domain.stream_message import (
    looks_like_stream_message,
    read_stream_message,
    shorten,
)
from recommendation_applier.domain.value import value

_MAX_WRAPPINGS: Final = 5
"""A dead letter of an SNS envelope of an array needs three; more than five is nobody's message."""

_MAX_ELEMENTS: Final = 1000
"""As many as an invocation's deliveries: each may need a dead letter, and time for it."""


def read_body(body: str, *, actionable_statuses: AbstractSet[str]) -> Sequence[Content]:
    """Read a raw Stream message, an SNS envelope, an array of messages, or a dead letter of ours.

    Promise: never raises, never gives an empty answer; what cannot be used is a `Rejection` with
    one code of the closed list and a sentence.
    """
    return BodyReader(actionable_statuses).read(body)


@value(frozen=True, slots=True)
class BodyReader:
    """Reads bodies as `read_body` does; to be made once for many."""

    actionable_statuses: AbstractSet[str]

    def read(self, body: str) -> Sequence[Content]:
        """See `read_body`."""
        return self._text(body, body, wrappings=0)

    def _text(self, text: str, body: str, *, wrappings: int) -> Sequence[Content]:
        """Read JSON *text*; *body* is what to dead-letter if it cannot be used."""
        if wrappings <= _MAX_WRAPPINGS:
            documented = read_documented(text, body, actionable_statuses=self.actionable_statuses)
            if documented is not None:
                return (documented,)
        try:
            value = _parse(text)
        except (ValueError, TypeError, RecursionError) as error:
            return (
                Rejection(DeadLetterReason.UNREADABLE_BODY, f"the body is not JSON: {error}", body),
            )
        if isinstance(value, list):
            return self._array(value, body, wrappings=wrappings + 1)
        return self._value(value, body, wrappings=wrappings)

    def _array(self, values: list[Any], body: str, *, wrappings: int) -> Sequence[Content]:
        if not 0 < len(values) <= _MAX_ELEMENTS:
            return (_unrecognized(f"an array of {len(values)}, not 1 to {_MAX_ELEMENTS}", body),)
        # Each element is kept by itself: sending the whole array back would repeat its neighbours.
        return tuple(
            content
            for value in values
            for content in self._value(value, _text_of(value, body), wrappings=wrappings)
        )

    def _value(self, value: object, body: str, *, wrappings: int) -> Sequence[Content]:
        if wrappings > _MAX_WRAPPINGS:
            return (_unrecognized(f"it is wrapped more than {_MAX_WRAPPINGS} times", body),)
        if not isinstance(value, dict):
            return (_unrecognized(f"it is {shorten(value)}; it must be an object", body),)
        if looks_like_dead_letter(value) or looks_like_release(value):
            return self._own(value, body, wrappings=wrappings + 1)
        if "TopicArn" in value and isinstance(value.get("Type"), str):
            return self._notification(value, body, wrappings=wrappings + 1)
        if looks_like_stream_message(value):
            return (read_stream_message(value, body, actionable_statuses=self.actionable_statuses),)
        return (_unrecognized(f"an object with {_keys(value)}", body),)

    def _own(self, value: Mapping[str, Any], body: str, *, wrappings: int) -> Sequence[Content]:
        # Here, so that what reads them is loaded with the first one that is sent back or released.
        from recommendation_applier.domain.redriven import (  # noqa: PLC0415 - on demand
            read_batch_letter,
            read_message_letter,
        )
        from recommendation_applier.domain.release_notice import read_release  # noqa: PLC0415 - on demand

        if value["kind"] == "release":
            return read_release(value, body)
        if value["kind"] == "batch":
            return read_batch_letter(value, body)
        original = read_message_letter(value, body)
        if isinstance(original, Rejection):
            return (original,)
        return tuple(
            replace(each, came_back=True) if isinstance(each, Publication) else each
            for each in self._text(original, original, wrappings=wrappings)
        )

    def _notification(
        self, envelope: Mapping[str, Any], body: str, *, wrappings: int
    ) -> Sequence[Content]:
        kind, topic, message = envelope["Type"], envelope["TopicArn"], envelope.get("Message")
        if kind == "Notification" and isinstance(message, str):
            return self._text(message, body, wrappings=wrappings)
        token = envelope.get("Token")
        if kind == "SubscriptionConfirmation" and isinstance(token, str) and isinstance(topic, str):
            return (Confirmation(topic, token, body),)
        if kind == "UnsubscribeConfirmation":
            return (NotForUs(NotApplicableReason.UNSUBSCRIBED, shorten(topic)),)
        return (
            _unrecognized(
                f"an SNS message of Type {shorten(kind)} without the fields of that type", body
            ),
        )


def _text_of(element: object, body: str) -> str:
    try:
        return json.dumps(element, separators=(",", ":"), allow_nan=False)
    except ValueError:  # a number such as 1e400, which no parser gives back as it was
        return body


def _parse(text: str) -> object:
    r"""Parse JSON, once more by the slower parser where the fast one balks.

    A description that was cut in the middle of an emoji leaves half of it (`\ud83d`), which the
    standard library reads, and which must not hide a recommendation.
    """
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError:
        if "\\ud" not in text.lower():
            raise
        return json.loads(text, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _unrecognized(what: str, body: str) -> Rejection:
    return Rejection(
        DeadLetterReason.UNRECOGNIZED_MESSAGE,
        f"{what}; expected a Stream message, an SNS notification, a dead letter, or a release",
        body,
    )


def _keys(value: Mapping[str, Any]) -> str:
    names = sorted(value)[:5]
    return f"the fields {', '.join(shorten(name) for name in names)}" if names else "no fields"
