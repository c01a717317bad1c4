"""How Amazon's side of a stack is looked at: the secret, who takes it, and what is seen with it."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cached_property
from threading import Lock

from recommendation_applier.domain.amazon_checks import (
    Answers,
    hosts_to_ask,
    judge_hosts,
    judge_opportunities,
    judge_partner_account,
)
from recommendation_applier.domain.consent import age_of_consent
from recommendation_applier.domain.credentials import read_credentials
from recommendation_applier.domain.credentials_checks import judge_secret, judge_token
from recommendation_applier.domain.finding import Finding, skipped
from recommendation_applier.domain.opportunity_query import OpportunityQuery
from recommendation_applier.entrypoints.cli.asking_amazon import AskedAmazon, asking_amazon
from recommendation_applier.entrypoints.cli.examined_stack import ExaminedStack
from recommendation_applier.entrypoints.cli.preconditions import Look
from recommendation_applier.entrypoints.cli.subscription_look import look_at_subscriptions


class AmazonLooks:
    """Looks with the credentials of the secret; what one look has learnt, the next ones use."""

    def __init__(
        self, examined: ExaminedStack, *, closing: ExitStack, hosts: Sequence[str] = ()
    ) -> None:
        """*closing* closes the connections; *hosts* are those to ask beside the functions' own."""
        self._examined = examined
        self._closing = closing
        self._named_hosts = hosts
        self._one_asks = Lock()

    def by_id(self) -> Mapping[str, Look]:
        """Give the looks by the ids of their preconditions."""
        return {
            "secret": self._secret,
            "access-token": lambda: judge_token(self._amazon.token_error()),
            "partner-account": self._partner_account,
            "hosts": self._which_hosts,
            "opportunities": self._opportunities,
            "subscriptions": lambda: look_at_subscriptions(self._examined, self._amazon),
            "consent": lambda: age_of_consent(
                self._examined.secret.consented_on(), today=datetime.now(UTC).date()
            ),
        }

    def _secret(self) -> Finding:
        return judge_secret(self._text, source=self._examined.secret.arn)

    def _partner_account(self) -> Finding:
        settings = self._examined.settings
        return judge_partner_account(
            self._answers[settings.ads_api_url],
            account=settings.partner_network_account_id,
            host=settings.ads_api_url,
        )

    def _which_hosts(self) -> Finding:
        found = judge_hosts(self._answers, deployed=self._examined.settings.ads_api_url)
        return found or skipped("partner-account")

    def _opportunities(self) -> Finding:
        return judge_opportunities([*self._amazon.catalogue.opportunities(OpportunityQuery())])

    @cached_property
    def _text(self) -> str | None:
        return self._examined.secret.read()

    @cached_property
    def _amazon(self) -> AskedAmazon:
        examined = self._examined
        credentials = read_credentials(self._text or "", source=examined.secret.arn)
        asking = asking_amazon(examined.stack.session, examined.settings, credentials)
        return self._closing.enter_context(asking)

    @property
    def _answers(self) -> Answers:
        with self._one_asks:  # two looks want to know, and may do so at the same time
            return self._told

    @cached_property
    def _told(self) -> Answers:
        return self._amazon.list_errors(
            hosts_to_ask(self._examined.settings.ads_api_url, named=self._named_hosts)
        )
