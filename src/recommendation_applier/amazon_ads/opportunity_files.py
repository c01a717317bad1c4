"""Data files of opportunities, byte by byte, from the store that the API redirects to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import httpx

from recommendation_applier.amazon_ads.opportunities import FileFormat, OpportunityCatalogue
from recommendation_applier.amazon_ads.pacing import Pacing
from recommendation_applier.amazon_ads.tries import MAX_ATTEMPTS
from recommendation_applier.domain.errors import (
    FileReplacedError,
    OutOfTimeError,
    UnavailableError,
)

_CONNECT_TIMEOUT_SECONDS: Final = 3.0
_READ_TIMEOUT_SECONDS: Final = 20.0
_CODE: Final = re.compile(rb"<Code>([A-Za-z]{1,60})</Code>")
_RANGE: Final = re.compile(r"bytes (?:(\d{1,18})-\d{1,18}|\*)/(\d{1,18})")
_ERROR_BYTES: Final = 2_000
_OF_ANOTHER_FILE: Final = (
    httpx.codes.PRECONDITION_FAILED,
    httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE,
)


@dataclass(frozen=True, slots=True)
class FilePiece:
    """Some bytes of a file: *received* of *size* are there with them, None where nobody says.

    *etag* names the very file that they are of.
    """

    content: bytes = field(repr=False)
    received: int
    size: int | None
    etag: str


@dataclass(frozen=True, slots=True)
class OpportunityFiles:
    """Downloads for as long as an invocation lasts; the memory of it is flat."""

    catalogue: OpportunityCatalogue

    def download(
        self,
        partner_opportunity_id: str,
        file_format: FileFormat = FileFormat.CSV,
        *,
        start: int = 0,
        etag: str = "",
    ) -> Iterator[FilePiece]:
        """Give the bytes of a file from *start*; *etag* is of the file that those before are of.

        The address of a file ends after 15 minutes, and connections end as they like: another one
        is asked for, and the download goes on where it was. Raises FileReplacedError if what is
        there now is another file, UnavailableError after four tries without a byte, OutOfTimeError,
        and what the API's answer about the address means.
        """
        pacing = self.catalogue.exchange.pacing
        what = f"downloading the {file_format} file of {partner_opportunity_id}"
        received, failures = start, 0
        while True:
            before = received
            address = self.catalogue.file_address(partner_opportunity_id, file_format)
            try:
                for piece in self._pieces(address, start=received, etag=etag, what=what):
                    received, etag = piece.received, piece.etag
                    yield piece
            except FileReplacedError:
                raise
            except UnavailableError:
                failures = 1 if received > before else failures + 1
                wait = pacing.backoff(failures)
                if failures == MAX_ATTEMPTS or not pacing.has_time_for(wait):
                    raise
                pacing.sleep(wait)
            else:
                return

    def _pieces(self, address: str, *, start: int, etag: str, what: str) -> Iterator[FilePiece]:
        exchange = self.catalogue.exchange
        try:
            with exchange.http.stream(
                "GET",
                address,
                headers=_headers(start=start, etag=etag),
                timeout=_timeout(exchange.pacing),
            ) as response:
                beginning = _begin(response, start=start, etag=etag, what=what)
                if beginning is None:
                    return
                position, now = beginning.position, response.headers.get("etag", "")
                for content in response.iter_raw():
                    if not exchange.pacing.seconds_left():
                        raise OutOfTimeError(f"{what} was broken off: the time was up")
                    known = max(0, start - position)
                    position += len(content)
                    if position > start:
                        yield FilePiece(content[known:], position, beginning.size, now)
        except httpx.HTTPError as error:
            # Its text and the error itself are left out: they may have the address, a secret.
            raise UnavailableError(f"{what} failed: {type(error).__name__}") from None


def _headers(*, start: int, etag: str) -> dict[str, str]:
    """Ask for the bytes as they are stored. Nothing here says who asks."""
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
    return headers | {"Range": f"bytes={start}-", "If-Match": etag} if start and etag else headers


def _timeout(pacing: Pacing) -> httpx.Timeout:
    seconds = max(0.1, min(_READ_TIMEOUT_SECONDS, pacing.seconds_left()))
    return httpx.Timeout(seconds, connect=min(_CONNECT_TIMEOUT_SECONDS, seconds))


@dataclass(frozen=True, slots=True)
class _Beginning:
    """At which byte of a file an answer begins, and how many the file has."""

    position: int
    size: int | None


def _begin(response: httpx.Response, *, start: int, etag: str, what: str) -> _Beginning | None:
    """Look at the head of an answer; None if there is nothing after *start*.

    What was received already may come once more. Raises if it is not the file that was begun.
    """
    status = response.status_code
    found = _RANGE.fullmatch(response.headers.get("content-range", ""))
    if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and found and int(found[2]) == start:
        return None
    if status not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
        code = _CODE.search(next(response.iter_raw(_ERROR_BYTES), b""))
        said = f"{what} failed: the file store answered {status}"
        kind = FileReplacedError if status in _OF_ANOTHER_FILE else UnavailableError
        raise kind(f"{said} {code[1].decode()}" if code else said, http_status=status)
    length = response.headers.get("content-length", "")
    beginning = (
        _Beginning(int(found[1] or 0), int(found[2]))
        if found
        else _Beginning(0, int(length) if length.isdecimal() else None)
    )
    is_same = etag and response.headers.get("etag") == etag and beginning.position <= start
    if start and not is_same:
        raise FileReplacedError(f"{what} has to begin anew: it is another file by now")
    return beginning
