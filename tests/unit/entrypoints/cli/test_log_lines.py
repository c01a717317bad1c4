"""What events of a function's log say, line by line."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.entrypoints.cli.log_lines import Level, Line, read_line, texts_of
from recommendation_applier.entrypoints.cli.log_sentences import SENTENCES

ENTRYPOINTS = Path(__file__).parents[4] / "src" / "recommendation_applier" / "entrypoints"
OPPORTUNITY = "amzn1.ads-partner1.opportunity.3f0c"
ACCOUNT = "A1 (ENTITY1, US)"
REQUEST = "8c0b1e4e-6d57-4c1e-9a7b-1f2e3d4c5b6a"
BATCH: dict[str, Any] = {
    "message": "apply request",
    "partnerOpportunityId": OPPORTUNITY,
    "account": ACCOUNT,
    "recommendations": 100,
    "accepted": 100,
    "failed": 0,
    "unanswered": 0,
    "attempts": 1,
    "httpStatus": 202,
    "error": None,
    "amazonRequestIds": ["RID1"],
    "seconds": 0.412,
    "resolvedBy": {"DEFAULT": 100},
}
HELD = {
    "recommendationId": "rec-1",
    "account": ACCOUNT,
    "reason": "DRY_RUN",
    "until": "2026-11-27T06:00:00Z",
}
FILE: dict[str, Any] = {
    "message": "opportunity file",
    "partnerOpportunityId": OPPORTUNITY,
    "title": "About it",
    "rows": 3,
    "rowsBefore": 0,
    "expired": 0,
    "written": 2,
    "offered": 0,
    "refused": {},
    "examples": {},
    "done": True,
    "error": None,
}
LETTER: dict[str, Any] = {
    "message": "dead letter",
    "kind": "batch",
    "account": ACCOUNT,
    "reason": {"code": "APPLY_REFUSED", "message": "no", "httpStatus": 400, "apiCode": "PO_X",
               "requestId": "RID1"},
    "messageIds": ["M1"],
    "recommendationIds": ["rec-1"],
}  # fmt: skip
TOLD: list[tuple[dict[str, Any], str]] = [
    (
        BATCH,
        (f"100 recommendations of {ACCOUNT} sent under {OPPORTUNITY}, accepted, HTTP 202, "
        "request id RID1, 0.41 s"),
    ),
    (
        BATCH | {"recommendations": 3, "accepted": 1, "failed": 1, "unanswered": 1, "attempts": 2,
                 "httpStatus": 422, "error": "it was lost"},
        (f"3 recommendations of {ACCOUNT} sent under {OPPORTUNITY}, 1 accepted, 1 failed, "
        "1 unanswered, HTTP 422, request id RID1, in 2 attempts, 0.41 s: it was lost"),
    ),
    (
        BATCH | {"recommendations": 1, "accepted": 0, "unanswered": 1, "attempts": 0,
                 "httpStatus": None, "amazonRequestIds": [], "error": "the API is left alone"},
        f"1 recommendation of {ACCOUNT} not sent under {OPPORTUNITY}: the API is left alone",
    ),
    (
        {"message": "apply request", "partnerOpportunityId": "PO", "account": "A",
         "recommendations": 1, "accepted": 1},
        "1 recommendation of A sent under PO, accepted",
    ),
    (
        {"message": "applicationStatus request", "batch": "2 recommendations of A under PO",
         "statuses": {"SUCCESS": 1, "IN_PROGRESS": 1}, "error": None, "amazonRequestIds": ["RID1"]},
        ("asked what became of 2 recommendations of A under PO, 1 SUCCESS, 1 IN_PROGRESS, "
        "request id RID1"),
    ),
    (
        {"message": "applicationStatus request", "batch": "1 recommendation of A under PO",
         "statuses": {}, "error": "429", "amazonRequestIds": []},
        "asked what became of 1 recommendation of A under PO: 429",
    ),
    (
        {"message": "policy unavailable", "error": "rules: wrong"},
        "nothing is applied, since the policy cannot be read or used: rules: wrong",
    ),
    (
        {"message": "apply request held", "partnerOpportunityId": "PO",
         "request": {"advertiserType": "SELLER", "encryptedAdvertiserId": "A1",
                     "entityId": "ENTITY1", "marketplace": "US",
                     "recommendationIds": [f"rec-{number}" for number in range(7)]}},
        (f"7 recommendations of {ACCOUNT} held, not sent under PO: rec-0, rec-1, rec-2, rec-3, "
        "rec-4 and 2 more"),
    ),
    (
        LETTER,
        (f"dead letter about rec-1 of {ACCOUNT}, APPLY_REFUSED, HTTP 400, PO_X, request id RID1: "
        "no"),
    ),
    (
        LETTER | {"account": None, "reason": {"code": "UNREADABLE_BODY"}, "recommendationIds": []},
        "dead letter of message M1, UNREADABLE_BODY",
    ),
    (
        {"message": "departure", "door": "accepted", "reason": "ACCEPTED", "detail": "",
         "messageId": "M1", "part": 0, "recommendationId": "rec-1", "account": ACCOUNT,
         "campaignId": "17"},
        f"rec-1 of {ACCOUNT} for campaign 17 left as accepted, ACCEPTED",
    ),
    (
        {"message": "departure", "door": "retry", "reason": "DEAD_LETTER_NOT_STORED",
         "detail": "SQS", "messageId": "M1", "recommendationId": None, "account": None,
         "campaignId": None},
        "message M1 left as retry, DEAD_LETTER_NOT_STORED: SQS",
    ),
    (
        {"message": "invocation", "deliveries": 3, "finishedDeliveries": 2, "batches": 1,
         "policyVersion": 2, "resolved": {}, "ApplyRequests": 1,
         "reasons": {"accepted": {"ACCEPTED": 1}, "retry": {"THROTTLED": 1}}},
        ("3 deliveries handled, 1 accepted (1 ACCEPTED), 1 retry (1 THROTTLED), 1 batch, "
        "1 delivery to be tried again, policy 2"),
    ),
    (
        {"message": "invocation", "deliveries": 0, "finishedDeliveries": 0, "batches": 0,
         "policyVersion": None, "reasons": {}},
        "0 deliveries handled",
    ),
    (
        {"message": "application not applied", "end": "FAILED", "recommendationId": "rec-1",
         "account": ACCOUNT, "campaignId": "17", "partnerOpportunityId": "PO",
         "acceptedAt": "2026-11-25T06:00:00Z"},
        (f"rec-1 of {ACCOUNT}, campaign 17 was accepted at 2026-11-25T06:00:00Z and not applied: "
        "FAILED, under PO"),
    ),
    (
        {"message": "application not applied", "end": "UNSETTLED", "recommendationId": "rec-1",
         "account": ACCOUNT, "campaignId": None, "partnerOpportunityId": "PO"},
        f"rec-1 of {ACCOUNT} was accepted and not applied: UNSETTLED, under PO",
    ),
    (
        {"message": "held recommendations expire soon", "count": 1, "first": [HELD]},
        (f"1 held recommendation expires within 24 hours: rec-1 of {ACCOUNT} (DRY_RUN) until "
        "2026-11-27T06:00:00Z"),
    ),
    (
        {"message": "held recommendations expire soon", "count": 1_002, "first": [HELD] * 2},
        "1,002 held recommendations expire within 24 hours: "
        + f"rec-1 of {ACCOUNT} (DRY_RUN) until 2026-11-27T06:00:00Z; " * 2
        + "and 1000 more",
    ),
    (
        {"message": "follow-up", "checked": 3, "applied": 1, "pending": 1, "ended": {"FAILED": 1},
         "statusRequests": 1, "error": None},
        "3 accepted applications asked about in 1 request, 1 applied, 1 pending, 1 FAILED",
    ),
    (
        {"message": "follow-up", "checked": 0, "applied": 0, "pending": 0, "ended": {},
         "statusRequests": 0, "error": "time is up"},
        "0 accepted applications asked about in 0 requests, 0 applied, 0 pending: time is up",
    ),
    (
        {"message": "opportunity files", "listed": 2, "read": 1, "rows": 5, "written": 4,
         "offered": 4, "error": None},
        "2 opportunities listed, 1 file read, 5 rows, 4 written, 4 offered",
    ),
    (FILE, f"file of {OPPORTUNITY} (About it): 3 rows, 2 written, done"),
    (
        FILE | {"title": "", "rows": 1, "rowsBefore": 2, "expired": 1, "done": False,
                "error": "it was replaced", "refused": {"INVALID_VALUE": 2, "X": 1},
                "examples": {"INVALID_VALUE": "line 7: no date"}},
        (f"file of {OPPORTUNITY}: 1 row, 2 written, 2 read before, 1 expired, 2 refused as "
        "INVALID_VALUE (line 7: no date), 1 refused as X (no example), not done yet: "
        "it was replaced"),
    ),
    (
        {"message": "held recommendations", "count": 1, "isWhole": True, "hoursHeld": 2.26,
         "hoursLeft": 30.04},
        ("1 recommendation is held, the longest of the first to end for 2.3 h, 30.0 h left for the "
        "first"),
    ),
    (
        {"message": "held recommendations", "count": 1000, "isWhole": False, "hoursHeld": None,
         "hoursLeft": None},
        "1,000 recommendations or more are held",
    ),
    (
        {"message": "subscription unhealthy", "profileId": "123", "profileName": "Kettles",
         "status": "SUSPENDED", "ailment": "SUSPENDED", "whatToDo": "make it anew"},
        ("the subscription of profile 123 (Kettles) does not deliver: SUSPENDED, status SUSPENDED: "
        "make it anew"),
    ),
    (
        {"message": "subscription unhealthy", "profileId": "123", "profileName": None,
         "status": None, "ailment": "VANISHED", "whatToDo": "make it anew"},
        "the subscription of profile 123 does not deliver: VANISHED: make it anew",
    ),
    (
        {"message": "subscriptions checked", "wanted": 25, "checked": 24, "unhealthy": 2,
         "unanswered": 1, "error": "HTTP 429"},
        "24 of 25 subscriptions checked, 2 unhealthy, 1 not answered: HTTP 429",
    ),
    (
        {"message": "subscriptions checked", "wanted": 1, "checked": 1, "unhealthy": 0,
         "unanswered": 0, "error": None},
        "1 of 1 subscription checked, 0 unhealthy",
    ),
    ({"message": "aws call failed", "failure": "holding: timeout"}, "a call to AWS failed: holding: timeout"),  # noqa: E501 - one line reads better
]  # fmt: skip
TRACE = (
    '\rTraceback (most recent call last):\r  File "/var/task/x/apply_handler.py", line 45, in '
    'handler\r    done = run()\r  File "/var/task/x/invocation.py", line 44, in run\r    raise\r'
)
REPORT = (
    f"REPORT RequestId: {REQUEST}\tDuration: 412.33 ms\tBilled Duration: 413 ms\t"
    "Memory Size: 512 MB\tMax Memory Used: 128 MB\t"
)


def told(message: str) -> Line:
    """Read an event that is worth telling."""
    line = read_line(message)
    assert line is not None
    return line


@pytest.mark.parametrize(("line", "sentence"), TOLD)
def test_every_line_is_a_sentence(line: dict[str, Any], sentence: str) -> None:
    """Whatever it has beside, such as what a later version adds."""
    found = told(json.dumps(line | {"level": "INFO", "service": "s", "added": {"later": 1}}))

    assert (found.level, found.sentence) == (Level.INFO, sentence)


def test_no_line_of_the_functions_is_without_a_sentence() -> None:
    """Every text that a handler or a log module writes is told, and none that nobody writes."""
    written = {
        node.args[0].value
        for path in [*ENTRYPOINTS.glob("*_log.py"), *ENTRYPOINTS.glob("*_handler.py")]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and any(keyword.arg == "extra" for keyword in node.keywords)
        and isinstance(node.args[0], ast.Constant)
    }

    assert written == SENTENCES.keys()
    assert {line["message"] for line, _ in TOLD} == SENTENCES.keys()


@pytest.mark.parametrize(
    ("level", "expected"),
    [("INFO", Level.INFO), ("DEBUG", Level.INFO), ("WARNING", Level.WARNING),
     ("ERROR", Level.ERROR), ("CRITICAL", Level.ERROR), (None, Level.INFO)],
)  # fmt: skip
def test_the_level_is_the_lines_own(level: str | None, expected: Level) -> None:
    """By Powertools' names."""
    assert told(json.dumps(BATCH | {"level": level})).level is expected


@pytest.mark.parametrize(
    ("message", "level", "sentence"),
    [
        (
            REPORT,
            Level.INFO,
            f"invocation {REQUEST}, took 412.33 ms, billed 413 ms, 128 MB of 512 MB used",
        ),
        (
            f"{REPORT}Init Duration: 512.11 ms\tXRAY TraceId: 1-5\tSegmentId: 2\tSampled: true\n",
            Level.INFO,
            (f"invocation {REQUEST}, took 412.33 ms, billed 413 ms, 128 MB of 512 MB used, started "
            "in 512.11 ms"),
        ),
        (
            f"REPORT RequestId: {REQUEST}\tDuration: 180000.00 ms\tStatus: timeout",
            Level.ERROR,
            f"invocation {REQUEST}, took 180000.00 ms, ended with timeout",
        ),
        (
            ("INIT_REPORT Init Duration: 97.01 ms\tPhase: invoke\tStatus: error\tError Type: "
            "Runtime.ExitError"),
            Level.ERROR,
            "cold start, started in 97.01 ms, ended with error, Runtime.ExitError",
        ),
        (
            f"2026-11-26T06:21:49.123Z {REQUEST} Task timed out after 180.02 seconds\n\n",
            Level.ERROR,
            "the invocation timed out after 180.02 s",
        ),
        (
            (f"RequestId: {REQUEST} Error: Runtime exited with error: signal: killed\n"
            "Runtime.ExitError"),
            Level.ERROR,
            "Lambda ended the function: Runtime exited with error: signal: killed",
        ),
        (
            f"[ERROR] KeyError: 'Records'{TRACE}",
            Level.ERROR,
            "the invocation crashed: KeyError: 'Records' (invocation.py line 44)",
        ),
        (
            ("[ERROR] Runtime.ImportModuleError: Unable to import module 'x': No module named 'y'\n"
            "Traceback (most recent call last):"),
            Level.ERROR,
            ("the function cannot start: Runtime.ImportModuleError: Unable to import module 'x': "
            "No module named 'y'"),
        ),
        (
            f"{TRACE.strip()}\nValueError: no",
            Level.ERROR,
            "the invocation crashed: ValueError: no (invocation.py line 44)",
        ),
        (
            f"[WARNING]\t2026-11-26T06:21:49.123Z\t{REQUEST}\tConnection pool is full",
            Level.WARNING,
            "Connection pool is full",
        ),
        ("[INFO]\t2026-11-26T06:21:49.123Z\t\tFound\nit", Level.INFO, "Found it"),
        ("LAMBDA_WARNING: Unhandled exception. \r", Level.WARNING,
         "LAMBDA_WARNING: Unhandled exception."),
        ("something  else\x1b[31m", Level.INFO, "something  else\x1b[31m"),
        ("[1, 2]", Level.INFO, "[1, 2]"),
    ],
)  # fmt: skip
def test_lambdas_own_words_are_told(message: str, level: Level, sentence: str) -> None:
    """What an invocation took, why it ended; what is not known, as it is."""
    assert told(message) == Line(level, sentence)


@pytest.mark.parametrize(
    "message",
    [
        f"START RequestId: {REQUEST} Version: $LATEST\n",
        f"END RequestId: {REQUEST}\n",
        "INIT_START Runtime Version: python:3.13.v50\tRuntime Version ARN: arn:aws:lambda",
        '{"_aws": {"Timestamp": 1}, "service": "s", "ApplyRequests": [1.0]}',
        " \n",
    ],
)
def test_what_tells_nothing_is_left_out(message: str) -> None:
    """An invocation's start and end, and metrics, which the dashboard shows."""
    assert read_line(message) is None


@pytest.mark.parametrize(
    "message",
    [
        '{"message": "of tomorrow", "level": "ERROR", "n": 1}',
        '{"message": "dead letter", "level": "ERROR", "reason": "a word"}',
        '{"message": ["no text"], "level": "ERROR"}',
        '{"message": "apply request", "level": "ERROR"}',
    ],
)
def test_what_another_version_writes_is_shown_as_it_is(message: str) -> None:
    """With its level."""
    assert told(message) == Line(Level.ERROR, message, json.loads(message))


@given(
    st.dictionaries(
        st.sampled_from(sorted({name for line, _ in TOLD for name in line} - {"message"})),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())
        | st.dictionaries(st.text(), st.integers()),
    ),
    st.sampled_from(sorted(SENTENCES)),
)  # fmt: skip
def test_no_line_ends_the_command(fields: dict[str, Any], message: str) -> None:
    """Whatever stands in it."""
    assert told(json.dumps(fields | {"message": message})).sentence


@given(st.text())
def test_no_text_ends_the_command(text: str) -> None:
    """A line is one line."""
    line = read_line(text)

    assert line is None or not {"\r", "\n", "\t"} & {*line.sentence}


def test_every_text_of_a_line_is_searched() -> None:
    """Names and values, however deep."""
    line = told('{"a": [{"b": "c"}, 1, null], "d": {"e": ["f"]}}')

    assert list(texts_of(line)) == ["a", "b", "c", "d", "e", "f"]
    assert list(texts_of(Line(Level.INFO, "words"))) == ["words"]
