"""One of Lambda's execution environments: the bundle and the runtime interface client."""

import os
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from queue import Empty
from threading import Thread
from types import TracebackType
from typing import Final, Self

from tests.runtime.bundle import PROJECT
from tests.runtime.runtime_api import Answered, Exchange, Exited, Invocation, Report, RuntimeApi

RESERVED_VARIABLES: Final = frozenset(
    {
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
        "LANG",
        "PATH",
        "TZ",
        "_HANDLER",
    }
)
"""What Lambda itself sets: its guide, "Defined runtime environment variables".

Left out are the ones that would lead this process astray (LD_LIBRARY_PATH, PYTHONPATH) and the
ones of X-Ray, which the function does not use.
"""

ENDPOINT: Final = "AWS_ENDPOINT_URL"
"""The one variable that the function does not have in Lambda: where the embedded AWS listens."""

_PYTHON: Final = PROJECT / ".tools" / "runtime" / "bin" / "python"
_PATIENCE_SECONDS: Final = 60.0
"""Much longer than a cold start takes on a busy machine: the end of a test that went wrong."""


class UnexpectedReportError(Exception):
    """The runtime reported something else than the test waited for, or nothing in time."""


class ExecutionEnvironment:
    """Runs a handler out of a bundle until it is closed; a context manager."""

    def __init__(
        self,
        bundle: Path,
        *,
        handler: str,
        function_arn: str,
        variables: Mapping[str, str],
        endpoint_url: str,
        log: Path,
        timeout_seconds: float,
    ) -> None:
        """Begin the cold start; what the function prints goes to *log*."""
        self._function_arn = function_arn
        self._timeout_seconds = timeout_seconds
        self._log = log
        self._numbers = count(1)
        self._exchange = Exchange()
        with ExitStack() as started:
            api = started.enter_context(RuntimeApi(self._exchange))
            reserved = _reserved(bundle, handler, function_arn) | {
                "AWS_LAMBDA_RUNTIME_API": api.address
            }
            with log.open("wb") as output:
                self._process = subprocess.Popen(
                    [*_without_override(), _PYTHON, "-m", "awslambdaric", handler],
                    cwd=bundle,
                    env={**variables, **reserved, ENDPOINT: endpoint_url},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            watcher = Thread(target=self._watch, name="runtime-exit")
            watcher.start()
            started.callback(watcher.join)
            started.callback(self._process.kill)
            self._open = started.pop_all()

    def __enter__(self) -> Self:
        """Return itself: the cold start has begun with its making."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the process and stop serving it."""
        self._open.close()

    @property
    def printed(self) -> str:
        """All that the function logged so far, and the runtime with it."""
        return self._log.read_text(encoding="utf-8")

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that the process was started with, as the kernel has them."""
        entries = Path(f"/proc/{self._process.pid}/environ").read_text(encoding="utf-8")
        return dict(entry.split("=", 1) for entry in entries.split("\0") if entry)

    @property
    def cpu_seconds(self) -> float:
        """What the process and all its threads have had of the processor so far."""
        # The id that clock_getcpuclockid(3) gives, which Python does not have: see the kernel's
        # include/linux/posix-timers.h.
        return time.clock_gettime(~self._process.pid << 3 | 2)

    @property
    def peak_megabytes(self) -> float:
        """The most memory that the process has had at once, as the kernel counts it."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="utf-8")
        [line] = [line for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 1_024

    def invoke(self, event: object) -> object:
        """Invoke the handler with *event* and return its answer.

        Raises UnexpectedReportError, with the log, when there is none.
        """
        request_id = f"8476a536-e9f4-11e8-9739-{next(self._numbers):012d}"
        self._exchange.invocations.put(
            Invocation(
                request_id=request_id,
                event=event,
                function_arn=self._function_arn,
                timeout_seconds=self._timeout_seconds,
            )
        )
        report = self.next_report()
        if isinstance(report, Answered) and report.request_id == request_id:
            return report.answer
        raise self._unexpected(report)

    def next_report(self) -> Report:
        """Wait for what the runtime reports next."""
        try:
            return self._exchange.reports.get(timeout=_PATIENCE_SECONDS)
        except Empty:
            raise self._unexpected(None) from None

    def _watch(self) -> None:
        self._exchange.reports.put(Exited(self._process.wait()))

    def _unexpected(self, report: Report | None) -> UnexpectedReportError:
        return UnexpectedReportError(f"the runtime reported {report}; it printed:\n{self.printed}")


def _without_override() -> list[str]:
    """Return what takes root's freedom to write where nobody may; others do not have it."""
    return ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []


def _reserved(bundle: Path, handler: str, function_arn: str) -> dict[str, str]:
    """Return the variables that Lambda sets, but for the address of its Runtime API."""
    _, _, _, region, _, _, name = function_arn.split(":")
    return {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef",
        "AWS_REGION": region,
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LAMBDA_TASK_ROOT": str(bundle),
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TZ": ":UTC",
        "_HANDLER": handler,
    }
