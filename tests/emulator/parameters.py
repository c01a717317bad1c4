"""What CloudFormation checks before it makes anything: parameters, then rules."""

import re
from collections.abc import Mapping

from tests.emulator.intrinsics import Document, Scope, resolve


class DeployRefusedError(Exception):
    """CloudFormation would not start this deploy; the text says which value is wrong."""


def complete_parameters(document: Document, parameters: Mapping[str, str]) -> dict[str, str]:
    """Add the defaults to *parameters*, and check them all as CloudFormation does.

    Raises DeployRefusedError with the parameter's name.
    """
    declared: Document = document["Parameters"]
    if unknown := sorted(parameters.keys() - declared.keys()):
        raise DeployRefusedError(f"Parameters: {unknown} do not exist in the template")
    defaults = {name: str(each["Default"]) for name, each in declared.items() if "Default" in each}
    complete = defaults | dict(parameters)
    if missing := sorted(declared.keys() - complete.keys()):
        raise DeployRefusedError(f"Parameters: {missing} must have values")
    for name, value in complete.items():
        if not _allowed(declared[name], value):
            reason = declared[name].get("ConstraintDescription", "not an allowed value")
            raise DeployRefusedError(f"Parameter {name} failed to satisfy constraint: {reason}")
    return complete


def check_rules(scope: Scope) -> None:
    """Hold the template's rules against its parameters.

    Raises DeployRefusedError with the description of the first assertion that fails.
    """
    for rule in scope.document.get("Rules", {}).values():
        if not resolve(rule["RuleCondition"], scope):
            continue
        for assertion in rule["Assertions"]:
            if not resolve(assertion["Assert"], scope):
                raise DeployRefusedError(assertion["AssertDescription"])


def _allowed(declared: Document, value: str) -> bool:
    if "AllowedValues" in declared and value not in map(str, declared["AllowedValues"]):
        return False
    if declared["Type"] == "Number":
        lowest, highest = declared.get("MinValue", value), declared.get("MaxValue", value)
        return value.isdigit() and int(lowest) <= int(value) <= int(highest)
    if not declared.get("MinLength", 0) <= len(value) <= declared.get("MaxLength", len(value)):
        return False
    return re.fullmatch(declared.get("AllowedPattern", ".*"), value) is not None
