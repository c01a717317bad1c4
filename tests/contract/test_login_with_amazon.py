"""Access tokens, from an emulated Login with Amazon over HTTP."""

import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest
from pydantic import SecretStr

from recommendation_applier.amazon_ads.login_with_amazon import AccessToken, LoginWithAmazon
from recommendation_applier.amazon_ads.pacing import Pacing
from recommendation_applier.domain.credentials import Credentials
from recommendation_applier.domain.errors import (
    ApplierError,
    CredentialsRefusedError,
    UnavailableError,
)
from tests.contract.invocation_at_amazon import StoredSecret, everything_said, stored_credentials
from tests.emulator import amazon as emulator
from tests.emulator.amazon import EmulatedAmazon
from tests.emulator.amazon_faults import FAULTS, answers, hangs, resets
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from types import FrameType

NEW = emulator.Credentials(client_secret="new-client-secret", refresh_token="Atzr|new")
LEEWAY_SECONDS = 120
"""How long before its end a token is renewed."""


class Partner:
    """A Login with Amazon of ours, its secret and its clock."""

    def __init__(self, amazon: EmulatedAmazon) -> None:
        self.amazon = amazon
        self.clock = FakeClock()
        self.secret = StoredSecret(stored_credentials(amazon))
        self.http = httpx.Client(trust_env=False)
        self.login = self.of(amazon.token_url)

    def of(self, token_url: str) -> LoginWithAmazon:
        """Return one that asks *token_url*."""
        return LoginWithAmazon(token_url=token_url, source=self.secret, time=self.clock.monotonic)

    def token(self, *, rejected: str | None = None, seconds: float = 100.0) -> AccessToken:
        """Ask for a token within *seconds*."""
        deadline = self.clock.now + seconds
        pacing = Pacing(deadline, self.clock.monotonic, self.clock.sleep, max)
        return self.login.access_token(self.http, pacing, rejected=rejected)

    @property
    def fetches(self) -> int:
        """How many tokens were asked of Amazon."""
        return len(self.amazon.token_requests)


@pytest.fixture
def partner() -> Iterator[Partner]:
    """A partner whose credentials are good."""
    with EmulatedAmazon() as amazon:
        made = Partner(amazon)
        yield made
        made.http.close()
        assert amazon.violations == []


def refusal(partner: Partner) -> CredentialsRefusedError:
    """Ask for a token that is not to be had."""
    with pytest.raises(CredentialsRefusedError, match="getting an access token from") as raised:
        partner.token()
    return raised.value


# The grant


def test_a_token_is_asked_for_by_form(partner: Partner) -> None:
    """The four fields of a refresh grant, and the client that the token belongs to."""
    token = partner.token()

    [request] = partner.amazon.token_requests
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.form == {
        "grant_type": "refresh_token",
        "refresh_token": partner.amazon.credentials.refresh_token,
        "client_id": partner.amazon.credentials.client_id,
        "client_secret": partner.amazon.credentials.client_secret,
    }
    assert token.value == "Atza|emulated-access-token-1"
    assert token.client_id == partner.amazon.credentials.client_id


def test_secret_characters_survive_the_form() -> None:
    """Plus, ampersand, percent and umlauts arrive as they are stored."""
    odd = emulator.Credentials(client_secret="a+b&c=d%2F é", refresh_token="Atzr|x/y+z==")
    with EmulatedAmazon(credentials=odd) as amazon:
        partner = Partner(amazon)
        partner.token()
        partner.http.close()

    assert amazon.violations == []


# Keeping


def test_a_token_is_kept_until_shortly_before_its_end(partner: Partner) -> None:
    """An hour's token serves 58 minutes, whoever asks; then a new one is fetched."""
    first = partner.token()
    partner.clock.now += 3600 - LEEWAY_SECONDS - 1
    assert partner.token() == first
    partner.clock.now += 1
    second = partner.token()

    assert second.value != first.value
    assert (partner.fetches, partner.secret.reads) == (2, 1)


@pytest.mark.parametrize(
    ("expires_in", "renewed_after"),
    [
        (3600, 3480),
        ("3600", 3480),
        (1800.0, 1680),
        (100, 50),
        (0, 3480),
        (-5, 3480),
        (10**9, 3480),
        ("soon", 3480),
        (None, 3480),
        ("nan", 3480),
        ("inf", 3480),
    ],
    ids=repr,
)
def test_the_lifetime_is_what_amazon_says_if_it_can_be(
    partner: Partner, expires_in: object, renewed_after: float
) -> None:
    """Number or string; a short life is halved; what cannot be true counts as an hour."""
    body = {"access_token": "Atza|scripted", "token_type": "bearer", "expires_in": expires_in}
    partner.amazon.script_token([answers(200, body)])

    assert partner.token().renew_at == partner.clock.now + renewed_after


def test_a_token_that_was_refused_is_never_given_again(partner: Partner) -> None:
    """After a 401 there is a new one; who comes with the same refusal later shares it."""
    first = partner.token()
    second = partner.token(rejected=first.value)
    third = partner.token(rejected=first.value)

    assert second.value != first.value
    assert third == second
    assert partner.fetches == 2


def test_however_many_threads_ask_one_fetch_is_made(partner: Partner) -> None:
    """Those who come while a fetch is under way share its result."""
    answer = threading.Event()
    partner.amazon.script_token([hangs(until=answer)])

    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(partner.token) for _ in range(8)]
        answer.set()
        tokens = {future.result().value for future in futures}

    assert tokens == {"Atza|emulated-access-token-1"}
    assert (partner.fetches, partner.secret.reads) == (1, 1)


def test_those_who_waited_share_a_failure_too() -> None:
    """A fetch that fails is not repeated at once by everybody who waited for it."""
    clock = FakeClock()
    pacing = Pacing(clock.now + 100.0, clock.monotonic, clock.sleep, max)
    secret = StoredSecret(UnavailableError("Secrets Manager does not answer"))
    secret.on_read = lambda: wait_for_threads_in("access_token", count=3)
    login = LoginWithAmazon(token_url="http://127.0.0.1:1", source=secret, time=clock.monotonic)

    with httpx.Client(trust_env=False) as http, ThreadPoolExecutor(3) as pool:
        futures = [pool.submit(login.access_token, http, pacing) for _ in range(3)]
        errors = {str(future.exception()) for future in futures}

    assert errors == {"Secrets Manager does not answer"}
    assert secret.reads == 1


def wait_for_threads_in(function: str, *, count: int) -> None:
    """Return once *count* threads are in *function*, waiting for a lock, say."""
    while sum(function in calls(frame) for frame in frames_of_all_threads()) < count:
        pass


def frames_of_all_threads() -> "list[FrameType]":
    """Return what each thread is doing now."""
    return list(sys._current_frames().values())  # noqa: SLF001 - nothing else shows a thread wait


def calls(frame: "FrameType") -> list[str]:
    """Name the functions that *frame* is in."""
    return [each.f_code.co_name for each, _ in traceback.walk_stack(frame)]


def test_a_failure_is_not_remembered_beyond_those_who_waited(partner: Partner) -> None:
    """Who asks afterwards asks anew."""
    partner.amazon.script_token([answers(503)])
    with pytest.raises(UnavailableError, match="503 without a token"):
        partner.token()

    assert partner.token().value.startswith("Atza|")


# Refusals


def test_a_revoked_refresh_token_is_refused_by_name(partner: Partner) -> None:
    """The secret is read again once; it is the same, so nothing more is asked."""
    partner.amazon.revoke_refresh_token()
    error = refusal(partner)

    assert "400 invalid_grant: The request has an invalid grant parameter" in str(error)
    assert (error.http_status, error.api_code) == (400, "invalid_grant")
    assert (partner.fetches, partner.secret.reads) == (1, 2)


def test_a_rotated_secret_is_read_again(partner: Partner) -> None:
    """A person who stores new credentials needs no new deploy."""
    first = partner.token()
    partner.amazon.rotate_credentials(NEW)
    partner.secret.value = stored_credentials(partner.amazon)
    second = partner.token(rejected=first.value)

    assert second.value != first.value
    assert [request.status for request in partner.amazon.token_requests] == [200, 401, 200]
    assert partner.secret.reads == 2


def test_a_rotated_secret_that_is_refused_too_is_not_kept(partner: Partner) -> None:
    """Both are refused: the next who asks reads the secret afresh."""
    first = partner.token()
    partner.amazon.rotate_credentials(NEW)
    partner.secret.value = stored_credentials(partner.amazon).model_copy(
        update={"refresh_token": SecretStr("Atzr|half-stored")}
    )
    with pytest.raises(CredentialsRefusedError, match="400 invalid_grant"):
        partner.token(rejected=first.value)

    partner.secret.value = stored_credentials(partner.amazon)
    assert partner.token().value == "Atza|emulated-access-token-2"
    assert [request.status for request in partner.amazon.token_requests] == [200, 401, 400, 200]


def test_a_rotated_secret_is_kept_through_an_outage(partner: Partner) -> None:
    """An outage says nothing of the secret that was just read."""
    first = partner.token()
    partner.amazon.rotate_credentials(NEW)
    partner.secret.value = stored_credentials(partner.amazon)
    invalid = FAULTS["revoked"].token[0]
    partner.amazon.script_token([invalid, answers(503)])
    with pytest.raises(UnavailableError, match="503 without a token"):
        partner.token(rejected=first.value)
    partner.token()

    assert partner.secret.reads == 2


@pytest.mark.parametrize("code", ["invalid_client", "unauthorized_client"])
def test_a_client_that_is_refused_may_have_been_rotated(partner: Partner, code: str) -> None:
    """The secret is read again for these too."""
    partner.amazon.script_token([answers(401, {"error": code, "error_description": "No."})])
    error = refusal(partner)

    assert f"401 {code}: No.; store a refresh token of this client in the secret" in str(error)
    assert partner.secret.reads == 2


@pytest.mark.parametrize("code", ["invalid_request", "unsupported_grant_type", "invalid_scope"])
def test_other_refusals_are_final(partner: Partner, code: str) -> None:
    """What a newer secret would not mend is refused at once."""
    partner.amazon.script_token([answers(400, {"error": code})])
    error = refusal(partner)

    assert f"400 {code}: no description" in str(error)
    assert (partner.fetches, partner.secret.reads) == (1, 1)


@pytest.mark.parametrize(
    "error", [CredentialsRefusedError("the secret is empty"), UnavailableError("throttled")]
)
def test_what_keeps_the_secret_from_being_read_is_passed_on(
    partner: Partner, error: ApplierError
) -> None:
    """Without credentials nothing is asked of Amazon."""
    partner.secret.value = error
    with pytest.raises(type(error), match=str(error)):
        partner.token()

    assert partner.fetches == 0


# Outages


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"error": "ServerError", "error_description": "Odd."}),
        (503, b""),
        (429, {"error": "invalid_grant"}),
        (400, "<html><title>400 Bad Request</title></html>"),
        (400, {"error": ["invalid_grant"]}),
        (200, {"token_type": "bearer"}),
        (200, {"access_token": ""}),
        (200, {"access_token": 7}),
        (200, []),
        (200, b"Atza|not-json"),
        (302, b""),
    ],
    ids=str,
)
def test_an_answer_without_a_token_may_be_another_later(
    partner: Partner, status: int, body: object
) -> None:
    """Failures, throttles, pages of a proxy and answers that make no sense: wait."""
    partner.amazon.script_token([answers(status, body)])

    with pytest.raises(UnavailableError, match=f"failed: {status} without a token") as raised:
        partner.token()
    assert raised.value.http_status == status
    assert partner.token().value


def test_a_dropped_connection_may_be_another_later(partner: Partner) -> None:
    """A connection that is reset says nothing of the credentials."""
    partner.amazon.script_token([resets()])

    with pytest.raises(UnavailableError, match="auth/o2/token failed: ReadError"):
        partner.token()
    assert partner.token().value


def test_amazon_cannot_be_reached(partner: Partner) -> None:
    """Nobody listens at the address."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/auth/o2/token"
        partner.login = partner.of(url)

        with pytest.raises(UnavailableError, match=f"{url} failed: ConnectError"):
            partner.token()


def test_a_fetch_takes_no_longer_than_the_invocation(partner: Partner) -> None:
    """A Login with Amazon that hangs is given up when time is up."""
    partner.amazon.script_token([hangs()])

    with pytest.raises(UnavailableError, match="failed: ReadTimeout"):
        partner.token(seconds=0.2)


# Secrecy


def secrets_of(credentials: Credentials) -> list[str]:
    """Return what may be read nowhere, as it is and as a form writes it."""
    values = [credentials.client_secret, credentials.refresh_token]
    plain = [value.get_secret_value() for value in values]
    return plain + [quote(value, safe="") for value in plain]


@pytest.mark.parametrize(
    "echo",
    [
        lambda values: {"error": "invalid_request", "error_description": " ".join(values)},
        lambda values: {"error": "invalid_grant", "error_description": ", ".join(values)},
        lambda values: {"error": values[0], "error_description": "odd"},
        lambda values: {"error": values[1], "error_description": "odd"},
    ],
    ids=["described", "described when rotated", "secret as code", "token as code"],
)
def test_what_amazon_echoes_of_a_secret_is_read_nowhere(
    partner: Partner, echo: Callable[[list[str]], object]
) -> None:
    """An error that quotes our own form back at us shows none of its secrets."""
    credentials = stored_credentials(partner.amazon)
    partner.amazon.script_token([answers(400, echo(secrets_of(credentials)))])
    said = everything_said([refusal(partner)])

    assert [value for value in secrets_of(credentials) if value in said] == []


def test_tokens_and_secrets_are_in_no_repr(partner: Partner) -> None:
    """Whatever is printed, the values are not."""
    token = partner.token()
    said = repr([token, partner.login, partner.secret])

    assert token.value not in said
    assert not [value for value in secrets_of(stored_credentials(partner.amazon)) if value in said]


def test_a_forgotten_token_is_made_anew_from_the_secret_as_it_is(partner: Partner) -> None:
    """An API that refuses the token may like the one of a secret that was stored meanwhile."""
    refused = partner.token()
    partner.amazon.rotate_credentials(NEW)
    partner.secret.value = stored_credentials(partner.amazon)

    partner.login.forget(refused)

    assert partner.token().value != refused.value
    assert partner.secret.reads == 2


def test_forgetting_a_token_that_is_gone_changes_nothing(partner: Partner) -> None:
    """Another thread has renewed it already."""
    old = partner.token()
    new = partner.token(rejected=old.value)

    partner.login.forget(old)

    assert partner.token() is new
