"""`applier click-credits`: who can earn what, and how far they are."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from recommendation_applier.aws.applications_scan import read_applications
from recommendation_applier.domain.applied_changes import applied_changes
from recommendation_applier.domain.click_credit_offer import ClickCreditOffer
from recommendation_applier.domain.click_credits import OfferFilter, open_offers
from recommendation_applier.domain.promotion_terms import read_terms
from recommendation_applier.domain.promotions import progress_of
from recommendation_applier.entrypoints.cli import offer_output, promotion_output
from recommendation_applier.entrypoints.cli.amazon import opportunity_files
from recommendation_applier.entrypoints.cli.counting import counting
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.options import AsCsv, AsJson
from recommendation_applier.entrypoints.cli.output import (
    print_facts,
    print_json,
    print_rows,
    write_csv,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

    from recommendation_applier.amazon_ads.click_credit_files import ClickCreditFiles

_SHIPPED_TERMS: Final = Path(__file__).parents[2] / "domain/terms/amazon-ads-api-2022.toml"

app: Final = typer.Typer(rich_markup_mode=None)


@app.command("list")
def list_offers(
    context: typer.Context,
    *,
    advertiser: Annotated[
        str | None,
        typer.Option(
            metavar="ID|NAME",
            help="Only this advertiser's: by any of its ids, or a part of its name.",
        ),
    ] = None,
    marketplace: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Only in this marketplace: its code, such as US."),
    ] = None,
    promotion_type: Annotated[
        str | None,
        typer.Option("--type", metavar="TYPE", help="Only of this type: ACQ, REACT or ONB."),
    ] = None,
    ending_within: Annotated[
        int | None, typer.Option(min=0, metavar="DAYS", help="Only what ends within so many days.")
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List what can be earned, the soonest to end first.

    From the data files of Amazon's click-credit opportunities, as they are now: who is offered how
    much, until when, and for what. What has ended is left out, totals are by currency. What binds
    is the invitation that the advertiser has from Amazon.

    Rows of the files that are no offer are counted on stderr, with the first of each kind.
    """
    # Nobody who asks for help waits for httpx.
    from recommendation_applier.amazon_ads.click_credit_files import ClickCreditFiles  # noqa: PLC0415

    _at_most_one(as_json=as_json, as_csv=as_csv)
    wanted = OfferFilter(
        advertiser=advertiser,
        marketplace=marketplace,
        promotion_type=promotion_type,
        ending_within_days=ending_within,
    )
    now = datetime.now(UTC)
    refusals = offer_output.Refusals()
    with opportunity_files(deployed_stack(context)) as files:
        offers = open_offers(_read(ClickCreditFiles(files), refusals), wanted, now=now)
    rows = [offer_output.row_of(each, now) for each in offers]
    if as_json:
        print_json(offer_output.document_of(offers, refusals, now))
    elif as_csv:
        write_csv(rows, offer_output.CSV, sys.stdout)
    else:
        print_rows(
            [offer_output.for_people(row) for row in rows], offer_output.TABLE, as_json=False
        )
        print_facts(offer_output.facts_of(offers))
    for refused in refusals.rows():
        typer.echo(f"Rows refused: {refused['rows']}, the first since {refused['first']}", err=True)


@app.command()
def progress(
    context: typer.Context,
    *,
    terms_file: Annotated[
        Path | None,
        typer.Option(
            "--terms", metavar="FILE", help="TOML with the terms; without it, those of 2022."
        ),
    ] = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Show how far everybody is with a promotion.

    For each account and ad product, by the changes that the ledger knows to have been applied.

    EARNED: changes in enough weeks, and enough days since the first. ON_TRACK: a change a week is
    being made. AT_RISK: the next change has to come this week, or last week had none. OUT_OF_REACH:
    it can no longer be earned. What no ledger can know is listed, not guessed.

    Reads the whole table of the ledger, which costs a read unit for every 8 kB in it.
    """
    _at_most_one(as_json=as_json, as_csv=as_csv)
    file = terms_file or _SHIPPED_TERMS
    terms = read_terms(file.read_text(encoding="utf-8", errors="replace"), source=str(file))
    stack = deployed_stack(context)
    dynamodb: DynamoDBClient = stack.session.client("dynamodb")
    with counting("Reading the ledger") as count:
        known = read_applications(
            dynamodb, table_name=stack.output("LedgerTableName"), on_progress=count
        )
    now = datetime.now(UTC)
    found = progress_of(applied_changes(known.campaigns, known.records), terms, now=now)
    rows = promotion_output.rows_of(found, terms)
    if as_json:
        unreadable = {"unreadableRecords": known.unreadable}
        print_json(promotion_output.document_of(found, terms, now) | unreadable)
    elif as_csv:
        write_csv(rows, promotion_output.CSV, sys.stdout)
    else:
        print_facts(promotion_output.facts_of(found, terms, now))
        people = [promotion_output.for_people(row, terms) for row in rows]
        print_rows(people, promotion_output.TABLE, as_json=False)
    if known.unreadable:
        typer.echo(f"Records of the ledger that cannot be read: {known.unreadable}", err=True)


def _read(files: "ClickCreditFiles", refusals: offer_output.Refusals) -> Iterator[ClickCreditOffer]:
    with counting("Reading offers") as count:
        for number, row in enumerate(files.rows(), start=1):
            count(number)
            if isinstance(row, ClickCreditOffer):
                yield row
            else:
                refusals.add(row)


def _at_most_one(*, as_json: bool, as_csv: bool) -> None:
    if as_json and as_csv:
        raise typer.BadParameter("--json and --csv cannot both be printed: choose one")
