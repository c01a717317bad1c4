"""Subscription confirmations: answered if they are the dataset's, kept if they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recommendation_applier.domain.dead_letter import Reason
from recommendation_applier.domain.errors import RefusedError, WaitError
from recommendation_applier.domain.reasons import (
    DeadLetterReason,
    Door,
    NotApplicableReason,
    RetryReason,
)

if TYPE_CHECKING:
    from recommendation_applier.domain.delivery import Confirmation
    from recommendation_applier.use_cases.pending_letters import PendingLetters
    from recommendation_applier.use_cases.ports import Confirmations
    from recommendation_applier.use_cases.progress import Part, Progress
    from recommendation_applier.use_cases.retries import Retries


class SubscriptionConfirmer:
    """Confirms what one invocation is asked to, until SNS does not answer."""

    def __init__(
        self,
        progress: Progress,
        letters: PendingLetters,
        retries: Retries,
        confirmations: Confirmations,
    ) -> None:
        """Start with nothing asked."""
        self._progress = progress
        self._letters = letters
        self._retries = retries
        self._confirmations = confirmations
        self._unavailable: WaitError | None = None

    def confirm(self, part: Part, confirmation: Confirmation) -> None:
        """Let *part* leave: confirmed, dead-lettered, or to be tried again."""
        topic = confirmation.topic_arn
        if not self._confirmations.is_trusted(confirmation):
            reason = Reason(
                DeadLetterReason.UNTRUSTED_CONFIRMATION,
                f"the subscription to {topic[:256]!r} was not confirmed: it is not a topic of the "
                "dataset's SNS account in this region",
            )
            self._letters.add_message(part, confirmation.body, reason)
            return
        try:
            if self._unavailable is not None:
                raise self._unavailable  # one try is enough to know, and each takes seconds
            self._confirmations.confirm(confirmation)
        except WaitError as error:
            self._unavailable = error
            self._retries.put_off(
                part, confirmation.body, error, reason=RetryReason.CONFIRMATION_UNAVAILABLE
            )
        except RefusedError as error:
            reason = Reason.of(DeadLetterReason.CONFIRMATION_REFUSED, error)
            self._letters.add_message(part, confirmation.body, reason)
        else:
            self._progress.leave(
                part, Door.NOT_APPLICABLE, NotApplicableReason.SUBSCRIPTION_CONFIRMED, detail=topic
            )
