"""The whole ledger, read once or more by a command, with a bar that says how far it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recommendation_applier.aws.held_entries import HeldEntries
from recommendation_applier.aws.ledger_scan import LedgerScan
from recommendation_applier.entrypoints.cli.deployed_stack import DeployedStack
from recommendation_applier.entrypoints.cli.output import progress, warn

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


@dataclass(frozen=True, slots=True)
class ReadLedger:
    """All documents in the order of the table, and entries by id."""

    scan: LedgerScan
    entries: HeldEntries


@contextmanager
def reading_ledger(stack: DeployedStack, *, times: int = 1) -> Iterator[ReadLedger]:
    """Read the table of *stack* so many *times*; what cannot be read of it is warned of."""
    dynamodb: DynamoDBClient = stack.session.client("dynamodb")
    name = stack.output("LedgerTableName")
    with progress("Reading the ledger") as bar:
        scan = LedgerScan(
            dynamodb, table_name=name, report_failure=warn, report_scanned=bar.advance
        )
        bar.total = times * scan.size()
        yield ReadLedger(scan, HeldEntries(dynamodb, table_name=name, report_failure=warn))
