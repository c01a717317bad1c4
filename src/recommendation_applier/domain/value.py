"""Dataclasses of which there are many a delivery: frozen to type checkers, and cheap to make."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

__all__ = ["value"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:

    def value(*, frozen: bool, eq: bool = True, **options: Any) -> Any:  # noqa: ANN401, ARG001 - as above
        """Make a dataclass that is *frozen* to mypy and, since that is costly, not to Python.

        A frozen one calls `object.__setattr__` for each of its fields, and takes five times as long
        to be made: 5 of the 36 µs of a delivery, where 31 are left.
        """
        return dataclass(eq=eq, unsafe_hash=eq, **options)
