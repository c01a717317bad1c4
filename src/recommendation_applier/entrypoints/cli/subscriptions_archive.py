"""`applier subscriptions archive`: what is not wanted any more."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from recommendation_applier.domain.wanted_subscription import Profile
from recommendation_applier.entrypoints.cli.chosen_profiles import (
    ProfileIds,
    ProfilesFile,
    chosen_profiles,
)
from recommendation_applier.entrypoints.cli.confirm import confirm
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.options import AsJson, DryRun, Yes
from recommendation_applier.entrypoints.cli.output import print_rows, progress
from recommendation_applier.entrypoints.cli.streams import MediaType, Parts, parts_of
from recommendation_applier.entrypoints.cli.subscription_rows import tell
from recommendation_applier.use_cases.archive_subscriptions import (
    Archived,
    ArchiveOutcome,
    ArchiveSubscriptions,
)

COLUMNS: Final = {
    "profileId": "profile",
    "name": "name",
    "outcome": "outcome",
    "subscriptionId": "subscription",
    "status": "status",
    "queue": "queue",
}


def archive(  # noqa: PLR0913 - each is an option
    context: typer.Context,
    *,
    profiles: ProfilesFile = None,
    profile_id: ProfileIds = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are on record.")] = False,
    foreign: Annotated[
        bool, typer.Option("--foreign", help="Also those that go to other queues.")
    ] = False,
    media_type: MediaType = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """End subscriptions for good, and remember that they are not wanted any more.

    Only those that go to this stack's queue, unless --foreign is given. What has ended already is
    not missed any more either. To archive the same twice does no harm. Ends with 1 if some may
    still deliver.
    """
    chosen = chosen_profiles(profiles, profile_id)
    if bool(chosen) == everything:
        raise typer.BadParameter("say which by --profiles, by --profile-id, or by --all")
    with parts_of(deployed_stack(context), media_type) as parts:
        archiving = archiving_of(parts, of_all_queues=foreign)
        looked_at = look(archiving, chosen or parts.on_record())
        if not dry_run:
            ask(looked_at, yes=yes)
            looked_at = do(archiving, looked_at)
    print_rows([row_of(each) for each in looked_at], COLUMNS, as_json=as_json)
    tell(failures_of(looked_at), "archived")


def archiving_of(parts: Parts, *, of_all_queues: bool) -> ArchiveSubscriptions:
    """Make the use case."""
    return ArchiveSubscriptions(
        streams=parts.streams,
        wanted=parts.wanted,
        queue_arn=parts.queue_arn,
        of_all_queues=of_all_queues,
        clock=lambda: datetime.now(UTC),
        requests_at_once=parts.requests_at_once,
    )


def look(archiving: ArchiveSubscriptions, profiles: Sequence[Profile]) -> list[Archived]:
    """Look what there is to archive."""
    with progress("Looking at what is subscribed"):
        return sorted(archiving.look(profiles), key=_order)


def ask(looked_at: Sequence[Archived], *, yes: bool) -> None:
    """Ask; nobody is asked about nothing."""
    found = [each for each in looked_at if each.outcome is ArchiveOutcome.WOULD_BE_ARCHIVED]
    if found:
        confirm(f"Archive {len(found)} subscriptions, which cannot be undone?", yes=yes)


def do(archiving: ArchiveSubscriptions, looked_at: Sequence[Archived]) -> list[Archived]:
    """Archive what a look has found."""
    with progress("Archiving") as bar:
        bar.total = len(looked_at)
        done = []
        for each in archiving.archive(looked_at):
            done.append(each)
            bar.advance(1)
    return sorted(done, key=_order)


def row_of(archived: Archived) -> dict[str, Any]:
    """Give all of it."""
    subscription = archived.subscription
    destination = subscription.destination_arn if subscription else None
    return {
        "profileId": archived.profile.profile_id,
        "name": archived.profile.name,
        "outcome": archived.outcome.value,
        "subscriptionId": subscription.subscription_id if subscription else None,
        "status": subscription.status if subscription else None,
        "queue": (destination or "").rpartition(":")[2],
        "destinationArn": destination,
        "detail": archived.detail,
    }


def failures_of(archived: Sequence[Archived]) -> dict[Profile, str]:
    """Say of each profile that may still deliver, why."""
    return {each.profile: each.detail for each in archived if each.has_failed}


def _order(archived: Archived) -> tuple[str, str]:
    subscription = archived.subscription
    return archived.profile.profile_id, subscription.subscription_id if subscription else ""
