"""One deployment a test."""

from collections.abc import Iterator

import pytest

from tests.botocore_models import share_models
from tests.emulator.deployment import Deployment, deployed
from tests.quick_queues import read_retention_alone

share_models()
read_retention_alone()


@pytest.fixture
def deployment() -> Iterator[Deployment]:
    """Deploy with ApplyMode=APPLY and a default opportunity, against a healthy Amazon."""
    with deployed() as deployment:
        yield deployment
        assert deployment.amazon.violations == []
        assert deployment.amazon.accepted_twice == []
