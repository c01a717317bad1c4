"""What is as documented is read in one go, and says what reading it with care says."""

import json
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.campaign_settings import CURRENT, NO_SETTINGS, RECOMMENDED
from recommendation_applier.domain.dead_letter import Reason, batch_letter, message_letter
from recommendation_applier.domain.delivery import Content, Publication, Rejection
from recommendation_applier.domain.documented_message import read_documented
from recommendation_applier.domain.marketplaces import APPLICABLE_MARKETPLACES
from recommendation_applier.domain.offer import offer_body
from recommendation_applier.domain.reading import read_body
from recommendation_applier.domain.reasons import DeadLetterReason
from recommendation_applier.domain.release_notice import release_notice
from tests.builders import (
    NOW,
    batch,
    body,
    flat_message,
    notification,
    recommendation,
    stream_message,
)
from tests.unit.domain.documents import documents, json_values, mutated

Message = dict[str, Any]
Make = Callable[..., Message]

EVENTS: Final = Path(__file__).parents[3] / "events"
ACTIONABLE: Final = frozenset({"PUBLISHED", "NEW"})
BODY: Final = "the body that it came in"
SPACED: Final = ((",", ":"), (", ", ": "))
BIDS: Final = {"ad_groups": [{"bid": 0.75}]}
NO_SETTINGS_AT_ALL: Final[Message] = {CURRENT: ..., RECOMMENDED: ...}

shapes = pytest.mark.parametrize("make", [stream_message, flat_message], ids=["nested", "flat"])


def read(text: str, *, actionable: AbstractSet[str] = ACTIONABLE) -> Publication | None:
    """Read *text* in one go."""
    return read_documented(text, BODY, actionable_statuses=actionable)


def read_with_care(text: str, *, actionable: AbstractSet[str] = ACTIONABLE) -> Content:
    """Read the same message the other way, as what is in an array always is."""
    [found] = read_body(f"[{text}]", actionable_statuses=actionable)
    return replace(found, body=BODY) if isinstance(found, Publication) else found


def published(text: str, *, actionable: AbstractSet[str] = ACTIONABLE) -> Publication:
    """Read *text*, which can be read in one go, and say that it is what it says with care."""
    found = read(text, actionable=actionable)
    assert found is not None, text
    assert found == read_with_care(text, actionable=actionable)
    return found


def both(**changes: Any) -> list[str]:
    """Write a message in both shapes; *changes* are of the recommendation."""
    return [json.dumps(make(**changes)) for make in (stream_message, flat_message)]


def around(**changes: Any) -> str:
    """Write a nested message; *changes* are beside `messageBody`."""
    return json.dumps(stream_message(envelope=changes))


def flat(**changes: Any) -> str:
    """Write a flat message."""
    return json.dumps(flat_message(**changes))


def each_in_both(name: str, *values: Any) -> list[str]:
    """Write messages in both shapes, one for each of *values* of that field."""
    return [text for value in values for text in both(**{name: value})]


def each_around(name: str, *values: Any) -> list[str]:
    """Write nested messages, one for each of *values* of that field beside `messageBody`."""
    return [around(**{name: value}) for value in values]


def each_flat(name: str, *values: Any) -> list[str]:
    """Write flat messages, one for each of *values* of that field."""
    return [flat(**{name: value}) for value in values]


def edited(old: str, new: str) -> list[str]:
    """Write a message in both shapes and replace the only such text in it."""
    texts = both()
    assert {text.count(old) for text in texts} == {1}
    return [text.replace(old, new) for text in texts]


# --- What is read in one go ----------------------------------------------------------------------


def bodies_of_events() -> Iterator[Any]:
    """Give every body of the events in the documented shapes; all of them may be applied."""
    for name in ("published", "flat_snake_case"):
        event = json.loads((EVENTS / f"{name}.json").read_text())
        for number, record in enumerate(event["Records"]):
            yield pytest.param(record["body"], id=f"{name}-{number}")


@pytest.mark.parametrize("text", list(bodies_of_events()))
def test_the_events_are_read_in_one_go(text: str) -> None:
    """They are what Amazon documents, and so like nearly all that comes."""
    settings = published(text).recommendation.settings

    assert settings.json is not None


@shapes
@pytest.mark.parametrize("separators", SPACED, ids=["minified", "default"])
def test_the_settings_stay_as_they_came(make: Make, separators: tuple[str, str]) -> None:
    """They say what they would say if they had been read."""
    message = make(current_campaign_settings=BIDS, recommended_campaign_settings={})
    found = published(json.dumps(message, separators=separators))

    settings = found.recommendation.settings
    as_it_came = json.dumps(BIDS, separators=separators)
    assert found.body == BODY
    assert settings.json == f'{{"{CURRENT}":{as_it_came},"{RECOMMENDED}":{{}}}}'.encode()
    assert (settings.current, settings.recommended) == (BIDS, {})


@shapes
def test_a_message_without_settings_says_nothing_of_them(make: Make) -> None:
    """Nothing is left to be read later."""
    text = json.dumps(make(**NO_SETTINGS_AT_ALL))

    assert published(text).recommendation.settings is NO_SETTINGS


@shapes
@pytest.mark.parametrize("status", [..., None], ids=["absent", "null"])
def test_a_status_may_be_absent(make: Make, status: object) -> None:
    """Such a message may be applied, whatever the parameter of the stack says."""
    text = json.dumps(make(recommendation_status=status))

    for actionable in (ACTIONABLE, frozenset[str]()):
        assert published(text, actionable=actionable).recommendation.type == "KEYWORD_BID"


@shapes
@pytest.mark.parametrize("status", sorted(ACTIONABLE))
def test_every_actionable_status_is_read(make: Make, status: str) -> None:
    """The parameter of the stack may name several."""
    text = json.dumps(make(recommendation_status=status))

    assert published(text).recommendation.recommendation_id == "rec-1"
    assert read(text, actionable=ACTIONABLE - {status}) is None
    assert read(text, actionable=frozenset()) is None


@shapes
@pytest.mark.parametrize("absent", [..., None], ids=["absent", "null"])
@pytest.mark.parametrize(
    "name",
    ["published_date", "expiry_date", "type", "ad_product", "campaign_id", "recommendation_group"],
)
def test_dates_and_labels_may_be_absent(make: Make, name: str, absent: object) -> None:
    """Amazon's structure is full of nulls."""
    assert getattr(published(json.dumps(make(**{name: absent}))).recommendation, name) is None


@shapes
@pytest.mark.parametrize(
    "explanation",
    [
        ...,
        None,
        {},
        {"recommendation_context": None},
        {"recommendation_context": {}},
        {"recommendation_context": {"grouping_context": None}},
        {"recommendation_context": {"grouping_context": {}}},
        {"recommendation_context": {"grouping_context": {"grouping_type": None}}},
    ],
    ids=repr,
)
def test_a_grouping_type_may_be_missing_at_any_depth(make: Make, explanation: object) -> None:
    """It is a label like the others."""
    text = json.dumps(make(explanation=explanation))

    assert published(text).recommendation.grouping_type is None


@shapes
@pytest.mark.parametrize("settings", [(None, None), (BIDS, None), (None, BIDS)], ids=repr)
def test_settings_may_be_null(make: Make, settings: tuple[object, object]) -> None:
    """They are named, and say nothing."""
    found = published(json.dumps(make(**dict(zip((CURRENT, RECOMMENDED), settings, strict=True)))))

    assert (found.recommendation.settings.current, found.recommendation.settings.recommended) == (
        settings
    )


@shapes
@pytest.mark.parametrize("name", ["type", "ad_product", "campaign_id", "recommendation_group"])
def test_a_label_may_be_as_long_as_it_is_kept(make: Make, name: str) -> None:
    """128 characters of any script, however they are escaped."""
    label = "é" * 126 + "☕😀"
    message = make(**{name: label})
    for is_ascii in (True, False):
        text = json.dumps(message, ensure_ascii=is_ascii)
        assert getattr(published(text).recommendation, name) == label


@shapes
@pytest.mark.parametrize("one", ["r", "!~", "re c", "é", "amzn1.rec/3f0c", "x" * 256])
def test_an_id_may_be_any_printable_text(make: Make, one: str) -> None:
    """Those of Amazon are of less."""
    assert published(json.dumps(make(one))).recommendation.recommendation_id == one


@pytest.mark.parametrize("code", sorted(APPLICABLE_MARKETPLACES))
def test_every_marketplace_is_read(code: str) -> None:
    """A name beside an id that nobody knows, or in the flat shape beside none."""
    for text in (
        json.dumps(stream_message(envelope={"marketplaceId": "A0"}, marketplace_name=code)),
        flat(marketplace_id=..., marketplace_name=code),
        flat(marketplace_id=None, marketplace_name=code),
    ):
        assert published(text).recommendation.advertiser.marketplace == code


@shapes
@pytest.mark.parametrize("absent", [..., None], ids=["absent", "null"])
def test_an_id_stands_in_for_the_name_of_a_marketplace(make: Make, absent: object) -> None:
    """Amazon's own example has no name."""
    text = json.dumps(make(marketplace_name=absent))

    assert published(text).recommendation.advertiser.marketplace == "US"


@pytest.mark.parametrize(
    ("text", "opportunity"),
    [
        (around(partnerOpportunityId="PO-1"), "PO-1"),
        (around(partnerOpportunityId=None), None),
        (around(partner_opportunity_id=None), None),
        (flat(partner_opportunity_id="PO-1"), "PO-1"),
        (flat(partner_opportunity_id=None), None),
        (flat(partnerOpportunityId=None), None),
    ],
    ids=["nested", "nested-null", "nested-other-null", "flat", "flat-null", "flat-other-null"],
)
def test_an_opportunity_may_be_named(text: str, opportunity: str | None) -> None:
    """In the spelling of the shape."""
    assert published(text).recommendation.partner_opportunity_id == opportunity


@pytest.mark.parametrize(
    "settings",
    [{}, {"current_settings": BIDS, "recommended_settings": {"budget": 5}}],
    ids=["no-settings", "both-settings"],
)
def test_what_is_offered_is_read_in_one_go(settings: dict[str, Any]) -> None:
    """A file has many rows, and each of them becomes such a message."""
    wanted = recommendation(partner_opportunity_id="PO-1", grouping_type="A", **settings)

    assert published(offer_body(wanted)).recommendation == wanted


@shapes
@pytest.mark.parametrize("name", ["newField", "recommendationId", "Kind", "version", "TopicArn"])
def test_a_field_that_amazon_adds_is_ignored(make: Make, name: str) -> None:
    """Under any name but those that count."""
    text = json.dumps({name: [{"a": "b"}], **make(), "another": {"a": None}})

    assert published(text) == read(json.dumps(make()))


@shapes
def test_every_escape_is_read(make: Make) -> None:
    """In text."""
    label = '"\\/\b\f\n\r\t\u0080'

    assert published(json.dumps(make(type=label))).recommendation.type == label


def turned(text: str) -> str:
    """Put the recommended settings before the current ones."""
    return text.replace(CURRENT, "?").replace(RECOMMENDED, CURRENT).replace("?", RECOMMENDED)


def odd_settings() -> Iterator[str]:
    """Write settings where nobody would look for them, and others where somebody might."""
    yield from both(**{CURRENT: ...})
    yield from both(**{RECOMMENDED: ...})
    yield from map(turned, both())
    for name in (CURRENT, RECOMMENDED):
        yield from each_in_both(name, "{}", 5, [])
        yield from both(new={name: {"bid": 9}})
        yield from both(explanation={name: {"bid": 9}})
        yield from both(**{CURRENT: {name: {"bid": 9}}})
        yield from both(campaign_name=f'"{name}": {{"bid": 9}}')
        yield from ("{" + f'"{name}": {{"bid": 9}}, ' + text[1:] for text in both())
        yield from (text[:-1] + f', "{name}": {{"bid": 9}}}}' for text in both())
        yield from edited(f'"{name}"', f'"x\\"{name}"')
    yield json.dumps({**stream_message(**NO_SETTINGS_AT_ALL), CURRENT: {}, RECOMMENDED: {}})


ODD: Final[dict[str, list[str]]] = {
    "settings": list(odd_settings()),
    "number-beyond-all": [*edited("0.75", "1e400"), *edited("0.75", "-1" + "0" * 400)],
    "escaped-name": [
        *edited("current_campaign_settings", "current\\u005fcampaign_settings"),
        *edited("recommended_campaign_settings", "recommended_campaign_setting\\u0073"),
        *edited('"recommendation_id"', '"recommendation\\u005Fid"'),
    ],
    "escaped-text": [
        *edited("KEYWORD_BID", "\\u004bEYWORD_BID"),
        *edited("Spring - Exact", "Spring\\u0000"),
    ],
    "space": [
        body().replace('"messageBody":', '"messageBody"\n:'),
        *edited(f'"{CURRENT}": ', f'"{CURRENT}" \t\r\n: \n'),
    ],
    "not-of-sns": [
        text for each in (each_around, each_flat) for text in each("TopicArn", None, "arn", 5, [])
    ],
    "no-dataset": [
        *each_around("datasetId", ..., None),
        *each_flat("dataset_id", ..., None),
    ],
    "no-marketplace-id": each_around("marketplaceId", ..., None),
    "not-of-us": [around(kind=None), flat(kind=None), around(Type=None), flat(Type=None)],
}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=f"{what}-{number}")
        for what, texts in ODD.items()
        for number, text in enumerate(texts)
    ],
)
def test_what_only_looks_odd_is_read(text: str) -> None:
    """And says what it says with care."""
    published(text)


@shapes
@pytest.mark.parametrize("value", ['"1"', "null"])
@pytest.mark.parametrize("name", ["campaign_id", "marketplace_name", "published_date", "type"])
@pytest.mark.parametrize("neighbour", ["entity_type", "recommendation_status"])
def test_of_a_field_that_is_there_twice_the_last_one_counts(
    make: Make, neighbour: str, name: str, value: str
) -> None:
    """JSON does not say so, and all who read it here do."""
    text = json.dumps(make()).replace(f'"{neighbour}"', f'"{name}": {value}, "{neighbour}"')
    found = read(text)

    assert text.count(f'"{name}"') == 2
    assert found is None or found == read_with_care(text)
    if neighbour == "entity_type":
        assert found == read(json.dumps(make()))


# --- What is left to be read with care -----------------------------------------------------------


def letters() -> Iterator[str]:
    """Write both dead letters of ours."""
    reason = Reason(DeadLetterReason.APPLY_REFUSED, "refused")
    for text in both():
        yield message_letter(
            message_id="message-1", body=text, reason=reason, attempts=1, failed_at=NOW
        ).body
    yield batch_letter(
        batch("rec-1"),
        message_ids={"rec-1": "message-1"},
        reason=reason,
        attempts=1,
        failed_at=NOW,
    ).body


NO_IDS: Final[tuple[object, ...]] = ("", " ", " rec", "rec ", "rec\n", "x" * 257, 7, [])
UNUSUAL: Final[dict[str, list[str]]] = {
    "sns": [notification(text) for text in both()],
    "letter": list(letters()),
    "release": [release_notice(["rec-1"])],
    "array": [f"[{text}]" for text in both()],
    "other-json": ["null", "5", '"text"', "[]", "{}", "true"],
    "no-json": ["", "text", "{", "NaN", body() + "}", body()[:-1], "\ufeff" + body(), "[" * 5000],
    "half-a-character": [
        "\ud83d",
        *both(campaign_name="\ud83d"),
        *both(**{CURRENT: {"name": "\ud83d"}}),
        *both(**{RECOMMENDED: {"\udc00": None}}),
        *edited("Spring", "\ud83d"),
    ],
    "no-number": [
        text
        for number in ("NaN", "Infinity", "-Infinity")
        for text in (
            *edited("0.75", number),
            *edited('"Spring - Exact"', number),
            *edited('"SELLER_CENTRAL_ENTITY"', f"[{number}]"),
        )
    ],
    "other-dataset": [around(datasetId="other"), flat(dataset_id="other")],
    "no-dataset": [
        *each_around("datasetId", "", " ", 5),
        *each_flat("dataset_id", "", " ", 5),
    ],
    "other-status": each_in_both(
        "recommendation_status",
        *("REMOVED", "REJECTED", "published", "", " PUBLISHED", 5, [], {}, False),
    ),
    "both-shapes": [
        flat(messageBody=None),
        flat(messageBody=None).replace('"messageBody"', '"message\\u0042ody"'),
        around().replace('"messageBody"', '"message\\u0042ody"'),
        json.dumps(flat_message(messageBody=stream_message()["messageBody"])),
        json.dumps({**flat_message(), **stream_message()["messageBody"], "messageBody": {}}),
    ],
    "message-body": each_around("messageBody", ..., None, "text", [], 5, {}),
    "other-spelling": [
        *(flat(**{name: "A"}) for name in ("advertiserId", "entityId", "marketplaceId")),
        *(flat(**{name: "A"}) for name in ("datasetId", "partnerOpportunityId")),
        around(partner_opportunity_id="PO-1"),
        around(partnerOpportunityId="PO-1", partner_opportunity_id="PO-2"),
        flat(advertiser_id=..., advertiserId="A"),
        flat(entity_id=..., entityId="A"),
        around(advertiserId=..., advertiser_id="A"),
        around(entityId=..., entity_id="A"),
        around(marketplaceId=..., marketplace_id="ATVPDKIKX0DER"),
        around(datasetId=..., dataset_id=flat_message()["dataset_id"]),
    ],
    "marketplace": [
        *each_in_both("marketplace_name", "DE", "BE", "us", "", 5),
        json.dumps(stream_message(envelope={"marketplaceId": "A0"}, marketplace_name=None)),
        flat(marketplace_id="A0", marketplace_name=None),
        flat(marketplace_id=..., marketplace_name=None),
        flat(marketplace_id=5),
        around(marketplaceId=5),
    ],
    "label": [
        text
        for name in ("type", "ad_product", "campaign_id", "recommendation_group")
        for text in each_in_both(name, "", "x" * 129, 5, [], {})
    ],
    "explanation": each_in_both(
        "explanation",
        *("text", []),
        {"recommendation_context": []},
        {"recommendation_context": {"grouping_context": "text"}},
        {"recommendation_context": {"grouping_context": {"grouping_type": ""}}},
        {"recommendation_context": {"grouping_context": {"grouping_type": "x" * 129}}},
        {"recommendation_context": {"grouping_context": {"grouping_type": 5}}},
    ),
    "id": [
        *each_in_both("recommendation_id", ..., None, *NO_IDS),
        *each_around("partnerOpportunityId", *NO_IDS),
        *each_flat("partner_opportunity_id", *NO_IDS),
    ],
    "account": [
        *each_around("advertiserId", ..., None, *NO_IDS),
        *each_around("entityId", ..., None, *NO_IDS),
        *each_flat("advertiser_id", ..., None, *NO_IDS),
        *each_flat("entity_id", ..., None, *NO_IDS),
    ],
    "advertiser-type": each_in_both("advertiser_type", ..., None, "", "seller", "AGENCY", 5, []),
    "date": [
        text
        for name in ("published_date", "expiry_date")
        for text in each_in_both(name, "", "soon", 1_789_751_474, 1.5, [], {})
    ],
    "of-sns-or-of-us": [
        text
        for name in ("kind", "Type")
        for each in (each_around, each_flat)
        for text in each(name, "", "release", "Notification", 5, [], {})
    ],
}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=f"{what}-{number}")
        for what, texts in UNUSUAL.items()
        for number, text in enumerate(texts)
    ],
)
def test_whatever_is_unusual_is_left_alone(text: str) -> None:
    """It is read with care, and everything that is wrong with it told."""
    assert read(text) is None


def deep(levels: int) -> str:
    """Write an array in an array in an array."""
    return "[" * levels + "]" * levels


@pytest.mark.parametrize("beyond", [deep(300), "1" * 5_000], ids=["deep", "long"])
@pytest.mark.parametrize("old", ['"SELLER_CENTRAL_ENTITY"', "0.75"], ids=["ignored", "settings"])
def test_what_is_beyond_the_other_parser_is_published_all_the_same(old: str, beyond: str) -> None:
    """The one thing that is not alike: the careful way goes 200 deep, and to 4,300 digits."""
    for text in edited(old, beyond):
        found = read(text)

        assert found is not None
        assert replace(found.recommendation, settings=NO_SETTINGS) == replace(
            published(body()).recommendation,
            settings=NO_SETTINGS,
        )
        careful = read_with_care(text)
        assert isinstance(careful, Rejection)
        assert careful.reason is DeadLetterReason.UNREADABLE_BODY


@pytest.mark.parametrize("levels", [5_000, 1_000_000])
def test_what_nests_deeper_than_python_goes_is_left_alone(levels: int) -> None:
    """It is no reason to fall over."""
    for text in edited('"SELLER_CENTRAL_ENTITY"', deep(levels)):
        assert read(text) is None


# --- For any message -----------------------------------------------------------------------------

NAMES: Final = sorted(
    {
        *stream_message(),
        *stream_message()["messageBody"],
        *flat_message(),
        *("kind", "TopicArn", "Type", "version", "reason"),
        *("partnerOpportunityId", "partner_opportunity_id"),
    }
)
VALUES: Final = st.sampled_from(
    [None, "ATVPDKIKX0DER", "A1PA6795UKMFR9", "A", "PO-1", "DE", "VENDOR", "message", BIDS]
)


@st.composite
def with_one_more(draw: st.DrawFn, originals: st.SearchStrategy[Any]) -> Any:
    """Draw an original and add a field under a name that counts somewhere, or leave it whole."""
    original = draw(originals)
    if not isinstance(original, dict):
        return original
    added = {draw(st.sampled_from(NAMES)): draw(VALUES | json_values)}
    inner = original.get("messageBody")
    if isinstance(inner, dict) and draw(st.booleans()):
        return {**original, "messageBody": {**inner, **added}}
    return {**original, **added}


separators = st.sampled_from(SPACED)


@given(
    message=documents | mutated(documents) | with_one_more(documents | mutated(documents)),
    separators=separators,
    is_ascii=st.booleans(),
)
def test_whatever_is_read_says_what_it_says_with_care(
    message: object,
    separators: tuple[str, str],
    is_ascii: bool,  # noqa: FBT001
) -> None:
    """Nothing is read otherwise for being read in one go."""
    text = json.dumps(message, separators=separators, ensure_ascii=is_ascii)
    found = read(text)

    assert found is None or found == read_with_care(text)


FRAGMENTS: Final = (
    *("", "\x00", "\x1f", "\x7f", "\ufeff", "\xa0", " ", "\n", "\u2028", "\ud83d", "é", "😀"),
    *('"', "\\", '\\"', "\\x", "\\u12", "\\u0041", "\\ud83d", "\\udc00", "\\ud83d\\ude00"),
    *("0", "-", "+", ".", "e", "1e400", "01", "-0", "NaN", "Infinity", "null", "true", "'", "_"),
    *("{", "}", "[", "]", ",", ":", "{}", "[]", '""', '"kind":null,', '"type":"A",', "/**/"),
)
"""What may come between the characters of a message: some of it leaves it JSON."""


@given(
    make=st.sampled_from([stream_message, flat_message]),
    separators=separators,
    fragment=st.sampled_from(FRAGMENTS) | st.text(max_size=3),
    data=st.data(),
)
def test_whatever_is_done_to_the_text_it_is_read_alike(
    make: Make, separators: tuple[str, str], fragment: str, data: st.DataObject
) -> None:
    """One parser takes no more for JSON than the other."""
    text = json.dumps(make(), separators=separators)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 9, len(text))))
    found = read(text[:start] + fragment + text[end:])

    assert found is None or found == read_with_care(text[:start] + fragment + text[end:])


# Half of an emoji is left alone.
plain = st.characters(exclude_categories=["Cs"])
plain_text = st.text(plain, max_size=9)
plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([10**400, -0.0, 1e-7, 5e-324]) | plain_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain_text, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
objects = st.none() | st.dictionaries(plain_text, plain_values, max_size=3)
dates = st.sampled_from(
    [..., None, "2026-09-18T17:11:14 UTC", "2026-09-18T19:11:14+02:00", "1789751474000", "2/12/25"]
)
labels = st.sampled_from([..., None]) | st.text(plain, min_size=1, max_size=128)


@given(
    make=st.sampled_from([stream_message, flat_message]),
    changes=st.fixed_dictionaries(
        {
            "advertiser_type": st.sampled_from(["SELLER", "VENDOR"]),
            "published_date": dates,
            "expiry_date": dates,
            "type": labels,
            "ad_product": labels,
            "campaign_id": labels,
            "recommendation_group": labels,
            "recommendation_status": st.sampled_from([..., None, *sorted(ACTIONABLE)]),
            CURRENT: objects,
            RECOMMENDED: objects,
            "new": plain_values,
        }
    ),
    separators=separators,
    is_ascii=st.booleans(),
)
def test_whatever_is_as_documented_is_read(
    make: Make,
    changes: Message,
    separators: tuple[str, str],
    is_ascii: bool,  # noqa: FBT001
) -> None:
    """And says what it says with care."""
    text = json.dumps(make(**changes), separators=separators, ensure_ascii=is_ascii)
    settings = published(text).recommendation.settings

    assert (settings.current, settings.recommended) == (changes[CURRENT], changes[RECOMMENDED])


@given(text=st.text())
def test_no_text_is_too_strange(text: str) -> None:
    """Nothing is raised, and no text that is drawn like that is a message."""
    assert read(text) is None
