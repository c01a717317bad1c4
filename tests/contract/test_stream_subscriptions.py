"""Subscriptions of Amazon Marketing Stream, over HTTP."""

from collections.abc import Iterator

import httpx
import pytest

from recommendation_applier.amazon_ads.stream_subscriptions import StreamSubscriptions
from recommendation_applier.domain.errors import (
    ConflictError,
    CredentialsRefusedError,
    ProfileRefusedError,
    RefusedError,
    ThrottledError,
    UnavailableError,
)
from recommendation_applier.use_cases.subscription_ports import Streams
from tests.contract.invocation_at_amazon import Invocation, begin
from tests.emulator.amazon import EmulatedAmazon
from tests.emulator.amazon_faults import Step, answers, drops_after_taking, resets
from tests.memory_subscriptions import MemoryStreams

QUEUE = "arn:aws:sqs:us-east-1:123456789012:recommendation-applier-ingress"
OTHER_QUEUE = "arn:aws:sqs:us-east-1:123456789012:another"
PROFILE = "1234567890"
TOKEN = "0f8fad5b-d9cb-469f-a165-70867728950e"
GUIDES = "application/vnd.MarketingStreamSubscriptions.StreamSubscriptionResource.v1.0+json"
SPECIFICATIONS = "application/vnd.amazonmarketingstreamsubscriptions.v1+json"


@pytest.fixture
def streams(invocation: Invocation) -> StreamSubscriptions:
    """What speaks about subscriptions in it."""
    return speaking(invocation)


def speaking(invocation: Invocation, media_type: str = GUIDES) -> StreamSubscriptions:
    """Speak about subscriptions in an invocation."""
    return StreamSubscriptions(
        exchange=invocation.exchange, gate=invocation.gate, media_type=media_type
    )


def subscribe(streams: StreamSubscriptions, token: str = TOKEN, notes: str = "") -> str:
    """Subscribe our queue for our profile."""
    return streams.create(PROFILE, queue_arn=QUEUE, client_request_token=token, notes=notes)


@pytest.mark.parametrize("media_type", [GUIDES, SPECIFICATIONS])
def test_a_subscription_is_asked_for_as_documented(
    amazon: EmulatedAmazon, invocation: Invocation, media_type: str
) -> None:
    """The profile in a header, no manager account, one media type twice, four attributes."""
    subscription_id = subscribe(speaking(invocation, media_type), notes="by hand")

    [request] = amazon.subscribe_requests
    assert (request.method, request.target) == ("POST", "/streams/subscriptions")
    named = {
        name: value
        for name, value in request.headers.items()
        if name.startswith("amazon-") or name in ("accept", "content-type", "authorization")
    }
    assert named == {
        "accept": media_type,
        "content-type": media_type,
        "amazon-advertising-api-clientid": amazon.credentials.client_id,
        "amazon-advertising-api-scope": PROFILE,
        "authorization": "Bearer Atza|emulated-access-token-1",
    }
    assert request.body == {
        "clientRequestToken": TOKEN,
        "dataSetId": "sponsored-ads-campaign-diagnostics-recommendations",
        "destinationArn": QUEUE,
        "notes": "by hand",
    }
    assert [each.subscription_id for each in amazon.subscriptions] == [subscription_id]


def test_a_subscription_becomes_active(streams: StreamSubscriptions) -> None:
    """It is provisioned, waits for its confirmation, and delivers."""
    subscription_id = subscribe(streams)

    seen = [streams.subscription(PROFILE, subscription_id) for _ in range(4)]
    assert [each.status for each in seen] == [
        "PROVISIONING",
        "PENDING_CONFIRMATION",
        "ACTIVE",
        "ACTIVE",
    ]
    assert all(each.is_live and each.is_recommendations for each in seen)
    assert {each.destination_arn for each in seen} == {QUEUE}
    assert seen[0].created_date is not None


def test_the_list_is_read_page_by_page(
    amazon: EmulatedAmazon, streams: StreamSubscriptions
) -> None:
    """What comes as nextToken goes back as startingToken; other profiles are not in it."""
    with amazon.streams() as book:
        book.page_size = 2
        for number in range(5):
            book.put(PROFILE, f"{QUEUE}-{number}", status="ACTIVE")
        book.put("999", QUEUE)

    found = [each.destination_arn for each in streams.subscriptions(PROFILE)]
    assert found == [f"{QUEUE}-{number}" for number in range(5)]
    targets = [request.target for request in amazon.subscription_lists]
    assert targets[0] == "/streams/subscriptions"
    assert [target.partition("?")[2][:14] for target in targets[1:]] == ["startingToken="] * 2
    assert "content-type" not in amazon.subscription_lists[0].headers


def test_a_list_that_goes_in_circles_ends(
    amazon: EmulatedAmazon, streams: StreamSubscriptions
) -> None:
    """A token that was met before leads nowhere."""
    amazon.script_subscriptions([answers(200, {"subscriptions": [], "nextToken": "again"})] * 2)

    with pytest.raises(UnavailableError, match="leads back to one before it"):
        list(streams.subscriptions(PROFILE))


def test_a_lost_answer_makes_no_second_subscription(
    amazon: EmulatedAmazon, streams: StreamSubscriptions
) -> None:
    """The same token is sent again, and Amazon knows it."""
    amazon.script_subscribe([drops_after_taking(), answers(500, {"message": "Oops"})])

    subscription_id = subscribe(streams)
    assert [each.subscription_id for each in amazon.subscriptions] == [subscription_id]
    assert len(amazon.subscribe_requests) == 3


def test_a_second_subscription_is_a_conflict(
    amazon: EmulatedAmazon, streams: StreamSubscriptions
) -> None:
    """One for each client, advertiser, dataset and destination; an ended one bars nothing."""
    first = subscribe(streams)
    with pytest.raises(ConflictError, match=f"subscribing profile {PROFILE} failed: 409"):
        subscribe(streams, token="another-token-of-22-chars")

    with amazon.streams() as book:
        book.set_status("SUSPENDED", first)
    assert subscribe(streams, token="another-token-of-22-chars") != first


def test_only_what_is_active_can_be_archived(
    amazon: EmulatedAmazon, streams: StreamSubscriptions
) -> None:
    """200 comes with nothing in it; a second time is a conflict."""
    subscription_id = subscribe(streams)
    with pytest.raises(ConflictError, match="this one is PROVISIONING"):
        streams.archive(PROFILE, subscription_id)

    with amazon.streams() as book:
        book.set_status("ACTIVE", subscription_id)
    streams.archive(PROFILE, subscription_id)
    assert amazon.archive_requests[-1].body == {"status": "ARCHIVED"}
    assert [each.status for each in amazon.subscriptions] == ["ARCHIVED"]
    with pytest.raises(ConflictError, match="this one is ARCHIVED"):
        streams.archive(PROFILE, subscription_id)


def test_what_another_login_subscribed_is_not_visible(
    amazon: EmulatedAmazon, streams: StreamSubscriptions
) -> None:
    """Neither in the list nor by its id."""
    subscription_id = subscribe(streams)
    with amazon.streams() as book:
        book.login = "login-2"

    assert list(streams.subscriptions(PROFILE)) == []
    with pytest.raises(RefusedError, match="another login or another client") as raised:
        streams.subscription(PROFILE, subscription_id)
    assert raised.value.http_status == 404


# The same in memory


@pytest.fixture(params=["memory", "client"])
def either(request: pytest.FixtureRequest) -> Iterator[Streams]:
    """The stand-in, and the client in front of an Amazon."""
    if request.param == "memory":
        yield MemoryStreams()
        return
    with EmulatedAmazon() as amazon, httpx.Client(trust_env=False) as http:
        yield speaking(begin(amazon, http))


def test_a_subscriptions_life_is_the_same_in_memory(either: Streams) -> None:
    """Made, listed, read, refused twice, archived, and not to be archived again."""
    made = either.create(PROFILE, queue_arn=QUEUE, client_request_token=TOKEN)
    assert either.create(PROFILE, queue_arn=QUEUE, client_request_token=TOKEN) == made
    with pytest.raises(ConflictError, match=f"subscribing profile {PROFILE} failed: 409"):
        either.create(PROFILE, queue_arn=QUEUE, client_request_token="another-token-of-22-chars")

    with pytest.raises(ConflictError, match="this one is PROVISIONING"):
        either.archive(PROFILE, made)
    seen = [each.status for _ in range(2) for each in either.subscriptions(PROFILE)]
    assert seen == ["PROVISIONING", "PENDING_CONFIRMATION"]
    assert either.subscription(PROFILE, made).status == "ACTIVE"
    either.archive(PROFILE, made)
    assert not either.subscription(PROFILE, made).is_live
    with pytest.raises(RefusedError, match="404"):
        either.subscription("999", made)


# What goes wrong


def test_a_profile_that_is_refused_is_no_fault_of_the_token(
    amazon: EmulatedAmazon, streams: StreamSubscriptions
) -> None:
    """Others are asked for with the same one, whether it is a 403 or a 401 that names the scope."""
    with amazon.streams() as book:
        book.refused_profiles.add("403")
        book.unknown_profiles.add("401")

    for profile in ("403", "401"):
        with pytest.raises(ProfileRefusedError, match=f"{profile}.*view_performance_dashboard"):
            list(streams.subscriptions(profile))
    assert list(streams.subscriptions(PROFILE)) == []
    assert len(amazon.token_requests) == 1


def test_a_token_that_is_refused_twice_is_a_persons_business(
    amazon: EmulatedAmazon, streams: StreamSubscriptions
) -> None:
    """One new token is tried first."""
    amazon.script_subscriptions([answers(401, {"message": "Unauthorized"})] * 2)

    with pytest.raises(CredentialsRefusedError, match="failed: 401: Unauthorized"):
        list(streams.subscriptions(PROFILE))
    assert len(amazon.token_requests) == 2


@pytest.mark.parametrize("arn", [f"{QUEUE}.fifo", QUEUE.replace("us-east-1", "us-east-2")])
def test_a_destination_that_is_refused_says_what_to_look_at(
    streams: StreamSubscriptions, arn: str
) -> None:
    """The queue's kind, region and policy."""
    with pytest.raises(RefusedError, match=r"Destination is invalid.*standard.*region.*policy"):
        streams.create(PROFILE, queue_arn=arn, client_request_token=TOKEN)


@pytest.mark.parametrize("status", [406, 415])
def test_a_media_type_that_is_not_taken_names_the_setting(
    amazon: EmulatedAmazon, streams: StreamSubscriptions, status: int
) -> None:
    """Two are documented."""
    amazon.script_subscriptions([answers(status, {"message": "No."})])

    with pytest.raises(RefusedError, match="StreamMediaType, --media-type"):
        list(streams.subscriptions(PROFILE))


def test_a_429_is_waited_for(
    amazon: EmulatedAmazon, invocation: Invocation, streams: StreamSubscriptions
) -> None:
    """As long as Retry-After says, within the time that there is."""
    amazon.script_subscribe([answers(429, {"message": "Slow"}, headers={"Retry-After": "7"})])
    subscribe(streams)
    assert invocation.clock.slept == [7.0]

    amazon.script_subscriptions([answers(429, headers={"Retry-After": "900"})])
    with pytest.raises(ThrottledError, match="429"):
        list(streams.subscriptions(PROFILE))


@pytest.mark.parametrize(
    "step", [answers(500, {"message": "No"}), answers(502), answers(408), resets()]
)
def test_a_failure_is_only_asked_again(
    amazon: EmulatedAmazon, streams: StreamSubscriptions, step: Step
) -> None:
    """Nothing that is asked here does harm when it is asked twice."""
    amazon.script_subscriptions([step] * 3)
    assert list(streams.subscriptions(PROFILE)) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"subscriptions": [{}]}', b"<x/>"])
def test_an_answer_that_is_none_did_not_come(
    amazon: EmulatedAmazon, streams: StreamSubscriptions, body: bytes
) -> None:
    """Whatever stands in its place."""
    amazon.script_subscriptions([answers(200, body)])
    with pytest.raises(UnavailableError, match="listing the subscriptions of profile"):
        list(streams.subscriptions(PROFILE))


def test_one_subscription_that_is_none_did_not_come_either(
    amazon: EmulatedAmazon, streams: StreamSubscriptions
) -> None:
    """For a single one, and for what a new one is called."""
    amazon.script_subscription([answers(200, {"subscription": None})])
    with pytest.raises(UnavailableError, match=r"reading subscription amzn1\.x of profile"):
        streams.subscription(PROFILE, "amzn1.x")
    amazon.script_subscribe([answers(200, {"clientRequestToken": TOKEN})])
    with pytest.raises(UnavailableError, match="has no subscriptionId"):
        subscribe(streams)
