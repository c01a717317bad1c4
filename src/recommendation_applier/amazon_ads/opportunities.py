"""The list of opportunities, its summary, and the addresses of their data files."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from pydantic_core import from_json

from recommendation_applier.amazon_ads.exchange import Exchange, Received
from recommendation_applier.amazon_ads.gate import Gate
from recommendation_applier.amazon_ads.tries import MAX_ATTEMPTS, Tally, Tries
from recommendation_applier.amazon_ads.wire import file_path
from recommendation_applier.domain.errors import UnavailableError
from recommendation_applier.domain.opportunity import (
    OpportunitiesSummary,
    Opportunity,
    OpportunityPage,
    read_page,
    read_summary,
)
from recommendation_applier.domain.opportunity_query import OpportunityQuery

_PATH: Final = "/partnerOpportunities"


class FileFormat(StrEnum):
    """How a data file is written. Only the columns of CSV are documented."""

    CSV = "CSV"
    GZIP_JSON = "GZIP_JSON"


@dataclass(frozen=True, slots=True)
class OpportunityCatalogue:
    """Reads what there is, for as long as an invocation lasts.

    Raises RefusedError, which says what to do, and RetryableError where it may work later.
    """

    exchange: Exchange
    gate: Gate
    most_attempts: int = MAX_ATTEMPTS
    """Tries of each request."""

    def opportunities(self, query: OpportunityQuery) -> Iterator[Opportunity]:
        """Give every opportunity of *query*, page by page."""
        token: str | None = None
        seen: set[str] = set()
        while True:
            page = self.page(query, token=token)
            yield from page.opportunities
            token = page.next_token
            if token is None:
                return
            if token in seen:
                raise UnavailableError(
                    "listing opportunities failed: a page leads back to one before it"
                )
            seen.add(token)

    def page(self, query: OpportunityQuery, *, token: str | None = None) -> OpportunityPage:
        """Give one page: the first, or the one that a *token* of another page leads to."""
        what = "listing opportunities"
        value = self._read(f"{_PATH}?{urlencode(query.parameters(token=token))}", what=what)
        try:
            return read_page(value)
        except ValueError as error:
            raise UnavailableError(f"{what} failed: {error}") from error

    def summary(self, query: OpportunityQuery) -> OpportunitiesSummary:
        """Count the opportunities by audience, objective and product.

        Of *query*, the filters for those three count, and no other.
        """
        filters = query.filters()
        path = f"{_PATH}/summary{'?' if filters else ''}{urlencode(filters)}"
        return read_summary(self._read(path, what="summarizing opportunities"))

    def file_address(self, partner_opportunity_id: str, file_format: FileFormat) -> str:
        """Ask where the file of an opportunity is: an address that is good for 15 minutes.

        The address is a secret while it lasts. A token must not go there.
        """
        what = f"asking for the {file_format} file of {partner_opportunity_id}"
        path = f"{file_path(partner_opportunity_id)}?{urlencode({'fileFormat': file_format})}"
        received = self._get(path, what=what)
        location = received.location or ""
        # As safe as the API's own: https, but for what is tested on this machine.
        if urlsplit(location).scheme not in ("https", urlsplit(self.exchange.url).scheme):
            raise UnavailableError(
                f"{what} failed: {received.answer.status} without an https address to go to"
            )
        return location

    def _read(self, path: str, *, what: str) -> Mapping[str, Any]:
        received = self._get(path, what=what)
        try:
            value = from_json(received.content)
        except ValueError:
            value = None
        if not isinstance(value, Mapping):
            raise UnavailableError(f"{what} failed: {received.answer.status} without a JSON object")
        return value

    def _get(self, path: str, *, what: str) -> Received:
        return Tries(self.gate, self.exchange.pacing).until_answered(
            _ACCOUNT,
            lambda on_request: self.exchange.get(path, what=what, on_request=on_request),
            Tally(self.most_attempts),
        )


_ACCOUNT: Final[Hashable] = "opportunities"
"""The list is about no advertiser: to the gate, reading is an account of its own."""
