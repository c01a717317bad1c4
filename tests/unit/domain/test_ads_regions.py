"""Where each region of Amazon Ads is."""

from recommendation_applier.domain.ads_regions import ADS_REGIONS


def test_topics_are_known_by_region_and_account() -> None:
    """Their names only Amazon knows."""
    assert ADS_REGIONS["EU"].any_topic_arn.startswith("arn:aws:sns:eu-west-1:059061853903:")
