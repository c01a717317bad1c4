"""`applier subscriptions`: whose recommendations Marketing Stream delivers."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from recommendation_applier.domain.subscription_health import Finding
from recommendation_applier.entrypoints.cli.chosen_profiles import (
    ProfileIds,
    ProfilesFile,
    chosen_profiles,
)
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.options import AsJson
from recommendation_applier.entrypoints.cli.output import print_rows, progress, warn
from recommendation_applier.entrypoints.cli.streams import MediaType, Parts, parts_of
from recommendation_applier.entrypoints.cli.subscription_list import COLUMNS, listed, rows_of
from recommendation_applier.entrypoints.cli.subscription_rows import tell
from recommendation_applier.entrypoints.cli.subscriptions_archive import archive
from recommendation_applier.entrypoints.cli.subscriptions_create import create
from recommendation_applier.entrypoints.cli.subscriptions_watch import watch
from recommendation_applier.use_cases.check_subscriptions import CheckReport, CheckSubscriptions

app: Final = typer.Typer(rich_markup_mode=None)

_NONE: Final = (
    "no subscription is on record: `applier subscriptions create` makes some, and --profiles names "
    "profiles to look at"
)
_FINDINGS: Final = {
    "profileId": "profile",
    "name": "name",
    "subscriptionId": "subscription",
    "status": "status",
    "ailment": "what is wrong",
}

app.command()(create)


@app.command(name="list")
def list_(
    context: typer.Context,
    *,
    profiles: ProfilesFile = None,
    profile_id: ProfileIds = None,
    ended: Annotated[
        bool, typer.Option("--ended", help="Also those that have ended, though others live.")
    ] = False,
    media_type: MediaType = None,
    as_json: AsJson = False,
) -> None:
    """Show the subscriptions to the recommendations: those on record, or of these profiles.

    Their status is Amazon's, as it is now, and since when. "other queue" marks those that do not
    deliver to this stack.
    """
    chosen = chosen_profiles(profiles, profile_id)
    with parts_of(deployed_stack(context), media_type) as parts:
        wanted = chosen or parts.on_record()
        found = sorted(listed(parts, wanted), key=lambda each: each.profile.profile_id)
        rows = [
            row for each in found for row in rows_of(each, queue_arn=parts.queue_arn, ended=ended)
        ]
    print_rows(rows, COLUMNS, as_json=as_json)
    if not wanted:
        typer.echo(f"{_NONE[0].upper()}{_NONE[1:]}.", err=True)
    for each in found:
        if each.why_not:
            warn(f"profile {each.profile} is not known: {each.why_not}")


app.command()(watch)
app.command()(archive)


@app.command()
def health(
    context: typer.Context, *, media_type: MediaType = None, as_json: AsJson = False
) -> None:
    """Check now, as the stack does every hour, whether all that is wanted delivers.

    The record of what was subscribed is held against Amazon's lists. Ends with 1 if anything is
    wrong, and says of each what to do.
    """
    with parts_of(deployed_stack(context), media_type) as parts:
        report = _check(parts)
    rows = [_row(each) for each in report.findings]
    if rows or as_json:
        print_rows(rows, _FINDINGS, as_json=as_json)
    if report.failure is not None:
        raise report.failure
    typer.echo(_summary(report), err=True)
    tell({each.profile: f"{each.ailment}: {each.advice}" for each in report.findings}, "well")
    if report.example is not None:
        warn(f"of {report.unanswered} profiles nothing is known: {report.example}")
        raise typer.Exit(1)


def _check(parts: Parts) -> CheckReport:
    with progress("Checking") as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.show(done)

        return CheckSubscriptions(
            streams=parts.streams,
            wanted=parts.wanted,
            clock=lambda: datetime.now(UTC),
            time_is_up=lambda: False,
            requests_at_once=parts.requests_at_once,
            on_progress=show,
        ).run()


def _summary(report: CheckReport) -> str:
    if not report.wanted:
        return f"{_NONE[0].upper()}{_NONE[1:]}."
    well = report.checked - len(report.findings)
    return f"{well} of {report.wanted} subscriptions are well."


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "profileId": finding.profile.profile_id,
        "name": finding.profile.name,
        "subscriptionId": finding.subscription_id,
        "status": finding.status,
        "ailment": finding.ailment.value,
        "whatToDo": finding.advice,
    }
