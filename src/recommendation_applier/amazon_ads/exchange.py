"""One request, one answer, one typed error: the only place that touches the network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import httpx

from recommendation_applier.amazon_ads.bodies import read_body
from recommendation_applier.amazon_ads.login_with_amazon import AccessToken, LoginWithAmazon
from recommendation_applier.amazon_ads.pacing import Pacing
from recommendation_applier.amazon_ads.wire import Answer, headers, read_answer
from recommendation_applier.domain.errors import (
    AnswerLostError,
    CredentialsRefusedError,
    RefusedError,
    RetryableError,
    ThrottledError,
    UnavailableError,
)

REQUEST_TIMEOUT_SECONDS: Final = 35.0
"""Amazon states 30 s for the slowest 1 % of synchronous calls (guide, "concepts/limits")."""

CONNECT_TIMEOUT_SECONDS: Final = 3.0

_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Failures before the first byte of the request. After any other, Amazon may have it."""

_LOST_STATUSES: Final = (408, 422)
"""What is not said of an id is not known: the service gave up waiting, or a 422 is silent of it."""

_NOT_TAKEN_STATUSES: Final = (500, 503)
"""The service itself says that it failed. Any other 5xx is a gateway's, which gave up on a service
that may nevertheless have taken the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Posts to the API for as long as the invocation lasts."""

    http: httpx.Client
    login: LoginWithAmazon
    pacing: Pacing
    url: str
    manager_account: str
    now: Callable[[], datetime]

    def post(
        self, path: str, body: dict[str, object], *, what: str, on_request: Callable[[], None]
    ) -> Answer:
        """Post *body* once; *what* names it in errors, *on_request* may still turn it away.

        Returns every answer in which Amazon speaks of the request itself: 2xx, 400, 422, a 500
        that names ids; `error_of` says what it means for the rest. A 401 costs one new token and
        one repeat. Raises CredentialsRefusedError, and WaitErrors for all that is no answer.
        """
        token = self.login.access_token(self.http, self.pacing)
        on_request()
        answer = self._post(path, body, token, what=what)
        if answer.status == httpx.codes.UNAUTHORIZED:
            token = self.login.access_token(self.http, self.pacing, rejected=token.value)
            on_request()
            answer = self._post(path, body, token, what=what)
        error = error_of(answer, what=what)
        partial = isinstance(error, AnswerLostError) and (answer.successes or answer.failures)
        if error is None or isinstance(error, RefusedError) or partial:
            return answer
        if isinstance(error, CredentialsRefusedError):
            self.login.forget(token)
        raise error

    def _post(self, path: str, body: dict[str, object], token: AccessToken, *, what: str) -> Answer:
        seconds = min(REQUEST_TIMEOUT_SECONDS, self.pacing.seconds_left())
        until = self.pacing.monotonic() + seconds
        timeout = httpx.Timeout(seconds, connect=min(CONNECT_TIMEOUT_SECONDS, seconds))
        request_headers = headers(
            client_id=token.client_id,
            manager_account=self.manager_account,
            access_token=token.value,
        )
        try:
            with self.http.stream(
                "POST",
                self.url + path,
                json=body,
                headers=request_headers,
                timeout=timeout,
                extensions={"trace": self._turn_back_when_over},
            ) as response:
                content = read_body(response, self.pacing, until=until)
        except _NEVER_SENT as error:
            raise UnavailableError(f"{what} failed: {_describe(error)}; nothing was sent") from None
        except (httpx.LocalProtocolError, UnicodeEncodeError) as error:
            # Its text is left out: it quotes the header that it finds illegal.
            raise UnavailableError(
                f"{what} failed: {type(error).__name__}: a header cannot be written; nothing was "
                "sent"
            ) from None
        except httpx.HTTPError as error:
            # `from None`: the cause holds the request, and with it the Authorization header.
            raise AnswerLostError(
                f"{what}: the answer was lost: {_describe(error)}; Amazon may have taken it"
            ) from None
        answer_headers = {name.lower(): value for name, value in response.headers.items()}
        return read_answer(
            response.status_code,
            answer_headers,
            content,
            now=self.now(),
            secrets=(token.value, token.client_id),
        )

    def _turn_back_when_over(self, event: str, _: Mapping[str, object]) -> None:
        """Let no request begin that nobody waits for any more.

        Looking up a host has no timeout. A thread that it held past the end of its invocation would
        send when it wakes up, in the middle of another one, what has been claimed anew by then.
        """
        over = self.http.is_closed or not self.pacing.seconds_left()
        if over and event.endswith("send_request_headers.started"):
            raise httpx.ConnectTimeout("the invocation was over before the request could be sent")


def error_of(answer: Answer, *, what: str) -> RetryableError | RefusedError | None:
    """Say what *answer* means for the ids that it does not name; None if they are accepted."""
    status = answer.status
    if 200 <= status < 300:  # noqa: PLR2004 - the bounds of a class of HTTP statuses
        return None
    message = f"{what} failed: {answer}"
    kind: type[RetryableError]
    if status == httpx.codes.TOO_MANY_REQUESTS:
        kind = ThrottledError
    elif status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        message += (
            "; see that the token belongs to a login with Admin or Custom-Editor permission in the "
            "Partner Network account, and that PartnerNetworkAccountId is that account's id"
        )
        kind = CredentialsRefusedError
    elif status in _LOST_STATUSES:
        kind = AnswerLostError
    elif status >= httpx.codes.INTERNAL_SERVER_ERROR:
        # One that names some ids got far enough to have taken the others as well.
        names_ids = answer.successes or answer.failures
        is_lost = names_ids or status not in _NOT_TAKEN_STATUSES
        kind = AnswerLostError if is_lost else UnavailableError
    else:
        return RefusedError(
            message, http_status=status, api_code=answer.code, request_ids=answer.request_ids
        )
    return kind(
        message,
        retry_after=answer.retry_after or 0.0,
        http_status=status,
        api_code=answer.code,
        request_ids=answer.request_ids,
    )


def _describe(error: httpx.HTTPError) -> str:
    return f"{type(error).__name__}{f': {error}' if str(error) else ''}"
