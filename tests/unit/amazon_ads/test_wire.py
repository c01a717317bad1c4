"""Whatever Amazon answers can be read, and every opportunity id makes one segment of a path."""

import json
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.amazon_ads.wire import (
    MEDIA_TYPE,
    Answer,
    application_status_path,
    apply_path,
    headers,
    read_answer,
)
from recommendation_applier.domain.outcome import Failure
from tests.builders import EXPIRY, NOW, OPPORTUNITY

HTML = (
    b"<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n<center>"
    b"<h1>429 Too Many Requests</h1></center>\r\n<hr><center>openresty</center>\r\n</body></html>"
)


def answer(body: object = b"", *, status: int = 400, **answer_headers: str) -> Answer:
    """Read an answer; what is not bytes goes out as JSON, underscores in headers as hyphens."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in answer_headers.items()}
    return read_answer(status, named, raw, now=NOW)


# Requests


def test_an_ordinary_opportunity_id_stands_in_the_path_as_it_is() -> None:
    """Letters, digits, dots and hyphens need no encoding."""
    assert apply_path(OPPORTUNITY) == f"/partnerOpportunities/{OPPORTUNITY}/apply"
    assert application_status_path("PO-1") == "/partnerOpportunities/PO-1/applicationStatus"


@pytest.mark.parametrize(
    ("opportunity", "segment"),
    [
        ("a/b", "a%2Fb"),
        ("a?b=c", "a%3Fb%3Dc"),
        ("a#b", "a%23b"),
        ("a b", "a%20b"),
        ("50%", "50%25"),
        ("%2F", "%252F"),
        ("é", "%C3%A9"),
        (".", "%2E"),
        ("..", "%2E%2E"),
        ("../apply", "..%2Fapply"),
    ],
)
def test_an_opportunity_id_is_percent_encoded_whole(opportunity: str, segment: str) -> None:
    """Nothing in an id can end the segment, start a query, or climb to another path."""
    assert apply_path(opportunity) == f"/partnerOpportunities/{segment}/apply"


@given(opportunity=st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_opportunity_id_arrives_as_one_segment(opportunity: str) -> None:
    """Decoded by the other side, after httpx has had it, the id is what it was."""
    raw = httpx.URL(f"http://localhost{apply_path(opportunity)}").raw_path.decode("ascii")

    nothing, collection, segment, operation = raw.split("/")
    assert (nothing, collection, operation) == ("", "partnerOpportunities", "apply")
    assert unquote(segment) == opportunity


def test_the_headers_are_the_required_ones_and_no_other() -> None:
    """Two of Amazon's, the media type twice, the token; a profile Scope is none of them."""
    assert headers(client_id="client", manager_account="account", access_token="Atza|token") == {
        "Accept": MEDIA_TYPE,
        "Content-Type": MEDIA_TYPE,
        "Amazon-Advertising-API-ClientId": "client",
        "Amazon-Advertising-API-Manager-Account": "account",
        "Authorization": "Bearer Atza|token",
    }


# Bodies


def test_an_apply_error_is_read_id_by_id() -> None:
    """Code, message, successes and failures stand where the OpenAPI file puts them."""
    read = answer(
        {
            "code": "PO_APPLY_UNPROCESSABLE_ERROR",
            "message": "Some failed.",
            "successes": [{"recommendationId": "rec-1"}],
            "failures": [
                {
                    "code": "PO_APPLY_ALREADY_APPLIED",
                    "message": "Done.",
                    "recommendationId": "rec-2",
                },
                {"recommendationId": "rec-3"},
            ],
        },
        status=422,
    )

    assert read == Answer(
        422,
        "PO_APPLY_UNPROCESSABLE_ERROR",
        "Some failed.",
        ("rec-1",),
        (
            Failure("rec-2", "PO_APPLY_ALREADY_APPLIED", "Done."),
            Failure("rec-3", "no code", "no message"),
        ),
    )


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"code": "400", "details": "No scope."}, "400", "No scope."),
        ({"message": "Too Many Requests"}, None, "Too Many Requests"),
        ({"code": 400, "message": {"why": "odd"}}, None, "{'why': 'odd'}"),
        ({"something": "else"}, None, ""),
        (HTML, None, "429 Too Many Requests"),
        (b"<p>upstream  <b>timed</b>\n out</p>", None, "upstream timed out"),
        (b"plain text", None, "plain text"),
        (b"[1, 2]", None, "[1, 2]"),
        (b"\xff\xfe", None, "\N{REPLACEMENT CHARACTER}" * 2),
        (b"", None, ""),
    ],
)
def test_every_kind_of_body_gives_a_code_and_a_message(
    body: object, code: str | None, message: str
) -> None:
    """The universal error, an API Gateway, a proxy's HTML, other text and nothing at all."""
    read = answer(body)

    assert (read.code, read.message) == (code, message)
    assert (read.successes, read.failures, read.statuses) == ((), (), None)


@pytest.mark.parametrize(
    "entries", [None, "rec-1", {"recommendationId": "rec-1"}, ["rec-1", None, {}, {"id": "rec-1"}]]
)
def test_entries_that_name_no_id_are_passed_over(entries: object) -> None:
    """Lists that are none, and entries without a recommendationId, name nothing."""
    read = answer({"successes": entries, "failures": entries})

    assert (read.successes, read.failures) == ((), ())


def test_statuses_are_read_by_id() -> None:
    """A status that is new passes as it came; one that is absent reads None."""
    rows = [
        {"campaignId": "1", "recommendationId": "rec-1", "status": "IN_PROGRESS"},
        {"campaignId": "1", "recommendationId": "rec-2", "status": "TOMORROWS"},
        {"recommendationId": "rec-3"},
        "odd",
    ]

    assert answer({"statuses": rows}, status=200).statuses == {
        "rec-1": "IN_PROGRESS",
        "rec-2": "TOMORROWS",
        "rec-3": "None",
    }


def test_long_texts_are_shortened() -> None:
    """Codes, messages and request ids show 300 characters at most, and that they were cut."""
    long = "x" * 301
    failures = [{"recommendationId": "rec-1", "code": long, "message": long}]
    read = answer({"code": long, "message": long, "failures": failures}, x_amz_rid=long)

    cut = "x" * 300 + "…"
    assert (read.code, read.message, read.request_id) == (cut, cut, cut)
    assert read.failures == (Failure("rec-1", cut, cut),)


# Request ids


def test_request_ids_are_found_in_every_spelling_once() -> None:
    """Three headers and one attribute may carry one; the first is quoted to support."""
    read = answer(
        {"requestId": "four"},
        x_amz_request_id="three",
        x_amzn_requestid="one",
        x_amz_rid="one",
    )

    assert read.request_ids == ("one", "three", "four")
    assert read.request_id == "one"


def test_an_answer_without_a_request_id_has_none() -> None:
    """An empty header and a number are no ids."""
    read = answer({"requestId": 7}, x_amz_rid="")

    assert (read.request_ids, read.request_id) == ((), None)


@pytest.mark.parametrize(
    ("read", "sentence"),
    [
        (Answer(503), "503 with an empty body"),
        (Answer(400, "PO_APPLY_BAD_REQUEST", "No."), "400: PO_APPLY_BAD_REQUEST No."),
        (Answer(500, message="Odd.", request_ids=("id", "2")), "500: Odd. (request id id)"),
    ],
)
def test_an_answer_reads_as_a_sentence(read: Answer, sentence: str) -> None:
    """Status, words, and what to quote."""
    assert str(read) == sentence


# Retry-After


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        (format_datetime(EXPIRY, usegmt=True), 5 * 24 * 3600.0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0.0),
        ("Sun, 06 Nov 1994 08:49:37 -0000", None),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    """A date that has passed asks for no wait; what makes no sense is as good as absent."""
    assert answer(status=429, retry_after=value).retry_after == seconds


@pytest.mark.parametrize(
    "value",
    [
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 2026 00:00:00 +99999999999999999999",
    ],
)
def test_a_date_that_no_calendar_has_makes_no_sense(value: str) -> None:
    """Numbers beyond what a date can hold are read as nonsense, not raised."""
    assert answer(status=429, retry_after=value).retry_after is None


@given(value=st.text(st.characters(codec="latin-1"), max_size=40))
def test_no_retry_after_can_raise(value: str) -> None:
    """Whatever a header holds, the wait is a number of seconds, or nobody knows it."""
    seconds = answer(status=429, retry_after=value).retry_after

    assert seconds is None or seconds >= 0


# Anything at all

_ATTRIBUTES = [
    "code",
    "details",
    "failures",
    "message",
    "recommendationId",
    "requestId",
    "statuses",
    "successes",
]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_ATTRIBUTES),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(value=_JSON)
def test_any_json_makes_an_answer(value: Any) -> None:
    """No shape of JSON raises, and what is named is named by strings."""
    read = answer(value)

    assert all(isinstance(one, str) for one in read.successes)
    assert str(read).startswith("400")


@given(body=st.binary(max_size=60))
def test_any_bytes_make_an_answer(body: bytes) -> None:
    """No body raises."""
    assert str(answer(body)).startswith("400")


def test_an_id_in_two_states_is_in_neither() -> None:
    """Which of them is true, nobody can say."""
    entries = [
        {"recommendationId": "rec-1", "status": status, "campaignId": "1"}
        for status in ("SUCCESS", "PUBLISHED", "SUCCESS")
    ]

    read = answer({"statuses": entries}, status=200)

    assert read.statuses is not None
    assert read.statuses["rec-1"] not in ("SUCCESS", "PUBLISHED")
