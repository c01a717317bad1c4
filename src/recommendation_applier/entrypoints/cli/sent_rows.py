"""What was sent, as files for spreadsheets and programs: a row for each number."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from pydantic.alias_generators import to_camel

from recommendation_applier.domain.change import Change
from recommendation_applier.domain.sent import Sent
from recommendation_applier.domain.setting_changes import changes_of
from recommendation_applier.entrypoints.cli.held_rows import recommendation_facts

_WHICH: Final = (
    "recommendationId",
    "encryptedAdvertiserId",
    "entityId",
    "marketplace",
    "advertiserType",
    "campaignId",
    "adProduct",
    "type",
)
_NUMBER: Final = (
    "setting",
    "what",
    "adGroupId",
    "targetId",
    "text",
    "matchType",
    "budgetRuleId",
    "before",
    "after",
    "increaseBefore",
    "increaseAfter",
)

EXPORT: Final = (
    "moment",
    *_WHICH,
    *_NUMBER,
    "rule",
    "policyVersion",
    "releasedBy",
    "partnerOpportunityId",
    "httpStatus",
    "requestIds",
    "verdict",
    "ended",
)
ROLLBACK: Final = ("moment", *_WHICH, *_NUMBER, "putBack", "ended")


def export_rows(sent: Sent) -> Iterator[Mapping[str, Any]]:
    """Write a row for each number, and for all that is known of a change that has none."""
    record, decided_by = sent.record, sent.decided_by
    whole = {
        **_which(sent),
        "rule": decided_by.rule,
        "policyVersion": decided_by.policy_version,
        "releasedBy": decided_by.released_by,
        "partnerOpportunityId": record.partner_opportunity_id,
        "httpStatus": record.http_status,
        "requestIds": record.request_ids,
        "verdict": sent.verdict.value,
    }
    for number in _numbers(sent):
        yield whole | number


def rollback_rows(sent: Sent) -> Iterator[Mapping[str, Any]]:
    """Write a row for each number that may have changed, with what has to be done to undo it."""
    for number in _numbers(sent):
        yield {**_which(sent), **number, "putBack": _put_back(number)}


def _which(sent: Sent) -> dict[str, Any]:
    account = sent.record.advertiser
    known = {
        "recommendationId": sent.recommendation_id,
        "encryptedAdvertiserId": account.encrypted_advertiser_id,
        "entityId": account.entity_id,
        "marketplace": account.marketplace,
        "advertiserType": account.advertiser_type,
    }
    if sent.entry is not None:
        known = recommendation_facts(sent.entry.recommendation)
    return {"moment": sent.at, **known, "ended": sent.ended}


def _numbers(sent: Sent) -> Iterator[dict[str, Any]]:
    if sent.entry is None:
        yield {"what": "the ledger has no entry of it"}
        return
    found = changes_of(sent.entry.recommendation)
    yield from map(_number, found.changes)
    yield from ({"what": sentence} for sentence in found.uncomputable)
    if not found.changes and not found.uncomputable:
        yield {"what": "no number of money"}


def _number(change: Change) -> dict[str, Any]:
    return {
        "setting": change.setting.value,
        "what": change.what,
        "before": change.before,
        "after": change.after,
        **{to_camel(name): value for name, value in asdict(change.place).items()},
    }


def _put_back(number: Mapping[str, Any]) -> str:
    if "setting" not in number:
        return "look at the settings: applier ledger show --json"
    if number["increaseAfter"] is not None:
        before = number["increaseBefore"]
        return "remove the budget rule" if before is None else f"set its increase to {before}"
    return "remove or pause it: it was new" if number["before"] is None else "set it to before"
