"""Where each region of Amazon Ads is."""

from recommendation_applier.domain.ads_regions import ADS_REGIONS
from tests.emulator.template import load


def test_the_regions_are_the_templates() -> None:
    """Its mapping, and its rules about where each is deployed."""
    template = load()

    for name, mapped in template["Mappings"]["AmazonAds"].items():
        assert ADS_REGIONS[name].publisher_account == mapped["PublisherAccount"]
        assert ADS_REGIONS[name].api_url == mapped["StreamApiUrl"]
    asserted = {
        rule["RuleCondition"]["Fn::Equals"][1]: rule["Assertions"][0]["Assert"]["Fn::Equals"][1]
        for rule in template["Rules"].values()
    }
    assert asserted == {name: region.aws_region for name, region in ADS_REGIONS.items()}


def test_topics_are_known_by_region_and_account() -> None:
    """Their names only Amazon knows."""
    assert ADS_REGIONS["EU"].any_topic_arn.startswith("arn:aws:sns:eu-west-1:059061853903:")
