"""Lambda's Runtime API on a port of 127.0.0.1, for the one runtime that asks it.

Paths, headers and statuses are those of Lambda's guide, "Using the Lambda runtime API for custom
runtimes". Every header of an invocation is sent, those too that mean nothing to this function (a
client context, a Cognito identity: both empty), since releases of the runtime interface client
differ in which ones they insist on.
"""

import json
import time
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from socket import socket
from socketserver import BaseServer
from threading import Thread
from types import TracebackType
from typing import Final, Self

_RUNTIME: Final = "/2018-06-01/runtime"
_NEXT: Final = f"{_RUNTIME}/invocation/next"
_INIT_ERROR: Final = f"{_RUNTIME}/init/error"
_TRACE_ID: Final = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """What Lambda has for the function next."""

    request_id: str
    event: object
    function_arn: str
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class Answered:
    """The handler returned *answer* to the invocation *request_id*."""

    request_id: str
    answer: object


@dataclass(frozen=True, slots=True)
class Failed:
    """The handler raised, or Lambda could not make sense of what it returned."""

    request_id: str
    error: object


@dataclass(frozen=True, slots=True)
class InitFailed:
    """The handler's module could not be loaded: the cold start is over."""

    error: dict[str, object]


@dataclass(frozen=True, slots=True)
class Exited:
    """The runtime's process has ended."""

    status: int


Report = Answered | Failed | InitFailed | Exited
"""What can become of a runtime, or of what it was given."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What goes to the runtime and what comes back; None tells it that nothing more will."""

    invocations: SimpleQueue[Invocation | None] = field(default_factory=SimpleQueue)
    reports: SimpleQueue[Report] = field(default_factory=SimpleQueue)


class RuntimeApi:
    """Serves one runtime from its making until it is closed; a context manager.

    When there is nothing to do, the runtime's question for the next invocation stays open, as in
    Lambda, where the execution environment is frozen meanwhile.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, exchange))
        self._server.daemon_threads = False  # so that server_close waits for them
        self._thread = Thread(target=self._server.serve_forever, name="runtime-api")
        self._thread.start()

    @property
    def address(self) -> str:
        """Host and port, as AWS_LAMBDA_RUNTIME_API wants them."""
        return f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Return itself: it serves from its making."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let an open question go and stop serving; every thread has ended on return."""
        self._exchange.invocations.put(None)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def __init__(
        self, exchange: Exchange, request: socket, address: tuple[str, int], server: BaseServer
    ) -> None:
        self._exchange = exchange  # first: the base class answers before it returns
        super().__init__(request, address, server)

    def do_GET(self) -> None:
        """Hand out the next invocation, once there is one."""
        if self.path != _NEXT:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        invocation = self._exchange.invocations.get()
        if invocation is None:
            self.close_connection = True
            return
        deadline = time.time() + invocation.timeout_seconds
        self._answer(
            HTTPStatus.OK,
            invocation.event,
            {
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(round(deadline * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
                "Lambda-Runtime-Trace-Id": _TRACE_ID,
                "Lambda-Runtime-Client-Context": "",
                "Lambda-Runtime-Cognito-Identity": "",
            },
        )

    def do_POST(self) -> None:
        """Take down what became of an invocation, or of the cold start."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        *_, request_id, kind = self.path.split("/")
        reports: dict[str, Report] = {
            _INIT_ERROR: InitFailed(body),
            f"{_RUNTIME}/invocation/{request_id}/response": Answered(request_id, body),
            f"{_RUNTIME}/invocation/{request_id}/error": Failed(request_id, body),
        }
        if self.path not in reports:
            self.send_error(HTTPStatus.NOT_FOUND, f"{kind} is no path of the Runtime API")
            return
        self._answer(HTTPStatus.ACCEPTED, {"status": "OK"}, {})
        self._exchange.reports.put(reports[self.path])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in http.server
        """Say nothing: what matters is among the reports."""

    def _answer(self, status: HTTPStatus, content: object, headers: dict[str, str]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        headers = headers | {"Content-Type": "application/json", "Content-Length": str(len(body))}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
