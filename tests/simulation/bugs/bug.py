"""What a planted bug is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bug:
    """A change of the source by which something would be lost, repeated or said wrongly.

    *old* stands exactly once in *module*; it is caught *within* so many seeds of *profile*,
    counted from 0.
    """

    name: str
    module: str
    old: str
    new: str
    within: int = 60
    profile: str = "any"
