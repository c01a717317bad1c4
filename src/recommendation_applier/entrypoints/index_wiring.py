"""Joins the parts of the index of opportunities, for the functions that have one."""

import random
import time
from typing import TYPE_CHECKING

from recommendation_applier.aws.opportunity_index import StoredOpportunityIndex
from recommendation_applier.entrypoints.wiring import Time, now

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


def index_of(dynamodb: "DynamoDBClient", table_name: str, until: Time) -> StoredOpportunityIndex:
    """Give the index, for an invocation."""
    return StoredOpportunityIndex(
        dynamodb,
        table_name=table_name,
        clock=now,
        time_is_up=until.is_up,
        sleep=time.sleep,
        jitter=random.uniform,
    )
