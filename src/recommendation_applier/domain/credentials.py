"""The credentials of a Login with Amazon application; their values reach no log and no error."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote_plus

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from recommendation_applier.domain.errors import CredentialsRefusedError

_PLAIN: Final = re.compile(r"[A-Za-z0-9._-]{6,}")


class Credentials(BaseModel):
    """The JSON of the secret: `client_id`, `client_secret` and `refresh_token`."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    client_id: str = Field(pattern=r"^[!-~]+$")  # it goes into a header
    client_secret: SecretStr = Field(min_length=1)
    refresh_token: SecretStr = Field(min_length=1)

    def redact(self, text: str) -> str:
        """Blank the secret values out of *text*, which may quote a request of ours.

        They are found as they are and as a form writes them.
        """
        secrets = (self.client_secret, self.refresh_token)
        return redact(text, self.client_id, *(each.get_secret_value() for each in secrets))


def redact(text: str, *secrets: str) -> str:
    """Blank *secrets* out of *text*: as they are, as a form writes them, and their plain parts.

    Whoever quotes a secret may have escaped it for JSON or HTML; the plain parts stay the same.
    """
    for form in _forms(secrets):
        text = text.replace(form, "[redacted]")
    return text


@lru_cache(maxsize=8)
def _forms(secrets: tuple[str, ...]) -> tuple[str, ...]:
    """Name what to look for, the longest first: one may hold another."""
    forms = {
        form
        for secret in secrets
        if secret
        for form in (secret, quote_plus(secret), *_PLAIN.findall(secret))
    }
    return tuple(sorted(forms, key=len, reverse=True))


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
