"""The ingress queue, as whoever releases what is held writes to it."""

from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient

MAX_ENTRIES: Final = 10
"""Of one SendMessageBatch (SQS quotas). Ten notices of 100 ids are some 50 kB; it takes 1 MiB."""


class IngressNotices:
    """Fits the ReleaseNotices port."""

    def __init__(
        self, client: "SQSClient", *, queue_url: str, report_failure: Callable[[str], None]
    ) -> None:
        """*client* needs sqs:SendMessage; *report_failure* is told why something was not sent."""
        self._client = client
        self._queue_url = queue_url
        self._report_failure = report_failure

    def send(self, notices: Sequence[str]) -> AbstractSet[int]:
        """Send *notices*; return the positions of those that SQS says it has.

        The first call that fails is the last one made.
        """
        sent: set[int] = set()
        refused: Counter[str] = Counter()
        what = f"sending {len(notices)} notices of releases to {self._queue_url}"
        for start in range(0, len(notices), MAX_ENTRIES):
            some = enumerate(notices[start : start + MAX_ENTRIES], start)
            try:
                answer = self._client.send_message_batch(
                    QueueUrl=self._queue_url,
                    Entries=[{"Id": str(number), "MessageBody": body} for number, body in some],
                )
            except (BotoCoreError, ClientError) as error:
                self._report_failure(f"{what} failed: {error}")
                return sent
            sent |= {int(entry["Id"]) for entry in answer.get("Successful", ())}
            refused.update(entry["Code"] for entry in answer.get("Failed", ()))
        if refused:
            self._report_failure(f"{what} failed for {refused.total()}: refused: {dict(refused)}")
        return sent
