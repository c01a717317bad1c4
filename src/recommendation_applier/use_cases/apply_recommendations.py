"""The spine: read -> select -> resolve -> claim -> apply -> record -> conclude.

Effects are ordered so that a crash between any two of them repeats work and never loses it: what
is sent is claimed first, what Amazon has is on record before it leaves as accepted, and a message
is let go only after its answers are in and its dead letters are stored, by what the entrypoint
makes of the report.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from recommendation_applier.domain.batching import MAX_IDS_PER_STATUS, ApplyBatch
from recommendation_applier.domain.dead_letter import Reason
from recommendation_applier.domain.delivery import (
    Confirmation,
    Delivery,
    NotForUs,
    Rejection,
)
from recommendation_applier.domain.errors import LedgerUnavailableError
from recommendation_applier.domain.ledger import Verdict
from recommendation_applier.domain.reading import read_body
from recommendation_applier.domain.reasons import (
    DeadLetterReason,
    Door,
    HeldReason,
    NotApplicableReason,
)
from recommendation_applier.use_cases.claiming import Claiming, Ready, batches_of
from recommendation_applier.use_cases.conclusions import Conclusions
from recommendation_applier.use_cases.confirm_subscriptions import SubscriptionConfirmer
from recommendation_applier.use_cases.guarded_api import GuardedPartnerOpportunities
from recommendation_applier.use_cases.ledger import Ledger
from recommendation_applier.use_cases.pending_letters import PendingLetters
from recommendation_applier.use_cases.ports import Confirmations, DeadLetters, Opportunities
from recommendation_applier.use_cases.progress import Progress, Report
from recommendation_applier.use_cases.retries import Retries
from recommendation_applier.use_cases.selection import Selected, select

if TYPE_CHECKING:
    from recommendation_applier.domain.outcome import ApplyResult, StatusResult
    from recommendation_applier.domain.resolution import Way


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRecommendations:
    """Takes the deliveries of one invocation through to their doors.

    *max_receive_count* is the ingress queue's: a delivery that would be retried at that receive is
    dead-lettered with its reason instead, before SQS moves it without one.
    """

    api: GuardedPartnerOpportunities
    dead_letters: DeadLetters
    confirmations: Confirmations
    opportunities: Opportunities
    ledger: Ledger
    clock: Callable[[], datetime]
    actionable_statuses: AbstractSet[str]
    max_receive_count: int
    dry_run: bool

    def run(self, deliveries: Sequence[Delivery]) -> Report:
        """Decide and do what *deliveries* ask for, and report by which door each part left.

        Promise: every part leaves by exactly one door; a message is finished only when all its
        parts have come to a durable end.
        """
        return _Run(self, deliveries).report()


class _Run:
    """One invocation's worth of work."""

    def __init__(self, ports: ApplyRecommendations, deliveries: Sequence[Delivery]) -> None:
        self._ports = ports
        self._ledger = ports.ledger
        self._progress = Progress(
            (each, read_body(each.body, actionable_statuses=ports.actionable_statuses))
            for each in deliveries
        )
        self._letters = PendingLetters(self._progress, ports.dead_letters, ports.clock)
        self._retries = Retries(self._progress, self._letters, ports.max_receive_count)
        self._conclusions = Conclusions(self._progress, self._letters, self._retries, ports.ledger)
        self._claiming = Claiming(self._progress, self._conclusions, ports.ledger, ports.clock)
        self._results: list[ApplyResult] = []
        self._status_results: list[StatusResult] = []
        self._held: list[ApplyBatch] = []
        self._ways: dict[str, Way] = {}
        self._confirmer = SubscriptionConfirmer(
            self._progress, self._letters, self._retries, ports.confirmations
        )

    def report(self) -> Report:
        self._dismiss_what_has_its_letter()
        self._dismiss_what_is_no_recommendation()
        ready = self._resolve(
            select(self._progress, self._ledger, self._retries, now=self._ports.clock())
        )
        if ready:
            self._decide(ready)
        self._letters.post()
        self._remember_letters_of_what_stays()
        return Report(
            departures=self._progress.departures,
            results=self._results,
            status_results=self._status_results,
            held=self._held,
            letters=self._letters.stored,
            finished=self._progress.finished(),
            ways=self._ways,
        )

    def _dismiss_what_has_its_letter(self) -> None:
        known = self._ledger.letters_of(
            {
                part.delivery.message_id
                for part in self._progress.parts
                if part.position > 0 and part.delivery.receive_count > 1
            }
        )
        for part in self._progress.parts:
            if part.position in known.get(part.delivery.message_id, ()):
                self._progress.leave(
                    part, Door.NOT_APPLICABLE, NotApplicableReason.DEAD_LETTERED_EARLIER
                )

    def _remember_letters_of_what_stays(self) -> None:
        staying = self._progress.retried()
        positions: dict[str, set[int]] = {}
        for departure in self._progress.departures:
            message_id = departure.part.delivery.message_id
            if departure.door is Door.DEAD_LETTERED and message_id in staying:
                positions.setdefault(message_id, set()).add(departure.part.position)
        self._ledger.remember_letters(positions)

    def _dismiss_what_is_no_recommendation(self) -> None:
        for part in self._progress.waiting():
            content = part.content
            if isinstance(content, NotForUs):
                self._progress.leave(
                    part, Door.NOT_APPLICABLE, content.reason, detail=content.detail
                )
            elif isinstance(content, Rejection):
                self._letters.add_message(
                    part, content.body, Reason(content.reason, content.message)
                )
            elif isinstance(content, Confirmation):
                self._confirmer.confirm(part, content)

    def _resolve(self, selected: Sequence[Selected]) -> list[Ready]:
        resolutions = self._ports.opportunities.resolve(
            [each.publication.recommendation for each in selected]
        )
        ready = []
        for each in selected:
            recommendation = each.publication.recommendation
            found = resolutions[recommendation.recommendation_id]
            if found.partner_opportunity_id is not None:
                in_doubt = each.publication.in_doubt
                ready.append(
                    Ready(
                        each.part,
                        recommendation,
                        found.partner_opportunity_id,
                        in_doubt,
                        each.barred,
                    )
                )
                self._ways[recommendation.recommendation_id] = found.way
            elif each.barred is not None and not isinstance(found.error, LedgerUnavailableError):
                self._progress.leave(each.part, Door.NOT_APPLICABLE, each.barred)
            elif found.error is not None:
                self._retries.put_off(each.part, each.publication.body, found.error)
            else:
                reason = Reason(DeadLetterReason.OPPORTUNITY_UNRESOLVED, found.detail)
                self._letters.add_message(each.part, each.publication.body, reason)
        return ready

    def _decide(self, ready: Sequence[Ready]) -> None:
        self._conclusions.parts.update((each.recommendation_id, each.part) for each in ready)
        if self._ports.dry_run:
            self._hold(*self._claiming.claim(ready))
            return
        refusal = self._ports.api.refusal()
        if refusal is not None:
            self._claiming.put_off(ready, refusal)
            return
        self._send_and_ask(*self._claiming.claim(ready))
        self._ports.api.learn()

    def _hold(self, clear: Sequence[Ready], in_doubt: Sequence[Ready]) -> None:
        """Keep for later what would be sent; what is in doubt stays so, and Amazon is not asked."""
        doubtful = self._claiming.without_barred(in_doubt, verdict=Verdict.IN_DOUBT)
        doubted = {each.recommendation_id for each in doubtful}
        for batch in batches_of([*clear, *doubtful]):
            ids = batch.recommendation_ids
            verdicts = {
                Verdict.HELD: ids,
                Verdict.IN_DOUBT: [each for each in ids if each in doubted],
            }
            if self._ledger.record(batch, verdicts):
                self._held.append(batch)
                for recommendation_id in ids:
                    part = self._conclusions.parts[recommendation_id]
                    self._progress.leave(part, Door.HELD, HeldReason.DRY_RUN)
            else:
                error = LedgerUnavailableError(
                    f"holding {batch} failed: it could not be written to the ledger"
                )
                self._conclusions.put_off(batch, error)

    def _send_and_ask(self, clear: Sequence[Ready], in_doubt: Sequence[Ready]) -> None:
        """Send what is clear; what is in doubt is asked about, together with its account's rest.

        Accounts of which nothing is in doubt need not wait; the others are sent in one go, so that
        their requests are as few as can be.
        """
        asked = {each.account for each in in_doubt}
        self._send([each for each in clear if each.account not in asked])
        waiting = [each for each in clear if each.account in asked]
        self._send([*waiting, *self._ask(in_doubt)])

    def _ask(self, in_doubt: Sequence[Ready]) -> list[Ready]:
        """Ask Amazon what became of those that may have been sent; return those to send."""
        ready = {each.recommendation_id: each for each in in_doubt}
        to_send: list[Ready] = []
        batches = batches_of(in_doubt, limit=MAX_IDS_PER_STATUS)
        for result in self._ports.api.application_status(batches):
            self._status_results.append(result)
            unsent = self._conclusions.of_application_status(result)
            to_send.extend(ready[recommendation_id] for recommendation_id in unsent)
        return self._claiming.without_barred(to_send)

    def _send(self, ready: Sequence[Ready]) -> None:
        for result in self._ports.api.apply(batches_of(ready)):
            self._results.append(result)
            self._conclusions.of_apply(result)
