"""The dead-letter queue: letters are stored for certain, or named as not stored."""

from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from recommendation_applier.aws.sqs_batches import MAX_BYTES, packed, size_of
from recommendation_applier.domain.dead_letter import DeadLetter

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient
    from types_boto3_sqs.type_defs import (
        MessageAttributeValueTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

_MAX_PASSES: Final = 3
"""Entries that SQS refuses through a fault of its own are sent again, so many times in all."""


class DeadLetterQueue:
    """Fits the DeadLetters port."""

    def __init__(
        self,
        client: "SQSClient",
        *,
        queue_url: str,
        report_failure: Callable[[str], None],
        time_is_up: Callable[[], bool],
    ) -> None:
        """*client* needs sqs:SendMessage; *report_failure* is told why something was not stored.

        No call is made once *time_is_up*.
        """
        self._client = client
        self._queue_url = queue_url
        self._report_failure = report_failure
        self._time_is_up = time_is_up

    def store(self, letters: Sequence[DeadLetter]) -> AbstractSet[int]:
        """Store *letters*; return the positions of those that SQS says it has.

        A letter too large to be wrapped is stored as the body alone, which redrive understands as
        well, and without attributes if only then it fits. When a call as a whole fails, no further
        one is made: the queue is down, and the time is better spent on the answer.
        """
        waiting = {
            position: entry
            for position, letter in enumerate(letters)
            if (entry := self._entry(position, letter)) is not None
        }
        stored: set[int] = set()
        refused = dict.fromkeys(waiting, "not named in the answer")
        for _ in range(_MAX_PASSES):
            for entries in packed(list(waiting.values())):
                if self._time_is_up():
                    self._report_failure(
                        f"storing {len(waiting.keys() - stored)} dead letters on "
                        f"{self._queue_url} was given up: the invocation's time was up"
                    )
                    return stored
                try:
                    answer = self._client.send_message_batch(
                        QueueUrl=self._queue_url, Entries=entries
                    )
                except (BotoCoreError, ClientError) as error:
                    self._report_failure(
                        f"storing {len(waiting.keys() - stored)} dead letters on "
                        f"{self._queue_url} failed: {error}"
                    )
                    return stored
                stored |= {int(entry["Id"]) for entry in answer.get("Successful", ())}
                for failed in answer.get("Failed", ()):
                    refused[int(failed["Id"])] = failed["Code"]
                    if failed["SenderFault"]:
                        del waiting[int(failed["Id"])]
            waiting = {each: entry for each, entry in waiting.items() if each not in stored}
        codes = Counter(code for position, code in refused.items() if position not in stored)
        if codes:
            self._report_failure(
                f"{codes.total()} dead letters were refused by {self._queue_url}: {dict(codes)}"
            )
        return stored

    def _entry(
        self, position: int, letter: DeadLetter
    ) -> "SendMessageBatchRequestEntryTypeDef | None":
        attributes: dict[str, MessageAttributeValueTypeDef] = {
            "kind": {"DataType": "String", "StringValue": letter.kind},
            "reasonCode": {"DataType": "String", "StringValue": letter.reason.code.value},
        }
        original = letter.original_body or ""
        for body, described in ((letter.body, attributes), (original, attributes), (original, {})):
            entry: SendMessageBatchRequestEntryTypeDef = {
                "Id": str(position),
                "MessageBody": body,
                "MessageAttributes": described,
            }
            if body and size_of(entry) <= MAX_BYTES:
                return entry
        self._report_failure(
            f"a dead letter ({letter.reason.code}) is larger than SQS takes; the message "
            f"{', '.join(letter.message_ids)} stays on the ingress queue until SQS moves it"
        )
        return None
