"""The Partner Opportunities API as text: what a request looks like, what an answer says. No I/O."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote

from pydantic_core import from_json

from recommendation_applier.domain.credentials import redact
from recommendation_applier.domain.outcome import Failure
from recommendation_applier.domain.recommendation import MAX_LABEL_LENGTH

MEDIA_TYPE: Final = "application/vnd.partneropportunity.v1+json"
"""For both Accept and Content-Type. The guide recommends v1; v1.1 and v1.2 have the same bodies.
A wildcard is refused."""

_REQUEST_ID_HEADERS: Final = ("x-amz-rid", "x-amzn-requestid", "x-amz-request-id")
"""Three spellings are seen on the Ads APIs; which of them this API sends is not documented."""

_SHOWN_CHARACTERS: Final = 300
_READ_BYTES: Final = 4096
_SECONDS: Final = re.compile(r"\d+(\.\d+)?")
_TITLE: Final = re.compile(r"<title>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, deciphered: whatever the body is, this can be made of it.

    *retry_after* is in seconds, None where the header is absent or makes no sense.
    """

    status: int
    code: str | None = None
    message: str = ""
    successes: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    statuses: Mapping[str, str] | None = None
    campaign_ids: Mapping[str, str] = field(default_factory=dict)
    """By recommendation id, where an applicationStatus answer names it."""
    retry_after: float | None = None
    request_ids: tuple[str, ...] = ()

    @property
    def request_id(self) -> str | None:
        """The id to quote to Amazon's support."""
        return next(iter(self.request_ids), None)

    def __str__(self) -> str:
        """Show the answer in a sentence."""
        says = " ".join(part for part in (self.code, self.message) if part)
        quoted = f" (request id {self.request_id})" if self.request_id else ""
        return f"{self.status}{': ' + says if says else ' with an empty body'}{quoted}"


def apply_path(partner_opportunity_id: str) -> str:
    """The path of an apply request; the id is percent-encoded whole."""
    return f"/partnerOpportunities/{_segment(partner_opportunity_id)}/apply"


def application_status_path(partner_opportunity_id: str) -> str:
    """The path of an applicationStatus request; the id is percent-encoded whole."""
    return f"/partnerOpportunities/{_segment(partner_opportunity_id)}/applicationStatus"


def file_path(partner_opportunity_id: str) -> str:
    """The path of an opportunity's data file; the id is percent-encoded whole."""
    return f"/partnerOpportunities/{_segment(partner_opportunity_id)}/file"


def headers(
    *, client_id: str, manager_account: str, access_token: str, has_body: bool = True
) -> dict[str, str]:
    """The headers that each operation requires; there is no profile Scope header in this API."""
    return {
        "Accept": MEDIA_TYPE,
        **({"Content-Type": MEDIA_TYPE} if has_body else {}),
        "Amazon-Advertising-API-ClientId": client_id,
        "Amazon-Advertising-API-Manager-Account": manager_account,
        "Authorization": f"Bearer {access_token}",
    }


def read_answer(
    status: int,
    answer_headers: Mapping[str, str],
    body: bytes,
    *,
    now: datetime,
    secrets: Sequence[str] = (),
) -> Answer:
    """Decipher an answer; *answer_headers* has lower-case names.

    Bodies seen on the Ads APIs: ApplyError objects, `{"code", "details", "requestId"}`, an API
    Gateway `{"message"}`, HTML of a proxy, and nothing at all. All of them give an Answer, in whose
    texts *secrets*, should they quote them, are blanked out.
    """
    value = _json_object(body)
    shown = _Shown(tuple(secrets))
    message = value.get("message") or value.get("details") or ("" if value else _text(body))
    code = value.get("code")
    return Answer(
        status=status,
        code=shown(code) if isinstance(code, str) else None,
        message=shown(str(message)),
        successes=tuple(_successes(value)),
        failures=tuple(_failures(value, shown)),
        statuses=_statuses(value),
        campaign_ids={
            entry["recommendationId"]: entry["campaignId"][:MAX_LABEL_LENGTH]
            for entry in _entries(value, "statuses")
            if isinstance(entry.get("campaignId"), str)
        },
        retry_after=_retry_after(answer_headers.get("retry-after"), now),
        request_ids=tuple(_request_ids(answer_headers, value, shown)),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """Makes a text of Amazon's fit to be shown: without the secrets, and not too long."""

    secrets: tuple[str, ...]

    def __call__(self, text: str) -> str:
        clean = redact(text, *self.secrets)
        return clean if len(clean) <= _SHOWN_CHARACTERS else f"{clean[:_SHOWN_CHARACTERS]}…"


def _segment(text: str) -> str:
    encoded = quote(text, safe="")
    # A segment of nothing but dots would mean another path.
    return encoded.replace(".", "%2E") if not encoded.strip(".") else encoded


def _json_object(body: bytes) -> Mapping[str, Any]:
    try:
        value = from_json(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _entries(value: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    entries = value.get(name)
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("recommendationId"), str):
            yield entry


def _successes(value: Mapping[str, Any]) -> Iterator[str]:
    for entry in _entries(value, "successes"):
        yield entry["recommendationId"]


def _failures(value: Mapping[str, Any], shown: _Shown) -> Iterator[Failure]:
    for entry in _entries(value, "failures"):
        yield Failure(
            entry["recommendationId"],
            shown(str(entry.get("code") or "no code")),
            shown(str(entry.get("message") or "no message")),
        )


def _statuses(value: Mapping[str, Any]) -> Mapping[str, str] | None:
    """Read `statuses`; None where the body is not an applicationStatus answer at all.

    An id that it names twice, in two states, is in neither of them.
    """
    if not isinstance(value.get("statuses"), list):
        return None
    statuses: dict[str, str] = {}
    for entry in _entries(value, "statuses"):
        status = str(entry.get("status"))
        known = statuses.setdefault(entry["recommendationId"], status)
        if known != status:
            statuses[entry["recommendationId"]] = f"{known} and {status}"
    return statuses


def _request_ids(
    answer_headers: Mapping[str, str], value: Mapping[str, Any], shown: _Shown
) -> Iterator[str]:
    found = [answer_headers.get(name) for name in _REQUEST_ID_HEADERS]
    found.append(value.get("requestId"))
    yield from dict.fromkeys(
        shown(request_id) for request_id in found if isinstance(request_id, str) and request_id
    )


def _retry_after(text: str | None, now: datetime) -> float | None:
    """Read Retry-After: seconds, or a date (RFC 9110, section 10.2.3)."""
    if not text:
        return None
    if _SECONDS.fullmatch(text.strip()):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (moment - now).total_seconds()) if moment.tzinfo else None


def _text(body: bytes) -> str:
    # The beginning is enough, and the patterns take time that grows with the square of the length.
    text = body[:_READ_BYTES].decode("utf-8", errors="replace")
    title = _TITLE.search(text)
    return " ".join(_TAG.sub(" ", title.group(1) if title else text).split())
