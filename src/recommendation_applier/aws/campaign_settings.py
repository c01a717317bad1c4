"""The two settings of a campaign, small enough to be kept with every recommendation. No I/O."""

import json
import zlib
from collections.abc import Mapping
from typing import Any, Final

from pydantic_core import SchemaSerializer, core_schema

from recommendation_applier.domain.recommendation import Recommendation

MAX_BYTES: Final = 65_536
"""A recommendation whose settings are larger is kept without them: DynamoDB takes 400 kB in all,
and the settings are for people to look at."""

MAX_DEPTH: Final = 64
"""Amazon's own settings nest seven deep."""

_EMPTY: Final[tuple[object, ...]] = (None, "", [], {})
_FEW_BYTES: Final = 128
"""Of JSON: of so little it is looked up whether it says anything at all."""


def _object(**fields: core_schema.CoreSchema) -> core_schema.CoreSchema:
    """Describe an object, whatever else it has, whose nulls are not written."""
    return core_schema.nullable_schema(
        core_schema.typed_dict_schema(
            {name: core_schema.typed_dict_field(each) for name, each in fields.items()},
            extra_behavior="allow",
        )
    )


def _list_of(each: core_schema.CoreSchema) -> core_schema.CoreSchema:
    return core_schema.nullable_schema(core_schema.list_schema(each))


_CAMPAIGN: Final = _object(
    budget=_object(budget_rules=_list_of(_object())),
    ad_groups=_list_of(
        _object(
            targets=_list_of(_object(category=_object(), expressions=_list_of(_object()))),
            creative=_object(),
        )
    ),
)
_WRITER: Final = SchemaSerializer(
    _object(current=_CAMPAIGN, recommended=_CAMPAIGN),
    core_schema.CoreConfig(ser_json_inf_nan="constants"),  # as json reads and writes 1e400
)
"""Writes what is not so documented as well, with its nulls; it does not check anything."""


class SettingsTooLargeError(ValueError):
    """The settings cannot be kept; the message is for the operator who misses them."""


def pack(recommendation: Recommendation) -> bytes | None:
    """Compress what the settings say, without nearly all nulls; None if they say nothing.

    zlib-compressed JSON of `{"current": …, "recommended": …}`. Amazon's structure is mostly nulls
    and long names: 950 bytes of the guide's example become 180. Raises SettingsTooLargeError.
    """
    settings = {
        "current": recommendation.current_settings,
        "recommended": recommendation.recommended_settings,
    }
    written = _as_documented(settings)
    if written is None or len(written) <= _FEW_BYTES:
        kept = _without_empties(settings, depth=0)
        written = json.dumps(kept, separators=(",", ":")).encode() if kept else None
    if written is None:
        return None
    packed = zlib.compress(written, level=9)
    if len(packed) > MAX_BYTES:
        raise SettingsTooLargeError(f"{len(packed)} bytes, of which {MAX_BYTES} would be kept")
    return packed


def unpack(packed: bytes | None) -> Mapping[str, Any]:
    """Read what `pack` wrote, without any nulls and empties.

    Raises ValueError if it did not write it.
    """
    if packed is None:
        return {}
    try:
        settings = json.loads(zlib.decompress(packed))
    except zlib.error as error:
        raise ValueError("settings that are not compressed") from error
    kept: Mapping[str, Any] = _without_empties(settings, depth=0)
    return kept


def _as_documented(settings: Mapping[str, Any]) -> bytes | None:
    """Write *settings* without the nulls that are documented; None if Rust cannot, or must not.

    Ten times as fast as to look for every null and empty, of which few are anywhere else.
    """
    try:
        written = _WRITER.to_json(settings, exclude_none=True, warnings=False)
    except ValueError:  # half an emoji, or nested beyond what it takes
        return None
    return None if _is_too_deep(settings, written) else written


def _is_too_deep(settings: Mapping[str, Any], written: bytes) -> bool:
    if written.count(b"{") + written.count(b"[") <= MAX_DEPTH:  # as in nearly all
        return False
    nested: list[Any] = [settings]
    for _ in range(MAX_DEPTH):
        nested = [
            each
            for outer in nested
            for each in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(each, dict | list)
        ]
    return bool(nested)


def _without_empties(value: Any, *, depth: int) -> Any:  # noqa: ANN401 - whatever JSON can hold
    if depth > MAX_DEPTH:
        raise SettingsTooLargeError(f"nested deeper than {MAX_DEPTH}")
    if isinstance(value, dict):
        kept = {key: _without_empties(each, depth=depth + 1) for key, each in value.items()}
        return {key: each for key, each in kept.items() if each not in _EMPTY}
    if isinstance(value, list):  # a place in a list may mean something
        return [_without_empties(each, depth=depth + 1) for each in value]
    return value
