"""`applier report`: what came and what became of it, as one page."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from recommendation_applier.domain.ledger import Entry
from recommendation_applier.domain.report_figures import Figures, Span
from recommendation_applier.entrypoints.cli.confirm import confirm
from recommendation_applier.entrypoints.cli.dead_letters_looking import looking
from recommendation_applier.entrypoints.cli.deployed_stack import DeployedStack, deployed_stack
from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.filters import (
    Filtered,
    chosen_match,
    chosen_rules,
    filters_in_words,
    is_filtered,
)
from recommendation_applier.entrypoints.cli.options import AsJson, Yes
from recommendation_applier.entrypoints.cli.output import print_facts, print_json, progress
from recommendation_applier.entrypoints.cli.reading_ledger import reading_ledger
from recommendation_applier.entrypoints.cli.report import NO_REASON, Report, report_facts
from recommendation_applier.entrypoints.cli.times import parse_moment
from recommendation_applier.entrypoints.cli.word_file import word_file
from recommendation_applier.use_cases.reporting import read_figures

app: Final = typer.Typer(rich_markup_mode=None)


@app.command(cls=Filtered)
def report(
    context: typer.Context,
    *,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since",
            metavar="MOMENT",
            help="Published since: a date, a date and time (UTC), or how long ago, such as 30d.",
            parser=parse_moment,
        ),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            "--until",
            metavar="MOMENT",
            help="Published before: the same; 2026-12-01 ends with November.",
            parser=parse_moment,
        ),
    ] = None,
    to: Annotated[
        Path, typer.Option("--to", metavar="FILE", dir_okay=False, help="Where the page goes.")
    ] = Path("report.html"),
    dead_letters: Annotated[
        bool, typer.Option(help="Look at the dead-letter queue too; nothing is taken away.")
    ] = True,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Write one HTML page about what came, and what became of it.

    What came, was applied, is held and failed, by day, type and account; how much money was moved,
    by currency; how long it took from publication to acceptance; and what failed, and why. The page
    needs no network and no program but a browser, and can be printed and sent on. With --json the
    same figures are printed, and no page is written.

    The whole table is read, twice, and nothing is changed. Dead letters are hidden from others
    while they are looked at. A FILE that is there already is replaced, if you agree.
    """
    if since and until and since >= until:
        raise typer.BadParameter("--since has to be before --until")
    if not as_json:
        _may_write(to, yes=yes)
    is_meant = _meant(context)
    stack = deployed_stack(context)
    now = datetime.now(UTC)
    figures = _read(stack, Span(since, until), is_meant, now)
    written = Report(
        stack=stack.name,
        region=stack.region,
        written_at=now.replace(microsecond=0),
        filters=filters_in_words(context),
        figures=figures,
        letters=_letters(stack) if dead_letters else None,
    )
    if as_json:
        print_json(report_facts(written))
        return
    # It brings the drawing of charts, which nobody else waits for.
    from recommendation_applier.entrypoints.cli.report_page import page  # noqa: PLC0415

    with progress("Drawing the page"):
        text = page(written)
    to.write_text(text, encoding="utf-8")
    print_facts({"file": to, "recommendations": f"{figures.came:,}"})


def _may_write(to: Path, *, yes: bool) -> None:
    if not to.parent.is_dir():
        raise OperatorError(
            f"no page can be written to {to}: {to.parent} is no folder; make it, or name another "
            "file with --to"
        )
    if to.exists():
        confirm(f"Replace {to}?", yes=yes)


def _meant(context: typer.Context) -> Callable[[Entry], bool] | None:
    match, rules = chosen_match(context), chosen_rules(context)
    if not is_filtered(context):
        return None
    return lambda entry: (
        match.covers(entry.recommendation) and (not rules or entry.decided_by.rule in rules)
    )


def _read(
    stack: DeployedStack, span: Span, is_meant: Callable[[Entry], bool] | None, now: datetime
) -> Figures:
    with reading_ledger(stack, times=2) as ledger, word_file() as words:
        return read_figures(ledger.scan, words, span=span, is_meant=is_meant, now=now)


def _letters(stack: DeployedStack) -> Counter[str]:
    counted: Counter[str] = Counter()
    with looking(stack, "Looking at the dead letters") as found:
        for letters in found.letters():
            counted.update(each.reason_code or NO_REASON for each in letters)
        found.tell(f"{counted.total():,} dead letters looked at")
    return counted
