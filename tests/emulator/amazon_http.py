"""The socket side of the emulated Amazon: HTTP/1.1 with keep-alive on the loopback interface."""

import io
import os
import socket
import struct
import sys
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Protocol, cast

import httpx

from tests.emulator.amazon_faults import Answer, Manner, Step
from tests.emulator.amazon_routes import Arrival

_LONGEST_HOLD_SECONDS: Final = 60.0
"""An answer that nobody releases goes out, or fails to, after this long: every test must end."""
_PAUSE_SECONDS: Final = 0.02


class Service(Protocol):
    """What the sockets are a front for."""

    released: threading.Event

    def arrive(self, method: str, target: str, headers: httpx.Headers) -> Arrival:
        """Register a request whose headers have been read."""
        ...

    def answer(self, arrival: Arrival, body: bytes) -> Answer:
        """Handle the request now that *body* has been read."""
        ...

    def leave(self, arrival: Arrival, answer: Answer | None) -> None:
        """Register the end of the request; None when no answer is given."""
        ...

    def failed(self, description: str) -> None:
        """Register that the emulator itself failed."""
        ...


class LoopbackServer:
    """Serves one *service* on a free port of 127.0.0.1 from construction until `close()`."""

    def __init__(self) -> None:
        self.closing = threading.Event()
        self._server = _Server(self.closing)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": _PAUSE_SECONDS},
            name="emulated-amazon",
            daemon=True,
        )

    def start(self, service: Service) -> None:
        """Begin to serve."""
        self._server.service = service
        self._thread.start()

    def close(self) -> None:
        """Stop, close every connection and wait for the threads that served them."""
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close() waits for them
    request_queue_size = 128

    service: Service

    def __init__(self, closing: threading.Event) -> None:
        self.closing = closing
        self.connections: set[socket.socket] = set()
        self.connections_lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def hang_up(self) -> None:
        with self.connections_lock:
            for connection in self.connections:
                with suppress(OSError):  # the other side, or a reset, was first
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        del request, client_address
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):  # clients may well hang up
            self.service.failed(repr(error))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one segment

    @property
    def _amazon(self) -> _Server:
        return cast("_Server", self.server)

    def setup(self) -> None:
        super().setup()
        with self._amazon.connections_lock:
            self._amazon.connections.add(self.connection)

    def finish(self) -> None:
        with self._amazon.connections_lock:
            self._amazon.connections.discard(self.connection)
        super().finish()

    def log_message(self, *_: object) -> None:
        """Stay silent: requests are recorded, not printed."""

    def _serve(self) -> None:
        service = self._amazon.service
        headers = httpx.Headers(list(self.headers.items()))
        arrival = service.arrive(self.command, self.path, headers)
        answer: Answer | None = None
        try:
            if arrival.step.manner is Manner.RESET:
                self._reset()
                return
            answer = service.answer(arrival, self._body())
            self._keep_back(arrival.step)
            if arrival.step.manner is Manner.DROPPED or self._amazon.closing.is_set():
                answer = None
        finally:
            # Before the answer is written: who has read it may already send the next request.
            service.leave(arrival, answer)
        if answer is None:
            self.close_connection = True
        elif arrival.step.manner is Manner.TRICKLED:
            self._trickle(answer, self._release_of(arrival.step))
        elif arrival.step.manner is Manner.CUT:
            self.close_connection = True
            self.wfile.write(_head(answer) + answer.body[: len(answer.body) // 2])
            self.wfile.flush()
        else:
            self.wfile.write(_head(answer) + answer.body)
            self.wfile.flush()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve  # noqa: N815 - http.server

    def _body(self) -> bytes:
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True  # its end cannot be told without decoding
            return b""
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def _release_of(self, step: Step) -> threading.Event:
        return step.until or self._amazon.service.released

    def _keep_back(self, step: Step) -> None:
        if step.seconds:
            self._amazon.closing.wait(step.seconds)
        if step.manner is Manner.HELD:
            deadline = time.monotonic() + _LONGEST_HOLD_SECONDS
            release = self._release_of(step)
            while time.monotonic() < deadline and not self._amazon.closing.is_set():
                if release.wait(_PAUSE_SECONDS):
                    return

    def _trickle(self, answer: Answer, release: threading.Event) -> None:
        """Send a header that grows by a byte at a time, then the rest once released."""
        head = _head(answer)
        status_line, _, rest = head.partition(b"\r\n")
        self.wfile.write(status_line + b"\r\nX-Slowly: ")
        deadline = time.monotonic() + _LONGEST_HOLD_SECONDS
        while not self._amazon.closing.is_set() and time.monotonic() < deadline:
            self.wfile.write(b".")
            self.wfile.flush()
            if release.wait(_PAUSE_SECONDS):
                break
        self.wfile.write(b"\r\n" + rest + answer.body)
        self.wfile.flush()

    def _reset(self) -> None:
        """Close so that the other side is told of a reset rather than of an orderly end.

        The body has arrived by then, so that it is always the reading of the answer that fails.
        """
        self.close_connection = True
        if isinstance(self.rfile, io.BufferedReader) and "Content-Length" in self.headers:
            self.rfile.peek(1)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())


def _head(answer: Answer) -> bytes:
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {answer.status} {phrase}", "Server: Server"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    lines += [f"Content-Length: {len(answer.body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1")
