"""What tests of both edges share."""

from collections.abc import Iterator

import httpx
import pytest

from tests.cheap_aws import make_cheap
from tests.contract.invocation_at_amazon import Invocation, begin
from tests.emulator.amazon import EmulatedAmazon

make_cheap()


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """The connections of an invocation."""
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def amazon() -> Iterator[EmulatedAmazon]:
    """An Amazon that is asked nothing which it does not publish."""
    with EmulatedAmazon() as served:
        yield served
        assert served.violations == []


@pytest.fixture
def invocation(amazon: EmulatedAmazon, http: httpx.Client) -> Invocation:
    """An invocation that makes one request at a time and has plenty of time."""
    return begin(amazon, http)
