"""One invocation of a function, as Lambda runs it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Event: TypeAlias = dict[str, Any]
"""What a function is handed: for SQS, its `Records`."""

Handler: TypeAlias = Callable[[Event, Any], object]
"""A Lambda function: event and context in, answer out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvocationContext:
    """What a function learns about its own invocation, under Lambda's own names."""

    aws_request_id: str
    function_name: str
    invoked_function_arn: str
    deadline: float
    clock: Callable[[], float]
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 512

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run; never less than nothing."""
        return max(0, round((self.deadline - self.clock()) * 1000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """What became of one batch: its messages were deleted, or come back."""

    event: Event
    context: InvocationContext
    answer: object = None
    error: BaseException | None = None
    timed_out: bool = False
    deleted: frozenset[str] = field(default_factory=frozenset)
    returned: frozenset[str] = field(default_factory=frozenset)

    @property
    def message_ids(self) -> list[str]:
        """Return the ids of the batch, in the order in which they were received."""
        return [record["messageId"] for record in self.event["Records"]]


def invoke(handler: Handler, event: Event, context: InvocationContext) -> Invocation:
    """Run *handler*; an exception, or an end after the deadline, becomes part of the result."""
    # A future takes whatever the handler raises, as Lambda's runtime does.
    with ThreadPoolExecutor(max_workers=1) as runtime:
        future = runtime.submit(handler, event, context)
        error = future.exception()
    return Invocation(
        event=event,
        context=context,
        answer=None if error else future.result(),
        error=error,
        timed_out=context.clock() > context.deadline,
    )
