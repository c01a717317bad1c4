"""What boto3 raises, as a sentence that says what to do."""

from typing import Final

from botocore import exceptions

AWS_ERRORS: Final[tuple[type[Exception], ...]] = (exceptions.BotoCoreError, exceptions.ClientError)

_SIGN_IN: Final = "sign in to AWS (`aws sso login`), or name another profile with --profile"
_PERMISSION: Final = "ask for that permission, or name another profile with --profile"
_PATIENCE: Final = "wait a minute, then run it again"

_NOT_AUTHORIZED: Final = "is not authorized to perform"
"""IAM's words, whatever the code of the service that quotes them."""

_BY_TYPE: Final[tuple[tuple[tuple[type[Exception], ...], str], ...]] = (
    (
        (
            exceptions.CredentialRetrievalError,
            exceptions.LoginError,
            exceptions.NoAuthTokenError,
            exceptions.NoCredentialsError,
            exceptions.PartialCredentialsError,
            exceptions.SSOError,
            exceptions.TokenRetrievalError,
        ),
        _SIGN_IN,
    ),
    ((exceptions.ProfileNotFound,), "name one of ~/.aws/config with --profile"),
    ((exceptions.NoRegionError,), "name the region of the stack with --region"),
    (
        (exceptions.ConnectionError, exceptions.HTTPClientError),
        "look at the network, and at --region",
    ),
)

_BY_CODE: Final = {
    **dict.fromkeys(
        (
            "AuthFailure",
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "RequestExpired",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
        ),
        _SIGN_IN,
    ),
    **dict.fromkeys(
        ("AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"),
        _PERMISSION,
    ),
    **dict.fromkeys(
        (
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
        ),
        _PATIENCE,
    ),
}


def sentence_of(error: Exception) -> str:
    """Say what *error* says, and what to do about it where that is known."""
    what, mend = told_by(error)
    return f"{what.rstrip('. ')}; {mend}" if mend else what


def told_by(error: Exception) -> tuple[str, str | None]:
    """Give what *error* says, and what to do about it; None where that is not known."""
    if isinstance(error, exceptions.ClientError):
        answer = error.response["Error"]
        code = answer.get("Code", "no code")
        what = f"AWS refused {error.operation_name}: {code}: {answer.get('Message', '')}"
        mend = _BY_CODE.get(code)
    else:
        what = str(error)
        mend = next((mend for kinds, mend in _BY_TYPE if isinstance(error, kinds)), None)
    return what, mend


def missing_permission(error: BaseException | None) -> str | None:
    """Name the operation that AWS refused for want of a permission, if *error* is about that."""
    if not isinstance(error, exceptions.ClientError):
        return None
    answer = error.response["Error"]
    is_refused = _BY_CODE.get(answer.get("Code", "")) == _PERMISSION
    is_refused |= _NOT_AUTHORIZED in answer.get("Message", "")
    return error.operation_name if is_refused else None
