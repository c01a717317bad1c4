"""A terminal to answer questions at."""

import os
import pty
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal in place of stdin; what is written to it is what the operator types."""
    operator, program = pty.openpty()
    with open(program, encoding="utf-8") as terminal:  # noqa: PTH123 - it has no path
        monkeypatch.setattr(sys, "stdin", terminal)
        yield operator
    os.close(operator)
