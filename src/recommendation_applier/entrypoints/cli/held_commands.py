"""`applier held`: what waits for a person."""

import sys
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from recommendation_applier.domain.held import Held, waiting
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.filters import HeldFiltered
from recommendation_applier.entrypoints.cli.held_deciding import (
    ask,
    decisions_of,
    filtered,
    look_at_chosen,
    print_lines,
    rehearse,
    report,
    store_of,
    warn_of_dry_run,
)
from recommendation_applier.entrypoints.cli.held_rows import (
    CELLS,
    account_of,
    cells_of,
    change_lines,
    ends_in,
    facts_of,
)
from recommendation_applier.entrypoints.cli.options import AsCsv, AsJson, DryRun, Yes
from recommendation_applier.entrypoints.cli.output import (
    print_facts,
    print_json,
    print_rows,
    write_csv,
)
from recommendation_applier.use_cases.release_held import Outcome

app: Final = typer.Typer(rich_markup_mode=None)

_MOST_CHARACTERS: Final = 500
"""Of who says something and of why: the ledger keeps it with the recommendation."""

_CHANGES: Final = {"what": "would change", "before": "from", "after": "to", "percent": "by"}


def _word(text: str) -> str:
    """Read who, or why. Raises BadParameter."""
    if not 0 < len(said := text.strip()) <= _MOST_CHARACTERS:
        raise typer.BadParameter(f"it must have 1 to {_MOST_CHARACTERS} characters")
    return said


Ids = Annotated[
    list[str] | None,
    typer.Option("--id", metavar="ID", help="This recommendation; may be given several times."),
]
Everything = Annotated[bool, typer.Option("--all", help="All that is held and has not expired.")]
Why = Annotated[
    str,
    typer.Option("--why", metavar="TEXT", help="Why: it is kept in the ledger.", parser=_word),
]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="NAME",
        help="Who decided; without it, the ARN that you are signed in to AWS with.",
        parser=_word,
    ),
]


@app.command(name="list", cls=HeldFiltered)
def list_(
    context: typer.Context,
    *,
    expired: Annotated[
        bool, typer.Option("--expired", help="Show what has expired instead of what can go.")
    ] = False,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show what is held, and what each recommendation would change, from what to what.

    What ends first comes first; a mark (!) warns of what ends within 24 hours. Amounts are in the
    currency of the account's marketplace.
    """
    store = store_of(deployed_stack(context))
    now = datetime.now(UTC)
    found = filtered(context, store, now=now, expired=expired)
    if as_csv:
        write_csv((cells for each in found for cells in cells_of(each)), CELLS, sys.stdout)
    elif as_json:
        print_json([facts_of(each) for each in found])
    else:
        print_lines(found, now=now)


@app.command()
def show(
    context: typer.Context,
    recommendation_id: Annotated[
        str, typer.Argument(metavar="ID", help="The recommendation's id, as Amazon writes it.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Show one held recommendation with every number that it would change, and why it is held.

    `applier ledger show` tells its whole story, and who has released or rejected it.
    """
    stack = deployed_stack(context)
    found = waiting(store_of(stack).entries_of({recommendation_id})[recommendation_id])
    if not isinstance(found, Held):
        raise OperatorError(
            f"recommendation {recommendation_id} of stack {stack.name} is not held: {found.detail}"
        )
    if as_json:
        settings = {
            "currentSettings": found.recommendation.settings.current,
            "recommendedSettings": found.recommendation.settings.recommended,
        }
        print_json({**facts_of(found), **settings})
        return
    hold, recommendation = found.hold, found.recommendation
    print_facts(
        {
            "recommendation": recommendation_id,
            "account": f"{account_of(recommendation.advertiser)}, "
            f"{recommendation.advertiser.entity_id}",
            "campaign": recommendation.campaign_id,
            "type": recommendation.type,
            "ad product": recommendation.ad_product,
            "held for": hold.reason.value,
            "which means": hold.detail,
            "decided by": str(found.entry.decided_by),
            "since": hold.held_at,
            "until": hold.until,
            "ends in": ends_in(hold, now=datetime.now(UTC)),
            "on its way": f"released by {found.release.by}: {found.release.why}"
            if found.release
            else None,
        }
    )
    print_rows(list(change_lines(recommendation)), _CHANGES, as_json=False)


@app.command(cls=HeldFiltered)
def release(
    context: typer.Context,
    *,
    why: Why,
    ids: Ids = None,
    everything: Everything = False,
    by: By = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Let go what is held: it is applied whatever the policy's rules and limits say.

    It goes through the ingress queue like any other: what expires or is removed meanwhile is not
    applied, and nothing is applied while the mode is DRY_RUN. To release the same twice does no
    harm. Ends with 1 if not all of it could be released.
    """
    stack = deployed_stack(context)
    warn_of_dry_run(stack)
    decisions = decisions_of(stack, by=by, why=why)
    looked_at = look_at_chosen(context, decisions, ids, everything=everything)
    if dry_run:
        rehearse(looked_at, done=Outcome.RELEASED, as_json=as_json)
        return
    ask(looked_at, "Release", yes=yes)
    report(decisions.release(looked_at), done=Outcome.RELEASED, as_json=as_json)


@app.command(cls=HeldFiltered)
def reject(
    context: typer.Context,
    *,
    why: Why,
    ids: Ids = None,
    everything: Everything = False,
    by: By = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Never apply what is held: as if Amazon had taken it back.

    Published again later, a recommendation is decided anew. At Amazon it stays as it is. Ends with
    1 if not all of it could be rejected.
    """
    stack = deployed_stack(context)
    decisions = decisions_of(stack, by=by, why=why)
    looked_at = look_at_chosen(context, decisions, ids, everything=everything)
    if dry_run:
        rehearse(looked_at, done=Outcome.REJECTED, as_json=as_json)
        return
    ask(looked_at, "Reject", yes=yes)
    report(decisions.reject(looked_at), done=Outcome.REJECTED, as_json=as_json)
