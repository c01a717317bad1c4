"""A function of the stack in this process: its own cold start, its own log, its own AWS calls."""

from __future__ import annotations

import importlib
import io
import json
import logging
import os
import sys
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from tests.emulator.iam import AwsCall, CallRecorder, assert_allowed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.emulator.invocation import Event, Handler
    from tests.emulator.stack import DeployedFunction

REGION: Final = "us-east-1"


@dataclass(slots=True)
class EmulatedFunction:
    """One execution environment of a function; it starts with its first invocation, as Lambda's do.

    What it prints and the AWS calls that it makes are its own, and those of the environments that
    are started after it.
    """

    deployed: DeployedFunction
    variables: Mapping[str, str]
    written: io.StringIO = field(default_factory=io.StringIO, repr=False)
    recorder: CallRecorder = field(default_factory=CallRecorder, repr=False)
    _handler: Handler | None = field(default=None, init=False, repr=False)

    def __call__(self, event: Event, context: Any) -> object:
        """Be invoked. Raises what the cold start and the handler raise."""
        handler = self.start()
        with self.recorder.on_new_sessions():  # clients are made when they are first used
            return handler(event, context)

    @property
    def calls(self) -> list[AwsCall]:
        """Every AWS call that was made so far."""
        return self.recorder.calls

    def start(self) -> Handler:
        """Start, if it has not: what follows the cold start. Raises what the cold start raises."""
        if self._handler is None:
            with self.recorder.on_new_sessions():
                self._handler = start_function(
                    self.variables, self.written, handler=self.deployed.handler
                )
        return self._handler

    def restarted(self) -> EmulatedFunction:
        """Give another execution environment, which remembers nothing of this one."""
        return replace(self)

    def log(self) -> list[dict[str, Any]]:
        """Give every line that was written so far: log lines and metrics."""
        return [json.loads(line) for line in self.written.getvalue().splitlines() if line]

    def assert_within_its_role(self) -> None:
        """Fail with every AWS call that its own role does not allow."""
        assert_allowed(self.deployed.policy_documents, self.calls)


def start_function(variables: Mapping[str, str], written: io.StringIO, *, handler: str) -> Handler:
    """Start *handler* as a new execution environment does, with *variables* and nothing else.

    It is named as in the template. What it prints goes to *written*. Raises what the cold start
    raises.
    """
    module_name, _, name = handler.rpartition(".")
    sys.modules.pop(module_name, None)
    # Powertools keeps a logger, with the stream that it had, for each service name.
    logging.Logger.manager.loggerDict.pop(variables.get("POWERTOOLS_SERVICE_NAME", ""), None)
    credentials = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    with environment(**credentials, **variables), redirect_stdout(written):
        started = getattr(importlib.import_module(module_name), name)

    def invoke(event: Event, context: Any) -> object:
        with environment(**credentials, **variables), redirect_stdout(written):
            return started(event, context)

    return invoke


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Set the process's environment to *variables*, plus what it takes to start a program.

    What the caller has set up for an AWS of their own (a profile, an endpoint) must not be met.
    """
    before = dict(os.environ)
    kept = {name: value for name, value in before.items() if name in ("HOME", "PATH")}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    os.environ.clear()
    os.environ.update({**kept, **nowhere, "AWS_DEFAULT_REGION": REGION, **variables})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
