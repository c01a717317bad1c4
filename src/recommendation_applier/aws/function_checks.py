"""Whether the functions can run, and do run when there is something to do.

The checks read what Lambda and EventBridge describe, under their own names.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from recommendation_applier.domain.finding import Finding, fault, ok, together, warning

_DEPLOY = "deploy the stack again, and see the events of the stack if that fails"


def judge_function(configuration: Mapping[str, Any]) -> Finding:
    """Judge what GetFunctionConfiguration gives: whether it can be invoked."""
    name = configuration["FunctionName"]
    state, update = configuration.get("State"), configuration.get("LastUpdateStatus")
    if state in ("Failed", "Deactivated"):
        return fault(f"{name} is {state}: {configuration.get('StateReason')}", _DEPLOY)
    if update == "Failed":
        why = configuration.get("LastUpdateStatusReason")
        return fault(f"the last update of {name} failed: {why}", _DEPLOY)
    if state in ("Pending", "ActiveNonInvocable") or update == "InProgress":
        return warning(f"{name} is being updated", "wait a minute, then look again")
    return ok(f"{name} is {state or 'there'}")


def judge_event_source(mappings: Sequence[Mapping[str, Any]], *, queue_arn: str) -> Finding:
    """Judge the event source mappings of the apply function: whether it gets deliveries."""
    found = next((each for each in mappings if each.get("EventSourceArn") == queue_arn), None)
    if found is None:
        others = ", ".join(str(each.get("EventSourceArn")) for each in mappings)
        return fault(
            f"the function reads {others or 'no queue'}, and not the ingress queue {queue_arn}",
            f"{_DEPLOY}: its event source mapping belongs to this queue",
        )
    uuid, state = found["UUID"], found.get("State")
    enable = f"`aws lambda update-event-source-mapping --uuid {uuid} --enabled`"
    findings = []
    if "ReportBatchItemFailures" not in (found.get("FunctionResponseTypes") or ()):
        findings.append(
            fault(
                f"event source mapping {uuid} does not report batch item failures: what has to be "
                "tried again is deleted",
                f"`aws lambda update-event-source-mapping --uuid {uuid} --function-response-types "
                "ReportBatchItemFailures`",
            )
        )
    if state in ("Disabled", "Disabling"):
        findings.append(
            fault(f"event source mapping {uuid} is {state}: deliveries wait on the queue", enable)
        )
    elif state != "Enabled":
        findings.append(
            warning(f"event source mapping {uuid} is {state}", "wait a minute, then look again")
        )
    result = found.get("LastProcessingResult") or ""
    if result.startswith("PROBLEM"):
        findings.append(
            fault(
                f"Lambda cannot read the queue: {result}",
                "see that the role of ApplyFunction is the stack's own",
            )
        )
    return (
        together(findings)
        if findings
        else ok(
            f"enabled; up to {found.get('BatchSize')} deliveries at once; reports item failures"
        )
    )


def judge_schedules(rules: Mapping[str, Sequence[Mapping[str, Any]]]) -> Finding:
    """Judge the rules that run each function, by its name: one must be enabled."""
    return together(_judge_schedule(name, some) for name, some in rules.items())


def _judge_schedule(function: str, rules: Sequence[Mapping[str, Any]]) -> Finding:
    enabled = [each for each in rules if each.get("State") != "DISABLED"]
    if enabled:
        return ok(f"{function}: {enabled[0].get('ScheduleExpression')}")
    if rules:
        name = rules[0]["Name"]
        return fault(
            f"the rule {name}, which runs {function}, is disabled",
            f"`aws events enable-rule --name {name}`",
        )
    return fault(f"no rule runs {function}", _DEPLOY)
