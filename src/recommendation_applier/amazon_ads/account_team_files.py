"""The data files of Amazon's account teams, row by row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recommendation_applier.amazon_ads.opportunity_files import OpportunityFiles
from recommendation_applier.domain.opportunity import ACCOUNT_TEAM, Opportunity
from recommendation_applier.domain.opportunity_query import OpportunityQuery
from recommendation_applier.domain.opportunity_rows import Row, UnreadableRow, csv_rows


@dataclass(frozen=True, slots=True)
class StoredAccountTeamFiles:
    """Fits the AccountTeamFiles port."""

    files: OpportunityFiles

    def opportunities(self) -> Sequence[Opportunity]:
        """List them, all pages."""
        query = OpportunityQuery(objective_type=(ACCOUNT_TEAM,))
        return list(self.files.catalogue.opportunities(query))

    def rows(self, partner_opportunity_id: str) -> Iterator[Row | UnreadableRow]:
        """Read a file as CSV: of the two formats, the one whose columns are documented."""
        return csv_rows(piece.content for piece in self.files.download(partner_opportunity_id))
