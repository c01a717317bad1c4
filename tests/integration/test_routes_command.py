"""`applier opportunities routes` against a deployed stack that has read files."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recommendation_applier.domain.opportunity import CLICK_CREDITS
from tests.emulator.amazon_faults import answers
from tests.emulator.deployment import Deployment, deployed
from tests.integration.test_opportunity_files import file_of, row
from tests.integration.test_resolution import message, of_kind, store_routes
from tests.operator import applier, let_operators_reach, sentence_of

COMMAND = ("opportunities", "routes", "--stack", "recommendation-applier")
GROUP = "sponsored-ads-campaign-diagnostics-recommendations-rec-a-018"
BY_GROUP = {"match": {"recommendationGroup": ["rec-a-018"]}, "partnerOpportunityId": "PO-1"}
TAUGHT = [
    BY_GROUP,
    *(
        {
            "match": {"type": ["KEYWORD_BID"], "adProduct": ["SP"], "groupingType": [f"K-{name}"]},
            "partnerOpportunityId": name,
        }
        for name in ("PO-1", "PO-2")
    ),
]


@pytest.fixture
def taught() -> Iterator[Deployment]:
    """Deploy with the index on; two files are read, and one delivery has a group."""
    with deployed(parameters={"OpportunityFiles": "INDEX"}) as deployment:
        let_operators_reach(deployment)
        deployment.amazon.publish(
            [
                file_of([row("rec-1"), row("rec-2")]),
                file_of([row("rec-3", opportunity="PO-2")], opportunity="PO-2"),
                file_of([], opportunity="PO-3"),
                file_of([row("rec-4")], opportunity="PO-4", objective_type=CLICK_CREDITS),
            ]
        )
        deployment.read_files()
        deployment.invoke(
            message(deployment, "rec-1", recommendation_group=GROUP, **of_kind("K-PO-1"))
        )
        yield deployment


def told(*arguments: str) -> Any:
    """Run the command, which has nothing to remark, and read its JSON."""
    result = applier(*COMMAND, "--json", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def stored(deployment: Deployment) -> list[dict[str, Any]]:
    """Read the routes off the stack."""
    name = deployment.stack.outputs["OpportunityRoutesName"]
    value = deployment.stack.ssm.get_parameter(Name=name)["Parameter"]["Value"]
    routes: list[dict[str, Any]] = json.loads(value)["routes"]
    return routes


def test_what_the_index_has_taught_is_proposed(taught: Deployment) -> None:
    """With how often it was seen; nothing is changed."""
    document = told()

    assert document["routes"] == {"version": 1, "routes": TAUGHT}
    assert [
        (each["standing"], each["recommendationGroup"], each["groupingType"], each["opportunities"])
        for each in document["findings"]
    ] == [
        ("NEW", "rec-a-018", None, {"PO-1": 1}),
        ("NEW", None, "K-PO-1", {"PO-1": 1}),
        ("NEW", None, "K-PO-2", {"PO-2": 0}),
    ]
    assert document["filesRead"] == {"PO-1": True, "PO-2": True}
    assert document["nothingLeadsTo"] == ["PO-3"]
    assert document["titles"]["PO-1"] == "About PO-1"
    assert stored(taught) == []


def test_a_proposal_is_a_table_for_people(taught: Deployment) -> None:
    """With what is in conflict, what nothing leads to, and what would be stored."""
    same_kind = {
        **row("rec-3", opportunity="PO-2"),
        "explanation": row("rec-1", opportunity="PO-1")["explanation"],
    }
    later = {"opportunity": "PO-2", "updated": "2026-10-06T06:00:00.000Z"}
    taught.amazon.publish([file_of([row("rec-1")]), file_of([same_kind], **later)])
    taught.read_files()

    result = applier(*COMMAND)

    assert (result.exit_code, result.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "NEW rec-a-018 1 PO-1 About PO-1" in lines
    assert "CONFLICT KEYWORD_BID SP K-PO-1 1 PO-1 About PO-1 (1); PO-2 About PO-2 (0)" in lines
    assert "findings CONFLICT 1, NEW 1" in lines
    table = json.loads("{" + result.stdout.partition("\n{")[2])
    assert table == {"version": 1, "routes": [BY_GROUP]}


def test_a_proposal_is_written_to_a_file(taught: Deployment, tmp_path: Path) -> None:
    """Over another one only if somebody agrees; what it holds can be stored as it is."""
    file = tmp_path / "routes.json"

    told("--write", str(file), "--dry-run")
    assert not file.exists()
    told("--write", str(file))
    assert json.loads(file.read_text())["routes"] == TAUGHT
    result = applier(*COMMAND, "--write", str(file))
    assert result.exit_code == 1
    assert f"nobody can be asked here: Replace {file}?" in result.stderr
    store_routes(taught, file.read_text())
    assert told()["routes"]["routes"] == TAUGHT


def test_a_proposal_is_stored_behind_what_is_stored(taught: Deployment) -> None:
    """If somebody agrees; from then on deliveries take those routes."""
    mine = {"match": {"type": ["OTHER"]}, "partnerOpportunityId": "PO-9"}
    store_routes(taught, [mine])

    dry = applier(*COMMAND, "--store", "--dry-run")
    assert "4 routes would be stored in parameter /recommendation-applier/" in dry.stderr
    refused = applier(*COMMAND, "--store")
    assert refused.exit_code == 1
    assert "nobody can be asked here: Store 4 routes in parameter" in refused.stderr
    assert stored(taught) == [mine]
    done = applier(*COMMAND, "--store", "--yes")
    assert "Stored 4 routes in parameter" in done.stderr
    assert stored(taught) == [mine, *TAUGHT]
    again = applier(*COMMAND, "--store", "--yes")
    assert "has this table already" in again.stderr


def test_a_table_that_has_no_room_is_not_stored(taught: Deployment) -> None:
    """It is said how much there is, and what to do."""
    names = [f"TYPE_{number:03}" for number in range(350)]
    store_routes(taught, [{"match": {"type": names}, "partnerOpportunityId": "PO-9"}])

    result = applier(*COMMAND, "--store", "--yes")

    assert result.exit_code == 1
    assert "and it has room for 4,096; write them with --write FILE" in result.stderr
    assert len(stored(taught)) == 1


def test_what_amazon_does_not_list_any_more_is_not_proposed(taught: Deployment) -> None:
    """Unless it is not asked; titles are the guide's then."""
    taught.amazon.publish([file_of([row("rec-1")])])

    assert [each["standing"] for each in told()["findings"]] == ["NEW", "NEW", "UNLISTED"]
    taught.amazon.script_list([answers(503, headers={"Retry-After": "7200"})])
    unanswered = applier(*COMMAND, "--json")
    assert unanswered.stderr.startswith("Amazon does not answer: listing opportunities failed: 503")
    assert json.loads(unanswered.stdout)["routes"]["routes"] == TAUGHT
    assert told("--offline")["routes"]["routes"] == TAUGHT


def test_where_files_are_not_read_that_is_told(deployment: Deployment) -> None:
    """What looks unanimous may not be so."""
    let_operators_reach(deployment)

    result = applier(*COMMAND, "--json")

    assert result.stderr.startswith(
        "Files read to their end: 0 of 0. What leads to one opportunity"
    )
    assert json.loads(result.stdout)["findings"] == []


def test_routes_that_cannot_be_read_are_not_written_over(taught: Deployment) -> None:
    """Whoever wrote them has to mend them."""
    store_routes(taught, "{")

    assert "reading the opportunity routes of parameter" in sentence_of(
        applier(*COMMAND, "--store", "--yes")
    )
