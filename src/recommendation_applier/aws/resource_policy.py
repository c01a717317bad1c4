"""What a resource's policy says to a request: a queue's, or a key's.

Source: IAM user guide, "Policy evaluation logic" and the reference of the policy's elements. The
request is always another account's, so that only this policy lets it in, and a Deny wins.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Literal

from recommendation_applier.aws.policy_conditions import (
    Context,
    Verdict,
    all_of,
    any_of,
    hold,
    is_like,
    listed,
    negated,
)

_ACCOUNT_OF_ARN: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Who wants to do what, to what, and under which circumstances."""

    kind: Literal["AWS", "Service"]
    principal: str
    """A role's ARN, or a service's name."""
    action: str
    resource: str
    context: Context


class Answer(Enum):
    """What becomes of a request."""

    ALLOWED = "allowed"
    DENIED = "denied by a statement"
    NOT_ALLOWED = "allowed by no statement"
    UNCERTAIN = "depends on what is not known here"


@dataclass(frozen=True, slots=True)
class Said:
    """The answer, and the statement that gives it, by its Sid or its place."""

    answer: Answer
    statement: str = ""


class UnreadablePolicyError(ValueError):
    """It is no policy document; the message says why."""


def statements_of(document: str) -> Sequence[Mapping[str, Any]]:
    """Read a policy's statements. Raises UnreadablePolicyError."""
    try:
        read = json.loads(document)
    except ValueError as error:
        raise UnreadablePolicyError("it is no JSON") from error
    found = read.get("Statement") if isinstance(read, dict) else None
    given = found if isinstance(found, list) else [found]
    statements = [each for each in given if isinstance(each, dict)]
    if len(statements) != len(given):
        raise UnreadablePolicyError("it has no statements")
    return statements


def answer_to(request: Request, statements: Sequence[Mapping[str, Any]]) -> Said:
    """Say what the *statements* of a policy say to *request*."""
    verdicts: dict[tuple[str, Verdict], str] = {}
    for number, each in enumerate(statements, 1):
        key = (str(each.get("Effect")), _concerns(each, request))
        verdicts.setdefault(key, str(each.get("Sid") or f"statement {number}"))
    if ("Deny", True) in verdicts:
        return Said(Answer.DENIED, verdicts["Deny", True])
    allowing = verdicts.get(("Allow", True))
    depending = verdicts.get(("Deny", None)) if allowing else verdicts.get(("Allow", None))
    if depending:
        return Said(Answer.UNCERTAIN, depending)
    return Said(Answer.ALLOWED, allowing) if allowing else Said(Answer.NOT_ALLOWED)


def _concerns(statement: Mapping[str, Any], request: Request) -> Verdict:
    """Tell whether *statement* is about *request*."""
    action = request.action.lower()
    return all_of(
        (
            _either(statement, "Principal", lambda named: _is_named(named, request)),
            _either(
                statement,
                "Action",
                lambda named: any(is_like(each.lower(), action) for each in listed(named)),
            ),
            _either(
                statement,
                "Resource",
                lambda named: any(is_like(each, request.resource) for each in listed(named)),
            ),
            hold(statement.get("Condition") or {}, request.context),
        )
    )


def _either(
    statement: Mapping[str, Any], element: str, names: Callable[[object], Verdict]
) -> Verdict:
    """Judge an element or its opposite (NotAction …), whichever the statement has."""
    if element in statement:
        return names(statement[element])
    opposite = f"Not{element}"
    return negated(names(statement[opposite])) if opposite in statement else False


def _is_named(named: object, request: Request) -> Verdict:
    """Tell whether the principal is among those *named*; a `*` of either kind means everybody."""
    if not isinstance(named, dict):
        return named == "*"
    if "*" in listed(named.get("AWS", [])):
        return True
    given = listed(named.get(request.kind, []))
    if request.kind == "Service":
        return request.principal in given
    account = request.principal.split(":")[_ACCOUNT_OF_ARN]
    if {request.principal, account, f"arn:aws:iam::{account}:root"} & {*given}:
        return True
    # IAM writes the unique id of a role in place of its ARN once the role was deleted.
    return any_of(None if each.startswith("AROA") else False for each in given)
