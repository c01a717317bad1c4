"""`applier subscriptions watch`: what is on its way, until it has arrived."""

import typer

from recommendation_applier.domain.wanted_subscription import Profile, belonging
from recommendation_applier.entrypoints.cli.chosen_profiles import (
    ProfileIds,
    ProfilesFile,
    chosen_profiles,
)
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.options import AsJson, Every
from recommendation_applier.entrypoints.cli.output import progress
from recommendation_applier.entrypoints.cli.streams import (
    MediaType,
    Parts,
    Timeout,
    parts_of,
    patience,
)
from recommendation_applier.entrypoints.cli.subscription_list import Listed, listed
from recommendation_applier.entrypoints.cli.subscription_rows import Results, in_order, tell
from recommendation_applier.use_cases.await_subscriptions import AwaitSubscriptions, Waiting
from recommendation_applier.use_cases.subscribe import Subscribed, SubscribeOutcome


def watch(
    context: typer.Context,
    *,
    profiles: ProfilesFile = None,
    profile_id: ProfileIds = None,
    timeout: Timeout = "30m",  # type: ignore[assignment] # typer reads it as it reads the option
    every: Every = 10.0,
    media_type: MediaType = None,
    as_json: AsJson = False,
) -> None:
    """Wait until subscriptions are active or have ended: those on record, or of these profiles.

    A line says where each stands, and another one each change. Ends with 1 unless all of them
    became active.
    """
    chosen = chosen_profiles(profiles, profile_id)
    with parts_of(deployed_stack(context), media_type) as parts:
        wanted = chosen or parts.on_record()
        results = in_order((_standing(each, parts) for each in listed(parts, wanted)), wanted)
        if not as_json:
            for each in results.by_profile.values():
                _say(each.profile, each.status or each.outcome.value)
        awaiting = AwaitSubscriptions(
            streams=parts.new_streams,
            patience=patience(seconds=timeout.total_seconds(), every=every),
            requests_at_once=parts.requests_at_once,
        )
        for each in results.by_profile.values():
            if each.is_on_its_way and each.subscription_id and each.status:
                awaiting.add(Waiting(each.profile, each.subscription_id, each.status))
        _wait(awaiting, results, as_json=as_json)
    if as_json:
        results.print(as_json=True)
    tell(results.failures(until_active=True), "subscribed")


def _standing(found: Listed, parts: Parts) -> Subscribed:
    own = belonging(found.subscriptions, destination_arn=parts.queue_arn)
    if own:
        return Subscribed(
            profile=found.profile,
            outcome=SubscribeOutcome.THERE_ALREADY,
            subscription_id=own[0].subscription_id,
            status=own[0].status,
        )
    return Subscribed(
        profile=found.profile,
        outcome=SubscribeOutcome.UNANSWERED if found.why_not else SubscribeOutcome.REFUSED,
        detail=found.why_not
        or "Amazon lists none for this queue: `applier subscriptions create` makes it",
    )


def _wait(awaiting: AwaitSubscriptions, results: Results, *, as_json: bool) -> None:
    with progress("Waiting until they are active") as bar:
        bar.total = len(awaiting.waiting)
        for news in awaiting.run():
            results.add(news)
            bar.advance(int(not awaiting.is_waiting_for(news)))
            if not as_json:
                _say(news.profile, news.status)


def _say(profile: Profile, status: str) -> None:
    typer.echo(f"profile {profile}: {status}")
