"""Confirming that this queue wants what the dataset's SNS topic sends."""

import re
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from recommendation_applier.domain.delivery import Confirmation
from recommendation_applier.domain.errors import RefusedError, UnavailableError

if TYPE_CHECKING:
    from types_boto3_sns.client import SNSClient

_TOPIC_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,256}(\.fifo)?")
_REFUSED: Final = frozenset(
    {
        "AuthorizationError",
        "FilterPolicyLimitExceeded",
        "InvalidParameter",  # as it is once the token is two days old
        "NotFound",
        "ReplayLimitExceeded",
        "SubscriptionLimitExceeded",
    }
)


class SnsConfirmations:
    """Fits the Confirmations port."""

    def __init__(self, client: "SNSClient", *, topic_arn_prefix: str) -> None:
        """*topic_arn_prefix* is `arn:aws:sns:<region>:<the dataset's SNS account>:`."""
        self._client = client
        self._topic_arn_prefix = topic_arn_prefix

    def is_trusted(self, confirmation: Confirmation) -> bool:
        """Tell whether it is for a topic of the dataset's account in this region."""
        topic_arn, prefix = confirmation.topic_arn, self._topic_arn_prefix
        name = topic_arn.removeprefix(prefix)
        return topic_arn.startswith(prefix) and _TOPIC_NAME.fullmatch(name) is not None

    def confirm(self, confirmation: Confirmation) -> None:
        """Confirm by the SNS API; the address in the message is never called.

        Raises RefusedError if SNS will not have it, UnavailableError if it may later.
        """
        what = f"confirming the subscription to {confirmation.topic_arn} failed"
        try:
            self._client.confirm_subscription(
                TopicArn=confirmation.topic_arn, Token=confirmation.token
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            kind = RefusedError if code in _REFUSED else UnavailableError
            # SNS's own sentence is left out: it may quote the token.
            raise kind(f"{what}: {code}", api_code=code) from None
        except BotoCoreError as error:
            raise UnavailableError(f"{what}: {type(error).__name__}") from None
