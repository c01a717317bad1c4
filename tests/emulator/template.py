"""template.yaml as CloudFormation sees it: expanded by SAM's own translator, offline."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, cast

import boto3
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from tests.emulator.intrinsics import Document, Node, Scope, resolve
from tests.emulator.parameters import check_rules, complete_parameters

TEMPLATE: Final = Path(__file__).parents[2] / "template.yaml"

ACCOUNT_ID: Final = "123456789012"
"""The account of whoever deploys: the one that moto works in."""

_PACKAGED_CODE: Final = "s3://bundles/functions.zip"
"""Where `sam package` would put src/; the translator takes no path of this machine."""


@dataclass(frozen=True, slots=True)
class ExpandedTemplate:
    """Plain CloudFormation, together with the parameters it is deployed with."""

    document: Document
    scope: Scope

    def logical_ids(self, resource_type: str) -> Iterator[str]:
        """Yield the logical id of each resource of *resource_type* that would be created."""
        for logical_id, resource in self.document["Resources"].items():
            condition = resource.get("Condition")
            wanted = condition is None or self.scope.condition(condition)
            if wanted and resource["Type"] == resource_type:
                yield logical_id

    def resource(self, logical_id: str) -> Document:
        """Return a resource with all of its attributes, unresolved."""
        return cast("Document", self.document["Resources"][logical_id])

    def properties(self, logical_id: str) -> Document:
        """Return a resource's properties, resolved as far as can be before a deploy."""
        return cast(
            "Document", resolve(self.resource(logical_id).get("Properties", {}), self.scope)
        )

    def resolve(self, node: Node) -> Node:
        """Return *node*, resolved as far as can be before a deploy."""
        return resolve(node, self.scope)


def load() -> Document:
    """Read template.yaml as it is written, its short forms (`!Ref`) spelt out."""
    return cast("Document", json.loads(_as_json()))


@cache
def _as_json() -> str:
    """Read the YAML once: that takes longer than all else that a deploy does."""
    return json.dumps(yaml_parse(TEMPLATE.read_text(encoding="utf-8")))


def expand(
    parameters: Mapping[str, str], *, region: str, stack_name: str = "recommendation-applier"
) -> ExpandedTemplate:
    """Expand template.yaml for *parameters* as a deploy to *region* would.

    Raises DeployRefusedError when a parameter or a rule would stop the deploy.
    """
    complete = complete_parameters(load(), parameters)
    pseudo_parameters = {
        "AWS::AccountId": ACCOUNT_ID,
        "AWS::Partition": "aws",
        "AWS::Region": region,
        "AWS::StackName": stack_name,
    }
    given = tuple(sorted((complete | pseudo_parameters).items()))
    document = json.loads(_translated(given, region=region))
    scope = Scope(document=document, parameters=complete, pseudo_parameters=pseudo_parameters)
    check_rules(scope)
    return ExpandedTemplate(document, scope)


@cache
def _translated(parameters: tuple[tuple[str, str], ...], *, region: str) -> str:
    """Let SAM's translator expand the template, once for the same parameters; give JSON."""
    written = load()
    for resource in written["Resources"].values():
        if "CodeUri" in resource.get("Properties", {}):
            resource["Properties"]["CodeUri"] = _PACKAGED_CODE
    # The session is asked for its region and nothing else.
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=region))
    document = translator.translate(written, parameter_values=dict(parameters))
    # To nobody; unpublished, the translator complains of them when Python ends.
    translator.metrics.publish()
    return json.dumps(document)
