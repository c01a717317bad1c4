"""Whether the queues are such that deliveries arrive, and stay until they are done.

The checks read attributes under SQS's own names, as GetQueueAttributes gives them.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from recommendation_applier.domain.finding import Finding, fault, ok, together, warning

Attributes = Mapping[str, str]

_SECONDS_A_DAY: Final = 86_400
_VISIBILITY_IN_TIMEOUTS: Final = 6
"""Lambda's guide on SQS: the visibility timeout is at least six times the function's timeout."""
_LONGEST_RETENTION_SECONDS: Final = 14 * _SECONDS_A_DAY
_DEPLOY: Final = "deploy template.yaml to the stack"


def judge_queue(attributes: Attributes, *, queue_arn: str) -> Finding:
    """Judge whether it is the queue of the stack's output, and of the kind the Stream takes."""
    found = attributes["QueueArn"]
    if attributes.get("FifoQueue") == "true" or queue_arn.endswith(".fifo"):
        return fault(
            f"{found} is a FIFO queue, to which the Stream delivers nothing",
            f"replace it by a standard queue: {_DEPLOY}, and subscribe that queue",
        )
    if found != queue_arn:
        return fault(
            f"IngressQueueUrl is the queue {found}, and IngressQueueArn is {queue_arn}",
            f"{_DEPLOY}, whose outputs name one queue",
        )
    return ok(f"{found}, a standard queue")


def judge_redrive(
    ingress: Attributes,
    dead_letters: Attributes,
    *,
    max_receive_count: int,
    function_timeout: int,
) -> Finding:
    """Judge the way to the dead-letter queue: *max_receive_count* is what the function reckons by.

    *function_timeout* is the apply function's, in seconds.
    """
    findings = [
        *_redrive_policy(ingress, dead_letters, max_receive_count),
        *_dead_letter_queue(ingress, dead_letters),
        *_visibility(ingress, function_timeout),
    ]
    return (
        together(findings)
        if findings
        else ok(
            f"to {dead_letters['QueueArn']} at receive {max_receive_count}, kept for "
            f"{_days(dead_letters)} days; visible again after {ingress['VisibilityTimeout']} s"
        )
    )


def _redrive_policy(
    ingress: Attributes, dead_letters: Attributes, max_receive_count: int
) -> Iterator[Finding]:
    policy = json.loads(ingress.get("RedrivePolicy") or "{}")
    target, wanted = policy.get("deadLetterTargetArn"), dead_letters["QueueArn"]
    if not policy:
        yield fault(
            "the ingress queue has no redrive policy: what fails again and again is never set "
            "aside",
            f"set its RedrivePolicy: deadLetterTargetArn {wanted}, maxReceiveCount "
            f"{max_receive_count}",
        )
    elif target != wanted:
        yield fault(
            f"the redrive policy leads to {target}, and the stack's dead-letter queue is {wanted}",
            f"set deadLetterTargetArn of the ingress queue's RedrivePolicy to {wanted}",
        )
    elif int(policy["maxReceiveCount"]) != max_receive_count:
        yield fault(
            f"the redrive policy moves a message after {policy['maxReceiveCount']} receives, and "
            f"the function writes its dead letter at receive {max_receive_count}",
            "set maxReceiveCount of the ingress queue's RedrivePolicy to "
            f"{max_receive_count}, which is the function's MAX_RECEIVE_COUNT",
        )


def _dead_letter_queue(ingress: Attributes, dead_letters: Attributes) -> Iterator[Finding]:
    allow = json.loads(dead_letters.get("RedriveAllowPolicy") or "{}")
    permission, sources = allow.get("redrivePermission"), allow.get("sourceQueueArns", [])
    source = ingress["QueueArn"]
    if permission == "denyAll" or (permission == "byQueue" and source not in sources):
        yield fault(
            "the dead-letter queue's RedriveAllowPolicy does not admit the ingress queue",
            f"set its RedriveAllowPolicy: redrivePermission byQueue, sourceQueueArns {source}",
        )
    retention = int(dead_letters["MessageRetentionPeriod"])
    if retention <= int(ingress["MessageRetentionPeriod"]):
        yield fault(
            f"the dead-letter queue keeps a letter for {_days(dead_letters)} days and the ingress "
            f"queue for {_days(ingress)}: one that SQS moves keeps its age, and may be gone at "
            "once",
            "set the dead-letter queue's MessageRetentionPeriod to "
            f"{_LONGEST_RETENTION_SECONDS} (14 days)",
        )
    elif retention < _LONGEST_RETENTION_SECONDS:
        yield warning(
            f"the dead-letter queue keeps letters for {_days(dead_letters)} days only",
            f"set its MessageRetentionPeriod to {_LONGEST_RETENTION_SECONDS} (14 days)",
        )


def _visibility(ingress: Attributes, function_timeout: int) -> Iterator[Finding]:
    least = _VISIBILITY_IN_TIMEOUTS * function_timeout
    if int(ingress["VisibilityTimeout"]) < least:
        yield fault(
            f"the ingress queue's visibility timeout is {ingress['VisibilityTimeout']} s: a "
            "delivery comes back while an invocation still has it",
            f"set VisibilityTimeout of the ingress queue to at least {least}, six times the "
            "function's timeout",
        )


def _days(attributes: Attributes) -> str:
    return f"{int(attributes['MessageRetentionPeriod']) / _SECONDS_A_DAY:g}"
