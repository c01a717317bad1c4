"""The emulated opportunities: the list in pages, and the files behind presigned addresses."""

import base64
import csv
import gzip
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from tests.emulator.amazon_contract import (
    AUDIENCES,
    DEFAULT_RESULTS,
    FILE_FORMATS,
    LIST_PARAMETERS,
    MAX_RESULTS,
    OBJECTIVE_TYPES,
    PRESIGNED_LIFETIME_SECONDS,
    PRODUCTS,
    SUMMARY_PARAMETERS,
    query_breach,
    values_of,
)
from tests.emulator.amazon_faults import Answer, json_answer

_MEDIA_TYPE: Final = "application/vnd.partneropportunity.v1+json"
_ID_PREFIX: Final = "amzn1.ads-partner1.opportunity."

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """One opportunity of the list, and the rows of its file."""

    partner_opportunity_id: str
    title: str
    objective_type: str = "AMAZON_ACCOUNT_TEAM_RECOMMENDATIONS"
    product: str = "SPONSORED_PRODUCTS"
    audience: str = "PARTNER_MANAGED_ADVERTISERS"
    updated: str = "2026-10-05T06:00:00.000Z"
    rows: tuple[Row, ...] = ()
    file: bytes | None = None
    """What its CSV file holds, where that is not what *rows* make."""
    row_count: int | None = None
    """What the list says of it, where that is not how many *rows* there are."""

    @property
    def has_a_file(self) -> bool:
        """Tell whether there is anything to download."""
        return bool(self.rows or self.file)

    def csv(self) -> bytes:
        """Return the CSV file."""
        return _csv(self.rows) if self.file is None else self.file

    def listed(self) -> dict[str, object]:
        """Return the entry of the list, with all that the specification requires."""
        row_count = len(self.rows) if self.row_count is None else self.row_count
        return {
            "partnerOpportunityId": self.partner_opportunity_id,
            "title": self.title,
            "description": f"{self.title}, for the advertisers in the file.",
            "callToAction": "Apply the recommendations of the file.",
            "audience": self.audience,
            "objectiveType": self.objective_type,
            "product": self.product,
            "createdDate": "2026-01-12T08:00:00.000Z",
            "updatedDate": self.updated,
            "dataMetadata": {"rowCount": row_count, "updatedDate": self.updated},
            "dataUrl": f"/partnerOpportunities/{quote(self.partner_opportunity_id, safe='')}/file",
        }


def account_team_row(recommendation_id: str, *, opportunity: str, entity_id: str) -> Row:
    """Return one row of an account-team file, reduced to the columns that joins need."""
    address = "https://advertising-api.amazon.com/partnerOpportunities/"
    return {
        "recommendationId": recommendation_id,
        "advertiserType": "SELLER",
        "encryptedAdvertiserId": f"A{entity_id.removeprefix('ENTITY')}",
        "entityId": entity_id,
        "marketplace": "US",
        "applyApiEndPoint": f"{address}{opportunity}/apply",
        "publishedDate": "1790000000",
        "expiryDate": "4070908800000000",  # microseconds, as the files have it: 2099
    }


BIDS: Final = f"{_ID_PREFIX}6b0f3a52-1c7d-4e89-9a64-2f5d8c1e7b30"
BUDGETS: Final = f"{_ID_PREFIX}c41e7d98-5a2b-4f36-8d70-93be6a0f1c52"
EMPTY: Final = f"{_ID_PREFIX}e97a2c04-83fd-4b1e-b5c6-0d4f7a9e2138"
CREDITS: Final = f"{_ID_PREFIX}1d58b6e3-f90a-47c2-a3e7-6c2b94d0f5a1"

SAMPLE_OPPORTUNITIES: Final = (
    Opportunity(
        partner_opportunity_id=BIDS,
        title="Raise the bids of campaigns that do well",
        rows=(
            account_team_row(
                "3f0c9a7e-52d1-4b86-9e3f-a1c07d5b2e64",
                opportunity=BIDS,
                entity_id="ENTITY3EMULATED",
            ),
            account_team_row(
                "84b6e1d2-0f7c-4a95-8c31-5d9e2f60b7a8",
                opportunity=BIDS,
                entity_id="ENTITY4EMULATED",
            ),
        ),
    ),
    Opportunity(
        partner_opportunity_id=BUDGETS,
        title="Raise the budgets that run out",
        rows=(
            account_team_row(
                "c7d20e95-6b3a-4f18-b04d-e8f1935a7c26",
                opportunity=BUDGETS,
                entity_id="ENTITY3EMULATED",
            ),
        ),
    ),
    Opportunity(partner_opportunity_id=EMPTY, title="Add keywords", product="SPONSORED_BRANDS"),
    Opportunity(
        partner_opportunity_id=CREDITS,
        title="Click credits for a launch",
        objective_type="CLICK_CREDITS",
        rows=({"promotionId": "emulated", "promotionType": "ACQ"},),
    ),
)


class OpportunityShelf:
    """Lists opportunities and hands out their files. Not thread-safe: its owner holds a lock."""

    def __init__(
        self, opportunities: Sequence[Opportunity], *, url: str, clock: Callable[[], float]
    ) -> None:
        self.opportunities = tuple(opportunities)
        self._url = url
        self._clock = clock
        self._presigned: dict[str, tuple[Opportunity, str, float]] = {}

    def listed(self, query: Mapping[str, list[str]]) -> tuple[Answer, str | None]:
        """Answer the list; the second value says how the query broke the contract, if it did."""
        strange = sorted(set(query) - LIST_PARAMETERS)
        maximum = query.get("maxResults", [str(DEFAULT_RESULTS)])[0]
        start = _offset_of(query.get("nextToken", [_token_of(0)])[0])
        if strange:
            return _bad_request(f"unknown parameters {', '.join(strange)}")
        if not maximum.isdecimal() or not 1 <= int(maximum) <= MAX_RESULTS:
            return _bad_request(f"maxResults is 1 to {MAX_RESULTS}, not {maximum}")
        if slip := query_breach(query):
            return _bad_request(slip)
        if start is None:
            return _bad_request("nextToken is none that was given out")
        found = [one for one in self.opportunities if _chosen(one, query)]
        return self._page(found, start=start, size=int(maximum)), None

    def summarized(self, query: Mapping[str, list[str]]) -> tuple[Answer, str | None]:
        """Answer the summary, in the same way."""
        strange = sorted(set(query) - SUMMARY_PARAMETERS)
        if strange:
            return _bad_request(f"unknown parameters {', '.join(strange)}")
        if slip := query_breach(query):
            return _bad_request(slip)
        found = [one for one in self.opportunities if _chosen(one, query)]
        body = {
            "opportunitiesCount": len(found),
            "opportunitiesWithDataCount": sum(one.has_a_file for one in found),
            "uniqueAdvertiserApproximateCount": 2,
            "availableAudiences": _counted(AUDIENCES, [one.audience for one in found]),
            "availableObjectiveTypes": _counted(
                OBJECTIVE_TYPES, [one.objective_type for one in found]
            ),
            "availableProducts": _counted(PRODUCTS, [one.product for one in found]),
        }
        return json_answer(200, body, media_type=_MEDIA_TYPE), None

    def redirect(self, opportunity_id: str, query: Mapping[str, list[str]]) -> Answer:
        """Answer the file operation: 307 to a presigned address, 404 when there are no rows."""
        file_format = query.get("fileFormat", ["CSV"])[0]
        if file_format not in FILE_FORMATS:
            return json_answer(400, {"code": "400", "details": f"fileFormat {file_format}"})
        for one in self.opportunities:
            if one.partner_opportunity_id == opportunity_id and one.has_a_file:
                name = f"{len(self._presigned) + 1}.{'csv' if file_format == 'CSV' else 'json.gz'}"
                expires = self._clock() + PRESIGNED_LIFETIME_SECONDS
                self._presigned[name] = (one, file_format, expires)
                signature = f"X-Amz-Expires={PRESIGNED_LIFETIME_SECONDS}&X-Amz-Signature=emulated"
                location = f"{self._url}/presigned/{name}?{signature}"
                return Answer(307, headers={"Location": location})
        return json_answer(404, {"code": "404", "details": "No data file is available."})

    def download(self, name: str, headers: Mapping[str, str], *, authorized: bool) -> Answer:
        """Answer as S3 does: one way of signing only, and only while the address lives."""
        if authorized:
            text = "Only one auth mechanism allowed"
            return _storage_error(400, "InvalidArgument", text)
        if name not in self._presigned:
            return _storage_error(404, "NoSuchKey", "The specified key does not exist.")
        opportunity, file_format, expires = self._presigned[name]
        if self._clock() >= expires:
            return _storage_error(403, "AccessDenied", "Request has expired")
        # What is there now, under an address that was given out for the file before it.
        now = next(
            one
            for one in self.opportunities
            if one.partner_opportunity_id == opportunity.partner_opportunity_id
        )
        if file_format == "CSV":
            return _stored(now.csv(), headers, media_type="text/csv")
        # That the rows are one JSON array is a reading: the form is published nowhere.
        packed = gzip.compress(json.dumps([dict(row) for row in now.rows]).encode(), mtime=0)
        return _stored(packed, headers, media_type="application/x-gzip")

    def _page(self, found: Sequence[Opportunity], *, start: int, size: int) -> Answer:
        body: dict[str, object] = {
            "opportunities": [one.listed() for one in found[start : start + size]],
            "totalResults": len(found),
            "firstToken": _token_of(0),
            "lastToken": _token_of(max(0, (len(found) - 1) // size * size)),
        }
        if start:
            body["prevToken"] = _token_of(max(0, start - size))
        if start + size < len(found):
            body["nextToken"] = _token_of(start + size)
        return json_answer(200, body, media_type=_MEDIA_TYPE)


def _chosen(opportunity: Opportunity, query: Mapping[str, list[str]]) -> bool:
    """Tell whether an opportunity is in a list; whose advertisers it is about is not emulated."""
    return all(
        name not in query or value in values_of(query, name)
        for name, value in (
            ("audience", opportunity.audience),
            ("objectiveType", opportunity.objective_type),
            ("product", opportunity.product),
        )
    )


def _counted(known: Iterable[str], found: Sequence[str]) -> list[dict[str, object]]:
    return [{"value": value, "count": found.count(value)} for value in sorted(known)]


def _stored(content: bytes, headers: Mapping[str, str], *, media_type: str) -> Answer:
    """Serve *content* as S3 does, in whole or from a byte on."""
    etag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
    about = {"Content-Type": media_type, "ETag": etag, "Accept-Ranges": "bytes"}
    if headers.get("if-match", etag) != etag:
        return _storage_error(412, "PreconditionFailed", "A precondition did not hold.")
    asked = re.fullmatch(r"bytes=(\d+)-", headers.get("range", ""))
    if asked is None:
        return Answer(200, content, about)
    start = int(asked[1])
    if start >= len(content):
        refused = _storage_error(416, "InvalidRange", "The range is not satisfiable.")
        found = {"Content-Range": f"bytes */{len(content)}"}
        return replace(refused, headers=dict(refused.headers) | found)
    part = f"bytes {start}-{len(content) - 1}/{len(content)}"
    return Answer(206, content[start:], about | {"Content-Range": part})


def _bad_request(details: str) -> tuple[Answer, str]:
    return json_answer(400, {"code": "400", "details": details}), details


def _storage_error(status: int, code: str, message: str) -> Answer:
    page = f'<?xml version="1.0"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Answer(status, page.encode(), {"Content-Type": "application/xml"})


def _token_of(offset: int) -> str:
    return base64.urlsafe_b64encode(f"offset:{offset}".encode()).decode()


def _offset_of(token: str) -> int | None:
    try:
        text = base64.urlsafe_b64decode(token).decode()
    except ValueError:
        return None
    offset = text.removeprefix("offset:")
    return int(offset) if text.startswith("offset:") and offset.isdecimal() else None


def _csv(rows: Sequence[Row]) -> bytes:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    page = io.StringIO()
    writer = csv.DictWriter(page, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return page.getvalue().encode()
