"""What was imported is garbage at no time, and is not looked at."""

import gc

import pytest

from recommendation_applier.entrypoints.garbage import spare_what_stays


@pytest.mark.parametrize(
    ("environment", "is_spared"),
    [({"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"}, True), ({}, False)],
)
def test_what_stays_is_spared_on_lambda(environment: dict[str, str], *, is_spared: bool) -> None:
    """And nowhere else: in a process of tests nothing stays."""
    before = gc.get_freeze_count()
    try:
        spare_what_stays(environment)
        assert (gc.get_freeze_count() > before) == is_spared
    finally:
        gc.unfreeze()
