"""What was found of each precondition, for people and for programs."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import typer

from recommendation_applier.domain.finding import State
from recommendation_applier.entrypoints.cli.output import print_json, print_rows
from recommendation_applier.use_cases.examine import Checked

_COLUMNS: Final = {"mark": "", "check": "check", "seen": "what was seen"}

_MARKS: Final = {State.OK: "✓", State.WARNING: "!", State.FAULT: "✗", State.SKIPPED: "-"}
"""Beside the word, so that what is wrong is found at a glance, and without colours."""


def print_findings(found: Sequence[Checked], *, stack: str, as_json: bool) -> None:
    """Print *found* as a JSON document, or as a table with its sum on stderr."""
    if as_json:
        print_json({"stack": stack, "checks": [_facts_of(each) for each in found]})
        return
    print_rows([row for each in found for row in _rows_of(each)], _COLUMNS, as_json=False)
    counts = Counter(each.finding.state for each in found)
    told = ", ".join(f"{state} {counts[state]}" for state in State if counts[state])
    typer.echo(f"{stack}: {told}.", err=True)


def end_with_1_if_wrong(found: Sequence[Checked], *, strict: bool = False) -> None:
    """End the command with 1 if there is a fault; with *strict*, a warning is enough."""
    wrong = {State.FAULT, State.WARNING} if strict else {State.FAULT}
    if any(each.finding.state in wrong for each in found):
        raise typer.Exit(1)


def _rows_of(checked: Checked) -> Iterator[dict[str, str]]:
    finding = checked.finding
    mark = f"{_MARKS[finding.state]} {finding.state}"
    yield {"mark": mark, "check": checked.id, "seen": finding.seen}
    if finding.mend:
        yield {"check": "to mend it:", "seen": finding.mend}


def _facts_of(checked: Checked) -> dict[str, Any]:
    finding = checked.finding
    return {
        "check": checked.id,
        "state": finding.state,
        "seen": finding.seen,
        "mend": finding.mend or None,
        "because": finding.because,
    }
