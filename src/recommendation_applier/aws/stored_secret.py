"""The secret of a stack, as operators read and write it."""

from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_secretsmanager.client import SecretsManagerClient

CONSENTED_ON: Final = "RefreshTokenConsentedOn"
"""The tag that has the day of consent: a value of the secret's own would be nothing to list by."""


class StoredSecret:
    """Reads and writes one secret. What boto3 raises goes to the operator."""

    def __init__(self, client: "SecretsManagerClient", *, arn: str) -> None:
        """*client* needs GetSecretValue, DescribeSecret, PutSecretValue and TagResource on it."""
        self._client = client
        self.arn = arn

    def read(self) -> str | None:
        """Give the value in force; None if there is none, as after the first deploy."""
        try:
            return self._client.get_secret_value(SecretId=self.arn).get("SecretString", "")
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
        self._client.describe_secret(SecretId=self.arn)  # raises if there is no secret at all
        return None

    def write(self, text: str) -> None:
        """Put *text* in force."""
        self._client.put_secret_value(SecretId=self.arn, SecretString=text)

    def consented_on(self) -> str | None:
        """Give the day of consent as it was noted."""
        tags = self._client.describe_secret(SecretId=self.arn).get("Tags", [])
        return next((each["Value"] for each in tags if each["Key"] == CONSENTED_ON), None)

    def note_consent(self, day: str) -> None:
        """Note the day of consent."""
        self._client.tag_resource(SecretId=self.arn, Tags=[{"Key": CONSENTED_ON, "Value": day}])
