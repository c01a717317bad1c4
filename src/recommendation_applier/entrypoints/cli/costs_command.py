"""`applier costs`: what a month costs, reckoned from measured calls and published prices."""

from dataclasses import replace
from typing import Annotated, Final

import typer

from recommendation_applier.domain.costs import MonthlyCosts, alternatives, monthly_costs
from recommendation_applier.domain.prices import AS_OF, PRICES, Certainty
from recommendation_applier.domain.workload import (
    Architecture,
    Arrival,
    LogLevel,
    OpportunityFiles,
    Workload,
)
from recommendation_applier.entrypoints.cli.cost_rows import (
    KNOBS,
    columns_of,
    document_of,
    knobs_of,
    rows_of,
)
from recommendation_applier.entrypoints.cli.options import AsJson
from recommendation_applier.entrypoints.cli.output import print_json, print_line, print_rows

app: Final = typer.Typer(rich_markup_mode=None)

VOLUMES: Final = (10_000, 1_000_000, 100_000_000)
"""Recommendations a month, where nobody says how many."""

_USUAL: Final = Workload(recommendations=1_000_000)


@app.command()
def costs(  # noqa: PLR0913 - an option for each knob
    *,
    recommendations: Annotated[
        list[int] | None,
        typer.Option(
            "--recommendations",
            metavar="N",
            min=0,
            max=10**12,
            help="New ones a month; may be given several times. Without it, 10 thousand, 1 million "
            "and 100 million.",
        ),
    ] = None,
    accounts: Annotated[
        int,
        typer.Option(
            "--accounts",
            min=1,
            help="The advertisers that share them: the fewer, the fuller the requests.",
        ),
    ] = _USUAL.accounts,
    arrival: Annotated[
        Arrival,
        typer.Option(
            "--arrival",
            case_sensitive=False,
            help="BURST: a day's deliveries come within minutes. EVEN: over the whole day.",
        ),
    ] = _USUAL.arrival,
    burst_minutes: Annotated[
        int, typer.Option("--burst-minutes", min=1, max=1_440, help="Within how many; a guess.")
    ] = _USUAL.burst_minutes,
    held: Annotated[
        float, typer.Option("--held", min=0, max=1, help="The share that is held, and not sent.")
    ] = _USUAL.held_share,
    repeated: Annotated[
        float, typer.Option("--repeated", min=0, max=10, help="The share that is delivered again.")
    ] = _USUAL.repeated_share,
    batch_size: Annotated[
        int, typer.Option("--batch-size", min=1, max=1_000, help="The stack's BatchSize.")
    ] = _USUAL.batch_size,
    window: Annotated[
        int, typer.Option("--window", min=1, max=300, help="The stack's BatchingWindowSeconds.")
    ] = _USUAL.batching_window_seconds,
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=2, max=50, help="The stack's MaximumConcurrency.")
    ] = _USUAL.maximum_concurrency,
    memory: Annotated[
        int,
        typer.Option("--memory", min=128, max=10_240, help="MB of the apply and other functions."),
    ] = _USUAL.memory_mb,
    architecture: Annotated[
        Architecture, typer.Option("--architecture", help="The stack's Architecture.")
    ] = _USUAL.architecture,
    ledger_retention: Annotated[
        int,
        typer.Option(
            "--ledger-retention", min=30, max=3_650, help="The stack's LedgerRetentionDays."
        ),
    ] = _USUAL.ledger_retention_days,
    log_retention: Annotated[
        int,
        typer.Option("--log-retention", min=1, max=3_653, help="The stack's LogRetentionDays."),
    ] = _USUAL.log_retention_days,
    log_level: Annotated[
        LogLevel, typer.Option("--log-level", case_sensitive=False, help="The stack's LogLevel.")
    ] = _USUAL.log_level,
    opportunity_files: Annotated[
        OpportunityFiles,
        typer.Option(
            "--opportunity-files", case_sensitive=False, help="The stack's OpportunityFiles."
        ),
    ] = _USUAL.opportunity_files,
    seconds_a_request: Annotated[
        float,
        typer.Option("--seconds-a-request", min=0, max=60, help="How long Amazon takes; a guess."),
    ] = _USUAL.seconds_a_request,
    milliseconds: Annotated[
        float,
        typer.Option(
            "--milliseconds-a-recommendation",
            min=0,
            max=1_000,
            help="What the function takes for each beside that; a guess for 512 MB.",
        ),
    ] = _USUAL.milliseconds_a_recommendation,
    follow_ups: Annotated[
        int,
        typer.Option(
            "--follow-ups", min=1, max=40, help="How often Amazon is asked until it has applied it."
        ),
    ] = _USUAL.follow_ups,
    free_tiers: Annotated[
        bool,
        typer.Option(
            "--free-tiers",
            help="Take off what AWS gives to every account, as if nothing else ran in it.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Reckon what a month costs in AWS, by what is billed: the fixed part, and the variable ones.

    Nothing is asked of AWS, and no stack is needed: the calls and units are those that `make bench`
    counts, the prices are us-east-1's as they were published. A second table says what one knob
    alone would change at the volume that is nearest to a million. With --json there are the units,
    the assumptions, and the source and date of each price as well.
    """
    workload = Workload(
        recommendations=0,
        accounts=accounts,
        arrival=arrival,
        burst_minutes=burst_minutes,
        held_share=held,
        repeated_share=repeated,
        batch_size=batch_size,
        batching_window_seconds=window,
        maximum_concurrency=concurrency,
        memory_mb=memory,
        architecture=architecture,
        ledger_retention_days=ledger_retention,
        log_retention_days=log_retention,
        log_level=log_level,
        opportunity_files=opportunity_files,
        seconds_a_request=seconds_a_request,
        milliseconds_a_recommendation=milliseconds,
        follow_ups=follow_ups,
    )
    volumes = recommendations or VOLUMES
    months = [
        monthly_costs(replace(workload, recommendations=each), free_tiers=free_tiers)
        for each in volumes
    ]
    if as_json:
        print_json(document_of(months, free_tiers=free_tiers))
        return
    print_rows(rows_of(months), columns_of(months), as_json=False)
    chosen = min(months, key=_distance).workload
    print_line(f"What one knob alone would change, at {chosen.recommendations:,} a month:")
    knobs = knobs_of(alternatives(chosen, free_tiers=free_tiers))
    print_rows(knobs, KNOBS, as_json=False)
    unchecked = [
        billed.value for billed, price in PRICES.items() if price.certainty is Certainty.KNOWN
    ]
    print_line(f"List prices of us-east-1, {AS_OF}; not checked: {', '.join(unchecked)}.")


def _distance(month: MonthlyCosts) -> int:
    return abs(month.workload.recommendations - _USUAL.recommendations)
