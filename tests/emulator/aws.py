"""The embedded AWS: deploys template.yaml into moto, as much of it as a delivery touches.

moto's CloudFormation creates queues, function, role, log group and event source mapping. Of the
rest it says CREATE_COMPLETE with a warning and creates nothing (5.2.5): secrets and queue policies
are therefore created here, by call, and alarms are left out, since no delivery touches them.
What moto resolves differently from CloudFormation (a role's policy as a Python literal, numbers in
environment variables, a log group's ARN without its streams) is resolved here as well.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

import boto3

from tests.emulator.intrinsics import Document, Scope, resolve
from tests.emulator.stack import EmbeddedStack, EventSourceSettings
from tests.emulator.template import ACCOUNT_ID, ExpandedTemplate, expand

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FUNCTION", "ROLE", "SECRET", "EmbeddedStack", "EventSourceSettings", "deploy"]

FUNCTION: Final = "ApplyFunction"
ROLE: Final = "ApplyFunctionRole"
SECRET: Final = "AdsCredentials"
EVENT_SOURCE_MAPPING: Final = "ApplyFunctionDeliveries"
"""The name SAM makes of the function's and the event's."""

_NOT_MOTOS: Final = frozenset(
    {"AWS::CloudWatch::Alarm", "AWS::SQS::QueuePolicy", "AWS::SecretsManager::Secret"}
)
"""What moto's CloudFormation would warn about and skip."""


def deploy(
    parameters: Mapping[str, str],
    *,
    region: str,
    stack_name: str = "recommendation-applier",
    endpoint_url: str | None = None,
) -> EmbeddedStack:
    """Deploy template.yaml with *parameters* into moto.

    Without *endpoint_url* the caller has moto's `mock_aws` active, and Lambda without Docker; with
    it, it is a moto server's. Raises DeployRefusedError for what CloudFormation would refuse.
    """
    expanded = expand(parameters, region=region, stack_name=stack_name)
    session = boto3.Session(
        aws_access_key_id="testing", aws_secret_access_key="testing", region_name=region
    )
    sqs = session.client("sqs", endpoint_url=endpoint_url)
    secrets = session.client("secretsmanager", endpoint_url=endpoint_url)
    cloudformation = session.client("cloudformation", endpoint_url=endpoint_url)

    secret = expanded.properties(SECRET)
    secret_arn = secrets.create_secret(
        Name=f"{stack_name}-{SECRET}", Description=secret["Description"]
    )["ARN"]
    cloudformation.create_stack(
        StackName=stack_name,
        TemplateBody=json.dumps(_for_moto(expanded, secret_arn=secret_arn)),
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in expanded.scope.parameters.items()
        ],
        Capabilities=["CAPABILITY_IAM"],
    )
    created = {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for each in cloudformation.list_stack_resources(StackName=stack_name)[
            "StackResourceSummaries"
        ]
    }
    scope = _deployed_scope(expanded, created | {SECRET: secret_arn})
    for logical_id in expanded.logical_ids("AWS::SQS::QueuePolicy"):
        policy = resolve(expanded.resource(logical_id)["Properties"], scope)
        for queue_url in policy["Queues"]:
            sqs.set_queue_attributes(
                QueueUrl=queue_url, Attributes={"Policy": json.dumps(policy["PolicyDocument"])}
            )

    function = resolve(expanded.resource(FUNCTION)["Properties"], scope)
    role = resolve(expanded.resource(ROLE)["Properties"], scope)
    outputs = resolve(expanded.document["Outputs"], scope)
    return EmbeddedStack(
        name=stack_name,
        region=region,
        outputs={name: output["Value"] for name, output in outputs.items()},
        environment={
            name: str(value) for name, value in function["Environment"]["Variables"].items()
        },
        function_timeout_seconds=function["Timeout"],
        event_source=_event_source(expanded, scope),
        policy_documents=tuple(policy["PolicyDocument"] for policy in role["Policies"]),
        sqs=sqs,
        secrets=secrets,
    )


def _for_moto(expanded: ExpandedTemplate, *, secret_arn: str) -> Document:
    """Make the copy of the template that moto's CloudFormation can create."""
    document = cast("Document", _with_secret(expanded.document, secret_arn))
    document["Resources"] = {
        logical_id: resource
        for logical_id, resource in document["Resources"].items()
        if resource["Type"] not in _NOT_MOTOS
    }
    # The real handler runs outside of moto, which wants some bundle all the same.
    document["Resources"][FUNCTION]["Properties"]["Code"] = {"ZipFile": "def handler(): ..."}
    # Enabled, moto would invoke its own idea of the function, one message at a time.
    document["Resources"][EVENT_SOURCE_MAPPING]["Properties"]["Enabled"] = False
    return document


def _with_secret(node: object, secret_arn: str) -> object:
    """Copy *node* with the secret's ARN in place of references to it."""
    if node == {"Ref": SECRET}:
        return secret_arn
    if isinstance(node, dict):
        return {key: _with_secret(each, secret_arn) for key, each in node.items()}
    if isinstance(node, list):
        return [_with_secret(each, secret_arn) for each in node]
    return deepcopy(node)


def _deployed_scope(expanded: ExpandedTemplate, references: Mapping[str, str]) -> Scope:
    """Give the names of the template the values that they have now."""
    region = expanded.scope.pseudo_parameters["AWS::Region"]
    attributes: dict[str, str] = {}
    for queue in expanded.logical_ids("AWS::SQS::Queue"):
        name = references[queue].rpartition("/")[2]
        attributes[f"{queue}.QueueName"] = name
        attributes[f"{queue}.Arn"] = f"arn:aws:sqs:{region}:{ACCOUNT_ID}:{name}"
    for log_group in expanded.logical_ids("AWS::Logs::LogGroup"):
        name = references[log_group]
        attributes[f"{log_group}.Arn"] = f"arn:aws:logs:{region}:{ACCOUNT_ID}:log-group:{name}:*"
    attributes[f"{ROLE}.Arn"] = f"arn:aws:iam::{ACCOUNT_ID}:role/{references[ROLE]}"
    return replace(expanded.scope, references=references, attributes=attributes)


def _event_source(expanded: ExpandedTemplate, scope: Scope) -> EventSourceSettings:
    mapping = resolve(expanded.resource(EVENT_SOURCE_MAPPING)["Properties"], scope)
    return EventSourceSettings(
        queue_arn=mapping["EventSourceArn"],
        batch_size=int(mapping["BatchSize"]),
        batching_window_seconds=int(mapping["MaximumBatchingWindowInSeconds"]),
        maximum_concurrency=int(mapping["ScalingConfig"]["MaximumConcurrency"]),
        function_response_types=tuple(mapping["FunctionResponseTypes"]),
    )
