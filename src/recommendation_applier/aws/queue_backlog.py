"""How many messages are on a queue, by SQS's own count."""

from typing import TYPE_CHECKING

from recommendation_applier.domain.backlog import Backlog

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient


def backlog_of(client: "SQSClient", queue_url: str) -> Backlog:
    """Count what is visible, in flight and delayed. *client* needs sqs:GetQueueAttributes.

    What boto3 raises goes to the operator.
    """
    found = client.get_queue_attributes(
        QueueUrl=queue_url,
        AttributeNames=[
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
        ],
    )["Attributes"]
    return Backlog(
        visible=int(found["ApproximateNumberOfMessages"]),
        in_flight=int(found["ApproximateNumberOfMessagesNotVisible"]),
        delayed=int(found["ApproximateNumberOfMessagesDelayed"]),
    )
