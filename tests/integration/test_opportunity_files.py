"""Opportunity files are read by the function that the schedule runs, from the real store's side."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from recommendation_applier.domain.errors import CredentialsRefusedError, LedgerUnavailableError
from tests.builders import stream_message
from tests.emulator.amazon_faults import answers, is_cut
from tests.emulator.amazon_opportunities import Opportunity, Row
from tests.emulator.deployment import Deployment, deployed
from tests.emulator.iam import AwsCall, assert_used, calls_of_lambda

APPLY_ADDRESS = "https://advertising-api.amazon.com/partnerOpportunities/"


def row(recommendation_id: str, *, opportunity: str = "PO-1", account: int = 1) -> Row:
    """Make a row as the guide's CSV schema has it, of a recommendation that lives on."""
    kind = {"recommendation_context": {"grouping_context": {"grouping_type": f"K-{opportunity}"}}}
    return {
        "recommendationId": recommendation_id,
        "advertiserType": "SELLER_CENTRAL_ENTITY",
        "encryptedAdvertiserId": f"A{account:013}",
        "entityId": f"ENTITY{account:013}",
        "marketplace": "US",
        "applyApiEndPoint": f"{APPLY_ADDRESS}{opportunity}/apply",
        "publishedDate": "1790000000",
        "expiryDate": "4070908800000000",
        "recommendationType": "KEYWORD_BID",
        "adProductType": "SP",
        "explanation": json.dumps(kind),
        "currentCampaignSettings": '{"ad_groups": [{"bid": 0.75}]}',
        "recommendedCampaignSettings": '{"ad_groups": [{"bid": 0.9}]}',
    }


def file_of(rows: Sequence[Row], *, opportunity: str = "PO-1", **changes: Any) -> Opportunity:
    """Make an opportunity with its file."""
    return Opportunity(
        partner_opportunity_id=opportunity,
        title=f"About {opportunity}",
        rows=tuple(rows),
        **changes,
    )


def index_of(deployment: Deployment) -> dict[str, str]:
    """Read the index off the table: opportunities by recommendation."""
    pages = deployment.stack.dynamodb.get_paginator("scan").paginate(
        TableName=deployment.stack.ledger_table_name
    )
    return {
        each["pk"]["S"].removeprefix("OPPORTUNITY_OF#"): each["partnerOpportunityId"]["S"]
        for page in pages
        for each in page["Items"]
        if each["pk"]["S"].startswith("OPPORTUNITY_OF#")
    }


def said(deployment: Deployment, message: str) -> list[dict[str, Any]]:
    """Give the lines of that message that the function has written."""
    assert deployment.opportunities is not None
    return [line for line in deployment.opportunities.log() if line.get("message") == message]


@pytest.fixture
def indexing() -> Iterator[Deployment]:
    """Deploy with OpportunityFiles=INDEX and two files of the account team."""
    with deployed(parameters={"OpportunityFiles": "INDEX"}) as deployment:
        deployment.amazon.publish(
            [
                file_of([row("rec-1"), row("rec-2")]),
                file_of([row("rec-3", opportunity="PO-2")], opportunity="PO-2"),
                file_of([row("rec-4")], opportunity="PO-3", objective_type="CLICK_CREDITS"),
                file_of([], opportunity="PO-4"),
            ]
        )
        yield deployment
        assert deployment.amazon.violations == []


def test_files_of_the_account_team_are_indexed_once(indexing: Deployment) -> None:
    """Only those that have rows, and again only when there is another file."""
    indexing.read_files()
    indexing.read_files()
    assert index_of(indexing) == {"rec-1": "PO-1", "rec-2": "PO-1", "rec-3": "PO-2"}
    assert len(indexing.amazon.file_requests) == 2

    indexing.amazon.publish([file_of([row("rec-5")], updated="2026-10-06T06:00:00.000Z")])
    indexing.read_files()
    assert index_of(indexing)["rec-5"] == "PO-1"
    assert len(indexing.amazon.file_requests) == 3


def test_neither_authorization_nor_tokens_reach_the_file_store(indexing: Deployment) -> None:
    """Of all requests to it, none has a header that Amazon Ads would know us by."""
    indexing.amazon.script_download([is_cut()])
    indexing.read_files()

    assert len(indexing.amazon.downloads) == 3
    for request in indexing.amazon.downloads:
        assert set(request.headers) <= {
            "accept",
            "accept-encoding",
            "connection",
            "host",
            "if-match",
            "range",
            "user-agent",
        }
        assert "Atza" not in str(dict(request.headers.items())) + request.target


def test_a_tick_that_is_cut_short_is_made_up_for(indexing: Deployment) -> None:
    """With no time nothing is begun; the next tick does it all."""
    indexing.read_files(seconds=0)
    assert index_of(indexing) == {}

    indexing.read_files()
    assert len(index_of(indexing)) == 3


def test_what_was_refused_is_told_with_its_file(indexing: Deployment) -> None:
    """By reason, with an example; the others of the file are indexed."""
    bad = dict(row("rec-8"), advertiserType="BRAND")
    elsewhere = row("rec-9", opportunity="PO-2")
    indexing.amazon.publish([file_of([row("rec-7"), bad, elsewhere])])
    indexing.read_files()

    [line] = said(indexing, "opportunity file")
    assert (line["level"], line["rows"], line["written"], line["done"]) == ("WARNING", 3, 2, True)
    assert line["refused"] == {"UNKNOWN_ADVERTISER_TYPE": 1, "OTHER_OPPORTUNITY": 1}
    assert "'BRAND'" in line["examples"]["UNKNOWN_ADVERTISER_TYPE"]
    assert sorted(index_of(indexing)) == ["rec-7", "rec-8"]
    [summary] = said(indexing, "opportunity files")
    assert (summary["listed"], summary["rows"], summary["written"]) == (1, 3, 2)


def test_a_file_that_is_not_there_is_told_of_and_hinders_no_other(indexing: Deployment) -> None:
    """The list had rows for it, and the API has none: 404 with what to look at."""
    indexing.amazon.script_file([answers(404)])
    indexing.read_files()

    errors = [line.get("error", "") for line in said(indexing, "opportunity file")]
    assert "rowCount is above 0" in errors[0]
    assert errors[1] == ""
    assert list(index_of(indexing)) == ["rec-3"]


def test_refused_credentials_fail_the_tick_and_are_counted(indexing: Deployment) -> None:
    """Both alarms hear of it."""
    indexing.amazon.revoke_refresh_token()

    with pytest.raises(CredentialsRefusedError, match="invalid_grant"):
        indexing.read_files()
    assert indexing.opportunities is not None
    [metrics] = [line for line in indexing.opportunities.log() if "_aws" in line]
    assert metrics["CredentialsRefused"] == [1.0]
    indexing.amazon.rotate_credentials(indexing.amazon.credentials)


def test_a_table_that_is_gone_fails_the_tick(indexing: Deployment) -> None:
    """Nothing else would tell of it."""
    dynamodb, table = indexing.stack.dynamodb, indexing.stack.ledger_table_name
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=table)

    with pytest.raises(LedgerUnavailableError, match="reading what the files have taught in"):
        indexing.read_files()


def test_a_tick_with_nothing_new_says_nothing(indexing: Deployment) -> None:
    """It costs a request for the list and a query."""
    indexing.read_files()
    assert indexing.opportunities is not None
    lines, calls = len(indexing.opportunities.log()), len(indexing.opportunities.calls)
    indexing.read_files()

    assert len(indexing.opportunities.log()) == lines
    made = indexing.opportunities.calls[calls:]
    assert [call.action for call in made] == ["dynamodb:Query"]


@pytest.mark.parametrize("files", ["INDEX", "APPLY"])
def test_the_function_needs_all_that_its_role_grants(files: str) -> None:
    """And no more: what it calls is held against the role when the deployment ends."""
    with deployed(parameters={"OpportunityFiles": files}) as deployment:
        deployment.amazon.publish([file_of([row("rec-1")])])
        deployment.read_files()

        function = deployment.opportunities
        assert function is not None
        by_lambda = calls_of_lambda(log_group_arn=function.deployed.log_group_arn)
        assert_used(function.deployed.policy_documents, [*function.calls, *by_lambda])
        sends = AwsCall("sqs:SendMessage", deployment.stack.event_source.queue_arn)
        assert (sends in function.calls) == (files == "APPLY")


def test_there_is_no_function_unless_files_are_wanted(deployment: Deployment) -> None:
    """OFF is what a first deploy is."""
    assert deployment.opportunities is None
    with pytest.raises(LookupError, match="OpportunityFiles is OFF"):
        deployment.read_files()


# Files as a source


@pytest.mark.no_cover  # hundreds of the same: fewer of them are traced elsewhere
def test_what_came_both_ways_is_sent_once() -> None:
    """500 ids by the Stream and by a file, whichever comes first: 500 accepted, once each."""
    ids = [f"rec-{number:03}" for number in range(500)]
    with deployed(parameters={"OpportunityFiles": "APPLY", "BatchSize": "500"}) as deployment:
        deployment.amazon.publish([file_of([row(each, account=1) for each in ids])])
        messages = [json.dumps(stream_message(each)) for each in ids]
        # The Stream's go to the handler by themselves: moto recounts its queue for each message.
        assert deployment.invoke(*messages[:250]) == []
        deployment.read_files()
        deployment.run_until_quiet()
        assert deployment.invoke(*messages[250:]) == []

        assert sorted(deployment.amazon.accepted) == ids
        assert deployment.amazon.accepted_twice == []
        assert deployment.amazon.violations == []
        assert deployment.dead_letters() == []


def test_without_a_subscription_everything_is_applied_from_the_files() -> None:
    """Under the opportunity whose file it is in, without any default, and once."""
    parameters = {"OpportunityFiles": "APPLY", "DefaultPartnerOpportunityId": None}
    with deployed(parameters=parameters) as deployment:
        files = [
            file_of([row("rec-1"), row("rec-2", account=2)]),
            file_of([row("rec-3", opportunity="PO-2")], opportunity="PO-2"),
        ]
        deployment.amazon.publish(files)
        deployment.read_files()
        deployment.run_until_quiet()
        tomorrow = [file_of([*files[0].rows, row("rec-4")], updated="2026-10-06T06:00:00Z")]
        deployment.amazon.publish(tomorrow)
        deployment.let_time_pass(timedelta(days=1))
        deployment.read_files()
        deployment.run_until_quiet()

        assert deployment.amazon.accepted_under == {
            "rec-1": "PO-1",
            "rec-2": "PO-1",
            "rec-3": "PO-2",
            "rec-4": "PO-1",
        }
        assert deployment.amazon.accepted_twice == []
        assert said(deployment, "opportunity file")[-1]["offered"] == 1
        assert deployment.dead_letters() == []
