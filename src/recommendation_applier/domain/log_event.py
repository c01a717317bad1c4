"""One event of a function's log. No I/O."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class LogEvent:
    """What CloudWatch Logs has of one line, or of a traceback's many; sorted, the first is first.

    *function* is the short name of the function that wrote it, *event_id* is unique within it.
    """

    at: datetime
    function: str
    event_id: str
    message: str
