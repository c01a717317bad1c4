"""Login with Amazon: the refresh-token grant, and the access token that is kept.

Source of each rule: Amazon Ads guide, "authorization/access-tokens". Tokens last 60 minutes and
are valid in every region; the refresh token is not rotated by use.
"""

import threading
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import httpx
from pydantic_core import from_json

from recommendation_applier.amazon_ads.bodies import read_body
from recommendation_applier.amazon_ads.pacing import Pacing
from recommendation_applier.domain.credentials import Credentials
from recommendation_applier.domain.errors import (
    ApplierError,
    CredentialsRefusedError,
    UnavailableError,
)

RENEW_SECONDS_BEFORE_EXPIRY: Final = 120.0
"""Longer than one request can take, so that a token never expires on its way."""
_TIMEOUT_SECONDS: Final = 10.0
_DEFAULT_LIFETIME_SECONDS: Final = 3600.0
_SHOWN_CHARACTERS: Final = 200
_MAY_BE_ROTATED: Final = ("invalid_grant", "invalid_client", "unauthorized_client")
"""Errors that a secret which has been replaced since it was read would explain."""


class CredentialsSource(Protocol):
    """Where the secret is kept."""

    def read(self) -> Credentials:
        """Read the credentials afresh.

        Raises WaitError where that may work later, CredentialsRefusedError where it will not.
        """


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A bearer token, and the client that it was issued to."""

    value: str = field(repr=False)
    client_id: str
    renew_at: float
    """A moment of the wall clock: a monotonic one may stand still while Lambda is frozen."""


class LoginWithAmazon:
    """Gets, keeps and renews the access token; safe for use by several threads.

    The token outlives the invocation. However many threads ask, one fetch is under way at a time
    and those who waited for it share its result, its failure included. It does not try again by
    itself: its callers do, in one place for all requests.
    """

    def __init__(
        self, *, token_url: str, source: CredentialsSource, time: Callable[[], float]
    ) -> None:
        """*time* is the wall clock, in seconds."""
        self._token_url = token_url
        self._source = source
        self._time = time
        self._lock = threading.Lock()
        self._credentials: Credentials | None = None
        self._token: AccessToken | None = None
        self._fetches = 0
        self._last_error: ApplierError | None = None

    def access_token(
        self, http: httpx.Client, pacing: Pacing, *, rejected: str | None = None
    ) -> AccessToken:
        """Return a token that is good for at least one more request.

        *rejected* is the value that an API has just refused (401): another one is fetched.
        Raises CredentialsRefusedError where a person has to act, WaitError where it may work later.
        """
        before = self._fetches
        with self._lock:
            token = self._token
            if token and token.value != rejected and self._time() < token.renew_at:
                return token
            if self._fetches != before and self._last_error is not None:
                raise copy(self._last_error)
            try:
                self._last_error = None
                self._token = self._fetch(http, pacing)
            except ApplierError as error:
                self._token = None
                self._last_error = copy(error)  # without its traceback, whose frames hold secrets
                raise
            finally:
                self._fetches += 1
            return self._token

    def forget(self, token: AccessToken) -> None:
        """Drop *token*, which the API refuses; the next is made from the secret as it is then."""
        with self._lock:
            if self._token == token:
                self._token = None
                self._credentials = None

    def _fetch(self, http: httpx.Client, pacing: Pacing) -> AccessToken:
        credentials = self._credentials or self._source.read()
        self._credentials = credentials
        try:
            return self._grant(credentials, http, pacing)
        except _RotatedError as error:
            # Somebody may have stored a new secret since this environment read it.
            self._credentials = self._source.read()
            if self._credentials == credentials:
                self._credentials = None
                raise CredentialsRefusedError(
                    str(error), http_status=error.http_status, api_code=error.api_code
                ) from error
            try:
                return self._grant(self._credentials, http, pacing)
            except CredentialsRefusedError:
                self._credentials = None
                raise

    def _grant(self, credentials: Credentials, http: httpx.Client, pacing: Pacing) -> AccessToken:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": credentials.refresh_token.get_secret_value(),
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret.get_secret_value(),
        }
        seconds = min(_TIMEOUT_SECONDS, max(0.1, pacing.seconds_left()))
        until = pacing.monotonic() + seconds
        try:
            with http.stream("POST", self._token_url, data=form, timeout=seconds) as response:
                content = read_body(response, pacing, until=until)
        except httpx.HTTPError as error:
            raise UnavailableError(
                f"getting an access token from {self._token_url} failed: "
                f"{type(error).__name__}: {credentials.redact(str(error))}"
            ) from None  # the cause holds the request, and with it the secret
        return self._read(response.status_code, content, credentials)

    def _read(self, status: int, content: bytes, credentials: Credentials) -> AccessToken:
        try:
            value: Any = from_json(content)
        except ValueError:
            value = None
        answer = value if isinstance(value, dict) else {}
        token = answer.get("access_token")
        if httpx.codes.is_success(status) and isinstance(token, str) and token:
            lifetime = _seconds(answer.get("expires_in"))
            margin = min(RENEW_SECONDS_BEFORE_EXPIRY, lifetime / 2)
            return AccessToken(token, credentials.client_id, self._time() + lifetime - margin)
        raise _error(status, answer, self._token_url, credentials)


class _RotatedError(CredentialsRefusedError):
    """Refused in a way that a newer secret may mend."""


def _error(
    status: int, answer: dict[str, Any], token_url: str, credentials: Credentials
) -> ApplierError:
    code = answer.get("error")
    code = credentials.redact(code)[:_SHOWN_CHARACTERS] if isinstance(code, str) else None
    description = credentials.redact(str(answer.get("error_description") or "no description"))
    what = f"getting an access token from {token_url} failed: {status}"
    if code is None or status >= httpx.codes.INTERNAL_SERVER_ERROR or status == 429:  # noqa: PLR2004
        return UnavailableError(f"{what} without a token", http_status=status, api_code=code)
    kind = _RotatedError if code in _MAY_BE_ROTATED else CredentialsRefusedError
    return kind(
        f"{what} {code}: {description[:_SHOWN_CHARACTERS]}; store a refresh token of this client "
        "in the secret",
        http_status=status,
        api_code=code,
    )


def _seconds(expires_in: object) -> float:
    """Read `expires_in`, which is a number in Amazon's answer and a string in some of its pages."""
    try:
        seconds = float(str(expires_in))
    except ValueError:
        return _DEFAULT_LIFETIME_SECONDS
    return seconds if 0 < seconds <= _DEFAULT_LIFETIME_SECONDS * 24 else _DEFAULT_LIFETIME_SECONDS
