"""Apply requests as Amazon meets them, and what its answers mean, over HTTP."""

import socket
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.amazon_ads.bodies import MAX_BYTES
from recommendation_applier.domain.errors import (
    AnswerLostError,
    ApplierError,
    CredentialsRefusedError,
    RefusedError,
    UnavailableError,
    WaitError,
)
from recommendation_applier.domain.outcome import Failure
from recommendation_applier.domain.reasons import AcceptedReason
from tests.builders import advertiser, batch
from tests.contract.invocation_at_amazon import (
    Invocation,
    begin,
    everything_said,
    stored_credentials,
)
from tests.emulator.amazon import Account, EmulatedAmazon
from tests.emulator.amazon_faults import (
    Step,
    answers,
    drops_after_taking,
    drops_before_taking,
    html_answer,
    resets,
)

MEDIA_TYPE = "application/vnd.partneropportunity.v1+json"
ACCEPTED = AcceptedReason.ACCEPTED


def partial(
    *,
    successes: Sequence[str] = (),
    failures: Sequence[tuple[str, str]] = (),
    code: str = "PO_APPLY_UNPROCESSABLE_ERROR",
) -> dict[str, object]:
    """Write an ApplyError; *failures* are pairs of id and code."""
    return {
        "code": code,
        "message": "Some failed.",
        "successes": [{"recommendationId": one} for one in successes],
        "failures": [
            {"recommendationId": one, "code": its, "message": "No."} for one, its in failures
        ],
    }


# The request


def test_a_request_is_exactly_the_documented_one(
    amazon: EmulatedAmazon, invocation: Invocation
) -> None:
    """Path, media types, two headers of Amazon's, no profile, and the five attributes."""
    invocation.apply_one(batch("rec-1", "rec-2", opportunity="PO-1"))

    [request] = amazon.apply_requests
    assert (request.method, request.target) == ("POST", "/partnerOpportunities/PO-1/apply")
    named = {
        name: value
        for name, value in request.headers.items()
        if name.startswith("amazon-") or name in ("accept", "content-type", "authorization")
    }
    assert named == {
        "accept": MEDIA_TYPE,
        "content-type": MEDIA_TYPE,
        "amazon-advertising-api-clientid": amazon.credentials.client_id,
        "amazon-advertising-api-manager-account": amazon.manager_account,
        "authorization": "Bearer Atza|emulated-access-token-1",
    }
    assert request.body == {
        "advertiserType": "SELLER",
        "encryptedAdvertiserId": "A0000000000001",
        "entityId": "ENTITY0000000000001",
        "marketplace": "US",
        "recommendationIds": ["rec-1", "rec-2"],
    }


@pytest.mark.parametrize(
    ("opportunity", "segment"),
    [
        ("a/b", "a%2Fb"),
        ("a?b=c&d", "a%3Fb%3Dc%26d"),
        ("a#b", "a%23b"),
        ("a b", "a%20b"),
        ("a+b", "a%2Bb"),
        ("50%", "50%25"),
        ("a%2Fb", "a%252Fb"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("../x", "..%2Fx"),
        ("é☕", "%C3%A9%E2%98%95"),
    ],
)
def test_any_opportunity_id_arrives_as_it_is(
    amazon: EmulatedAmazon, invocation: Invocation, opportunity: str, segment: str
) -> None:
    """Percent-encoded on the wire, in apply and in applicationStatus, and the same id there."""
    asked = batch(opportunity=opportunity)
    invocation.apply_one(asked)
    list(invocation.client.application_status([asked]))

    [applied], [status] = amazon.apply_requests, amazon.status_requests
    assert applied.target == f"/partnerOpportunities/{segment}/apply"
    assert status.target == f"/partnerOpportunities/{segment}/applicationStatus"
    assert amazon.accepted_under == {"rec-1": opportunity}


def test_each_account_gets_its_own(amazon: EmulatedAmazon, invocation: Invocation) -> None:
    """Ids arrive under the account of their batch, and of ids no letter is changed."""
    odd = 'é "☕" \\ /?%'
    invocation.apply(batch("rec-1", account=1), batch(odd, account=2))

    owners = {account.encrypted_advertiser_id: one for one, account in amazon.accepted.items()}
    assert owners == {"A0000000000001": "rec-1", "A0000000000002": odd}
    assert amazon.accepted["rec-1"] == Account("SELLER", *account_of(1))


def account_of(number: int) -> tuple[str, str, str]:
    """Name the account of that number as a request does."""
    owner = advertiser(number)
    return owner.encrypted_advertiser_id, owner.entity_id, owner.marketplace


def test_no_batches_make_no_request(amazon: EmulatedAmazon, invocation: Invocation) -> None:
    """Nothing to send: not even a token is fetched."""
    assert invocation.apply() == {}
    assert list(invocation.client.application_status([])) == []
    assert amazon.token_requests == []


# Taken


@pytest.mark.parametrize("status", [200, 202, 204, 207])
@pytest.mark.parametrize("body", [b"", b"OK", b"{}"], ids=["empty", "text", "object"])
def test_every_2xx_accepts_all(
    amazon: EmulatedAmazon, invocation: Invocation, status: int, body: bytes
) -> None:
    """Whatever its body, an answer of that class accepts what it does not speak of."""
    sent = b"" if status == 204 else body
    amazon.script_apply([answers(status, sent, headers={"x-amz-rid": "id"}, takes="all")])
    result = invocation.apply_one(batch("rec-1", "rec-2"))

    assert result.accepted == {"rec-1": ACCEPTED, "rec-2": ACCEPTED}
    assert (result.attempts, result.throttled, result.http_status) == (1, 0, status)
    assert result.request_ids[0] == "id"


def test_a_2xx_that_names_failures_is_believed(
    amazon: EmulatedAmazon, invocation: Invocation
) -> None:
    """Of three ids one failed and one was done before; the third is accepted."""
    body = partial(failures=[("rec-1", "ODD"), ("rec-2", "PO_APPLY_IN_TERMINAL_STATUS")])
    amazon.script_apply([answers(207, body)])
    result = invocation.apply_one(batch("rec-1", "rec-2", "rec-3"))

    assert result.failures == (Failure("rec-1", "ODD", "No."),)
    assert result.accepted == {
        "rec-2": AcceptedReason.IN_TERMINAL_STATUS,
        "rec-3": ACCEPTED,
    }


def test_all_request_ids_of_an_answer_are_kept(
    amazon: EmulatedAmazon, invocation: Invocation
) -> None:
    """In whichever of the three spellings they come."""
    for number in range(3):
        invocation.apply_one(batch(f"rec-{number}"))
        result = invocation.apply_one(batch(f"rec-{number}"))
        sent = amazon.apply_requests[-1].request_ids.values()
        assert set(result.request_ids) == set(sent)


# Taken in part


def test_a_422_is_split_id_by_id(amazon: EmulatedAmazon, invocation: Invocation) -> None:
    """Successes, done before, in a terminal status, unprocessable: each id has its own answer."""
    amazon.set_status("SUCCESS", ["applied"])
    amazon.set_status("REJECTED", ["rejected"])
    amazon.make_unprocessable(["odd"])
    result = invocation.apply_one(batch("good", "applied", "odd", "rejected"))

    assert result.accepted == {
        "good": ACCEPTED,
        "applied": AcceptedReason.ALREADY_APPLIED,
        "rejected": AcceptedReason.IN_TERMINAL_STATUS,
    }
    [failure] = result.failures
    assert (failure.recommendation_id, failure.code) == ("odd", "PO_APPLY_UNPROCESSABLE_ERROR")
    assert (result.attempts, result.http_status, result.error) == (1, 422, None)


def test_of_an_id_that_a_422_does_not_name_nothing_is_assumed(
    amazon: EmulatedAmazon, invocation: Invocation
) -> None:
    """It may have been taken: it is asked about, not sent again; other people's ids are ignored."""
    body = partial(successes=["rec-1", "strange"], failures=[("rec-2", "ODD"), ("alien", "ODD")])
    amazon.script_apply([answers(422, body)])
    result = invocation.apply_one(batch("rec-1", "rec-2", "rec-3"))

    assert result.accepted == {"rec-1": ACCEPTED}
    assert [failure.recommendation_id for failure in result.failures] == ["rec-2"]
    assert result.unanswered == ("rec-3",)
    assert isinstance(result.error, AnswerLostError)
    assert len(amazon.apply_requests) == 1


def test_a_422_that_contradicts_itself_is_not_believed(
    amazon: EmulatedAmazon, invocation: Invocation
) -> None:
    """An id among both successes and failures is one to ask about."""
    amazon.script_apply([answers(422, partial(successes=["rec-1"], failures=[("rec-1", "ODD")]))])
    result = invocation.apply_one(batch("rec-1"))

    assert result.unanswered == ("rec-1",)
    assert isinstance(result.error, AnswerLostError)


@pytest.mark.parametrize("body", [b"", b"[]", partial(), "<p>422</p>"], ids=str)
def test_a_422_without_ids_leaves_all_in_doubt(
    amazon: EmulatedAmazon, invocation: Invocation, body: object
) -> None:
    """Some may have been applied, and nobody knows which: it is not repeated."""
    amazon.script_apply([answers(422, body)])
    result = invocation.apply_one(batch("rec-1", "rec-2"))

    assert result.unanswered == ("rec-1", "rec-2")
    assert isinstance(result.error, AnswerLostError)
    assert (len(amazon.apply_requests), result.http_status) == (1, 422)


def test_a_500_that_names_ids_is_split_too(amazon: EmulatedAmazon, invocation: Invocation) -> None:
    """The server's own failure is no verdict: such an id, like one not named, is asked about."""
    failures = [
        ("rec-2", "PO_APPLY_INTERNAL_SERVER_ERROR"),
        ("rec-3", "PO_APPLY_UNPROCESSABLE_ERROR"),
        ("rec-4", "PO_APPLY_ALREADY_APPLIED"),
    ]
    body = partial(successes=["rec-1"], failures=failures, code="PO_APPLY_INTERNAL_SERVER_ERROR")
    amazon.script_apply([answers(500, body)])
    result = invocation.apply_one(batch("rec-1", "rec-2", "rec-3", "rec-4", "rec-5"))

    assert result.accepted == {"rec-1": ACCEPTED, "rec-4": AcceptedReason.ALREADY_APPLIED}
    assert [failure.recommendation_id for failure in result.failures] == ["rec-3"]
    assert set(result.unanswered) == {"rec-2", "rec-5"}
    assert isinstance(result.error, AnswerLostError)
    assert result.error.api_code == "PO_APPLY_INTERNAL_SERVER_ERROR"
    assert len(amazon.apply_requests) == 1


def test_a_400_that_names_ids_is_believed_of_those(
    amazon: EmulatedAmazon, invocation: Invocation
) -> None:
    """Each named id has its own answer; the rest of the request is refused."""
    failures = [("rec-1", "PO_APPLY_BAD_REQUEST"), ("rec-2", "PO_APPLY_ALREADY_APPLIED")]
    amazon.script_apply([answers(400, partial(failures=failures))])
    result = invocation.apply_one(batch("rec-1", "rec-2", "rec-3"))

    assert [failure.recommendation_id for failure in result.failures] == ["rec-1"]
    assert result.accepted == {"rec-2": AcceptedReason.ALREADY_APPLIED}
    assert (result.unanswered, type(result.error)) == (("rec-3",), RefusedError)


_IDS = ("rec-1", "rec-2", "rec-3")
_CODES = (
    "PO_APPLY_ALREADY_APPLIED",
    "PO_APPLY_IN_TERMINAL_STATUS",
    "PO_APPLY_INTERNAL_SERVER_ERROR",
    "PO_APPLY_UNPROCESSABLE_ERROR",
    "tomorrow's",
)
_NAMES = st.sampled_from((*_IDS, "alien"))


def test_every_answer_accounts_for_each_id_exactly_once(http: httpx.Client) -> None:
    """Whatever an answer names, twice or contrary, no id is lost and none has two ends."""
    with EmulatedAmazon() as amazon:

        @given(
            status=st.sampled_from([200, 202, 400, 401, 403, 404, 409, 418, 422, 429, 500, 503]),
            successes=st.lists(_NAMES, max_size=4),
            failures=st.lists(st.tuples(_NAMES, st.sampled_from(_CODES)), max_size=4),
        )
        def holds(status: int, successes: list[str], failures: list[tuple[str, str]]) -> None:
            body = partial(successes=successes, failures=failures)
            # Four times, so that what is repeated meets the same; others take what is left.
            amazon.script_apply([answers(status, body)] * 4)
            result = begin(amazon, http).apply_one(batch(*_IDS))
            for number in range(4 - result.attempts):
                begin(amazon, http).apply_one(batch(f"other-{number}"))

            done = {name for name, code in failures if code in _CODES[:2]}
            sure = {name for name in successes if name not in dict(failures)} | done
            if status in (422, 500):
                assert set(result.accepted) == sure & set(_IDS)

        holds()


# Refused


@pytest.mark.parametrize("status", [307, 400, 404, 406, 409, 415])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        {"code": "PO_APPLY_BAD_REQUEST", "message": "No.", "successes": [], "failures": []},
        {"code": "400", "details": "No."},
        "<html><title>No.</title></html>",
    ],
    ids=["empty", "ApplyError", "universal", "HTML"],
)
def test_a_refused_request_is_not_repeated(
    amazon: EmulatedAmazon, invocation: Invocation, status: int, body: object
) -> None:
    """The same request would be refused again; the error says all that Amazon said."""
    headers = {"x-amz-rid": "the-id", "Location": f"{amazon.url}/elsewhere"}
    amazon.script_apply([answers(status, body, headers=headers)])
    result = invocation.apply_one(batch("rec-1", "rec-2"))

    assert result.unanswered == ("rec-1", "rec-2")
    assert isinstance(result.error, RefusedError)
    assert (result.error.http_status, result.error.request_id) == (status, "the-id")
    assert result.error.api_code == (body.get("code") if isinstance(body, dict) else None)
    said = "with an empty body" if body == b"" else "No."
    assert str(status) in str(result.error)
    assert said in str(result.error)
    assert (result.attempts, len(amazon.apply_requests)) == (1, 1)


def test_a_refusal_names_what_was_tried_on_whom(
    amazon: EmulatedAmazon, invocation: Invocation
) -> None:
    """What we tried, on what, why, what to quote to support."""
    amazon.script_apply([answers(404, {"details": "None."}, headers={"x-amz-rid": "id"})])
    result = invocation.apply_one(batch("rec-1", opportunity="PO-1"))

    assert str(result.error).startswith(
        "apply of 1 recommendation of A0000000000001 (ENTITY0000000000001, US) under PO-1 failed: "
        "404: None. (request id id"
    )


def test_one_accounts_refusal_is_no_others(amazon: EmulatedAmazon, invocation: Invocation) -> None:
    """The batches after a refused one are sent."""
    amazon.script_apply([answers(400)] * 12)
    results = invocation.apply(*(batch(f"rec-{number}", account=number) for number in range(14)))

    assert [type(result.error) for result in results.values()].count(RefusedError) == 12
    assert sorted(amazon.accepted) == ["rec-12", "rec-13"]


# Credentials


def test_a_401_costs_one_new_token_and_one_repeat(
    amazon: EmulatedAmazon, invocation: Invocation
) -> None:
    """A token that ended early is replaced, and nobody notices."""
    amazon.reject_next_access_tokens(1)
    result = invocation.apply_one(batch("rec-1"))

    assert result.accepted == {"rec-1": ACCEPTED}
    assert [request.status for request in amazon.apply_requests] == [401, 202]
    assert (len(amazon.token_requests), result.attempts) == (2, 2)


def test_a_401_after_a_new_token_is_a_refusal(
    amazon: EmulatedAmazon, invocation: Invocation
) -> None:
    """It is the login that is refused, not the token: nothing more is sent."""
    amazon.reject_next_access_tokens(9)
    results = invocation.apply(*(batch(f"rec-{number}", account=number) for number in range(3)))

    assert {type(result.error) for result in results.values()} == {CredentialsRefusedError}
    assert [request.status for request in amazon.apply_requests] == [401, 401]
    assert len(amazon.token_requests) == 2
    assert sorted(result.attempts for result in results.values()) == [0, 0, 2]


def test_a_403_sends_nobody_else_into_it(amazon: EmulatedAmazon, invocation: Invocation) -> None:
    """The error says what to look at; the rest of the invocation makes no request."""
    body = {"code": "NOT_AUTHORIZED", "details": "Not allowed."}
    amazon.script_apply([answers(403, body, headers={"x-amz-rid": "the-id"})])
    results = invocation.apply(*(batch(f"rec-{number}", account=number) for number in range(3)))

    assert len(amazon.apply_requests) == 1
    [refused] = [result for result in results.values() if result.attempts]
    assert isinstance(refused.error, CredentialsRefusedError)
    assert "Admin or Custom-Editor permission in the Partner Network account" in str(refused.error)
    assert (refused.error.http_status, refused.error.api_code) == (403, "NOT_AUTHORIZED")
    assert refused.request_ids[0] == "the-id"


def test_what_refused_credentials_kept_from_being_sent_says_so(
    amazon: EmulatedAmazon, invocation: Invocation
) -> None:
    """A batch without a request does not carry the answer to another account's."""
    amazon.script_apply([answers(403, headers={"x-amz-rid": "the-firsts"})])
    results = invocation.apply(batch("rec-1", account=1), batch("rec-2", account=2))

    [not_sent] = [result for result in results.values() if result.attempts == 0]
    assert "no request was made" in str(not_sent.error)
    assert not_sent.request_ids == ()


def test_a_revoked_refresh_token_sends_nothing(
    amazon: EmulatedAmazon, invocation: Invocation
) -> None:
    """One attempt at a token, then every batch says who refused."""
    amazon.revoke_refresh_token()
    results = invocation.apply(*(batch(f"rec-{number}", account=number) for number in range(3)))

    assert {type(result.error) for result in results.values()} == {CredentialsRefusedError}
    assert all("invalid_grant" in str(result.error) for result in results.values())
    assert (len(amazon.token_requests), amazon.apply_requests) == (1, [])


def test_a_login_that_comes_back_is_waited_for(
    amazon: EmulatedAmazon, invocation: Invocation
) -> None:
    """An outage of Login with Amazon is an outage like any other."""
    amazon.script_token([answers(503), answers(500)])
    result = invocation.apply_one(batch("rec-1"))

    assert (result.accepted, result.attempts) == ({"rec-1": ACCEPTED}, 1)
    assert invocation.clock.slept == [1.0, 2.0]


# Failures of the service


@pytest.mark.parametrize(
    "step",
    [
        answers(500),
        answers(500, partial(code="PO_APPLY_INTERNAL_SERVER_ERROR")),
        Step(answer=html_answer(500, "500 Internal Server Error")),
        answers(503),
        answers(503, {"message": "Service Unavailable"}),
    ],
    ids=["500", "500 without ids", "500 HTML", "503", "503 JSON"],
)
def test_what_the_service_says_it_did_not_do_is_repeated(
    amazon: EmulatedAmazon, invocation: Invocation, step: Step
) -> None:
    """Three failures and an answer, with a doubling backoff between them."""
    amazon.script_apply([step] * 3)
    result = invocation.apply_one(batch("rec-1"))

    assert (result.accepted, result.attempts) == ({"rec-1": ACCEPTED}, 4)
    assert invocation.clock.slept == [1.0, 2.0, 4.0]


def test_four_tries_are_enough(amazon: EmulatedAmazon, invocation: Invocation) -> None:
    """Beyond them SQS brings the deliveries back, later."""
    amazon.script_apply([answers(503)] * 5)
    result = invocation.apply_one(batch("rec-1"))

    assert isinstance(result.error, UnavailableError)
    assert (result.unanswered, result.attempts, result.http_status) == (("rec-1",), 4, 503)
    assert len(amazon.apply_requests) == 4


def test_in_a_trial_nothing_is_repeated(amazon: EmulatedAmazon, invocation: Invocation) -> None:
    """One request says whether the API answers, whichever operation it is of."""
    amazon.script_apply([answers(503)])
    amazon.script_status([answers(503)])
    [applied] = invocation.client.apply([batch("rec-1")], is_trial=True)
    [asked] = invocation.client.application_status([batch("rec-1")], is_trial=True)

    assert isinstance(applied.error, UnavailableError)
    assert isinstance(asked.error, UnavailableError)
    assert (len(amazon.apply_requests), len(amazon.status_requests)) == (1, 1)


@pytest.mark.parametrize(
    "step",
    [
        answers(502, {"message": "Internal server error"}, takes="all"),
        answers(504, "<title>504 Gateway Time-out</title>", takes="all"),
        answers(408, takes="all"),
        answers(520, b"\xff", takes="all"),
        drops_after_taking(),
        drops_before_taking(),
        resets(),
        answers(400, b"x" * (MAX_BYTES + 1), takes="all"),
        answers(202, b"x" * (MAX_BYTES + 1), takes="all"),
        answers(202, b"no gzip", headers={"Content-Encoding": "gzip"}, takes="all"),
    ],
    ids=[
        "502",
        "504",
        "408",
        "520",
        "dropped after taking",
        "dropped before taking",
        "reset",
        "huge refusal",
        "huge acceptance",
        "broken encoding",
    ],
)
def test_a_lost_answer_is_never_repeated_in_the_same_call(
    amazon: EmulatedAmazon, invocation: Invocation, step: Step
) -> None:
    """Amazon may have taken the ids; the next batch is sent all the same."""
    amazon.script_apply([step])
    results = invocation.apply(batch("rec-1", account=1), batch("rec-2", account=2))

    [lost] = [result for result in results.values() if result.error]
    assert isinstance(lost.error, AnswerLostError)
    assert (lost.attempts, len(amazon.apply_requests)) == (1, 2)
    assert amazon.accepted_twice == []
    assert invocation.clock.slept == []


def test_an_answer_of_exactly_the_most_bytes_is_read(
    amazon: EmulatedAmazon, invocation: Invocation
) -> None:
    """The limit itself is within the limit."""
    body = b'{"message": "%s"}' % (b"x" * (MAX_BYTES - len('{"message": ""}')))
    amazon.script_apply([answers(400, body)])

    assert isinstance(invocation.apply_one(batch("rec-1")).error, RefusedError)


def test_an_api_that_cannot_be_reached_took_nothing(
    amazon: EmulatedAmazon, http: httpx.Client
) -> None:
    """Nothing was sent, so it is tried again, four times in all."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        invocation = begin(amazon, http, url=url)
        result = invocation.apply_one(batch("rec-1"))

    assert isinstance(result.error, UnavailableError)
    assert "ConnectError" in str(result.error)
    assert str(result.error).endswith("; nothing was sent")
    assert invocation.clock.slept == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("value", ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "9" * 400])
def test_no_header_can_end_the_invocation(
    amazon: EmulatedAmazon, invocation: Invocation, value: str
) -> None:
    """A Retry-After that no calendar has is an answer like any other."""
    amazon.script_apply([answers(429, headers={"Retry-After": value})])
    result = invocation.apply_one(batch("rec-1"))

    assert result.throttled == 1


@pytest.mark.parametrize("token", ["Atza|in two\nlines", "Atza|accent-é", "Atza|\x00"])
def test_a_token_that_no_header_can_carry_is_an_outage(
    amazon: EmulatedAmazon, invocation: Invocation, token: str
) -> None:
    """Nothing was sent, nothing is in doubt, and the token is not shown."""
    amazon.script_token([answers(200, {"access_token": token, "expires_in": 3600})])
    result = invocation.apply_one(batch("rec-1"))

    assert not isinstance(result.error, AnswerLostError)
    said = everything_said([result])
    assert token not in said
    assert repr(token)[1:-1] not in said


# applicationStatus


def test_application_status_says_what_became_of_each(
    amazon: EmulatedAmazon, invocation: Invocation
) -> None:
    """Accepted, untouched, applied: in Amazon's words, by id."""
    asked = batch("rec-1", "rec-2", "rec-3")
    invocation.apply_one(batch("rec-1"))
    amazon.set_status("SUCCESS", ["rec-3"])
    [result] = invocation.client.application_status([asked])

    assert result.statuses == {"rec-1": "IN_PROGRESS", "rec-2": "PUBLISHED", "rec-3": "SUCCESS"}
    assert result.campaign_ids.keys() == result.statuses.keys()
    assert (result.batch, result.error) == (asked, None)
    assert set(result.request_ids) == set(amazon.status_requests[0].request_ids.values())
    assert amazon.status_requests[0].headers["accept"] == MEDIA_TYPE


def test_application_status_takes_five_hundred_ids(
    amazon: EmulatedAmazon, invocation: Invocation
) -> None:
    """So many are asked about at once."""
    ids = [f"rec-{number}" for number in range(500)]
    [result] = invocation.client.application_status([batch(*ids)])

    assert list(result.statuses) == ids
    assert len(amazon.status_requests) == 1


@pytest.mark.parametrize("body", [b"", b"{}", {"statuses": None}, "<p>?</p>"], ids=str)
def test_an_application_status_without_statuses_says_nothing(
    amazon: EmulatedAmazon, invocation: Invocation, body: object
) -> None:
    """A 200 that is none of the documented shapes is no word on any id."""
    amazon.script_status([answers(200, body)])
    [result] = invocation.client.application_status([batch("rec-1")])

    assert (result.statuses, type(result.error)) == ({}, UnavailableError)
    assert "the body has no statuses" in str(result.error)


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (answers(400, {"code": "PO_APPLICATION_STATUS_BAD_REQUEST"}), RefusedError),
        (answers(404), RefusedError),
        (answers(403), CredentialsRefusedError),
        (drops_before_taking(), WaitError),
        (answers(504), WaitError),
    ],
    ids=["400", "404", "403", "dropped", "504"],
)
def test_an_application_status_that_fails_says_why(
    amazon: EmulatedAmazon, invocation: Invocation, step: Step, kind: type[ApplierError]
) -> None:
    """Its errors are those of apply, and it knows nothing then."""
    amazon.script_status([step])
    [result] = invocation.client.application_status([batch("rec-1")])

    assert isinstance(result.error, kind)
    assert result.statuses == {}


def test_application_status_waits_as_apply_does(
    amazon: EmulatedAmazon, invocation: Invocation
) -> None:
    """A throttle and an outage are waited out."""
    amazon.script_status([answers(429, headers={"Retry-After": "7"}), answers(503)])
    [result] = invocation.client.application_status([batch("rec-1")])

    assert result.statuses == {"rec-1": "PUBLISHED"}
    assert invocation.clock.slept == [7.0, 2.0]


# Secrecy


def echoes(token: str) -> dict[str, tuple[int, Any]]:
    """Make answers that quote *token* back, in the ways in which services do."""
    escaped = token.replace("|", "\\u007c")
    return {
        "JSON": (400, {"code": token, "message": f"Bearer {token} is not good."}),
        "escaped JSON": (400, f'{{"message": "Bearer {escaped} is not good."}}'.encode()),
        "failure": (422, partial(failures=[("rec-1", token)])),
        "HTML": (400, f"<title>Bearer {token}</title>"),
        "escaped HTML": (400, f"<title>Bearer {token.replace('|', '&#124;')}</title>"),
        "403": (403, {"details": f"Token {token} may not."}),
        "500": (500, f"Bearer {token}".encode()),
        "long": (400, b"x" * 290 + f" Bearer {token}".encode()),
    }


@pytest.mark.parametrize("way", echoes("").keys())
def test_a_token_that_amazon_echoes_is_read_nowhere(
    amazon: EmulatedAmazon, invocation: Invocation, way: str
) -> None:
    """Not in a result, its error, their repr or a traceback; not the half of it either."""
    status, body = echoes("Atza|emulated-access-token-1")[way]
    amazon.script_apply([answers(status, body)] * 4)
    said = everything_said([invocation.apply_one(batch("rec-1"))])

    assert "emulated-access" not in said
    assert amazon.credentials.client_secret not in said
    assert amazon.credentials.refresh_token not in said


@pytest.mark.parametrize("step", [resets(), answers(202, b"x" * (MAX_BYTES + 1))])
def test_errors_of_the_network_carry_no_header(
    amazon: EmulatedAmazon, invocation: Invocation, step: Step
) -> None:
    """A traceback of a lost answer shows neither the request nor its Authorization."""
    amazon.script_apply([step])
    said = everything_said([invocation.apply_one(batch("rec-1")), invocation.exchange.login])

    assert "Atza" not in said
    assert "Bearer" not in said
    assert stored_credentials(amazon).client_secret.get_secret_value() not in said


def test_a_request_that_nobody_waits_for_any_more_is_not_sent(
    amazon: EmulatedAmazon, invocation: Invocation, http: httpx.Client
) -> None:
    """Looking up a host can take for ever; the thread wakes up after its invocation is over."""
    invocation.apply_one(batch("rec-1"))  # so that there is a token
    pacing = invocation.exchange.pacing

    def wait_for_the_host(seconds: float) -> None:
        invocation.clock.now += seconds

    def lookup(request: httpx.Request) -> None:
        if request.url.path.endswith("/apply"):
            wait_for_the_host(pacing.seconds_left())

    http.event_hooks = {"request": [lookup]}
    [result] = invocation.client.apply([batch("rec-2")])

    assert isinstance(result.error, UnavailableError)
    assert "the invocation was over before the request could be sent" in str(result.error)
    assert [each.recommendation_ids for each in amazon.apply_requests] == [("rec-1",)]
