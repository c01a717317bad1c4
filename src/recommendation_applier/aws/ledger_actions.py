"""What people did to a recommendation <-> a list in its document. No I/O."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from recommendation_applier.aws.ledger_documents import Value, moment, reading
from recommendation_applier.domain.held import ActionTaken, OperatorAction

ACTIONS: Final = "actions"
"""What people did to the recommendation, the first first."""


def action_document(action: ActionTaken) -> dict[str, Value]:
    """Write what a person did, as one element of `actions`."""
    return {
        "at": moment(action.at) or "",
        "by": action.by,
        "what": action.what.value,
        "why": action.why,
    }


def read_actions(document: Mapping[str, Any]) -> tuple[ActionTaken, ...]:
    """Read what people did. Raises LedgerUnavailableError if it is malformed."""
    with reading(str(document.get("pk"))):
        return tuple(
            ActionTaken(
                datetime.fromisoformat(each["at"]),
                each["by"],
                OperatorAction(each["what"]),
                each["why"],
            )
            for each in document.get(ACTIONS, ())
        )
