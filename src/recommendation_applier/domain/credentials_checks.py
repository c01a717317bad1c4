"""Whether there are credentials, and whether Login with Amazon takes them."""

from typing import Final

from recommendation_applier.domain.credentials import read_credentials
from recommendation_applier.domain.errors import ApplierError, CredentialsRefusedError
from recommendation_applier.domain.finding import Finding, fault, ok

_SET: Final = "`applier credentials set`"

_BY_ERROR: Final = {
    "invalid_grant": (
        "the refresh token is refused: it was revoked, has ended, or belongs to another client",
        f"have the login consent again, and store the new refresh token with {_SET}",
    ),
    "invalid_client": (
        "the client is refused: client_id and client_secret do not belong together",
        f"take both from the security profile of the application, and store them with {_SET}",
    ),
    "unauthorized_client": (
        "the client may not do this: it is not, or no longer, allowed to use the Ads API",
        "have the Login with Amazon application admitted to the Ads API",
    ),
}
"""What Login with Amazon says (RFC 6749, section 5.2), what it means and what mends it."""


def judge_secret(text: str | None, *, source: str) -> Finding:
    """Judge the secret's *text*, None where it has none; *source* names it."""
    if not text:
        return fault(f"{source} is empty", f"fill it with {_SET}")
    try:
        read_credentials(text, source=source)
    except CredentialsRefusedError as error:
        return fault(str(error).partition("; ")[0], f"store all three again with {_SET}")
    return ok("filled: client_id, client_secret and refresh_token")


def judge_token(error: ApplierError | None) -> Finding:
    """Judge what became of the request for an access token; None if there is one."""
    if error is None:
        return ok("Login with Amazon gives an access token")
    if not isinstance(error, CredentialsRefusedError):
        return fault(
            f"Login with Amazon is not reached: {error}",
            "nothing is wrong with the credentials as far as is known: look at the network, at "
            "LWA_TOKEN_URL of the function, and again in some minutes",
        )
    meaning, mend = _BY_ERROR.get(
        error.api_code or "",
        ("the request for a token is refused", f"store all three again with {_SET}"),
    )
    return fault(f"{error.api_code or 'refused'}: {meaning}", mend)
