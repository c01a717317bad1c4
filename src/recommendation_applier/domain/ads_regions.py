"""The three regions of Amazon Ads, and where each of them is.

Sources: the Ads API guide, "reference/api-overview" (hosts); Amazon Marketing Stream's overview
(AWS regions); amzn/ads-advanced-tools-docs, amazon_marketing_stream/Stream_SQS _CF_Template.yaml
(the publisher of sponsored-ads-campaign-diagnostics-recommendations, and the reviewer).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

REVIEWER_ROLE_ARN: Final = "arn:aws:iam::926844853897:role/ReviewerRole"
"""Amazon's, which looks at a queue before a subscription to it is accepted."""

ANY_TOPIC: Final = "any-topic"
"""Stands for the name of a topic: which ones the publisher has, only Amazon knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdsRegion:
    """Where the Stream delivers to, whose SNS topics it delivers from, and who answers the API."""

    name: str
    aws_region: str
    publisher_account: str
    api_url: str

    @property
    def topic_arn_prefix(self) -> str:
        """What the ARN of each of the dataset's topics begins with."""
        return f"arn:aws:sns:{self.aws_region}:{self.publisher_account}:"

    @property
    def any_topic_arn(self) -> str:
        """The ARN of a topic of the dataset's, whatever its name."""
        return f"{self.topic_arn_prefix}{ANY_TOPIC}"


ADS_REGIONS: Final[Mapping[str, AdsRegion]] = {
    each.name: each
    for each in (
        AdsRegion(
            name="NA",
            aws_region="us-east-1",
            publisher_account="084590724871",
            api_url="https://advertising-api.amazon.com",
        ),
        AdsRegion(
            name="EU",
            aws_region="eu-west-1",
            publisher_account="059061853903",
            api_url="https://advertising-api-eu.amazon.com",
        ),
        AdsRegion(
            name="FE",
            aws_region="us-west-2",
            publisher_account="489995134625",
            api_url="https://advertising-api-fe.amazon.com",
        ),
    )
}
