"""Two settings that are read when somebody looks at them, and say the same however they came."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from recommendation_applier.domain.campaign_settings import (
    CURRENT,
    NO_SETTINGS,
    RECOMMENDED,
    CampaignSettings,
    read_settings,
)
from tests.unit.domain.documents import json_values

objects = st.dictionaries(st.text(max_size=4), json_values, max_size=3)


def in_json(current: object, recommended: object) -> CampaignSettings:
    """Give settings that are JSON as yet."""
    return as_they_came(json.dumps(current), json.dumps(recommended))


def as_they_came(current: str, recommended: str = "null") -> CampaignSettings:
    """Give settings that came as this JSON."""
    return CampaignSettings(in_json=(Raw(current), Raw(recommended)))


def deep(levels: int) -> str:
    """Write an object in an object in an object."""
    return '{"in":' * levels + "1" + "}" * levels


def test_either_says_what_it_says() -> None:
    """The one is what the campaign is like, the other what it should be like."""
    for settings in (CampaignSettings({"bid": 1}, {"bid": 2}), in_json({"bid": 1}, {"bid": 2})):
        assert settings.current == {"bid": 1}
        assert settings.recommended == {"bid": 2}


@given(current=objects | json_values, recommended=objects | json_values)
def test_json_says_what_is_read_of_it(current: Any, recommended: Any) -> None:
    """Settings in JSON and the same settings as dictionaries cannot be told apart."""
    read, unread = CampaignSettings(current, recommended), in_json(current, recommended)

    assert unread == read
    assert (unread.current, unread.recommended) == (read.current, read.recommended)
    assert bool(unread) is bool(read)
    assert repr(unread) == repr(read)


def test_json_is_read_once() -> None:
    """Whoever asks again is given the same."""
    settings = in_json({"bid": 1}, {"bid": 2})

    assert settings.current is settings.current
    assert settings.recommended is settings.recommended


def test_json_stays_as_it_came() -> None:
    """Also after it was read; under Amazon's names there is one object of both."""
    settings = as_they_came('{"bid": 1.50}', ' {"name":"\\u00c9t\u00e9"}')
    wanted = f'{{"{CURRENT}":{{"bid": 1.50}},"{RECOMMENDED}": {{"name":"\\u00c9t\u00e9"}}}}'

    assert settings.json == wanted.encode()
    assert (settings.current, settings.recommended) == ({"bid": 1.5}, {"name": "\u00c9t\u00e9"})
    assert settings.json == wanted.encode()


@pytest.mark.parametrize(
    "strange",
    [
        pytest.param('{"bid": ' + "1" * 5_000 + "}", id="number-of-5000-digits"),
        pytest.param(deep(100_000), id="deeper-than-python-goes"),
    ],
)
def test_what_cannot_be_read_says_nothing(strange: str) -> None:
    """Nor does it take the other settings with it, or raise anything."""
    settings = as_they_came(strange, '{"bid": 2}')

    assert (settings.current, settings.recommended) == (None, {"bid": 2})
    assert not as_they_came(strange, strange)
    assert settings.json is not None
    assert strange.encode() in settings.json


@pytest.mark.parametrize("levels", [1, 199, 200, 201, 300])
def test_settings_may_nest_deeper_than_one_parser_goes(levels: int) -> None:
    """The other one goes on."""
    found = read_settings(deep(levels).encode())

    assert json.dumps(found, separators=(",", ":")) == deep(levels)


def test_half_an_emoji_is_read() -> None:
    """A text that was cut in the middle of one must not hide the rest."""
    assert read_settings(rb'{"name": "Spring \ud83d"}') == {"name": "Spring \ud83d"}


@pytest.mark.parametrize("text", [b"", b"{", b'{"a":1', b"no JSON", b"\xff", b'{"a":"\xff"}'])
def test_what_is_no_json_says_nothing(text: bytes) -> None:
    """Whoever keeps settings may have lost some of them."""
    assert read_settings(text) is None


@pytest.mark.parametrize("settings", [NO_SETTINGS, CampaignSettings({"bid": 1})], ids=repr)
def test_what_came_as_dictionaries_has_no_json(settings: CampaignSettings) -> None:
    """There is none that it could be kept as."""
    assert settings.json is None


@pytest.mark.parametrize("value", [None, True, 0, 1.5, "", "{}", [], [{"bid": 1}]], ids=repr)
def test_what_is_no_object_says_nothing(value: object) -> None:
    """Nonsense in what is only weighed makes no recommendation unusable."""
    for settings in (CampaignSettings(value, value), in_json(value, value)):
        assert (settings.current, settings.recommended) == (None, None)


@pytest.mark.parametrize(
    ("current", "recommended", "says_anything"),
    [
        pytest.param({"bid": 1}, None, True, id="current"),
        pytest.param(None, {"bid": 1}, True, id="recommended"),
        pytest.param({"bid": None}, {}, True, id="a-null"),
        pytest.param(None, None, False, id="unknown"),
        pytest.param({}, {}, False, id="empty"),
    ],
)
def test_they_are_true_if_either_says_anything(
    current: object,
    recommended: object,
    says_anything: bool,  # noqa: FBT001
) -> None:
    """A field that is null is a field; an object without any says nothing."""
    assert bool(CampaignSettings(current, recommended)) is says_anything
    assert bool(in_json(current, recommended)) is says_anything


def test_they_show_what_they_say() -> None:
    """A failed test tells what is wrong with them."""
    assert repr(CampaignSettings({"bid": 1})) == "CampaignSettings({'bid': 1}, None)"
    assert repr(in_json(None, {"bid": 2})) == "CampaignSettings(None, {'bid': 2})"


def test_settings_that_differ_in_either_are_not_the_same() -> None:
    """Nor is one taken for the other, nor what is empty for what is unknown."""
    one = CampaignSettings({"bid": 1}, {"bid": 2})

    assert one != CampaignSettings({"bid": 1}, {"bid": 3})
    assert one != CampaignSettings({"bid": 0}, {"bid": 2})
    assert one != CampaignSettings({"bid": 2}, {"bid": 1})
    assert CampaignSettings({}, None) != NO_SETTINGS


@pytest.mark.parametrize("other", [None, {}, (None, None), "CampaignSettings(None, None)"])
def test_nothing_else_is_the_same_as_settings(other: object) -> None:
    """Not even what says as little."""
    assert other != NO_SETTINGS
    assert NO_SETTINGS.__eq__(other) is NotImplemented


def test_they_are_no_key_of_anything() -> None:
    """There are dictionaries in them."""
    with pytest.raises(TypeError, match=r"^unhashable type: 'CampaignSettings'$"):
        hash(NO_SETTINGS)
