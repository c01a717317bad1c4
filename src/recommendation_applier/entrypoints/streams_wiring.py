"""Joins the parts that speak to Marketing Stream about subscriptions."""

from dataclasses import replace

import httpx

from recommendation_applier.amazon_ads.stream_subscriptions import StreamSubscriptions
from recommendation_applier.entrypoints.amazon_wiring import AmazonAds
from recommendation_applier.entrypoints.wiring import Time


def streams_of(
    amazon: AmazonAds, http: httpx.Client, until: Time, *, url: str, media_type: str
) -> StreamSubscriptions:
    """Give the subscriptions, for an invocation; their host, *url*, is another one."""
    exchange, gate = amazon.exchange(http, until)
    return StreamSubscriptions(
        exchange=replace(exchange, url=url), gate=gate, media_type=media_type
    )
