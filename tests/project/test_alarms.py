"""What goes off, who is told, and that it can go off at all."""

import re

import pytest

from recommendation_applier.domain.reasons import RetryReason
from recommendation_applier.domain.retry_schedule import visibility_seconds
from recommendation_applier.entrypoints.metrics import METRIC_NAMES
from tests.emulator.aws import (
    FOLLOW_UP_FUNCTION,
    FUNCTION,
    OPPORTUNITIES_FUNCTION,
    SUBSCRIPTIONS_FUNCTION,
)
from tests.emulator.intrinsics import Document
from tests.emulator.template import expand, load
from tests.signals import OWN_NAMESPACE, alarms, everything, metrics_of_alarm

PAGER = "PagerAlarm"

TOLD_BY_THE_PAGER = {"CredentialsRefusedAlarm", "PolicyUnavailableAlarm", "OldestMessageAlarm"}
"""Those that tell nobody by themselves."""

ENDS_BY_ITSELF = {
    PAGER,
    "SilenceAlarm",
    "RetriesLastAlarm",
    "ThrottledRequestsAlarm",
    "ApplyFunctionThrottlesAlarm",
    "FollowUpFunctionErrorsAlarm",
    "FollowUpFunctionThrottlesAlarm",
    "FollowUpFunctionStoppedAlarm",
    "SubscriptionsFunctionErrorsAlarm",
    "SubscriptionsFunctionThrottlesAlarm",
    "SubscriptionsFunctionStoppedAlarm",
    "OpportunitiesFunctionErrorsAlarm",
    "OpportunitiesFunctionThrottlesAlarm",
    "OpportunitiesFunctionStoppedAlarm",
}
"""Those whose end is news. The end of the others says that an hour is over, or that somebody has
done what is to be done."""

BREACHING = {
    "SilenceAlarm",
    "FollowUpFunctionStoppedAlarm",
    "OpportunitiesFunctionStoppedAlarm",
    "SubscriptionsFunctionStoppedAlarm",
}
"""Those that are about something that is missing."""

WEEK_SECONDS = 7 * 24 * 60 * 60
DAY_SECONDS = 24 * 60 * 60


def composites() -> dict[str, Document]:
    """Give the properties of every alarm on alarms."""
    template = everything()
    return {
        each: template.properties(each)
        for each in template.logical_ids("AWS::CloudWatch::CompositeAlarm")
    }


def longest_wait(reason: RetryReason) -> int:
    """Say after how many seconds a delivery comes back at the latest, however often it came."""
    return visibility_seconds(
        receive_count=99, reason=reason, retry_after=0.0, jitter=lambda _, most: most
    )


def test_every_alarm_says_what_it_means_and_names_its_runbook() -> None:
    """By the heading under which it stands."""
    found = alarms(everything()) | composites()

    assert len(found) == 24
    for name, alarm in found.items():
        assert alarm["AlarmDescription"].endswith(f' See RUNBOOKS.md, "{name}".')
        assert len(alarm["AlarmDescription"]) <= 1024


def test_only_what_is_missed_is_missing_for_a_reason() -> None:
    """No word from a metric means that nothing happened; but for what has to happen."""
    missing = {name: each["TreatMissingData"] for name, each in alarms(everything()).items()}

    assert {name for name, how in missing.items() if how == "breaching"} == BREACHING
    others = missing.keys() - BREACHING - {"DeadLetterAlarm"}
    assert {missing[name] for name in others} == {"notBreaching"}


@pytest.mark.parametrize("hours", ["1", "48", "168"])
def test_every_alarm_is_one_that_cloudwatch_takes(hours: str) -> None:
    """It looks back for a day, or for a week where its period is an hour or more."""
    for name, alarm in alarms(everything(SilenceHours=hours)).items():
        periods = {each["MetricStat"]["Period"] for each in alarm.get("Metrics", ())
                   if "MetricStat" in each} or {alarm["Period"]}  # fmt: skip
        [period] = periods
        assert period % 60 == 0
        window = period * int(alarm["EvaluationPeriods"])
        assert window <= (WEEK_SECONDS if period >= 3600 else DAY_SECONDS), name
        assert int(alarm["EvaluationPeriods"]) >= alarm.get("DatapointsToAlarm", 1)


def test_every_alarm_watches_a_metric_that_somebody_emits() -> None:
    """One on a name or a dimension that nobody uses is silent for ever."""
    variables = everything().properties(FUNCTION)["Environment"]["Variables"]
    own = [
        metric
        for alarm in alarms(everything()).values()
        for metric in metrics_of_alarm(alarm)
        if metric.is_own
    ]

    assert {each.name for each in own} <= set(METRIC_NAMES)
    assert {each.namespace for each in own} == {variables["POWERTOOLS_METRICS_NAMESPACE"]}
    assert {each.namespace for each in own} == {OWN_NAMESPACE}
    for each in own:
        assert each.dimensions == {"service": variables["POWERTOOLS_SERVICE_NAME"]}


@pytest.mark.parametrize("alarm", ["DeadLetterAlarm", "OldestMessageAlarm", "SilenceAlarm"])
def test_an_alarm_about_a_queue_watches_that_queue(alarm: str) -> None:
    """NumberOfMessagesSent would not count what SQS itself moves to the dead-letter queue."""
    properties = everything().properties(alarm)

    queue = "DeadLetterQueue" if alarm == "DeadLetterAlarm" else "IngressQueue"
    assert properties["Dimensions"] == [{"Name": "QueueName", "Value": f"${{{queue}.QueueName}}"}]
    assert (
        properties["MetricName"]
        == {
            "DeadLetterAlarm": "ApproximateNumberOfMessagesVisible",
            "OldestMessageAlarm": "ApproximateAgeOfOldestMessage",
            "SilenceAlarm": "NumberOfMessagesSent",
        }[alarm]
    )


def test_the_first_dead_letter_is_an_alarm() -> None:
    """One is enough, for a minute; while SQS measures no more, the alarm lasts."""
    alarm = everything().properties("DeadLetterAlarm")

    assert (alarm["Threshold"], alarm["EvaluationPeriods"], alarm["Period"]) == (1, 1, 60)
    assert alarm["TreatMissingData"] == "ignore"


@pytest.mark.parametrize(
    "function",
    [FUNCTION, FOLLOW_UP_FUNCTION, OPPORTUNITIES_FUNCTION, SUBSCRIPTIONS_FUNCTION],
)
def test_errors_and_throttles_of_every_function_have_an_alarm(function: str) -> None:
    """Lambda counts them by the function's name; and the schedule's have one for not running."""
    kinds = {"Errors": "Errors", "Throttles": "Throttles", "Stopped": "Invocations"}
    if (
        function == FUNCTION
    ):  # runs when something is there; OldestMessageAlarm tells if it does not
        del kinds["Stopped"]
    for kind, metric in kinds.items():
        [watched] = metrics_of_alarm(everything().properties(f"{function}{kind}Alarm"))

        assert (watched.namespace, watched.name) == ("AWS/Lambda", metric)
        assert watched.dimensions == {"FunctionName": f"${{{function}}}"}


def test_no_function_is_without_its_alarms() -> None:
    """Whatever functions there are."""
    found = alarms(everything()).keys()

    for function in everything().logical_ids("AWS::Lambda::Function"):
        assert {f"{function}ErrorsAlarm", f"{function}ThrottlesAlarm"} <= found


@pytest.mark.parametrize(
    "name", [FOLLOW_UP_FUNCTION, OPPORTUNITIES_FUNCTION, SUBSCRIPTIONS_FUNCTION]
)
def test_a_function_that_does_not_run_is_missed_after_six_ticks(name: str) -> None:
    """A tick that fails has run: that is another alarm."""
    template = everything()
    schedule = template.properties(f"{name}Tick")["ScheduleExpression"]
    [(count, unit)] = re.findall(r"rate\((\d+) (minute|hour)s?\)", schedule)
    seconds = int(count) * {"minute": 60, "hour": 3600}[unit]

    alarm = template.properties(f"{name}StoppedAlarm")
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (seconds, 6)
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (1, "LessThanThreshold")


def test_one_tick_that_fails_is_no_alarm_and_two_in_a_row_are() -> None:
    """The next tick makes up for one; a quarter of an hour has three."""
    alarm = everything().properties("FollowUpFunctionErrorsAlarm")

    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["Threshold"]) == (900, 1, 2)


def test_a_warning_outlives_a_tick_that_fails() -> None:
    """Every tick counts anew what is held: the alarm takes the most that one of three counted."""
    alarm = everything().properties("HeldRecommendationsEndingAlarm")

    assert (alarm["Statistic"], alarm["Threshold"]) == ("Maximum", 1)
    assert alarm["Period"] == 3 * 5 * 60
    hourly = everything().properties("UnhealthySubscriptionsAlarm")
    assert (hourly["Statistic"], hourly["Threshold"], hourly["Period"]) == ("Maximum", 1, 3 * 3600)


@pytest.mark.parametrize(
    ("alarm", "reason"),
    [
        ("CredentialsRefusedAlarm", RetryReason.CREDENTIALS_REFUSED),
        ("PolicyUnavailableAlarm", RetryReason.POLICY_UNAVAILABLE),
    ],
)
def test_what_pages_does_not_end_between_two_retries(alarm: str, reason: RetryReason) -> None:
    """Or somebody would be woken once for each."""
    properties = everything().properties(alarm)
    longest = longest_wait(reason)
    window = load()["Parameters"]["BatchingWindowSeconds"]["MaxValue"]

    assert properties["Period"] * properties["EvaluationPeriods"] >= longest + window
    assert properties.get("DatapointsToAlarm", properties["EvaluationPeriods"]) == 1


def test_throttling_is_a_share_of_enough_requests() -> None:
    """Of fewer than twenty, one throttled request tells nothing."""
    alarm = everything().properties("ThrottledRequestsAlarm")

    shown = [each for each in alarm["Metrics"] if each["ReturnData"]]
    [share] = shown
    assert share["Expression"] == "IF(requests >= 20, 100 * FILL(throttled, 0) / requests, 0)"
    assert {each["Id"]: each["MetricStat"]["Metric"]["MetricName"] for each in alarm["Metrics"]
            if each is not share} == {
        "requests": "ApplyRequests",
        "throttled": "ThrottledRequests",
    }  # fmt: skip
    assert alarm["Threshold"] == 25


def test_silence_is_as_long_as_somebody_says() -> None:
    """Every hour of it without a message; 0 switches it off; two days unless said otherwise."""
    alarm = everything(SilenceHours="30").properties("SilenceAlarm")

    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (3600, "30")
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 1)
    assert alarm["ComparisonOperator"] == "LessThanThreshold"
    assert "DatapointsToAlarm" not in alarm
    assert "SilenceAlarm" not in alarms(everything(SilenceHours="0"))
    assert load()["Parameters"]["SilenceHours"]["Default"] == 48


def test_a_lag_is_an_alarm_when_half_of_the_invocations_have_it() -> None:
    """After more than a day, what may be awaited from a file, and the longest wait between two."""
    alarm = everything().properties("AcceptanceLagAlarm")

    assert alarm["ExtendedStatistic"] == "p50"
    assert alarm["Threshold"] >= 26 * 3600 + longest_wait(RetryReason.UNAVAILABLE)


# ---- Who is told --------------------------------------------------------------------------------


def test_nobody_is_told_unless_there_is_somebody() -> None:
    """Without AlarmEmail there is no topic, and the alarms have no actions."""
    template = everything(AlarmEmail="")

    assert list(template.logical_ids("AWS::SNS::Topic")) == []
    assert list(template.logical_ids("AWS::SNS::TopicPolicy")) == []
    for alarm in [*alarms(template).values(), template.properties(PAGER)]:
        assert "AlarmActions" not in alarm
        assert "OKActions" not in alarm


def test_somebody_is_told_once_of_every_alarm() -> None:
    """By itself or by the pager's, through the one topic, to the one address."""
    template = everything()

    assert template.properties("AlarmTopic")["Subscription"] == [
        {"Protocol": "email", "Endpoint": "operator@example.com"}
    ]
    found = alarms(template) | composites()
    telling = {name for name, each in found.items() if "AlarmActions" in each}
    assert found.keys() - telling == TOLD_BY_THE_PAGER
    assert {name for name, each in found.items() if "OKActions" in each} == ENDS_BY_ITSELF
    for name in telling:
        assert found[name]["AlarmActions"] == ["${AlarmTopic}"]
        assert found[name].get("OKActions", ["${AlarmTopic}"]) == ["${AlarmTopic}"]


def test_the_pager_is_for_what_stops_everything() -> None:
    """Each alarm that tells nobody by itself is enough for it; whatever it names exists."""
    rule = everything().properties(PAGER)["AlarmRule"]

    alone = [each for each in rule.split(" OR ") if "AND" not in each]
    assert set(alone) == {f'ALARM("${{{name}}}")' for name in TOLD_BY_THE_PAGER}
    named = set(re.findall(r'ALARM\("\$\{(\w+)\}"\)', rule))
    unconditional = alarms(everything(OpportunityFiles="OFF", SilenceHours="0"))
    assert named <= unconditional.keys()
    assert len(rule) <= 10_240


def test_the_topic_lets_in_the_accounts_alarms_and_nobody_else() -> None:
    """CloudWatch, for alarms of this account and region."""
    policy = everything().properties("AlarmTopicPolicy")

    assert policy["Topics"] == ["${AlarmTopic}"]
    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Sid": "LetAlarmsTell",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": "${AlarmTopic}",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:*"},
            },
        }
    ]


def test_a_small_deployment_has_few_alarms() -> None:
    """Each metric of an alarm is billed: twenty-one without opportunity files."""
    template = expand(
        {"AdsRegion": "NA", "PartnerNetworkAccountId": "amzn1.ads1.ma1.example"}, region="us-east-1"
    )

    assert sum(len(metrics_of_alarm(each)) for each in alarms(template).values()) == 21
