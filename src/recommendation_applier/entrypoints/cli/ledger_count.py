"""`applier ledger count`: how many recommendations the ledger has, and how they stand."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

import typer

from recommendation_applier.domain.ledger_count import MEANING, CountedStanding
from recommendation_applier.domain.recommendation import Advertiser
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.filters import (
    chosen_match,
    chosen_rules,
    is_filtered,
)
from recommendation_applier.entrypoints.cli.options import AsJson
from recommendation_applier.entrypoints.cli.output import (
    print_json,
    print_rows,
)
from recommendation_applier.entrypoints.cli.reading_ledger import reading_ledger
from recommendation_applier.entrypoints.cli.times import parse_moment
from recommendation_applier.use_cases.count_ledger import Known, LedgerCounting

By = Literal["standing", "type", "account", "marketplace", "day"]

Counts = Mapping[tuple[str, CountedStanding], int]


def count(
    context: typer.Context,
    *,
    by: Annotated[
        By,
        typer.Option(
            "--by",
            help="What to count them by. The day (UTC) is that of the last claim: when they were "
            "last decided about.",
        ),
    ] = "standing",
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since",
            metavar="MOMENT",
            help="Claimed since: a date, a date and time (UTC), or how long ago, such as 7d.",
            parser=parse_moment,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Count the recommendations that the ledger has, each once, by what became of them so far.

    What was never claimed is not among them, such as what waits on the queue or cannot be read;
    what was only ever taken back is. The whole table is read, and nothing is kept in memory. What
    `applier held list` shows is HELD here; what `applier ledger export` calls PENDING, and what
    Amazon had before, is ACCEPTED.
    """
    is_meant = _filter(context, since)
    stack = deployed_stack(context)
    with reading_ledger(stack) as ledger:
        counts = LedgerCounting(
            entries_of=ledger.entries.entries_of,
            is_meant=is_meant,
            key_of=_KEYS[by],
            now=datetime.now(UTC),
        ).count(ledger.scan.everything())
    if as_json:
        print_json({"recommendations": sum(counts.values()), "by": by, "counts": _json(counts, by)})
    elif by == "standing":
        print_rows(_standings(counts), _STANDINGS, as_json=False)
    else:
        _print_table(counts, by)


def _filter(context: typer.Context, since: datetime | None) -> Callable[[Known], bool]:
    match, rules, unknown = chosen_match(context), chosen_rules(context), not is_filtered(context)

    def is_meant(known: Known) -> bool:
        at = _at(known)
        if since is not None and (at is None or at < since):
            return False
        entry = known.stored.entry if known.stored else None
        if entry is None:  # nobody knows what it was
            return unknown
        return match.covers(entry.recommendation) and (not rules or entry.decided_by.rule in rules)

    return is_meant


def _at(known: Known) -> datetime | None:
    """Say when it was last claimed, as far as is known."""
    if known.stored is not None:
        return known.stored.entry.claim.claimed_at if known.stored.entry else None
    return known.record.recorded_at if known.record else None


def _account(known: Known) -> Advertiser | None:
    if known.stored is not None and known.stored.entry is not None:
        return known.stored.entry.recommendation.advertiser
    return known.record.advertiser if known.record else None


def _type(known: Known) -> str:
    entry = known.stored.entry if known.stored else None
    return (entry.recommendation.type if entry else None) or ""


_KEYS: Final[Mapping[By, Callable[[Known], str]]] = {
    "standing": lambda _: "",
    "type": _type,
    "account": lambda known: str(_account(known) or ""),
    "marketplace": lambda known: account.marketplace if (account := _account(known)) else "",
    "day": lambda known: f"{at.astimezone(UTC):%Y-%m-%d}" if (at := _at(known)) else "",
}
"""What a recommendation is counted by; empty where nobody knows."""

_STANDINGS: Final = {"standing": "standing", "recommendations": "how many", "means": "which means"}


def _standings(counts: Counts) -> list[dict[str, Any]]:
    total = {"standing": "all", "recommendations": sum(counts.values()), "means": ""}
    rows = [
        {**row, "means": MEANING[CountedStanding(row["standing"])]}
        for row in _json(counts, "standing")
    ]
    return [*rows, total]


def _json(counts: Counts, by: By) -> list[dict[str, Any]]:
    if by == "standing":
        return [
            {"standing": standing.value, "recommendations": number}
            for standing, number in _by_standing(counts).items()
        ]
    return [
        {by: key or None, "recommendations": number, "standings": _by_standing(counts, key)}
        for key, number in _by_key(counts, by).items()
    ]


def _print_table(counts: Counts, by: By) -> None:
    standings = _by_standing(counts)
    rows = [
        {by: key or "(unknown)", "all": number, **_by_standing(counts, key)}
        for key, number in _by_key(counts, by).items()
    ]
    total = {by: "all", "all": sum(counts.values())} | dict(standings)
    columns: dict[str, str] = {by: by, "all": "all"}
    columns |= {each.value: each.value for each in standings}
    print_rows([*rows, total], columns, as_json=False)


def _by_key(counts: Counts, by: By) -> Mapping[str, int]:
    """Sum up by key: days in their order, of all others the most first."""
    sums: Counter[str] = Counter()
    for (key, _), number in counts.items():
        sums[key] += number

    def place(key: str) -> tuple[int, str]:
        return (0 if by == "day" else -sums[key]), key

    return {key: sums[key] for key in sorted(sums, key=place)}


def _by_standing(counts: Counts, key: str | None = None) -> Mapping[CountedStanding, int]:
    """Sum up by standing, in the order of the standings; of one *key*, or of all."""
    sums: Counter[CountedStanding] = Counter()
    for (each, standing), number in counts.items():
        if key in (None, each):
            sums[standing] += number
    return {standing: sums[standing] for standing in CountedStanding if sums[standing]}
