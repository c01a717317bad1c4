"""The emulated subscriptions are as strict as what Amazon publishes."""

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.emulator.amazon import EmulatedAmazon
from tests.emulator.amazon_streams import DATA_SET

QUEUE = "arn:aws:sqs:us-east-1:123456789012:queue"
MEDIA_TYPE = "application/vnd.amazonmarketingstreamsubscriptions.v1+json"
TOKEN = "a-token-of-22-characters"
PATH = "/streams/subscriptions"


class Client:
    """Somebody who asks about subscriptions, well or badly."""

    def __init__(self, amazon: EmulatedAmazon) -> None:
        """Log in."""
        self.amazon = amazon
        self.http = httpx.Client(base_url=amazon.url, trust_env=False)
        known = amazon.credentials
        form = {
            "grant_type": "refresh_token",
            "refresh_token": known.refresh_token,
            "client_id": known.client_id,
            "client_secret": known.client_secret,
        }
        token = self.http.post(amazon.token_url, data=form).json()["access_token"]
        self.headers = {
            "Amazon-Advertising-API-ClientId": known.client_id,
            "Amazon-Advertising-API-Scope": "1",
            "Authorization": f"Bearer {token}",
            "Accept": MEDIA_TYPE,
        }

    def send(
        self, method: str, path: str = PATH, body: object = None, **headers: str
    ) -> httpx.Response:
        """Send a request, its headers changed where asked; an empty one is left out."""
        content = None if body is None else json.dumps(body).encode()
        all_headers = self.headers | ({"Content-Type": MEDIA_TYPE} if body is not None else {})
        all_headers |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in all_headers.items() if value}
        return self.http.request(method, path, content=content, headers=sent)

    def create(self, **changes: object) -> httpx.Response:
        """Subscribe, the body changed where asked; what is None is left out."""
        body = {"clientRequestToken": TOKEN, "dataSetId": DATA_SET, "destinationArn": QUEUE}
        changed = {name: value for name, value in (body | changes).items() if value is not None}
        return self.send("POST", body=changed)

    @property
    def rules(self) -> list[str]:
        """Which rules were broken."""
        return [each.rule for each in self.amazon.violations]


@pytest.fixture
def client() -> Iterator[Client]:
    """Somebody whose token is good."""
    with EmulatedAmazon() as amazon:
        client = Client(amazon)
        yield client
        client.http.close()


@pytest.mark.parametrize(
    ("headers", "status", "rule"),
    [
        ({"Amazon_Advertising_API_ClientId": ""}, 401, "names the client of the token"),
        ({"Amazon_Advertising_API_Scope": ""}, 401, "Scope header is missing"),
        ({"Amazon_Advertising_API_Scope": "ENTITY1"}, 401, "Scope header is missing"),
        ({"Amazon_Advertising_API_Manager_Account": "ma1"}, 400, "no amazon-advertising-api-man"),
        ({"Amazon_Ads_AccountId": "1"}, 400, "no amazon-ads-accountid"),
        ({"Accept": "*/*"}, 406, "Accept is one of"),
        ({"Authorization": "Bearer Atza|made-up"}, 401, "a token of Login with Amazon"),
    ],
)
def test_a_header_that_is_wrong_is_refused(
    client: Client, headers: dict[str, str], status: int, rule: str
) -> None:
    """With what Amazon would answer, and on record as a breach."""
    response = client.send("GET", **headers)

    assert response.status_code == status
    assert set(response.json()) == {"message"}
    [broken] = client.rules
    assert rule in broken


def test_a_body_has_its_media_type_and_one_may_be_taken_no_more(client: Client) -> None:
    """Two are documented; either may be the only one that is taken."""
    assert client.send("POST", body={}, Content_Type="application/json").status_code == 415
    with client.amazon.streams() as book:
        book.media_types = frozenset({"application/vnd.another.v1+json"})
    assert client.send("GET").status_code == 406


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"clientRequestToken": "x" * 21}, "22 to 36"),
        ({"clientRequestToken": "x" * 37}, "22 to 36"),
        ({"clientRequestToken": None}, "22 to 36"),
        ({"dataSetId": "sp-traffic"}, "the recommendations' dataset"),
        ({"notes": "x" * 129}, "at most 128"),
        ({"destinationArn": None}, "named, and once"),
        ({"destination": {"sqsDestination": {"queueArn": QUEUE}}}, "named, and once"),
        ({"destinationArn": "arn"}, "is an ARN"),
        ({"color": "red"}, "only published attributes"),
    ],
)
def test_a_body_that_is_wrong_is_refused(
    client: Client, changes: dict[str, object], rule: str
) -> None:
    """It is a breach, and makes nothing."""
    assert client.create(**changes).status_code == 400
    [broken] = client.rules
    assert rule in broken
    assert client.amazon.subscriptions == []


def test_a_destination_can_be_named_in_either_way(client: Client) -> None:
    """What it makes is the same."""
    destination = {"sqsDestination": {"queueArn": QUEUE}}
    assert client.create(destinationArn=None, destination=destination).status_code == 200
    assert client.rules == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"{PATH}/", None),
        ("DELETE", f"{PATH}/x", None),
        ("GET", "/streams", None),
    ],
)
def test_only_published_operations_are_served(
    client: Client, method: str, path: str, body: object
) -> None:
    """No trailing slash, and nothing is ever deleted."""
    assert client.send(method, path, body).status_code == 404
    assert client.rules == ["only the published operations are called"]


@pytest.mark.parametrize(
    "query", ["nextToken=x", "maxResults=5001", "maxResults=0", "startingToken=x"]
)
def test_a_query_that_is_wrong_is_refused(client: Client, query: str) -> None:
    """What comes as nextToken goes back as startingToken."""
    assert client.send("GET", f"{PATH}?{query}").status_code == 400
    assert len(client.rules) == 1


def test_two_of_a_dataset_and_so_many_that_wait_are_all(client: Client) -> None:
    """The limits of the guide."""
    with client.amazon.streams() as book:
        for number in range(2):
            book.put("1", f"{QUEUE}-{number}", status="ACTIVE")
    assert "At most 2" in client.create().json()["message"]
    with client.amazon.streams() as book:
        book.max_pending = 0
        book.subscriptions.clear()
    assert "may be pending" in client.create().json()["message"]
    assert client.rules == []


@pytest.mark.parametrize(
    "body", [{"status": "ACTIVE"}, {"notes": "x"}, {"status": "ARCHIVED", "a": 1}]
)
def test_nothing_but_archived_can_be_set(client: Client, body: dict[str, object]) -> None:
    """There is no way back."""
    client.create()
    [made] = client.amazon.subscriptions
    assert client.send("PUT", f"{PATH}/{made.subscription_id}", body).status_code == 400
    assert len(client.rules) == 1


def test_archiving_answers_with_nothing_at_all(client: Client) -> None:
    """200, as text."""
    with client.amazon.streams() as book:
        made = book.put("1", QUEUE, status="ACTIVE")
    response = client.send("PUT", f"{PATH}/{made.subscription_id}", {"status": "ARCHIVED"})

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-type"] == "text/plain"
    assert client.send("PUT", f"{PATH}/none", {"status": "ARCHIVED"}).status_code == 404
    assert client.rules == []
