"""What tests of both edges share."""

from collections.abc import Iterator

import httpx
import pytest

from tests.cheap_aws import make_cheap

make_cheap()


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """The connections of an invocation."""
    with httpx.Client(trust_env=False) as client:
        yield client
