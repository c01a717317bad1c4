"""What the emulated Amazon knows: the recommendations, and every request that it saw."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import httpx

from tests.emulator.amazon_contract import APPLICATION_STATUSES, json_object
from tests.emulator.amazon_faults import Answer, json_answer

_MESSAGES: Final = {
    "PO_APPLY_ALREADY_APPLIED": "The recommendation has already been applied.",
    "PO_APPLY_IN_TERMINAL_STATUS": "The recommendation is in a terminal status.",
    "PO_APPLY_UNPROCESSABLE_ERROR": "The recommendation could not be processed.",
}
_MEDIA_TYPE: Final = "application/vnd.partneropportunity.v1+json"


@dataclass(frozen=True, slots=True)
class Account:
    """The four attributes that name the advertiser of an apply request."""

    advertiser_type: str
    encrypted_advertiser_id: str
    entity_id: str
    marketplace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest:
    """One request to the API as it arrived, and how it was answered."""

    number: int
    """From 1, in order of arrival, among the requests of the same kind."""
    method: str
    target: str
    headers: httpx.Headers
    """Whole, Authorization included; httpx keeps that one out of the repr."""
    partner_opportunity_id: str = ""
    raw_body: bytes = b""
    status: int | None = None
    """None while there is no answer, and for ever when the connection was dropped."""
    request_ids: Mapping[str, str] = field(default_factory=dict)
    """The request-id headers of the answer, whichever spellings it carried."""

    @property
    def body(self) -> dict[str, object]:
        """The JSON object that was sent; empty when there was none."""
        return json_object(self.raw_body) or {}

    @property
    def account(self) -> Account:
        """The advertiser that the body names."""
        return Account(
            str(self.body.get("advertiserType", "")),
            str(self.body.get("encryptedAdvertiserId", "")),
            str(self.body.get("entityId", "")),
            str(self.body.get("marketplace", "")),
        )

    @property
    def recommendation_ids(self) -> tuple[str, ...]:
        """The ids that the body names, in its order."""
        ids = self.body.get("recommendationIds")
        return tuple(str(found) for found in ids) if isinstance(ids, list) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """One request to Login with Amazon, and how it was answered."""

    number: int
    headers: httpx.Headers
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """A request that Amazon's published contract does not allow."""

    request: str
    rule: str
    detail: str


class RecommendationBook:
    """Every recommendation's status, and who was accepted under which opportunity and account.

    Not thread-safe: its owner holds a lock.
    """

    def __init__(self) -> None:
        self.accepted: dict[str, Account] = {}
        self.accepted_under: dict[str, str] = {}
        self.accepted_twice: list[str] = []
        self.ends: list[str] = []
        """How the next applications end that are settled, before the others succeed."""
        self._statuses: dict[str, str] = {}
        self._unprocessable_for_good: set[str] = set()

    def status_of(self, recommendation_id: str) -> str:
        """Return the application status; one that nobody spoke of is PUBLISHED."""
        return self._statuses.get(recommendation_id, "PUBLISHED")

    def set_status(self, status: str, recommendation_ids: Iterable[str]) -> None:
        """Move *recommendation_ids* to *status*, as Amazon's own processing would."""
        if status not in APPLICATION_STATUSES:
            message = f"{status!r} is none of {', '.join(sorted(APPLICATION_STATUSES))}"
            raise ValueError(message)
        self._statuses.update(dict.fromkeys(recommendation_ids, status))

    def make_unprocessable(self, recommendation_ids: Iterable[str]) -> None:
        """Let every application of *recommendation_ids* fail, however often it is asked."""
        self._unprocessable_for_good.update(recommendation_ids)

    def in_progress(self) -> list[str]:
        """Return the ids that were accepted and are not settled."""
        return [found for found, status in self._statuses.items() if status == "IN_PROGRESS"]

    def settle(self, status: str) -> None:
        """Move what is in progress to *status*, the first of it to the ends that are arranged."""
        in_progress = self.in_progress()
        for recommendation_id, end in zip(in_progress, self.ends, strict=False):
            self.set_status(end, [recommendation_id])
        del self.ends[: len(in_progress)]
        self.set_status(status, self.in_progress())

    def take(self, opportunity: str, account: Account, ids: Iterable[str]) -> None:
        """Accept *ids* without asking what they are; one accepted before is told on."""
        for recommendation_id in ids:
            if recommendation_id in self.accepted:
                self.accepted_twice.append(recommendation_id)
                continue
            self.accepted[recommendation_id] = account
            self.accepted_under[recommendation_id] = opportunity
            self._statuses[recommendation_id] = "IN_PROGRESS"

    def apply(
        self, opportunity: str, account: Account, ids: Sequence[str], *, partial: bool = False
    ) -> Answer:
        """Accept what can be accepted; 202 when that is all of it, else 422 id by id."""
        troubled = self._troubled(ids) if partial else frozenset()
        failures: dict[str, str] = {}
        for recommendation_id in ids:
            code = self._failure_of(recommendation_id, troubled)
            if code is not None:
                failures[recommendation_id] = code
            if code is None or recommendation_id in self.accepted:
                self.take(opportunity, account, [recommendation_id])
        if not failures:
            return Answer(202)
        return _unprocessable(failures, [found for found in ids if found not in failures])

    def statuses(self, ids: Iterable[str]) -> Answer:
        """Answer applicationStatus for *ids*."""
        rows = [
            {"campaignId": _campaign_of(found), "recommendationId": found}
            | {"status": self.status_of(found)}
            for found in ids
        ]
        return json_answer(200, {"statuses": rows}, media_type=_MEDIA_TYPE)

    def _failure_of(self, recommendation_id: str, troubled: frozenset[str]) -> str | None:
        if recommendation_id in troubled or recommendation_id in self._unprocessable_for_good:
            return "PO_APPLY_UNPROCESSABLE_ERROR"
        status = self.status_of(recommendation_id)
        if status in {"IN_PROGRESS", "SUCCESS"}:
            return "PO_APPLY_ALREADY_APPLIED"
        if status in {"REJECTED", "FAILED"}:
            return "PO_APPLY_IN_TERMINAL_STATUS"
        return None

    def _troubled(self, ids: Sequence[str]) -> frozenset[str]:
        """Settle some untouched ids elsewhere and return those that fail this once.

        Of every eight, counted from the last: one unprocessable, one applied before, one in a
        terminal status. Counted from the end, even a request of one id shows a failure.
        """
        untouched = [found for found in reversed(ids) if self.status_of(found) == "PUBLISHED"]
        self.set_status("SUCCESS", untouched[1::8])
        self.set_status("REJECTED", untouched[2::8])
        return frozenset(untouched[0::8])


def _unprocessable(failures: Mapping[str, str], successes: Iterable[str]) -> Answer:
    codes = set(failures.values())
    body = {
        "code": codes.pop() if len(codes) == 1 else "PO_APPLY_UNPROCESSABLE_ERROR",
        "message": "Some or all of the recommendations failed to apply.",
        "failures": [
            {"code": code, "message": _MESSAGES[code], "recommendationId": found}
            for found, code in failures.items()
        ],
        "successes": [{"recommendationId": found} for found in successes],
    }
    return json_answer(422, body, media_type=_MEDIA_TYPE)


def _campaign_of(recommendation_id: str) -> str:
    """Invent a campaign id, the same for the same recommendation in every run."""
    digits = int.from_bytes(recommendation_id.encode()[:6].ljust(6, b"0"))
    return str(100_000_000_000_000 + digits % 900_000_000_000_000)
