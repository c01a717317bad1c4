"""How hypothesis searches: the same examples in every run, unless somebody asks to explore."""

import os

from hypothesis import settings

# Derandomized, so that a failure is always the change's and never the day's.
settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", max_examples=2_000, deadline=None, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
