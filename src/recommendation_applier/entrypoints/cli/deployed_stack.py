"""The deployed stack that a command is about, found through its outputs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.target import STACK_VARIABLE, Target

if TYPE_CHECKING:
    import typer
    from types_boto3_cloudformation.client import CloudFormationClient

Output = Literal[
    "AlarmTopicArn",
    "ApplyFunctionLogGroupName",
    "ApplyFunctionName",
    "ApplyPolicyName",
    "CredentialsSecretArn",
    "DeadLetterQueueArn",
    "DeadLetterQueueUrl",
    "FollowUpFunctionLogGroupName",
    "FollowUpFunctionName",
    "IngressQueueArn",
    "IngressQueueUrl",
    "LedgerTableName",
    "OpportunitiesFunctionLogGroupName",
    "OpportunitiesFunctionName",
    "OpportunityRoutesName",
    "SubscriptionsFunctionLogGroupName",
    "SubscriptionsFunctionName",
]
"""The outputs of template.yaml; a test holds the two together."""

_CONFIG: Final = Config(
    # Somebody waits, but would wait a little longer rather than start again.
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 4},
)


@dataclass(frozen=True, slots=True)
class DeployedStack:
    """A stack as CloudFormation describes it, and the session in which to make clients for it.

    The session's clients have patience for a person; `stack.session.client("sqs")` is all it takes.
    """

    name: str
    region: str
    status: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]
    session: boto3.session.Session

    def output(self, name: Output) -> str:
        """Give the value of an output.

        Raises OperatorError if the stack has none of that name, as an older one may not.
        """
        if name not in self.outputs:
            raise OperatorError(
                f"stack {self.name} in {self.region} has no output {name} (its status is "
                f"{self.status}): deploy this version's template.yaml to it, or name another "
                "stack with --stack"
            )
        return self.outputs[name]


def deployed_stack(context: "typer.Context") -> DeployedStack:
    """Ask CloudFormation, once, for the stack that the command's options name.

    Raises OperatorError if none is named or there is no such stack, and what boto3 raises.
    """
    target = context.ensure_object(Target)
    if not target.stack:
        raise OperatorError(
            f"no stack is named: give its name with --stack, or set {STACK_VARIABLE}"
        )
    core = botocore.session.Session(profile=target.profile)
    core.set_default_client_config(_CONFIG)
    session = boto3.session.Session(botocore_session=core, region_name=target.region)
    client: CloudFormationClient = session.client("cloudformation")
    region = client.meta.region_name
    try:
        [found] = client.describe_stacks(StackName=target.stack)["Stacks"]
    except ClientError as error:
        answer = error.response["Error"]
        if answer["Code"] != "ValidationError":  # which is CloudFormation's word for not found
            raise
        raise OperatorError(
            f"finding stack {target.stack} in {region} failed: {answer['Message']}; name another "
            "with --stack, or its region with --region, or its account with --profile"
        ) from error
    return DeployedStack(
        name=target.stack,
        region=region,
        status=found["StackStatus"],
        parameters={
            each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", ())
        },
        outputs={each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", ())},
        session=session,
    )
