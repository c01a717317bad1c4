"""The spine: read -> select -> resolve -> claim -> apply -> conclude.

Effects are ordered so that a crash between any two of them repeats work and never loses it: the
ledger is told that a recommendation is settled only by an answer of Amazon's, and a message is let
go only after its answers are in and its dead letters are stored, by what the entrypoint makes of
the report.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from recommendation_applier.domain.batching import MAX_IDS_PER_STATUS, ApplyBatch, into_batches
from recommendation_applier.domain.dead_letter import Reason
from recommendation_applier.domain.delivery import (
    Confirmation,
    Delivery,
    NotForUs,
    Publication,
    Rejection,
)
from recommendation_applier.domain.reading import read_body
from recommendation_applier.domain.reasons import (
    DeadLetterReason,
    Door,
    HeldReason,
    NotApplicableReason,
)
from recommendation_applier.domain.recommendation import Advertiser, Recommendation
from recommendation_applier.use_cases.conclusions import Conclusions
from recommendation_applier.use_cases.confirm_subscriptions import SubscriptionConfirmer
from recommendation_applier.use_cases.pending_letters import PendingLetters
from recommendation_applier.use_cases.ports import (
    Confirmations,
    DeadLetters,
    Ledger,
    Opportunities,
    PartnerOpportunities,
    Standing,
)
from recommendation_applier.use_cases.progress import Part, Progress, Report
from recommendation_applier.use_cases.selection import received_before, select

if TYPE_CHECKING:
    from recommendation_applier.domain.outcome import ApplyResult, StatusResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRecommendations:
    """Takes the deliveries of one invocation through to their doors.

    *max_receive_count* is the ingress queue's: a delivery that would be retried at that receive is
    dead-lettered with its reason instead, before SQS moves it without one.
    """

    api: PartnerOpportunities
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


@dataclass(frozen=True, slots=True)
class _Ready:
    """A recommendation that only has to be sent."""

    part: Part
    recommendation: Recommendation
    partner_opportunity_id: str

    @property
    def account(self) -> tuple[str, Advertiser]:
        """What an apply request has exactly one of."""
        return self.partner_opportunity_id, self.recommendation.advertiser


class _Run:
    """One invocation's worth of work."""

    def __init__(self, ports: ApplyRecommendations, deliveries: Sequence[Delivery]) -> None:
        self._ports = ports
        self._progress = Progress(
            (each, read_body(each.body, actionable_statuses=ports.actionable_statuses))
            for each in deliveries
        )
        self._letters = PendingLetters(self._progress, ports.dead_letters, ports.clock)
        self._conclusions = Conclusions(
            self._progress, self._letters, ports.ledger, ports.max_receive_count
        )
        self._results: list[ApplyResult] = []
        self._status_results: list[StatusResult] = []
        self._held: list[ApplyBatch] = []
        self._confirmer = SubscriptionConfirmer(
            self._progress, self._letters, ports.confirmations, ports.max_receive_count
        )

    def report(self) -> Report:
        self._dismiss_what_has_its_letter()
        self._dismiss_what_is_no_recommendation()
        selected = select(self._progress, self._ports.ledger, now=self._ports.clock())
        clear, in_doubt = self._claim(self._resolve(selected))
        if self._ports.dry_run:
            self._hold(clear, in_doubt)
        else:
            self._send_and_ask(clear, in_doubt)
        self._letters.post()
        self._remember_letters_of_what_stays()
        return Report(
            departures=self._progress.departures,
            results=self._results,
            status_results=self._status_results,
            held=self._held,
            letters=self._letters.stored,
            finished=self._progress.finished(),
        )

    def _dismiss_what_has_its_letter(self) -> None:
        for part in self._progress.parts:
            if part.position in self._ports.ledger.letters_of(part.delivery.message_id):
                self._progress.leave(
                    part, Door.NOT_APPLICABLE, NotApplicableReason.DEAD_LETTERED_EARLIER
                )

    def _remember_letters_of_what_stays(self) -> None:
        staying = self._progress.retried()
        self._ports.ledger.remember_letters(
            (departure.part.delivery.message_id, departure.part.position)
            for departure in self._progress.departures
            if departure.door is Door.DEAD_LETTERED
            and departure.part.delivery.message_id in staying
        )

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

    def _resolve(self, selected: Sequence[tuple[Part, Publication]]) -> list[_Ready]:
        ready = []
        for part, publication in selected:
            recommendation = publication.recommendation
            opportunity_id = self._ports.opportunities.resolve(recommendation)
            if opportunity_id is not None:
                ready.append(_Ready(part, recommendation, opportunity_id))
                continue
            reason = Reason(
                DeadLetterReason.OPPORTUNITY_UNRESOLVED,
                f"recommendation {recommendation.recommendation_id} of {recommendation.advertiser} "
                "has no partnerOpportunityId: its source names none, and the parameter "
                "DefaultPartnerOpportunityId is empty",
            )
            self._letters.add_message(part, publication.body, reason)
        return ready

    def _claim(self, ready: Sequence[_Ready]) -> tuple[list[_Ready], list[_Ready]]:
        """Claim what is *ready*; return what may be sent, and what has to be asked about first."""
        standings = self._ports.ledger.claim([each.recommendation for each in ready])
        maybe_sent = received_before(self._progress)
        clear, in_doubt = [], []
        for each in ready:
            recommendation_id = each.recommendation.recommendation_id
            self._conclusions.parts[recommendation_id] = each.part
            match standings[recommendation_id]:
                case Standing.SETTLED:
                    self._not_applicable(each, NotApplicableReason.ALREADY_ACCEPTED)
                case Standing.WITHDRAWN:
                    self._not_applicable(each, NotApplicableReason.WITHDRAWN_EARLIER)
                case Standing.IN_DOUBT:
                    in_doubt.append(each)
                case Standing.UNKNOWN if recommendation_id in maybe_sent:
                    in_doubt.append(each)
                case _:
                    clear.append(each)
        return clear, in_doubt

    def _not_applicable(self, each: _Ready, reason: NotApplicableReason) -> None:
        self._progress.leave(each.part, Door.NOT_APPLICABLE, reason)

    def _hold(self, clear: Sequence[_Ready], in_doubt: Sequence[_Ready]) -> None:
        everything = [*clear, *in_doubt]
        self._held.extend(into_batches(_pairs(everything)))
        for each in everything:
            self._progress.leave(each.part, Door.HELD, HeldReason.DRY_RUN)
        self._ports.ledger.release([each.recommendation.recommendation_id for each in clear])

    def _send_and_ask(self, clear: Sequence[_Ready], in_doubt: Sequence[_Ready]) -> None:
        """Send what is clear; what is in doubt is asked about, together with its account's rest.

        Accounts of which nothing is in doubt need not wait; the others are sent in one go, so that
        their requests are as few as can be.
        """
        asked = {each.account for each in in_doubt}
        self._send([each for each in clear if each.account not in asked])
        waiting = [each for each in clear if each.account in asked]
        self._send([*waiting, *self._ask(in_doubt)])

    def _ask(self, in_doubt: Sequence[_Ready]) -> list[_Ready]:
        """Ask Amazon what became of those that may have been sent; return those it has not."""
        ready = {each.recommendation.recommendation_id: each for each in in_doubt}
        batches = list(into_batches(_pairs(in_doubt), limit=MAX_IDS_PER_STATUS))
        to_send: list[str] = []
        for result in self._ports.api.application_status(batches):
            self._status_results.append(result)
            to_send.extend(self._conclusions.of_application_status(result))
        return [ready[recommendation_id] for recommendation_id in to_send]

    def _send(self, ready: Sequence[_Ready]) -> None:
        for result in self._ports.api.apply(list(into_batches(_pairs(ready)))):
            self._results.append(result)
            self._conclusions.of_apply(result)


def _pairs(ready: Sequence[_Ready]) -> list[tuple[str, Recommendation]]:
    return [(each.partner_opportunity_id, each.recommendation) for each in ready]
