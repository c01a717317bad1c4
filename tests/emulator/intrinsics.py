"""CloudFormation's intrinsic functions, as far as template.yaml uses them.

moto resolves them too, but not in what it leaves out (queue policies, rules) and not as
CloudFormation does (a log group's ARN without its streams).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

Node: TypeAlias = Any
"""A piece of a template: whatever YAML can hold."""

Document: TypeAlias = dict[str, Any]
"""A template, or a piece of it that is a mapping."""

_NO_VALUE: Final = object()
"""What `AWS::NoValue` resolves to: the property it stands for is left out."""

_VARIABLE: Final = re.compile(r"\$\{([^!}][^}]*)\}")
"""A variable of Fn::Sub; `${!Literal}` is none."""


class UnknownNameError(LookupError):
    """The template speaks of a parameter, resource, mapping or function that is not there."""

    def __init__(self, name: str) -> None:
        """Say which *name* it was."""
        super().__init__(f"the template speaks of {name}, which is not there")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the names in a template stand for.

    A resource that has neither reference nor attribute yet resolves to its own name, as in
    `${IngressQueue.Arn}`, so that a template can be read before it is deployed.
    """

    document: Document
    parameters: Mapping[str, str]
    pseudo_parameters: Mapping[str, str]
    references: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)

    def reference(self, name: str) -> Node:
        """Return what `Ref` of *name* is."""
        if name == "AWS::NoValue":
            return _NO_VALUE
        for known in (self.pseudo_parameters, self.parameters, self.references):
            if name in known:
                return known[name]
        return self._own_name(name)

    def attribute(self, name: str) -> Node:
        """Return what `Fn::GetAtt` of *name*, like `IngressQueue.Arn`, is."""
        return self.attributes.get(name) or self._own_name(name)

    def condition(self, name: str) -> bool:
        """Tell whether the condition *name* of the template holds."""
        return bool(resolve(self.document["Conditions"][name], self))

    def _own_name(self, name: str) -> str:
        if name.partition(".")[0] not in self.document["Resources"]:
            raise UnknownNameError(name)
        return f"${{{name}}}"


def resolve(node: Node, scope: Scope) -> Node:
    """Replace every intrinsic function in *node* by its value.

    Raises UnknownNameError for names and functions that are not there.
    """
    if isinstance(node, list):
        values = [resolve(each, scope) for each in node]
        return [value for value in values if value is not _NO_VALUE]
    if not isinstance(node, dict):
        return node
    if len(node) == 1:
        [(name, argument)] = node.items()
        if name in _FUNCTIONS:
            return _FUNCTIONS[name](argument, scope)
        if name.startswith("Fn::"):
            raise UnknownNameError(name)
    resolved = {key: resolve(each, scope) for key, each in node.items()}
    return {key: value for key, value in resolved.items() if value is not _NO_VALUE}


def _ref(argument: Node, scope: Scope) -> Node:
    return scope.reference(argument)


def _get_attribute(argument: Node, scope: Scope) -> Node:
    return scope.attribute(".".join(argument))


def _substitute(argument: Node, scope: Scope) -> str:
    text, own = argument if isinstance(argument, list) else (argument, {})
    variables = {name: resolve(value, scope) for name, value in own.items()}

    def value_of(match: re.Match[str]) -> str:
        name = match[1]
        if name in variables:
            return str(variables[name])
        return str(scope.attribute(name) if "." in name else scope.reference(name))

    return _VARIABLE.sub(value_of, text)


def _find_in_map(argument: Node, scope: Scope) -> Node:
    found = scope.document["Mappings"]
    for key in resolve(argument, scope):
        if key not in found:
            raise UnknownNameError(key)
        found = found[key]
    return found


def _if(argument: Node, scope: Scope) -> Node:
    condition, then, otherwise = argument
    return resolve(then if scope.condition(condition) else otherwise, scope)


def _join(argument: Node, scope: Scope) -> str:
    delimiter, values = argument
    return str(delimiter).join(map(str, resolve(values, scope)))


def _equals(argument: Node, scope: Scope) -> bool:
    left, right = resolve(argument, scope)
    return bool(left == right)


def _not(argument: Node, scope: Scope) -> bool:
    return not resolve(argument[0], scope)


_FUNCTIONS: Final[Mapping[str, Callable[[Node, Scope], Node]]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_attribute,
    "Fn::Sub": _substitute,
    "Fn::FindInMap": _find_in_map,
    "Fn::If": _if,
    "Fn::Join": _join,
    "Fn::Equals": _equals,
    "Fn::Not": _not,
}
