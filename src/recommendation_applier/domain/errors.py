"""Everything that can keep a request from being answered, by who must act.

ApplierError
├── RetryableError                  the deliveries go back to the ingress queue
│   ├── WaitError                   nobody: it is tried again later
│   │   ├── ThrottledError          429; carries how long to wait
│   │   ├── UnavailableError        nothing was taken: no connection, 500, 503
│   │   │   └── FileReplacedError   a data file is another one by now: read it from its beginning
│   │   ├── AnswerLostError         something may have been taken: ask before sending again
│   │   ├── OutOfTimeError          the invocation's time is up; nothing was sent
│   │   ├── BreakerOpenError        the API is left alone for a while; nothing was sent
│   │   ├── ClaimedElsewhereError   another invocation has it in hand; nothing was sent
│   │   ├── LedgerUnavailableError  what was sent before, or just now, is not known
│   │   ├── PolicyUnavailableError  what may be applied is not known; nothing was sent
│   │   ├── OpportunityAwaitedError the files may still name the opportunity; nothing was sent
│   │   └── RoutesUnreadableError   an operator: the route table; nothing was sent
│   └── CredentialsRefusedError     an operator: secret, refresh token, permissions or account
├── RefusedError                    the request itself is wrong, and will be the next time
│   ├── ProfileRefusedError         the login may not speak for this profile; for others it may
│   └── ConflictError               409: it is there already, or cannot be changed as it is
├── SettingsError                   an operator: the function's environment
├── PolicyError                     an operator: the policy of what may be applied
└── TermsError                      an operator: the file with the terms of a promotion

A 422 is not here: it is an answer, given id by id (see `outcome`).
"""

from typing import ClassVar

from recommendation_applier.domain.reasons import RetryReason


class ApplierError(Exception):
    """The root: says what was tried, on what, and why it failed.

    *http_status*, *api_code* and *request_ids* are what Amazon answered, where it did.
    """

    def __init__(
        self,
        message: str,
        *,
        http_status: int | None = None,
        api_code: str | None = None,
        request_ids: tuple[str, ...] = (),
    ) -> None:
        """Keep the sentence for people and Amazon's words for support cases."""
        super().__init__(message)
        self.http_status = http_status
        self.api_code = api_code
        self.request_ids = request_ids

    @property
    def request_id(self) -> str | None:
        """The one id to quote where there is room for one."""
        return next(iter(self.request_ids), None)


class RetryableError(ApplierError):
    """The same request may work later; *reason* is what the delivery's departure says.

    *retry_after* is how many seconds to wait at least; 0 where Amazon did not say. *was_made* is
    False where the request was not even made, because of an earlier one.
    """

    reason: ClassVar[RetryReason] = RetryReason.UNAVAILABLE
    was_made = True

    def __init__(
        self,
        message: str,
        *,
        retry_after: float = 0.0,
        http_status: int | None = None,
        api_code: str | None = None,
        request_ids: tuple[str, ...] = (),
    ) -> None:
        """Keep what ApplierError keeps, and the wait."""
        super().__init__(
            message, http_status=http_status, api_code=api_code, request_ids=request_ids
        )
        self.retry_after = retry_after


class WaitError(RetryableError):
    """It may work later, as it is."""


class ThrottledError(WaitError):
    """Too many requests (429): nothing was taken."""

    reason = RetryReason.THROTTLED


class UnavailableError(WaitError):
    """The other side could not be reached, or said that it failed: nothing was taken."""


class FileReplacedError(UnavailableError):
    """A data file was replaced while it was read: what was read is of no use to the rest."""


class AnswerLostError(WaitError):
    """The request may have been taken; nobody may send it again before asking."""

    reason = RetryReason.ANSWER_LOST


class OutOfTimeError(WaitError):
    """The invocation's time was up before the request was made."""

    reason = RetryReason.OUT_OF_TIME


class BreakerOpenError(WaitError):
    """The API is left alone for a while: nothing was sent."""

    reason = RetryReason.BREAKER_OPEN


class ClaimedElsewhereError(WaitError):
    """Another invocation has claimed it: nothing was sent by this one."""

    reason = RetryReason.CLAIMED_ELSEWHERE


class LedgerUnavailableError(WaitError):
    """The ledger could not be read or written."""

    reason = RetryReason.LEDGER_UNAVAILABLE


class PolicyUnavailableError(WaitError):
    """The policy could not be read or cannot be used: whoever is careful sends nothing."""

    reason = RetryReason.POLICY_UNAVAILABLE


class OpportunityAwaitedError(WaitError):
    """The opportunity files, which lag behind the Stream, may still name the recommendation."""

    reason = RetryReason.OPPORTUNITY_AWAITED


class RoutesUnreadableError(WaitError):
    """The route table cannot be read; without it, another opportunity might be taken."""

    reason = RetryReason.ROUTES_UNREADABLE


class CredentialsRefusedError(RetryableError):
    """The credentials are refused: every further request would be, so none is made."""

    reason = RetryReason.CREDENTIALS_REFUSED


class RefusedError(ApplierError):
    """The request was refused and nothing was taken; the same request would be refused again."""


class ProfileRefusedError(RefusedError):
    """Amazon does not let the login behind the token speak for the profile that was named."""


class ConflictError(RefusedError):
    """What is to be made exists already, or what is to be changed is in no state for it (409)."""


class SettingsError(ApplierError):
    """A variable of the function's environment is missing or malformed; the message names it."""


class PolicyError(ApplierError):
    """The policy cannot be used; the message names every field that is wrong."""


class TermsError(ApplierError):
    """The terms of a promotion cannot be read, or contradict themselves; the message says where."""
