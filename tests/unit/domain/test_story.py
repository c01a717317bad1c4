"""What the ledger's documents tell of one recommendation, in order."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from recommendation_applier.domain.follow_up import ApplicationEnd, FollowUpState
from recommendation_applier.domain.ledger import Standing, Verdict
from recommendation_applier.domain.story import Happening, Story
from tests.builders import EXPIRY, NOW, OPPORTUNITY, PUBLISHED
from tests.ledger_builders import KEPT_UNTIL, OTHER_TOKEN, TOKEN, claim, entry, record, tombstone

SECOND = timedelta(seconds=1)
LEASE_ENDS = "2026-11-10T12:05:00Z"
CLAIMED = Happening(
    at=NOW,
    what="CLAIMED",
    detail=f"decided by ApplyMode; the claim ends {LEASE_ENDS}",
    claim=TOKEN,
)
FORGOTTEN = Happening(at=KEPT_UNTIL, what="FORGOTTEN", detail="the ledger may delete it")


def story(*records: Any, **changes: Any) -> Story:
    """Make the story of rec-1, which has dates of no use here."""
    fields: dict[str, Any] = {
        "recommendation_id": "rec-1",
        "entry": entry("rec-1", published_date=None, expiry_date=None),
        "records": records,
    }
    return Story(**fields | changes)


def told(*records: Any, **changes: Any) -> list[tuple[datetime | None, str]]:
    """Tell what happened when, but for the claim and the end of all entries."""
    happenings = story(*records, **changes).timeline()
    assert CLAIMED in happenings
    assert happenings[-1] == FORGOTTEN
    return [(each.at, each.what) for each in happenings if each not in (CLAIMED, FORGOTTEN)]


def test_a_claim_that_nothing_followed() -> None:
    """Published, claimed, and as long as nothing else happens it expires and is forgotten."""
    assert story(entry=entry()).timeline() == (
        Happening(at=PUBLISHED, what="PUBLISHED", detail="by Amazon"),
        CLAIMED,
        Happening(at=EXPIRY, what="EXPIRES", detail="it is not sent after that"),
        FORGOTTEN,
    )


def test_a_claims_end_is_told_to_the_second() -> None:
    """Nobody reads microseconds."""
    claimed = replace(claim(), lease_ends=NOW + timedelta(seconds=300.25))

    assert story(entry=replace(entry("rec-1"), claim=claimed)).timeline()[1] == CLAIMED


def test_a_request_that_was_accepted_and_applied() -> None:
    """With Amazon's request id; when it was applied nobody knows, only that it was."""
    state = FollowUpState(("rec-2",), NOW, checks=2)
    accepted = record("rec-1", "rec-2", recorded_at=NOW + SECOND, sent_at=NOW, follow_up=state)

    assert story(accepted).timeline() == (
        CLAIMED,
        Happening(at=NOW, what="SENT", detail=f"under {OPPORTUNITY}", claim=TOKEN),
        Happening(
            at=NOW + SECOND,
            what="ACCEPTED",
            detail="Amazon has it; it is never sent again",
            claim=TOKEN,
            http_status=202,
            request_ids=accepted.request_ids,
        ),
        Happening(
            at=None,
            what="APPLIED",
            detail="Amazon has applied it",
            claim=TOKEN,
        ),
        FORGOTTEN,
    )


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (ApplicationEnd.FAILED, "Amazon could not apply it"),
        (ApplicationEnd.REJECTED, "it was rejected before Amazon had applied it"),
        (
            ApplicationEnd.UNSETTLED,
            "Amazon never settled it, and is not asked about it any more",
        ),
    ],
)
def test_an_application_that_came_to_another_end(end: ApplicationEnd, why: str) -> None:
    """It is told by the follow-up's word for it."""
    state = FollowUpState((), None, checks=3, ended={"rec-1": end})

    ended = story(record("rec-1", follow_up=state)).timeline()[-2]

    assert ended == Happening(at=None, what=end.value, detail=why, claim=TOKEN)


def test_an_application_that_is_asked_about() -> None:
    """The next time stands in the timeline, though it is still to come."""
    due = NOW + timedelta(minutes=10)

    asked = story(record("rec-1", due=due)).timeline()[-2]

    assert asked == Happening(
        at=due, what="FOLLOW_UP_DUE", detail="Amazon is asked again", claim=TOKEN
    )


def test_what_is_accepted_without_a_follow_up_ends_there() -> None:
    """Amazon had applied it before, for example."""
    assert told(record("rec-1")) == [(NOW - SECOND, "SENT"), (NOW, "ACCEPTED")]


def test_a_neighbours_follow_up_is_not_its_own() -> None:
    """A record is about many: of this one it says that it was refused."""
    both = record(
        verdicts={Verdict.ACCEPTED: ("rec-2",), Verdict.REFUSED: ("rec-1",)},
        follow_up=FollowUpState(("rec-2",), NOW),
        answer="PO_APPLY_BAD_REQUEST: no such campaign",
    )

    assert told(both) == [(NOW - SECOND, "SENT"), (NOW, "REFUSED")]
    assert story(both).timeline()[2].detail == (
        "Amazon refused it; its dead letter can be redriven; PO_APPLY_BAD_REQUEST: no such campaign"
    )


@pytest.mark.parametrize(
    ("verdict", "meaning"),
    [
        (Verdict.REJECTED, "the advertiser said no before it could be sent; it is never sent"),
        (Verdict.RELEASED, "nothing was taken; the next delivery may send it"),
        (Verdict.HELD, "kept back; it waits to be released"),
        (Verdict.IN_DOUBT, "Amazon may have it; Amazon is asked before it is sent again"),
    ],
)
def test_every_verdict_says_what_it_means(verdict: Verdict, meaning: str) -> None:
    """A decision without a request has no SENT before it."""
    decided = record(verdicts={verdict: ("rec-1",)}, sent_at=None, http_status=None, request_ids=())

    assert story(decided).timeline() == (
        CLAIMED,
        Happening(at=NOW, what=verdict.value, detail=meaning, claim=TOKEN),
        FORGOTTEN,
    )


def test_earlier_claims_are_told() -> None:
    """By their records, or as ones that left nothing behind."""
    lost = record(
        token=OTHER_TOKEN,
        verdicts={Verdict.IN_DOUBT: ("rec-1",)},
        sent_at=NOW - 9 * SECOND,
        recorded_at=NOW - 8 * SECOND,
    )

    timeline = story(lost, earlier_claims=("crashed", OTHER_TOKEN)).timeline()

    assert [(each.what, each.claim) for each in timeline[:4]] == [
        ("SENT", OTHER_TOKEN),
        ("IN_DOUBT", OTHER_TOKEN),
        ("CLAIM_LEFT", "crashed"),
        ("CLAIMED", TOKEN),
    ]
    assert timeline[2] == Happening(
        at=None,
        what="CLAIM_LEFT",
        detail="by an invocation that recorded nothing of it",
        claim="crashed",
    )


def test_what_was_taken_back_says_why() -> None:
    """Whether it had been claimed before or not."""
    withdrawn = Happening(
        at=NOW - SECOND, what="REMOVED", detail="nothing that was published until then is sent"
    )

    assert story(tombstone=tombstone(NOW - SECOND)).timeline() == (withdrawn, CLAIMED, FORGOTTEN)
    assert story(entry=None, tombstone=tombstone(NOW - SECOND)).timeline() == (withdrawn,)


def test_it_stands_as_its_last_claim_says() -> None:
    """An earlier claim's verdict is history."""
    earlier = record(token=OTHER_TOKEN, verdicts={Verdict.REFUSED: ("rec-1",)})

    assert story(earlier).standing(now=NOW) is Standing.CLAIMED
    assert story(earlier, record("rec-1")).standing(now=NOW) is Standing.ACCEPTED
    assert story(entry=None, tombstone=tombstone()).standing(now=NOW) is Standing.FREE
