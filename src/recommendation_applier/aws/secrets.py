"""The credentials, as Secrets Manager keeps them."""

from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from recommendation_applier.domain.credentials import Credentials, read_credentials
from recommendation_applier.domain.errors import CredentialsRefusedError, UnavailableError

if TYPE_CHECKING:
    from types_boto3_secretsmanager.client import SecretsManagerClient

_FOR_A_PERSON: Final = {
    "AccessDeniedException": "the function's role must allow secretsmanager:GetSecretValue",
    "DecryptionFailure": "the secret's KMS key must let the function's role decrypt",
    "InvalidRequestException": "restore the secret, which is scheduled for deletion",
    "ResourceNotFoundException": "store the credentials there (README, Deploy)",
}
"""Answers that no other try changes, and what changes them."""


class SecretCredentials:
    """Fits the CredentialsSource port of Login with Amazon."""

    def __init__(self, client: "SecretsManagerClient", *, secret_arn: str) -> None:
        """*client* needs secretsmanager:GetSecretValue on *secret_arn*."""
        self._client = client
        self._secret_arn = secret_arn

    def read(self) -> Credentials:
        """Read the current value afresh.

        Raises CredentialsRefusedError if the secret is empty, unreadable or malformed, and
        UnavailableError if Secrets Manager does not answer.
        """
        try:
            answer = self._client.get_secret_value(SecretId=self._secret_arn)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _FOR_A_PERSON:
                raise CredentialsRefusedError(
                    f"reading the Login with Amazon credentials from {self._secret_arn} failed: "
                    f"{code}; {_FOR_A_PERSON[code]}"
                ) from error
            raise UnavailableError(f"reading {self._secret_arn} failed: {code}") from error
        except BotoCoreError as error:
            raise UnavailableError(f"reading {self._secret_arn} failed: {error}") from error
        return read_credentials(answer.get("SecretString", ""), source=self._secret_arn)
