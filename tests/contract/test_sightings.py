"""What the ledger and the index know together, as the operator's command finds it out."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws
from types_boto3_dynamodb.client import DynamoDBClient

from recommendation_applier.aws.opportunity_index import StoredOpportunityIndex
from recommendation_applier.aws.sightings import read_sightings
from recommendation_applier.domain.opportunity_index import Indexed
from recommendation_applier.domain.opportunity_routes import Labels
from tests.builders import EXPIRY, NOW
from tests.contract.ledger_clients import TABLE, create_table, dynamodb, stores
from tests.ledger_builders import KEPT_UNTIL, entry, record, tombstone

GROUP = "sponsored-ads-campaign-diagnostics-recommendations-rec-a-018"


@pytest.fixture
def client() -> Iterator[DynamoDBClient]:
    """The ledger's table in moto."""
    with mock_aws():
        made = dynamodb()
        create_table(made)
        yield made


@pytest.fixture
def index(client: DynamoDBClient) -> StoredOpportunityIndex:
    """The index in that table."""
    return StoredOpportunityIndex(
        client,
        table_name=TABLE,
        clock=lambda: NOW,
        time_is_up=lambda: False,
        sleep=lambda _: None,
        jitter=max,
    )


def test_what_is_in_both_is_counted_by_its_labels(
    client: DynamoDBClient, index: StoredOpportunityIndex
) -> None:
    """Under the index's opportunity, not the one that it was claimed under; groups by short name.

    What is in one of them alone, or stands for something else, is not counted.
    """
    kept = stores(client).ledger
    labelled: dict[str, Any] = {"recommendation_group": GROUP, "grouping_type": "RAISE"}
    kept.put_new([entry(f"rec-{number}", **labelled) for number in (1, 2, 3)])
    kept.put_new([entry("rec-4", type=None, ad_product=None)])
    kept.bury({"rec-5": tombstone()}, kept_until=KEPT_UNTIL)
    kept.add_record(record("rec-1"))
    index.keep([Indexed(f"rec-{number}", "PO-7", EXPIRY) for number in (1, 2, 5, 6)])
    index.keep([Indexed("rec-3", "PO-8", EXPIRY), Indexed("rec-4", "PO-8", EXPIRY)])

    found = read_sightings(client, table_name=TABLE, index=index, on_progress=lambda _: None)

    bids = Labels(
        recommendation_group="rec-a-018",
        type="KEYWORD_BID",
        ad_product="SP",
        grouping_type="RAISE",
    )
    assert found == Counter({(bids, "PO-7"): 2, (bids, "PO-8"): 1, (Labels(), "PO-8"): 1})


def test_every_page_is_read_and_told(client: DynamoDBClient, index: StoredOpportunityIndex) -> None:
    """Whatever a page holds."""
    stores(client).ledger.put_new([entry(f"rec-{number}") for number in range(3)])
    index.keep([Indexed(f"rec-{number}", "PO-7", EXPIRY) for number in range(3)])

    def two_at_a_time(params: dict[str, Any], **_: object) -> None:
        params["Limit"] = 2

    client.meta.events.register("provide-client-params.dynamodb.Scan", two_at_a_time)
    told: list[int] = []
    found = read_sightings(client, table_name=TABLE, index=index, on_progress=told.append)

    assert found.total() == 3
    assert told == [2, 4, 6]
