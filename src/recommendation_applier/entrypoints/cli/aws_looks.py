"""How the AWS side of a stack is looked at: what it is now, and what that means."""

from collections.abc import Mapping

from recommendation_applier.aws.alarm_checks import judge_alarm_topic, nobody_is_told
from recommendation_applier.aws.function_checks import (
    judge_event_source,
    judge_function,
    judge_schedules,
)
from recommendation_applier.aws.ledger_checks import judge_ledger
from recommendation_applier.aws.queue_checks import judge_queue, judge_redrive
from recommendation_applier.aws.queue_encryption import judge_encryption, judge_key
from recommendation_applier.aws.queue_policy import judge_policy
from recommendation_applier.aws.stack_checks import judge_region, judge_stack
from recommendation_applier.domain.errors import PolicyError, SettingsError
from recommendation_applier.domain.finding import Finding, fault, ok, together
from recommendation_applier.domain.policy import read_policy
from recommendation_applier.entrypoints.cli.examined_stack import ExaminedStack
from recommendation_applier.entrypoints.cli.preconditions import STACK, Look


def aws_looks(examined: ExaminedStack) -> Mapping[str, Look]:
    """Give the looks that need nothing of Amazon Ads."""
    stack = examined.stack
    return {
        STACK: lambda: judge_stack(stack.name, stack.status),
        "region": lambda: judge_region(stack.region, examined.ads_region),
        "functions": lambda: together(judge_function(each) for each in examined.functions),
        "function-settings": lambda: _settings(examined),
        "ingress-queue": lambda: judge_queue(
            examined.ingress_queue, queue_arn=stack.output("IngressQueueArn")
        ),
        "queue-policy": lambda: judge_policy(
            examined.ingress_queue.get("Policy"),
            queue_arn=stack.output("IngressQueueArn"),
            region=examined.ads_region,
        ),
        "queue-encryption": lambda: _encryption(examined),
        "redrive": lambda: judge_redrive(
            examined.ingress_queue,
            examined.dead_letter_queue,
            max_receive_count=examined.settings.max_receive_count,
            function_timeout=examined.functions[0]["Timeout"],
        ),
        "event-source": lambda: judge_event_source(
            examined.event_sources(), queue_arn=stack.output("IngressQueueArn")
        ),
        "schedules": lambda: judge_schedules(examined.schedules()),
        "policy": lambda: _policy(examined),
        "ledger": lambda: judge_ledger(*examined.ledger()),
        "alarms": lambda: _alarms(examined),
    }


def _settings(examined: ExaminedStack) -> Finding:
    deploy = "deploy the stack again, with every parameter in samconfig.toml"
    try:
        settings = examined.settings
    except SettingsError as error:
        return fault(str(error).partition("; see")[0], deploy)
    region = examined.ads_region
    wanted = region.topic_arn_prefix
    is_at_home = examined.stack.region == region.aws_region  # the other fault is region's own
    if is_at_home and settings.stream_topic_arn_prefix != wanted:
        return fault(
            f"STREAM_TOPIC_ARN_PREFIX is {settings.stream_topic_arn_prefix}, and the dataset's "
            f"topics are {wanted}*: subscriptions are not confirmed",
            deploy,
        )
    return ok(f"complete; requests go to {settings.ads_api_url}")


def _encryption(examined: ExaminedStack) -> Finding:
    attributes = examined.ingress_queue
    finding = judge_encryption(attributes)
    if finding is not None:
        return finding
    key_arn, is_managed_by_aws = examined.key(attributes["KmsMasterKeyId"])
    return judge_key(
        key_arn,
        is_managed_by_aws=is_managed_by_aws,
        policy="" if is_managed_by_aws else examined.key_policy(key_arn),
        queue_arn=attributes["QueueArn"],
        region=examined.ads_region,
    )


def _policy(examined: ExaminedStack) -> Finding:
    stored = examined.policy.read()
    try:
        policy = read_policy(stored.text)
    except PolicyError as error:
        return fault(
            f"version {stored.version}, and nothing is applied: {error}",
            "`applier policy history` tells who changed it; put a good one in force with `applier "
            "policy set`",
        )
    ceiling = examined.stack.parameters.get("ApplyMode", "")
    mode = "DRY_RUN" if "DRY_RUN" in (policy.mode, ceiling) else policy.mode
    return ok(
        f"version {stored.version}, {len(policy.rules)} rules; the mode in force is {mode} (the "
        f"policy says {policy.mode}, ApplyMode {ceiling})"
    )


def _alarms(examined: ExaminedStack) -> Finding:
    email = examined.stack.parameters.get("AlarmEmail", "")
    if not email:
        return nobody_is_told()
    return judge_alarm_topic(examined.told_of_alarms(), email=email)
