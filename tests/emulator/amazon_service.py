"""What the emulated Amazon does with a request: hold it against the contract, answer, record."""

import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import httpx

from tests.emulator.amazon_contract import (
    MAX_IDS_PER_APPLY,
    MAX_IDS_PER_STATUS,
    Breach,
    body_breaches,
    header_breaches,
    path_breaches,
    storage_breaches,
)
from tests.emulator.amazon_faults import Answer, Step, json_answer
from tests.emulator.amazon_login import LoginWithAmazon, Verdict
from tests.emulator.amazon_opportunities import OpportunityShelf
from tests.emulator.amazon_routes import Arrival, Route, route_of
from tests.emulator.amazon_state import ApiRequest, RecommendationBook, TokenRequest, Violation
from tests.emulator.amazon_streams import SubscriptionBook, stream_header_breaches

REQUEST_ID_HEADERS: Final = frozenset(("x-amz-rid", "x-amzn-requestid", "x-amz-request-id"))

_WITHOUT_AN_ID: Final = frozenset((Route.LIST, Route.SUMMARY))
_API: Final = _WITHOUT_AN_ID | {Route.FILE, Route.APPLY, Route.STATUS}
_STREAMS: Final = frozenset(
    (Route.SUBSCRIBE, Route.SUBSCRIPTIONS, Route.SUBSCRIPTION, Route.ARCHIVE)
)
_WITH_BODY: Final = {Route.APPLY: MAX_IDS_PER_APPLY, Route.STATUS: MAX_IDS_PER_STATUS}


class AmazonService:
    """Answers requests from any number of threads. Whoever reads its state holds `changed`."""

    def __init__(
        self, *, login: LoginWithAmazon, shelf: OpportunityShelf, manager_account: str
    ) -> None:
        self.changed = threading.Condition()
        self.released = threading.Event()
        self.login = login
        self.shelf = shelf
        self.book = RecommendationBook()
        self.streams = SubscriptionBook()
        self.manager_account = manager_account
        self.scripts: dict[Route, list[Step]] = {route: [] for route in Route}
        self.api_requests: dict[Route, dict[int, ApiRequest]] = {route: {} for route in Route}
        self.token_requests: dict[int, TokenRequest] = {}
        self.violations: list[Violation] = []
        self.in_flight: set[int] = set()
        self.peak_in_flight = 0
        self._arrived: Counter[Route] = Counter()

    def arrive(self, method: str, target: str, headers: httpx.Headers) -> Arrival:
        """Register a request whose headers have been read, and say what it is to meet."""
        route = route_of(method, target)
        with self.changed:
            self._arrived[route] += 1
            number = self._arrived[route]
            arrival = Arrival(
                route=route, number=number, method=method, target=target, headers=headers
            )
            arrival = replace(arrival, refusal=self._refusal_of(arrival))
            if self.scripts[route] and arrival.refusal is None:
                arrival = replace(arrival, step=self.scripts[route].pop(0))
            self._record(arrival)
            self.changed.notify_all()
        return arrival

    def answer(self, arrival: Arrival, body: bytes) -> Answer:
        """Handle the request now that *body* has been read."""
        with self.changed:
            if arrival.route is Route.TOKEN:
                answer = self._grant(arrival, body)
            else:
                answer = self._answer(arrival, body)
        return replace(answer, headers=_request_ids(arrival) | dict(answer.headers))

    def leave(self, arrival: Arrival, answer: Answer | None) -> None:
        """Register the end of the request; None when no answer is given."""
        status = answer.status if answer else None
        headers = answer.headers if answer else {}
        request_ids = {
            name: headers[name] for name in headers if name.lower() in REQUEST_ID_HEADERS
        }
        with self.changed:
            if arrival.route is Route.TOKEN:
                seen = self.token_requests[arrival.number]
                self.token_requests[arrival.number] = replace(seen, status=status)
            else:
                requests = self.api_requests[arrival.route]
                request = requests[arrival.number]
                requests[arrival.number] = replace(request, status=status, request_ids=request_ids)
            if arrival.route is Route.APPLY:
                self.in_flight.discard(arrival.number)
            self.changed.notify_all()

    def failed(self, description: str) -> None:
        """Register that the emulator itself failed: no test may pass over it."""
        with self.changed:
            self.violations.append(Violation("", "the emulator itself failed", description))

    def _record(self, arrival: Arrival) -> None:
        if arrival.route is Route.TOKEN:
            request = TokenRequest(number=arrival.number, headers=arrival.headers)
            self.token_requests[arrival.number] = request
            return
        self.api_requests[arrival.route][arrival.number] = ApiRequest(
            number=arrival.number,
            method=arrival.method,
            target=arrival.target,
            headers=arrival.headers,
            partner_opportunity_id=arrival.name,
        )
        if arrival.route is Route.APPLY:
            self.in_flight.add(arrival.number)
            self.peak_in_flight = max(self.peak_in_flight, len(self.in_flight))

    def _refusal_of(self, arrival: Arrival) -> Answer | None:
        """Judge path and headers; a token that has ended is refused, yet breaks no contract."""
        verdict = Verdict.LIVE
        if arrival.route in _API | _STREAMS:
            verdict = self.login.verdict(arrival.headers.get("authorization"))
        breaches = list(self._early_breaches(arrival, verdict))
        if breaches:
            return self._refuse(arrival, breaches)
        if verdict is Verdict.DEAD:
            return _error(401, "Unauthorized")
        return None

    def _early_breaches(self, arrival: Arrival, verdict: Verdict) -> Iterator[Breach]:
        if arrival.route is Route.UNKNOWN:
            yield Breach(404, "only the published operations are called", arrival.target)
        if arrival.route is Route.PRESIGNED:
            yield from storage_breaches(arrival.headers)
        if arrival.route not in _API | _STREAMS:
            return
        if arrival.route in _API - _WITHOUT_AN_ID:
            yield from path_breaches(arrival.segment)
        if verdict is Verdict.STRANGE:
            yield Breach(401, "Authorization is Bearer and a token of Login with Amazon", "")
        if arrival.route in _STREAMS:
            yield from stream_header_breaches(
                arrival.headers,
                has_body=arrival.route in (Route.SUBSCRIBE, Route.ARCHIVE),
                client_id=self.login.credentials.client_id,
                media_types=self.streams.media_types,
            )
            return
        yield from header_breaches(
            arrival.headers,
            has_body=arrival.route in _WITH_BODY,
            client_id=self.login.credentials.client_id,
            manager_account=self.manager_account,
        )

    def _refuse(self, arrival: Arrival, breaches: Iterable[Breach]) -> Answer:
        """Record *breaches* and answer the first of them."""
        told = [
            Violation(f"{arrival.method} {arrival.target}", breach.rule, breach.detail)
            for breach in breaches
        ]
        self.violations.extend(told)
        first = next(iter(breaches))
        if arrival.route in _STREAMS:
            return json_answer(first.status, {"message": first.rule})
        if arrival.route is Route.PRESIGNED:
            return self.shelf.download(arrival.name, arrival.headers, authorized=True)
        if first.status != 400:
            return _error(first.status, first.rule)
        if arrival.route is Route.APPLY:
            body = {"code": "PO_APPLY_BAD_REQUEST", "message": first.rule}
            return json_answer(400, body | {"failures": [], "successes": []})
        if arrival.route is Route.STATUS:
            body = {"code": "PO_APPLICATION_STATUS_BAD_REQUEST", "message": first.rule}
            return json_answer(400, body)
        return _error(400, first.rule)

    def _grant(self, arrival: Arrival, body: bytes) -> Answer:
        answer, slip, form = self.login.grant(arrival.target, arrival.headers, body)
        seen = self.token_requests[arrival.number]
        self.token_requests[arrival.number] = replace(seen, form=form)
        if slip is not None:
            rule = "the token request is a refresh grant, sent as a form"
            self.violations.append(
                Violation(f"POST {arrival.target.partition('?')[0]}", rule, slip)
            )
            return answer
        return arrival.step.answer or answer

    def _answer(self, arrival: Arrival, body: bytes) -> Answer:
        requests = self.api_requests[arrival.route]
        request = replace(requests[arrival.number], raw_body=body)
        requests[arrival.number] = request
        if arrival.refusal is not None:
            return arrival.refusal
        if arrival.route in _WITH_BODY:
            breaches = list(body_breaches(body, maximum_ids=_WITH_BODY[arrival.route]))
            if breaches:
                return self._refuse(arrival, breaches)
        if arrival.step.answer is not None:
            self._take(arrival.step, request)
            return arrival.step.answer
        return self._ordinary(arrival, request)

    def _take(self, step: Step, request: ApiRequest) -> None:
        ids = [
            one for one in request.recommendation_ids if step.takes == "all" or one in step.takes
        ]
        self.book.take(request.partner_opportunity_id, request.account, ids)

    def _ordinary(self, arrival: Arrival, request: ApiRequest) -> Answer:
        """Answer as the service does on a good day."""
        if arrival.route is Route.APPLY:
            return self.book.apply(
                request.partner_opportunity_id,
                request.account,
                request.recommendation_ids,
                partial=arrival.step.partial,
            )
        if arrival.route is Route.STATUS:
            return self.book.statuses(request.recommendation_ids)
        if arrival.route is Route.FILE:
            return self.shelf.redirect(arrival.name, arrival.query)
        if arrival.route is Route.PRESIGNED:
            return self.shelf.download(arrival.name, arrival.headers, authorized=False)
        if arrival.route in _STREAMS:
            return self._about_subscriptions(arrival, request)
        ask = self.shelf.listed if arrival.route is Route.LIST else self.shelf.summarized
        answer, slip = ask(arrival.query)
        if slip is not None:
            request_line = f"{arrival.method} {arrival.target}"
            self.violations.append(Violation(request_line, "the query is as published", slip))
        return answer

    def _about_subscriptions(self, arrival: Arrival, request: ApiRequest) -> Answer:
        """Answer for subscriptions; what no specification allows is a violation here as well."""
        profile_id, breach = arrival.profile_id, None
        if arrival.route is Route.SUBSCRIBE:
            answer, breach = self.streams.create(profile_id, request.raw_body)
        elif arrival.route is Route.SUBSCRIPTIONS:
            answer, breach = self.streams.listed(profile_id, arrival.query)
        elif arrival.route is Route.SUBSCRIPTION:
            answer = self.streams.read(profile_id, arrival.subscription_id)
        else:
            answer, breach = self.streams.update(
                profile_id, arrival.subscription_id, request.raw_body
            )
        if breach is not None:
            request_line = f"{arrival.method} {arrival.target}"
            self.violations.append(Violation(request_line, breach.rule, breach.detail))
        return answer


def _error(status: int, details: str) -> Answer:
    """Write the universal error of the Ads API, `{code, details}`."""
    return json_answer(status, {"code": str(status), "details": details})


def _request_ids(arrival: Arrival) -> dict[str, str]:
    """Invent request ids; the spellings take turns, since nobody knows which ones will come."""
    made_up = uuid.uuid5(uuid.NAMESPACE_URL, f"{arrival.route.value}/{arrival.number}")
    short = made_up.hex[:20].upper()
    if arrival.route is Route.PRESIGNED:
        return {"x-amz-request-id": short}
    if arrival.route is Route.TOKEN:
        return {"x-amzn-RequestId": str(made_up)}
    return (
        {"x-amzn-RequestId": str(made_up)},
        {"x-amz-rid": short, "x-amzn-RequestId": str(made_up)},
        {"x-amz-rid": short, "x-amz-request-id": short},
    )[arrival.number % 3]
