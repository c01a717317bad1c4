"""The two settings of a campaign, small enough to be kept with every recommendation. No I/O."""

import json
import zlib
from collections.abc import Mapping
from typing import Any, Final

from recommendation_applier.domain.recommendation import Recommendation

MAX_BYTES: Final = 65_536
"""A recommendation whose settings are larger is kept without them: DynamoDB takes 400 kB in all,
and the settings are for people to look at."""

MAX_DEPTH: Final = 64
"""Amazon's own settings nest seven deep."""

_EMPTY: Final[tuple[object, ...]] = (None, "", [], {})


class SettingsTooLargeError(ValueError):
    """The settings cannot be kept; the message is for the operator who misses them."""


def pack(recommendation: Recommendation) -> bytes | None:
    """Compress what the settings say, without their nulls and empties; None if they say nothing.

    zlib-compressed JSON of `{"current": …, "recommended": …}`. Amazon's structure is mostly nulls
    and long names: 950 bytes of the guide's example become 180. Raises SettingsTooLargeError.
    """
    settings = _without_empties(
        {
            "current": recommendation.current_settings,
            "recommended": recommendation.recommended_settings,
        },
        depth=0,
    )
    if not settings:
        return None
    packed = zlib.compress(json.dumps(settings, separators=(",", ":")).encode(), level=9)
    if len(packed) > MAX_BYTES:
        raise SettingsTooLargeError(f"{len(packed)} bytes, of which {MAX_BYTES} would be kept")
    return packed


def unpack(packed: bytes | None) -> Mapping[str, Any]:
    """Read what `pack` wrote. Raises ValueError if it did not write it."""
    if packed is None:
        return {}
    try:
        settings: Mapping[str, Any] = json.loads(zlib.decompress(packed))
    except zlib.error as error:
        raise ValueError("settings that are not compressed") from error
    return settings


def _without_empties(value: Any, *, depth: int) -> Any:  # noqa: ANN401 - whatever JSON can hold
    if depth > MAX_DEPTH:
        raise SettingsTooLargeError(f"nested deeper than {MAX_DEPTH}")
    if isinstance(value, dict):
        kept = {key: _without_empties(each, depth=depth + 1) for key, each in value.items()}
        return {key: each for key, each in kept.items() if each not in _EMPTY}
    if isinstance(value, list):  # a place in a list may mean something
        return [_without_empties(each, depth=depth + 1) for each in value]
    return value
