"""The function's environment, read once, where a run starts."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Final, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from recommendation_applier.domain.errors import SettingsError
from recommendation_applier.domain.recommendation import Identifier
from recommendation_applier.domain.stream_message import REMOVED


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _address(value: str) -> str:
    if not _VISIBLE.fullmatch(value):
        raise ValueError("must have no spaces, and no characters beyond ASCII")
    parts = urlsplit(value)
    if not parts.hostname or parts.username is not None or parts.port == 0:
        raise ValueError("must have a scheme and a host, and no user")
    # Bearer tokens and the refresh token go there.
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise ValueError("must be https (http is for loopback addresses only)")
    return value.rstrip("/")


def _host(value: str) -> str:
    if value.partition("://")[2] != urlsplit(value).netloc:
        raise ValueError("must be a scheme and a host, without a path")
    return value


def _statuses(value: object) -> object:
    return [status.strip() for status in value.split(",")] if isinstance(value, str) else value


def _never_removed(value: frozenset[str]) -> frozenset[str]:
    if REMOVED in value or not all(value):
        raise ValueError(f"must be statuses separated by commas, and not {REMOVED}")
    return value


_VISIBLE: Final = re.compile(r"[!-~]+")
Address = Annotated[str, AfterValidator(_address)]
HeaderValue = Annotated[str, Field(pattern=r"^[!-~]+$")]
Text = Annotated[str, Field(pattern=r"^\S+$")]
BusName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,256}$")]
MediaType = Annotated[str, Field(pattern=r"^application/[!-~]+$")]
QueueUrl = Annotated[str, Field(pattern=r"^https?://\S+$")]


class AmazonAdsSettings(BaseModel):
    """What the template gives to all functions: each of them speaks to Amazon, and to the ledger.

    Every variable is required. The names are those of the environment in lower case, and a test
    holds them to the template.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        defer_build=True,  # each function reads the settings of one kind
    )

    ads_api_url: Annotated[Address, AfterValidator(_host)]
    lwa_token_url: Address
    max_concurrent_requests: int = Field(ge=1, le=64)
    partner_network_account_id: HeaderValue
    credentials_secret_arn: Text
    ledger_table_name: Text
    powertools_log_level: Literal["DEBUG", "INFO"]
    powertools_metrics_namespace: Text
    powertools_service_name: Text


class FollowUpSettings(AmazonAdsSettings):
    """What the template gives to the follow-up function."""

    event_bus_name: Literal[""] | BusName


class OpportunitiesSettings(AmazonAdsSettings):
    """What the template gives to the function that reads opportunity files."""

    opportunity_files: Literal["INDEX", "APPLY"]
    ingress_queue_url: QueueUrl


class SubscriptionsSettings(AmazonAdsSettings):
    """What the template gives to the function that checks subscriptions."""

    stream_api_url: Annotated[Address, AfterValidator(_host)]
    stream_media_type: MediaType


class Settings(FollowUpSettings):
    """What the template gives to the apply function."""

    apply_mode: Literal["DRY_RUN", "APPLY"]
    actionable_statuses: Annotated[
        frozenset[str], BeforeValidator(_statuses), AfterValidator(_never_removed)
    ]
    policy_parameter_name: Text
    default_partner_opportunity_id: Literal[""] | Identifier
    opportunity_files: Literal["OFF", "INDEX", "APPLY"]
    opportunity_routes_name: Text
    ingress_queue_url: QueueUrl
    dead_letter_queue_url: QueueUrl
    max_receive_count: int = Field(ge=1, le=1000)
    stream_topic_arn_prefix: str = Field(pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:$")
    ledger_retention_days: int = Field(ge=1, le=3650)


def read_host(text: str) -> str:
    """Read the address of an API, as ADS_API_URL has it. Raises ValueError that says what it is."""
    return _host(_address(text))


Kind = TypeVar("Kind", bound=AmazonAdsSettings)


def read_settings(environment: Mapping[str, str], kind: type[Kind]) -> Kind:
    """Read the settings of that *kind* from *environment*.

    Raises SettingsError naming every variable that is missing or malformed.
    """
    values = {
        name: environment[name.upper()] for name in kind.model_fields if name.upper() in environment
    }
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        wrong = "; ".join(
            f"{str(finding['loc'][0]).upper()}: {finding['msg']}"
            for finding in error.errors(include_url=False, include_input=False)
        )
        raise SettingsError(
            f"reading the function's environment failed: {wrong}; see the Environment of "
            "this function in template.yaml"
        ) from None  # the cause would quote the values
