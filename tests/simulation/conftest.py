"""What takes long is started before what takes short."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.simulation.command import start

OUTAGE_TEST = "test_a_day_without_amazon_costs_time_and_nothing_else"


@pytest.fixture(scope="session", autouse=True)
def outage(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str] | None]:
    """Live through a day without Amazon while other tests run: it takes more than a minute."""
    if all(item.name != OUTAGE_TEST for item in request.session.items):
        yield None
        return
    with start("--outage", "2000") as process:
        yield process
        process.kill()
