"""The credentials are read from Secrets Manager, and their values are read nowhere else."""

import json
from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber
from moto import mock_aws
from types_boto3_secretsmanager.client import SecretsManagerClient

from recommendation_applier.aws.secrets import SecretCredentials
from recommendation_applier.domain.credentials import Credentials
from recommendation_applier.domain.errors import CredentialsRefusedError, UnavailableError
from tests.contract.invocation_at_amazon import everything_said

VALUES = {
    "client_id": "amzn1.application-oa2-client.made-up",
    "client_secret": "a-made-up-secret",
    "refresh_token": "Atzr|made-up-token",
}


@pytest.fixture
def client() -> Iterator[SecretsManagerClient]:
    """A Secrets Manager in moto."""
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="us-east-1")


@pytest.fixture
def arn(client: SecretsManagerClient) -> str:
    """A secret without a value, as a first deploy leaves it."""
    return client.create_secret(Name="ads")["ARN"]


def read(client: SecretsManagerClient, arn: str) -> Credentials:
    """Read the secret."""
    return SecretCredentials(client, secret_arn=arn).read()


def refusal(client: SecretsManagerClient, arn: str) -> CredentialsRefusedError:
    """Read a secret that cannot be used."""
    with pytest.raises(
        CredentialsRefusedError, match="reading the Login with Amazon credentials"
    ) as raised:
        read(client, arn)
    return raised.value


def test_the_credentials_are_read(client: SecretsManagerClient, arn: str) -> None:
    """The three values, whatever else stands beside them."""
    client.put_secret_value(SecretId=arn, SecretString=json.dumps(VALUES | {"note": "ours"}))
    credentials = read(client, arn)

    assert credentials.client_id == VALUES["client_id"]
    assert credentials.client_secret.get_secret_value() == VALUES["client_secret"]
    assert credentials.refresh_token.get_secret_value() == VALUES["refresh_token"]


def test_every_read_is_afresh(client: SecretsManagerClient, arn: str) -> None:
    """A value that was replaced is seen the next time."""
    source = SecretCredentials(client, secret_arn=arn)
    client.put_secret_value(SecretId=arn, SecretString=json.dumps(VALUES))
    before = source.read()
    client.put_secret_value(
        SecretId=arn, SecretString=json.dumps(VALUES | {"refresh_token": "Atzr|new"})
    )

    assert source.read() != before


def test_a_secret_without_a_value_says_what_to_do(client: SecretsManagerClient, arn: str) -> None:
    """As after a first deploy."""
    assert str(refusal(client, arn)).endswith(
        f"from {arn} failed: ResourceNotFoundException; store the credentials there (README, "
        "Deploy)"
    )


def test_a_secret_to_be_deleted_is_a_persons_affair(client: SecretsManagerClient, arn: str) -> None:
    """It does not come back by itself."""
    client.put_secret_value(SecretId=arn, SecretString=json.dumps(VALUES))
    client.delete_secret(SecretId=arn)

    assert "InvalidRequestException" in str(refusal(client, arn))


@pytest.mark.parametrize("text", ["not JSON", "[]", '"text"', "null", '{"client_id": '])
def test_a_value_that_is_no_json_object_is_refused(
    client: SecretsManagerClient, arn: str, text: str
) -> None:
    """It says so, and what should stand there."""
    client.put_secret_value(SecretId=arn, SecretString=text)
    error = refusal(client, arn)

    assert "it is not a JSON object; store" in str(error)
    assert '{"client_id": "…", "client_secret": "…", "refresh_token": "…"}' in str(error)


def test_a_binary_value_is_refused(client: SecretsManagerClient, arn: str) -> None:
    """Credentials are text."""
    client.put_secret_value(SecretId=arn, SecretBinary=json.dumps(VALUES).encode())

    assert "it is not a JSON object" in str(refusal(client, arn))


@pytest.mark.parametrize("field", VALUES)
@pytest.mark.parametrize("value", [..., "", None, 7, ["x"]], ids=str)
def test_a_field_that_is_wrong_is_named_without_any_value(
    client: SecretsManagerClient, arn: str, field: str, value: object
) -> None:
    """Missing, empty or no string: the field's name, and of no field the value."""
    stored = {**VALUES, field: value}
    if value is ...:
        del stored[field]
    client.put_secret_value(SecretId=arn, SecretString=json.dumps(stored))
    error = refusal(client, arn)

    assert f"failed: wrong or missing: {field}; store" in str(error)
    assert not [secret for secret in VALUES.values() if secret in everything_said([error])]


def test_all_wrong_fields_are_named(client: SecretsManagerClient, arn: str) -> None:
    """One look is enough to mend it."""
    client.put_secret_value(SecretId=arn, SecretString="{}")

    assert "wrong or missing: client_id, client_secret, refresh_token" in str(refusal(client, arn))


def test_a_malformed_secret_is_not_shown(client: SecretsManagerClient, arn: str) -> None:
    """Neither the error nor its traceback quotes what could not be read."""
    client.put_secret_value(SecretId=arn, SecretString=json.dumps(VALUES)[:-1])
    said = everything_said([refusal(client, arn)])

    assert not [secret for secret in VALUES.values() if secret in said]


def test_credentials_do_not_print_their_secrets(client: SecretsManagerClient, arn: str) -> None:
    """The client id may be seen, the other two not."""
    client.put_secret_value(SecretId=arn, SecretString=json.dumps(VALUES))
    said = repr(read(client, arn)) + str(read(client, arn))

    assert VALUES["client_id"] in said
    assert VALUES["client_secret"] not in said
    assert VALUES["refresh_token"] not in said


def credentialed(**changes: object) -> SecretsManagerClient:
    """Make a client outside of moto."""
    return boto3.client(  # type: ignore[call-overload,no-any-return] # changed at will
        "secretsmanager",
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        **changes,
    )


@pytest.mark.parametrize("code", ["AccessDeniedException", "DecryptionFailure"])
def test_what_the_role_may_not_do_is_a_persons_affair(code: str) -> None:
    """Permissions and keys do not mend themselves."""
    client = credentialed()
    with Stubber(client) as stubber:
        stubber.add_client_error("get_secret_value", code, "no", 400)

        assert code in str(refusal(client, "arn"))


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServiceError", "Odd"])
def test_a_throttle_or_an_outage_passes(code: str) -> None:
    """Nobody has to act."""
    client = credentialed()
    with Stubber(client) as stubber:
        stubber.add_client_error("get_secret_value", code, "no", 500)

        with pytest.raises(UnavailableError, match=f"^reading the-arn failed: {code}$"):
            read(client, "the-arn")


def test_a_secrets_manager_that_cannot_be_reached_is_an_outage() -> None:
    """No connection, no credentials, no raise of another kind."""
    client = credentialed(
        endpoint_url="http://127.0.0.1:1",
        config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
    )

    with pytest.raises(UnavailableError, match="reading the-arn failed: Could not connect"):
        read(client, "the-arn")
