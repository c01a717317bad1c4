"""What has become of profiles, in rows and sentences."""

import pytest
import typer

from recommendation_applier.domain.wanted_subscription import Profile
from recommendation_applier.entrypoints.cli.kept_resources import RETAINED
from recommendation_applier.entrypoints.cli.subscription_list import Listed, rows_of
from recommendation_applier.entrypoints.cli.subscription_rows import Results, in_order, tell
from recommendation_applier.use_cases.await_subscriptions import GONE, Waiting
from recommendation_applier.use_cases.subscribe import Subscribed, SubscribeOutcome
from tests.emulator.template import load
from tests.memory_subscriptions import NOW, OTHER_QUEUE, QUEUE, subscription

ANN = Profile("1", "Ann")


def created(profile: Profile = ANN, status: str = "PROVISIONING") -> Subscribed:
    """Make a profile that has just been subscribed."""
    return Subscribed(
        profile=profile, outcome=SubscribeOutcome.CREATED, subscription_id="id", status=status
    )


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("SUSPENDED", "its subscription is SUSPENDED: Amazon could not deliver for too long"),
        ("FAILED_CONFIRMATION", "nobody answered the confirmation in time"),
        ("FAILED_PROVISIONING", "Amazon could not set it up"),
        ("ARCHIVED", "somebody archived it without this stack"),
        (GONE, "Amazon does not list it"),
    ],
)
def test_one_that_came_to_nothing_says_why(status: str, why: str) -> None:
    """Whether or not anybody waits for it."""
    results = Results()
    results.add(created())
    results.add(Waiting(ANN, "id", status))

    for until_active in (True, False):
        assert why in results.failures(until_active=until_active)[ANN]


def test_one_that_is_on_its_way_has_failed_only_for_who_waits() -> None:
    """An active one has not, and a status of tomorrow is told as it is."""
    results = in_order(
        [created(Profile("3"), "ACTIVE"), created(Profile("2"), "PAUSED"), created()],
        [ANN, Profile("2"), Profile("3")],
    )

    assert results.failures(until_active=False) == {}
    assert [each.profile_id for each in results.failures(until_active=True)] == ["1", "2"]
    assert [each["profileId"] for each in results.rows()] == ["1", "2", "3"]


def test_sentences_are_lines_and_nothing_is_told_of_what_is_well(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Amazon's words may have line ends."""
    tell({}, "subscribed")
    with pytest.raises(typer.Exit):
        tell({ANN: "it\nis  so"}, "subscribed")

    assert capsys.readouterr().err == "Error: profile 1 (Ann) is not subscribed: it is so\n"


def test_nothing_is_printed_of_nobody_but_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty array is JSON as well."""
    Results().print(as_json=False)
    Results().print(as_json=True)

    assert capsys.readouterr().out == "[]\n"


def test_rows_are_of_what_lives_or_of_what_ended_last() -> None:
    """Of ours before those of other queues."""
    old = subscription(subscription_id="old", status="ARCHIVED", destination_arn=OTHER_QUEUE)
    ours = subscription(subscription_id="ours", status="SUSPENDED")
    live = subscription(subscription_id="live", destination_arn=None, updated_date=None)

    def shown(*found: object, ended: bool = False) -> list[str | None]:
        listed = Listed(ANN, tuple(found))  # type: ignore[arg-type] # subscriptions, all of them
        rows = rows_of(listed, queue_arn=QUEUE, ended=ended)
        return [each["subscriptionId"] for each in rows]

    assert shown(ours, live, old) == ["live"]
    assert shown(ours, old) == ["ours"]
    assert shown(old) == ["old"]
    assert shown(ours, live, old, ended=True) == ["ours", "live", "old"]
    assert shown() == [None]


def test_a_row_says_where_it_goes_and_since_when() -> None:
    """What goes elsewhere, or nobody knows where, is marked."""
    [row] = rows_of(Listed(ANN, (subscription(),)), queue_arn=QUEUE, ended=False)
    assert (row["mark"], row["queue"], row["since"], row["isForeign"]) == (
        "",
        "recommendation-applier-ingress",
        NOW,
        False,
    )
    [row] = rows_of(
        Listed(ANN, (subscription(destination_arn=None),)), queue_arn=QUEUE, ended=False
    )
    assert (row["mark"], row["queue"], row["destinationArn"]) == ("other queue", "", None)


def test_what_outlives_the_stack_is_what_the_template_retains() -> None:
    """What `applier teardown` tells of is all of it."""
    retained = {
        name
        for name, resource in load()["Resources"].items()
        if resource.get("DeletionPolicy") == "Retain"
    }

    assert retained == RETAINED
