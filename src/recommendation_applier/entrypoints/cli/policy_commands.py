"""`applier policy`: what may be applied without asking."""

import json
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from recommendation_applier.aws.policy_parameter import PolicyParameter
from recommendation_applier.domain.default_policy import DEFAULT_POLICY
from recommendation_applier.domain.errors import PolicyError
from recommendation_applier.domain.policy import (
    policy_schema,
    read_policy,
)
from recommendation_applier.domain.starter_policy import STARTER_POLICY
from recommendation_applier.entrypoints.cli.confirm import confirm
from recommendation_applier.entrypoints.cli.deployed_stack import DeployedStack, deployed_stack
from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.options import AsJson, DryRun, Yes
from recommendation_applier.entrypoints.cli.output import print_facts, print_json, print_rows
from recommendation_applier.entrypoints.cli.policy_rows import (
    RULES,
    VERSIONS,
    read_stored,
    rule_rows,
    version_row,
)
from recommendation_applier.entrypoints.cli.policy_simulation import simulate
from recommendation_applier.entrypoints.cli.text_files import PolicyFile, text_of

if TYPE_CHECKING:
    from types_boto3_ssm.client import SSMClient

app: Final = typer.Typer(rich_markup_mode=None)


@app.command()
def show(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Show the policy in force: its mode, and its rules in their order; the first match decides."""
    stack = deployed_stack(context)
    stored = parameter_of(stack).read()
    try:
        policy = read_policy(stored.text)
    except PolicyError as error:
        raise OperatorError(
            f"version {stored.version} is in force, and nothing is applied: {error}; mend it with "
            "`applier policy set`"
        ) from error
    ceiling = stack.parameters.get("ApplyMode", "")
    mode = "DRY_RUN" if "DRY_RUN" in (ceiling, policy.mode) else policy.mode
    if as_json:
        facts = {"parameterVersion": stored.version, "since": stored.at, "modeInForce": mode}
        print_json({**facts, "policy": json.loads(stored.text)})
        return
    print_facts(
        {
            "version": stored.version,
            "since": stored.at,
            "mode": f"{mode} (the policy says {policy.mode}, the stack's ApplyMode {ceiling})",
            "default": policy.default,
            "protected campaigns": policy.protected_campaigns,
        }
    )
    print_rows([*rule_rows(policy)], RULES, as_json=False)


@app.command(name="set")
def set_(
    context: typer.Context, file: PolicyFile, *, yes: Yes = False, dry_run: DryRun = False
) -> None:
    """Put a policy in force, after showing what it changes.

    It is validated first. Invocations take it up within a minute. What is held already stays held:
    `applier held release` lets it go.
    """
    text = text_of(file)
    policy = read_policy(text)
    parameter = parameter_of(deployed_stack(context))
    shown = parameter.read()
    if read_stored(shown) == policy:
        typer.echo(f"Version {shown.version} says the same; nothing was changed.", err=True)
        return
    typer.echo("\n".join(_difference(shown.text, text)), err=not dry_run)
    if dry_run:
        return
    confirm(f"Replace version {shown.version} of the policy?", yes=yes)
    if (standing := parameter.read()).version != shown.version:
        raise OperatorError(
            f"nothing was changed: version {standing.version} of {parameter.name} was put in force "
            f"while you looked at version {shown.version}; run it again and look at what it changes"
        )
    version = parameter.write(text)
    if version != shown.version + 1:
        raise OperatorError(
            f"version {version} is in force, but somebody put version {version - 1} in force at "
            "the same moment, which you have not seen: `applier policy history` names them"
        )
    typer.echo(f"Version {version} is in force within a minute.", err=True)


@app.command()
def init(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="A new file; without it, print the policy."),
    ] = None,
    *,
    starter: Annotated[
        bool,
        typer.Option(
            "--starter",
            help="Bids up to 30 % and budgets up to 20 % through, new campaigns and the rest held.",
        ),
    ] = False,
) -> None:
    """Write a policy to begin with: the default one, which applies everything, or the starter.

    Change it to what you want, try it with `applier policy simulate`, put it in force with
    `applier policy set`.
    """
    default = DEFAULT_POLICY.model_dump_json(by_alias=True, exclude_defaults=True, indent=2)
    text = STARTER_POLICY if starter else f"{default}\n"
    if file is None:
        typer.echo(text, nl=False)
        return
    with file.open("x", encoding="utf-8") as new:
        new.write(text)


@app.command()
def validate(file: PolicyFile) -> None:
    """Say whether a policy can be used, or name every field that is wrong and what it must be."""
    policy = read_policy(text_of(file))
    typer.echo(
        f"{file} can be used: mode {policy.mode}, default {policy.default}, "
        f"{len(policy.rules)} rules."
    )


app.command()(simulate)


@app.command()
def schema() -> None:
    """Print the JSON schema of a policy, for editors and other tools."""
    print_json(policy_schema())


@app.command()
def history(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Show who put which policy in force, and when: the latest comes last.

    With --json each has its text. SSM keeps the last 100 versions.
    """
    rows = [version_row(each) for each in parameter_of(deployed_stack(context)).history()]
    print_rows(rows, VERSIONS, as_json=as_json)


def parameter_of(stack: DeployedStack) -> PolicyParameter:
    """Make the adapter in front of the stack's parameter."""
    ssm: SSMClient = stack.session.client("ssm")
    return PolicyParameter(ssm, name=stack.output("ApplyPolicyName"))


def _difference(old: str, new: str) -> Iterator[str]:
    """Compare two policies line by line, whatever their white space; one may be no JSON."""
    return unified_diff(
        _lines(old), _lines(new), fromfile="in force", tofile="new", lineterm="", n=2
    )


def _lines(text: str) -> list[str]:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False).splitlines()
    except (ValueError, RecursionError):
        return text.splitlines()
