"""What has to do with opportunities and their files, as the use cases need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from recommendation_applier.domain.opportunity import Opportunity
    from recommendation_applier.domain.opportunity_index import FileProgress, Indexed, Lessons
    from recommendation_applier.domain.opportunity_routes import Routes
    from recommendation_applier.domain.opportunity_rows import Row, UnreadableRow
    from recommendation_applier.domain.recommendation import Recommendation


class AccountTeamFiles(Protocol):
    """The data files whose rows can be applied."""

    def opportunities(self) -> Sequence[Opportunity]:
        """List the opportunities of Amazon's account teams.

        Raises RetryableError or RefusedError.
        """

    def rows(self, partner_opportunity_id: str) -> Iterator[Row | UnreadableRow]:
        """Read the file of an opportunity from its beginning, row by row.

        Raises RetryableError or RefusedError, in the middle of it as well.
        """


class OpportunityIndex(Protocol):
    """The index, as deliveries ask it. Raises LedgerUnavailableError."""

    def known(self, recommendation_ids: Collection[str]) -> Mapping[str, Indexed]:
        """Give what is known of recommendations, by id; those that are not known are left out."""

    def lessons(self) -> Lessons:
        """Give what the index has taught."""

    def teach_group(self, group: str, partner_opportunity_id: str) -> None:
        """Remember that a recommendation of *group* is of an opportunity."""


class FileIndex(Protocol):
    """The index, as it is filled from files. Raises LedgerUnavailableError."""

    def known(self, recommendation_ids: Collection[str]) -> Mapping[str, Indexed]:
        """Give what is known of recommendations, by id; those that are not known are left out."""

    def keep(self, entries: Sequence[Indexed]) -> None:
        """Keep *entries*, each of another recommendation, over what was known before."""

    def progress(self) -> Mapping[str, FileProgress]:
        """Give how far each file was read, by opportunity."""

    def save_progress(self, progress: FileProgress) -> bool:
        """Keep *progress* if the kept one is of the version before; tell whether it is kept."""


class RouteTable(Protocol):
    """Where an operator keeps the routes."""

    def read(self) -> Routes:
        """Read them, at most a minute old. Raises RoutesUnreadableError."""


class Offers(Protocol):
    """The ingress queue, seen from the files."""

    def offer(self, recommendations: Sequence[Recommendation]) -> AbstractSet[str]:
        """Put *recommendations* on the queue; name the ids of those that are there for certain."""
