"""Faults of a deployed stack, each as somebody or something makes it, and how it is found."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import boto3
from moto.sns.models import sns_backends

from recommendation_applier.aws.stored_secret import CONSENTED_ON
from recommendation_applier.aws.wanted_subscriptions import (
    PARTITION,
    StoredWantedSubscriptions,
)
from recommendation_applier.domain.wanted_subscription import Profile, WantedSubscription
from tests.emulator.amazon_faults import answers, resets
from tests.emulator.deployment import Deployment
from tests.emulator.function import REGION
from tests.emulator.template import ACCOUNT_ID

STACK: Final = "recommendation-applier"
PROFILE: Final = "1234567890"
EMAIL: Final = "operations@example.com"
_PUBLISHER: Final = "084590724871"


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault: which *check* finds it, a part of what is *seen* and of the *mend*, how to *plant*.

    What *plant* gives is the stack to look at, where it is another one.
    """

    check: str
    seen: str
    mend: str
    plant: Callable[[Deployment], str | None]


def make_healthy(deployment: Deployment) -> None:
    """Do what moto's CloudFormation leaves undone, and what operators do after a deploy."""
    finish_deploy(deployment)
    _consented(deployment, datetime.now(UTC) - timedelta(days=10))
    _subscribed(deployment, "ACTIVE")


def finish_deploy(deployment: Deployment) -> None:
    """Do what moto's CloudFormation leaves undone."""
    stack = deployment.stack
    _event_source(stack.outputs["ApplyFunctionName"], Enabled=True)
    stack.dynamodb.update_time_to_live(
        TableName=stack.ledger_table_name,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": "keptUntil"},
    )


def _subscribed(deployment: Deployment, status: str) -> None:
    """Subscribe the queue for a profile, and have that on record."""
    queue_arn = deployment.stack.event_source.queue_arn
    with deployment.amazon.streams() as book:
        book.now = datetime.now(UTC)
        made = book.put(PROFILE, queue_arn, status=status)
    StoredWantedSubscriptions(
        deployment.stack.dynamodb, table_name=deployment.stack.ledger_table_name
    ).claim(
        WantedSubscription(
            profile=Profile(PROFILE, "Example"),
            destination_arn=queue_arn,
            client_request_token=made.subscription_id,
            requested_at=datetime.now(UTC),
            subscription_id=made.subscription_id,
            status=status,
        ),
        replacing=None,
    )


def _subscription_is(status: str) -> Callable[[Deployment], None]:
    def plant(deployment: Deployment) -> None:
        with deployment.amazon.streams() as book:
            book.set_status(status, *book.subscriptions)
            book.life = (status,)

    return plant


def _another_login(deployment: Deployment) -> None:
    with deployment.amazon.streams() as book:
        book.login = "login-2"


def _nobody_subscribed(deployment: Deployment) -> None:
    deployment.stack.dynamodb.delete_item(
        TableName=deployment.stack.ledger_table_name,
        Key={"pk": {"S": PARTITION}, "sk": {"S": PROFILE}},
    )


def _event_source(function: str, **changed: Any) -> None:
    functions = boto3.client("lambda")
    [found] = functions.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=found["UUID"], **changed)


def _consented(deployment: Deployment, moment: datetime) -> None:
    deployment.stack.secrets.tag_resource(
        SecretId=deployment.stack.outputs["CredentialsSecretArn"],
        Tags=[{"Key": CONSENTED_ON, "Value": moment.date().isoformat()}],
    )


def _another_stack(
    deployment: Deployment,
    *,
    parameters: Mapping[str, str] | None = None,
    outputs: Mapping[str, str] | None = None,
) -> str:
    """Make a stack that is the deployed one but for some parameters and outputs."""
    client = boto3.client("cloudformation")
    [found] = client.describe_stacks(StackName=STACK)["Stacks"]
    given = {each["ParameterKey"]: each["ParameterValue"] for each in found["Parameters"]}
    told = {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}
    del deployment
    client.create_stack(
        StackName="another",
        TemplateBody=json.dumps(
            {
                "Parameters": {
                    name: {"Type": "String", "Default": value}
                    for name, value in {**given, **(parameters or {})}.items()
                },
                "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
                "Outputs": {
                    name: {"Value": value} for name, value in {**told, **(outputs or {})}.items()
                },
            }
        ),
    )
    return "another"


def _wrong_region(deployment: Deployment) -> str:
    return _another_stack(deployment, parameters={"AdsRegion": "EU"})


def _fifo(deployment: Deployment) -> str:
    url = deployment.stack.sqs.create_queue(
        QueueName="ingress.fifo", Attributes={"FifoQueue": "true"}
    )["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:ingress.fifo"
    return _another_stack(deployment, outputs={"IngressQueueUrl": url, "IngressQueueArn": arn})


def _queue_is_gone(deployment: Deployment) -> None:
    deployment.stack.sqs.delete_queue(QueueUrl=deployment.stack.ingress_queue_url)


def _attributes(**changed: str) -> Callable[[Deployment], None]:
    def plant(deployment: Deployment) -> None:
        sqs, url = deployment.stack.sqs, deployment.stack.ingress_queue_url
        # moto forgets the policy when other attributes are set.
        kept = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={**kept, **changed})  # type: ignore[dict-item]

    return plant


def _policy(change: Callable[[list[dict[str, Any]]], object]) -> Callable[[Deployment], None]:
    """Let *change* work on the statements of the queue's policy."""

    def plant(deployment: Deployment) -> None:
        sqs, url = deployment.stack.sqs, deployment.stack.ingress_queue_url
        policy = json.loads(
            sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"][
                "Policy"
            ]
        )
        change(policy["Statement"])
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})

    return plant


def _without(sid: str) -> Callable[[list[dict[str, Any]]], object]:
    def change(statements: list[dict[str, Any]]) -> None:
        statements[:] = [each for each in statements if each["Sid"] != sid]

    return change


def _other_publisher(statements: list[dict[str, Any]]) -> None:
    statements[0]["Condition"] = {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:059061853903:*"}}


def _deny(statements: list[dict[str, Any]]) -> None:
    statements.append(
        {
            "Sid": "OnlyOurOrganization",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:SendMessage",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-ours"}},
        }
    )


def _customer_key(deployment: Deployment) -> None:
    key = boto3.client("kms").create_key()["KeyMetadata"]["KeyId"]
    _attributes(KmsMasterKeyId=key)(deployment)


def _secret(text: str) -> Callable[[Deployment], None]:
    def plant(deployment: Deployment) -> None:
        deployment.stack.secrets.put_secret_value(
            SecretId=deployment.stack.outputs["CredentialsSecretArn"], SecretString=text
        )

    return plant


def _empty_secret(deployment: Deployment) -> str:
    arn = deployment.stack.secrets.create_secret(Name="empty")["ARN"]
    return _another_stack(deployment, outputs={"CredentialsSecretArn": arn})


def _wrong_client(deployment: Deployment) -> None:
    good = deployment.amazon.credentials
    deployment.stack.store_credentials(
        {
            "client_id": good.client_id,
            "client_secret": "of-another-client",
            "refresh_token": good.refresh_token,
        }
    )


def set_variables(**changed: str) -> Callable[[Deployment], None]:
    """Change variables of the apply function."""

    def plant(deployment: Deployment) -> None:
        functions = boto3.client("lambda")
        name = deployment.stack.apply.name
        found = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": {**found, **changed}}
        )

    return plant


def _never_expires(deployment: Deployment) -> None:
    deployment.stack.dynamodb.update_time_to_live(
        TableName=deployment.stack.ledger_table_name,
        TimeToLiveSpecification={"Enabled": False, "AttributeName": "keptUntil"},
    )


def _no_schedule(deployment: Deployment) -> None:
    events = boto3.client("events")
    [name] = events.list_rule_names_by_target(TargetArn=deployment.stack.follow_up.arn)["RuleNames"]
    events.disable_rule(Name=name)


def _unconfirmed(deployment: Deployment) -> None:
    """As SNS shows an address that has not agreed; moto's agree at once."""
    del deployment
    for each in sns_backends[ACCOUNT_ID][REGION].subscriptions.values():
        each.arn = "PendingConfirmation" if each.protocol == "email" else each.arn


def _old_consent(deployment: Deployment) -> None:
    _consented(deployment, datetime.now(UTC))
    deployment.let_time_pass(timedelta(days=366))


def _event_source_is(**changed: Any) -> Callable[[Deployment], None]:
    return lambda deployment: _event_source(
        deployment.stack.outputs["ApplyFunctionName"], **changed
    )


def _unauthorized(deployment: Deployment) -> None:
    deployment.amazon.script_list([answers(401, {"code": "401", "details": "Unauthorized"})] * 2)


def _forbidden(deployment: Deployment) -> None:
    deployment.amazon.script_list([answers(403, {"code": "NOT_AUTHORIZED", "details": "No."})])


FAULTS: Final[Mapping[str, Planted]] = {
    "wrong region": Planted(
        "region", "delivers EU to eu-west-1 alone", "deploy the stack in eu-west-1", _wrong_region
    ),
    "setting missing": Planted(
        "function-settings",
        "ADS_API_URL: Value error",
        "deploy the stack again",
        set_variables(ADS_API_URL="nowhere"),
    ),
    "settings of another region": Planted(
        "function-settings",
        "STREAM_TOPIC_ARN_PREFIX is arn:aws:sns:eu-west-1:059061853903:",
        "deploy the stack again",
        set_variables(STREAM_TOPIC_ARN_PREFIX="arn:aws:sns:eu-west-1:059061853903:"),
    ),
    "FIFO queue": Planted(
        "ingress-queue", "is a FIFO queue", "replace it by a standard queue", _fifo
    ),
    "queue gone": Planted("ingress-queue", "NonExistentQueue", "see who deleted", _queue_is_gone),
    "publisher missing": Planted(
        "queue-policy",
        f"does not let topics of account {_PUBLISHER}",
        f"like arn:aws:sns:us-east-1:{_PUBLISHER}:*",
        _policy(_without("LetTheStreamDeliver")),
    ),
    "wrong publisher": Planted(
        "queue-policy",
        "but those of 059061853903 (EU's)",
        f"like arn:aws:sns:us-east-1:{_PUBLISHER}:*",
        _policy(_other_publisher),
    ),
    "reviewer missing": Planted(
        "queue-policy",
        "does not let Amazon's reviewer",
        "allow arn:aws:iam::926844853897:role/ReviewerRole to sqs:GetQueueAttributes",
        _policy(_without("LetAmazonReviewTheQueue")),
    ),
    "deny": Planted(
        "queue-policy",
        "denies deliveries",
        "take the statement OnlyOurOrganization off",
        _policy(_deny),
    ),
    "SQS's own key": Planted(
        "queue-encryption",
        "alias/aws/sqs, which never lets SNS in",
        "SqsManagedSseEnabled",
        _attributes(KmsMasterKeyId="alias/aws/sqs"),
    ),
    "customer's key": Planted(
        "queue-encryption",
        "refuses kms:GenerateDataKey and kms:Decrypt to sns.amazonaws.com",
        "allow sns.amazonaws.com to kms:GenerateDataKey* and kms:Decrypt",
        _customer_key,
    ),
    "no redrive policy": Planted(
        "redrive", "no redrive policy", "set its RedrivePolicy", _attributes(RedrivePolicy="")
    ),
    "secret empty": Planted("secret", "is empty", "`applier credentials set`", _empty_secret),
    "secret malformed": Planted(
        "secret",
        "wrong or missing: client_secret, refresh_token",
        "`applier credentials set`",
        _secret('{"client_id": "a"}'),
    ),
    "invalid_grant": Planted(
        "access-token",
        "invalid_grant: the refresh token is refused",
        "have the login consent again",
        lambda deployment: deployment.amazon.revoke_refresh_token(),
    ),
    "invalid_client": Planted(
        "access-token",
        "invalid_client: the client is refused",
        "security profile of the application",
        _wrong_client,
    ),
    "no login": Planted(
        "access-token",
        "Login with Amazon is not reached",
        "look at the network",
        lambda deployment: deployment.amazon.script_token([resets()]),
    ),
    "401": Planted(
        "partner-account", "401, the access token", "this very Login with Amazon", _unauthorized
    ),
    "403": Planted(
        "partner-account", "403, the login may not", "Admin or Custom-Editor", _forbidden
    ),
    "no opportunities": Planted(
        "opportunities",
        "lists no opportunities",
        "has advertisers linked to it",
        lambda deployment: deployment.amazon.publish([]),
    ),
    "subscription suspended": Planted(
        "subscriptions",
        f"profile {PROFILE} (Example): SUSPENDED",
        "subscribe anew with `applier subscriptions create`",
        _subscription_is("SUSPENDED"),
    ),
    "subscription pending": Planted(
        "subscriptions",
        "none is ACTIVE: 1 PENDING_CONFIRMATION",
        "`applier subscriptions watch`",
        _subscription_is("PENDING_CONFIRMATION"),
    ),
    "another login": Planted(
        "subscriptions", "VANISHED", "whose refresh token is in the secret", _another_login
    ),
    "no subscription": Planted(
        "subscriptions",
        "no profile is subscribed",
        "`applier subscriptions create`",
        _nobody_subscribed,
    ),
    "event source disabled": Planted(
        "event-source", "is Disabled", "--enabled", _event_source_is(Enabled=False)
    ),
    "failures not reported": Planted(
        "event-source",
        "does not report batch item failures",
        "--function-response-types ReportBatchItemFailures",
        _event_source_is(FunctionResponseTypes=[]),
    ),
    "schedule disabled": Planted("schedules", "is disabled", "enable-rule --name", _no_schedule),
    "policy invalid": Planted(
        "policy",
        "mode is 'FAST'",
        "`applier policy set`",
        lambda deployment: deployment.stack.store_policy(
            {"version": 1, "mode": "FAST", "default": "APPLY", "rules": []}
        ),
    ),
    "time to live off": Planted("ledger", "is DISABLED", "update-time-to-live", _never_expires),
    "email unconfirmed": Planted(
        "alarms", f"{EMAIL} has not confirmed", "follow its link", _unconfirmed
    ),
    "token ended": Planted(
        "consent", "366 days ago: the refresh token ended", "consent again", _old_consent
    ),
}
"""By name; in the order in which they are found."""
