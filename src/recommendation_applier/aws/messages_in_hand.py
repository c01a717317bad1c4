"""Messages that were received, and that nobody else sees until they are put back or deleted."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from recommendation_applier.aws.sqs_batches import MAX_ENTRIES

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient

_MOST_FAILURES: Final = 3
"""Calls in a row; one that fails has had its tries and its seconds."""

_MARGIN: Final = timedelta(seconds=30)
"""What is visible again sooner is not begun with."""

_SECONDS_ANEW: Final = 120


@dataclass(frozen=True, slots=True)
class _Receipt:
    handle: str
    until: datetime


class MessagesInHand:
    """Knows by message id with which receipt, and until when, each message is ours."""

    def __init__(
        self, client: "SQSClient", *, queue_url: str, clock: Callable[[], datetime]
    ) -> None:
        """*client* needs sqs:ChangeMessageVisibility, and sqs:DeleteMessage to delete."""
        self._client = client
        self._queue_url = queue_url
        self._clock = clock
        self._receipts: dict[str, _Receipt] = {}

    def take(self, message_id: str, handle: str, *, until: datetime) -> None:
        """Take a message that was received: the latest *handle* counts."""
        self._receipts[message_id] = _Receipt(handle, until)

    def secure(self, message_ids: Collection[str]) -> AbstractSet[str]:
        """Name those that stay hidden for half a minute; what would not is hidden anew first."""
        late = self._clock() + _MARGIN
        ending = [each for each in message_ids if self._receipts[each].until <= late]
        until = self._clock() + timedelta(seconds=_SECONDS_ANEW)
        lost = self._change_visibility(ending, _SECONDS_ANEW)
        for each in ending:
            if each not in lost:
                self._receipts[each] = _Receipt(self._receipts[each].handle, until)
        return frozenset(message_ids) - lost.keys()

    def delete(self, message_ids: Collection[str]) -> Mapping[str, str]:
        """Delete messages; say by id why one is not deleted for certain.

        SQS may answer that it has deleted what somebody else has received since: by the clock, such
        a message was visible again.
        """
        failed: dict[str, str] = {}
        for some in _by_ten(message_ids):
            try:
                answer = self._client.delete_message_batch(
                    QueueUrl=self._queue_url,
                    Entries=[
                        {"Id": str(place), "ReceiptHandle": self._receipts[each].handle}
                        for place, each in enumerate(some)
                    ],
                )
            except (BotoCoreError, ClientError) as error:
                failed |= dict.fromkeys(some, f"deleting it failed: {error}")
                continue
            now = self._clock()
            refused = {int(each["Id"]): each["Code"] for each in answer.get("Failed", ())}
            for place, each in enumerate(some):
                if place in refused:
                    failed[each] = f"SQS refused to delete it: {refused[place]}"
                elif self._receipts[each].until <= now:
                    failed[each] = "it was visible again by then, and may have been received"
                else:
                    del self._receipts[each]
        return failed

    def put_back(self) -> Mapping[str, str]:
        """Make visible what is still in hand, which ends that; say by id why one is not."""
        failed = self._change_visibility(list(self._receipts), 0)
        self._receipts.clear()
        return failed

    def _change_visibility(self, message_ids: Collection[str], seconds: int) -> Mapping[str, str]:
        """Hide messages for *seconds* from now; say by id why one is not."""
        failed: dict[str, str] = {}
        failures, why = 0, ""
        for some in _by_ten(message_ids):
            if failures == _MOST_FAILURES:  # nobody waits for thousands of timeouts
                failed |= dict.fromkeys(some, why)
                continue
            try:
                answer = self._client.change_message_visibility_batch(
                    QueueUrl=self._queue_url,
                    Entries=[
                        {
                            "Id": str(place),
                            "ReceiptHandle": self._receipts[each].handle,
                            "VisibilityTimeout": seconds,
                        }
                        for place, each in enumerate(some)
                    ],
                )
            except (BotoCoreError, ClientError) as error:
                failures, why = failures + 1, str(error)
                failed |= dict.fromkeys(some, why)
                continue
            failures = 0
            for each in answer.get("Failed", ()):
                failed[some[int(each["Id"])]] = each["Code"]
        return failed


def _by_ten(message_ids: Collection[str]) -> Iterator[Sequence[str]]:
    ids = list(message_ids)
    return (ids[start : start + MAX_ENTRIES] for start in range(0, len(ids), MAX_ENTRIES))
