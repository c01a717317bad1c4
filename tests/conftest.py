"""What all tests have in common: how hypothesis searches, and what botocore reads only once."""

import os
from functools import cache

import botocore.loaders
from hypothesis import settings

# Each session reads the models of AWS's services, megabytes of JSON, from botocore's own files: the
# greater part of what a test with moto costs. Here all sessions share what one of them has read, as
# the clients of one session do.
botocore.loaders.create_loader = cache(botocore.loaders.create_loader)

# Derandomized, so that a failure is always the change's and never the day's.
settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", max_examples=2_000, deadline=None, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
