"""A sentence for each line that the functions write, by its `message`.

The lines are those of `invocation_log`, `follow_up_log`, `opportunities_log`, `subscriptions_log`
and of the handlers; a test holds that none is missing. What a line has beside is of no account, and
what it lacks is left out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

Fields = Mapping[str, Any]

_ENOUGH: Final = 5
"""Ids in a sentence: a batch has a hundred; --json has all of them."""


def _apply_request(line: Fields) -> str:
    count = line["recommendations"]
    what = f"{_count(count, 'recommendation')} of {line['account']}"
    under = f"under {line['partnerOpportunityId']}"
    if not line.get("attempts", 1):
        return _joined(f"{what} not sent {under}", line.get("error"))
    said = [
        "accepted" if line.get(word) == count and word == "accepted" else f"{line[word]} {word}"
        for word in ("accepted", "failed", "unanswered")
        if line.get(word)
    ]
    facts = [*said, *_answered(line), *_tries(line)]
    return _joined(f"{what} sent {under}, {', '.join(facts)}", line.get("error"))


def _status_request(line: Fields) -> str:
    facts = [*_counts(line.get("statuses")), *_answered(line)]
    asked = f"asked what became of {line['batch']}"
    return _joined(", ".join([asked, *facts]), line.get("error"))


def _policy_unavailable(line: Fields) -> str:
    return f"nothing is applied, since the policy cannot be read or used: {line['error']}"


def _held_request(line: Fields) -> str:
    request = line["request"]
    ids = request["recommendationIds"]
    account = (
        f"{request['encryptedAdvertiserId']} ({request['entityId']}, {request['marketplace']})"
    )
    return (
        f"{_count(len(ids), 'recommendation')} of {account} held, not sent under "
        f"{line['partnerOpportunityId']}: {_ids(ids)}"
    )


def _dead_letter(line: Fields) -> str:
    reason = line["reason"]
    ids = line.get("recommendationIds")
    about = f"about {_ids(ids)}" if ids else f"of message {_ids(line['messageIds'])}"
    account = f" of {line['account']}" if line.get("account") else ""
    facts = [
        *([f"HTTP {reason['httpStatus']}"] if reason.get("httpStatus") else []),
        *([reason["apiCode"]] if reason.get("apiCode") else []),
        *([f"request id {reason['requestId']}"] if reason.get("requestId") else []),
    ]
    return _joined(
        ", ".join([f"dead letter {about}{account}, {reason['code']}", *facts]),
        reason.get("message"),
    )


def _departure(line: Fields) -> str:
    about = line.get("recommendationId") or f"message {line['messageId']}"
    where = [
        *([f"of {line['account']}"] if line.get("account") else []),
        *([f"for campaign {line['campaignId']}"] if line.get("campaignId") else []),
    ]
    return _joined(
        " ".join([str(about), *where, f"left as {line['door']}, {line['reason']}"]),
        line.get("detail"),
    )


def _invocation(line: Fields) -> str:
    deliveries, finished = line["deliveries"], line.get("finishedDeliveries", 0)
    doors = [
        f"{sum(reasons.values())} {door} ({', '.join(_counts(reasons))})"
        for door, reasons in (line.get("reasons") or {}).items()
    ]
    requests = [_count(line["batches"], "batch", "batches")] if line.get("batches") else []
    policy = [f"policy {line['policyVersion']}"] if line.get("policyVersion") else []
    waits = deliveries - finished
    kept = [f"{_count(waits, 'delivery', 'deliveries')} to be tried again"] if waits else []
    came = f"{_count(deliveries, 'delivery', 'deliveries')} handled"
    return ", ".join([came, *doors, *requests, *kept, *policy])


def _not_applied(line: Fields) -> str:
    campaign = f", campaign {line['campaignId']}" if line.get("campaignId") else ""
    since = f" at {line['acceptedAt']}" if line.get("acceptedAt") else ""
    return (
        f"{line['recommendationId']} of {line['account']}{campaign} was accepted{since} and not "
        f"applied: {line['end']}, under {line['partnerOpportunityId']}"
    )


def _expire_soon(line: Fields) -> str:
    first = [
        f"{each['recommendationId']} of {each['account']} ({each['reason']}) until {each['until']}"
        for each in line.get("first", ())[:_ENOUGH]
    ]
    count = line["count"]
    verb = "expires" if count == 1 else "expire"
    more = [f"and {count - len(first)} more"] if count > len(first) else []
    return _joined(
        f"{_count(count, 'held recommendation')} {verb} within 24 hours",
        "; ".join([*first, *more]),
    )


def _held(line: Fields) -> str:
    count, whole = line["count"], line.get("isWhole", True)
    are = "is" if count == 1 and whole else "are"
    held = line.get("hoursHeld")
    left = line.get("hoursLeft")
    facts = [
        f"{_count(count, 'recommendation')}{'' if whole else ' or more'} {are} held",
        *([] if held is None else [f"the longest of the first to end for {held:.1f} h"]),
        *([] if left is None else [f"{left:.1f} h left for the first"]),
    ]
    return ", ".join(facts)


def _subscription_unhealthy(line: Fields) -> str:
    name = f" ({line['profileName']})" if line.get("profileName") else ""
    status = f", status {line['status']}" if line.get("status") else ""
    return _joined(
        f"the subscription of profile {line['profileId']}{name} does not deliver: "
        f"{line['ailment']}{status}",
        line.get("whatToDo"),
    )


def _subscriptions_checked(line: Fields) -> str:
    unanswered = [f"{line['unanswered']} not answered"] if line.get("unanswered") else []
    facts = [
        f"{line['checked']} of {_count(line['wanted'], 'subscription')} checked",
        f"{line['unhealthy']} unhealthy",
        *unanswered,
    ]
    return _joined(", ".join(facts), line.get("error"))


def _follow_up(line: Fields) -> str:
    requests = _count(line.get("statusRequests", 0), "request")
    facts = [
        f"{_count(line['checked'], 'accepted application')} asked about in {requests}",
        f"{line['applied']} applied",
        f"{line['pending']} pending",
        *_counts(line.get("ended")),
    ]
    return _joined(", ".join(facts), line.get("error"))


def _opportunity_files(line: Fields) -> str:
    return _joined(
        f"{_count(line['listed'], 'opportunity', 'opportunities')} listed, "
        f"{_count(line['read'], 'file')} read, {_rows(line)}",
        line.get("error"),
    )


def _opportunity_file(line: Fields) -> str:
    title = f" ({line['title']})" if line.get("title") else ""
    before = [f"{line['rowsBefore']} read before"] if line.get("rowsBefore") else []
    expired = [f"{line['expired']} expired"] if line.get("expired") else []
    refused = line.get("refused") or {}
    why = [
        f"{count} refused as {reason} ({(line.get('examples') or {}).get(reason, 'no example')})"
        for reason, count in refused.items()
    ]
    facts = [_rows(line), *before, *expired, *why, "done" if line.get("done") else "not done yet"]
    return _joined(
        f"file of {line['partnerOpportunityId']}{title}: {', '.join(facts)}", line.get("error")
    )


def _call_failed(line: Fields) -> str:
    return f"a call to AWS failed: {line['failure']}"


SENTENCES: Final[Mapping[str, Callable[[Fields], str]]] = {
    "apply request": _apply_request,
    "applicationStatus request": _status_request,
    "policy unavailable": _policy_unavailable,
    "apply request held": _held_request,
    "dead letter": _dead_letter,
    "departure": _departure,
    "invocation": _invocation,
    "application not applied": _not_applied,
    "held recommendations expire soon": _expire_soon,
    "held recommendations": _held,
    "subscription unhealthy": _subscription_unhealthy,
    "subscriptions checked": _subscriptions_checked,
    "follow-up": _follow_up,
    "opportunity files": _opportunity_files,
    "opportunity file": _opportunity_file,
    "aws call failed": _call_failed,
}
"""By `message`: each raises LookupError, TypeError, ValueError or AttributeError for a line that is
not as the functions write it."""


def _answered(line: Fields) -> Iterator[str]:
    if line.get("httpStatus"):
        yield f"HTTP {line['httpStatus']}"
    if line.get("amazonRequestIds"):
        yield f"request id {_ids(line['amazonRequestIds'])}"


def _tries(line: Fields) -> Iterator[str]:
    if line.get("attempts", 1) > 1:
        yield f"in {line['attempts']} attempts"
    if line.get("seconds") is not None:
        yield f"{line['seconds']:.2f} s"


def _rows(line: Fields) -> str:
    offered = f", {line['offered']} offered" if line.get("offered") else ""
    return f"{_count(line['rows'], 'row')}, {line['written']} written{offered}"


def _counts(counted: Mapping[str, int] | None) -> list[str]:
    return [f"{count} {name}" for name, count in (counted or {}).items()]


def _count(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def _ids(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _ENOUGH} more" if len(ids) > _ENOUGH else ""
    return ", ".join(ids[:_ENOUGH]) + more


def _joined(sentence: str, why: object) -> str:
    return f"{sentence}: {why}" if why else sentence
