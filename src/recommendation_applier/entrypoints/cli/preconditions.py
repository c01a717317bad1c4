"""The preconditions of a deployed stack: which there are, in which order, and what each needs."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from recommendation_applier.domain.errors import ApplierError
from recommendation_applier.domain.finding import Finding, fault, skipped
from recommendation_applier.entrypoints.cli.aws_errors import (
    AWS_ERRORS,
    missing_permission,
    told_by,
)
from recommendation_applier.use_cases.examine import Check, Checked

_OF_THIS_WORLD: Final[tuple[type[Exception], ...]] = (ApplierError, OSError, *AWS_ERRORS)

Look = Callable[[], Finding]

STACK: Final = "stack"

NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    STACK: (),
    "region": (),
    "functions": (),
    "function-settings": ("functions",),
    "ingress-queue": (),
    "queue-policy": ("region", "ingress-queue"),
    "queue-encryption": ("region", "ingress-queue"),
    "redrive": ("ingress-queue", "function-settings"),
    "ledger": (),
    "secret": (),
    "access-token": ("function-settings", "secret"),
    "partner-account": ("access-token",),
    "hosts": ("access-token",),
    "opportunities": ("partner-account",),
    "subscriptions": ("ingress-queue", "ledger", "access-token"),
    "event-source": ("functions", "ingress-queue"),
    "schedules": ("functions",),
    "policy": (),
    "alarms": (),
    "consent": ("secret",),
}
"""Each by its id, which programs rely on, with those that must hold before it can be looked at.

They are told in this order. A stack that is not found is in the way of all others.
"""

RIGHTS: Final[Mapping[str, str]] = {
    "DescribeStacks": "cloudformation",
    "DescribeTable": "dynamodb",
    "DescribeTimeToLive": "dynamodb",
    "Query": "dynamodb",
    "DescribeRule": "events",
    "ListRuleNamesByTarget": "events",
    "DescribeKey": "kms",
    "GetKeyPolicy": "kms",
    "GetFunctionConfiguration": "lambda",
    "ListEventSourceMappings": "lambda",
    "DescribeSecret": "secretsmanager",
    "GetSecretValue": "secretsmanager",
    "ListSubscriptionsByTopic": "sns",
    "GetQueueAttributes": "sqs",
    "GetParameter": "ssm",
}
"""What an operator must be allowed to do who looks: IAM's service, by the operation."""

_GONE: Final = ("NotFound", "NonExistent", "DoesNotExist")
"""Parts of the codes with which AWS says that there is no such thing."""


def checks_of(looks: Mapping[str, Look], only: Collection[str] = NEEDS) -> Sequence[Check]:
    """Join *looks* with what they need, for the preconditions *only*.

    What goes wrong in this world while one looks is what is found.
    """
    return [
        Check(
            id=each,
            needs=tuple(need for need in needs if need in only),
            look=_telling(looks[each]),
        )
        for each, needs in NEEDS.items()
        if each in only
    ]


def nothing_but(finding: Finding, *, only: Iterable[str] = NEEDS) -> Sequence[Checked]:
    """Give the *finding* about a stack that could not be found, and skip everything else."""
    rest = [Checked(each, skipped(STACK)) for each in only if each != STACK]
    return [Checked(STACK, finding), *rest]


def found_instead(error: Exception) -> Finding:
    """Make a finding of an *error* of this world that kept somebody from looking."""
    for each in (error, error.__cause__):
        if operation := missing_permission(each):
            return _not_allowed(operation)
    if isinstance(error, ApplierError):
        text = " ".join(str(error).split())
        what, _, advice = text.rpartition("; ")
        return fault(what or text, advice if what else "deploy this version's template.yaml to it")
    what, mend = told_by(error)
    if any(each in what for each in _GONE):
        mend = "it is gone, though the stack names it: see who deleted it, then deploy a new stack"
    seen = " ".join(what.split()).rstrip(".")
    return fault(seen, mend or "look again in some minutes")


def _not_allowed(operation: str) -> Finding:
    right = f"{RIGHTS[operation]}:{operation}" if operation in RIGHTS else operation
    return fault(
        f"nobody could look: you may not {right}",
        f"ask for the right {right} on what the stack is made of, or name another profile with "
        "--profile",
    )


def _telling(look: Look) -> Look:
    def tell() -> Finding:
        try:
            return look()
        except _OF_THIS_WORLD as error:
            return found_instead(error)

    return tell
