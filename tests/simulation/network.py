"""The way to Amazon and back: an httpx transport on which anything can happen to a request."""

import json
from collections.abc import Callable
from typing import Final

import httpx

from tests.simulation.amazon import Amazon
from tests.simulation.answers import Request
from tests.simulation.effects import Effects
from tests.simulation.login import Login
from tests.simulation.ways import Ways

API: Final = "https://api.simulated"
LOGIN: Final = "https://login.simulated/token"


class Network(httpx.BaseTransport):
    """Carries requests to the simulated Amazon, and its answers back."""

    def __init__(
        self,
        effects: Effects,
        amazon: Amazon,
        login: Login,
        *,
        on_request: Callable[[Request], None],
        on_answer: Callable[[Request, int, float | None], None],
        on_end: Callable[[Request], None],
    ) -> None:
        """*on_request* sees each request when it is made, *on_answer* what its client learns.

        The latter is told the status, and the seconds of Retry-After where they are given.
        *on_end* sees each request when its client waits no more, for whatever reason.
        """
        self._effects = effects
        self._kernel = effects.kernel
        self._login = login
        self._on_request = on_request
        self._on_answer = on_answer
        self._on_end = on_end
        self._count = 0
        self._ways = Ways(effects, amazon, login)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Do what httpx asks for."""
        content = request.read()
        timeout = float(request.extensions["timeout"]["read"])
        if str(request.url) == LOGIN:
            return self._login.answer(content.decode(), timeout=timeout)
        path = request.url.raw_path.decode()
        _, _, opportunity, operation = path.split("/")
        body = json.loads(content)
        ids = tuple(body.pop("recommendationIds"))
        kill = self._effects.begin(operation)
        self._count += 1
        seen = Request(
            number=self._count,
            operation=operation,
            invocation=self._effects.invocation,
            made_at=self._effects.now(),
            opportunity=opportunity,
            headers=request.headers,
            content=content,
            ids=ids,
            account=json.dumps(body, sort_keys=True),
            kill=kill,
        )
        self._on_request(seen)
        way = self._ways.draw(seen)
        story, who, what = self._effects.story, seen.invocation.name, f"{operation} {seen.number}"
        if way is None:
            story.tell(self._kernel.now, who, "request", what, *ids)
        else:
            story.fault(self._kernel.now, who, way, what, *ids)
        try:
            response = self._ways.go(way, seen, timeout)
        finally:
            self._on_end(seen)
        retry_after = response.extensions.get("seconds")
        self._on_answer(seen, response.status_code, retry_after)
        story.tell(self._kernel.now, who, f"answer {response.status_code}", what)
        return response
