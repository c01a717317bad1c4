"""Under which opportunity a delivery is applied, through the deployed functions."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import stream_message
from tests.emulator.deployment import OPPORTUNITY, Deployment, deployed
from tests.integration.test_opportunity_files import file_of, row

FILES = {"OpportunityFiles": "INDEX", "DefaultPartnerOpportunityId": None}


def message(deployment: Deployment, recommendation_id: str, **changes: Any) -> str:
    """Make a delivery that was published just now."""
    published = deployment.clock.now().strftime("%Y-%m-%dT%H:%M:%S UTC")
    return json.dumps(stream_message(recommendation_id, published_date=published, **changes))


def of_kind(name: str) -> dict[str, Any]:
    """Change a delivery's grouping type."""
    context = {"grouping_context": {"grouping_type": name}}
    return {"explanation": {"recommendation_context": context}}


def store_routes(deployment: Deployment, routes: object) -> None:
    """Do what an operator does, and let a minute pass."""
    name = deployment.stack.outputs["OpportunityRoutesName"]
    text = routes if isinstance(routes, str) else json.dumps({"version": 1, "routes": routes})
    deployment.stack.ssm.put_parameter(Name=name, Value=text, Overwrite=True)
    deployment.let_time_pass(timedelta(minutes=1))


def summaries(deployment: Deployment) -> list[dict[str, Any]]:
    """Give the line of each invocation."""
    return [line for line in deployment.log() if line.get("message") == "invocation"]


@pytest.fixture
def indexing() -> Iterator[Deployment]:
    """Deploy with the index on, and without a default."""
    with deployed(parameters=FILES) as deployment:
        yield deployment
        assert deployment.amazon.violations == []
        assert deployment.amazon.accepted_twice == []


def test_the_index_comes_before_the_default() -> None:
    """With an index that has an id under PO-1, and a default, the request goes to PO-1."""
    with deployed(parameters={"OpportunityFiles": "INDEX"}) as deployment:
        deployment.amazon.publish([file_of([row("rec-1")])])
        deployment.read_files()
        other = message(deployment, "rec-2", recommendation_group="other", **of_kind("other"))
        assert deployment.invoke(message(deployment, "rec-1"), other) == []

        assert deployment.amazon.accepted_under == {"rec-1": "PO-1", "rec-2": OPPORTUNITY}
        [line] = summaries(deployment)
        assert line["resolved"] == {"INDEX": 1, "DEFAULT": 1}
        by_batch = {
            each["partnerOpportunityId"]: each["resolvedBy"]
            for each in deployment.log()
            if each.get("message") == "apply request"
        }
        assert by_batch == {"PO-1": {"INDEX": 1}, OPPORTUNITY: {"DEFAULT": 1}}


def test_what_nothing_knows_is_awaited_and_then_dead_lettered(indexing: Deployment) -> None:
    """While it is young it waits; redriven after the index knows it, it is accepted."""
    young = message(indexing, "rec-1")
    assert indexing.invoke(young) == ["0"]
    [line] = summaries(indexing)
    assert line["reasons"] == {"retry": {"OPPORTUNITY_AWAITED": 1}}
    assert [each for each in indexing.log() if "RetriedRecommendations" in each] == []

    indexing.let_time_pass(timedelta(hours=26))
    assert indexing.invoke(young, receive_count=20) == []
    [letter] = indexing.dead_letters()
    assert letter["attributes"]["reasonCode"] == "OPPORTUNITY_UNRESOLVED"
    assert indexing.amazon.apply_requests == []

    indexing.amazon.publish([file_of([row("rec-1")])])
    indexing.read_files()
    assert indexing.redrive() == 1
    indexing.run_until_quiet()
    assert indexing.amazon.accepted_under == {"rec-1": "PO-1"}
    assert indexing.dead_letters() == []


def test_a_delivery_waits_for_its_file_on_the_queue(indexing: Deployment) -> None:
    """The file comes a day later: nobody has to do anything."""
    indexing.stack.deliver([message(indexing, "rec-1")])
    indexing.mapping.drain()
    indexing.let_time_pass(timedelta(hours=20))
    indexing.amazon.publish([file_of([row("rec-1")])])
    indexing.read_files()
    indexing.run_until_quiet()

    assert indexing.amazon.accepted_under == {"rec-1": "PO-1"}


def test_a_route_is_followed_without_a_deploy(indexing: Deployment) -> None:
    """It comes before what the index has taught, and after what it knows."""
    indexing.amazon.publish([file_of([row("rec-1")])])
    indexing.read_files()
    match = {"recommendationGroup": ["rec-a-018"], "type": ["KEYWORD_BID"]}
    store_routes(indexing, [{"match": match, "partnerOpportunityId": "PO-ROUTE"}])
    bodies = [message(indexing, "rec-1"), message(indexing, "rec-2")]

    assert indexing.invoke(*bodies) == []
    assert indexing.amazon.accepted_under == {"rec-1": "PO-1", "rec-2": "PO-ROUTE"}


def test_routes_that_are_malformed_keep_what_they_concern(indexing: Deployment) -> None:
    """With a reason of its own, until somebody has mended them; no deploy is needed."""
    store_routes(indexing, "{")
    body = message(indexing, "rec-1")
    assert indexing.invoke(body) == ["0"]
    [line] = summaries(indexing)
    assert line["reasons"] == {"retry": {"ROUTES_UNREADABLE": 1}}

    store_routes(indexing, [{"match": {"adProduct": ["SP"]}, "partnerOpportunityId": "PO-ROUTE"}])
    assert indexing.invoke(body, receive_count=2) == []


def test_what_is_alike_belongs_together(indexing: Deployment) -> None:
    """By its kind at first; by its group once a delivery has taught what group its kind has."""
    files = [
        file_of([row("rec-1")]),
        file_of([row("rec-2", opportunity="PO-2")], opportunity="PO-2"),
    ]
    indexing.amazon.publish(files)
    indexing.read_files()
    groups = [{"recommendation_group": f"group-{number}"} for number in range(3)]
    bodies = [
        message(indexing, "rec-1", **groups[1], **of_kind("K-PO-1")),
        message(indexing, "rec-3", **groups[0], **of_kind("K-PO-2")),
    ]
    assert indexing.invoke(*bodies) == []
    assert indexing.invoke(message(indexing, "rec-4", **groups[1], **of_kind("else"))) == []

    accepted = {"rec-1": "PO-1", "rec-3": "PO-2", "rec-4": "PO-1"}
    assert indexing.amazon.accepted_under == accepted
    resolved = [line["resolved"] for line in summaries(indexing)]
    assert resolved == [{"INDEX": 1, "KIND": 1}, {"GROUP": 1}]


def test_an_index_out_of_reach_is_no_reason_to_guess() -> None:
    """Although there is a default, everything waits."""
    with deployed(parameters={"OpportunityFiles": "INDEX"}) as deployment:
        dynamodb, table = deployment.stack.dynamodb, deployment.stack.ledger_table_name
        dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
        dynamodb.delete_table(TableName=table)

        assert deployment.invoke(message(deployment, "rec-1")) == ["0"]
        [line] = summaries(deployment)
        assert line["reasons"] == {"retry": {"LEDGER_UNAVAILABLE": 1}}
        assert deployment.amazon.apply_requests == []
