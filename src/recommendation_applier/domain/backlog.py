"""How many messages a queue has."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backlog:
    """Roughly: SQS counts across its servers, and its counts lag by up to a minute."""

    visible: int
    in_flight: int
    delayed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.visible + self.in_flight + self.delayed
