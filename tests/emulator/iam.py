"""Least privilege, proven: the AWS calls that were made, held against a role's policies.

moto's own check refuses what IAM allows (`sqs:SendMessageBatch` is no action of IAM's) and knows
few resources, so the calls are recorded as botocore makes them and judged here::

    recorder = CallRecorder()
    with recorder.on_new_sessions():
        handler = cold_start()  # makes its session and its clients
    handler(event, context)
    assert_allowed(policies, recorder.calls)
    assert_used(policies, [*recorder.calls, *calls_of_lambda(log_group_arn=...)])

Functions of one process are told apart by their sessions: each has a recorder of its own.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import urlsplit

from botocore import handlers

from tests.emulator.template import ACCOUNT_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import boto3
    from botocore.model import OperationModel

Policy: TypeAlias = dict[str, Any]
"""A policy document of IAM, its resources resolved."""

_EVENT: Final = "before-parameter-build"
"""botocore's last word before a call is made, with the parameters as they were given."""

_ACTIONS: Final[Mapping[str, str]] = {
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}
"""Operations that IAM knows by another name; the rest are their own action."""

_UNREADABLE: Final = frozenset({"Condition", "NotAction", "NotPrincipal", "NotResource"})
"""Parts of a statement that this evaluator would judge wrongly."""


class UnreadablePolicyError(Exception):
    """A statement has a part that is not understood here, so that no verdict would be true."""


@dataclass(frozen=True, slots=True, order=True)
class AwsCall:
    """One call: IAM's action, and the ARN of what it was done to."""

    action: str
    resource: str

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"


@dataclass(slots=True)
class CallRecorder:
    """Keeps the calls of the sessions it listens to; nothing is changed or held back."""

    calls: list[AwsCall] = field(default_factory=list)

    @contextmanager
    def on_new_sessions(self) -> Iterator[None]:
        """Listen to every session made meanwhile, and for as long as that session lives."""
        spec = (_EVENT, self._record)
        handlers.BUILTIN_HANDLERS.append(spec)
        try:
            yield
        finally:
            handlers.BUILTIN_HANDLERS.remove(spec)

    def listen_to(self, session: boto3.Session) -> None:
        """Listen to the clients that *session* makes from now on."""
        session.events.register(_EVENT, self._record)

    def _record(
        self,
        params: Mapping[str, Any],
        model: OperationModel,
        context: Mapping[str, Any],
        **_: object,
    ) -> None:
        service = model.service_model.service_name
        operation = f"{service}:{model.name}"
        action = _ACTIONS.get(operation, operation)
        self.calls.extend(
            AwsCall(action, resource)
            for resource in _resources(service, params, region=context["client_region"])
        )


def refused(policies: Iterable[Policy], calls: Iterable[AwsCall]) -> list[AwsCall]:
    """Return the *calls*, each once, that the *policies* do not allow. A Deny wins."""
    statements = _statements(policies)
    return sorted({call for call in calls if not _allowed(statements, call)})


def unused(policies: Iterable[Policy], calls: Sequence[AwsCall]) -> list[AwsCall]:
    """Return what the *policies* grant and none of *calls* needed: action and resource."""
    grants = {
        AwsCall(action, resource)
        for statement in _statements(policies)
        if statement["Effect"] == "Allow"
        for action in _listed(statement, "Action")
        for resource in _listed(statement, "Resource")
    }
    return sorted(grant for grant in grants if not any(_covers(grant, call) for call in calls))


def assert_allowed(policies: Iterable[Policy], calls: Iterable[AwsCall]) -> None:
    """Fail with every call that the *policies* do not allow."""
    found = refused(policies, calls)
    assert not found, f"not allowed: {', '.join(map(str, found))}"


def assert_used(policies: Iterable[Policy], calls: Sequence[AwsCall]) -> None:
    """Fail with everything that the *policies* grant and that no call needed."""
    found = unused(policies, calls)
    assert not found, f"granted and never used: {', '.join(map(str, found))}"


def calls_of_lambda(*, log_group_arn: str, queue_arn: str | None = None) -> list[AwsCall]:
    """Return what Lambda itself does in a function's name: write its log, and poll its queue.

    *log_group_arn* is the group's, without the `:*` that stands for its streams. The actions are
    those of Lambda's guide: AWSLambdaBasicExecutionRole and, with a queue,
    AWSLambdaSQSQueueExecutionRole, both without CreateLogGroup, since the stack makes the group.
    """
    stream = f"{log_group_arn}:log-stream:2026/01/01/[$LATEST]0"
    calls = [AwsCall("logs:CreateLogStream", stream), AwsCall("logs:PutLogEvents", stream)]
    if queue_arn is not None:
        actions = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
        calls += [AwsCall(action, queue_arn) for action in actions]
    return calls


def _resources(service: str, params: Mapping[str, Any], *, region: str) -> list[str]:
    """Name what a call is about by its ARNs, as IAM does; one empty one if that is unknown here."""
    if "QueueUrl" in params:
        _, account_id, name = urlsplit(params["QueueUrl"]).path.split("/")
        return [f"arn:aws:{service}:{region}:{account_id}:{name}"]
    if service == "dynamodb":
        return _tables(params, region=region) or [""]
    if service == "ssm":
        return [f"arn:aws:ssm:{region}:{ACCOUNT_ID}:parameter{params['Name']}"]
    return [str(params.get("SecretId") or params.get("TopicArn") or "")]


def _tables(params: Mapping[str, Any], *, region: str) -> list[str]:
    """Name the tables of a call; a query of an index is about the index and not about its table."""
    names = [params["TableName"]] if "TableName" in params else params.get("RequestItems", ())
    index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
    return [f"arn:aws:dynamodb:{region}:{ACCOUNT_ID}:table/{name}{index}" for name in names]


def _statements(policies: Iterable[Policy]) -> list[dict[str, Any]]:
    statements = [statement for policy in policies for statement in policy["Statement"]]
    for statement in statements:
        if unreadable := sorted(_UNREADABLE & statement.keys()):
            raise UnreadablePolicyError(f"{statement.get('Sid')} has {', '.join(unreadable)}")
    return statements


def _allowed(statements: Iterable[Mapping[str, Any]], call: AwsCall) -> bool:
    effects = {
        statement["Effect"]
        for statement in statements
        for action in _listed(statement, "Action")
        for resource in _listed(statement, "Resource")
        if _covers(AwsCall(action, resource), call)
    }
    return effects == {"Allow"}


def _covers(grant: AwsCall, call: AwsCall) -> bool:
    return _matches(grant.action.lower(), call.action.lower()) and _matches(
        grant.resource, call.resource
    )


def _matches(pattern: str, value: str) -> bool:
    """Match as IAM does: `*` is anything, `?` one character, and brackets are themselves."""
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def _listed(statement: Mapping[str, Any], key: str) -> list[str]:
    value = statement[key]
    return [value] if isinstance(value, str) else list(value)
