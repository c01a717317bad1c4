"""`applier policy simulate`: what a policy would do, before it does it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from recommendation_applier.aws.ledger_scan import LedgerScan
from recommendation_applier.domain.deliveries_file import bodies_of
from recommendation_applier.domain.delivery import (
    NotForUs,
    Publication,
    Rejection,
    Withdrawal,
)
from recommendation_applier.domain.policy import read_policy
from recommendation_applier.domain.reading import read_body
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.domain.rehearsal import Money, Rehearsed, rehearse
from recommendation_applier.domain.repeats import most_recent
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.options import AsJson
from recommendation_applier.entrypoints.cli.output import (
    print_facts,
    print_json,
    print_rows,
    progress,
    warn,
)
from recommendation_applier.entrypoints.cli.text_files import PolicyFile, text_of

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

_RULINGS: Final = {
    "outcome": "would be",
    "reason": "because of",
    "rule": "rule",
    "recommendations": "recommendations",
}
_ACCOUNTS: Final = {
    "encryptedAdvertiserId": "account",
    "entityId": "entity",
    "marketplace": "marketplace",
    "outcome": "would be",
    "recommendations": "recommendations",
    "bids": "bids by",
    "newBids": "new bids",
    "budgets": "budgets by",
    "newBudgets": "new budgets",
    "unknown": "not computable",
}
_OUTCOMES: Final = {"APPLY": "applied", "HOLD": "held", "IGNORE": "ignored"}
_ACTIONABLE: Final = frozenset({"PUBLISHED"})


def simulate(
    context: typer.Context,
    file: PolicyFile,
    *,
    deliveries: Annotated[
        Path | None,
        typer.Option(
            "--deliveries",
            metavar="FILE",
            help="Decide about these instead: bodies of deliveries in lines or in a JSON array, or "
            "an SQS event.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a policy would have applied, held and ignored, and with whose money.

    It decides about every recommendation that the ledger has seen, as it was last published,
    whether it has expired or was applied since. Sums are those of all differences, in the currency
    of the account's marketplace; what is new is summed apart, and what cannot be computed is
    counted. The mode makes no difference. Nothing is changed.
    """
    policy = read_policy(text_of(file))
    now = datetime.now(UTC)
    unusable: Counter[str] = Counter()
    if deliveries is not None:
        found = _of_file(text_of(deliveries), unusable)
        rehearsed = rehearse(found, policy, now=now)
    else:
        stack = deployed_stack(context)
        dynamodb: DynamoDBClient = stack.session.client("dynamodb")
        with progress("Reading the ledger") as bar:
            scan = LedgerScan(
                dynamodb,
                table_name=stack.output("LedgerTableName"),
                report_failure=warn,
                report_scanned=bar.advance,
            )
            bar.total = scan.size()
            rehearsed = rehearse((each.recommendation for each in scan.entries()), policy, now=now)
    rulings = [*_rulings(rehearsed, unusable)]
    accounts = [*_accounts(rehearsed)]
    if as_json:
        print_json({**_totals(rehearsed), "rulings": rulings, "accounts": accounts})
        return
    if policy.mode == "DRY_RUN":
        warn("the mode of this policy is DRY_RUN: in force, it would hold what is applied here")
    print_facts(_totals(rehearsed))
    print_rows(rulings, _RULINGS, as_json=False)
    print_rows(accounts, _ACCOUNTS, as_json=False)


def _of_file(text: str, unusable: Counter[str]) -> Iterator[Recommendation]:
    """Give each recommendation of a file once; count what is none."""
    publications: list[Publication] = []
    for body in bodies_of(text):
        for content in read_body(body, actionable_statuses=_ACTIONABLE):
            if isinstance(content, Publication):
                publications.append(content)
            elif isinstance(content, Rejection | Withdrawal | NotForUs):
                unusable[content.reason.value] += 1
            else:
                unusable["NO_RECOMMENDATION"] += 1
    speaking = most_recent(dict(enumerate(publications)))
    if repeats := len(publications) - len(speaking):
        unusable["REPEATED"] += repeats
    for number in sorted(speaking):
        yield publications[number].recommendation


def _totals(rehearsed: Rehearsed) -> Mapping[str, int]:
    totals = dict.fromkeys(_OUTCOMES.values(), 0)
    for ruling, count in rehearsed.rulings.items():
        totals[_OUTCOMES[ruling.verdict]] += count
    return {"recommendations": rehearsed.recommendations, **totals}


def _rulings(rehearsed: Rehearsed, unusable: Counter[str]) -> Iterator[Mapping[str, Any]]:
    for ruling, count in sorted(rehearsed.rulings.items()):
        yield {
            "outcome": _OUTCOMES[ruling.verdict],
            "reason": ruling.reason,
            "rule": ruling.rule,
            "recommendations": count,
        }
    for reason, count in sorted(unusable.items()):
        yield {"outcome": "left out", "reason": reason, "rule": "", "recommendations": count}


def _accounts(rehearsed: Rehearsed) -> Iterator[Mapping[str, Any]]:
    def place(each: tuple[Any, Money]) -> tuple[str, ...]:
        (account, verdict), _ = each
        return account.marketplace, account.encrypted_advertiser_id, account.entity_id, verdict

    for (account, verdict), money in sorted(rehearsed.accounts.items(), key=place):
        yield {
            "encryptedAdvertiserId": account.encrypted_advertiser_id,
            "entityId": account.entity_id,
            "marketplace": account.marketplace,
            "outcome": _OUTCOMES[verdict],
            "recommendations": money.recommendations,
            "bids": money.bids,
            "newBids": money.new_bids,
            "budgets": money.budgets,
            "newBudgets": money.new_budgets,
            "unknown": money.unknown,
        }
