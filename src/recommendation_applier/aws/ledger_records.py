"""Batch records of the ledger <-> documents of its table. No I/O."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from recommendation_applier.aws.ledger_documents import (
    Document,
    Value,
    moment,
    read_moment,
    read_seconds,
    reading,
    seconds,
    seconds_up,
)
from recommendation_applier.aws.ledger_entries import account_document, read_account
from recommendation_applier.domain.follow_up import ApplicationEnd, FollowUpState
from recommendation_applier.domain.ledger import BatchRecord, Verdict

DUE: Final = "DUE"
"""The only value of `followUp`: the index has the records in it that have one, by `dueAt`."""

MAX_ANSWER_LENGTH: Final = 500
"""Characters of Amazon's sentence that are kept; the log has all of it."""


def claim_key(token: str) -> str:
    """Name what the records of a claim have in common."""
    return f"CLAIM#{token}"


def record_document(record: BatchRecord) -> Document:
    """Write a record, its key included.

    A follow-up of which nothing is settled does not say again what was accepted. `dueAt` is in
    whole seconds, rounded up, so that nobody is asked early.
    """
    return {
        "pk": claim_key(record.token),
        "sk": f"RECORD#{record.number:04}",
        "partnerOpportunityId": record.partner_opportunity_id,
        **account_document(record.advertiser),
        "verdicts": {verdict.value: list(ids) for verdict, ids in record.verdicts.items()},
        "recordedAt": moment(record.recorded_at),
        "sentAt": moment(record.sent_at),
        "httpStatus": record.http_status,
        "requestIds": list(record.request_ids) or None,
        "answer": record.answer[:MAX_ANSWER_LENGTH] or None,
        "lostBy": dict(record.lost_by) or None,
        "keptUntil": seconds(record.kept_until),
        **(_follow_up(record.follow_up, record.accepted) if record.follow_up else {}),
    }


def read_record(document: Mapping[str, Any]) -> BatchRecord:
    """Read a record. Raises LedgerUnavailableError if it is malformed."""
    with reading(f"{document.get('pk')} {document.get('sk')}"):
        verdicts = {Verdict(name): tuple(ids) for name, ids in document["verdicts"].items()}
        accepted = verdicts.get(Verdict.ACCEPTED, ())
        return BatchRecord(
            token=document["pk"].removeprefix("CLAIM#"),
            number=int(document["sk"].removeprefix("RECORD#")),
            partner_opportunity_id=document["partnerOpportunityId"],
            advertiser=read_account(document),
            verdicts=verdicts,
            recorded_at=datetime.fromisoformat(document["recordedAt"]),
            kept_until=read_seconds(document["keptUntil"]),
            sent_at=read_moment(document.get("sentAt")),
            http_status=document.get("httpStatus"),
            request_ids=tuple(document.get("requestIds", ())),
            answer=document.get("answer", ""),
            lost_by=document.get("lostBy", {}),
            follow_up=_read_follow_up(document, accepted) if "checks" in document else None,
        )


def _follow_up(state: FollowUpState, accepted: tuple[str, ...]) -> Document:
    ended: dict[str, list[str]] = {}
    for recommendation_id, end in state.ended.items():
        ended.setdefault(end.value, []).append(recommendation_id)
    by_end: dict[str, Value] = dict(ended)
    return {
        "checks": state.checks,
        "followUp": DUE if state.due else None,
        "dueAt": seconds_up(state.due) if state.due else None,
        "pending": None if state.pending == accepted else list(state.pending),
        "ended": by_end or None,
        "untold": list(state.untold) or None,
        "campaignIds": dict(state.campaign_ids) or None,
    }


def _read_follow_up(document: Mapping[str, Any], accepted: tuple[str, ...]) -> FollowUpState:
    return FollowUpState(
        pending=tuple(document.get("pending", accepted)),
        due=read_seconds(document["dueAt"]) if "dueAt" in document else None,
        checks=int(document["checks"]),
        ended={
            recommendation_id: ApplicationEnd(end)
            for end, ids in document.get("ended", {}).items()
            for recommendation_id in ids
        },
        untold=tuple(document.get("untold", ())),
        campaign_ids=document.get("campaignIds", {}),
    )
