"""How tests search, and which of them are measured.

Hypothesis has the same examples in every run, unless somebody asks to explore.
"""

import gc
import os
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

# Little of what tests make is in a cycle; to look for that after every 700 objects takes a tenth of
# the time of the whole suite.
gc.set_threshold(100_000, 20, 20)

_SIMULATION: Final = Path(__file__).parent / "simulation"

# Derandomized, so that a failure is always the change's and never the day's.
settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", max_examples=2_000, deadline=None, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure coverage by examples alone: tracing makes a search take three times as long.

    A line that only a search or a simulated world reaches is one that no example explains.
    """
    for item in items:
        searches = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if searches or item.path.is_relative_to(_SIMULATION):
            item.add_marker(pytest.mark.no_cover)
