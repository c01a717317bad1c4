"""A person decides about what is held, in front of a ledger in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from recommendation_applier.domain.held import ActionTaken, OperatorAction, Veto
from recommendation_applier.domain.holds import Hold, Release
from recommendation_applier.domain.ledger import Known, StoredEntry
from recommendation_applier.domain.reasons import HeldReason
from recommendation_applier.use_cases.release_held import HeldDecisions, LookedAt, Outcome, Said
from tests.builders import EXPIRY, NOW, PUBLISHED
from tests.fakes import FakeReleaseNotices
from tests.ledger_builders import KEPT_UNTIL, OTHER_TOKEN, TOKEN, claim, entry, tombstone
from tests.memory_ledger import MemoryLedger

RELEASED = Release("ann", "agreed", NOW, PUBLISHED)


@dataclass
class Desk:
    """What a person has in front of them."""

    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    notices: FakeReleaseNotices = field(default_factory=FakeReleaseNotices)
    now: datetime = NOW

    def hold(self, *names: str, published: datetime | None = PUBLISHED) -> None:
        """Hold recommendations as the spine does."""
        for name in names:
            self.ledger.put_new([entry(name, published_date=published)])
            hold = Hold(HeldReason.POLICY_HOLD, "it says HOLD", NOW, EXPIRY)
            assert self.ledger.hold(TOKEN, {name: hold}) == {name}

    def look_at(self, *names: str) -> LookedAt:
        """Look at each at this moment."""
        return self.decisions().look_at(names)

    def decisions(self) -> HeldDecisions:
        """Speak in Ann's name."""
        return HeldDecisions(
            held=self.ledger,
            notices=self.notices,
            clock=lambda: self.now,
            by="ann",
            why="agreed",
        )

    def release(self, *names: str) -> list[Said]:
        """Look, and let go."""
        return list(self.decisions().release(self.look_at(*names)))

    def reject(self, *names: str) -> list[Said]:
        """Look, and reject."""
        return list(self.decisions().reject(self.look_at(*names)))


@pytest.fixture
def desk() -> Desk:
    """Nothing is held yet."""
    return Desk()


def test_a_release_is_written_and_sent(desk: Desk) -> None:
    """With who, why, when, and of which publication; nothing but the id is in the notice."""
    desk.hold("rec-1")

    assert desk.release("rec-1") == [Said("rec-1", Outcome.RELEASED)]
    assert desk.ledger.releases == {"rec-1": RELEASED}
    assert desk.ledger.actions == {
        "rec-1": [ActionTaken(NOW, "ann", OperatorAction.RELEASED, "agreed")]
    }
    assert desk.notices.ids() == ["rec-1"]


def test_one_notice_names_a_hundred(desk: Desk) -> None:
    """250 are 100, 100 and 50; of each it is said what came of it, in order."""
    names = [f"rec-{number}" for number in range(250)]
    desk.hold(*names)

    assert desk.release(*names) == [Said(name, Outcome.RELEASED) for name in names]
    assert desk.notices.ids() == names
    assert len(desk.notices.sent) == 3


def test_what_is_written_is_sent_before_the_next_thousand_is_written(desk: Desk) -> None:
    """Whoever is interrupted has not written what nobody was told of."""
    names = [f"rec-{number}" for number in range(1_001)]
    desk.hold(*names)
    said = desk.decisions().release(desk.look_at(*names))

    assert next(said) == Said("rec-0", Outcome.RELEASED)
    assert len(desk.ledger.releases) == len(desk.notices.ids()) == 1_000
    assert len(list(said)) == 1_000
    assert len(desk.notices.sent) == 11


def test_released_twice_is_sent_twice_and_harmless(desk: Desk) -> None:
    """As long as nobody has claimed it, it is held; the spine sends it once."""
    desk.hold("rec-1")

    assert desk.release("rec-1") == desk.release("rec-1") == [Said("rec-1", Outcome.RELEASED)]
    assert desk.notices.ids() == ["rec-1", "rec-1"]


def test_what_can_no_longer_be_decided_about_is_refused_with_the_reason(desk: Desk) -> None:
    """Nothing of it is written or sent; the others go."""
    desk.hold("rec-1", "removed", "expired", "sent", "rejected")
    desk.ledger.bury({"removed": tombstone()}, kept_until=KEPT_UNTIL)
    desk.reject("rejected")
    desk.ledger.take_over([(entry("sent", OTHER_TOKEN), Known(claim()))])
    del desk.ledger.holds["expired"]
    desk.ledger.entries["expired"] = entry("expired", expiry_date=NOW)
    desk.ledger.holds["expired"] = Hold(HeldReason.POLICY_HOLD, "", NOW, NOW)
    names = ("removed", "expired", "sent", "rejected", "unknown", "rec-1")

    for said in (desk.release(*names), desk.reject(*names[:-1])):
        assert [(each.recommendation_id, each.reason) for each in said][:5] == [
            ("removed", "REMOVED"),
            ("expired", "EXPIRED"),
            ("sent", "NOT_HELD"),
            ("rejected", "REJECTED_BY_OPERATOR"),
            ("unknown", "UNKNOWN"),
        ]
        assert {each.outcome for each in said[:5]} == {Outcome.REFUSED}
        assert all(each.detail for each in said[:5])
    assert desk.notices.ids() == ["rec-1"]
    assert desk.ledger.releases.keys() == {"rec-1"}


def test_a_word_about_what_was_published_anew_is_refused(desk: Desk) -> None:
    """Whoever spoke has looked at another one."""
    desk.hold("rec-1")
    seen = desk.look_at("rec-1")
    desk.ledger.entries["rec-1"] = entry(published_date=PUBLISHED + timedelta(days=1))
    expected = Said(
        "rec-1",
        Outcome.REFUSED,
        "PUBLISHED_ANEW",
        "it was published anew since it was looked at: look again",
    )

    assert list(desk.decisions().release(seen)) == [expected]
    assert list(desk.decisions().reject(seen)) == [expected]
    assert (desk.ledger.releases, desk.ledger.tombstones, desk.notices.sent) == ({}, {}, [])


def test_what_comes_to_an_end_meanwhile_is_refused_with_the_reason(desk: Desk) -> None:
    """It was held when it was looked at, and is sent by now."""
    desk.hold("rec-1")
    seen = desk.look_at("rec-1")
    desk.ledger.take_over([(entry(token=OTHER_TOKEN), Known(claim()))])

    for said in (desk.decisions().release(seen), desk.decisions().reject(seen)):
        assert [(each.outcome, each.reason) for each in said] == [(Outcome.REFUSED, "NOT_HELD")]


def test_what_expires_while_it_is_looked_at_is_refused(desk: Desk) -> None:
    """The answer to a question may take an hour."""
    desk.hold("rec-1")
    seen = desk.look_at("rec-1")
    desk.now = EXPIRY

    for said in (desk.decisions().release(seen), desk.decisions().reject(seen)):
        assert [(each.outcome, each.reason) for each in said] == [(Outcome.REFUSED, "EXPIRED")]


def test_what_is_not_sent_has_failed_and_can_be_released_again(desk: Desk) -> None:
    """It is written and still held; the second of three notices did not arrive."""
    names = [f"rec-{number}" for number in range(210)]
    desk.hold(*names)
    desk.notices.takes = lambda position: position != 1

    said = desk.release(*names)

    failed = [each for each in said if each.outcome is Outcome.FAILED]
    assert [each.recommendation_id for each in failed] == names[100:200]
    assert failed[0].detail == "the ledger has it, but it is not on its way: release it again"
    desk.notices.takes = lambda _: True
    assert {each.outcome for each in desk.release(*names[100:200])} == {Outcome.RELEASED}


def test_what_the_ledger_does_not_take_has_failed(desk: Desk) -> None:
    """It is not sent either."""
    desk.hold("rec-1", "rec-2")
    seen = desk.look_at("rec-1", "rec-2")
    desk.ledger = _Forgetful(**vars(desk.ledger))
    failed = Said("rec-1", Outcome.FAILED, detail="the ledger did not take it: try again")

    assert list(desk.decisions().release(seen)) == [failed, Said("rec-2", Outcome.RELEASED)]
    assert list(desk.decisions().reject(seen)) == [failed, Said("rec-2", Outcome.REJECTED)]
    assert desk.notices.ids() == ["rec-2"]


def test_a_rejection_is_written_and_nobody_is_told(desk: Desk) -> None:
    """Its tombstone speaks for itself when it comes again."""
    desk.hold("rec-1")

    assert desk.reject("rec-1") == [Said("rec-1", Outcome.REJECTED)]
    assert desk.ledger.tombstones == {"rec-1": Veto("ann", "agreed", NOW, PUBLISHED).tombstone}
    assert desk.ledger.actions == {
        "rec-1": [ActionTaken(NOW, "ann", OperatorAction.REJECTED, "agreed")]
    }
    assert desk.ledger.holds == {}
    assert desk.notices.sent == []


def test_a_word_about_nothing_says_nothing(desk: Desk) -> None:
    """Nothing is written or sent."""
    assert desk.release() == desk.reject() == []
    assert desk.notices.sent == []


class _Forgetful(MemoryLedger):
    """Does not take what concerns rec-1."""

    def release(self, releases: Mapping[str, Release]) -> Mapping[str, StoredEntry | None]:
        """See the port."""
        return super().release({each: releases[each] for each in releases if each != "rec-1"})

    def reject(self, vetoes: Mapping[str, Veto]) -> Mapping[str, StoredEntry | None]:
        """See the port."""
        return super().reject({each: vetoes[each] for each in vetoes if each != "rec-1"})
