"""`applier opportunities download`: a data file, whole or not at all."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from recommendation_applier.domain.errors import FileReplacedError, WaitError
from recommendation_applier.entrypoints.cli.amazon import opportunity_files
from recommendation_applier.entrypoints.cli.confirm import confirm
from recommendation_applier.entrypoints.cli.counting import measuring
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.options import AsJson, OpportunityId, Yes
from recommendation_applier.entrypoints.cli.output import print_facts, print_json
from recommendation_applier.entrypoints.cli.part_file import PartFile

if TYPE_CHECKING:
    from recommendation_applier.amazon_ads.opportunity_files import FilePiece


def download(
    context: typer.Context,
    opportunity_id: OpportunityId,
    *,
    to: Annotated[
        Path, typer.Option(metavar="FILE", dir_okay=False, help="Where the file shall be.")
    ],
    file_format: Annotated[
        Literal["csv", "json"],
        typer.Option("--format", help="CSV, or JSON that is packed with gzip."),
    ] = "csv",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Download the data file of an opportunity.

    It is saved as Amazon has it. What has come stands in FILE.part until all of it is there; FILE
    is never half a file. Run again after it was ended, it goes on where it was; where Amazon has
    made another file meanwhile, it begins anew. A FILE that is there already is replaced in the
    end, if you agree.
    """
    # Nobody who asks for help waits for httpx.
    from recommendation_applier.amazon_ads.opportunities import FileFormat  # noqa: PLC0415

    if to.exists():
        confirm(f"Replace {to}?", yes=yes)
    wanted = FileFormat.CSV if file_format == "csv" else FileFormat.GZIP_JSON
    part = PartFile(to)
    stack = deployed_stack(context)
    with opportunity_files(stack) as files, measuring(f"Downloading {to.name}") as show:
        try:
            start, size = _fetch(
                lambda start, etag: files.download(opportunity_id, wanted, start=start, etag=etag),
                part,
                show,
            )
        except WaitError as error:
            raise OperatorError(f"{error}; {_what_is_kept(part)}") from error
    part.finish()
    if as_json:
        done = {"file": str(to), "format": wanted, "bytes": size, "resumedFrom": start}
        print_json({"partnerOpportunityId": opportunity_id} | done)
        return
    went_on = f"{start:,}" if start else None
    print_facts({"file": to, "bytes": f"{size:,}", "of them there before": went_on})


def _fetch(
    pieces_from: Callable[[int, str], "Iterator[FilePiece]"],
    part: PartFile,
    show: Callable[[int, int | None], None],
) -> tuple[int, int]:
    """Complete *part*; say at which byte it was gone on with, and how many it has."""
    start, etag = part.beginning()
    try:
        return start, _save(pieces_from(start, etag), part, start=start, show=show)
    except FileReplacedError:
        return 0, _save(pieces_from(0, ""), part, start=0, show=show)


def _save(
    pieces: "Iterator[FilePiece]",
    part: PartFile,
    *,
    start: int,
    show: Callable[[int, int | None], None],
) -> int:
    size = start
    for piece in part.write(pieces, start=start):
        size = piece.received
        show(size, piece.size)
    return size


def _what_is_kept(part: PartFile) -> str:
    size, _ = part.beginning()
    return (
        f"{size:,} bytes are in {part.path}: run the same command again to go on"
        if size
        else "nothing has come yet: run it again later"
    )
