"""What was imported is garbage at no time, and the rest is not looked at often."""

import gc

import pytest

from recommendation_applier.entrypoints.garbage import spare_what_stays


@pytest.mark.parametrize(
    ("environment", "is_spared"),
    [({"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"}, True), ({}, False)],
)
def test_what_stays_is_spared_on_lambda(environment: dict[str, str], *, is_spared: bool) -> None:
    """And nowhere else: in a process of tests nothing stays."""
    before, threshold = gc.get_freeze_count(), gc.get_threshold()
    try:
        spare_what_stays(environment)
        assert (gc.get_freeze_count() > before) == is_spared
        assert gc.get_threshold()[0] == (100_000 if is_spared else threshold[0])
    finally:
        gc.unfreeze()
        gc.set_threshold(*threshold)
