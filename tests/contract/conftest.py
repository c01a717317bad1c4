"""What tests of the HTTP edge share."""

from collections.abc import Iterator

import httpx
import pytest


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """The connections of an invocation."""
    with httpx.Client(trust_env=False) as client:
        yield client
