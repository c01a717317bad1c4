"""What is made when it is first used: a cold start makes nothing that its delivery may not need.

An invocation that only holds, as all do in DRY_RUN, asks nothing of Amazon, and neither do most
ticks of the follow-up; few have a dead letter to store, a subscription to confirm or a campaign to
pace. Whoever makes such a part imports what it takes where it is made.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar, cast

Made = TypeVar("Made")


def on_demand(make: Callable[[], Made]) -> Made:
    """Give what stands for *make*'s outcome, and calls it once, when something is first asked.

    What *make* raises is raised then, and the next use tries again. Only for what is spoken to by
    its methods and attributes.
    """
    return cast("Made", _OnDemand(make))


class _OnDemand:
    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - of whatever is made
        with self._lock:  # the ledger is spoken to by several threads
            if self._made is None:
                self._made = self._make()
        return getattr(self._made, name)
