"""The tables of README's "What it costs": `python -m tests.readme_costs` prints them anew."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from recommendation_applier.domain.costs import Alternative, alternatives, monthly_costs
from recommendation_applier.domain.workload import Workload
from recommendation_applier.entrypoints.cli.cost_rows import columns_of, rows_of
from recommendation_applier.entrypoints.cli.costs_command import VOLUMES

MILLION: Final = Workload(recommendations=1_000_000)
KNOBS: Final = 3


def volumes() -> str:
    """Write the table of what is billed."""
    months = [monthly_costs(replace(MILLION, recommendations=each)) for each in VOLUMES]
    return _markdown(rows_of(months), columns_of(months))


def free_tiers() -> str:
    """Write the sentence of what is left where AWS's free tiers are all ours."""
    months = [
        monthly_costs(replace(MILLION, recommendations=each), free_tiers=True) for each in VOLUMES
    ]
    return ", ".join(f"{each.total:,.2f}" for each in months)


def knobs() -> str:
    """Write the table of the knobs that matter most, at a million a month."""
    found: dict[str, list[Alternative]] = {}
    for each in alternatives(MILLION):
        found.setdefault(each.knob, []).append(each)
    rows = [
        {
            "knob": knob,
            "changes": "; ".join(f"{each.to}: {each.difference:+,.2f}" for each in turned),
        }
        for knob, turned in list(found.items())[:KNOBS]
    ]
    return _markdown(rows, {"knob": "knob", "changes": "turned to: USD a month"})


def _markdown(rows: Sequence[Mapping[str, str]], columns: Mapping[str, str]) -> str:
    lines = [list(columns.values()), ["---"] * len(columns)]
    lines += [[row[key] for key in columns] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    print(volumes(), free_tiers(), knobs(), sep="\n\n")  # noqa: T201 - what it is for
