"""What outlives a stack: the resources that template.yaml retains, and how to delete them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from recommendation_applier.aws.queue_backlog import backlog_of
from recommendation_applier.entrypoints.cli.deployed_stack import DeployedStack

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_sqs.client import SQSClient

RETAINED: Final = frozenset({"AdsCredentials", "DeadLetterQueue", "LedgerTable"})
"""The logical ids with DeletionPolicy Retain; a test holds them to template.yaml."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One resource that is kept, and the commands that delete it by hand."""

    logical_id: str
    what: str
    name: str
    holds: str
    commands: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """Give all of it."""
        return {
            "logicalId": self.logical_id,
            "what": self.what,
            "name": self.name,
            "holds": self.holds,
            "commands": self.commands,
        }


def kept_of(stack: DeployedStack) -> list[Kept]:
    """Say what deleting *stack* would keep.

    The operator needs sqs:GetQueueAttributes on the dead-letter queue and dynamodb:DescribeTable on
    the table.
    """
    where = f"--region {stack.region}"
    sqs: SQSClient = stack.session.client("sqs")
    dynamodb: DynamoDBClient = stack.session.client("dynamodb")
    table_name = stack.output("LedgerTableName")
    queue_url = stack.output("DeadLetterQueueUrl")
    secret_arn = stack.output("CredentialsSecretArn")
    table = dynamodb.describe_table(TableName=table_name)["Table"]
    update = f"aws dynamodb update-table {where} --table-name {table_name}"
    return [
        Kept(
            logical_id="LedgerTable",
            what="the ledger: what was sent, and what became of it",
            name=table_name,
            holds=f"about {table['ItemCount']} documents"
            + (", protected against deletion" if table.get("DeletionProtectionEnabled") else ""),
            commands=(
                f"{update} --no-deletion-protection-enabled",
                f"aws dynamodb delete-table {where} --table-name {table_name}",
            ),
        ),
        Kept(
            logical_id="DeadLetterQueue",
            what="dead letters: what could not be applied",
            name=queue_url,
            holds=f"about {backlog_of(sqs, queue_url).total} letters",
            commands=(f"aws sqs delete-queue {where} --queue-url {queue_url}",),
        ),
        Kept(
            logical_id="AdsCredentials",
            what="the secret with the refresh token",
            name=secret_arn,
            holds="credentials; once deleted, they can be brought back for 30 days",
            commands=(f"aws secretsmanager delete-secret {where} --secret-id {secret_arn}",),
        ),
    ]
