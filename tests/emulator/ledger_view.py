"""What the ledger says of the applications, read off its table as an operator would."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from recommendation_applier.aws.ledger_documents import read_document
from recommendation_applier.aws.ledger_records import read_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from recommendation_applier.domain.ledger import BatchRecord
    from tests.emulator.stack import EmbeddedStack

APPLIED: Final = "applied"
PENDING: Final = "pending"


@dataclass(frozen=True, slots=True)
class Applications:
    """How each accepted recommendation stands: applied, pending, or how else it ended.

    What Amazon had applied, or ended, before it was asked to counts as applied: nobody follows it.
    """

    standings: dict[str, str] = field(default_factory=dict)

    def named(self, standing: str) -> list[str]:
        """Return the ids that stand so, sorted."""
        return sorted(one for one, found in self.standings.items() if found == standing)

    def failed(self) -> dict[str, str]:
        """Return how those ended that were accepted and not applied."""
        others = {APPLIED, PENDING}
        return {one: end for one, end in sorted(self.standings.items()) if end not in others}

    def only(self, accepted: Iterable[str]) -> Applications:
        """Leave out everything but *accepted*."""
        found = {one: self.standings[one] for one in accepted if one in self.standings}
        return Applications(found)

    def unsettled(self, accepted: Iterable[str]) -> list[str]:
        """Return which of *accepted* the ledger does not call settled: pending, or not known."""
        return sorted(one for one in accepted if self.standings.get(one, PENDING) == PENDING)


def applications_of(stack: EmbeddedStack) -> Applications:
    """Read every record of the ledger."""
    standings: dict[str, str] = {}
    for record in _records(stack):
        standings |= dict.fromkeys(record.accepted, APPLIED)
        if (state := record.follow_up) is not None:
            standings |= dict.fromkeys(state.pending, PENDING)
            standings |= {one: end.value for one, end in state.ended.items()}
    return Applications(standings)


def _records(stack: EmbeddedStack) -> Iterator[BatchRecord]:
    pages = stack.dynamodb.get_paginator("scan").paginate(
        TableName=stack.ledger_table_name,
        FilterExpression="begins_with(pk, :claim)",
        ExpressionAttributeValues={":claim": {"S": "CLAIM#"}},
        ConsistentRead=True,
    )
    for page in pages:
        for found in page["Items"]:
            yield read_record(read_document(found))
