"""What a deployed stack is made of now, each part read when it is first asked for."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from recommendation_applier.aws.policy_parameter import PolicyParameter
from recommendation_applier.aws.stored_secret import StoredSecret
from recommendation_applier.domain.ads_regions import ADS_REGIONS, AdsRegion
from recommendation_applier.entrypoints.cli.deployed_stack import DeployedStack
from recommendation_applier.entrypoints.settings import (
    FollowUpSettings,
    OpportunitiesSettings,
    Settings,
    SubscriptionsSettings,
    read_settings,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_events.client import EventBridgeClient
    from types_boto3_lambda.client import LambdaClient
    from types_boto3_secretsmanager.client import SecretsManagerClient
    from types_boto3_sns.client import SNSClient
    from types_boto3_sqs.client import SQSClient
    from types_boto3_ssm.client import SSMClient


class ExaminedStack:
    """Reads the parts of a stack; several threads may ask. Raises what boto3 raises.

    All clients are made at once, since a session makes no two of them at the same time.
    """

    def __init__(self, stack: DeployedStack) -> None:
        """Make no call yet."""
        self.stack = stack
        make = stack.session.client
        self.dynamodb: DynamoDBClient = make("dynamodb")
        self._events: EventBridgeClient = make("events")
        self._kms: Any = make("kms")
        self._functions: LambdaClient = make("lambda")
        self._sns: SNSClient = make("sns")
        self._sqs: SQSClient = make("sqs")
        self._secrets: SecretsManagerClient = make("secretsmanager")
        self._ssm: SSMClient = make("ssm")

    @property
    def secret(self) -> StoredSecret:
        """The secret with the credentials."""
        return StoredSecret(self._secrets, arn=self.stack.output("CredentialsSecretArn"))

    @property
    def policy(self) -> PolicyParameter:
        """The parameter with the policy."""
        return PolicyParameter(self._ssm, name=self.stack.output("ApplyPolicyName"))

    @property
    def ads_region(self) -> AdsRegion:
        """The region of Amazon Ads that the stack serves."""
        return ADS_REGIONS[self.stack.parameters["AdsRegion"]]

    @property
    def function_names(self) -> Sequence[str]:
        """The names of the stack's functions, the apply function first."""
        names = [
            self.stack.output("ApplyFunctionName"),
            self.stack.output("FollowUpFunctionName"),
            self.stack.output("SubscriptionsFunctionName"),
        ]
        if self.stack.parameters.get("OpportunityFiles", "OFF") != "OFF":
            names.append(self.stack.output("OpportunitiesFunctionName"))
        return names

    @cached_property
    def functions(self) -> Sequence[Mapping[str, Any]]:
        """How Lambda has each function."""
        return [
            self._functions.get_function_configuration(FunctionName=name)
            for name in self.function_names
        ]

    @property
    def settings(self) -> Settings:
        """The settings of the apply function. Raises SettingsError, for any of the functions."""
        return self._settings[0]

    @property
    def subscriptions_settings(self) -> SubscriptionsSettings:
        """The settings of the function that checks subscriptions. Raises SettingsError."""
        return self._settings[1]

    @cached_property
    def _settings(self) -> tuple[Settings, SubscriptionsSettings]:
        apply, follow_up, subscriptions, *others = (
            each.get("Environment", {}).get("Variables", {}) for each in self.functions
        )
        read_settings(follow_up, FollowUpSettings)
        for each in others:
            read_settings(each, OpportunitiesSettings)
        return read_settings(apply, Settings), read_settings(subscriptions, SubscriptionsSettings)

    @cached_property
    def ingress_queue(self) -> Mapping[str, str]:
        """The attributes of the ingress queue."""
        return self._attributes(self.stack.output("IngressQueueUrl"))

    @property
    def dead_letter_queue(self) -> Mapping[str, str]:
        """The attributes of the dead-letter queue."""
        return self._attributes(self.stack.output("DeadLetterQueueUrl"))

    def key(self, key_id: str) -> tuple[str, bool]:
        """Give the ARN of a KMS key, and whether it is AWS's own."""
        found = self._kms.describe_key(KeyId=key_id)["KeyMetadata"]
        return found["Arn"], found.get("KeyManager") == "AWS"

    def key_policy(self, key_arn: str) -> str:
        """Give the policy of a KMS key."""
        return str(self._kms.get_key_policy(KeyId=key_arn, PolicyName="default")["Policy"])

    def event_sources(self) -> Sequence[Mapping[str, Any]]:
        """Give the event source mappings of the apply function."""
        pages = self._functions.get_paginator("list_event_source_mappings").paginate(
            FunctionName=self.stack.output("ApplyFunctionName")
        )
        return [each for page in pages for each in page["EventSourceMappings"]]

    def schedules(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Give the rules that run each function which nothing else runs, by its name."""
        return {
            each["FunctionName"]: [
                self._events.describe_rule(Name=name)
                for name in self._events.list_rule_names_by_target(TargetArn=each["FunctionArn"])[
                    "RuleNames"
                ]
            ]
            for each in self.functions[1:]
        }

    def ledger(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Give the ledger's table, and its time to live."""
        name = self.stack.output("LedgerTableName")
        expiry = self.dynamodb.describe_time_to_live(TableName=name)
        return (
            self.dynamodb.describe_table(TableName=name)["Table"],
            expiry["TimeToLiveDescription"],
        )

    def told_of_alarms(self) -> Sequence[Mapping[str, Any]]:
        """Give the subscriptions of the topic that alarms go to."""
        pages = self._sns.get_paginator("list_subscriptions_by_topic").paginate(
            TopicArn=self.stack.output("AlarmTopicArn")
        )
        return [each for page in pages for each in page["Subscriptions"]]

    def _attributes(self, queue_url: str) -> Mapping[str, str]:
        found = self._sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])
        return {str(name): value for name, value in found["Attributes"].items()}
