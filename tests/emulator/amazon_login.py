"""The emulated Login with Amazon: a strict refresh-token grant and the tokens it gave out."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import parse_qsl

import httpx

from tests.emulator.amazon_faults import Answer, json_answer

FORM: Final = "application/x-www-form-urlencoded"
_FIELDS: Final = ("grant_type", "refresh_token", "client_id", "client_secret")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the secret of a deployment holds. These are made up and open nothing."""

    client_id: str = "amzn1.application-oa2-client.emulated"
    client_secret: str = "emulated-client-secret"
    refresh_token: str = "Atzr|emulated-refresh-token"


class Verdict(Enum):
    """What an Authorization header is worth."""

    LIVE = "a token that was issued and still holds"
    DEAD = "a token that was issued and holds no more"
    STRANGE = "no Bearer token of ours"


class LoginWithAmazon:
    """Issues access tokens and judges them. Not thread-safe: its owner holds a lock."""

    def __init__(
        self,
        *,
        credentials: Credentials,
        expires_in: int | str,
        clock: Callable[[], float],
        rejected_tokens: int,
    ) -> None:
        self.credentials = credentials
        self.revoked = False
        self.expires_in = expires_in
        self._clock = clock
        self._tokens_to_reject = rejected_tokens
        self._expiries: dict[str, float] = {}
        self._presented: set[str] = set()

    def grant(
        self, target: str, headers: httpx.Headers, raw: bytes
    ) -> tuple[Answer, str | None, dict[str, str]]:
        """Answer a token request.

        The second value says how it broke the contract, if it did; the third is the form.
        """
        media_type = headers.get("content-type", "").split(";")[0].strip().lower()
        pairs = parse_qsl(raw.decode(errors="replace"), keep_blank_values=True)
        form = dict(pairs)
        if media_type != FORM or "?" in target or len(form) != len(pairs) or set(form) - {*_FIELDS}:
            # No names of fields: in what is no form, secrets may stand in their place.
            what = f"{media_type or 'no media type'}, {len(pairs)} fields"
            return _refusal("invalid_request", "Malformed request"), what, form
        for name in _FIELDS:
            if not form.get(name):
                text = f"The request is missing a required parameter : {name}"
                return _refusal("invalid_request", text), f"no {name}", form
        if form["grant_type"] != "refresh_token":
            text = "The authorization grant type is not supported by the authorization server"
            return _refusal("unsupported_grant_type", text), "another grant_type", form
        return self._judge_credentials(form), None, form

    def verdict(self, authorization: str | None) -> Verdict:
        """Say what *authorization*, a header's value, is worth now."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme != "Bearer" or token not in self._expiries:
            return Verdict.STRANGE
        if token not in self._presented:
            self._presented.add(token)
            if self._tokens_to_reject > 0:
                self._tokens_to_reject -= 1
                self._expiries[token] = float("-inf")
        return Verdict.LIVE if self._clock() < self._expiries[token] else Verdict.DEAD

    def expire_tokens(self) -> None:
        """Let every token that was given out so far be refused from now on."""
        self._expiries = dict.fromkeys(self._expiries, float("-inf"))

    def reject_next_tokens(self, count: int) -> None:
        """Refuse the next *count* tokens when they are first presented, and ever after."""
        self._tokens_to_reject = count

    def _judge_credentials(self, form: dict[str, str]) -> Answer:
        known = self.credentials
        if (form["client_id"], form["client_secret"]) != (known.client_id, known.client_secret):
            return _refusal("invalid_client", "Client authentication failed", status=401)
        if self.revoked or form["refresh_token"] != known.refresh_token:
            text = (
                "The request has an invalid grant parameter : refresh_token. "
                "User may have revoked or didn't grant the permission."
            )
            return _refusal("invalid_grant", text)
        token = f"Atza|emulated-access-token-{len(self._expiries) + 1}"
        self._expiries[token] = self._clock() + int(self.expires_in)
        body = {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": self.expires_in,
            "refresh_token": form["refresh_token"],  # the very one that came: no rotation
        }
        return json_answer(200, body)


def _refusal(error: str, description: str, *, status: int = 400) -> Answer:
    return json_answer(status, {"error": error, "error_description": description})
