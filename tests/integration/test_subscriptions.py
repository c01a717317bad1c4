"""`applier subscriptions` and `teardown` against a deployed stack, and the hourly check."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from recommendation_applier.domain.errors import CredentialsRefusedError, RefusedError
from tests.builders import body, confirmation
from tests.emulator.amazon_faults import answers
from tests.emulator.deployment import STREAM_TOPIC, Deployment
from tests.emulator.iam import assert_used, calls_of_lambda
from tests.operator import applier, let_operators_reach, sentence_of

STACK: Final = ("--stack", "recommendation-applier")
AT_ONCE: Final = ("--timeout", "0m", "--every", "0")
"""Look once, and wait for nothing."""


@pytest.fixture
def reached(deployment: Deployment) -> Deployment:
    """A deployment whose operator reaches Amazon, where subscriptions are active at once."""
    let_operators_reach(deployment)
    with deployment.amazon.streams() as book:
        book.life = ("ACTIVE",)
    return deployment


def ids(*profiles: str) -> list[str]:
    """Name profiles, as options."""
    return [word for each in profiles for word in ("--profile-id", each)]


def queue_of(deployment: Deployment) -> str:
    """Name our queue."""
    return deployment.stack.outputs["IngressQueueArn"]


def subscriptions(*arguments: str, code: int = 0) -> list[dict[str, Any]]:
    """Run a command of the group as a program does; give its rows."""
    result = applier("subscriptions", *arguments, *STACK, "--json")
    assert result.exit_code == code, result.stderr
    rows: list[dict[str, Any]] = json.loads(result.stdout)
    return rows


def statuses(deployment: Deployment) -> Counter[str]:
    """Count Amazon's subscriptions by status."""
    return Counter(each.status for each in deployment.amazon.subscriptions)


def said(deployment: Deployment, message: str) -> list[dict[str, Any]]:
    """Give the lines of that message that the check has written."""
    return [line for line in deployment.subscriptions.log() if line.get("message") == message]


def metrics(deployment: Deployment) -> list[float]:
    """Give what the check has counted as unhealthy, tick by tick."""
    lines = deployment.subscriptions.log()
    return [line["UnhealthySubscriptions"][0] for line in lines if "UnhealthySubscriptions" in line]


# create


def test_25_profiles_with_a_429_and_a_409_among_them(reached: Deployment, tmp_path: Path) -> None:
    """All of them are subscribed, one was already; run again, nothing is new."""
    amazon = reached.amazon
    file = tmp_path / "profiles.csv"
    lines = [f"{number},Brand {number}" for number in range(1, 26)]
    file.write_text("\n".join(["profileId,name", "# ours", *lines]))
    amazon.script_subscribe([answers(429, {"message": "Wait"}, headers={"Retry-After": "0.01"})])
    with amazon.streams() as book:
        book.forestalled["7"] = queue_of(reached)

    rows = subscriptions("create", "--profiles", str(file), "--yes")
    assert Counter(each["outcome"] for each in rows) == {"CREATED": 24, "THERE_ALREADY": 1}
    assert [each["profileId"] for each in rows] == [str(number) for number in range(1, 26)]
    assert {(each["status"], each["detail"]) for each in rows} == {("ACTIVE", "")}
    answered = Counter(request.status for request in amazon.subscribe_requests)
    assert answered == {200: 24, 409: 1, 429: 1}
    assert rows[6]["subscriptionId"] in {each.subscription_id for each in amazon.subscriptions}

    again = applier("subscriptions", "create", "--profiles", str(file), "--yes", *STACK)
    assert (again.exit_code, again.stderr) == (
        0,
        "0 of 25 are new; 25 were subscribed already.\n",
    )
    assert len(amazon.subscribe_requests) == 26
    assert statuses(reached) == {"ACTIVE": 25}


def test_what_cannot_be_made_says_why_in_a_sentence_each(reached: Deployment) -> None:
    """Which profile, why, and what to do; the others are made, and the command ends with 1."""
    with reached.amazon.streams() as book:
        book.refused_profiles.add("2")
        book.unknown_profiles.add("3")
        book.put("4", queue_of(reached), status="ACTIVE")

    rows = subscriptions("create", *ids("1", "4"), "--dry-run")
    assert [each["outcome"] for each in rows] == ["WOULD_BE_CREATED", "THERE_ALREADY"]
    unasked = sentence_of(applier("subscriptions", "create", *ids("1", "4"), *STACK))
    assert unasked.startswith("nothing was changed, since nobody can be asked here: Subscribe arn")
    assert "to 1 of 2 profiles?" in unasked
    assert reached.amazon.subscribe_requests == []
    assert subscriptions("list") == []

    result = applier("subscriptions", "create", *ids("1", "2", "3"), "--yes", *STACK)
    assert result.exit_code == 1
    [total, second, third] = result.stderr.splitlines()
    assert total == "1 of 3 are new; 0 were subscribed already."
    for line, profile, status in ((second, "2", "403"), (third, "3", "401")):
        assert line.startswith(f"Error: profile {profile} is not subscribed: listing the")
        assert f"failed: {status}" in line
        assert "view_performance_dashboard" in line
    printed = [line.split()[:2] for line in result.stdout.splitlines()]
    assert [line for line in printed if line and line[0].isdecimal()] == [
        ["1", "CREATED"],
        ["2", "REFUSED"],
        ["3", "REFUSED"],
    ]

    with reached.amazon.streams() as book:
        book.refused_destinations.add(queue_of(reached))
    result = applier("subscriptions", "create", *ids("5"), "--yes", *STACK)
    assert result.exit_code == 1
    assert "Destination is invalid" in result.stderr
    assert "its policy lets in the dataset's SNS account and Amazon's ReviewerRole" in result.stderr


def test_refused_credentials_are_one_sentence_after_what_was_made_before(
    reached: Deployment,
) -> None:
    """However many profiles there are; what is known of each comes first."""
    reached.amazon.script_subscribe([answers(401, {"message": "Unauthorized"})] * 2)
    result = applier("subscriptions", "create", *ids("1"), "--yes", "--json", *STACK)
    assert result.exit_code == 1
    assert [each["outcome"] for each in json.loads(result.stdout)] == ["WOULD_BE_CREATED"]
    assert result.stderr.startswith("Error: subscribing profile 1 failed: 401: Unauthorized")

    reached.amazon.revoke_refresh_token()
    refused = applier("subscriptions", "create", *ids("1", "2"), "--yes", *STACK)
    assert "invalid_grant" in sentence_of(refused)


def test_one_that_is_not_active_in_time_is_no_success_unless_nobody_waits(
    reached: Deployment,
) -> None:
    """A later run finds it, or `watch` does; either media type can be asked in."""
    other = "application/vnd.amazonmarketingstreamsubscriptions.v1+json"
    with reached.amazon.streams() as book:
        book.life = ("PENDING_CONFIRMATION",)

    late = applier("subscriptions", "create", *ids("1"), "--yes", *AT_ONCE, *STACK)
    assert late.exit_code == 1
    assert "is PENDING_CONFIRMATION still; `applier subscriptions watch`" in late.stderr
    rows = subscriptions("create", *ids("1"), "--yes", "--no-wait", "--media-type", other)
    assert [each["outcome"] for each in rows] == ["THERE_ALREADY"]
    assert [each.headers["accept"] for each in reached.amazon.subscription_lists] == [
        "application/vnd.MarketingStreamSubscriptions.StreamSubscriptionResource.v1.0+json",
        other,
    ]


def test_a_subscription_is_confirmed_by_the_function_that_is_deployed(
    deployment: Deployment,
) -> None:
    """SNS asks on the ingress queue; the answer makes it active, and the check finds it well."""
    let_operators_reach(deployment)
    with deployment.amazon.streams() as book:
        book.life = ("PENDING_CONFIRMATION",)
    subscriptions("create", *ids("1"), "--yes", "--no-wait")

    deployment.stack.deliver([confirmation(STREAM_TOPIC)])
    deployment.run_until_quiet()
    confirmed = [each for each in deployment.apply.calls if "ConfirmSub" in each.action]
    assert [each.resource for each in confirmed] == [STREAM_TOPIC]
    with deployment.amazon.streams() as book:  # what SNS tells Amazon, whose topic it is
        book.set_status("ACTIVE", *book.subscriptions)

    watched = applier("subscriptions", "watch", *AT_ONCE, *STACK)
    assert (watched.exit_code, watched.stdout) == (0, "profile 1: ACTIVE\n")
    assert subscriptions("health") == []


# list and watch


def test_the_list_shows_every_profile_on_record_and_whose_queue_it_is(reached: Deployment) -> None:
    """What goes elsewhere is marked; what has ended is shown where nothing lives. Or of others."""
    with reached.amazon.streams() as book:
        book.put("1", queue_of(reached).replace("-ingress", "-other"), status="ACTIVE")
    subscriptions("create", *ids("1", "2", "3"), "--yes")
    with reached.amazon.streams() as book:
        ours = {each.profile_id: each.subscription_id for each in book.subscriptions.values()}
        book.set_status("SUSPENDED", ours["2"])
        book.set_status("ARCHIVED", ours["3"])

    rows = subscriptions("list")
    assert [(each["profileId"], each["status"], each["isForeign"]) for each in rows] == [
        ("1", "ACTIVE", True),
        ("1", "ACTIVE", False),
        ("2", "SUSPENDED", False),
        ("3", "ARCHIVED", False),
    ]
    assert rows[0]["destinationArn"].endswith("-other")
    assert rows[0]["since"] == "2026-11-20T06:00:00Z"
    table = applier("subscriptions", "list", *STACK).stdout
    assert table.count("other queue") == 1

    with reached.amazon.streams() as book:
        book.refused_profiles.add("5")
        for status in ("SUSPENDED", "ACTIVE"):
            book.put("6", queue_of(reached), status=status)
    result = applier("subscriptions", "list", *ids("4", "5", "6"), "--json", *STACK)
    assert [each["status"] for each in json.loads(result.stdout)] == ["NONE", "UNKNOWN", "ACTIVE"]
    assert result.stderr.startswith("Warning: profile 5 is not known: listing the subscriptions")
    assert len(subscriptions("list", *ids("6"), "--ended")) == 2


def test_where_nothing_is_on_record_the_commands_say_so(reached: Deployment) -> None:
    """There is nothing to list, to wait for, to archive or to be unwell."""
    listed = applier("subscriptions", "list", *STACK)
    well = applier("subscriptions", "health", *STACK)
    for each in (listed, well):
        assert each.exit_code == 0
        assert "No subscription is on record: `applier subscriptions create`" in each.stderr
    assert applier("subscriptions", "watch", *STACK).exit_code == 0
    assert subscriptions("archive", "--all", "--yes") == []
    assert reached.amazon.subscription_lists == []


def test_watch_tells_each_change_and_ends_when_all_have_arrived(reached: Deployment) -> None:
    """One becomes active, one is never confirmed, one was never made."""
    with reached.amazon.streams() as book:
        book.life = ("PENDING_CONFIRMATION", "ACTIVE")
        book.put("1", queue_of(reached))
        book.put("2", queue_of(reached), status="FAILED_CONFIRMATION")
        book.refused_profiles.add("4")

    result = applier("subscriptions", "watch", *ids("1", "2", "3", "4"), *AT_ONCE, *STACK)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "profile 1: PENDING_CONFIRMATION",
        "profile 2: FAILED_CONFIRMATION",
        "profile 3: REFUSED",
        "profile 4: UNANSWERED",
        "profile 1: ACTIVE",
    ]
    [second, third, fourth] = result.stderr.splitlines()
    assert "is FAILED_CONFIRMATION: nobody answered the confirmation in time" in second
    assert "Amazon lists none for this queue" in third
    assert "view_performance_dashboard" in fourth
    with reached.amazon.streams() as book:
        book.put("5", queue_of(reached))
    rows = subscriptions("watch", *ids("1", "5"), "--every", "0")
    assert [(each["profileId"], each["status"]) for each in rows] == [
        ("1", "ACTIVE"),
        ("5", "ACTIVE"),
    ]


# archive


def test_archive_ends_ours_and_leaves_what_others_live_of(reached: Deployment) -> None:
    """A dry run shows it; a second run finds nothing left; --foreign takes the others too."""
    other = queue_of(reached).replace("-ingress", "-other")
    subscriptions("create", *ids("1", "2"), "--yes")
    with reached.amazon.streams() as book:
        book.put("1", other, status="ACTIVE")

    assert len(subscriptions("archive", "--all", "--dry-run")) == 2
    refused = sentence_of(applier("subscriptions", "archive", "--all", *STACK))
    assert "Archive 2 subscriptions, which cannot be undone?" in refused
    assert statuses(reached) == {"ACTIVE": 3}

    rows = subscriptions("archive", "--all", "--yes")
    assert [(each["profileId"], each["outcome"]) for each in rows] == [
        ("1", "ARCHIVED"),
        ("2", "ARCHIVED"),
    ]
    assert statuses(reached) == {"ARCHIVED": 2, "ACTIVE": 1}
    assert subscriptions("archive", "--all", "--yes") == []
    assert subscriptions("health") == []

    again = subscriptions("archive", *ids("1"), "--yes")
    assert [each["outcome"] for each in again] == ["NONE_LEFT"]
    rows = subscriptions("archive", *ids("1"), "--foreign", "--yes")
    assert [(each["outcome"], each["queue"]) for each in rows] == [
        ("ARCHIVED", "recommendation-applier-other")
    ]

    with reached.amazon.streams() as book:
        book.put("3", queue_of(reached), status="PENDING_CONFIRMATION")
    result = applier("subscriptions", "archive", *ids("3"), "--yes", *STACK)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: profile 3 is not archived: it is PENDING_CONFIRMATION")


@pytest.mark.parametrize(
    "arguments", [("create",), ("archive",), ("archive", "--all", "--profile-id", "1")]
)
def test_which_profiles_are_meant_has_to_be_said(arguments: tuple[str, ...]) -> None:
    """In one way; nothing is asked of anybody before that."""
    result = applier("subscriptions", *arguments, *STACK)

    assert result.exit_code == 2
    assert "--profile-id" in result.stderr


def test_a_file_that_is_none_and_an_id_that_is_none_are_refused(tmp_path: Path) -> None:
    """With the line, before anything else is done."""
    file = tmp_path / "profiles.txt"
    file.write_text("12\nENTITY1\n")
    said = sentence_of(applier("subscriptions", "create", "--profiles", str(file), *STACK))
    assert said == (
        f"reading profiles from {file} failed: line 2: 'ENTITY1' is no profile id, which is a "
        "whole number"
    )
    result = applier("subscriptions", "list", "--profile-id", "ENTITY1", *STACK)
    assert result.exit_code == 2
    assert "'ENTITY1' is no profile id" in result.stderr


# The check


def test_the_check_finds_what_amazon_tells_nobody(reached: Deployment) -> None:
    """A line for each with what to do, a metric while it lasts, and nothing once it is mended."""
    reached.check_subscriptions()
    assert reached.subscriptions.log() == []

    five = ids(*(str(number) for number in range(1, 6)))
    subscriptions("create", *five, "--yes")
    reached.check_subscriptions()
    assert metrics(reached) == []
    [line] = said(reached, "subscriptions checked")
    assert (line["level"], line["wanted"], line["checked"], line["unhealthy"]) == ("INFO", 5, 5, 0)

    with reached.amazon.streams() as book:
        by_profile = {each.profile_id: each for each in book.subscriptions.values()}
        for profile, status in (("1", "SUSPENDED"), ("2", "ARCHIVED")):
            book.set_status(status, by_profile[profile].subscription_id)
        book.refused_profiles.add("3")
        del book.subscriptions[by_profile["4"].subscription_id]
    reached.check_subscriptions()
    found = said(reached, "subscription unhealthy")
    assert [(each["profileId"], each.get("status"), each["ailment"]) for each in found] == [
        ("1", "SUSPENDED", "SUSPENDED"),
        ("2", "ARCHIVED", "ARCHIVED_ELSEWHERE"),
        ("3", None, "PROFILE_REFUSED"),
        ("4", None, "VANISHED"),
    ]
    assert all(
        "`applier subscriptions" in each["whatToDo"] or each["profileId"] == "3" for each in found
    )
    assert metrics(reached) == [4]
    rows = subscriptions("health", code=1)
    assert [each["ailment"] for each in rows] == [each["ailment"] for each in found]

    with reached.amazon.streams() as book:
        book.refused_profiles.clear()
    subscriptions("create", *five, "--yes")
    reached.check_subscriptions()
    assert metrics(reached) == [4]
    assert_used(
        reached.subscriptions.deployed.policy_documents,
        [
            *reached.subscriptions.calls,
            *calls_of_lambda(log_group_arn=reached.subscriptions.deployed.log_group_arn),
        ],
    )


def test_a_check_that_is_not_answered_fails(reached: Deployment) -> None:
    """The next tick goes on; refused credentials are counted as by the other functions."""
    subscriptions("create", *ids("1", "2"), "--yes")
    reached.amazon.script_subscriptions([answers(415, {"message": "No"})] * 2)
    with pytest.raises(RefusedError, match="StreamMediaType"):
        reached.check_subscriptions()

    reached.amazon.script_subscriptions([answers(400, {"message": "No"})])
    some = applier("subscriptions", "health", *STACK)
    assert some.exit_code == 1
    [well, nothing] = some.stderr.splitlines()
    assert well == "1 of 2 subscriptions are well."
    assert nothing.startswith("Warning: of 1 profiles nothing is known: listing the subscriptions")
    reached.amazon.script_subscriptions([answers(400, {"message": "No"})] * 2)
    none = sentence_of(applier("subscriptions", "health", *STACK))
    assert none.startswith("listing the subscriptions of profile")

    reached.amazon.revoke_refresh_token()
    reached.amazon.expire_access_tokens()
    with pytest.raises(CredentialsRefusedError, match="invalid_grant"):
        reached.check_subscriptions()
    assert [line for line in reached.subscriptions.log() if "CredentialsRefused" in line]


# teardown


def test_teardown_archives_drains_and_says_what_is_kept(reached: Deployment) -> None:
    """It deletes nothing; what it prints deletes the stack and what outlives it."""
    subscriptions("create", *ids("1", "2"), "--yes")
    reached.invoke("no JSON")

    rehearsed = applier("teardown", "--dry-run", "--json", *STACK)
    assert rehearsed.exit_code == 0
    assert [each["outcome"] for each in json.loads(rehearsed.stdout)["subscriptions"]] == [
        "WOULD_BE_ARCHIVED"
    ] * 2
    assert statuses(reached) == {"ACTIVE": 2}
    assert "Archive 2 subscriptions" in sentence_of(applier("teardown", *STACK))

    done = applier("teardown", "--yes", "--every", "0", *STACK)
    assert (done.exit_code, done.stderr) == (0, "")
    assert statuses(reached) == {"ARCHIVED": 2}
    outputs = reached.stack.outputs
    for text in (
        "The ingress queue has 0 messages",
        "sam delete --stack-name recommendation-applier --region us-east-1",
        "about 1 letters",
        f"aws sqs delete-queue --region us-east-1 --queue-url {outputs['DeadLetterQueueUrl']}",
        f"--table-name {outputs['LedgerTableName']} --no-deletion-protection-enabled",
        f"aws dynamodb delete-table --region us-east-1 --table-name {outputs['LedgerTableName']}",
        f"delete-secret --region us-east-1 --secret-id {outputs['CredentialsSecretArn']}",
    ):
        assert text in done.stdout


def test_teardown_goes_on_past_what_may_still_deliver_and_tells_it(reached: Deployment) -> None:
    """It waits for the queue, makes the rest ready all the same, and ends with 1."""
    subscriptions("create", *ids("1", "2"), "--yes")
    with reached.amazon.streams() as book:
        book.refused_profiles.add("1")

    reached.stack.deliver([body("rec-1"), body("rec-2")])
    [refused, late] = applier("teardown", "--yes", *AT_ONCE, *STACK).stderr.splitlines()
    assert refused.startswith("Error: profile 1 is not archived: listing")
    assert late.startswith("Error: the ingress queue")
    assert "has 2 messages, 0 in flight and 0 delayed, and in 0 s they became no fewer" in late

    reached.run_until_quiet()
    result = applier("teardown", "--yes", "--every", "0", *STACK)
    assert result.exit_code == 1
    assert "sam delete" in result.stdout
    assert result.stderr.startswith("Error: profile 1 is not archived: listing")
    assert statuses(reached) == {"ACTIVE": 1, "ARCHIVED": 1}
