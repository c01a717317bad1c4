"""Login with Amazon and the secret with its credentials, as they change over time."""

import json
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

import httpx
from botocore.exceptions import ClientError, EndpointConnectionError

from tests.simulation.effects import Effects

LIFETIME: Final = 3600.0


@dataclass(slots=True)
class Login:
    """Gives out access tokens, and is the client of Secrets Manager as well.

    Both are asked by code that holds a lock, so that neither ends the turn.
    """

    effects: Effects
    version: int = 1
    """Of the secret that is good: a person stores a new one when they were revoked."""
    tokens: dict[str, float] = field(default_factory=dict)
    """When each access token ends that is good."""
    issued: set[str] = field(default_factory=set)

    @property
    def secrets(self) -> set[str]:
        """Everything that nobody may ever read."""
        refresh = {f"Atzr|refresh.{each}" for each in range(self.version + 1)}
        return {"client-secret-1", *refresh, *self.issued}

    def is_good(self, token: str) -> bool:
        """Tell whether the API lets *token* in."""
        return self.effects.kernel.now < self.tokens.get(token, 0.0)

    def revoke(self, token: str) -> None:
        """Let *token* be good no more."""
        self.tokens.pop(token, None)

    def revoke_everything(self) -> None:
        """Let no token and no secret be good any more, until a person stores another."""
        self.tokens.clear()
        self.version += 1

    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        """Answer as Secrets Manager does; what a person stores comes when the outage is over."""
        now, random = self.effects.kernel.now, self.effects.kernel.random

        def read() -> dict[str, Any]:
            if self.effects.faults.is_down("secret", now):
                self._fault("secret denied")
                raise _client_error("AccessDeniedException")
            if random.random() < self.effects.faults.chance("secret not read", now):
                self._fault("secret not read")
                if random.random() < 0.5:
                    raise EndpointConnectionError(endpoint_url="https://secrets.simulated")
                raise _client_error("InternalServiceError")
            version = self.version - self.effects.faults.is_down("credentials", now)
            secret = {
                "client_id": "client-1",
                "client_secret": "client-secret-1",
                "refresh_token": f"Atzr|refresh.{version}",
            }
            return {"ARN": SecretId, "SecretString": json.dumps(secret)}

        return self.effects.do_holding("secret", read, seconds=random.uniform(0.005, 0.1))

    def answer(self, form: str, *, timeout: float) -> httpx.Response:
        """Answer a request for an access token."""
        random = self.effects.kernel.random
        seconds = random.uniform(0.05, 0.5)
        return self.effects.do_holding(
            "login", lambda: self._grant(form, timeout), seconds=min(seconds, timeout)
        )

    def _grant(self, form: str, timeout: float) -> httpx.Response:
        faults, now, random = self.effects.faults, self.effects.now(), self.effects.kernel.random
        if faults.is_down("login", now) or random.random() < faults.chance("login fails", now):
            self._fault("login fails")
            match random.choice(("503", "429", "timeout", "garbage")):
                case "timeout":
                    self.effects.task.lag += timeout
                    raise httpx.ReadTimeout(f"no answer to {form}")
                case "garbage":
                    return httpx.Response(200, content=b"<html>")
                case status:
                    return httpx.Response(int(status), json={"error": "server_error"})
        refresh_token = parse_qs(form)["refresh_token"][0]
        if refresh_token != f"Atzr|refresh.{self.version}":
            self._fault("login refuses")
            description = f"{refresh_token} is not valid"
            answer = {"error": "invalid_grant", "error_description": description}
            return httpx.Response(400, json=answer)
        token = f"Atza|token.{len(self.issued)}"
        self.issued.add(token)
        self.tokens[token] = now + LIFETIME
        return httpx.Response(
            200, json={"access_token": token, "token_type": "bearer", "expires_in": 3600}
        )

    def _fault(self, kind: str) -> None:
        self.effects.story.fault(self.effects.kernel.now, self.effects.invocation.name, kind)


def _client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "simulated"}}, "Simulated")
