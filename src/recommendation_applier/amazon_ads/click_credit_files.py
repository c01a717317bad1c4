"""The data files of the click-credit opportunities, offer by offer."""

from collections.abc import Iterator
from dataclasses import dataclass

from recommendation_applier.amazon_ads.opportunity_files import OpportunityFiles
from recommendation_applier.domain.click_credit_offer import (
    ClickCreditOffer,
    RefusedRow,
    read_offer,
)
from recommendation_applier.domain.opportunity import CLICK_CREDITS
from recommendation_applier.domain.opportunity_query import OpportunityQuery
from recommendation_applier.domain.opportunity_rows import UnreadableRow, csv_rows


@dataclass(frozen=True, slots=True)
class ClickCreditFiles:
    """What advertisers can earn, as Amazon has it today."""

    files: OpportunityFiles

    def rows(self) -> Iterator[ClickCreditOffer | RefusedRow | UnreadableRow]:
        """Read every row of every file that has any. A bad row never stops a file.

        As CSV: of the two formats, the one whose columns are documented. Raises what listing
        opportunities and downloading files raise.
        """
        query = OpportunityQuery(objective_type=(CLICK_CREDITS,))
        for opportunity in self.files.catalogue.opportunities(query):
            if not opportunity.has_rows:
                continue
            opportunity_id = opportunity.partner_opportunity_id
            for row in csv_rows(piece.content for piece in self.files.download(opportunity_id)):
                yield (
                    row
                    if isinstance(row, UnreadableRow)
                    else read_offer(row, partner_opportunity_id=opportunity_id)
                )
