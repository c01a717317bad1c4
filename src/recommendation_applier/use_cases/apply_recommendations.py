"""The spine: read -> select -> resolve -> decide -> claim -> apply -> record -> conclude.

Effects are ordered so that a crash between any two of them repeats work and never loses it: what
is sent is claimed first, what Amazon has is on record before it leaves as accepted, and a message
is let go only after its answers are in and its dead letters are stored, by what the entrypoint
makes of the report.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from recommendation_applier.domain.batching import MAX_IDS_PER_STATUS
from recommendation_applier.domain.errors import LedgerUnavailableError, PolicyUnavailableError
from recommendation_applier.domain.policy import PolicyInForce, paces
from recommendation_applier.domain.reading import BodyReader
from recommendation_applier.domain.reasons import HeldReason
from recommendation_applier.use_cases.claiming import (
    Claiming,
    Ready,
    batches_of,
    ready_of,
    waves_of,
)
from recommendation_applier.use_cases.conclusions import Conclusions
from recommendation_applier.use_cases.confirm_subscriptions import SubscriptionConfirmer
from recommendation_applier.use_cases.deciding import Decided, decide_about
from recommendation_applier.use_cases.dismissal import UNREAD, Dismissal
from recommendation_applier.use_cases.holding import Holding
from recommendation_applier.use_cases.pending_letters import PendingLetters
from recommendation_applier.use_cases.progress import Progress, Report
from recommendation_applier.use_cases.recalling import recall
from recommendation_applier.use_cases.resolving import Resolving
from recommendation_applier.use_cases.retries import Retries
from recommendation_applier.use_cases.selection import Selected, select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from recommendation_applier.domain.batching import ApplyBatch
    from recommendation_applier.domain.delivery import Delivery
    from recommendation_applier.domain.outcome import ApplyResult, StatusResult
    from recommendation_applier.use_cases.guarded_api import GuardedPartnerOpportunities
    from recommendation_applier.use_cases.ledger import Ledger
    from recommendation_applier.use_cases.pacing import CampaignPacer
    from recommendation_applier.use_cases.ports import (
        Confirmations,
        DeadLetters,
        Opportunities,
        Policies,
    )

LEAST_WAVE: Final = 200
"""Eight calls at once, of 5 ms each, claim so many in 125 ms: about as long as a request takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRecommendations:
    """Takes the deliveries of one invocation through to their doors.

    *max_receive_count* is the ingress queue's: a delivery that would be retried at that receive is
    dead-lettered with its reason instead, before SQS moves it without one. With *dry_run* nothing
    is sent, whatever the mode of the policy. *least_wave* is how many are claimed together, before
    the first of them are sent: in about the time of a request. The *api* is not even looked at
    where there is nothing to send or to ask.
    """

    api: GuardedPartnerOpportunities
    dead_letters: DeadLetters
    confirmations: Confirmations
    opportunities: Opportunities
    policies: Policies
    ledger: Ledger
    pacer: CampaignPacer
    clock: Callable[[], datetime]
    actionable_statuses: AbstractSet[str]
    max_receive_count: int
    dry_run: bool
    least_wave: int = LEAST_WAVE

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
        read = BodyReader(ports.actionable_statuses).read
        contents = recall([read(each.body) for each in deliveries], ports.ledger)
        self._progress = Progress(zip(deliveries, contents, strict=True))
        self._letters = PendingLetters(self._progress, ports.dead_letters, ports.clock)
        self._retries = Retries(self._progress, self._letters, ports.max_receive_count)
        self._conclusions = Conclusions(self._progress, self._letters, self._retries, ports.ledger)
        self._claiming = Claiming(self._progress, self._conclusions, ports.ledger, ports.clock)
        self._results: list[ApplyResult] = []
        self._status_results: list[StatusResult] = []
        self._holding = Holding(self._progress, self._claiming, ports.ledger, ports.clock)
        self._resolving = Resolving(
            self._progress, self._letters, self._retries, ports.opportunities
        )
        self._in_force: PolicyInForce | None = None
        self._policy_error: PolicyUnavailableError | None = None
        self._dismissal = Dismissal(
            self._progress,
            self._letters,
            self._retries,
            SubscriptionConfirmer(
                self._progress, self._letters, self._retries, ports.confirmations
            ),
            ports.ledger,
        )

    def report(self) -> Report:
        self._dismissal.dismiss()
        resolved = self._resolving.resolve(
            select(self._progress, self._ledger, self._retries, now=self._ports.clock())
        )
        if resolved:
            self._decide(resolved)
        self._letters.post()
        self._dismissal.remember_letters_of_what_stays()
        return Report(
            departures=self._progress.departures,
            results=self._results,
            status_results=self._status_results,
            held=self._holding.held,
            letters=self._letters.stored,
            finished=self._progress.finished(),
            policy_version=self._in_force.version if self._in_force else None,
            policy_error=self._policy_error,
            ways=self._resolving.ways,
        )

    def _decide(self, resolved: Sequence[tuple[Selected, str]]) -> None:
        self._conclusions.parts.update(
            {each.publication.recommendation.recommendation_id: each.part for each, _ in resolved}
        )
        if unread := [one for one in resolved if one[0].publication.is_unread]:
            self._claiming.put_off([ready_of(*one) for one in unread], UNREAD)
            resolved = [one for one in resolved if not one[0].publication.is_unread]
        try:
            self._in_force = in_force = self._ports.policies.current()
        except PolicyUnavailableError as error:
            self._policy_error = error
            self._claiming.put_off([ready_of(*one) for one in resolved], error)
            return
        now = self._ports.clock()
        is_dry_run = self._ports.dry_run or in_force.policy.mode == "DRY_RUN"
        decided = [
            ready_of(each, opportunity_id, _decided(each, in_force, now, is_dry_run=is_dry_run))
            for each, opportunity_id in resolved
        ]
        to_keep = [each for each in decided if each.decided.held]
        to_send = [each for each in decided if not each.decided.held] if to_keep else decided
        refusal = self._ports.api.refusal() if to_send else None
        if refusal is not None:
            self._claiming.put_off(to_send, refusal)
            to_send = []
        self._send_and_ask([*to_send, *to_keep])
        if to_send or self._status_results:
            self._ports.api.learn()

    def _send_and_ask(self, ready: Sequence[Ready]) -> None:
        """Claim and send what is clear; what is in doubt is asked about, with its account's rest.

        Accounts of which nothing is in doubt need not wait; the others are sent in one go, so that
        their requests are as few as can be. What is to be held is held once it is known that Amazon
        does not have it: whatever the mode, what may have been sent is asked about.
        """
        in_doubt, waiting = list[Ready](), list[Ready]()
        self._send(self._claimed(ready, in_doubt, waiting))
        self._send([[*waiting, *self._ask(in_doubt)]])

    def _claimed(
        self, ready: Sequence[Ready], in_doubt: list[Ready], waiting: list[Ready]
    ) -> Iterator[Sequence[Ready]]:
        """Claim one wave after the other, and give what of it may be sent.

        The next wave is claimed while requests of the last are under way. What is in doubt, and
        what has to wait for it, is added to the two lists.
        """
        for wave in waves_of(ready, least=self._ports.least_wave):
            clear, doubted = self._claiming.claim(wave)
            if not doubted:
                yield clear
                continue
            asked = {each.account for each in doubted}
            in_doubt += doubted
            waiting += [each for each in clear if each.account in asked]
            yield [each for each in clear if each.account not in asked]

    def _ask(self, in_doubt: Sequence[Ready]) -> list[Ready]:
        """Ask Amazon what became of those that may have been sent; return those to send."""
        if not in_doubt:
            return []
        ready = {each.recommendation_id: each for each in in_doubt}
        to_send: list[Ready] = []
        batches = batches_of(in_doubt, limit=MAX_IDS_PER_STATUS)
        for result in self._ports.api.application_status(batches):
            self._status_results.append(result)
            unsent = self._conclusions.of_application_status(result)
            to_send.extend(ready[recommendation_id] for recommendation_id in unsent)
        return self._claiming.without_barred(to_send)

    def _send(self, waves: Iterable[Sequence[Ready]]) -> None:
        batches = self._batches(waves)
        first = next(batches, None)
        if first is None:
            return
        for result in self._ports.api.apply(chain([first], batches)):
            self._results.append(result)
            self._conclusions.of_apply(result)

    def _batches(self, waves: Iterable[Sequence[Ready]]) -> Iterator[ApplyBatch]:
        for ready in waves:
            self._holding.hold(ready)
            to_send = self._paced([each for each in ready if not each.decided.held])
            yield from batches_of(to_send)

    def _paced(self, ready: Sequence[Ready]) -> Sequence[Ready]:
        """Hold what comes too soon for its campaign; return what may be sent now."""
        if self._in_force is None or not paces(self._in_force.policy):
            return ready
        paced = self._ports.pacer.pace(ready)
        self._holding.hold(paced.held)
        error = LedgerUnavailableError("how often its campaign was changed could not be told")
        self._claiming.give_back(paced.unknown, error)
        return paced.through


def _decided(
    selected: Selected, in_force: PolicyInForce, now: datetime, *, is_dry_run: bool
) -> Decided:
    publication = selected.publication
    decided = decide_about(publication.recommendation, publication.release, in_force, now=now)
    if is_dry_run and decided.held is None:
        return replace(decided, held=(HeldReason.DRY_RUN, "the mode is DRY_RUN"))
    return decided
