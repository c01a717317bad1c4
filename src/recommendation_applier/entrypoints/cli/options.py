"""Options that several commands have: one name, one meaning, one line of help."""

import re
from typing import Annotated, Final

import typer

OPPORTUNITY_PREFIX: Final = "amzn1.ads-partner1.opportunity."
"""Of every opportunity id that was ever seen; tables leave it out."""

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _opportunity_id(given: str) -> str:
    return f"{OPPORTUNITY_PREFIX}{given}" if _UUID.fullmatch(given) else given


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV, for spreadsheets.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")]
Offline = Annotated[
    bool,
    typer.Option("--offline", help="Do not ask Amazon: label ids by the guide's catalogue."),
]
OpportunityId = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="The opportunity's id, in whole or as tables show it.",
        callback=_opportunity_id,
    ),
]
Every = Annotated[
    float,
    typer.Option("--every", metavar="SECONDS", min=0, help="How long to pause between two looks."),
]
