"""The embedded AWS: deploys template.yaml into moto, as much of it as a delivery or a tick touches.

moto's CloudFormation creates queues, table, functions, roles, log groups, event source mapping and
schedule. Of the rest it says CREATE_COMPLETE with a warning and creates nothing (5.2.5): secrets
and queue policies are therefore created here, by call; alarms and how Lambda treats asynchronous
invocations are left out, since neither a delivery nor a tick touches them. The table comes without
its expiry and its recovery, and moto's schedule never invokes anything: the emulator does.
What moto resolves differently from CloudFormation (a role's policy as a Python literal, numbers in
environment variables, a log group's ARN without its streams) is resolved here as well.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, cast

import boto3

from tests.emulator.intrinsics import Document, Scope, resolve
from tests.emulator.stack import DeployedFunction, EmbeddedStack, EventSourceSettings
from tests.emulator.template import ACCOUNT_ID, ExpandedTemplate, expand

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "FOLLOW_UP_FUNCTION",
    "FOLLOW_UP_ROLE",
    "FUNCTION",
    "OPPORTUNITIES_FUNCTION",
    "OPPORTUNITIES_ROLE",
    "OPPORTUNITIES_SCHEDULE",
    "ROLE",
    "SCHEDULE",
    "SECRET",
    "SUBSCRIPTIONS_FUNCTION",
    "SUBSCRIPTIONS_ROLE",
    "SUBSCRIPTIONS_SCHEDULE",
    "TABLE",
    "EmbeddedStack",
    "EventSourceSettings",
    "deploy",
]

FUNCTION: Final = "ApplyFunction"
ROLE: Final = "ApplyFunctionRole"
FOLLOW_UP_FUNCTION: Final = "FollowUpFunction"
FOLLOW_UP_ROLE: Final = "FollowUpFunctionRole"
OPPORTUNITIES_FUNCTION: Final = "OpportunitiesFunction"
OPPORTUNITIES_ROLE: Final = "OpportunitiesFunctionRole"
SUBSCRIPTIONS_FUNCTION: Final = "SubscriptionsFunction"
SUBSCRIPTIONS_ROLE: Final = "SubscriptionsFunctionRole"
TABLE: Final = "LedgerTable"
SECRET: Final = "AdsCredentials"
EVENT_SOURCE_MAPPING: Final = "ApplyFunctionDeliveries"
SCHEDULE: Final = "FollowUpFunctionTick"
OPPORTUNITIES_SCHEDULE: Final = "OpportunitiesFunctionTick"
SUBSCRIPTIONS_SCHEDULE: Final = "SubscriptionsFunctionTick"
"""These are names that SAM makes of the function's and the event's."""

_ROLES: Final = {
    FUNCTION: ROLE,
    FOLLOW_UP_FUNCTION: FOLLOW_UP_ROLE,
    OPPORTUNITIES_FUNCTION: OPPORTUNITIES_ROLE,
    SUBSCRIPTIONS_FUNCTION: SUBSCRIPTIONS_ROLE,
}

_NOT_MOTOS: Final = frozenset(
    {
        "AWS::CloudWatch::Alarm",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::SQS::QueuePolicy",
        "AWS::SecretsManager::Secret",
    }
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
        for page in cloudformation.get_paginator("list_stack_resources").paginate(
            StackName=stack_name
        )
        for each in page["StackResourceSummaries"]
    }
    scope = _deployed_scope(expanded, created | {SECRET: secret_arn})
    for logical_id in expanded.logical_ids("AWS::SQS::QueuePolicy"):
        policy = resolve(expanded.resource(logical_id)["Properties"], scope)
        for queue_url in policy["Queues"]:
            sqs.set_queue_attributes(
                QueueUrl=queue_url, Attributes={"Policy": json.dumps(policy["PolicyDocument"])}
            )

    outputs = {
        name: resolve(output, scope)
        for name, output in expanded.document["Outputs"].items()
        if "Condition" not in output or scope.condition(output["Condition"])
    }
    return EmbeddedStack(
        name=stack_name,
        region=region,
        outputs={name: output["Value"] for name, output in outputs.items()},
        apply=_function(FUNCTION, expanded, scope),
        follow_up=_function(FOLLOW_UP_FUNCTION, expanded, scope),
        opportunities=(
            _function(OPPORTUNITIES_FUNCTION, expanded, scope)
            if OPPORTUNITIES_FUNCTION in created
            else None
        ),
        subscriptions=_function(SUBSCRIPTIONS_FUNCTION, expanded, scope),
        event_source=_event_source(expanded, scope),
        tick_interval=_interval(expanded.properties(SCHEDULE)["ScheduleExpression"]),
        sqs=sqs,
        secrets=secrets,
        ssm=session.client("ssm", endpoint_url=endpoint_url),
        dynamodb=session.client("dynamodb", endpoint_url=endpoint_url),
    )


def _for_moto(expanded: ExpandedTemplate, *, secret_arn: str) -> Document:
    """Make the copy of the template that moto's CloudFormation can create."""
    document = cast("Document", _with_secret(expanded.document, secret_arn))
    document["Resources"] = {
        logical_id: resource
        for logical_id, resource in document["Resources"].items()
        if resource["Type"] not in _NOT_MOTOS
    }
    for function in _ROLES:
        # The real handler runs outside of moto, which wants some bundle all the same.
        document["Resources"][function]["Properties"]["Code"] = {"ZipFile": "def handler(): ..."}
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
    for function, role in _ROLES.items():
        if function not in references:
            continue  # its condition does not hold
        name = references[function]
        attributes[f"{function}.Arn"] = f"arn:aws:lambda:{region}:{ACCOUNT_ID}:function:{name}"
        attributes[f"{role}.Arn"] = f"arn:aws:iam::{ACCOUNT_ID}:role/{references[role]}"
    attributes[f"{TABLE}.Arn"] = f"arn:aws:dynamodb:{region}:{ACCOUNT_ID}:table/{references[TABLE]}"
    return replace(expanded.scope, references=references, attributes=attributes)


def _function(logical_id: str, expanded: ExpandedTemplate, scope: Scope) -> DeployedFunction:
    function = resolve(expanded.resource(logical_id)["Properties"], scope)
    role = resolve(expanded.resource(_ROLES[logical_id])["Properties"], scope)
    log_group = scope.attribute(f"{logical_id}LogGroup.Arn")
    return DeployedFunction(
        arn=scope.attribute(f"{logical_id}.Arn"),
        handler=function["Handler"],
        environment={
            name: str(value) for name, value in function["Environment"]["Variables"].items()
        },
        timeout_seconds=function["Timeout"],
        policy_documents=tuple(policy["PolicyDocument"] for policy in role["Policies"]),
        log_group_arn=str(log_group).removesuffix(":*"),
    )


def _event_source(expanded: ExpandedTemplate, scope: Scope) -> EventSourceSettings:
    mapping = resolve(expanded.resource(EVENT_SOURCE_MAPPING)["Properties"], scope)
    return EventSourceSettings(
        queue_arn=mapping["EventSourceArn"],
        batch_size=int(mapping["BatchSize"]),
        batching_window_seconds=int(mapping["MaximumBatchingWindowInSeconds"]),
        maximum_concurrency=int(mapping["ScalingConfig"]["MaximumConcurrency"]),
        function_response_types=tuple(mapping["FunctionResponseTypes"]),
    )


def _interval(schedule: str) -> timedelta:
    """Read a schedule of EventBridge's, `rate(5 minutes)`."""
    [minutes] = re.findall(r"^rate\((\d+) minutes\)$", schedule)
    return timedelta(minutes=int(minutes))
