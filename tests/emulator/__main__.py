"""`make run`: the whole job on one machine, with no account and no Docker."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.emulator.account import account_of
from tests.emulator.amazon_faults import FAULT_NAMES
from tests.emulator.deployment import deployed
from tests.emulator.table import console_of, show

EVENTS = Path(__file__).parents[2] / "events"


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy, deliver, apply, follow up, and show what came of it.

    Returns 1 when a promise was broken: something accepted twice, left behind, sent against the
    published contract, or accepted without the ledger knowing what became of it; and when an
    invocation crashed.
    """
    chosen = _parser().parse_args(arguments)
    console = console_of(stderr=chosen.json)
    with (
        console.status("deploying template.yaml into the embedded AWS") as status,
        deployed(
            faults=chosen.faults,
            parameters={
                "ApplyMode": "DRY_RUN" if chosen.dry_run else "APPLY",
                "LogLevel": "DEBUG",  # it has a line for every recommendation: the table's rows
            },
        ) as deployment,
    ):
        bodies = [body for path in chosen.events for body in bodies_of(path)]
        status.update(f"delivering {len(bodies)} messages")
        deployment.stack.deliver(bodies)
        status.update("polling until nothing is left to deliver")
        invocations = deployment.run_until_quiet()
        status.update("following up what Amazon accepted, and has processed meanwhile")
        deployment.amazon.settle()
        account = account_of(deployment, invocations, deployment.follow_up_until_settled())
        if chosen.log:
            chosen.log.write_text(deployment.apply.written.getvalue())
            beside = chosen.log.with_stem(f"{chosen.log.stem}-follow-up")
            beside.write_text(deployment.follow_up.written.getvalue())
    if chosen.json:
        sys.stdout.write(
            json.dumps({"faults": chosen.faults, **account.as_json()}, indent=1) + "\n"
        )
    else:
        show(account, console, faults=chosen.faults)
    return 0 if account.is_clean else 1


def bodies_of(path: Path) -> list[str]:
    """Read the bodies of an SQS event; SQS itself would not take an empty one."""
    records = json.loads(path.read_text())["Records"]
    return [record["body"] for record in records if record["body"]]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument(
        "--faults",
        type=_faults,
        default=[],
        metavar="A,B",
        help="; ".join(f"{name}: {what}" for name, what in FAULT_NAMES.items()),
    )
    parser.add_argument("--json", action="store_true", help="figures for programs")
    parser.add_argument("--dry-run", action="store_true", help="deploy with ApplyMode=DRY_RUN")
    parser.add_argument(
        "--log",
        type=Path,
        help="keep the apply function's log in this file, the follow-up function's beside it",
    )
    parser.add_argument(
        "events",
        nargs="*",
        type=Path,
        default=sorted(EVENTS.glob("*.json")),
        help="SQS events to deliver; all of events/ if none is named",
    )
    return parser


def _faults(text: str) -> list[str]:
    names = [name for name in text.split(",") if name]
    if unknown := [name for name in names if name not in FAULT_NAMES]:
        raise argparse.ArgumentTypeError(
            f"unknown: {', '.join(unknown)}; there are {', '.join(FAULT_NAMES)}"
        )
    return names


if __name__ == "__main__":
    sys.exit(main())
