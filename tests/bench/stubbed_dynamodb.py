"""botocore's own client of DynamoDB, which does everything but send."""

from collections.abc import Iterator
from typing import Any, Final

import botocore.session
from botocore.awsrequest import AWSResponse

from recommendation_applier.entrypoints.wiring import LEDGER_CONFIG

_HEADERS: Final[Any] = {"Content-Type": "application/x-amz-json-1.0"}


def stubbed_client() -> Any:
    """Make a client that is answered at once: every write is done, nothing is there."""
    session = botocore.session.Session()
    session.set_credentials("testing", "testing")
    client = session.create_client("dynamodb", region_name="us-east-1", config=LEDGER_CONFIG)
    client.meta.events.register("before-send.dynamodb.*", _answer)
    return client


def _answer(request: Any, **_: object) -> Any:
    return AWSResponse(request.url, 200, _HEADERS, _Nothing())


class _Nothing:
    """The raw body of an answer that says nothing."""

    def stream(self) -> Iterator[bytes]:
        """Give it."""
        yield b"{}"
