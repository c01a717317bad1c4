"""Two settings in little space."""

import random
import zlib
from typing import Any

import pytest
from hypothesis import given

from recommendation_applier.aws.campaign_settings import (
    MAX_BYTES,
    MAX_DEPTH,
    SettingsTooLargeError,
    pack,
    unpack,
)
from tests.builders import recommendation
from tests.ledger_strategies import settings

EMPTY: tuple[object, ...] = (None, "", [], {})


def leaves(value: Any, path: tuple[object, ...] = ()) -> dict[tuple[object, ...], object]:
    """Name everything in *value* that says something, by the way to it."""
    if isinstance(value, dict):
        return {
            way: leaf
            for key, each in value.items()
            for way, leaf in leaves(each, (*path, key)).items()
        }
    if isinstance(value, list):
        return {
            way: leaf
            for position, each in enumerate(value)
            for way, leaf in leaves(each, (*path, position)).items()
        }
    return {} if value in EMPTY else {path: value}


def empties(value: Any) -> bool:
    """Tell whether any object in *value* has a field that says nothing."""
    if isinstance(value, dict):
        return any(each in EMPTY or empties(each) for each in value.values())
    return isinstance(value, list) and any(empties(each) for each in value)


@given(current=settings, recommended=settings)
def test_everything_that_says_something_is_kept(
    current: dict[str, Any] | None, recommended: dict[str, Any] | None
) -> None:
    """Every value under its way, and no null beside it."""
    found = unpack(pack(recommendation(current_settings=current, recommended_settings=recommended)))

    assert leaves(found) == leaves({"current": current, "recommended": recommended})
    assert not empties(found)


def test_nulls_and_empties_are_dropped() -> None:
    """Fields of objects, not places in lists; zero and false say something."""
    packed = pack(
        recommendation(
            current_settings={"budget": None, "adGroups": [{"bid": 0, "name": ""}, None, {}]},
            recommended_settings={"state": {"paused": False, "reason": {"text": []}}},
        )
    )

    assert unpack(packed) == {
        "current": {"adGroups": [{"bid": 0}, None, {}]},
        "recommended": {"state": {"paused": False}},
    }


@pytest.mark.parametrize("nothing", [None, {}, {"budget": None, "adGroups": []}])
def test_settings_that_say_nothing_take_no_space(nothing: dict[str, Any] | None) -> None:
    """There is nothing to keep, and that is what is read."""
    assert pack(recommendation(current_settings=nothing, recommended_settings=nothing)) is None
    assert unpack(None) == {}


def test_nothing_is_read_of_what_says_nothing_at_length() -> None:
    """What was kept of it, for want of looking at every field, is no news."""
    nothing: dict[str, Any] = {f"anything {number}": {"more": []} for number in range(20)}
    packed = pack(recommendation(current_settings=nothing, recommended_settings=None))

    assert packed is not None
    assert unpack(packed) == {}


def test_documented_nulls_take_no_space() -> None:
    """Wherever the dataset guide has them: the structure is mostly of them."""
    target = {"bid": 0.75, "text": "kettle", "category": {"id": "1", "name": None}}
    group = {"targets": [target, None], "creative": {"brand": None, "title": "Kettles " * 20}}
    said = {"budget": {"budget": 9.5, "budget_rules": [{"id": "1", "end": None}]}}
    packed = pack(
        recommendation(
            current_settings=said | {"ad_groups": [group | {"bid": None}], "end_date": None}
        )
    )

    assert packed is not None
    assert zlib.decompress(packed).count(b"null") == 1  # a place in a list


@pytest.mark.parametrize(("rows", "columns"), [(MAX_DEPTH, 1), (2, MAX_DEPTH)])
def test_settings_may_be_long_without_being_deep(rows: int, columns: int) -> None:
    """Many objects beside each other are no nesting."""
    wide = {"ad_groups": [{"targets": [{"bid": 1.5}] * columns}] * rows}

    assert unpack(pack(recommendation(current_settings=wide))) == {"current": wide}


def test_half_an_emoji_is_kept() -> None:
    """JSON can hold it, and compressed JSON as well."""
    packed = pack(recommendation(current_settings={"name": "Spring \ud83d"}))

    assert unpack(packed) == {"current": {"name": "Spring \ud83d"}}


def test_settings_that_are_too_large_are_refused() -> None:
    """What does not compress below the limit; a limit's worth of the same letter does."""
    noise = random.Random(1).randbytes(MAX_BYTES).hex()  # noqa: S311 - no secret

    assert pack(recommendation(current_settings={"name": "x" * len(noise)})) is not None
    with pytest.raises(SettingsTooLargeError, match=r"^\d{5,6} bytes, of which 65536 would be"):
        pack(recommendation(current_settings={"name": noise}))


@pytest.mark.parametrize(("depth", "fits"), [(MAX_DEPTH, True), (MAX_DEPTH + 1, False)])
def test_settings_that_nest_too_deep_are_refused(depth: int, *, fits: bool) -> None:
    """Long before Python would give up."""
    nested: dict[str, Any] = {"bid": 1}
    for _ in range(depth - 2):
        nested = {"in": nested}
    wanted = recommendation(current_settings=nested)
    if fits:
        assert unpack(pack(wanted)) == {"current": nested}
        return
    with pytest.raises(SettingsTooLargeError, match=r"^nested deeper than 64$"):
        pack(wanted)


def test_what_was_not_packed_is_not_unpacked() -> None:
    """A ValueError says so, and nothing else."""
    with pytest.raises(ValueError, match=r"^settings that are not compressed$"):
        unpack(b"{}")
