"""An execution environment of either function: the project's own code, with simulated edges."""

import io
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

import httpx
from aws_lambda_powertools import Logger

from recommendation_applier.amazon_ads.client import PartnerOpportunitiesClient
from recommendation_applier.amazon_ads.exchange import Exchange
from recommendation_applier.amazon_ads.gate import Gate
from recommendation_applier.amazon_ads.login_with_amazon import LoginWithAmazon
from recommendation_applier.amazon_ads.pacing import Pacing
from recommendation_applier.aws.dead_letter_queue import DeadLetterQueue
from recommendation_applier.aws.ingress_queue import IngressQueue
from recommendation_applier.aws.secrets import SecretCredentials
from recommendation_applier.aws.subscriptions import SnsConfirmations
from recommendation_applier.domain.ledger import LEASE_MARGIN_SECONDS
from recommendation_applier.entrypoints import follow_up_log, invocation, invocation_log
from recommendation_applier.use_cases.apply_recommendations import ApplyRecommendations
from recommendation_applier.use_cases.follow_up import EndedApplication, FollowUp, FollowUpReport
from recommendation_applier.use_cases.guarded_api import GuardedPartnerOpportunities
from recommendation_applier.use_cases.ledger import Ledger
from recommendation_applier.use_cases.pacing import CampaignPacer
from recommendation_applier.use_cases.ports import Opportunities
from recommendation_applier.use_cases.timeliness import timeliness_of
from tests.simulation.clock import BEGINNING, date_of
from tests.simulation.effects import Effects, Invocation
from tests.simulation.login import Login
from tests.simulation.network import API, LOGIN, Network
from tests.simulation.policies import Changes, SimulatedPolicies
from tests.simulation.sns import SimulatedSns
from tests.simulation.sqs import SimulatedSqs
from tests.simulation.tables import SimulatedTable
from tests.simulation.workers import SimulatedWorkers

if TYPE_CHECKING:
    from types_boto3_secretsmanager.client import SecretsManagerClient
    from types_boto3_sns.client import SNSClient
    from types_boto3_sqs.client import SQSClient

MANAGER_ACCOUNT: Final = "amzn1.ads1.ma1.simulated"
TOPIC_PREFIX: Final = "arn:aws:sns:us-east-1:084590724871:"
RETENTION: Final = timedelta(days=90)

LEAST_WAVE: Final = 2
"""So small that worlds of a few deliveries have several waves in an invocation."""

MOST_RESERVE_SECONDS: Final = 30.0
RESERVE_SHARE: Final = 0.25
MOST_MARGIN_SECONDS: Final = 7.0
MARGIN_SHARE: Final = 0.1

_LOG: Final = io.StringIO()
_LOGGER: Final = Logger(service="simulated", stream=_LOG, level=logging.INFO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """What stands for the world at the edges of the code, the same for all environments."""

    effects: Effects
    network: Network
    login: Login
    table: SimulatedTable
    sqs: SimulatedSqs
    sns: SimulatedSns
    opportunities: Opportunities
    max_receive_count: int
    requests_at_once: int
    dry_run: bool
    policies: Changes
    on_told: Callable[[Sequence[EndedApplication]], None]


class Environment:
    """What outlives an invocation: the access token, and nothing that could be half sent."""

    def __init__(self, edges: Edges) -> None:
        """Start cold."""
        self.edges = edges
        self.idle_since = 0.0
        self.frozen = 0.0
        self._login = LoginWithAmazon(
            token_url=LOGIN,
            source=SecretCredentials(
                cast("SecretsManagerClient", edges.login), secret_arn="secret-arn"
            ),
            time=lambda: BEGINNING.timestamp() + edges.effects.now(),
        )
        self._policies = SimulatedPolicies(edges.effects, edges.policies)
        self._ingress = IngressQueue(cast("SQSClient", edges.sqs), queue_url=edges.sqs.ingress.name)

    def apply(self, running: Invocation, event: Mapping[str, Any]) -> invocation.Invocation:
        """Do what the apply function's handler does."""
        time = _Time(self.edges.effects, running)

        def change_visibility(seconds: Mapping[str, int]) -> None:
            failure = self._ingress.change_visibility(seconds, time_is_up=time.is_up)
            if failure is not None:
                _warn(failure)

        with self._http() as http:
            done = invocation.run(
                event,
                self._use_case(http, time, running),
                change_visibility=change_visibility,
                jitter=self.edges.effects.kernel.random.uniform,
            )
        timeliness = timeliness_of(done.report.departures, now=self._now())
        invocation_log.write(done.report, timeliness, _LOGGER, deliveries=done.deliveries)
        running.log.append(_end_log())
        return done

    def follow_up(self, running: Invocation) -> FollowUpReport:
        """Do what the follow-up function's handler does."""
        time = _Time(self.edges.effects, running)

        def tell(ended: Sequence[EndedApplication]) -> None:
            follow_up_log.tell(ended, _LOGGER)
            self.edges.effects.do("tell", lambda: self.edges.on_told(ended), seconds=0.0)

        with self._http() as http:
            report = FollowUp(
                api=self._api(http, time),
                store=self.edges.table,
                clock=self._now,
                tell=tell,
                time_is_up=time.requests_are_over,
            ).run()
        follow_up_log.write(report, _LOGGER)
        running.log.append(_end_log())
        return report

    def _use_case(
        self, http: httpx.Client, time: "_Time", running: Invocation
    ) -> ApplyRecommendations:
        edges = self.edges
        return ApplyRecommendations(
            api=self._api(http, time),
            dead_letters=DeadLetterQueue(
                cast("SQSClient", edges.sqs),
                queue_url=edges.sqs.dead_letters.name,
                report_failure=_warn,
                time_is_up=time.is_up,
            ),
            confirmations=SnsConfirmations(
                cast("SNSClient", edges.sns), topic_arn_prefix=TOPIC_PREFIX
            ),
            opportunities=edges.opportunities,
            ledger=Ledger(
                store=edges.table,
                token=running.name,
                clock=self._now,
                lease_ends=self._now() + timedelta(seconds=running.seconds + LEASE_MARGIN_SECONDS),
                retention=RETENTION,
            ),
            policies=self._policies,
            pacer=CampaignPacer(store=edges.table, clock=self._now, retention=RETENTION),
            clock=self._now,
            actionable_statuses=frozenset({"PUBLISHED"}),
            max_receive_count=edges.max_receive_count,
            dry_run=edges.dry_run,
            least_wave=LEAST_WAVE,
        )

    def _api(self, http: httpx.Client, time: "_Time") -> GuardedPartnerOpportunities:
        edges = self.edges
        pacing = Pacing(
            deadline=time.last_request,
            monotonic=time.monotonic,
            # A sleep of less than the clock can show would be none, and be repeated for ever.
            sleep=lambda seconds: edges.effects.task.pause(max(seconds, 1e-6)),
            jitter=edges.effects.kernel.random.uniform,
        )
        exchange = Exchange(
            http=http,
            login=self._login,
            pacing=pacing,
            url=API,
            manager_account=MANAGER_ACCOUNT,
            now=self._now,
        )
        client = PartnerOpportunitiesClient(
            exchange,
            Gate(pacing, max_concurrent_requests=edges.requests_at_once),
            SimulatedWorkers(edges.effects, edges.requests_at_once),
        )
        return GuardedPartnerOpportunities(client, edges.table, self._now)

    def _http(self) -> httpx.Client:
        return httpx.Client(
            transport=self.edges.network,
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "recommendation-applier"},
        )

    def _now(self) -> datetime:
        return date_of(self.edges.effects.now())


@dataclass(frozen=True, slots=True)
class _Time:
    """An invocation's time, reckoned as the wiring does, on a clock that freezing stops."""

    effects: Effects
    running: Invocation

    def monotonic(self) -> float:
        return self.effects.now() - self.running.frozen

    @property
    def _ends(self) -> float:
        return self.running.ends_at - self.running.frozen

    @property
    def last_request(self) -> float:
        return self._ends - min(MOST_RESERVE_SECONDS, RESERVE_SHARE * self.running.seconds)

    def is_up(self) -> bool:
        margin = min(MOST_MARGIN_SECONDS, MARGIN_SHARE * self.running.seconds)
        return self.monotonic() >= self._ends - margin

    def requests_are_over(self) -> bool:
        return self.monotonic() >= self.last_request


def _end_log() -> str:
    text = _LOG.getvalue()
    _LOG.seek(0)
    _LOG.truncate()
    return text


def _warn(failure: str) -> None:
    _LOGGER.warning("aws call failed", extra={"failure": failure})
