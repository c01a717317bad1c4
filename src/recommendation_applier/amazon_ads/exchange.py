"""One request, one answer, one typed error: the only place that touches the network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

import httpx
from msgspec.json import encode

from recommendation_applier.amazon_ads.bodies import read_body
from recommendation_applier.amazon_ads.login_with_amazon import AccessToken, LoginWithAmazon
from recommendation_applier.amazon_ads.meaning import error_of, is_token_refused
from recommendation_applier.amazon_ads.pacing import Pacing
from recommendation_applier.amazon_ads.request import Request
from recommendation_applier.amazon_ads.wire import Answer, headers, read_answer
from recommendation_applier.domain.errors import (
    AnswerLostError,
    CredentialsRefusedError,
    RefusedError,
    RetryableError,
    UnavailableError,
)

REQUEST_TIMEOUT_SECONDS: Final = 35.0
"""Amazon states 30 s for the slowest 1 % of synchronous calls (guide, "concepts/limits")."""

CONNECT_TIMEOUT_SECONDS: Final = 3.0

_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Failures before the first byte of the request. After any other, Amazon may have it."""


@dataclass(frozen=True, slots=True)
class Received:
    """An answer, and what came with it; *location* is a presigned address where there is one."""

    answer: Answer
    content: bytes = field(default=b"", repr=False)
    location: str | None = field(default=None, repr=False)

    @property
    def request_ids(self) -> tuple[str, ...]:
        """What to quote to Amazon's support."""
        return self.answer.request_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Speaks to the API for as long as the invocation lasts."""

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
        request = self._partner_request("POST", path, body)
        received, token = self._authorized(request, what=what, on_request=on_request)
        answer = received.answer
        error = error_of(answer, what=what)
        partial = isinstance(error, AnswerLostError) and (answer.successes or answer.failures)
        if error is None or isinstance(error, RefusedError) or partial:
            return answer
        raise self._forgetting(token, error)

    def get(self, path: str, *, what: str, on_request: Callable[[], None]) -> Received:
        """Get *path* once: what comes with a 2xx, or the redirect of a 307.

        Nothing is taken by looking, so that a lost answer is no more than one to ask for again.
        Raises RefusedError that says what to do, and otherwise what `post` raises.
        """

        def meaning(answer: Answer) -> RetryableError | RefusedError | None:
            redirects = answer.status == httpx.codes.TEMPORARY_REDIRECT
            return None if redirects else error_of(answer, what=what, is_read=True)

        request = self._partner_request("GET", path, None)
        return self.ask(request, meaning, what=what, on_request=on_request)

    def ask(
        self,
        request: Request,
        meaning: Callable[[Answer], RetryableError | RefusedError | None],
        *,
        what: str,
        on_request: Callable[[], None],
    ) -> Received:
        """Send *request* once; *meaning* says which answers are errors, and those are raised.

        A 401 that is about the token costs a new one and one repeat. Raises WaitErrors for all that
        is no answer.
        """
        received, token = self._authorized(request, what=what, on_request=on_request)
        error = meaning(received.answer)
        if error is not None:
            raise self._forgetting(token, error)
        return received

    def _partner_request(self, method: str, path: str, body: dict[str, object] | None) -> Request:
        return Request(
            method=method,
            path=path,
            body=body,
            headers=lambda token: headers(
                client_id=token.client_id,
                manager_account=self.manager_account,
                access_token=token.value,
                has_body=body is not None,
            ),
            is_repeatable=body is None,
        )

    def _authorized(
        self, request: Request, *, what: str, on_request: Callable[[], None]
    ) -> tuple[Received, AccessToken]:
        token = self.login.access_token(self.http, self.pacing)
        on_request()
        received = self._send(request, token, what=what)
        if is_token_refused(received.answer):
            token = self.login.access_token(self.http, self.pacing, rejected=token.value)
            on_request()
            received = self._send(request, token, what=what)
        return received, token

    def _forgetting(
        self, token: AccessToken, error: RetryableError | RefusedError
    ) -> RetryableError | RefusedError:
        """Give *error*, and let go of the *token* that it may be about."""
        if isinstance(error, CredentialsRefusedError):
            self.login.forget(token)
        return error

    def _send(self, request: Request, token: AccessToken, *, what: str) -> Received:
        seconds = min(REQUEST_TIMEOUT_SECONDS, self.pacing.seconds_left())
        until = self.pacing.monotonic() + seconds
        timeout = httpx.Timeout(seconds, connect=min(CONNECT_TIMEOUT_SECONDS, seconds))
        try:
            with self.http.stream(
                request.method,
                _url(self.url + request.path),
                content=None if request.body is None else encode(request.body),
                headers=request.headers(token),
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
            lost = f"{what}: the answer was lost: {_describe(error)}"
            if request.is_repeatable:
                raise UnavailableError(lost) from None
            raise AnswerLostError(f"{lost}; Amazon may have taken it") from None
        answer_headers = {name.lower(): value for name, value in response.headers.items()}
        answer = read_answer(
            response.status_code,
            answer_headers,
            content,
            now=self.now(),
            secrets=(token.value, token.client_id),
        )
        return Received(answer, content, answer_headers.get("location"))

    def _turn_back_when_over(self, event: str, _: Mapping[str, object]) -> None:
        """Let no request begin that nobody waits for any more.

        Looking up a host has no timeout. A thread that it held past the end of its invocation would
        send when it wakes up, in the middle of another one, what has been claimed anew by then.
        """
        over = self.http.is_closed or not self.pacing.seconds_left()
        if over and event.endswith("send_request_headers.started"):
            raise httpx.ConnectTimeout("the invocation was over before the request could be sent")


@lru_cache(maxsize=128)
def _url(text: str) -> httpx.URL:
    """Parse an address once for all the requests to it: there is one for each opportunity."""
    return httpx.URL(text)


def _describe(error: httpx.HTTPError) -> str:
    return f"{type(error).__name__}{f': {error}' if str(error) else ''}"
