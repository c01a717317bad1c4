"""`applier subscriptions create`: profiles that are to deliver."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from recommendation_applier.domain.errors import CredentialsRefusedError, LedgerUnavailableError
from recommendation_applier.domain.wanted_subscription import Profile
from recommendation_applier.entrypoints.cli.chosen_profiles import (
    ProfileIds,
    ProfilesFile,
    chosen_profiles,
)
from recommendation_applier.entrypoints.cli.confirm import confirm
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.options import AsJson, DryRun, Every, Yes
from recommendation_applier.entrypoints.cli.output import progress
from recommendation_applier.entrypoints.cli.streams import (
    MediaType,
    Parts,
    Timeout,
    parts_of,
    patience,
)
from recommendation_applier.entrypoints.cli.subscription_rows import Results, in_order, tell
from recommendation_applier.use_cases.await_subscriptions import AwaitSubscriptions
from recommendation_applier.use_cases.subscribe import Subscribed, SubscribeOutcome, Subscribing
from recommendation_applier.use_cases.subscribe_all import SubscribeAll

Wait = Annotated[
    bool, typer.Option("--wait/--no-wait", help="Wait until all of them are ACTIVE, or not.")
]


def create(  # noqa: PLR0913 - each is an option
    context: typer.Context,
    *,
    profiles: ProfilesFile = None,
    profile_id: ProfileIds = None,
    wait: Wait = True,
    timeout: Timeout = "30m",  # type: ignore[assignment] # typer reads it as it reads the option
    every: Every = 10.0,
    media_type: MediaType = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Subscribe the stack's queue to the recommendations of profiles.

    A profile that is subscribed already is left as it is, and only put on record, so that the same
    file can be given again: nothing is made twice, and what is missing is made. What was suspended,
    or was never confirmed, is made anew. Confirmations are answered by the stack. Ends with 1 if
    not all of them became active.
    """
    wanted = chosen_profiles(profiles, profile_id)
    if not wanted:
        raise typer.BadParameter("say which, by --profiles FILE or by --profile-id ID")
    with parts_of(deployed_stack(context), media_type) as parts:
        subscribing = Subscribing(
            streams=parts.streams,
            wanted=parts.wanted,
            queue_arn=parts.queue_arn,
            clock=lambda: datetime.now(UTC),
            new_token=lambda: str(uuid.uuid4()),
            requests_at_once=parts.requests_at_once,
        )
        results = _look(subscribing, wanted)
        missing = [
            each.profile
            for each in results.by_profile.values()
            if each.outcome is SubscribeOutcome.WOULD_BE_CREATED
        ]
        if dry_run:
            results.print(as_json=as_json)
            tell(results.failures(until_active=False), "subscribed")
            return
        if missing:
            confirm(
                f"Subscribe {parts.queue_arn} to {len(missing)} of {len(wanted)} profiles?", yes=yes
            )
        subscribing.adopt(results.made())
        everything = _parts_of_all(parts, subscribing, timeout=timeout, every=every)
        try:
            _make(everything, missing, results, wait=wait)
            subscribing.adopt(results.made())
        except (CredentialsRefusedError, LedgerUnavailableError):
            results.print(as_json=as_json)  # what was made before is told as well
            raise
    results.print(as_json=as_json)
    made = [each.outcome for each in results.by_profile.values()]
    there = made.count(SubscribeOutcome.THERE_ALREADY)
    typer.echo(
        f"{made.count(SubscribeOutcome.CREATED)} of {len(wanted)} are new; {there} were "
        "subscribed already.",
        err=True,
    )
    tell(results.failures(until_active=wait), "subscribed")


def _look(subscribing: Subscribing, wanted: Sequence[Profile]) -> Results:
    found = []
    with progress("Looking at what is subscribed") as bar:
        bar.total = len(wanted)
        for each in subscribing.look(wanted):
            found.append(each)
            bar.advance(1)
    return in_order(found, wanted)


def _parts_of_all(
    parts: Parts, subscribing: Subscribing, *, timeout: timedelta, every: float
) -> SubscribeAll:
    return SubscribeAll(
        subscribing=subscribing,
        awaiting=AwaitSubscriptions(
            streams=parts.new_streams,
            patience=patience(seconds=timeout.total_seconds(), every=every),
            requests_at_once=parts.requests_at_once,
        ),
    )


def _make(
    everything: SubscribeAll, missing: Sequence[Profile], results: Results, *, wait: bool
) -> None:
    for each in results.by_profile.values():
        everything.expect(each)
    with progress("Subscribing") as bar:
        bar.total = len(missing)
        for news in everything.run(missing):
            results.add(news)
            bar.advance(int(isinstance(news, Subscribed)))
    if not wait:
        return
    with progress("Waiting until they are active") as bar:
        bar.total = len(everything.awaiting.waiting)
        for news in everything.awaiting.run():
            results.add(news)
            bar.advance(int(not everything.awaiting.is_waiting_for(news)))
