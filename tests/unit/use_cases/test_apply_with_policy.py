"""What the policy in force, and the people who release, have the spine do."""

import json
from datetime import timedelta
from typing import Any

import pytest

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.breaker import Breaker
from recommendation_applier.domain.campaign_pacing import Campaign, CampaignApplications
from recommendation_applier.domain.errors import (
    BreakerOpenError,
    PolicyUnavailableError,
    UnavailableError,
)
from recommendation_applier.domain.holds import Hold, Release
from recommendation_applier.domain.ledger import DecidedBy, Verdict
from recommendation_applier.domain.outcome import ApplyResult, Failure, StatusResult
from recommendation_applier.domain.reasons import HeldReason
from recommendation_applier.domain.release_notice import release_notice
from tests.builders import NOW, PUBLISHED, body, confirmation
from tests.memory_ledger import MemoryLedger
from tests.unit.use_cases.scripted_ledger import ScriptedLedger
from tests.unit.use_cases.world import LAST_RECEIVE, World, doors, unanswered

CAMPAIGN = Campaign("ENTITY0000000000001", "210000000000001")
HOLD_BIDS = [{"name": "bids", "match": {"type": ["KEYWORD_BID"]}, "decision": "HOLD"}]
CAPPED = [{"name": "bids", "decision": "APPLY", "limits": {"maxIncreasePercent": 10}}]


def paced(**limits: Any) -> list[dict[str, Any]]:
    """Make a rule for everything that limits how often a campaign is changed."""
    return [{"name": "pace", "decision": "APPLY", "limits": limits}]


def release(world: World, name: str = "rec-1", *, published: Any = PUBLISHED) -> str:
    """Let a person release what is held, as the operator's command writes it down."""
    world.store.releases[name] = Release("anna", "checked", world.now, published)
    return release_notice([name])


# --- The policy decides ---------------------------------------------------------------------------


def test_what_a_rule_holds_is_kept_with_its_reason() -> None:
    """Nothing is sent; the entry says why, until when, and by which version and rule."""
    world = World()
    world.policies.put(rules=HOLD_BIDS)

    report = world.run(body("rec-1", expiry_date="2026-11-15T12:00:00 UTC"))

    assert doors(report) == [("held", "POLICY_HOLD")]
    assert report.finished == {"message-1"}
    assert world.api.applied == []
    assert world.store.holds == {
        "rec-1": Hold(HeldReason.POLICY_HOLD, "rule 'bids' says HOLD", NOW, NOW + timedelta(days=5))
    }
    assert world.store.entries["rec-1"].decided_by == DecidedBy(policy_version=2, rule="bids")
    assert [batch.recommendation_ids for batch in report.held] == [("rec-1",)]
    assert report.policy_version == 2


def test_a_limit_that_is_passed_holds_and_a_neighbour_within_it_is_sent() -> None:
    """Each recommendation is decided by itself: 0.75 to 0.9 is 20 percent."""
    world = World()
    world.policies.put(rules=CAPPED)
    small = {"recommended_campaign_settings": {"budget": None, "ad_groups": [{"bid": 0.8}]}}

    report = world.run(body("rec-1"), body("rec-2", **small))

    assert doors(report) == [("held", "LIMIT_PASSED"), ("accepted", "ACCEPTED")]
    assert "20" in report.departures[0].detail
    assert world.api.applied_ids == ["rec-2"]


def test_what_a_rule_ignores_is_let_go_on_record() -> None:
    """Neither sent nor held; the ledger says who decided so."""
    world = World()
    world.policies.put(rules=[{"name": "not ours", "decision": "IGNORE"}])

    report = world.run(body("rec-1"))

    assert doors(report) == [("not applicable", "IGNORED_BY_POLICY")]
    assert report.finished == {"message-1"}
    (record,) = world.store.records.values()
    assert record.verdicts == {Verdict.IGNORED: ("rec-1",)}
    assert world.store.entries["rec-1"].decided_by.rule == "not ours"
    assert world.api.applied == []


def test_what_is_ignored_stays_until_that_is_on_record() -> None:
    """The policy says so at this moment only."""
    world = World(store=ScriptedLedger(silent=frozenset({"add_record"})))
    world.policies.put(rules=[{"name": "not ours", "decision": "IGNORE"}])

    report = world.run(body("rec-1"))

    assert doors(report) == [("retry", "LEDGER_UNAVAILABLE")]
    assert report.departures[0].detail == "that it is ignored could not be written to the ledger"
    assert report.finished == set()


def test_what_was_held_is_decided_anew_when_it_is_delivered_again() -> None:
    """By the policy that is in force by then: sent, ignored, or held for another reason."""
    world = World()
    world.policies.put(rules=HOLD_BIDS)
    world.run(body("rec-1"), body("rec-2"), body("rec-3"))

    world.policies.put()
    assert doors(world.run(body("rec-1"))) == [("accepted", "ACCEPTED")]
    world.policies.put(rules=[{"name": "not ours", "decision": "IGNORE"}])
    assert doors(world.run(body("rec-2"))) == [("not applicable", "IGNORED_BY_POLICY")]
    world.policies.put(rules=CAPPED)
    assert doors(world.run(body("rec-3"))) == [("held", "LIMIT_PASSED")]

    assert set(world.store.holds) == {"rec-3"}


@pytest.mark.parametrize("settings", [True, False])
def test_the_stricter_of_the_two_modes_holds(settings: bool) -> None:  # noqa: FBT001 - the one fact
    """DRY_RUN of the stack or of the policy: nothing is sent, whatever the rules say."""
    world = World(dry_run=settings)
    world.policies.put(mode="APPLY" if settings else "DRY_RUN")

    report = world.run(body("rec-1"))

    assert doors(report) == [("held", "DRY_RUN")]
    assert (world.api.applied, world.api.asked) == ([], [])
    assert world.store.holds["rec-1"].reason is HeldReason.DRY_RUN


def test_a_rehearsal_says_what_the_rules_would_hold() -> None:
    """In the mode DRY_RUN the rules' own reasons come first."""
    world = World(dry_run=True)
    world.policies.put(rules=CAPPED)

    assert doors(world.run(body("rec-1"))) == [("held", "LIMIT_PASSED")]


class WatchedLedger(ScriptedLedger):
    """Counts how often somebody looks at the breaker."""

    looks = 0

    def read_breaker(self) -> Breaker:
        """See the port."""
        self.looks += 1
        return super().read_breaker()


def test_a_rehearsal_asks_neither_the_breaker_nor_for_what_it_does_not_need() -> None:
    """Nothing is sent, so that nobody needs to know whether Amazon answers."""
    store = WatchedLedger()
    world = World(store=store, dry_run=True)

    report = world.run(body("rec-1"))

    assert doors(report) == [("held", "DRY_RUN")]
    assert report.departures[0].detail == "the mode is DRY_RUN"
    assert (store.calls, store.looks) == (["put_new", "hold"], 0)
    World(store=store).run(body("rec-2"))
    assert store.looks == 1


def test_what_is_sent_marks_nothing_as_held_and_recalls_nothing() -> None:
    """Neither would find anything, and each is a call."""
    store = ScriptedLedger()
    nothing = {"current_campaign_settings": None, "recommended_campaign_settings": None}

    World(store=store).run(body("rec-1"), body("rec-2", **nothing))

    assert store.calls == ["put_new"]


def test_a_rule_is_in_force_by_the_clock_of_the_invocation() -> None:
    """Before its notBefore it is none."""
    world = World()
    world.policies.put(rules=[{**HOLD_BIDS[0], "notBefore": "2026-11-10T12:00:01Z"}])

    assert doors(world.run(body("rec-1"))) == [("accepted", "ACCEPTED")]
    world.now += timedelta(seconds=1)
    assert doors(world.run(body("rec-2"))) == [("held", "POLICY_HOLD")]


def test_a_publication_that_was_held_without_settings_is_released_all_the_same() -> None:
    """It has all that there is: current or recommended settings, or neither."""
    for settings in ({}, {"current_campaign_settings": None}):
        world = World()
        world.policies.put(rules=HOLD_BIDS)
        world.run(body("rec-1", recommended_campaign_settings=None, **settings))

        assert doors(world.run(release(world))) == [("accepted", "ACCEPTED")]


def test_without_a_policy_nothing_is_sent_and_everything_stays() -> None:
    """Removals, confirmations and bad bodies need none, and go on."""
    world = World()
    world.policies.error = PolicyUnavailableError("version 3 cannot be used: rules is missing")

    report = world.run(
        body("rec-1"), body("rec-2", recommendation_status="REMOVED"), confirmation(), "bad"
    )

    assert doors(report) == [
        ("retry", "POLICY_UNAVAILABLE"),
        ("not applicable", "REMOVED"),
        ("not applicable", "SUBSCRIPTION_CONFIRMED"),
        ("dead-lettered", "UNREADABLE_BODY"),
    ]
    assert report.policy_error is world.policies.error
    assert report.departures[0].detail == "version 3 cannot be used: rules is missing"
    assert world.store.entries == {}
    assert (world.api.applied, world.api.asked) == ([], [])


def test_a_policy_is_not_asked_for_when_nothing_is_to_be_decided() -> None:
    """A removal alone does not even look."""
    world = World()
    world.policies.error = PolicyUnavailableError("down")

    report = world.run(body("rec-1", recommendation_status="REMOVED"))

    assert (report.policy_error, world.policies.asked) == (None, 0)


def test_what_is_held_does_not_wait_for_an_api_that_is_down() -> None:
    """While the breaker is open what may be sent is retried, and what is held is held."""
    world = World()
    world.policies.put(rules=[{**HOLD_BIDS[0], "match": {"entityId": ["ENTITY0000000000002"]}}])
    world.api.answer = unanswered(UnavailableError("503"))
    for number in range(3):
        world.run(body(f"down-{number}"))
    world.api.applied.clear()

    report = world.run(body("rec-1"), body("rec-2", account=2))

    assert doors(report) == [("retry", "BREAKER_OPEN"), ("held", "POLICY_HOLD")]
    assert world.api.applied == []


def test_what_may_have_been_sent_is_asked_about_before_it_is_held() -> None:
    """What Amazon has is accepted, whatever the policy says by now."""
    for status, door in (("SUCCESS", "accepted"), ("PUBLISHED", "held")):
        world = World()
        world.lose(body("rec-1"))
        world.policies.put(rules=HOLD_BIDS)

        def answer(batch: ApplyBatch, status: str = status) -> StatusResult:
            return StatusResult(batch, {"rec-1": status})

        world.api.answer_status = answer

        assert doors(world.run(body("rec-1"), receive_count=2))[0][0] == door
        assert world.api.applied == []


@pytest.mark.parametrize("silent", ["hold", "add_record"])
def test_what_cannot_be_marked_or_recorded_as_held_comes_back(silent: str) -> None:
    """Held means that the ledger keeps it for certain."""
    world = World(store=ScriptedLedger(silent=frozenset({silent})))
    world.policies.put(rules=HOLD_BIDS)

    report = world.run(body("rec-1"), body("rec-2", type="CAMPAIGN_BUDGET"))

    assert doors(report)[0] == ("retry", "LEDGER_UNAVAILABLE")
    assert "message-1" not in report.finished
    assert report.held == []


# --- A person lets it go --------------------------------------------------------------------------


def test_what_is_released_is_sent_once_however_often_it_is_released() -> None:
    """Its limits are overridden; the entry says by whom."""
    world = World()
    world.policies.put(rules=CAPPED)
    world.run(body("rec-1"))
    notice = release(world)

    first, second = world.run(notice), world.run(notice)

    assert doors(first) == [("accepted", "ACCEPTED")]
    assert doors(second) == [("not applicable", "ALREADY_ACCEPTED")]
    assert world.api.applied_ids == ["rec-1"]
    assert world.store.holds == {}
    assert world.store.entries["rec-1"].decided_by == DecidedBy(
        policy_version=2, released_by="anna"
    )


def test_a_release_does_not_override_the_mode() -> None:
    """Whoever stops everything stops what others have released; later it can be released again."""
    world = World()
    world.policies.put(rules=HOLD_BIDS)
    world.run(body("rec-1"))
    world.policies.put(mode="DRY_RUN")
    notice = release(world)

    assert doors(world.run(notice)) == [("held", "DRY_RUN")]
    world.policies.put(rules=HOLD_BIDS)
    assert doors(world.run(notice)) == [("accepted", "ACCEPTED")]


def test_a_release_outlives_an_outage() -> None:
    """What is retried after its release is not held again."""
    world = World()
    world.policies.put(rules=HOLD_BIDS)
    world.run(body("rec-1"))
    notice = release(world)
    world.api.answer, accepting = unanswered(UnavailableError("503")), world.api.answer
    assert doors(world.run(notice)) == [("retry", "UNAVAILABLE")]
    world.api.answer = accepting

    assert doors(world.run(notice)) == [("accepted", "ACCEPTED")]


def test_a_release_is_of_what_was_held_and_not_of_what_came_since() -> None:
    """The same recommendation published again is decided by the policy."""
    world = World()
    world.policies.put(rules=HOLD_BIDS)
    world.run(body("rec-1"))
    notice = release(world)
    world.run(body("rec-1", published_date="2026-11-05T12:00:00 UTC"))

    assert doors(world.run(notice)) == [("held", "POLICY_HOLD")]


def test_nobody_releases_anything_by_a_message_alone() -> None:
    """Without a person's word in the ledger the policy decides again."""
    world = World()
    world.policies.put(rules=HOLD_BIDS)
    world.run(body("rec-1"))

    assert doors(world.run(release_notice(["rec-1"]))) == [("held", "POLICY_HOLD")]


def test_what_was_released_too_late_is_not_sent() -> None:
    """Expired, or taken back meanwhile: each with its reason."""
    world = World()
    world.policies.put(rules=HOLD_BIDS)
    world.run(body("rec-1", expiry_date="2026-11-12T12:00:00 UTC"), body("rec-2"))
    world.run(body("rec-2", recommendation_status="REMOVED"))
    world.now = NOW + timedelta(days=3)

    report = world.run(release(world, "rec-1"), release(world, "rec-2"))

    assert doors(report) == [
        ("not applicable", "EXPIRED"),
        ("not applicable", "WITHDRAWN_EARLIER"),
    ]
    assert world.api.applied == []


def test_a_release_of_what_the_ledger_does_not_know_is_dead_lettered() -> None:
    """Also where only a removal is known: there is nothing that could be sent."""
    world = World()
    world.run(body("rec-2", recommendation_status="REMOVED"))

    report = world.run(release_notice(["rec-1", "rec-2"]))

    assert doors(report) == [("dead-lettered", "INVALID_MESSAGE")] * 2
    assert report.departures[0].detail == (
        "a release names recommendation rec-1, of which the ledger has no entry"
    )
    letter = json.loads(world.dead_letters.stored[0].body)
    assert letter["message"]["body"] == release_notice(["rec-1"])


@pytest.mark.parametrize(
    ("receive_count", "door"),
    [(1, ("retry", "LEDGER_UNAVAILABLE")), (LAST_RECEIVE, ("dead-lettered", "RETRIES_EXHAUSTED"))],
)
def test_a_release_waits_for_a_ledger_that_does_not_answer(
    receive_count: int, door: tuple[str, str]
) -> None:
    """Nobody knows what it releases."""
    world = World(store=ScriptedLedger(silent=frozenset({"entries_of"})))

    report = world.run(release_notice(["rec-1"]), receive_count=receive_count)

    assert doors(report) == [door]
    assert report.departures[0].detail == "what the ledger knows of it could not be read"
    for letter in world.dead_letters.stored:
        assert json.loads(letter.body)["message"]["body"] == release_notice(["rec-1"])


def test_a_release_that_ran_out_of_receives_is_kept_in_its_dead_letter() -> None:
    """Redriven, it is sent, and nobody has to release it again."""
    world = World()
    world.policies.put(rules=HOLD_BIDS)
    world.run(body("rec-1"))
    world.policies.error = PolicyUnavailableError("down")
    world.run(release(world), receive_count=LAST_RECEIVE)
    assert world.dead_letters.reasons == ["RETRIES_EXHAUSTED"]

    world.policies.error = None

    assert doors(world.run(world.dead_letters.stored[0].body)) == [("accepted", "ACCEPTED")]


# --- What comes back as a dead letter -------------------------------------------------------------


def failed_letter(world: World) -> str:
    """Let Amazon refuse rec-1 by name, and give its dead letter."""
    accepting = world.api.answer
    world.api.answer = lambda batch: ApplyResult(
        batch, accepted={}, failures=(Failure("rec-1", "PO_APPLY_UNPROCESSABLE_ERROR", "no"),)
    )
    world.run(body("rec-1"))
    world.api.answer = accepting
    return world.dead_letters.stored[-1].body


def test_a_redriven_letter_is_held_to_the_limits_by_what_the_ledger_knows() -> None:
    """The letter itself has no settings: 0.75 to 0.9 is within 25 percent and above 10."""
    world = World()
    letter = failed_letter(world)

    world.policies.put(rules=CAPPED)
    assert doors(world.run(letter)) == [("held", "LIMIT_PASSED")]
    world.policies.put(rules=[{**CAPPED[0], "limits": {"maxIncreasePercent": 25}}])
    assert doors(world.run(letter)) == [("accepted", "ACCEPTED")]


def test_a_redriven_letter_of_an_earlier_publication_has_no_settings() -> None:
    """Those of a later one are not its own: the limits cannot be computed."""
    world = World()
    letter = failed_letter(world)
    world.policies.put(rules=HOLD_BIDS)
    world.run(body("rec-1", published_date="2026-11-05T12:00:00 UTC"))
    world.policies.put(rules=CAPPED)

    assert doors(world.run(letter)) == [("held", "LIMIT_UNKNOWN")]


def test_a_redriven_letter_that_another_ledger_never_saw_has_no_settings() -> None:
    """A stack that is made anew holds what it cannot compute."""
    letter = failed_letter(World())
    world = World()
    world.policies.put(rules=CAPPED)

    assert doors(world.run(letter)) == [("held", "LIMIT_UNKNOWN")]


def test_what_was_released_and_then_failed_stays_released() -> None:
    """Its letter comes back by a redrive, and nobody has to release it again."""
    world = World()
    world.policies.put(rules=HOLD_BIDS)
    world.run(body("rec-1"))
    notice = release(world)
    accepting = world.api.answer
    world.api.answer = lambda batch: ApplyResult(
        batch, accepted={}, failures=(Failure("rec-1", "PO_APPLY_UNPROCESSABLE_ERROR", "no"),)
    )
    world.run(notice)
    world.api.answer = accepting

    assert doors(world.run(world.dead_letters.stored[-1].body)) == [("accepted", "ACCEPTED")]


@pytest.mark.parametrize(
    ("receive_count", "door"),
    [(1, ("retry", "LEDGER_UNAVAILABLE")), (LAST_RECEIVE, ("dead-lettered", "RETRIES_EXHAUSTED"))],
)
def test_a_redriven_letter_waits_for_a_ledger_that_does_not_answer(
    receive_count: int, door: tuple[str, str]
) -> None:
    """All of its recommendations together: it is not taken apart."""
    letter = failed_letter(World())
    world = World(store=ScriptedLedger(silent=frozenset({"entries_of"})))

    report = world.run(letter, receive_count=receive_count)

    assert doors(report) == [door]
    assert world.api.applied == []


# --- How often a campaign is changed --------------------------------------------------------------


def test_of_three_for_one_campaign_two_are_sent_and_the_third_is_held() -> None:
    """Two within 24 hours; another campaign is not concerned."""
    world = World()
    world.policies.put(rules=paced(maxApplicationsPerCampaignPerDay=2))

    report = world.run(
        *(body(f"rec-{number}") for number in range(3)), body("rec-3", campaign_id="2")
    )

    assert doors(report) == [
        ("accepted", "ACCEPTED"),
        ("accepted", "ACCEPTED"),
        ("held", "DAILY_LIMIT"),
        ("accepted", "ACCEPTED"),
    ]
    world.now = NOW + timedelta(hours=24)
    assert doors(world.run(body("rec-2"))) == [("accepted", "ACCEPTED")]


def test_a_campaign_cools_down_after_an_application() -> None:
    """For as long as the rule says, and not a second longer."""
    world = World()
    world.policies.put(rules=paced(coolDownHours=6))
    world.run(body("rec-1"))

    world.now = NOW + timedelta(hours=6, seconds=-1)
    assert doors(world.run(body("rec-2"))) == [("held", "COOLING_DOWN")]
    world.now = NOW + timedelta(hours=6)
    assert doors(world.run(body("rec-2"))) == [("accepted", "ACCEPTED")]


def test_what_no_pacing_rule_is_for_is_counted_for_the_others() -> None:
    """A cool-down is about the campaign, whatever changed it last."""
    world = World()
    budgets = {"type": ["CAMPAIGN_BUDGET"]}
    world.policies.put(rules=[{**paced(coolDownHours=6)[0], "match": budgets}])

    report = world.run(body("rec-1"), body("rec-2", type="CAMPAIGN_BUDGET"))

    assert doors(report) == [("accepted", "ACCEPTED"), ("held", "COOLING_DOWN")]


def test_what_names_no_campaign_is_not_counted() -> None:
    """A new campaign has no id yet, and is no rule's that counts."""
    world = World()
    rules = [{"name": "new", "match": {"type": ["NEW_CAMPAIGN"]}, "decision": "APPLY"}]
    world.policies.put(rules=[*rules, *paced(coolDownHours=6)])
    new = {"type": "NEW_CAMPAIGN", "campaign_id": None}

    report = world.run(body("rec-1", **new), body("rec-2", **new))

    assert doors(report) == [("accepted", "ACCEPTED")] * 2
    assert world.store.campaigns == {}


def test_what_is_sent_again_is_not_counted_again() -> None:
    """A retry of the same recommendation is let through, and no other is."""
    world = World()
    world.policies.put(rules=paced(maxApplicationsPerCampaignPerDay=1))
    accepting = world.api.answer
    world.api.answer = unanswered(UnavailableError("503"))
    world.run(body("rec-1"))
    world.api.answer = accepting

    assert doors(world.run(body("rec-1"), body("rec-2"))) == [
        ("accepted", "ACCEPTED"),
        ("held", "DAILY_LIMIT"),
    ]


def test_a_released_one_is_let_through_and_counted() -> None:
    """A person overrides the limit; the next one meets it."""
    world = World()
    world.policies.put(rules=paced(maxApplicationsPerCampaignPerDay=1))
    world.run(body("rec-1"), body("rec-2"))

    assert doors(world.run(release(world, "rec-2"))) == [("accepted", "ACCEPTED")]
    assert set(world.store.campaigns[CAMPAIGN].let_through) == {"rec-1", "rec-2"}


def test_without_a_rule_that_paces_nothing_is_counted() -> None:
    """It would cost a read and a write for every campaign."""
    world = World()

    world.run(body("rec-1"))

    assert world.store.campaigns == {}


class BusyLedger(MemoryLedger):
    """Somebody else counts for the campaign after each look at it."""

    unreadable = False

    def applications_of(self, campaigns: Any) -> Any:
        """See the port."""
        found = {} if self.unreadable else dict(super().applications_of(campaigns))
        for campaign in campaigns:
            kept = self.campaigns.get(campaign, CampaignApplications())
            self.campaigns[campaign] = CampaignApplications({}, kept.version + 1)
        return found


class PartlyReadLedger(MemoryLedger):
    """Gives the count of one campaign, and of no other."""

    def applications_of(self, campaigns: Any) -> Any:
        """See the port."""
        return super().applications_of({each for each in campaigns if each.campaign_id == "2"})


@pytest.mark.parametrize("unreadable", [True, False])
def test_what_cannot_be_counted_waits_and_is_given_back(unreadable: bool) -> None:  # noqa: FBT001 - the one fact
    """Nobody knows whether it is one too many; the next invocation may send it without asking."""
    store = BusyLedger()
    store.unreadable = unreadable
    world = World(store=store)
    world.policies.put(rules=paced(maxApplicationsPerCampaignPerDay=5))

    report = world.run(body("rec-1"))

    assert doors(report) == [("retry", "LEDGER_UNAVAILABLE")]
    assert report.departures[0].detail == "how often its campaign was changed could not be told"
    (record,) = store.records.values()
    assert record.verdicts == {Verdict.RELEASED: ("rec-1",)}
    assert world.api.applied == []


def test_each_campaign_that_cannot_be_counted_waits_by_itself() -> None:
    """Three of them, of which the table names the last alone: that one is sent."""
    store = PartlyReadLedger()
    world = World(store=store)
    world.policies.put(rules=paced(maxApplicationsPerCampaignPerDay=5))

    report = world.run(*(body(f"rec-{number}", campaign_id=str(number)) for number in range(3)))

    assert [door for door, _ in doors(report)] == ["retry", "retry", "accepted"]
    assert store.kept_until[str(Campaign(CAMPAIGN.entity_id, "2"))] == NOW + timedelta(days=90)


def test_an_api_that_is_left_alone_counts_nothing() -> None:
    """What is not even claimed uses up nothing of its campaign's day."""
    world = World()
    world.policies.put(rules=paced(maxApplicationsPerCampaignPerDay=1))
    world.api.answer = unanswered(BreakerOpenError("left alone"))
    world.store.breaker = world.store.breaker.asked_to_wait(NOW, 600.0)

    assert doors(world.run(body("rec-1"))) == [("retry", "BREAKER_OPEN")]
    assert world.store.campaigns == {}
