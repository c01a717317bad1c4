"""What can go wrong between us and Amazon, as finite scripts that are put in front of it.

A *step* says what the next request of a route meets; a *fault* is a named handful of steps. All
of them end, so that whatever retries drains.
"""

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain, zip_longest
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, complete but for the request ids that the emulator adds."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(status: int, body: object, *, media_type: str = "application/json") -> Answer:
    """Answer *status* with *body* written as JSON."""
    return Answer(status, json.dumps(body).encode(), {"Content-Type": media_type})


def html_answer(status: int, title: str) -> Answer:
    """Answer as a proxy in front of the service does."""
    page = (
        f"<html>\n<head><title>{title}</title></head>\n<body>\n<center><h1>{title}</h1>"
        "</center>\n<hr><center>openresty</center>\n</body>\n</html>"
    )
    return Answer(status, page.encode(), {"Content-Type": "text/html"})


class Manner(Enum):
    """How an answer travels, or fails to."""

    WHOLE = "as it should"
    RESET = "the connection is reset before the body is read"
    DROPPED = "the connection is closed without an answer after the request was handled"
    HELD = "nothing comes until it is released"
    TRICKLED = "one byte at a time until it is released"
    CUT = "the connection is closed in the middle of the body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one request meets. The plain step is the ordinary service."""

    answer: Answer | None = None
    """None: what the ordinary service answers."""
    takes: frozenset[str] | Literal["all"] = frozenset()
    """With *answer*: the ids that are accepted all the same, whatever the answer says."""
    manner: Manner = Manner.WHOLE
    partial: bool = False
    """Some of the ids turn out to be unprocessable, applied before or in a terminal status."""
    seconds: float = 0.0
    """How long the answer is kept back first."""
    until: threading.Event | None = None
    """What releases a held or trickled answer; None: the emulator's own `release()`."""


ORDINARY: Final = Step()


def answers(
    status: int,
    body: object = b"",
    *,
    headers: Mapping[str, str] | None = None,
    takes: Iterable[str] | Literal["all"] = (),
) -> Step:
    """Answer *status* with *body*: bytes go out as they are, a string as HTML, the rest as JSON."""
    if isinstance(body, bytes):
        answer = Answer(status, body)
    elif isinstance(body, str):
        answer = Answer(status, body.encode(), {"Content-Type": "text/html"})
    else:
        answer = json_answer(status, body)
    answer = Answer(status, answer.body, {**answer.headers, **(headers or {})})
    return Step(answer=answer, takes="all" if takes == "all" else frozenset(takes))


def resets() -> Step:
    """Reset the connection before the body is read; nothing is taken."""
    return Step(manner=Manner.RESET)


def drops_after_taking() -> Step:
    """Take what was asked, then close the connection without an answer."""
    return Step(manner=Manner.DROPPED)


def drops_before_taking() -> Step:
    """Read the request, take nothing, close the connection without an answer."""
    return Step(answer=Answer(500), manner=Manner.DROPPED)


def hangs(*, until: threading.Event | None = None, takes: bool = True) -> Step:
    """Keep the answer back until released; with *takes* False nothing is taken, ever."""
    kept_back = None if takes else Answer(504)
    return Step(answer=kept_back, manner=Manner.HELD, until=until)


def trickles(*, until: threading.Event | None = None) -> Step:
    """Take what was asked, then answer so slowly that no single read times out."""
    return Step(manner=Manner.TRICKLED, until=until)


def is_cut() -> Step:
    """Send the head and half of the body, then close the connection."""
    return Step(manner=Manner.CUT)


def partly_fails() -> Step:
    """Accept some ids and name the others as failures, each of three kinds."""
    return Step(partial=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A named misfortune of bounded length."""

    name: str
    description: str
    apply: Sequence[Step] = ()
    token: Sequence[Step] = ()
    rejected_tokens: int = 0
    """How many access tokens are refused when they are first presented."""
    ends: Sequence[str] = ()
    """How the applications end that are accepted first; the others succeed."""


def _bad_request(message: str) -> dict[str, object]:
    return {"code": "PO_APPLY_BAD_REQUEST", "message": message, "failures": [], "successes": []}


# Of a 429 with a full header dump in the vendor's tracker: no Retry-After, a misleading type.
_GATEWAY_THROTTLE: Final = answers(
    429,
    {"message": "Too Many Requests"},
    headers={
        "amazon-advertising-api-throttled": "true",
        "x-amzn-ErrorType": "AccessDeniedException",
    },
)
_INVALID_GRANT: Final = answers(
    400,
    {
        "error_index": "emulated",
        "error_description": "The request has an invalid grant parameter : refresh_token. "
        "User may have revoked or didn't grant the permission.",
        "error": "invalid_grant",
        "request_id": "0d2ff5a0-51ac-4b43-9d3c-6d94d5b13f6e",
    },
)
_FORBIDDEN: Final = answers(
    403,
    {
        "code": "NOT_AUTHORIZED",
        "details": "User is not allowed to access the requested products.",
        "requestId": "b1f0a5f3-0f6b-4f0e-9c55-1d2b7f6f4d11",
    },
)

FAULTS: Final[Mapping[str, Fault]] = {
    fault.name: fault
    for fault in (
        Fault(
            name="throttle",
            description="429 four times: Retry-After of a second twice, none, an HTML page",
            apply=(
                answers(429, headers={"Retry-After": "1"}),
                _GATEWAY_THROTTLE,
                Step(answer=html_answer(429, "429 Too Many Requests")),
                answers(429, {"message": "Too Many Requests"}, headers={"Retry-After": "1"}),
            ),
        ),
        Fault(
            name="partial",
            description="422 twice: some ids unprocessable, applied before or in a terminal status",
            apply=(partly_fails(), partly_fails()),
        ),
        Fault(
            name="outage",
            description="four requests fail: 503, a 500 HTML page, 502, a reset connection",
            apply=(
                answers(503),
                Step(answer=html_answer(500, "500 Internal Server Error")),
                answers(502, {"message": "Internal server error"}),
                resets(),
            ),
        ),
        Fault(
            name="lost",
            description="two requests are taken, then the connection closes without an answer",
            apply=(drops_after_taking(), drops_after_taking()),
        ),
        Fault(
            name="slow",
            description="three answers come late",
            apply=(Step(seconds=0.3), Step(seconds=0.3), Step(seconds=0.3)),
        ),
        Fault(
            name="revoked",
            description="Login with Amazon says invalid_grant to two token requests",
            token=(_INVALID_GRANT, _INVALID_GRANT),
        ),
        Fault(
            name="refused",
            description="two requests are refused for good: 400 and 404",
            apply=(
                answers(400, _bad_request("Request data does not match the opportunity file.")),
                answers(404, {"code": "404", "details": "Opportunity not found."}),
            ),
        ),
        Fault(
            name="unauthorized",
            description="the first access token is refused with 401 when it is first presented",
            rejected_tokens=1,
        ),
        Fault(
            name="forbidden",
            description="two requests are answered 403",
            apply=(_FORBIDDEN, _FORBIDDEN),
        ),
        Fault(
            name="failed",
            description="of what is accepted, two applications fail later and one is rejected",
            ends=("FAILED", "REJECTED", "FAILED"),
        ),
    )
}
FAULT_NAMES: Final[Mapping[str, str]] = {fault.name: fault.description for fault in FAULTS.values()}


def named(fault: str | Fault) -> Fault:
    """Return the fault called *fault*; ValueError names the ones that there are."""
    if isinstance(fault, Fault):
        return fault
    if fault not in FAULTS:
        known = ", ".join(FAULTS)
        message = f"no fault is called {fault!r}; there are {known}"
        raise ValueError(message)
    return FAULTS[fault]


def interleaved(scripts: Iterable[Sequence[Step]]) -> list[Step]:
    """Join scripts turn by turn, so that each fault shows early, however few requests come."""
    turns = chain.from_iterable(zip_longest(*scripts))
    return [step for step in turns if step is not None]
