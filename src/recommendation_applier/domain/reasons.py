"""The doors a recommendation can leave by, and the closed lists of reasons for each.

Operators filter, count and alarm by these words: they are only ever added to. RUNBOOKS.md
explains them all, and a test holds the two together.
"""

from enum import StrEnum


class Door(StrEnum):
    """How a recommendation, or a delivery without one, leaves an invocation."""

    ACCEPTED = "accepted"
    NOT_APPLICABLE = "not applicable"
    HELD = "held"
    RETRY = "retry"
    DEAD_LETTERED = "dead-lettered"


class AcceptedReason(StrEnum):
    """Why nothing is left to do for a recommendation that Amazon has."""

    ACCEPTED = "ACCEPTED"
    """A 2xx for its batch, or named under `successes`."""
    ALREADY_APPLIED = "ALREADY_APPLIED"
    """Amazon answered `PO_APPLY_ALREADY_APPLIED`."""
    IN_TERMINAL_STATUS = "IN_TERMINAL_STATUS"
    """Amazon answered `PO_APPLY_IN_TERMINAL_STATUS`."""
    FOUND_ACCEPTED = "FOUND_ACCEPTED"
    """An answer had been lost; `applicationStatus` says that Amazon has the recommendation."""


class NotApplicableReason(StrEnum):
    """Why a delivery is let go without a request and without a dead letter."""

    REMOVED = "REMOVED"
    """Amazon took the recommendation back."""
    REJECTED = "REJECTED"
    """The advertiser, or somebody for them, said no."""
    APPLIED_ELSEWHERE = "APPLIED_ELSEWHERE"
    """Applied by another way, such as the advertising console."""
    BEING_APPLIED_ELSEWHERE = "BEING_APPLIED_ELSEWHERE"
    """Being applied by another way."""
    REJECTED_BY_OPERATOR = "REJECTED_BY_OPERATOR"
    """It was held, and a person said no."""
    WITHDRAWN_EARLIER = "WITHDRAWN_EARLIER"
    """An earlier delivery said that it was removed, rejected or applied elsewhere."""
    EXPIRED = "EXPIRED"
    """Its expiry date has passed."""
    REPEATED = "REPEATED"
    """Another delivery of the same invocation carries the same recommendation."""
    ALREADY_ACCEPTED = "ALREADY_ACCEPTED"
    """The ledger knows that Amazon accepted it earlier."""
    IGNORED_BY_POLICY = "IGNORED_BY_POLICY"
    """A rule of the policy says IGNORE."""
    DEAD_LETTERED_EARLIER = "DEAD_LETTERED_EARLIER"
    """Its dead letter was stored at an earlier receive of a message that has to stay for others."""
    OTHER_DATASET = "OTHER_DATASET"
    """A message of another Stream dataset; one queue may serve many."""
    SUBSCRIPTION_CONFIRMED = "SUBSCRIPTION_CONFIRMED"
    """Not a recommendation: a subscription's confirmation, which was answered."""
    UNSUBSCRIBED = "UNSUBSCRIBED"
    """Not a recommendation: SNS tells that a subscription has ended."""


class HeldReason(StrEnum):
    """Why a recommendation that could be applied was not."""

    DRY_RUN = "DRY_RUN"
    """`ApplyMode` is `DRY_RUN`: the request that would have been made is in the log."""
    POLICY_HOLD = "POLICY_HOLD"
    """A rule of the policy, or its default, says HOLD."""
    LIMIT_PASSED = "LIMIT_PASSED"
    """A number would go beyond a limit of the rule."""
    LIMIT_UNKNOWN = "LIMIT_UNKNOWN"
    """Whether a limit of the rule would be passed cannot be computed."""
    NEW_NOT_ALLOWED = "NEW_NOT_ALLOWED"
    """Something has no current value, and the rule's `allowNew` does not cover it."""
    PROTECTED_CAMPAIGN = "PROTECTED_CAMPAIGN"
    """The campaign is among the policy's `protectedCampaigns`."""
    DAILY_LIMIT = "DAILY_LIMIT"
    """As many recommendations as the rule allows were applied to the campaign today."""
    COOLING_DOWN = "COOLING_DOWN"
    """Too little time has passed since the last application to the campaign."""


class RetryReason(StrEnum):
    """Why a delivery goes back to the ingress queue."""

    THROTTLED = "THROTTLED"
    """Amazon answered 429."""
    UNAVAILABLE = "UNAVAILABLE"
    """Amazon, Login with Amazon or Secrets Manager could not be reached, or failed."""
    ANSWER_LOST = "ANSWER_LOST"
    """A request may have arrived but its answer did not, or did not name the recommendation."""
    OUT_OF_TIME = "OUT_OF_TIME"
    """The invocation's time was up before the request could be made."""
    CREDENTIALS_REFUSED = "CREDENTIALS_REFUSED"
    """The secret, the refresh token or the account is refused: a person has to act."""
    DEAD_LETTER_NOT_STORED = "DEAD_LETTER_NOT_STORED"
    """The dead-letter queue did not take the dead letter."""
    LEDGER_UNAVAILABLE = "LEDGER_UNAVAILABLE"
    """The ledger could not be read or written, so that nobody knows what was sent before."""
    CLAIMED_ELSEWHERE = "CLAIMED_ELSEWHERE"
    """Another invocation has the recommendation in hand, or had it when it crashed."""
    POLICY_UNAVAILABLE = "POLICY_UNAVAILABLE"
    """The policy could not be read, or cannot be used: nobody knows what may be applied."""
    BREAKER_OPEN = "BREAKER_OPEN"
    """The API does not answer, or asked to wait, and is left alone for a while."""
    OPPORTUNITY_AWAITED = "OPPORTUNITY_AWAITED"
    """Nothing knows its opportunity yet, and the opportunity files may still name it."""
    ROUTES_UNREADABLE = "ROUTES_UNREADABLE"
    """The table of opportunity routes is malformed, or could not be read."""
    CONFIRMATION_UNAVAILABLE = "CONFIRMATION_UNAVAILABLE"
    """SNS could not be asked to confirm a subscription."""


class DeadLetterReason(StrEnum):
    """Why a delivery, or a batch, waits on the dead-letter queue."""

    UNREADABLE_BODY = "UNREADABLE_BODY"
    """The body is not JSON."""
    UNRECOGNIZED_MESSAGE = "UNRECOGNIZED_MESSAGE"
    """JSON, but none of the documented shapes."""
    INVALID_MESSAGE = "INVALID_MESSAGE"
    """A field that apply needs is missing or breaks its rule."""
    UNREADABLE_DEAD_LETTER = "UNREADABLE_DEAD_LETTER"
    """A dead letter came back in a form that this version does not know."""
    UNKNOWN_STATUS = "UNKNOWN_STATUS"
    """A `recommendation_status` that is neither actionable nor known to be settled."""
    UNSUPPORTED_MARKETPLACE = "UNSUPPORTED_MARKETPLACE"
    """A marketplace that the apply request has no code for."""
    OPPORTUNITY_UNRESOLVED = "OPPORTUNITY_UNRESOLVED"
    """No `partnerOpportunityId` is known for the recommendation."""
    UNTRUSTED_CONFIRMATION = "UNTRUSTED_CONFIRMATION"
    """A subscription confirmation for a topic that is not the dataset's."""
    CONFIRMATION_REFUSED = "CONFIRMATION_REFUSED"
    """SNS refused to confirm a subscription, as it does once the token is two days old."""
    APPLY_REFUSED = "APPLY_REFUSED"
    """Amazon refused the whole request (400, 404, 406, 415)."""
    RECOMMENDATION_FAILED = "RECOMMENDATION_FAILED"
    """Amazon named the recommendation among the `failures` of its answer."""
    APPLICATION_FAILED = "APPLICATION_FAILED"
    """An answer had been lost; `applicationStatus` says that the application failed."""
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    """An answer had been lost and `applicationStatus` refuses to say what became of it."""
    RETRIES_EXHAUSTED = "RETRIES_EXHAUSTED"
    """The delivery's last receive ended as all the others had."""
