"""What AWS charges in us-east-1, as data: list prices, their source and its date. No I/O.

eu-west-1 and us-west-2 differ by some percent. AWS's own price pages show their figures to
browsers only, so that most are from pages that quote them; `certainty` says how far to trust each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

AS_OF: Final = "2026-11-26"
"""When the sources were read."""

_MILLION: Final = 1_000_000


class Certainty(StrEnum):
    """How well a price is known."""

    DOCUMENTED = "AWS's own page"
    QUOTED = "quoted by others"
    KNOWN = "common knowledge, not checked"


class Billed(StrEnum):
    """What is counted, and charged for."""

    LAMBDA_REQUESTS = "requests"
    LAMBDA_SECONDS_ARM64 = "GB-seconds (arm64)"
    LAMBDA_SECONDS_X86 = "GB-seconds (x86_64)"
    QUEUE_REQUESTS = "queue requests"
    WRITE_UNITS = "write units"
    READ_UNITS = "read units"
    TABLE_STORAGE = "GB-months in the table"
    TABLE_RECOVERY = "GB-months of point-in-time recovery"
    LOG_INGESTION = "GB of logs"
    LOG_STORAGE = "GB-months of logs"
    METRICS = "metrics of its own"
    ALARMS = "metrics in alarms"
    COMPOSITE_ALARMS = "composite alarms"
    DASHBOARDS = "dashboards"
    SECRETS = "secrets"
    SECRET_CALLS = "calls for the secret"  # noqa: S105 - what is billed is named, and no secret
    DATA_OUT = "GB sent to Amazon Ads"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one unit costs in USD; *free* is how many a month cost an account nothing, for ever.

    An account has its free units once, whatever else it runs.
    """

    service: str
    usd: float
    certainty: Certainty
    source: str
    free: float = 0.0


_LAMBDA_PAGE: Final = "cloudchipr.com/blog/aws-lambda-pricing, 2024"
_CLOUDWATCH_PAGE: Final = "factualminds.com, 2026-06; signoz.io/guides/cloudwatch-pricing, 2026-02"
_LOGS_PAGE: Final = "c3x.dev/blog/cloudwatch-logs-cost-optimization, 2026-06"
_DYNAMODB_PAGE: Final = "a breakdown of DynamoDB's prices after the cut of 2024-11, 2025"
_SECRETS_PAGE: Final = "hivebook.wiki on Secrets Manager, 2026"

PRICES: Final[Mapping[Billed, Price]] = {
    Billed.LAMBDA_REQUESTS: Price(
        service="Lambda", usd=0.20 / _MILLION, free=_MILLION,
        certainty=Certainty.QUOTED, source=_LAMBDA_PAGE,
    ),
    Billed.LAMBDA_SECONDS_ARM64: Price(
        service="Lambda", usd=0.0000133334, free=400_000,
        certainty=Certainty.QUOTED, source=_LAMBDA_PAGE,
    ),
    Billed.LAMBDA_SECONDS_X86: Price(
        service="Lambda", usd=0.0000166667, free=400_000,
        certainty=Certainty.QUOTED, source=_LAMBDA_PAGE,
    ),
    Billed.QUEUE_REQUESTS: Price(
        service="SQS", usd=0.40 / _MILLION, free=_MILLION,
        certainty=Certainty.QUOTED, source="cloudburn.io/blog/amazon-sqs-pricing, 2026-03",
    ),
    Billed.WRITE_UNITS: Price(
        service="DynamoDB", usd=0.625 / _MILLION,
        certainty=Certainty.QUOTED, source=_DYNAMODB_PAGE,
    ),
    Billed.READ_UNITS: Price(
        service="DynamoDB", usd=0.125 / _MILLION,
        certainty=Certainty.QUOTED, source=_DYNAMODB_PAGE,
    ),
    Billed.TABLE_STORAGE: Price(
        service="DynamoDB", usd=0.25, free=25,
        certainty=Certainty.DOCUMENTED, source="aws.amazon.com/dynamodb/pricing, an older copy",
    ),
    Billed.TABLE_RECOVERY: Price(
        service="DynamoDB", usd=0.20, certainty=Certainty.KNOWN, source="none was found",
    ),
    Billed.LOG_INGESTION: Price(
        service="CloudWatch", usd=0.50, free=5,
        certainty=Certainty.QUOTED, source=_LOGS_PAGE,
    ),
    Billed.LOG_STORAGE: Price(
        service="CloudWatch", usd=0.03, certainty=Certainty.QUOTED, source=_LOGS_PAGE,
    ),
    Billed.METRICS: Price(
        service="CloudWatch", usd=0.30, free=10,
        certainty=Certainty.QUOTED, source=_CLOUDWATCH_PAGE,
    ),
    Billed.ALARMS: Price(
        service="CloudWatch", usd=0.10, free=10,
        certainty=Certainty.QUOTED, source=_CLOUDWATCH_PAGE,
    ),
    Billed.COMPOSITE_ALARMS: Price(
        service="CloudWatch", usd=0.50,
        certainty=Certainty.QUOTED, source="c3x.dev on alarms, 2026",
    ),
    Billed.DASHBOARDS: Price(
        service="CloudWatch", usd=3.00, free=3,
        certainty=Certainty.QUOTED, source=_CLOUDWATCH_PAGE,
    ),
    Billed.SECRETS: Price(
        service="Secrets Manager", usd=0.40, certainty=Certainty.QUOTED, source=_SECRETS_PAGE,
    ),
    Billed.SECRET_CALLS: Price(
        service="Secrets Manager", usd=0.05 / 10_000,
        certainty=Certainty.QUOTED, source=_SECRETS_PAGE,
    ),
    Billed.DATA_OUT: Price(
        service="Data transfer", usd=0.09, free=100,
        certainty=Certainty.KNOWN, source="none was found",
    ),
}  # fmt: skip
