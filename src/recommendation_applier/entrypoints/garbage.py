"""What the collector of cyclic garbage need not look at, and how often it need look at the rest."""

import gc
from collections.abc import Mapping
from typing import Final

RUNTIME: Final = "AWS_LAMBDA_RUNTIME_API"
"""Lambda sets it for every execution environment, and nobody else does."""


_OBJECTS: Final = 100_000
"""Four times as many as an invocation of 1,000 deliveries makes and keeps until its end."""


def spare_what_stays(environment: Mapping[str, str]) -> None:
    """Let the collector forget all that is there by now, at the end of an initialization on Lambda.

    What was imported stays for as long as the environment, and what an invocation makes until its
    end: to look through that again and again, as the collector does after every few hundred
    deliveries, took a fifth of their CPU. Elsewhere, where functions come and go in one process,
    it would keep what ought to go.
    """
    if RUNTIME in environment:
        gc.freeze()
        gc.set_threshold(_OBJECTS)
