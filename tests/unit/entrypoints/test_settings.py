"""What a run starts from: every variable there and well-formed, or its name in the error."""

import pytest
from pydantic import ValidationError

from recommendation_applier.domain.errors import SettingsError
from recommendation_applier.entrypoints.settings import Settings, read_settings

ENVIRONMENT = {
    "ADS_API_URL": "https://advertising-api.amazon.com",
    "LWA_TOKEN_URL": "https://api.amazon.com/auth/o2/token",
    "MAX_CONCURRENT_REQUESTS": "4",
    "APPLY_MODE": "DRY_RUN",
    "ACTIONABLE_STATUSES": "PUBLISHED",
    "DEFAULT_PARTNER_OPPORTUNITY_ID": "",
    "OPPORTUNITY_FILES": "OFF",
    "OPPORTUNITY_ROUTES_NAME": "/stack/opportunity-routes",
    "PARTNER_NETWORK_ACCOUNT_ID": "amzn1.ads1.ma1.example",
    "CREDENTIALS_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:ads-AbCdEf",
    "LEDGER_RETENTION_DAYS": "90",
    "LEDGER_TABLE_NAME": "ledger",
    "INGRESS_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/ingress",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/dead-letters",
    "MAX_RECEIVE_COUNT": "100",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "POWERTOOLS_METRICS_NAMESPACE": "RecommendationApplier",
    "POWERTOOLS_SERVICE_NAME": "apply",
    "STREAM_TOPIC_ARN_PREFIX": "arn:aws:sns:us-east-1:084590724871:",
}


def settings(**changes: str) -> Settings:
    """Read the environment, some variables changed."""
    return read_settings(ENVIRONMENT | changes, Settings)


def refusal(**changes: str) -> str:
    """Read an environment that is not good, and return what is said of it."""
    with pytest.raises(SettingsError, match="reading the function's environment failed") as raised:
        settings(**changes)
    return str(raised.value)


def test_the_environment_is_read() -> None:
    """Numbers are numbers, lists are sets, and what belongs to somebody else is not looked at."""
    read = settings(AWS_LAMBDA_FUNCTION_NAME="apply", max_receive_count="7")

    assert read.ads_api_url == "https://advertising-api.amazon.com"
    assert read.lwa_token_url == "https://api.amazon.com/auth/o2/token"
    assert (read.max_concurrent_requests, read.max_receive_count) == (4, 100)
    assert read.actionable_statuses == {"PUBLISHED"}
    assert (read.apply_mode, read.default_partner_opportunity_id) == ("DRY_RUN", "")


def test_settings_are_not_changed_later() -> None:
    """What was read at the start holds."""
    read = settings()

    with pytest.raises(ValidationError, match="frozen"):
        read.apply_mode = "APPLY"  # type: ignore[misc] # that is the point


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_a_variable_that_is_missing_is_named(name: str) -> None:
    """No variable has a default: the template has them."""
    environment = {other: value for other, value in ENVIRONMENT.items() if other != name}

    with pytest.raises(SettingsError, match=f"failed: {name}: Field required; see the Environment"):
        read_settings(environment, Settings)


def test_all_variables_that_are_wrong_are_named() -> None:
    """One look at the log is enough to mend them."""
    with pytest.raises(SettingsError, match="environment") as raised:
        read_settings({}, Settings)

    assert [
        name for name in ENVIRONMENT if f"{name}: Field required" not in str(raised.value)
    ] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAX_CONCURRENT_REQUESTS", "0"),
        ("MAX_CONCURRENT_REQUESTS", "65"),
        ("MAX_CONCURRENT_REQUESTS", "four"),
        ("MAX_CONCURRENT_REQUESTS", "2.5"),
        ("MAX_CONCURRENT_REQUESTS", ""),
        ("MAX_RECEIVE_COUNT", "0"),
        ("MAX_RECEIVE_COUNT", "1001"),
        ("APPLY_MODE", "apply"),
        ("APPLY_MODE", ""),
        ("ACTIONABLE_STATUSES", ""),
        ("ACTIONABLE_STATUSES", "PUBLISHED,"),
        ("ACTIONABLE_STATUSES", "PUBLISHED,,NEW"),
        ("ACTIONABLE_STATUSES", "PUBLISHED, REMOVED"),
        ("DEFAULT_PARTNER_OPPORTUNITY_ID", " "),
        ("DEFAULT_PARTNER_OPPORTUNITY_ID", "x" * 257),
        ("OPPORTUNITY_FILES", "off"),
        ("OPPORTUNITY_FILES", ""),
        ("OPPORTUNITY_ROUTES_NAME", ""),
        ("PARTNER_NETWORK_ACCOUNT_ID", ""),
        ("CREDENTIALS_SECRET_ARN", ""),
        ("INGRESS_QUEUE_URL", ""),
        ("DEAD_LETTER_QUEUE_URL", ""),
        ("POWERTOOLS_LOG_LEVEL", "TRACE"),
        ("POWERTOOLS_METRICS_NAMESPACE", ""),
        ("POWERTOOLS_SERVICE_NAME", ""),
        ("STREAM_TOPIC_ARN_PREFIX", ""),
        ("STREAM_TOPIC_ARN_PREFIX", "arn:aws:sns:us-east-1:084590724871"),
        ("STREAM_TOPIC_ARN_PREFIX", "arn:aws:sns:us-east-1:08459072487:"),
        ("STREAM_TOPIC_ARN_PREFIX", "arn:aws:sqs:us-east-1:084590724871:"),
        ("STREAM_TOPIC_ARN_PREFIX", "arn:aws:sns:*:084590724871:"),
        ("STREAM_TOPIC_ARN_PREFIX", "arn:aws:sns:us-east-1:084590724871:rec"),
        ("STREAM_TOPIC_ARN_PREFIX", "arn:aws:sns:us-east-1:084590724871:\n"),
        ("ADS_API_URL", ""),
        ("ADS_API_URL", "advertising-api.amazon.com"),
        ("ADS_API_URL", "https://"),
        ("ADS_API_URL", "https:///partnerOpportunities"),
        ("ADS_API_URL", "https://["),
        ("ADS_API_URL", "https://advertising-api.amazon.com/v1"),
        ("ADS_API_URL", "https://advertising-api.amazon.com?a=b"),
        ("ADS_API_URL", "https://advertising-api.amazon.com#a"),
    ],
)
def test_a_variable_that_is_malformed_is_named(name: str, value: str) -> None:
    """Each has its rule, and the error names no other."""
    said = refusal(**{name: value})

    assert f"failed: {name}: " in said
    assert [other for other in ENVIRONMENT if other != name and f"{other}: " in said] == []


@pytest.mark.parametrize("name", ["ADS_API_URL", "LWA_TOKEN_URL"])
@pytest.mark.parametrize(
    "host",
    ["https://host:port", "https://ho st", " https://host", "https://host\n", "https://host:99999"],
    ids=repr,
)
def test_an_address_that_nothing_can_be_sent_to_is_malformed(name: str, host: str) -> None:
    """It stops the cold start, rather than every invocation."""
    assert f"{name}: " in refusal(**{name: host})


@pytest.mark.parametrize(
    "host",
    [
        "https://host?",
        "https://host#",
        "https://host/?",
        "https://u:p@host",
        "http://localhost@host",
    ],
)
def test_an_ads_host_has_nothing_that_would_swallow_the_path(host: str) -> None:
    """What follows a question mark is no path; a user's name would replace the bearer token."""
    assert "ADS_API_URL: " in refusal(ADS_API_URL=host)


@pytest.mark.parametrize(
    "value", ["amzn1 ads1", "amzn1.ads1\n", "amzn1.ads1.\u00e4", " "], ids=repr
)
def test_an_account_id_that_no_header_can_carry_is_malformed(value: str) -> None:
    """It would fail every request, and look like a network's failure."""
    assert "PARTNER_NETWORK_ACCOUNT_ID: " in refusal(PARTNER_NETWORK_ACCOUNT_ID=value)


@pytest.mark.parametrize("name", ["ADS_API_URL", "LWA_TOKEN_URL"])
@pytest.mark.parametrize(
    "value",
    [
        "http://advertising-api.amazon.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "ftp://127.0.0.1",
        "//127.0.0.1",
    ],
)
def test_tokens_leave_the_machine_by_https_only(name: str, value: str) -> None:
    """Plain http is for the loopback interface."""
    said = refusal(**{name: value})

    assert f"{name}: Value error, must be https (http is for loopback addresses only)" in said


@pytest.mark.parametrize(
    "value",
    [
        "https://advertising-api-eu.amazon.com",
        "https://advertising-api-eu.amazon.com:8443",
        "http://127.0.0.1:8080",
        "http://127.1.2.3",
        "http://localhost:8080",
        "http://[::1]:8080",
    ],
)
def test_addresses_that_are_good(value: str) -> None:
    """Https anywhere, http to oneself; a slash at the end makes no difference."""
    assert settings(ADS_API_URL=value).ads_api_url == value
    assert settings(ADS_API_URL=f"{value}/").ads_api_url == value
    assert settings(LWA_TOKEN_URL=f"{value}/auth").lwa_token_url == f"{value}/auth"


def test_statuses_are_separated_by_commas() -> None:
    """Spaces around them are not theirs."""
    read = settings(ACTIONABLE_STATUSES="PUBLISHED, NEW ,PUBLISHED")

    assert read.actionable_statuses == {"PUBLISHED", "NEW"}


def test_statuses_may_come_as_a_set() -> None:
    """As where settings are built by hand."""
    changed = settings().model_dump() | {"actionable_statuses": {"NEW"}}

    assert Settings.model_validate(changed).actionable_statuses == {"NEW"}


def test_an_opportunity_is_kept_as_it_is() -> None:
    """Encoding it is the business of whoever puts it into a path."""
    read = settings(DEFAULT_PARTNER_OPPORTUNITY_ID="amzn1.a/b")

    assert read.default_partner_opportunity_id == "amzn1.a/b"


@pytest.mark.parametrize("prefix", ["arn:aws-us-gov:sns:us-gov-west-1:084590724871:"])
def test_other_partitions_have_topics_too(prefix: str) -> None:
    """The prefix is the template's to choose."""
    assert settings(STREAM_TOPIC_ARN_PREFIX=prefix).stream_topic_arn_prefix == prefix


def test_values_are_not_told() -> None:
    """An error names variables; what stood in them may be a secret in the wrong place."""
    misplaced = "Atzr|somebody-pasted-it-here"
    changes = dict.fromkeys(ENVIRONMENT, misplaced)

    assert misplaced not in refusal(**changes)
