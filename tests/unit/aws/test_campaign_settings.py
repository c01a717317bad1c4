"""Two settings in little space."""

import hashlib
import json
import random
import zlib
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from recommendation_applier.aws.campaign_settings import (
    _DICTIONARY,
    MAX_BYTES,
    MAX_DEPTH,
    SettingsTooLargeError,
    pack,
    unpack,
)
from recommendation_applier.domain.campaign_settings import (
    NO_SETTINGS,
    CampaignSettings,
)
from recommendation_applier.domain.documented_message import read_documented
from tests.builders import flat_message
from tests.ledger_strategies import settings

EVENTS: Final = Path(__file__).parents[3] / "events"
EMPTY: tuple[object, ...] = (None, "", [], {})
REFUSED: Final = r"^settings that are (not compressed|no object)$"
KEPT_BEFORE: Final = bytes.fromhex(
    "233266111a0c0d60b90c2d4b911beda00c07cc11be013eae86a08c8792004c8d0d2c0d4c4d4d0d0ccc0c8d4d"
    "8c294f0ee6a6f0f450929aa8900d0c929c54621286055aca80043c46f9658e28c0bcc1661723ca318ffcdc54"
    "7d9828ee320d4bb1002be3d08a0750f2c193f2b09762873b4b0eaf54aac595f410c51666f253c252ec513731"
    "c292a5a1911e30a2b016dd43239d598e2633fa26b35a00"
)
"""What was written for a message before anything was changed about how it is written."""


def in_json(current: Any, recommended: Any, *, is_ascii: bool = True) -> CampaignSettings:
    """Give settings that are JSON as yet."""
    texts = (json.dumps(each, ensure_ascii=is_ascii) for each in (current, recommended))
    return as_they_came(*texts)


def as_they_came(current: str, recommended: str = "null") -> CampaignSettings:
    """Give settings that came as this JSON."""
    return CampaignSettings(in_json=(Raw(current), Raw(recommended)))


def size(settings: CampaignSettings) -> int:
    """Count the bytes of JSON that both take."""
    assert settings.json is not None
    return len(settings.json)


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


def nested(depth: int) -> Any:
    """Make an object that nests so deep."""
    made: dict[str, Any] = {"bid": 1}
    for _ in range(depth - 1):
        made = {"in": made}
    return made


@given(current=settings, recommended=settings, is_json=st.booleans(), is_ascii=st.booleans())
def test_everything_that_says_something_is_kept(
    current: dict[str, Any] | None,
    recommended: dict[str, Any] | None,
    is_json: bool,  # noqa: FBT001
    is_ascii: bool,  # noqa: FBT001
) -> None:
    """Every value under its way, and no null beside it, however the settings came."""
    found = unpack(
        pack(
            in_json(current, recommended, is_ascii=is_ascii)
            if is_json
            else CampaignSettings(current, recommended)
        )
    )

    assert leaves(found.current) == leaves(current)
    assert leaves(found.recommended) == leaves(recommended)
    assert not empties(found.current)
    assert not empties(found.recommended)


@pytest.mark.parametrize("make", [CampaignSettings, in_json], ids=["dictionaries", "json"])
def test_nulls_and_empties_are_dropped(make: Any) -> None:
    """Fields of objects, not places in lists; zero and false say something."""
    packed = pack(
        make(
            {"budget": None, "adGroups": [{"bid": 0, "name": ""}, None, {}]},
            {"state": {"paused": False, "reason": {"text": []}}},
        )
    )

    assert unpack(packed) == CampaignSettings(
        {"adGroups": [{"bid": 0}, None, {}]}, {"state": {"paused": False}}
    )


# Everything that the guide's settings have, and nothing said of it.
DOCUMENTED: Final = dict.fromkeys(
    ("budget", "ad_groups", "campaign_targeting", "bidding_strategy", "start_date", "end_date")
)
NOTHING: Final[list[dict[str, Any] | None]] = [
    None,
    {},
    DOCUMENTED,
    {"budget": None, "ad_groups": [], "state": {"reason": ""}},
]


@pytest.mark.parametrize("recommended", NOTHING, ids=repr)
@pytest.mark.parametrize("current", NOTHING, ids=repr)
@pytest.mark.parametrize("make", [CampaignSettings, in_json], ids=["dictionaries", "json"])
def test_settings_that_say_nothing_take_no_space(
    make: Any, current: dict[str, Any] | None, recommended: dict[str, Any] | None
) -> None:
    """Both unknown, both empty, or nothing but nulls: there is nothing to keep."""
    assert pack(make(current, recommended)) is None


def test_nothing_is_read_where_nothing_is_kept() -> None:
    """Neither of the two is known."""
    assert unpack(None) is NO_SETTINGS


@pytest.mark.parametrize("most", [512, 513])
def test_what_takes_up_to_512_bytes_is_looked_at(most: int) -> None:
    """What is longer is kept as it came; when it is read, it says nothing either."""
    other = size(as_they_came('{"":null}'))
    long = as_they_came(f'{{"{"x" * (most - other)}":null}}')

    assert size(long) == most
    assert (pack(long) is None) is (most == 512)
    assert unpack(pack(long)) == NO_SETTINGS


def test_json_is_kept_without_being_read() -> None:
    """To read it would take longer than to keep it; what cannot be read says nothing."""
    packed = pack(as_they_came("no JSON at all" * 50))

    assert packed is not None
    assert unpack(packed) == NO_SETTINGS


def test_the_documented_example_takes_little_space() -> None:
    """Long names and nulls, of which most of it is made, take next to none."""
    event = json.loads((EVENTS / "published.json").read_text())
    body = event["Records"][0]["body"]
    found = read_documented(body, body, actionable_statuses=frozenset({"PUBLISHED"}))
    assert found is not None
    written, packed = found.recommendation.settings.json, pack(found.recommendation.settings)

    assert written is not None
    assert packed is not None
    assert len(packed) < len(written) / 6
    assert len(packed) < len(zlib.compress(written, level=9)) / 2


@pytest.mark.parametrize(("rows", "columns"), [(MAX_DEPTH, 1), (2, MAX_DEPTH)])
def test_settings_may_be_long_without_being_deep(rows: int, columns: int) -> None:
    """Many objects beside each other are no nesting."""
    wide = CampaignSettings({"ad_groups": [{"targets": [{"bid": 1.5}] * columns}] * rows})

    assert unpack(pack(wide)) == wide


def test_half_an_emoji_is_kept() -> None:
    """JSON can hold it, and compressed JSON as well."""
    wanted = CampaignSettings({"name": "Spring \ud83d"})

    assert unpack(pack(wanted)) == wanted


@pytest.mark.parametrize("make", [CampaignSettings, in_json], ids=["dictionaries", "json"])
def test_settings_that_are_too_large_are_refused(make: Any) -> None:
    """What does not compress below the limit; a limit's worth of the same letter does."""
    noise = random.Random(1).randbytes(MAX_BYTES).hex()  # noqa: S311 - no secret

    assert pack(make({"name": "x" * len(noise)}, None)) is not None
    with pytest.raises(SettingsTooLargeError, match=r"^\d{5,6} bytes, of which 65536 would be"):
        pack(make({"name": noise}, None))


@pytest.mark.parametrize(("depth", "fits"), [(MAX_DEPTH - 1, True), (MAX_DEPTH, False)])
def test_settings_that_nest_too_deep_are_refused(depth: int, *, fits: bool) -> None:
    """Long before Python would give up; both of them are in an object, which counts."""
    wanted = CampaignSettings(nested(depth))
    if fits:
        assert unpack(pack(wanted)) == wanted
        return
    with pytest.raises(SettingsTooLargeError, match=r"^nested deeper than 200$"):
        pack(wanted)
    assert unpack(pack(in_json(nested(depth), None))) == NO_SETTINGS


def test_short_json_may_nest_too_deep_as_well() -> None:
    """It is looked at, and refused."""
    deep = as_they_came('{"":' + "[" * 210 + "]" * 210 + "}")

    assert size(deep) <= 512
    with pytest.raises(SettingsTooLargeError, match=r"^nested deeper than 200$"):
        pack(deep)


@pytest.mark.parametrize("depth", [MAX_DEPTH - 1, MAX_DEPTH, 2 * MAX_DEPTH])
def test_whatever_nests_as_deep_as_settings_may_is_kept(depth: int) -> None:
    """What is kept unread can be read later; what nests deeper says nothing."""
    text = json.dumps(flat_message(current_campaign_settings="?", recommended_campaign_settings={}))
    text = text.replace('"?"', '{"in":' * (depth - 1) + '{"bid":1}' + "}" * (depth - 1))
    found = read_documented(text, text, actionable_statuses=frozenset({"PUBLISHED"}))

    assert found is not None
    assert unpack(pack(found.recommendation.settings)) == (
        CampaignSettings(nested(depth)) if depth < MAX_DEPTH else NO_SETTINGS
    )


def test_what_was_kept_once_is_read_for_ever() -> None:
    """The names and nulls that are not kept must never change."""

    def campaign(bid: float, budget: float) -> dict[str, Any]:
        target = {
            "bid": bid,
            "text": "tea kettle",
            "match_type": "BROAD",
            "target_id": "81",
            "category": {"id": "7", "name": "Kettles", "path": "Home/Kettles"},
            "expressions": [{"type": "PRODUCT_CATEGORY", "value": "AUTO_TARGETING"}],
        }
        group = {
            "asins": ["B0EXAMPLE1"],
            "adgroup_id": "530905550061343",
            "target_type": "KEYWORD",
            "targets": [target],
            "creative": {"text": "Été"},
        }
        return {
            "budget": {"budget": budget, "budget_rules": [{}]},
            "ad_groups": [group],
            "campaign_targeting": "MANUAL",
            "bidding_strategy": "LEGACY_FOR_SALES",
        }

    assert unpack(KEPT_BEFORE) == CampaignSettings(campaign(0.75, 10), campaign(0.9, 12.5))


def test_the_dictionary_is_the_one_that_all_that_is_kept_needs() -> None:
    """Another byte of it is another setting in what is read: it is never changed."""
    digest = "8afc7d5306f4eae736400616215a1dbd0bd4dbc1c77384c86f17ce9b95e963ce"

    assert hashlib.sha256(_DICTIONARY).hexdigest() == digest


@pytest.mark.parametrize("text", ["{}", '{"budget":5}'])
def test_other_compressed_bytes_are_not_unpacked(text: str) -> None:
    """A ValueError says so, and nothing else."""
    for packed in (text.encode(), zlib.compress(text.encode())):
        with pytest.raises(ValueError, match=REFUSED):
            unpack(packed)


def test_what_was_cut_off_is_not_unpacked() -> None:
    """Wherever it was: half of the settings would be taken for all of them."""
    for length in range(len(KEPT_BEFORE)):
        with pytest.raises(ValueError, match=REFUSED):
            unpack(KEPT_BEFORE[:length])


@pytest.mark.parametrize("text", ["[]", "5", '"text"', "null"])
def test_what_is_no_object_is_not_unpacked(text: str) -> None:
    """Nothing that `pack` writes is like that."""
    compressor = zlib.compressobj(wbits=-12)

    with pytest.raises(ValueError, match=r"^settings that are no object$"):
        unpack(compressor.compress(text.encode()) + compressor.flush())


@given(packed=st.binary())
def test_no_bytes_are_a_surprise(packed: bytes) -> None:
    """They are read, or a ValueError says that they were not packed."""
    try:
        found = unpack(packed)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either is right
        return
    assert isinstance(found, CampaignSettings)
