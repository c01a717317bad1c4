"""An opportunity is found by the first way that knows one, and never guessed."""

import json
from datetime import timedelta
from typing import Any

import pytest

from recommendation_applier.domain.errors import (
    LedgerUnavailableError,
    OpportunityAwaitedError,
    RoutesUnreadableError,
)
from recommendation_applier.domain.opportunity_index import FileProgress, Indexed
from recommendation_applier.domain.opportunity_routes import Match, Route, Routes
from recommendation_applier.domain.resolution import Resolution, Way
from recommendation_applier.use_cases.opportunities import (
    FILES_LAG,
    LOOK_AGAIN_SECONDS,
    KnownOpportunities,
)
from tests.builders import EXPIRY, NOW, body, recommendation
from tests.fakes import FakeRoutes
from tests.memory_index import MemoryIndex
from tests.unit.use_cases.world import LAST_RECEIVE, World, doors

JUST_NOW = NOW - timedelta(hours=1)
LONG_AGO = NOW - FILES_LAG
GROUP = "rec-a-018"


def knowing(**changes: Any) -> KnownOpportunities:
    """Make something that knows what it is told."""
    return KnownOpportunities(**({"default": None, "clock": lambda: NOW} | changes))


def resolve(known: KnownOpportunities, **fields: Any) -> Resolution:
    """Resolve a single recommendation."""
    return known.resolve([recommendation("rec-1", **fields)])["rec-1"]


def index_with(*ids: str) -> MemoryIndex:
    """Make an index in which *ids* are of PO-INDEX."""
    index = MemoryIndex()
    index.keep([Indexed(each, "PO-INDEX", EXPIRY) for each in ids])
    return index


def everything(*ids: str) -> dict[str, Any]:
    """Let each way lead to another opportunity."""
    index = index_with(*ids)
    kinds = frozenset({"KEYWORD_BID|SP|A"})
    index.save_progress(FileProgress(partner_opportunity_id="PO-KIND", version=1, kinds=kinds))
    index.teach_group(GROUP, "PO-GROUP")
    match = Match.model_validate({"type": ["ROUTED"]})
    route = Route.model_validate({"match": match, "partnerOpportunityId": "PO-ROUTE"})
    return {
        "default": "PO-DEFAULT",
        "index": index,
        "routes": FakeRoutes(Routes(version=1, routes=(route,))),
    }


@pytest.mark.parametrize(
    ("fields", "ids", "opportunity", "way"),
    [
        ({"partner_opportunity_id": "PO-OWN"}, ["rec-1"], "PO-OWN", Way.OWN),
        ({"type": "ROUTED"}, ["rec-1"], "PO-INDEX", Way.INDEX),
        ({"type": "ROUTED", "recommendation_group": GROUP}, [], "PO-ROUTE", Way.ROUTE),
        ({"recommendation_group": GROUP, "grouping_type": "A"}, [], "PO-GROUP", Way.GROUP),
        ({"grouping_type": "A"}, [], "PO-KIND", Way.KIND),
        ({"published_date": JUST_NOW}, [], "PO-DEFAULT", Way.DEFAULT),
    ],
)
def test_the_first_way_that_knows_decides(
    fields: dict[str, Any], ids: list[str], opportunity: str, way: Way
) -> None:
    """Own, index, route, group, kind, default: in this order."""
    found = resolve(knowing(**everything(*ids)), **fields)

    assert found == Resolution(opportunity, way)


def test_each_is_resolved_by_itself() -> None:
    """In one go: the index is asked once, for those alone that it has to tell of."""
    known = knowing(**everything("rec-2", "rec-3"))
    assert isinstance(known.index, MemoryIndex)
    found = known.resolve(
        [
            recommendation("rec-1", partner_opportunity_id="PO-OWN"),
            *(recommendation(f"rec-{number}") for number in range(2, 5)),
        ]
    )

    ways = [found[f"rec-{number}"].way for number in range(1, 5)]
    assert ways == [Way.OWN, Way.INDEX, Way.INDEX, Way.DEFAULT]
    assert known.index.lookups == 1


def test_what_says_it_itself_needs_nobody() -> None:
    """Neither the index nor the routes are read."""
    index = MemoryIndex(error=LedgerUnavailableError("gone"))
    routes = FakeRoutes(RoutesUnreadableError("broken"))
    known = knowing(index=index, routes=routes)

    assert resolve(known, partner_opportunity_id="PO-OWN").way is Way.OWN
    assert known.resolve([]) == {}
    assert routes.reads == 0


# Not known


@pytest.mark.parametrize(
    ("published", "awaited"),
    [(NOW, True), (LONG_AGO + timedelta(seconds=1), True), (LONG_AGO, False), (None, False)],
)
def test_what_is_young_is_awaited(published: Any, *, awaited: bool) -> None:
    """The files are up to 26 hours behind; how old one is without a date nobody knows."""
    found = resolve(knowing(index=MemoryIndex()), published_date=published)

    assert found.partner_opportunity_id is None
    if awaited:
        assert isinstance(found.error, OpportunityAwaitedError)
        assert found.error.retry_after == LOOK_AGAIN_SECONDS
        assert "which may be 26 hours behind, do not have it" in str(found.error)
    else:
        assert found.error is None
        assert "names none, the opportunity files do not have it, no route matches" in found.detail


def test_without_an_index_nothing_is_awaited() -> None:
    """Nobody would ever know better."""
    found = resolve(knowing(), published_date=NOW)

    assert (found.error, found.partner_opportunity_id) == (None, None)
    assert found.detail.endswith(
        "has no partnerOpportunityId: its source names none, no route matches it, and the "
        "parameter DefaultPartnerOpportunityId is empty"
    )


def test_an_index_that_cannot_be_read_is_no_reason_to_guess() -> None:
    """Not even by the default; what says it itself goes on."""
    error = LedgerUnavailableError("the table does not answer")
    known = knowing(default="PO-DEFAULT", index=MemoryIndex(error=error))
    found = known.resolve(
        [recommendation("rec-1"), recommendation("rec-2", partner_opportunity_id="PO-OWN")]
    )

    assert found["rec-1"] == Resolution(error=error)
    assert found["rec-2"].way is Way.OWN


def test_lessons_that_cannot_be_read_are_no_reason_to_guess() -> None:
    """The index answered, and then it did not."""
    known = knowing(**everything())
    error = LedgerUnavailableError("gone by now")

    def fail() -> Any:
        raise error

    assert known.index is not None
    known.index.lessons = fail  # type: ignore[method-assign] # a table that goes away
    assert resolve(known) == Resolution(error=error)


def test_routes_that_cannot_be_read_are_no_reason_to_guess() -> None:
    """They come before the default; what the index knows goes on."""
    error = RoutesUnreadableError("broken")
    index = index_with("rec-1")
    known = knowing(default="PO-DEFAULT", index=index, routes=FakeRoutes(error))
    found = known.resolve([recommendation("rec-1"), recommendation("rec-2")])

    assert (found["rec-1"].way, found["rec-2"]) == (Way.INDEX, Resolution(error=error))


# Learning


def test_deliveries_teach_the_index_their_group() -> None:
    """Once for each pair, by those whose recommendation it has."""
    index = index_with("rec-1", "rec-2", "rec-3")
    index.save_progress(
        FileProgress(partner_opportunity_id="PO-INDEX", version=1, kinds=frozenset())
    )
    known = knowing(index=index)
    known.resolve(
        [
            recommendation("rec-1", recommendation_group=GROUP),
            recommendation("rec-2", recommendation_group=GROUP),
            recommendation("rec-3"),
            recommendation("rec-4", recommendation_group="another"),
        ]
    )
    assert list(index.groups) == [(GROUP, "PO-INDEX")]

    index.groups.clear()
    known.resolve([recommendation("rec-1", recommendation_group=GROUP)])
    assert list(index.groups) == []
    again = knowing(index=index).resolve([recommendation("rec-1", recommendation_group=GROUP)])
    assert again["rec-1"].way is Way.INDEX
    unknown = recommendation("rec-9", recommendation_group=GROUP)
    assert known.resolve([unknown])["rec-9"] == Resolution("PO-INDEX", Way.GROUP)


# In the spine


def test_what_is_awaited_goes_back_to_the_queue() -> None:
    """And is sent once the index knows, under the opportunity that it knows."""
    index = MemoryIndex()
    world = World(opportunities=knowing(index=index))
    young = body("rec-1", published_date="2026-11-10T11:00:00 UTC")

    report = world.run(young)
    assert doors(report) == [("retry", "OPPORTUNITY_AWAITED")]
    assert (report.departures[0].retry_after, report.finished) == (LOOK_AGAIN_SECONDS, frozenset())

    index.keep([Indexed("rec-1", "PO-INDEX", EXPIRY)])
    report = world.run(young, receive_count=2)
    assert doors(report) == [("accepted", "ACCEPTED")]
    assert report.ways == {"rec-1": Way.INDEX}
    assert [batch.partner_opportunity_id for batch in world.api.applied] == ["PO-INDEX"]


def test_what_was_awaited_in_vain_is_kept_as_it_came() -> None:
    """At the last receive: its dead letter holds the delivery."""
    world = World(opportunities=knowing(index=MemoryIndex()))
    young = body("rec-1", published_date="2026-11-10T11:00:00 UTC")

    report = world.run(young, receive_count=LAST_RECEIVE)

    assert doors(report) == [("dead-lettered", "RETRIES_EXHAUSTED")]
    assert json.loads(world.dead_letters.stored[0].body)["message"]["body"] == young


def test_what_has_been_taken_back_waits_while_the_index_is_out_of_reach() -> None:
    """It may have been sent, and its end is found out under its opportunity."""
    index = MemoryIndex()
    world = World(opportunities=knowing(index=index))
    expired = body("rec-1", expiry_date="2026-11-10T12:00:00 UTC")
    index.error = LedgerUnavailableError("gone")
    assert doors(world.run(expired)) == [("retry", "LEDGER_UNAVAILABLE")]

    index.error = None
    assert doors(world.run(expired, receive_count=2)) == [("not applicable", "EXPIRED")]


def test_two_opportunities_never_share_a_request() -> None:
    """However they were found."""
    index = index_with("rec-1")
    world = World(opportunities=knowing(default="PO-DEFAULT", index=index))
    report = world.run(body("rec-1"), body("rec-2"))

    sent = {batch.partner_opportunity_id: batch.recommendation_ids for batch in world.api.applied}
    assert sent == {"PO-INDEX": ("rec-1",), "PO-DEFAULT": ("rec-2",)}
    assert report.ways == {"rec-1": Way.INDEX, "rec-2": Way.DEFAULT}
