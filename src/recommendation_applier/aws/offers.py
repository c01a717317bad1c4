"""The ingress queue, as the reader of files puts rows on it."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from recommendation_applier.aws.sqs_batches import MAX_BYTES, packed, size_of
from recommendation_applier.domain.errors import OutOfTimeError, UnavailableError
from recommendation_applier.domain.offer import offer_body, without_settings
from recommendation_applier.domain.recommendation import Recommendation

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef


class QueuedOffers:
    """Fits the Offers port."""

    def __init__(
        self, client: "SQSClient", *, queue_url: str, time_is_up: Callable[[], bool]
    ) -> None:
        """*client* needs sqs:SendMessage. No call is made once *time_is_up*."""
        self._client = client
        self._queue_url = queue_url
        self._time_is_up = time_is_up

    def offer(self, recommendations: Sequence[Recommendation]) -> AbstractSet[str]:
        """Send a message for each; name the ids of those that SQS says it has.

        Raises UnavailableError, and OutOfTimeError; some may be sent by then.
        """
        what = f"putting {len(recommendations)} rows on {self._queue_url}"
        sent: set[int] = set()
        for entries in packed(_entry(number, each) for number, each in enumerate(recommendations)):
            if self._time_is_up():
                raise OutOfTimeError(f"{what} was broken off: the time was up")
            try:
                answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                raise UnavailableError(f"{what} failed: {code}") from error
            except BotoCoreError as error:
                raise UnavailableError(f"{what} failed: {type(error).__name__}") from error
            sent |= {int(entry["Id"]) for entry in answer.get("Successful", ())}
        return {recommendations[number].recommendation_id for number in sent}


def _entry(number: int, recommendation: Recommendation) -> "SendMessageBatchRequestEntryTypeDef":
    entry: SendMessageBatchRequestEntryTypeDef = {
        "Id": str(number),
        "MessageBody": offer_body(recommendation),
    }
    if size_of(entry) > MAX_BYTES:
        entry["MessageBody"] = offer_body(without_settings(recommendation))
    return entry
