"""What comes without its settings, and what a person has let go: the ledger knows the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from recommendation_applier.domain.delivery import Content, Publication, Rejection, ReleaseNotice
from recommendation_applier.domain.holds import Release
from recommendation_applier.domain.ledger import StoredEntry
from recommendation_applier.domain.reasons import DeadLetterReason
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.use_cases.ledger import Ledger


def recall(contents: Sequence[Sequence[Content]], ledger: Ledger) -> Sequence[Sequence[Content]]:
    """Fill in from the ledger what notices of a release, and batch letters, leave out.

    A notice becomes the publication that was released, or a rejection where the ledger knows none.
    Where the ledger did not answer, a notice stays one and a publication is unread: both must wait.
    """
    wanted = {name for held in contents for each in held if (name := _lacking(each)) is not None}
    if not wanted:  # as nearly always
        return contents
    known = ledger.recall(wanted)
    return [[_recalled(each, known) for each in held] for held in contents]


def _lacking(content: Content) -> str | None:
    """Give the id of the recommendation about which *content* says less than the ledger may."""
    if isinstance(content, Publication):
        # A batch letter names the opportunity, as no other source does, and no settings.
        found = content.recommendation
        lacks = found.partner_opportunity_id is not None and not found.settings
        return found.recommendation_id if lacks else None
    return content.recommendation_id if isinstance(content, ReleaseNotice) else None


def _recalled(content: Content, known: Mapping[str, StoredEntry | None]) -> Content:
    name = _lacking(content)
    if name is None:
        return content
    stored = known.get(name)
    if isinstance(content, ReleaseNotice):
        return _released(content, stored) if name in known else content
    if isinstance(content, Publication) and name not in known:
        return replace(content, is_unread=True)
    if isinstance(content, Publication) and stored is not None and stored.entry is not None:
        return _completed(content, stored.entry.recommendation, stored)
    return content


def _released(notice: ReleaseNotice, stored: StoredEntry | None) -> Publication | Rejection:
    if stored is None or stored.entry is None:
        return Rejection(
            DeadLetterReason.INVALID_MESSAGE,
            f"a release names recommendation {notice.recommendation_id}, of which the ledger has "
            "no entry",
            notice.body,
        )
    kept = stored.entry.recommendation
    return Publication(kept, notice.body, release=_release_of(kept, stored))


def _completed(publication: Publication, kept: Recommendation, stored: StoredEntry) -> Publication:
    if kept.published_date != publication.recommendation.published_date:
        return publication
    return replace(
        publication,
        recommendation=replace(publication.recommendation, settings=kept.settings),
        release=_release_of(kept, stored),
    )


def _release_of(kept: Recommendation, stored: StoredEntry) -> Release | None:
    """Give the release that speaks of what is kept: of what came since, nobody has released any."""
    return stored.release if stored.release and stored.release.covers(kept) else None
