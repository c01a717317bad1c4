"""The deployed stack that a command is about, found through its outputs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.target import STACK_VARIABLE, Target

if TYPE_CHECKING:
    import boto3.session
    import typer
    from types_boto3_cloudformation.client import CloudFormationClient

Output = Literal[
    "AlarmTopicArn",
    "ApplyFunctionLogGroupName",
    "ApplyFunctionName",
    "ApplyPolicyName",
    "CredentialsSecretArn",
    "DashboardUrl",
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
    session: "boto3.session.Session"

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
    # Whoever asks for help does not wait for boto3.
    from recommendation_applier.entrypoints.cli.aws_session import ClientError, signed_in  # noqa: PLC0415

    session = signed_in(target)
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
