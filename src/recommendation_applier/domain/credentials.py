"""The credentials of a Login with Amazon application; their values reach no log and no error."""

from urllib.parse import quote_plus

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from recommendation_applier.domain.errors import CredentialsRefusedError


class Credentials(BaseModel):
    """The JSON of the secret: `client_id`, `client_secret` and `refresh_token`."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    client_id: str = Field(min_length=1)
    client_secret: SecretStr = Field(min_length=1)
    refresh_token: SecretStr = Field(min_length=1)

    def redact(self, text: str) -> str:
        """Blank the secret values out of *text*, which may quote a request of ours.

        They are found as they are and as a form writes them.
        """
        plain = {each.get_secret_value() for each in (self.client_secret, self.refresh_token)}
        # The longest first: one may be a part of another.
        for value in sorted(plain | {quote_plus(each) for each in plain}, key=len, reverse=True):
            text = text.replace(value, "[redacted]")
        return text


def read_credentials(text: str, *, source: str) -> Credentials:
    """Read the secret's *text*; *source* names where it came from.

    Raises CredentialsRefusedError naming the fields that are missing or malformed, never a value.
    """
    try:
        return Credentials.model_validate_json(text)
    except ValidationError as error:
        fields = sorted({str(finding["loc"][0]) for finding in error.errors() if finding["loc"]})
        wrong = f"wrong or missing: {', '.join(fields)}" if fields else "it is not a JSON object"
        raise CredentialsRefusedError(
            f"reading the Login with Amazon credentials from {source} failed: {wrong}; store "
            '{"client_id": "…", "client_secret": "…", "refresh_token": "…"}'
        ) from None  # the cause would quote the secret
