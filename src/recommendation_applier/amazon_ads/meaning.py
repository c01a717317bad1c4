"""What an answer of the API means for whoever asked. No I/O."""

from collections.abc import Mapping
from typing import Final

import httpx

from recommendation_applier.amazon_ads.wire import MEDIA_TYPE, Answer
from recommendation_applier.domain.errors import (
    AnswerLostError,
    CredentialsRefusedError,
    RefusedError,
    RetryableError,
    ThrottledError,
    UnavailableError,
)

_LOST_STATUSES: Final = (408, 422)
"""What is not said of an id is not known: the service gave up waiting, or a 422 is silent of it."""

_NOT_TAKEN_STATUSES: Final = (500, 503)
"""The service itself says that it failed. Any other 5xx is a gateway's, which gave up on a service
that may nevertheless have taken the request."""

_REMEDIES: Final[Mapping[int, str]] = {
    httpx.codes.NOT_FOUND: (
        "; see that the opportunity is in the list of opportunities under this very id, and that "
        "its dataMetadata.rowCount is above 0: without rows it has no file"
    ),
    httpx.codes.NOT_ACCEPTABLE: f"; Amazon no longer takes {MEDIA_TYPE}: deploy a newer version",
    httpx.codes.UNSUPPORTED_MEDIA_TYPE: (
        f"; Amazon no longer takes {MEDIA_TYPE}: deploy a newer version"
    ),
}
"""What the guide's troubleshooting advises whoever reads (how-to, "Troubleshooting API errors"). It
files a media type that is not taken under 404 as well."""


def is_token_refused(answer: Answer) -> bool:
    """Tell whether a 401 is about the token, so that another one may help.

    The guide has four texts for 401 ("concepts/errors"); those that name the scope are about the
    profile that was asked for.
    """
    return answer.status == httpx.codes.UNAUTHORIZED and not names_the_profile(answer)


def names_the_profile(answer: Answer) -> bool:
    """Tell whether *answer* finds fault with the profile, which the API calls scope."""
    return "scope" in answer.message.lower()


def error_of(
    answer: Answer, *, what: str, is_read: bool = False
) -> RetryableError | RefusedError | None:
    """Say what *answer* means for the ids that it does not name; None if they are accepted.

    A request that only reads takes nothing, so that its answer may be lost without harm.
    """
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
        kind = UnavailableError if is_read else AnswerLostError
    elif status >= httpx.codes.INTERNAL_SERVER_ERROR:
        # One that names some ids got far enough to have taken the others as well.
        names_ids = answer.successes or answer.failures
        is_lost = names_ids or status not in _NOT_TAKEN_STATUSES
        kind = AnswerLostError if is_lost and not is_read else UnavailableError
    else:
        return RefusedError(
            message + (_REMEDIES.get(status, "") if is_read else ""),
            http_status=status,
            api_code=answer.code,
            request_ids=answer.request_ids,
        )
    return kind(
        message,
        retry_after=answer.retry_after or 0.0,
        http_status=status,
        api_code=answer.code,
        request_ids=answer.request_ids,
    )
