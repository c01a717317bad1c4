"""The ingress queue: when a delivery that stays on it is seen again."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient
    from types_boto3_sqs.type_defs import ChangeMessageVisibilityBatchRequestEntryTypeDef

MAX_ENTRIES: Final = 10
"""Of one ChangeMessageVisibilityBatch."""


class IngressQueue:
    """Stretches visibility; that is a courtesy: without it SQS's own timeout brings them back."""

    def __init__(self, client: "SQSClient", *, queue_url: str) -> None:
        """*client* needs sqs:ChangeMessageVisibility on *queue_url*."""
        self._client = client
        self._queue_url = queue_url

    def change_visibility(
        self, seconds_by_receipt_handle: Mapping[str, int], *, time_is_up: Callable[[], bool]
    ) -> str | None:
        """Hide messages for so many seconds from now; return what went wrong, if anything did.

        The first call that fails is the last one made, and none is made once *time_is_up*.
        """
        entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
            {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": seconds}
            for number, (handle, seconds) in enumerate(seconds_by_receipt_handle.items())
        ]
        refused: Counter[str] = Counter()
        for start in range(0, len(entries), MAX_ENTRIES):
            if time_is_up():
                return f"hiding {len(entries) - start} messages on {self._queue_url}: time was up"
            try:
                answer = self._client.change_message_visibility_batch(
                    QueueUrl=self._queue_url, Entries=entries[start : start + MAX_ENTRIES]
                )
            except (BotoCoreError, ClientError) as error:
                return f"hiding {len(entries) - start} messages on {self._queue_url}: {error}"
            refused.update(entry["Code"] for entry in answer.get("Failed", ()))
        if not refused:
            return None
        return f"hiding {refused.total()} messages on {self._queue_url}: refused: {dict(refused)}"
