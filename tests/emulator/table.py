"""A run's account as tables for people."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.emulator.account import Row, RunAccount
from tests.emulator.ledger_view import APPLIED, PENDING

_STYLES: Final = {
    "accepted": "green",
    "not applicable": "bright_black",
    "held": "cyan",
    "retry": "yellow",
    "dead-lettered": "red",
}
_ENDINGS: Final = {"": "", APPLIED: "green", PENDING: "yellow"}
"""All others failed."""
_WIDTH_WITHOUT_A_TERMINAL: Final = 140


def show(account: RunAccount, console: Console, *, faults: Sequence[str]) -> None:
    """Print every recommendation with its door, then the totals."""
    console.print(_recommendations(account.rows))
    if account.dead_letters:
        console.print(_dead_letters(account))
    console.print(_totals(account, faults=faults))


def console_of(*, stderr: bool = False) -> Console:
    """Make a console that is wide enough for ids where nobody can widen it."""
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH_WITHOUT_A_TERMINAL
    return console


def _recommendations(rows: Sequence[Row]) -> Table:
    table = Table(
        title=f"{len(rows)} recommendations, and what else was delivered",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        expand=True,
    )
    retried = any(row.retries for row in rows)
    followed = any(row.application for row in rows)
    # In a narrow terminal the account gives way, then the id: door and reason are what it is about.
    table.add_column("recommendation", overflow="ellipsis", min_width=13)
    table.add_column("account", no_wrap=True, overflow="ellipsis", min_width=8, ratio=1)
    table.add_column(
        "door", no_wrap=True, min_width=max((len(row.door) for row in rows), default=0)
    )
    table.add_column(
        "reason", no_wrap=True, min_width=max((len(row.reason) for row in rows), default=0)
    )
    if followed:
        table.add_column("application", no_wrap=True, min_width=11)
    if retried:
        table.add_column("retries", justify="right", min_width=7)
    for row in rows:
        cells = [
            row.recommendation_id or Text(f"message {row.message_id[:8]}", style="italic"),
            row.account or "",
            Text(row.door, style=_STYLES[row.door]),
            row.reason,
        ]
        if followed:
            cells.append(Text(row.application, style=_ENDINGS.get(row.application, "red")))
        if retried:
            cells.append(str(row.retries or ""))
        table.add_row(*cells)
    return table


def _dead_letters(account: RunAccount) -> Table:
    by_reason = Counter(
        (letter["reason"]["code"], letter["kind"]) for letter in account.dead_letters
    )
    examples = {
        letter["reason"]["code"]: letter["reason"]["message"] for letter in account.dead_letters
    }
    table = Table(
        title=f"{len(account.dead_letters)} dead letters",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("reason", no_wrap=True)
    table.add_column("kind")
    table.add_column("letters", justify="right")
    table.add_column("for example", overflow="fold")
    for (code, kind), count in sorted(by_reason.items()):
        table.add_row(code, kind, str(count), examples[code])
    return table


def _totals(account: RunAccount, *, faults: Sequence[str]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="bold")
    table.add_column()
    for door in _STYLES:
        if count := account.doors.get(door):
            table.add_row(str(count), Text(door, style=_STYLES[door]))
    table.add_row(
        str(account.apply_requests),
        f"apply requests made, {account.least_apply_requests} is the least possible",
    )
    table.add_row(
        str(account.status_requests),
        f"applicationStatus requests, {account.follow_up_requests} of them by the follow-up "
        f"in {account.ticks} ticks",
    )
    for end, count in _ends(account).items():
        table.add_row(str(count), Text(end, style=_ENDINGS.get(end, "red")))
    table.add_row(str(account.token_requests), "token requests")
    table.add_row(str(len(account.accepted_twice)), "accepted twice")
    table.add_row(
        str(len(account.accepted_and_not_settled)), "accepted, and not settled by the ledger"
    )
    table.add_row(
        str(len(account.wrongly_settled)), "settled by the ledger otherwise than by Amazon"
    )
    table.add_row(str(account.left_on_the_ingress_queue), "left on the ingress queue")
    table.add_row("", f"faults: {', '.join(faults) or 'none (FAULTS=throttle,partial,outage)'}")
    for trouble in (*account.crashes, *account.violations):
        table.add_row("!", Text(trouble, style="bold red"))
    return table


def _ends(account: RunAccount) -> dict[str, int]:
    """Count how the applications ended, by the words of the table's rows."""
    found = {APPLIED: len(account.applied), PENDING: len(account.pending)}
    counted = found | Counter(account.failed.values())
    return {end: count for end, count in counted.items() if count}
