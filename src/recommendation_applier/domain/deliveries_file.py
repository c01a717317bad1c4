"""A file of deliveries, as people keep them: the bodies that are in it. No I/O."""

import json
from collections.abc import Iterator
from typing import Any


def bodies_of(text: str) -> Iterator[str]:
    """Give the bodies of SQS messages that *text* holds, whatever they are worth.

    It is one JSON document (an SQS event with its `Records`, an array, or one message), or one a
    line. A text in it is a body; an object with a text as its `body` is an SQS record; any other
    object is a message itself. What is no JSON is given as it is: whoever reads it will say so.
    """
    for document in _documents(text):
        records = document.get("Records") if isinstance(document, dict) else document
        for each in records if isinstance(records, list) else [document]:
            yield _body_of(each)


def _documents(text: str) -> Iterator[Any]:
    try:
        yield json.loads(text)
    except (ValueError, RecursionError):
        for line in filter(str.strip, text.splitlines()):
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                yield line


def _body_of(element: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    if isinstance(element, str):
        return element
    body = element.get("body") if isinstance(element, dict) else None
    return body if isinstance(body, str) else json.dumps(element)
