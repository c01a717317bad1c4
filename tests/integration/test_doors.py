"""Every delivery leaves by exactly one door."""

import json
import random

import pytest

from tests.builders import body, flat_message, notification, stream_message
from tests.emulator.amazon_faults import answers
from tests.emulator.deployment import OPPORTUNITY, Deployment, deployed


def reasons(deployment: Deployment) -> list[str]:
    """Name the reason code of each dead letter, sorted."""
    return sorted(each["attributes"]["reasonCode"] for each in deployment.dead_letters())


def test_the_guides_example_asks_for_nothing(deployment: Deployment) -> None:
    """A removed and expired recommendation causes no request and no dead letter."""
    kept = deployment.invoke(
        body(recommendation_status="REMOVED", expiry_date="2024-09-18T17:11:14 UTC")
    )

    assert kept == []
    assert deployment.amazon.apply_requests == []
    assert deployment.amazon.token_requests == []
    assert deployment.dead_letters() == []


def test_a_publication_becomes_exactly_the_documented_request(deployment: Deployment) -> None:
    """Path, headers and the five attributes are those of the guide."""
    assert deployment.invoke(body("1ea17717-c04c-4ef1-817b-1a0ef03a7e07")) == []

    (request,) = deployment.amazon.apply_requests
    assert request.method == "POST"
    assert request.target == f"/partnerOpportunities/{OPPORTUNITY}/apply"
    assert json.loads(request.raw_body) == {
        "advertiserType": "SELLER",
        "encryptedAdvertiserId": "A0000000000001",
        "entityId": "ENTITY0000000000001",
        "marketplace": "US",
        "recommendationIds": ["1ea17717-c04c-4ef1-817b-1a0ef03a7e07"],
    }
    assert request.headers["Accept"] == "application/vnd.partneropportunity.v1+json"
    assert request.headers["Content-Type"] == "application/vnd.partneropportunity.v1+json"
    assert request.headers["Amazon-Advertising-API-ClientId"] == (
        deployment.amazon.credentials.client_id
    )
    assert request.headers["Amazon-Advertising-API-Manager-Account"] == (
        deployment.amazon.manager_account
    )
    assert "Amazon-Advertising-API-Scope" not in request.headers


@pytest.mark.no_cover  # hundreds of the same: fewer of them are traced elsewhere
def test_1234_recommendations_of_7_accounts_take_16_requests(deployment: Deployment) -> None:
    """A shuffled invocation makes the least number of requests, each id once, each its account."""
    sizes = {1: 350, 2: 250, 3: 210, 4: 150, 5: 150, 6: 90, 7: 34}
    deliveries = [
        body(f"rec-{account}-{number}", account=account)
        for account, size in sizes.items()
        for number in range(size)
    ]
    random.Random(7).shuffle(deliveries)  # noqa: S311 - any order will do

    assert deployment.invoke(*deliveries) == []

    sent = [
        (request.account.encrypted_advertiser_id, one)
        for request in deployment.amazon.apply_requests
        for one in request.recommendation_ids
    ]
    assert len(deployment.amazon.apply_requests) == 16
    assert len(sent) == len(set(sent)) == 1234
    assert all(owner == f"A{int(one.split('-')[1]):013}" for owner, one in sent)


BAD_BODIES = [
    "no JSON",
    "[]",
    "42",
    "{}",
    "[1",
    json.dumps({"messageBody": "text"}),
    json.dumps(stream_message("bad", envelope={"entityId": ...})),
    json.dumps(stream_message("bad", envelope={"advertiserId": "  "})),
    body("bad", advertiser_type="AGENCY"),
    body("bad", marketplace_name="BE"),
    body("bad", marketplace_name="DE"),
    body("x" * 5000),
    body("bad", marketplace_name=17),
    body("bad", recommendation_status="SNOOZED"),
    body("bad", expiry_date="tomorrow"),
    json.dumps({"version": 2, "kind": "batch", "reason": {"code": "APPLY_REFUSED"}}),
    json.dumps(flat_message("bad", entity_id=None)),
    notification("no JSON either"),
    json.dumps({"Type": "Notification", "TopicArn": "arn:aws:sns:us-east-1:1:t"}),
    "\x00\ufffd",
]


@pytest.mark.no_cover  # hundreds of the same: fewer of them are traced elsewhere
def test_400_bad_deliveries_do_not_touch_100_good_ones(deployment: Deployment) -> None:
    """Each bad delivery is dead-lettered with its reason after one try; the good are accepted."""
    deliveries = [
        *(bad for bad in BAD_BODIES for _ in range(20)),
        *(body(f"good-{number}") for number in range(100)),
    ]
    random.Random(4).shuffle(deliveries)  # noqa: S311 - any order will do

    assert deployment.invoke(*deliveries) == []

    letters = [json.loads(each["body"]) for each in deployment.dead_letters()]
    assert len(letters) == 400
    assert {letter["kind"] for letter in letters} == {"message"}
    assert {letter["attempts"] for letter in letters} == {1}
    assert all(letter["reason"]["code"] and letter["reason"]["message"] for letter in letters)
    assert sorted(letter["message"]["body"] for letter in letters) == sorted(BAD_BODIES * 20)
    assert sorted(deployment.amazon.accepted) == sorted(f"good-{n}" for n in range(100))


def test_only_what_is_unprocessable_in_a_422_is_dead_lettered(deployment: Deployment) -> None:
    """Successes, ids applied before and those in a terminal status are done; none is resent."""
    codes = {
        "applied": "PO_APPLY_ALREADY_APPLIED",
        "terminal": "PO_APPLY_IN_TERMINAL_STATUS",
        "impossible": "PO_APPLY_UNPROCESSABLE_ERROR",
    }
    partial = {
        "code": "PO_APPLY_UNPROCESSABLE_ERROR",
        "message": "Some recommendations failed to apply.",
        "failures": [
            {"recommendationId": one, "code": code, "message": f"{one} it is"}
            for one, code in codes.items()
        ],
        "successes": [{"recommendationId": "fine"}],
    }
    deployment.amazon.script_apply([answers(422, partial, takes=["fine"])])

    assert deployment.invoke(*(body(one) for one in ["fine", *codes])) == []

    (letter,) = deployment.dead_letters()
    content = json.loads(letter["body"])
    assert letter["attributes"] == {"kind": "batch", "reasonCode": "RECOMMENDATION_FAILED"}
    assert content["batch"]["request"]["recommendationIds"] == ["impossible"]
    assert content["reason"]["apiCode"] == "PO_APPLY_UNPROCESSABLE_ERROR"
    assert content["reason"]["httpStatus"] == 422
    assert len(deployment.amazon.apply_requests) == 1
    assert deployment.invoke(*(body(one) for one in ["fine", "applied", "terminal"])) == []
    assert len(deployment.amazon.apply_requests) == 1


@pytest.mark.parametrize("status", [400, 404, 406, 415])
def test_a_refused_request_is_dead_lettered_whole_and_not_repeated(
    deployment: Deployment, status: int
) -> None:
    """One request, one dead letter with all that is needed to send it again."""
    refusal = {
        "code": "PO_APPLY_BAD_REQUEST",
        "message": "Request data does not match the opportunity file.",
        "failures": [],
        "successes": [],
    }
    deployment.amazon.script_apply([answers(status, refusal, headers={"x-amz-rid": "RID1"})])

    assert deployment.invoke(body("rec-1"), body("rec-2")) == []

    (letter,) = deployment.dead_letters()
    content = json.loads(letter["body"])
    assert len(deployment.amazon.apply_requests) == 1
    assert content["version"] == 1
    assert content["kind"] == "batch"
    assert content["attempts"] == 1
    assert content["reason"] == {
        "code": "APPLY_REFUSED",
        "message": (
            "apply of 2 recommendations of A0000000000001 (ENTITY0000000000001, US) under "
            f"{OPPORTUNITY} failed: {status}: PO_APPLY_BAD_REQUEST Request data does not match the "
            "opportunity file. (request id RID1)"
        ),
        "httpStatus": status,
        "apiCode": "PO_APPLY_BAD_REQUEST",
        "requestId": "RID1",
    }
    assert content["batch"]["partnerOpportunityId"] == OPPORTUNITY
    assert content["batch"]["request"] == deployment.amazon.apply_requests[0].body
    assert content["batch"]["recommendations"][0] == {
        "recommendationId": "rec-1",
        "messageId": "0",
        "expiryDate": "2099-11-15T12:00:00Z",
        "publishedDate": "2026-11-01T12:00:00Z",
        "type": "KEYWORD_BID",
        "adProduct": "SP",
        "campaignId": "210000000000001",
        "recommendationGroup": "sponsored-ads-campaign-diagnostics-recommendations-rec-a-018",
        "groupingType": "INCREASE_BID_CONTEXTUAL",
    }


def test_dead_letters_of_every_kind_come_back_by_plain_redrive(deployment: Deployment) -> None:
    """Moved back with bodies and attributes, a refused batch and a mended message are accepted."""
    deployment.amazon.script_apply([answers(400, {"code": "PO_APPLY_BAD_REQUEST"})])
    deployment.stack.deliver([body("refused-1"), body("refused-2")])
    deployment.run_until_quiet()
    deployment.stack.deliver([body("odd", recommendation_status="SNOOZED")])
    deployment.run_until_quiet()
    assert reasons(deployment) == ["APPLY_REFUSED", "UNKNOWN_STATUS"]

    assert deployment.redrive() == 2
    deployment.run_until_quiet()

    assert sorted(deployment.amazon.accepted) == ["refused-1", "refused-2"]
    assert reasons(deployment) == ["UNKNOWN_STATUS"]
    (letter,) = deployment.dead_letters()
    assert json.loads(letter["body"])["message"]["body"] == body(
        "odd", recommendation_status="SNOOZED"
    )


def test_an_array_with_one_bad_element_loses_neither_part(deployment: Deployment) -> None:
    """The good elements are applied; the bad one alone is dead-lettered."""
    bad = stream_message("bad", advertiser_type="AGENCY")
    array = json.dumps([stream_message("rec-1"), bad, stream_message("rec-2")])

    assert deployment.invoke(array) == []

    (letter,) = deployment.dead_letters()
    assert json.loads(json.loads(letter["body"])["message"]["body"]) == bad
    assert sorted(deployment.amazon.accepted) == ["rec-1", "rec-2"]


def test_what_a_redriven_letter_asks_for_goes_under_its_own_opportunity(
    deployment: Deployment,
) -> None:
    """The opportunity of a dead letter comes before the default one."""
    letter = {
        "version": 1,
        "kind": "batch",
        "failedAt": "2026-11-01T00:00:00Z",
        "attempts": 1,
        "reason": {"code": "APPLY_REFUSED", "message": "no"},
        "batch": {
            "partnerOpportunityId": "opportunity of its own",
            "request": {
                "advertiserType": "VENDOR",
                "encryptedAdvertiserId": "ENTITY9",
                "entityId": "ENTITY9",
                "marketplace": "GB",
                "recommendationIds": ["rec-1", "rec-2"],
            },
            "recommendations": [{"recommendationId": "rec-2", "expiryDate": "2020-01-01"}],
        },
    }

    assert deployment.invoke(json.dumps(letter)) == []

    assert deployment.amazon.accepted_under == {"rec-1": "opportunity of its own"}
    (request,) = deployment.amazon.apply_requests
    assert request.target == "/partnerOpportunities/opportunity%20of%20its%20own/apply"


def test_without_any_opportunity_nothing_is_guessed() -> None:
    """With no default, the message waits on the dead-letter queue with its reason."""
    with deployed(parameters={"DefaultPartnerOpportunityId": ""}) as deployment:
        assert deployment.invoke(body("rec-1")) == []

        assert deployment.amazon.apply_requests == []
        assert reasons(deployment) == ["OPPORTUNITY_UNRESOLVED"]
