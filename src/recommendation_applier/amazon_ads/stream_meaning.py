"""What an answer of `/streams/subscriptions` means for whoever asked. No I/O.

Source: the OpenAPI file of Amazon Marketing Stream 3.0 (400, 401, 403, 404, 409, 429 and 500, each
`{code?, message}`), and the guide's pages "managing-subscriptions" and "concepts/errors".
"""

from collections.abc import Mapping
from typing import Final

import httpx

from recommendation_applier.amazon_ads.meaning import names_the_profile
from recommendation_applier.amazon_ads.wire import Answer
from recommendation_applier.domain.errors import (
    ConflictError,
    CredentialsRefusedError,
    ProfileRefusedError,
    RefusedError,
    RetryableError,
    ThrottledError,
    UnavailableError,
)

_OTHER_MEDIA_TYPE: Final = (
    "; Amazon does not take this media type: try the other one (StreamMediaType, --media-type)"
)

_REMEDIES: Final[Mapping[int, str]] = {
    httpx.codes.BAD_REQUEST: (
        "; if it is about the destination, see that the queue is a standard one in the region of "
        "this Ads API host, and that its policy lets in the dataset's SNS account and Amazon's "
        "ReviewerRole"
    ),
    httpx.codes.UNAUTHORIZED: (
        "; see that the refresh token belongs to the client in the secret, and that both are of "
        "the same login"
    ),
    httpx.codes.FORBIDDEN: (
        "; see that the login behind the refresh token has this profile, with the permission "
        "view_performance_dashboard, and that the profile is of this region"
    ),
    httpx.codes.NOT_FOUND: (
        "; see that the profile is of this Ads API host's region; what another login or another "
        "client has subscribed is not visible with this token"
    ),
    httpx.codes.NOT_ACCEPTABLE: _OTHER_MEDIA_TYPE,
    httpx.codes.UNSUPPORTED_MEDIA_TYPE: _OTHER_MEDIA_TYPE,
}


def stream_error_of(answer: Answer, *, what: str) -> RetryableError | RefusedError | None:
    """Say what is wrong with *answer*; None if nothing is.

    Every operation may be repeated without harm, so that no answer counts as lost.
    """
    status = answer.status
    if 200 <= status < 300:  # noqa: PLR2004 - the bounds of a class of HTTP statuses
        return None
    names_profile = status == httpx.codes.UNAUTHORIZED and names_the_profile(answer)
    remedy = _REMEDIES.get(httpx.codes.FORBIDDEN if names_profile else status, "")
    message = f"{what} failed: {answer}{remedy}"
    retryable = _retryable(status, names_profile=names_profile)
    if retryable is not None:
        return retryable(
            message,
            retry_after=answer.retry_after or 0.0,
            http_status=status,
            api_code=answer.code,
            request_ids=answer.request_ids,
        )
    kind: type[RefusedError] = RefusedError
    if status == httpx.codes.CONFLICT:
        kind = ConflictError
    elif names_profile or status == httpx.codes.FORBIDDEN:
        kind = ProfileRefusedError
    return kind(message, http_status=status, api_code=answer.code, request_ids=answer.request_ids)


def _retryable(status: int, *, names_profile: bool) -> type[RetryableError] | None:
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return ThrottledError
    if status == httpx.codes.UNAUTHORIZED and not names_profile:
        return CredentialsRefusedError
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.REQUEST_TIMEOUT:
        return UnavailableError
    return None
