"""A request as Amazon's side sees it, and what its answers look like."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from tests.emulator.amazon_contract import MEDIA_TYPES
from tests.simulation.effects import Invocation, Kill


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request that a client made, as Amazon's side sees it; *number* counts all of them."""

    number: int
    operation: str
    """`apply` or `applicationStatus`."""
    invocation: Invocation
    made_at: float
    opportunity: str
    """As it stands in the path."""
    headers: Mapping[str, str]
    content: bytes
    ids: tuple[str, ...]
    account: str
    """The five attributes but the ids, as text."""
    kill: Kill | None


class Cut(httpx.SyncByteStream):
    """A body that ends in the middle."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content[: len(self._content) // 2]
        raise httpx.RemoteProtocolError("the body was cut")


def answer(status: int, content: bytes, seen: Request) -> httpx.Response:
    """Make an answer with the headers that all of them have."""
    headers = {"Content-Type": min(MEDIA_TYPES), "x-amzn-requestid": f"request-{seen.number}"}
    return httpx.Response(status, headers=headers, content=content)


def json_answer(status: int, body: object, seen: Request) -> httpx.Response:
    """Make an answer with a JSON body."""
    return answer(status, json.dumps(body).encode(), seen)


def apply_error(taken: Sequence[str], failures: Mapping[str, str]) -> dict[str, Any]:
    """Make the body that names ids."""
    return {
        "code": next(iter(failures.values()), "PO_APPLY_UNPROCESSABLE_ERROR"),
        "message": "Some or all of the recommendations failed to apply.",
        "failures": [
            {"code": code, "message": f"of {each}: {code}", "recommendationId": each}
            for each, code in failures.items()
        ],
        "successes": [{"recommendationId": each} for each in taken],
    }
