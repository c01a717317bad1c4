"""The guide's catalogue, as it was shipped."""

import re
from collections import Counter
from datetime import date

from recommendation_applier.domain.opportunity import ACCOUNT_TEAM, CLICK_CREDITS
from recommendation_applier.domain.published_catalogue import published_catalogue


def test_the_guides_opportunities_are_there_with_their_date() -> None:
    """19 of the account team and 3 of click credits, each with an id of Amazon's form."""
    catalogue = published_catalogue()

    assert catalogue.as_of == date(2025, 9, 16)
    kinds = Counter(each.objective_type for each in catalogue.opportunities.values())
    assert kinds == {ACCOUNT_TEAM: 19, CLICK_CREDITS: 3}
    form = re.compile(
        r"amzn1\.ads-partner1\.opportunity\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    )
    assert all(form.fullmatch(each) for each in catalogue.opportunities)


def test_an_id_has_its_title() -> None:
    """As the guide has it."""
    known = published_catalogue().opportunities

    bids = known["amzn1.ads-partner1.opportunity.3cd77373-e4b7-48a9-86d4-088c959f8773"]
    assert bids.title == "Increase bids for high performing Sponsored Products campaigns"
