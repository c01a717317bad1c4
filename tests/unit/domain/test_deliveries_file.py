"""A file of deliveries, as people keep them."""

import json

import pytest

from recommendation_applier.domain.deliveries_file import bodies_of
from tests.builders import body, stream_message

ONE, TWO = body("rec-1"), body("rec-2")
MESSAGES = [stream_message("rec-1"), stream_message("rec-2")]


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE}\n{TWO}",
        f"\n{ONE}\r\n\n{TWO}\n",
        json.dumps([ONE, TWO]),
        json.dumps(MESSAGES, indent=2),
        json.dumps({"Records": [{"messageId": "m", "body": each} for each in (ONE, TWO)]}),
        f"{json.dumps(ONE)}\n{json.dumps({'body': TWO})}",
        f"{json.dumps([ONE])}\n{json.dumps({'Records': [{'body': TWO}]})}",
    ],
    ids=["lines", "empty lines", "array of texts", "array", "event", "records", "mixed lines"],
)
def test_two_deliveries_are_found(text: str) -> None:
    """In whatever form they were kept."""
    assert [json.loads(each) for each in bodies_of(text)] == MESSAGES


def test_one_message_may_be_all_of_it() -> None:
    """Printed over many lines."""
    [found] = bodies_of(json.dumps(MESSAGES[0], indent=2))

    assert json.loads(found) == MESSAGES[0]


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("", []),
        (" \n ", []),
        ("[]", []),
        ("[1, null]", ["1", "null"]),
        ('{"Records": 5}', ['{"Records": 5}']),
        ('{"body": 5}', ['{"body": 5}']),
        ("no JSON\n[1", ["no JSON", "[1"]),
        ("[" * 100_000, ["[" * 100_000]),
    ],
)
def test_what_is_none_is_given_as_it_is(text: str, bodies: list[str]) -> None:
    """Whoever reads it says what is wrong with it."""
    assert list(bodies_of(text)) == bodies
