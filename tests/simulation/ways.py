"""What can become of a request between its client and Amazon, one method a way."""

from collections.abc import Callable, Mapping, Sequence

import httpx

from tests.simulation.amazon import LATEST_TAKE, Amazon
from tests.simulation.answers import Cut, Request, apply_error, json_answer
from tests.simulation.answers import answer as make_answer
from tests.simulation.clock import http_date
from tests.simulation.effects import Effects, latencies
from tests.simulation.kernel import Killed
from tests.simulation.login import Login


class Ways:
    """The ways to Amazon and back, good and bad, each by its name."""

    def __init__(self, effects: Effects, amazon: Amazon, login: Login) -> None:
        """Lead to *amazon*, past *login*'s tokens."""
        self._effects = effects
        self._kernel = effects.kernel
        self._faults = effects.faults
        self._amazon = amazon
        self._login = login
        self._ways: Mapping[str, Callable[[Request, float], httpx.Response]] = {
            "throttled": self._throttled,
            "throttled without Retry-After": self._throttled_silently,
            "500": lambda seen, timeout: self._failed(seen, timeout, 500),
            "503": lambda seen, timeout: self._failed(seen, timeout, 503),
            "500 that names ids": self._failed_by_name,
            "502 or 504": self._gateway,
            "connection refused": self._connection_refused,
            "connection dropped before": self._dropped_before,
            "connection dropped after": self._dropped_after,
            "answer late": self._answer_late,
            "taken late": self._taken_late,
            "answer cut": self._cut,
            "422 that names not all": self._partly_named,
            "body malformed": self._malformed,
            "refused": self._refused,
            "token refused": self._token_refused,
        }

    def go(self, way: str | None, seen: Request, timeout: float) -> httpx.Response:
        """Go that way, or, for None, the way that things should go."""
        return (self._ways[way] if way else self._plainly)(seen, timeout)

    def draw(self, seen: Request) -> str | None:
        """Draw the way of a request; None: nothing goes wrong."""
        now, random = self._kernel.now, self._kernel.random
        if self._faults.is_down("amazon", now):
            return random.choice(("503", "connection refused", "connection dropped before", "500"))
        token = seen.headers["authorization"].removeprefix("Bearer ")
        if not self._login.is_good(token) or self._faults.is_down("forbidden", now):
            return "token refused"
        for kind in self._ways:
            chance = self._faults.chance(kind, now)
            if chance and random.random() < chance:
                return kind
        return None

    # What reaches Amazon

    def _plainly(self, seen: Request, timeout: float) -> httpx.Response:
        return self._reaching(seen, timeout, self._conclude)

    def _reaching(
        self, seen: Request, timeout: float, answer: Callable[[Request], httpx.Response]
    ) -> httpx.Response:
        there, back = latencies(self._effects)
        self._travel(seen, min(there, timeout))
        if there >= timeout:  # rare, and then it has not arrived yet
            self._arrive_later(seen)
            raise httpx.ReadTimeout("no answer in time")
        response = answer(seen)
        self._arrived(seen)
        self._effects.task.pause(min(back, timeout - there))
        if there + back > timeout:
            raise httpx.ReadTimeout("no answer in time")
        return response

    def _conclude(self, seen: Request) -> httpx.Response:
        if seen.operation != "apply":
            return json_answer(200, {"statuses": self._amazon.statuses(seen.ids)}, seen)
        verdicts = self._amazon.apply(seen.ids, request=seen.number)
        if not verdicts.failures:
            return make_answer(202, b"", seen)
        return json_answer(422, apply_error(verdicts.taken, verdicts.failures), seen)

    def _partly_named(self, seen: Request, timeout: float) -> httpx.Response:
        def answer(seen: Request) -> httpx.Response:
            if seen.operation != "apply":
                # What it does not have it may leave out.
                named = [
                    each
                    for each in self._amazon.statuses(seen.ids)
                    if each["status"] != "PUBLISHED"
                ]
                return json_answer(200, {"statuses": named}, seen)
            verdicts = self._amazon.apply(seen.ids, request=seen.number)
            taken = self._some(verdicts.taken)
            failures = {each: verdicts.failures[each] for each in self._some(verdicts.failures)}
            return json_answer(422, apply_error(taken, failures), seen)

        return self._reaching(seen, timeout, answer)

    def _failed_by_name(self, seen: Request, timeout: float) -> httpx.Response:
        if seen.operation != "apply":
            return self._failed(seen, timeout, 500)

        def answer(seen: Request) -> httpx.Response:
            got_so_far = self._some(seen.ids)
            verdicts = self._amazon.apply(got_so_far, request=seen.number)
            missed = [each for each in seen.ids if each not in got_so_far]
            code = "PO_APPLY_INTERNAL_SERVER_ERROR"
            failures = verdicts.failures | dict.fromkeys(self._some(missed), code)
            # One that names nobody took nobody: that much of a plain 500 is relied upon.
            taken = self._some(verdicts.taken) or verdicts.taken[:1]
            return json_answer(500, apply_error(taken, failures), seen)

        return self._reaching(seen, timeout, answer)

    def _malformed(self, seen: Request, timeout: float) -> httpx.Response:
        def answer(seen: Request) -> httpx.Response:
            right = self._conclude(seen)
            if not right.content:
                return make_answer(202, b'{"successes": 7, "failures"', seen)
            whole = right.content
            wrong = self._kernel.random.choice(
                (
                    b"",
                    b"<html>",
                    whole[: len(whole) // 2],
                    b"[]",
                    b'{"statuses": {}, "failures": 1}',
                )
            )
            return make_answer(right.status_code, wrong, seen)

        return self._reaching(seen, timeout, answer)

    def _cut(self, seen: Request, timeout: float) -> httpx.Response:
        def answer(seen: Request) -> httpx.Response:
            right = self._conclude(seen)
            stream = Cut(right.content)
            return httpx.Response(right.status_code, headers=right.headers, stream=stream)

        return self._reaching(seen, timeout, answer)

    def _answer_late(self, seen: Request, timeout: float) -> httpx.Response:
        self._travel(seen, self._kernel.random.uniform(0.05, 0.5) * timeout)
        self._conclude(seen)
        self._arrived(seen)
        self._effects.task.pause(0.5 * timeout)
        raise httpx.ReadTimeout("no answer in time")

    def _taken_late(self, seen: Request, timeout: float) -> httpx.Response:
        random = self._kernel.random
        seconds = random.choice((0.0, 1.0, timeout))
        self._arrive_later(seen, after=seconds)
        self._arrived(seen)
        self._effects.task.pause(seconds)
        if seconds < timeout:
            raise httpx.RemoteProtocolError("the connection was closed without an answer")
        raise httpx.ReadTimeout("no answer in time")

    def _dropped_after(self, seen: Request, timeout: float) -> httpx.Response:
        self._reaching(seen, timeout, self._conclude)
        raise httpx.ReadError("the connection was reset")

    def _gateway(self, seen: Request, timeout: float) -> httpx.Response:
        random = self._kernel.random
        status = random.choice((502, 504))
        match random.choice(("taken", "later", "never")):
            case "taken":
                self._reaching(seen, timeout, self._conclude)
            case "later":
                self._arrive_later(seen)
                self._arrived(seen)
                self._effects.task.pause(min(timeout, 2.0))
            case _:
                self._lost(seen, 2.0)
        return make_answer(status, b"<html><title>Bad Gateway</title></html>", seen)

    # What does not

    def _lost(self, seen: Request, seconds: float) -> None:
        self._effects.task.pause(seconds)
        self._arrived(seen)

    def _connection_refused(self, seen: Request, timeout: float) -> httpx.Response:
        random = self._kernel.random
        self._lost(seen, min(timeout, random.uniform(0.01, 3.0)))
        kind = random.choice((httpx.ConnectError, httpx.ConnectTimeout))
        raise kind("no connection")

    def _dropped_before(self, seen: Request, timeout: float) -> httpx.Response:
        self._lost(seen, min(timeout, 0.2))
        raise httpx.ReadError("the connection was reset")

    def _throttled(self, seen: Request, timeout: float) -> httpx.Response:
        self._lost(seen, min(timeout, 0.1))
        seconds = self._kernel.random.choice((1, 5, 20, 90, 400))
        shown = str(seconds)
        if self._kernel.random.random() < 0.3:
            shown = http_date(self._effects.now() + seconds)
            seconds -= 1  # the notation has no fractions of a second
        response = make_answer(429, b'{"message": "Too Many Requests"}', seen)
        response.headers["Retry-After"] = shown
        response.extensions["seconds"] = float(seconds)
        return response

    def _throttled_silently(self, seen: Request, timeout: float) -> httpx.Response:
        self._lost(seen, min(timeout, 0.1))
        return make_answer(429, b"", seen)

    def _failed(self, seen: Request, timeout: float, status: int) -> httpx.Response:
        self._lost(seen, min(timeout, 1.0))
        code = "PO_APPLY_INTERNAL_SERVER_ERROR"
        return json_answer(status, {"code": code, "message": "try again"}, seen)

    def _refused(self, seen: Request, timeout: float) -> httpx.Response:
        self._lost(seen, min(timeout, 0.2))
        status = self._kernel.random.choice((400, 404, 406, 415))
        return json_answer(status, {"code": "PO_APPLY_BAD_REQUEST", "message": "not so"}, seen)

    def _token_refused(self, seen: Request, timeout: float) -> httpx.Response:
        self._lost(seen, min(timeout, 0.2))
        token = seen.headers["authorization"].removeprefix("Bearer ")
        if self._faults.is_down("forbidden", self._kernel.now):
            return json_answer(403, {"message": f"no permission for {token}"}, seen)
        self._login.revoke(token)
        return json_answer(401, {"message": f"HTTP 401 Unauthorized: {token}"}, seen)

    # Steps of all of them

    def _travel(self, seen: Request, seconds: float) -> None:
        """Be on the way; killed there, the request may reach Amazon all the same."""
        try:
            self._effects.task.pause(seconds)
        except Killed:
            if self._kernel.random.random() < 0.5:
                self._arrive_later(seen)
            raise

    def _arrived(self, seen: Request) -> None:
        self._effects.end(seen.operation, seen.kill)

    def _arrive_later(self, seen: Request, *, after: float = 0.0) -> None:
        if seen.operation == "apply":
            seconds = after + self._kernel.random.uniform(0.0, LATEST_TAKE)
            who = seen.invocation.name
            self._effects.story.tell(
                self._kernel.now, who, f"request {seen.number} arrives in {seconds:.0f} s"
            )
            self._amazon.apply_later(seen.ids, request=seen.number, seconds=seconds)

    def _some(self, ids: Sequence[str] | Mapping[str, str]) -> tuple[str, ...]:
        return tuple(each for each in ids if self._kernel.random.random() < 0.5)
