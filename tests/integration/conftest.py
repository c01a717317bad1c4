"""One deployment a test."""

from collections.abc import Iterator

import pytest

from tests.cheap_aws import make_cheap
from tests.emulator.deployment import Deployment, deployed

make_cheap()


@pytest.fixture
def deployment() -> Iterator[Deployment]:
    """Deploy with ApplyMode=APPLY and a default opportunity, against a healthy Amazon."""
    with deployed() as deployment:
        yield deployment
        assert deployment.amazon.violations == []
        assert deployment.amazon.accepted_twice == []
