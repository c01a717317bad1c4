"""How Lambda reads a function's answer when ReportBatchItemFailures is on.

The table is the one of Lambda's guide, "Handling errors for an SQS event source": it is cruel in
both directions. An answer without failures deletes everything, a misspelt key included, and one id
that was not in the batch brings everything back.
"""

import json
from collections.abc import Collection


def failed_message_ids(answer: object, message_ids: Collection[str]) -> frozenset[str]:
    """Return which of *message_ids* come back after *answer*; the others are deleted.

    All of them do when the answer is no JSON, or names one that it may not name.
    """
    everything = frozenset(message_ids)
    try:
        failures = _failures(json.loads(json.dumps(answer)))
    except (TypeError, ValueError):
        return everything
    named: set[str] = set()
    for failure in failures:
        message_id = failure.get("itemIdentifier") if isinstance(failure, dict) else None
        if not isinstance(message_id, str) or message_id not in everything:
            return everything
        named.add(message_id)
    return frozenset(named)


def _failures(answer: object) -> list[object]:
    if not answer:
        return []
    if not isinstance(answer, dict):
        # Not in the guide's table. What is no answer at all is read as a broken one.
        raise TypeError("the answer is no object")
    failures = answer.get("batchItemFailures") or []
    if not isinstance(failures, list):
        raise TypeError("batchItemFailures is no list")
    return failures
