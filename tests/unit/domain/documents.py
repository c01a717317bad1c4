"""Strategies for JSON: any at all, and messages of ours with something changed."""

import json
from typing import Any, Final

from hypothesis import strategies as st

from recommendation_applier.domain.dead_letter import Reason, batch_letter, message_letter
from recommendation_applier.domain.reasons import DeadLetterReason
from tests.builders import (
    NOW,
    batch,
    body,
    confirmation,
    flat_message,
    notification,
    stream_message,
)

_REASON: Final = Reason(DeadLetterReason.APPLY_REFUSED, "refused")

json_values: Final[st.SearchStrategy[Any]] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**400)])  # JSON has them, floats do not
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["PUBLISHED", "REMOVED", "US", "BE", "Notification", "batch", "message"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
"""Anything that JSON can hold."""

documents: Final[st.SearchStrategy[Any]] = st.sampled_from(
    [
        stream_message(),
        stream_message(recommendation_status="REMOVED"),
        flat_message(),
        json.loads(notification(body())),
        json.loads(confirmation()),
        json.loads(
            message_letter(
                message_id="message-1", body=body(), reason=_REASON, attempts=1, failed_at=NOW
            ).body
        ),
        json.loads(
            batch_letter(
                batch("rec-1", "rec-2"),
                message_ids={"rec-1": "message-1", "rec-2": "message-2"},
                reason=_REASON,
                attempts=1,
                failed_at=NOW,
            ).body
        ),
        [stream_message("rec-1"), flat_message("rec-2")],
    ]
)
"""One of each kind of body that the ingress queue may carry."""


@st.composite
def mutated(draw: st.DrawFn, originals: st.SearchStrategy[Any]) -> Any:
    """Draw an original and change, drop or add one value somewhere in it, or leave it whole."""
    original = draw(originals)
    places = list(_places(original))
    place = draw(st.sampled_from([*places, None]))
    if place is None:
        return original
    return _changed(original, place, draw(st.just(...) | json_values))


def _places(value: Any) -> list[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    places: list[tuple[str | int, ...]] = []
    for key, inner in items:
        places.append((key,))
        if isinstance(inner, dict | list):
            places.extend((key, *rest) for rest in _places(inner))
    return places


def _changed(value: Any, place: tuple[str | int, ...], replacement: Any) -> Any:
    key, *rest = place
    copy = value.copy()
    if rest:
        copy[key] = _changed(value[key], tuple(rest), replacement)
    elif replacement is Ellipsis:
        del copy[key]
    else:
        copy[key] = replacement
    return copy
