"""The preconditions of a deployed stack: what each needs, and how it is looked at."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Final, Self

from recommendation_applier.aws.alarm_checks import judge_alarm_topic, nobody_is_told
from recommendation_applier.aws.function_checks import (
    judge_event_source,
    judge_function,
    judge_schedules,
)
from recommendation_applier.aws.ledger_checks import judge_ledger
from recommendation_applier.aws.queue_checks import judge_queue, judge_redrive
from recommendation_applier.aws.queue_encryption import judge_encryption, judge_key
from recommendation_applier.aws.queue_policy import judge_policy
from recommendation_applier.domain.ads_regions import ADS_REGIONS
from recommendation_applier.domain.amazon_checks import (
    Answers,
    judge_hosts,
    judge_opportunities,
    judge_partner_account,
)
from recommendation_applier.domain.consent import age_of_consent
from recommendation_applier.domain.credentials import read_credentials
from recommendation_applier.domain.credentials_checks import judge_secret, judge_token
from recommendation_applier.domain.errors import ApplierError
from recommendation_applier.domain.finding import Finding, fault, ok, skipped, together
from recommendation_applier.domain.opportunity_query import OpportunityQuery
from recommendation_applier.domain.policy import read_policy
from recommendation_applier.entrypoints.cli.asking_amazon import AskedAmazon, asking_amazon
from recommendation_applier.entrypoints.cli.aws_errors import AWS_ERRORS, permission_of, sentence_of
from recommendation_applier.entrypoints.cli.examined_stack import ExaminedStack
from recommendation_applier.entrypoints.cli.stack_checks import judge_region, judge_stack
from recommendation_applier.use_cases.examine import Check

NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "stack": (),
    "region": (),
    "functions": (),
    "function-settings": ("functions", "region"),
    "ingress-queue": (),
    "queue-policy": ("region", "ingress-queue"),
    "queue-encryption": ("region", "ingress-queue"),
    "redrive": ("ingress-queue", "function-settings"),
    "secret": (),
    "access-token": ("function-settings", "secret"),
    "partner-account": ("access-token",),
    "hosts": ("access-token",),
    "opportunities": ("partner-account",),
    "event-source": ("functions", "ingress-queue"),
    "schedules": ("functions",),
    "policy": (),
    "ledger": (),
    "alarms": (),
    "consent": ("secret",),
}
"""Every precondition by its id, in the order in which they are looked at, and those that it needs.

A stack that is not found is in the way of all of them.
"""
