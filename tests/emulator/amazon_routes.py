"""What a request to the emulated Amazon asks for, told from its method and its path."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

import httpx

from tests.emulator.amazon_faults import ORDINARY, Answer, Step


class Route(Enum):
    """What a request asks for."""

    TOKEN = "token"
    LIST = "list"
    SUMMARY = "summary"
    FILE = "file"
    APPLY = "apply"
    STATUS = "applicationStatus"
    PRESIGNED = "presigned"
    SUBSCRIBE = "subscribe"
    SUBSCRIPTIONS = "subscriptions"
    SUBSCRIPTION = "subscription"
    ARCHIVE = "archive"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A request whose headers have been read, and its body not yet."""

    route: Route
    number: int
    """From 1, in order of arrival, among the requests of the same route."""
    method: str
    target: str
    headers: httpx.Headers
    refusal: Answer | None = None
    """What the headers alone have earned, if they are not as they should be."""
    step: Step = ORDINARY

    @property
    def segment(self) -> str:
        """The part of the path that names one thing, as it came: not percent-decoded."""
        parts = urlsplit(self.target).path.split("/")
        return parts[2] if len(parts) > 2 else ""

    @property
    def name(self) -> str:
        """The same, percent-decoded."""
        return unquote(self.segment)

    @property
    def subscription_id(self) -> str:
        """The subscription that the path names."""
        return unquote(urlsplit(self.target).path.rpartition("/")[2])

    @property
    def profile_id(self) -> str:
        """The profile that a request about subscriptions is for."""
        return str(self.headers.get("amazon-advertising-api-scope", ""))

    @property
    def query(self) -> dict[str, list[str]]:
        """The parameters of the query, each with all its values."""
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)


_OPERATIONS: Final = {
    re.compile(pattern): route
    for pattern, route in (
        ("POST /auth/o2/token", Route.TOKEN),
        ("GET /partnerOpportunities", Route.LIST),
        ("GET /partnerOpportunities/summary", Route.SUMMARY),
        ("GET /partnerOpportunities/[^/]*/file", Route.FILE),
        ("POST /partnerOpportunities/[^/]*/apply", Route.APPLY),
        ("POST /partnerOpportunities/[^/]*/applicationStatus", Route.STATUS),
        ("GET /presigned/[^/]*", Route.PRESIGNED),
        ("POST /streams/subscriptions", Route.SUBSCRIBE),
        ("GET /streams/subscriptions", Route.SUBSCRIPTIONS),
        ("GET /streams/subscriptions/[^/]+", Route.SUBSCRIPTION),
        ("PUT /streams/subscriptions/[^/]+", Route.ARCHIVE),
    )
}


def route_of(method: str, target: str) -> Route:
    """Say what *method* on *target* asks for."""
    request = f"{method} {urlsplit(target).path}"
    routes = (route for pattern, route in _OPERATIONS.items() if pattern.fullmatch(request))
    return next(routes, Route.UNKNOWN)
