"""What a partner writes first: every message parsed, modelled in full, and applied by itself."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from tests.bench.answered_at_once import API


class _Target(BaseModel):
    bid: float | None
    text: str | None
    match_type: str | None
    target_id: str | None
    targeting: str | None
    category: dict[str, Any] | None
    expressions: list[dict[str, Any]] | None
    audience_target_type: str | None


class _AdGroup(BaseModel):
    bid: float | None
    bid_optimization: str | None
    asins: list[str] | None
    adgroup_id: str | None
    adgroup_name: str | None
    target_type: str | None
    targets: list[_Target]
    creative: dict[str, Any] | None


class _Settings(BaseModel):
    budget: dict[str, Any] | None
    ad_groups: list[_AdGroup]
    campaign_targeting: str | None
    bidding_strategy: str | None
    start_date: str | None
    end_date: str | None


class _Benchmark(BaseModel):
    benchmark_value: float
    period: int


class _Diagnostic(BaseModel):
    benchmark_context: dict[str, _Benchmark]
    diagnostic_date: datetime


class _Grouping(BaseModel):
    grouping_type: str | None
    brand_id: str | None
    brand_name: str | None
    browse_node_id: str | None
    browse_node_name: str | None = Field(alias="browseNodeName")
    objective: str | None
    event: str | None
    phase: str | None


class _Context(BaseModel):
    asin_context: dict[str, Any] | None
    diagnostic_context: _Diagnostic | None
    grouping_context: _Grouping


class _Explanation(BaseModel):
    description: str
    missed_opportunities: dict[str, Any] | None
    estimated_change: dict[str, Any] | None
    recommendation_context: _Context


class _PublishMetadata(BaseModel):
    published_by: str
    published_to_amazon_ad_console: bool


class _Body(BaseModel):
    entity_type: str
    advertiser_type: str
    marketplace_name: str
    recommendation_id: str
    group_id: str
    apply_endpoint: str
    type: str
    published_date: str
    publish_metadata: _PublishMetadata
    expiry_date: str
    explanation: _Explanation
    campaign_id: str | None
    campaign_name: str | None
    ad_product: str
    current_campaign_settings: _Settings
    recommended_campaign_settings: _Settings
    recommendation_status: str
    recommendation_group: str


class Message(BaseModel):
    """All that the documented example says."""

    model_config = ConfigDict(alias_generator=to_camel)

    advertiser_id: str
    entity_id: str
    marketplace_id: str
    dataset_id: str
    message_body: _Body
    event_timestamp: str | None


def handle(event: Mapping[str, Any], transport: httpx.BaseTransport) -> int:
    """Apply the deliveries of *event* one by one; tell how many were accepted.

    No ledger, no removal, no second try: nothing but what every consumer has to do.
    """
    accepted = 0
    with httpx.Client(transport=transport) as http:
        for record in event["Records"]:
            message = Message.model_validate(json.loads(record["body"]))
            body = message.message_body
            answer = http.post(
                f"{API}/partnerOpportunities/opportunity/apply",
                json={
                    "advertiserType": body.advertiser_type,
                    "encryptedAdvertiserId": message.advertiser_id,
                    "entityId": message.entity_id,
                    "marketplace": body.marketplace_name,
                    "recommendationIds": [body.recommendation_id],
                },
                headers={"Authorization": "Bearer token"},
            )
            accepted += answer.is_success
    return accepted
