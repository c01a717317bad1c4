"""The secret, as operators read and write it."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from types_boto3_secretsmanager.client import SecretsManagerClient

from recommendation_applier.aws.stored_secret import StoredSecret


@pytest.fixture
def client() -> Iterator[SecretsManagerClient]:
    """A Secrets Manager in moto."""
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="us-east-1")


@pytest.fixture
def secret(client: SecretsManagerClient) -> StoredSecret:
    """A secret without a value, as a first deploy leaves it."""
    return StoredSecret(client, arn=client.create_secret(Name="ads")["ARN"])


def test_a_secret_has_no_value_until_it_is_filled(secret: StoredSecret) -> None:
    """The latest value counts."""
    assert secret.read() is None
    secret.write("one")
    secret.write("two")
    assert secret.read() == "two"


def test_the_day_of_consent_outlasts_the_value(secret: StoredSecret) -> None:
    """It is a tag, beside whatever other tags there are."""
    assert secret.consented_on() is None
    secret.note_consent("2026-11-01")
    secret.write("one")
    secret.note_consent("2026-11-02")
    assert secret.consented_on() == "2026-11-02"


def test_a_secret_that_is_not_there_is_not_one_that_is_empty(
    client: SecretsManagerClient, secret: StoredSecret
) -> None:
    """Nor is one that is being deleted."""
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        StoredSecret(client, arn="another").read()
    client.delete_secret(SecretId=secret.arn)
    with pytest.raises(ClientError, match="InvalidRequestException"):
        secret.read()
