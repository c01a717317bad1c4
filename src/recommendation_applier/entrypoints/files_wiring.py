"""Joins the parts that read opportunities and their files."""

import httpx

from recommendation_applier.amazon_ads.opportunities import OpportunityCatalogue
from recommendation_applier.amazon_ads.opportunity_files import OpportunityFiles
from recommendation_applier.entrypoints.amazon_wiring import AmazonAds
from recommendation_applier.entrypoints.wiring import Time


def files_of(amazon: AmazonAds, http: httpx.Client, until: Time) -> OpportunityFiles:
    """Give opportunities and their files, for an invocation."""
    return OpportunityFiles(OpportunityCatalogue(*amazon.exchange(http, until)))
