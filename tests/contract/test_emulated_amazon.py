"""The emulated Amazon keeps Amazon's published contract, and breaks only where it is told to."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.emulator import amazon_contract
from tests.emulator.amazon import FAULT_NAMES, Account, Credentials, EmulatedAmazon
from tests.emulator.amazon_faults import (
    FAULTS,
    Step,
    answers,
    drops_after_taking,
    drops_before_taking,
    hangs,
    interleaved,
    partly_fails,
    resets,
    trickles,
)
from tests.emulator.amazon_opportunities import BIDS, EMPTY

OPPORTUNITY = "amzn1.ads-partner1.opportunity.2c7d1a90-5e44-4b6f-a0d3-8f61b9c3e752"
MEDIA_TYPE = "application/vnd.partneropportunity.v1+json"
SELLER = Account("SELLER", "A1EMULATED", "ENTITY1EMULATED", "US")


class Partner:
    """A client that keeps the contract unless a test says otherwise."""

    def __init__(self, amazon: EmulatedAmazon) -> None:
        self.amazon = amazon
        self.http = httpx.Client(base_url=amazon.url, timeout=5.0)
        self._token = ""

    def form(self) -> dict[str, str]:
        """Return a proper refresh grant."""
        known = self.amazon.credentials
        return {
            "grant_type": "refresh_token",
            "refresh_token": known.refresh_token,
            "client_id": known.client_id,
            "client_secret": known.client_secret,
        }

    def ask_for_token(self, **changed: str) -> httpx.Response:
        """Send a refresh grant, *changed* where asked; an empty value leaves the field out."""
        form = {name: value for name, value in (self.form() | changed).items() if value}
        return self.http.post(self.amazon.token_url, data=form)

    def headers(self, **changed: str) -> dict[str, str]:
        """Return the headers of an API request; a changed one that is empty is left out."""
        self._token = self._token or self.ask_for_token().json()["access_token"]
        headers = {
            "Amazon-Advertising-API-ClientId": self.amazon.credentials.client_id,
            "Amazon-Advertising-API-Manager-Account": self.amazon.manager_account,
            "Authorization": f"Bearer {self._token}",
            "Accept": MEDIA_TYPE,
            "Content-Type": MEDIA_TYPE,
        } | {name.replace("_", "-"): value for name, value in changed.items()}
        return {name: value for name, value in headers.items() if value}

    def apply(self, *ids: str, path: str = OPPORTUNITY, **changed: object) -> httpx.Response:
        """Send an apply request of the seller for *ids*, its attributes *changed* where asked."""
        return self.send(f"/partnerOpportunities/{path}/apply", body(*ids, **changed))

    def status(self, *ids: str) -> httpx.Response:
        """Ask applicationStatus for *ids*."""
        return self.send(f"/partnerOpportunities/{OPPORTUNITY}/applicationStatus", body(*ids))

    def send(self, path: str, content: object, **headers: str) -> httpx.Response:
        """POST *content* as JSON."""
        text = json.dumps(content).encode()
        return self.http.post(path, content=text, headers=self.headers(**headers))

    def get(self, path: str, **headers: str) -> httpx.Response:
        """GET *path* of the API."""
        return self.http.get(path, headers=self.headers(**headers))


def body(*ids: str, **changed: object) -> dict[str, object]:
    """Return the five attributes of the seller; a changed one that is None is left out."""
    attributes: dict[str, object] = {
        "advertiserType": SELLER.advertiser_type,
        "encryptedAdvertiserId": SELLER.encrypted_advertiser_id,
        "entityId": SELLER.entity_id,
        "marketplace": SELLER.marketplace,
        "recommendationIds": list(ids),
    }
    attributes |= changed
    return {name: value for name, value in attributes.items() if value is not None}


Partnership = Callable[..., Partner]


@pytest.fixture
def partnership() -> Iterator[Partnership]:
    """Make partners, each with an Amazon of its own, and close them all."""
    made: list[Partner] = []

    def make(**arrangement: object) -> Partner:
        partner = Partner(EmulatedAmazon(**arrangement))  # type: ignore[arg-type] # passed on as it is
        made.append(partner)
        return partner

    yield make
    for partner in made:
        partner.http.close()
        partner.amazon.close()


@pytest.fixture
def partner(partnership: Partnership) -> Partner:
    """Return a partner of an Amazon on a good day."""
    return partnership()


# Published values


def test_published_values() -> None:
    """The numbers and values are those of the published specification."""
    assert len(amazon_contract.MARKETPLACES) == 21
    assert {"UK", "GB"} <= amazon_contract.MARKETPLACES
    assert not {"BE", "IE", "ZA"} & amazon_contract.MARKETPLACES
    assert sorted(amazon_contract.ADVERTISER_TYPES) == ["SELLER", "VENDOR"]
    assert len(amazon_contract.APPLY_ATTRIBUTES) == 5
    assert (amazon_contract.MAX_IDS_PER_APPLY, amazon_contract.MAX_IDS_PER_STATUS) == (100, 500)
    assert len(amazon_contract.APPLY_ERROR_CODES) == 5
    assert len(amazon_contract.APPLICATION_STATUSES) == 5
    assert len(amazon_contract.OBJECTIVE_TYPES) == 16
    assert len(amazon_contract.MEDIA_TYPES) == 3
    assert amazon_contract.PRESIGNED_LIFETIME_SECONDS == 15 * 60


# Apply


def test_apply_is_accepted_without_a_body(partner: Partner) -> None:
    """A request that is as published is answered 202, and the ids stand under their account."""
    response = partner.apply("rec-1", "rec-2")

    assert (response.status_code, response.content) == (202, b"")
    assert partner.amazon.accepted == {"rec-1": SELLER, "rec-2": SELLER}
    assert partner.amazon.accepted_under == {"rec-1": OPPORTUNITY, "rec-2": OPPORTUNITY}
    assert partner.amazon.violations == []


def test_apply_requests_are_recorded_whole(partner: Partner) -> None:
    """What was sent, in which order and how it was answered can be read afterwards."""
    partner.apply("rec-1")
    partner.apply("rec-2", marketplace="BE")

    first, second = partner.amazon.apply_requests
    assert (first.number, first.status, second.number, second.status) == (1, 202, 2, 400)
    assert first.partner_opportunity_id == OPPORTUNITY
    assert first.body == body("rec-1")
    assert first.recommendation_ids == ("rec-1",)
    assert first.headers["authorization"].startswith("Bearer Atza|")
    assert "Atza" not in repr(first)
    assert second.account.marketplace == "BE"


def test_an_accepted_id_sent_again_is_told_on(partner: Partner) -> None:
    """An id that was accepted before is a failure by itself and stands in accepted_twice."""
    partner.apply("rec-1")
    response = partner.apply("rec-1", "rec-2")

    answer = response.json()
    assert response.status_code == 422
    assert answer["code"] == "PO_APPLY_ALREADY_APPLIED"
    assert [failure["recommendationId"] for failure in answer["failures"]] == ["rec-1"]
    assert answer["successes"] == [{"recommendationId": "rec-2"}]
    assert partner.amazon.accepted_twice == ["rec-1"]


def test_failures_come_id_by_id(partner: Partner) -> None:
    """A 422 names applied, terminal and unprocessable ids, each with its code."""
    partner.amazon.set_status("SUCCESS", ["applied"])
    partner.amazon.set_status("REJECTED", ["rejected"])
    partner.amazon.set_status("FAILED", ["failed"])
    partner.amazon.make_unprocessable(["odd"])
    answer = partner.apply("applied", "rejected", "failed", "odd", "good").json()

    assert answer["code"] == "PO_APPLY_UNPROCESSABLE_ERROR"
    assert {one["recommendationId"]: one["code"] for one in answer["failures"]} == {
        "applied": "PO_APPLY_ALREADY_APPLIED",
        "rejected": "PO_APPLY_IN_TERMINAL_STATUS",
        "failed": "PO_APPLY_IN_TERMINAL_STATUS",
        "odd": "PO_APPLY_UNPROCESSABLE_ERROR",
    }
    assert set(answer) == {"code", "message", "failures", "successes"}
    assert list(partner.amazon.accepted) == ["good"]


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"marketplace": "BE"}, "marketplace is one of the published values"),
        ({"advertiserType": "AGENCY"}, "advertiserType is one of the published values"),
        ({"entityId": " "}, "entityId is a string that says something"),
        ({"entityId": None}, "the body has exactly the five attributes"),
        ({"profileId": 1}, "the body has exactly the five attributes"),
        ({"recommendationIds": []}, "recommendationIds is an array of 1 to 100"),
        ({"recommendationIds": "rec-1"}, "recommendationIds is an array of 1 to 100"),
        (
            {"recommendationIds": [f"rec-{number}" for number in range(101)]},
            "recommendationIds is an array of 1 to 100",
        ),
        ({"recommendationIds": [7]}, "each recommendation id is a string that says something"),
        (
            {"recommendationIds": ["rec-1", "rec-1"]},
            "no recommendation id stands twice in a request",
        ),
    ],
)
def test_a_body_that_is_not_as_published_is_refused(
    partner: Partner, changed: dict[str, object], rule: str
) -> None:
    """Whatever the specification does not allow is answered 400 and recorded; nothing is taken."""
    path = f"/partnerOpportunities/{OPPORTUNITY}/apply"
    response = partner.send(path, body("rec-1", **changed))

    assert (response.status_code, response.json()["code"]) == (400, "PO_APPLY_BAD_REQUEST")
    assert [violation.rule for violation in partner.amazon.violations][:1] == [rule]
    assert partner.amazon.accepted == {}


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff"])
def test_a_body_that_is_no_object_is_refused(partner: Partner, content: bytes) -> None:
    """A body that is not a JSON object is answered 400."""
    path = f"/partnerOpportunities/{OPPORTUNITY}/apply"
    response = partner.http.post(path, content=content, headers=partner.headers())

    assert response.status_code == 400
    assert partner.amazon.violations[0].rule == "the body is a JSON object"


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Amazon_Advertising_API_ClientId", "", 401),
        ("Amazon_Advertising_API_ClientId", "another", 401),
        ("Amazon_Advertising_API_Manager_Account", "", 401),
        ("Amazon_Advertising_API_Manager_Account", "another", 403),
        ("Amazon_Advertising_API_Scope", "123456", 401),
        ("Authorization", "", 401),
        ("Authorization", "Bearer made-up", 401),
        ("Accept", "*/*", 406),
        ("Accept", "application/json", 406),
        ("Content_Type", "application/json", 415),
        ("Content_Type", "", 415),
    ],
)
def test_a_header_that_is_not_as_published_is_refused(
    partner: Partner, header: str, value: str, status: int
) -> None:
    """Each required header is held to its rule; a profile has no business here."""
    headers = {header: value}
    path = f"/partnerOpportunities/{OPPORTUNITY}/apply"
    response = partner.send(path, body("rec-1"), **headers)

    assert response.status_code == status
    assert len(partner.amazon.violations) == 1
    assert partner.amazon.accepted == {}


@pytest.mark.parametrize("version", ["v1", "v1.1", "v1.2"])
def test_all_three_media_types_are_good(partner: Partner, version: str) -> None:
    """Any of the three published versions may be sent and asked for."""
    media_type = f"application/vnd.partneropportunity.{version}+json"
    path = f"/partnerOpportunities/{OPPORTUNITY}/apply"
    response = partner.send(path, body("rec-1"), Accept=media_type, Content_Type=media_type)

    assert response.status_code == 202
    assert partner.amazon.violations == []


def test_the_opportunity_id_is_percent_decoded(partner: Partner) -> None:
    """An id with a slash in it arrives whole when it is encoded, and is refused when it is not."""
    partner.apply("rec-1", path="one%2Ftwo%3A3")
    colon = partner.apply("rec-2", path="one:two")
    slash = partner.apply("rec-3", path="one/two")

    assert partner.amazon.accepted_under == {"rec-1": "one/two:3"}
    assert (colon.status_code, slash.status_code) == (404, 404)
    assert [violation.rule for violation in partner.amazon.violations] == [
        "the opportunity id in the path is percent-encoded",
        "only the published operations are called",
    ]


def test_request_ids_come_in_three_spellings(partner: Partner) -> None:
    """Answers carry request ids under turns of the three header names that Amazon uses."""
    for number in range(3):
        partner.apply(f"rec-{number}")

    seen = [set(request.request_ids) for request in partner.amazon.apply_requests]
    assert seen == [
        {"x-amz-rid", "x-amzn-RequestId"},
        {"x-amz-rid", "x-amz-request-id"},
        {"x-amzn-RequestId"},
    ]


# applicationStatus


def test_application_status_follows_the_application(partner: Partner) -> None:
    """An unknown id is PUBLISHED, an accepted one IN_PROGRESS, and SUCCESS once settled."""
    partner.apply("rec-1")
    before = partner.status("rec-1", "rec-2").json()["statuses"]
    partner.amazon.settle()
    after = partner.status("rec-1").json()["statuses"]

    assert [row["status"] for row in before] == ["IN_PROGRESS", "PUBLISHED"]
    assert [row["status"] for row in after] == ["SUCCESS"]
    assert set(after[0]) == {"campaignId", "recommendationId", "status"}
    assert partner.amazon.violations == []


def test_what_a_fault_fails_is_settled_first_and_the_rest_succeeds(
    partnership: Partnership,
) -> None:
    """The fault `failed` is used up by the applications that were accepted first."""
    partner = partnership(faults=["failed"])
    ids = [f"rec-{number}" for number in range(5)]
    partner.apply(*ids[:2])
    partner.amazon.settle()
    partner.apply(*ids[2:])
    partner.amazon.settle()

    ends = [partner.amazon.status_of(one) for one in ids]
    assert ends == ["FAILED", "REJECTED", "FAILED", "SUCCESS", "SUCCESS"]


def test_application_status_takes_five_hundred_ids(partner: Partner) -> None:
    """500 ids are answered, 501 are refused with the code of that operation."""
    ids = [f"rec-{number}" for number in range(501)]

    assert len(partner.status(*ids[:500]).json()["statuses"]) == 500
    assert partner.status(*ids).json()["code"] == "PO_APPLICATION_STATUS_BAD_REQUEST"
    assert [request.status for request in partner.amazon.status_requests] == [200, 400]


def test_a_status_must_be_one_of_the_published(partner: Partner) -> None:
    """A test that arranges a status of its own invention is told so."""
    with pytest.raises(ValueError, match="'DONE' is none of FAILED, IN_PROGRESS, PUBLISHED"):
        partner.amazon.set_status("DONE", ["rec-1"])


# Login with Amazon


def test_a_refresh_grant_is_answered_with_the_same_refresh_token(partner: Partner) -> None:
    """A token comes for an hour, and the refresh token is not rotated."""
    answer = partner.ask_for_token().json()

    assert answer["access_token"].startswith("Atza|")
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 3600)
    assert answer["refresh_token"] == partner.amazon.credentials.refresh_token
    assert partner.amazon.token_requests[0].form == partner.form()
    assert partner.amazon.credentials.client_secret not in repr(partner.amazon.token_requests)


@pytest.mark.parametrize(
    ("changed", "status", "error", "violations"),
    [
        ({"refresh_token": "Atzr|other"}, 400, "invalid_grant", 0),
        ({"client_secret": "other"}, 401, "invalid_client", 0),
        ({"refresh_token": ""}, 400, "invalid_request", 1),
        ({"client_id": ""}, 400, "invalid_request", 1),
        ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type", 1),
        ({"scope": "advertising::campaign_management"}, 400, "invalid_request", 1),
    ],
)
def test_a_grant_is_checked_strictly(
    partner: Partner, changed: dict[str, str], status: int, error: str, violations: int
) -> None:
    """Wrong credentials are answered by name; a malformed grant is a violation as well."""
    response = partner.ask_for_token(**changed)

    assert (response.status_code, response.json()["error"]) == (status, error)
    assert len(partner.amazon.violations) == violations


@pytest.mark.parametrize("way", ["query", "json"])
def test_a_grant_is_a_form(partner: Partner, way: str) -> None:
    """Parameters in the query, or as JSON, are a malformed request, and no secret is recorded."""
    if way == "query":
        response = partner.http.post(partner.amazon.token_url, params=partner.form())
    else:
        response = partner.http.post(partner.amazon.token_url, json=partner.form())

    assert response.json()["error_description"] == "Malformed request"
    assert partner.amazon.credentials.client_secret not in repr(partner.amazon.violations)


def test_tokens_expire(partnership: Partnership) -> None:
    """A token is refused once its time is over, which is no violation."""
    now = [0.0]
    partner = partnership(clock=lambda: now[0], expires_in="60")

    assert partner.apply("rec-1").status_code == 202
    now[0] = 60.0
    assert partner.apply("rec-2").status_code == 401
    assert partner.amazon.violations == []


def test_credentials_can_be_revoked_and_rotated(partner: Partner) -> None:
    """A revoked refresh token is invalid_grant until new credentials are in force."""
    old = partner.form()
    partner.amazon.revoke_refresh_token()
    assert partner.ask_for_token().json()["error"] == "invalid_grant"

    partner.amazon.rotate_credentials(Credentials(client_secret="new", refresh_token="Atzr|new"))
    assert partner.ask_for_token().status_code == 200
    assert partner.ask_for_token(**old).json()["error"] == "invalid_client"


def test_access_tokens_can_be_taken_back(partner: Partner) -> None:
    """Expired tokens are refused ever after; a rejected one from its first use on."""
    partner.headers()
    partner.amazon.expire_access_tokens()
    assert partner.apply("rec-1").status_code == 401

    partner.amazon.reject_next_access_tokens(1)
    rejected, good = (partner.ask_for_token().json()["access_token"] for _ in range(2))
    path = f"/partnerOpportunities/{OPPORTUNITY}/apply"
    statuses = [
        partner.send(path, body("rec-1"), Authorization=f"Bearer {token}").status_code
        for token in (rejected, rejected, good)
    ]
    assert statuses == [401, 401, 202]


# Opportunities and their files


def test_opportunities_come_in_pages(partner: Partner) -> None:
    """Pages follow nextToken, and together they are the whole list."""
    first = partner.get("/partnerOpportunities?maxResults=3").json()
    second = partner.get(
        f"/partnerOpportunities?maxResults=3&nextToken={first['nextToken']}"
    ).json()

    assert (len(first["opportunities"]), len(second["opportunities"])) == (3, 1)
    assert (first["totalResults"], second["totalResults"]) == (4, 4)
    assert "nextToken" not in second
    assert "prevToken" in second
    assert partner.amazon.violations == []


def test_opportunities_are_filtered_by_objective(partner: Partner) -> None:
    """The objectiveType parameter takes a list parted by commas."""
    one = partner.get("/partnerOpportunities?objectiveType=CLICK_CREDITS").json()
    both = partner.get(
        "/partnerOpportunities?objectiveType=CLICK_CREDITS,AMAZON_ACCOUNT_TEAM_RECOMMENDATIONS"
    ).json()

    assert (one["totalResults"], both["totalResults"]) == (1, 4)


@pytest.mark.parametrize(
    "query", ["maxResults=0", "maxResults=101", "objectiveType=FUN", "nextToken=x", "page=2"]
)
def test_a_strange_query_is_refused(partner: Partner, query: str) -> None:
    """What the list does not know is answered 400 and recorded."""
    assert partner.get(f"/partnerOpportunities?{query}").status_code == 400
    assert [violation.rule for violation in partner.amazon.violations] == [
        "the query is as published"
    ]


def test_a_file_is_behind_a_redirect(partner: Partner) -> None:
    """The file operation answers 307; the address behind it serves CSV to who has no token."""
    redirect = partner.get(f"/partnerOpportunities/{BIDS}/file")
    page = partner.http.get(redirect.headers["location"])

    assert redirect.status_code == 307
    assert page.headers["content-type"] == "text/csv"
    assert page.text.splitlines()[0].startswith("recommendationId,advertiserType")
    assert len(page.text.splitlines()) == 3
    assert partner.amazon.violations == []


def test_a_file_can_be_gzipped_json(partner: Partner) -> None:
    """GZIP_JSON holds the same rows."""
    redirect = partner.get(f"/partnerOpportunities/{BIDS}/file?fileFormat=GZIP_JSON")
    rows = json.loads(gzip.decompress(partner.http.get(redirect.headers["location"]).content))

    assert [row["entityId"] for row in rows] == ["ENTITY3EMULATED", "ENTITY4EMULATED"]


def test_an_opportunity_without_rows_has_no_file(partner: Partner) -> None:
    """An empty opportunity and an unknown one are both answered 404, without blame."""
    for opportunity in (EMPTY, "unknown"):
        assert partner.get(f"/partnerOpportunities/{opportunity}/file").status_code == 404
    assert partner.amazon.violations == []


def test_the_token_does_not_go_to_storage(partner: Partner) -> None:
    """A presigned address refuses a request that carries an Authorization header."""
    redirect = partner.get(f"/partnerOpportunities/{BIDS}/file")
    page = partner.get(redirect.headers["location"])

    assert page.status_code == 400
    assert "Only one auth mechanism allowed" in page.text
    assert partner.amazon.violations[0].rule.startswith("no Authorization header goes to")


def test_a_presigned_address_lives_for_fifteen_minutes(partnership: Partnership) -> None:
    """After 900 seconds storage says that the request has expired."""
    now = [0.0]
    partner = partnership(clock=lambda: now[0])
    address = partner.get(f"/partnerOpportunities/{BIDS}/file").headers["location"]
    now[0] = 900.0

    page = partner.http.get(address)
    assert (page.status_code, "Request has expired" in page.text) == (403, True)


# Faults


def test_scripted_answers_come_in_order_and_end(partner: Partner) -> None:
    """Each scripted step is met by one request, then the ordinary service is back."""
    partner.amazon.script_apply(
        [
            answers(429, headers={"Retry-After": "7"}),
            answers(500, "<html>", headers={"X-Amzn-RequestId": "mine"}),
            answers(500, {"code": "PO_APPLY_INTERNAL_SERVER_ERROR"}, takes=["rec-1"]),
            answers(418, b"tea"),
        ]
    )
    responses = [partner.apply("rec-1", "rec-2") for _ in range(5)]

    assert [response.status_code for response in responses] == [429, 500, 500, 418, 422]
    assert responses[0].headers["retry-after"] == "7"
    assert responses[1].headers["content-type"] == "text/html"
    assert responses[4].json()["successes"] == [{"recommendationId": "rec-2"}]
    assert partner.amazon.accepted_twice == ["rec-1"]


@pytest.mark.parametrize(
    ("step", "error", "taken"),
    [
        (drops_after_taking(), httpx.RemoteProtocolError, True),
        (drops_before_taking(), httpx.RemoteProtocolError, False),
        (resets(), httpx.ReadError, False),
    ],
    ids=["drops after taking", "drops before taking", "resets"],
)
def test_connections_drop(
    partner: Partner, step: Step, error: type[httpx.TransportError], *, taken: bool
) -> None:
    """A connection ends without an answer, and only some ways of it have taken the ids."""
    partner.amazon.script_apply([step])
    with pytest.raises(error, match=r"disconnected|reset"):
        partner.apply("rec-1")

    assert ("rec-1" in partner.amazon.accepted) == taken
    assert [request.status for request in partner.amazon.apply_requests] == [None]
    assert partner.apply("rec-2").status_code == 202


@pytest.mark.parametrize("takes", [True, False])
def test_a_held_answer_waits_for_its_release(partner: Partner, *, takes: bool) -> None:
    """Nothing is answered before the release; whether the ids are taken is said beforehand."""
    partner.amazon.script_apply([hangs(takes=takes)])
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(partner.apply, "rec-1")
        partner.amazon.wait_until_in_flight(1)
        assert not answer.done()
        partner.amazon.release()
        assert answer.result().status_code == (202 if takes else 504)

    assert ("rec-1" in partner.amazon.accepted) == takes


def test_a_client_that_gives_up_harms_nobody(partner: Partner) -> None:
    """A held request may be abandoned; the next one is answered."""
    partner.amazon.script_apply([hangs()])
    partner.headers()
    with pytest.raises(httpx.ReadTimeout, match="timed out"):
        partner.http.post(
            f"/partnerOpportunities/{OPPORTUNITY}/apply",
            content=json.dumps(body("rec-1")),
            headers=partner.headers(),
            timeout=0.05,
        )

    assert partner.apply("rec-2").status_code == 202
    assert partner.amazon.violations == []


def test_a_trickled_answer_comes_byte_by_byte(partner: Partner) -> None:
    """Bytes keep coming while it is not released, and then the answer is whole."""
    release = threading.Event()
    partner.amazon.script_apply([trickles(until=release)])
    releasing = threading.Timer(0.2, release.set)
    releasing.start()
    response = partner.apply("rec-1")
    releasing.join()

    assert response.status_code == 202
    assert len(response.headers["x-slowly"]) > 3


def test_peak_in_flight_counts_what_overlaps(partner: Partner) -> None:
    """Three requests held at once make a peak of three, one after the other a peak of one."""
    partner.apply("rec-0")
    partner.apply("rec-1")
    assert partner.amazon.peak_in_flight == 1

    partner.amazon.script_apply([hangs()] * 3)
    with ThreadPoolExecutor(3) as threads:
        futures = [threads.submit(partner.apply, f"rec-{number}") for number in range(2, 5)]
        partner.amazon.wait_until_in_flight(3)
        partner.amazon.release()
        assert [future.result().status_code for future in futures] == [202] * 3
    assert partner.amazon.peak_in_flight == 3


def test_closing_frees_what_is_held() -> None:
    """Closing drops held requests and returns, whatever was going on."""
    with EmulatedAmazon() as amazon, ThreadPoolExecutor(1) as threads:
        partner = Partner(amazon)
        amazon.script_apply([hangs()])
        answer = threads.submit(partner.apply, "rec-1")
        amazon.wait_until_in_flight(1)
        amazon.close()
        with pytest.raises(httpx.TransportError, match=r"disconnected|reset"):
            answer.result()
        partner.http.close()


def test_a_partial_answer_names_every_kind_of_failure(partner: Partner) -> None:
    """Of ten ids some are unprocessable, applied and terminal; each is named exactly once."""
    partner.amazon.script_apply([partly_fails()])
    ids = [f"rec-{number}" for number in range(10)]
    answer = partner.apply(*ids).json()

    codes = {one["recommendationId"]: one["code"] for one in answer["failures"]}
    successes = {one["recommendationId"] for one in answer["successes"]}
    assert set(codes.values()) == {
        "PO_APPLY_UNPROCESSABLE_ERROR",
        "PO_APPLY_ALREADY_APPLIED",
        "PO_APPLY_IN_TERMINAL_STATUS",
    }
    assert codes.keys() | successes == set(ids)
    assert not codes.keys() & successes
    assert set(partner.amazon.accepted) == successes


def test_what_was_unprocessable_once_is_not_so_for_good(partner: Partner) -> None:
    """The failures of a partial answer end with it: the same id is accepted later."""
    partner.amazon.script_apply([partly_fails()])

    assert partner.apply("rec-1").status_code == 422
    assert partner.apply("rec-1").status_code == 202


@pytest.mark.parametrize("fault", FAULT_NAMES)
def test_every_fault_ends(partnership: Partnership, fault: str) -> None:
    """A partner that keeps asking is served within a few requests, whatever the fault."""
    partner = partnership(faults=[fault])
    token, last = "", 0
    for attempt in range(12):
        granted = partner.ask_for_token()
        if granted.status_code == 200 and last != 202:
            token = granted.json()["access_token"]
            path = f"/partnerOpportunities/{OPPORTUNITY}/apply"
            try:
                sent = partner.send(path, body(f"rec-{attempt}"), Authorization=f"Bearer {token}")
            except httpx.TransportError:
                continue
            last = sent.status_code
    assert last == 202
    assert partner.amazon.violations == []


def test_faults_take_turns() -> None:
    """Two faults together show one step each in turn, and nothing of either is lost."""
    throttle, partial = FAULTS["throttle"].apply, FAULTS["partial"].apply
    joined = interleaved([throttle, partial])

    assert joined[:4] == [throttle[0], partial[0], throttle[1], partial[1]]
    assert len(joined) == len(throttle) + len(partial)


def test_an_unknown_fault_is_refused_by_name() -> None:
    """Who mistypes a fault is told which there are."""
    with pytest.raises(ValueError, match="no fault is called 'flood'; there are throttle, partial"):
        EmulatedAmazon(faults=["flood"])
