"""What one SQS body holds, however it is wrapped and whatever is wrong with it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.dead_letter import Reason, message_letter
from recommendation_applier.domain.delivery import (
    Confirmation,
    Content,
    NotForUs,
    Publication,
    Rejection,
    Withdrawal,
)
from recommendation_applier.domain.reading import read_body
from recommendation_applier.domain.reasons import DeadLetterReason, NotApplicableReason
from tests.builders import (
    NOW,
    body,
    confirmation,
    flat_message,
    notification,
    stream_message,
)
from tests.unit.domain.documents import documents, json_values, mutated

TOPIC = "arn:aws:sns:us-east-1:084590724871:rec"
EXPECTED = "expected a Stream message, an SNS notification, a dead letter, or a release"


def read(text: str) -> Sequence[Content]:
    """Read *text* as the function does by default."""
    return read_body(text, actionable_statuses=frozenset({"PUBLISHED"}))


def published_ids(contents: Sequence[Content]) -> list[str]:
    """Name the recommendations that may be applied."""
    return [
        one.recommendation.recommendation_id for one in contents if isinstance(one, Publication)
    ]


def unrecognized(what: str, text: str) -> tuple[Rejection]:
    """Say what JSON of no documented shape turns into."""
    return (Rejection(DeadLetterReason.UNRECOGNIZED_MESSAGE, f"{what}; {EXPECTED}", text),)


def lettered(text: str) -> str:
    """Wrap *text* in a dead letter of ours."""
    reason = Reason(DeadLetterReason.OPPORTUNITY_UNRESOLVED, "no opportunity")
    return message_letter(
        message_id="message-1", body=text, reason=reason, attempts=1, failed_at=NOW
    ).body


# --- Shapes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [body(), json.dumps(flat_message()), f" \n{body()}\n"], ids=["nested", "flat", "spaces"]
)
def test_a_raw_message_is_read(text: str) -> None:
    """Raw delivery: the body is the message, and is kept as it came."""
    (content,) = read(text)

    assert isinstance(content, Publication)
    assert content.body == text


def test_an_sns_envelope_is_opened() -> None:
    """Without raw delivery the message is a text inside; the envelope is what is kept."""
    text = notification(body("rec-7"))

    (content,) = read(text)

    assert published_ids([content]) == ["rec-7"]
    assert isinstance(content, Publication)
    assert content.body == text


def test_a_rejection_inside_an_envelope_keeps_the_envelope() -> None:
    """What is dead-lettered is what was received."""
    text = notification(body(advertiser_type="AGENCY"))

    (content,) = read(text)

    assert isinstance(content, Rejection)
    assert content.body == text


def test_an_array_holds_many_messages() -> None:
    """Each element is read by itself, in order, whatever its shape."""
    values = [
        stream_message("rec-1"),
        flat_message("rec-2"),
        json.loads(notification(body("rec-3"))),
        json.loads(lettered(body("rec-4"))),
        stream_message("rec-5", recommendation_status="REMOVED"),
    ]

    contents = read(json.dumps(values))

    assert published_ids(contents) == ["rec-1", "rec-2", "rec-3", "rec-4"]
    assert isinstance(contents[4], Withdrawal)


def test_an_element_is_kept_without_its_neighbours() -> None:
    """To send a whole array back because of one element would repeat the others."""
    values = [stream_message("rec-1"), {"a": [1, "é"]}]

    good, bad = read(json.dumps(values, indent=2))

    assert isinstance(good, Publication)
    assert json.loads(good.body) == values[0]
    assert isinstance(bad, Rejection)
    assert bad.body == '{"a":[1,"\\u00e9"]}'


def test_an_envelope_may_hold_an_array() -> None:
    """SNS may deliver many messages as one."""
    text = notification(json.dumps([stream_message("rec-1"), stream_message("rec-2")]))

    assert published_ids(read(text)) == ["rec-1", "rec-2"]


def test_a_message_letter_is_read_as_what_it_holds() -> None:
    """A redriven message is decided anew, and would be dead-lettered without its old letter."""
    (content,) = read(lettered(body("rec-7")))

    assert published_ids([content]) == ["rec-7"]
    assert isinstance(content, Publication)
    assert content.body == body("rec-7")


# --- SNS -----------------------------------------------------------------------------------------


def test_a_subscription_asks_to_be_confirmed() -> None:
    """Topic and token are what the answer needs."""
    text = confirmation(token="secret-token")

    assert read(text) == (Confirmation(TOPIC, "secret-token", text),)


def test_the_end_of_a_subscription_asks_nothing_of_us() -> None:
    """SNS tells it once, and it is let go."""
    text = json.dumps({"Type": "UnsubscribeConfirmation", "TopicArn": TOPIC, "Token": "t"})

    assert read(text) == (NotForUs(NotApplicableReason.UNSUBSCRIBED, f"'{TOPIC}'"),)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        pytest.param("Notification", {}, id="notification-without-message"),
        pytest.param("Notification", {"Message": {"a": 1}}, id="notification-of-an-object"),
        pytest.param("Notification", {"Token": "t"}, id="notification-with-a-token"),
        pytest.param("SubscriptionConfirmation", {}, id="confirmation-without-token"),
        pytest.param("SubscriptionConfirmation", {"Token": 5}, id="confirmation-with-odd-token"),
        pytest.param(
            "SubscriptionConfirmation",
            {"Token": "t", "TopicArn": None},
            id="confirmation-without-topic",
        ),
        pytest.param(
            "SubscriptionConfirmation", {"Message": "{}"}, id="confirmation-with-a-message"
        ),
        pytest.param("NewKind", {"Message": "{}", "Token": "t"}, id="unknown-type"),
    ],
)
def test_an_envelope_without_its_fields_is_refused(kind: str, changes: dict[str, Any]) -> None:
    """Each type of SNS message needs fields of its own."""
    text = json.dumps({"Type": kind, "TopicArn": TOPIC, **changes})

    assert read(text) == unrecognized(
        f"an SNS message of Type '{kind}' without the fields of that type", text
    )


@pytest.mark.parametrize("envelope", [{"Type": "Notification"}, {"TopicArn": "", "Type": 5}])
def test_an_object_is_no_envelope_without_topic_and_type(envelope: dict[str, Any]) -> None:
    """A Stream message that happens to have one such field stays a Stream message."""
    assert published_ids(read(json.dumps({**stream_message(), **envelope}))) == ["rec-1"]


# --- What cannot be used -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("hello", "expected value at line 1 column 1"),
        ('{"messageBody":', "EOF while parsing a value at line 1 column 15"),
        ("{} {}", "trailing characters at line 1 column 4"),
        ("NaN", "expected value at line 1 column 1"),
        ("[" * 5000, "recursion limit exceeded at line 1 column 202"),
        ("1" * 5000, "number out of range at line 1 column 4302"),
    ],
    ids=["empty", "text", "cut-off", "two", "nan", "deep", "number"],
)
def test_what_is_not_json_is_unreadable(text: str, error: str) -> None:
    """The rejection says where the JSON breaks."""
    assert read(text) == (
        Rejection(DeadLetterReason.UNREADABLE_BODY, f"the body is not JSON: {error}", text),
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("null", "it is None; it must be an object"),
        ("5", "it is 5; it must be an object"),
        ('"text"', "it is 'text'; it must be an object"),
        ("[]", "an array of 0, not 1 to 1000"),
        ("{}", "an object with no fields"),
        ('{"b":1,"a":2}', "an object with the fields 'a', 'b'"),
        (
            '{"f":1,"e":1,"d":1,"c":1,"b":1,"a":1}',
            "an object with the fields 'a', 'b', 'c', 'd', 'e'",
        ),
    ],
)
def test_json_of_no_documented_shape_is_not_recognized(text: str, what: str) -> None:
    """The rejection says what is there instead, in a few words."""
    assert read(text) == unrecognized(what, text)


def test_an_array_in_an_array_is_not_recognized() -> None:
    """Nobody documents such a thing, so its elements are not looked for."""
    assert read(f"[[{body()}], []]")[1:] == unrecognized("it is []; it must be an object", "[]")
    assert published_ids(read(f"[[{body()}], []]")) == []


@pytest.mark.parametrize(
    ("wrap", "kept"),
    [
        pytest.param(notification, lambda wrapped: wrapped, id="envelopes"),
        pytest.param(lettered, lambda _: body(), id="letters"),
    ],
)
def test_five_wrappings_are_opened_and_six_are_not(
    wrap: Callable[[str], str], kept: Callable[[str], str]
) -> None:
    """More than five are nobody's message, and would cost more than they are worth."""
    text = body()
    for _ in range(5):
        text = wrap(text)

    assert published_ids(read(text)) == ["rec-1"]
    assert read(wrap(text)) == unrecognized("it is wrapped more than 5 times", kept(wrap(text)))


def test_an_array_counts_as_a_wrapping() -> None:
    """Four envelopes around an array are opened, five are not, element by element."""
    text = json.dumps([stream_message("rec-1"), stream_message("rec-2")])
    for _ in range(4):
        text = notification(text)

    assert published_ids(read(text)) == ["rec-1", "rec-2"]
    assert [type(one) for one in read(notification(text))] == [Rejection, Rejection]


def test_letters_and_envelopes_are_counted_together() -> None:
    """A letter of an envelope of a letter is three wrappings deep."""
    text = body()
    for wrap in (lettered, notification, lettered, notification, lettered):
        text = wrap(text)

    assert published_ids(read(text)) == ["rec-1"]
    assert published_ids(read(notification(text))) == []


def test_a_text_that_no_encoding_can_write_is_unreadable() -> None:
    """Half a surrogate pair never passes SQS, and still raises nothing."""
    (content,) = read("\ud83d")

    assert isinstance(content, Rejection)
    assert content.reason is DeadLetterReason.UNREADABLE_BODY


# --- For any text --------------------------------------------------------------------------------


@given(text=st.text())
def test_any_text_holds_something(text: str) -> None:
    """Reading never raises and never gives nothing: text."""
    assert len(read(text)) >= 1


@given(value=json_values)
def test_any_json_holds_something(value: object) -> None:
    """Reading never raises and never gives nothing: JSON."""
    assert len(read(json.dumps(value))) >= 1


@given(message=mutated(documents))
def test_any_mutilated_message_holds_something(message: object) -> None:
    """Reading never raises and never gives nothing: what was once a message of ours."""
    for content in read(json.dumps(message)):
        if isinstance(content, Rejection):
            assert content.message


@given(
    values=st.lists(st.just(None) | json_values | mutated(documents), min_size=1, max_size=6),
    ours=st.sets(st.integers(0, 5)),
)
def test_one_bad_element_never_hides_another(values: list[Any], ours: set[int]) -> None:
    """Every good element of an array is read, between whatever neighbours."""
    elements = [
        stream_message(f"good-{place}") if place in ours else value
        for place, value in enumerate(values)
    ]

    contents = read(json.dumps(elements))

    assert len(contents) >= len(elements)
    found = [one for one in published_ids(contents) if one.startswith("good-")]
    assert found == [f"good-{place}" for place in sorted(ours) if place < len(values)]


@given(message=mutated(documents))
def test_an_element_is_read_as_if_it_had_come_alone(message: object) -> None:
    """An array of one says what its element says."""
    alone = read(json.dumps(message, separators=(",", ":")))

    if not isinstance(message, list):
        assert read(json.dumps([message])) == alone


@given(message=mutated(documents))
def test_a_letter_of_a_body_says_what_the_body_says(message: object) -> None:
    """Redriven or sent for the first time: it means the same, but that it came back."""
    text = json.dumps(message)

    assert read(lettered(text)) == tuple(
        replace(each, came_back=True) if isinstance(each, Publication) else each
        for each in read(text)
    )


@given(message=mutated(documents))
def test_what_is_kept_of_a_rejection_is_rejected_again(message: object) -> None:
    """A rejection's body, redriven unmended, has the same reason; an array in an array has not."""
    for content in read(json.dumps(message)):
        if isinstance(content, Rejection) and not content.body.startswith("["):
            assert content in read(content.body)


def test_half_an_emoji_in_a_field_that_nobody_reads_hides_nothing() -> None:
    """A campaign's name that was cut in the middle of a character is read all the same."""
    text = body(campaign_name="NAME").replace("NAME", "Sale \\ud83d")

    (content,) = read_body(text, actionable_statuses=frozenset({"PUBLISHED"}))

    assert isinstance(content, Publication)


@pytest.mark.parametrize(
    ("rest", "error"),
    [
        ('"\\ud83d', "Unterminated string starting at: line 1 column 12 (char 11)"),
        ("NaN", "NaN is no JSON"),
        ("-Infinity", "-Infinity is no JSON"),
        ("[" * 100_000, "maximum recursion depth exceeded"),
    ],
    ids=["cut-off", "nan", "infinity", "deep"],
)
def test_half_an_emoji_makes_nothing_else_readable(rest: str, error: str) -> None:
    """What is no JSON besides is as unreadable as ever, and the rejection says why."""
    (content,) = read_body(f'["\\ud83d", {rest}]', actionable_statuses=frozenset())

    assert isinstance(content, Rejection)
    assert content.reason is DeadLetterReason.UNREADABLE_BODY
    assert content.message.startswith(f"the body is not JSON: {error}")


def test_an_array_is_read_up_to_a_thousand_elements() -> None:
    """A longer one could need more dead letters than an invocation has time for."""
    actionable = frozenset({"PUBLISHED"})
    most, more = json.dumps([0] * 1000), json.dumps([0] * 1001)

    assert len(read_body(most, actionable_statuses=actionable)) == 1000
    (content,) = read_body(more, actionable_statuses=actionable)
    assert isinstance(content, Rejection)
    assert content.message.startswith("an array of 1001, not 1 to 1000;")
    assert content.body == more


def test_an_element_that_no_parser_gives_back_is_kept_with_its_array() -> None:
    """1e400 would be written as Infinity, which is no JSON."""
    (content,) = read_body('[{"a": 1e400}]', actionable_statuses=frozenset())

    assert isinstance(content, Rejection)
    assert content.body == '[{"a": 1e400}]'
