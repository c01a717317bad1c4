"""`applier ledger`: what the ledger knows."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from recommendation_applier.aws.ledger_reader import LedgerReader
from recommendation_applier.domain.story import Happening, Story
from recommendation_applier.entrypoints.cli.deployed_stack import deployed_stack
from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.filters import Filtered
from recommendation_applier.entrypoints.cli.ledger_count import count
from recommendation_applier.entrypoints.cli.ledger_exports import export, rollback_sheet
from recommendation_applier.entrypoints.cli.options import AsJson
from recommendation_applier.entrypoints.cli.output import print_facts, print_json, print_rows

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

app: Final = typer.Typer(rich_markup_mode=None)

_COLUMNS: Final = {"at": "when", "what": "what", "claim": "claim", "detail": "which means"}
_ENOUGH_OF_A_CLAIM: Final = 8
"""Characters of its random token tell two apart; --json has all of it."""


@app.command()
def show(
    context: typer.Context,
    recommendation_id: Annotated[
        str, typer.Argument(metavar="ID", help="The recommendation's id, as Amazon writes it.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Tell one recommendation's whole story.

    When it was published, which invocation claimed it and who decided that, when it was sent under
    which of Amazon's request ids, what Amazon said, how its application goes, and whether it was
    taken back. With --json also what its campaign was like, and should be like.
    """
    stack = deployed_stack(context)
    dynamodb: DynamoDBClient = stack.session.client("dynamodb")
    table_name = stack.output("LedgerTableName")
    story = LedgerReader(dynamodb, table_name=table_name).story_of(recommendation_id)
    if story is None:
        raise OperatorError(
            f"table {table_name} knows nothing of recommendation {recommendation_id}: it never "
            "arrived, was dead-lettered before it was claimed, or is forgotten; look at its id"
        )
    now = datetime.now(UTC)
    if as_json:
        print_json(_facts(story, now) | _settings(story) | {"timeline": _rows(story)})
        return
    print_facts(_facts(story, now))
    print_rows([_for_people(each) for each in story.timeline()], _COLUMNS, as_json=False)


app.command(cls=Filtered)(count)
app.command(cls=Filtered)(export)
app.command(cls=Filtered)(rollback_sheet)


def _facts(story: Story, now: datetime) -> dict[str, Any]:
    facts = {
        "recommendationId": story.recommendation_id,
        "standing": story.standing(now=now).name,
    }
    if story.entry is None:
        return facts
    recommendation = story.entry.recommendation
    account = recommendation.advertiser
    return facts | {
        "type": recommendation.type,
        "adProduct": recommendation.ad_product,
        "campaignId": recommendation.campaign_id,
        "encryptedAdvertiserId": account.encrypted_advertiser_id,
        "entityId": account.entity_id,
        "marketplace": account.marketplace,
        "advertiserType": account.advertiser_type,
        "partnerOpportunityId": story.entry.partner_opportunity_id,
        "decidedBy": str(story.entry.decided_by),
    }


def _settings(story: Story) -> dict[str, Any]:
    recommendation = story.entry.recommendation if story.entry else None
    return {
        "currentSettings": recommendation.settings.current if recommendation else None,
        "recommendedSettings": recommendation.settings.recommended if recommendation else None,
    }


def _rows(story: Story) -> list[dict[str, Any]]:
    return [
        {
            "at": each.at,
            "what": each.what,
            "detail": each.detail,
            "claim": each.claim,
            "httpStatus": each.http_status,
            "requestIds": each.request_ids,
        }
        for each in story.timeline()
    ]


def _for_people(happening: Happening) -> dict[str, Any]:
    answered = [
        *([f"HTTP {happening.http_status}"] if happening.http_status else []),
        *(f"request id {each}" for each in happening.request_ids),
    ]
    return {
        "at": happening.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ") if happening.at else "",
        "what": happening.what,
        "detail": "; ".join(each for each in (happening.detail, *answered) if each),
        "claim": (happening.claim or "")[:_ENOUGH_OF_A_CLAIM],
    }
