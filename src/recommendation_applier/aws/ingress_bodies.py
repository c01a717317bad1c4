"""The ingress queue, as dead letters come back to it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from recommendation_applier.aws.sqs_batches import packed

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef


class IngressQueueBodies:
    """Fits the IngressBodies port."""

    def __init__(self, client: "SQSClient", *, queue_url: str) -> None:
        """*client* needs sqs:SendMessage."""
        self._client = client
        self._queue_url = queue_url

    def send(self, bodies: Sequence[str]) -> Mapping[int, str]:
        """Send *bodies* without attributes, which the consumer does not read.

        Says by position why SQS does not have one for certain. Of a call that failed nobody knows:
        its bodies may have arrived.
        """
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies)
        ]
        unsent = dict.fromkeys(range(len(bodies)), "SQS did not name it in its answer")
        for some in packed(entries):
            try:
                answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=some)
            except (BotoCoreError, ClientError) as error:
                unsent |= {int(each["Id"]): f"sending it failed: {error}" for each in some}
                continue
            for each in answer.get("Failed", ()):
                unsent[int(each["Id"])] = f"SQS refused to take it: {each['Code']}"
            for sent in answer.get("Successful", ()):
                del unsent[int(sent["Id"])]
        return unsent
