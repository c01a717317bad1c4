"""Which recommendations a command is about: the options for that, the same for every command."""

from datetime import timedelta
from typing import Annotated, Any, Final

import typer.main
from pydantic import ValidationError
from typer.core import TyperCommand

from recommendation_applier.domain.held import HeldFilter
from recommendation_applier.domain.policy_rules import Match
from recommendation_applier.domain.reasons import HeldReason
from recommendation_applier.entrypoints.cli.kept_options import KeptOptions
from recommendation_applier.entrypoints.cli.times import parse_duration

_KEPT: Final = KeptOptions("Which recommendations")

_FIELDS: Final = {
    "type": "type_",
    "ad_product": "ad_product",
    "marketplace": "marketplace",
    "advertiser_id": "advertiser",
    "entity_id": "entity",
    "campaign_id": "campaign",
}
"""Which option says what of a Match."""

_CODES: Final = ("type", "ad_product", "marketplace")


class Filtered(TyperCommand):
    """A command that takes the filters as well; `chosen_match` gives what they say."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - typer's own
        super().__init__(**attributes)
        self.params += typer.main.get_command(_app).params


class HeldFiltered(Filtered):
    """The same, and what only something held can be asked for; `held_filter` gives both."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - typer's own
        super().__init__(**attributes)
        self.params += typer.main.get_command(_held_app).params


def chosen_match(context: typer.Context) -> Match:
    """Give what the filters of the command say. Raises BadParameter for what nothing can match."""
    chosen = _KEPT.of(context)
    values = {
        field: [each.upper() if field in _CODES else each for each in chosen[option]]
        for field, option in _FIELDS.items()
        if chosen.get(option)
    }
    try:
        return Match.model_validate(values)
    except ValidationError as error:
        [finding, *_] = error.errors(include_url=False)
        field, _ = finding["loc"]
        raise typer.BadParameter(
            f"no recommendation has '{finding['input']}' there: {finding['msg']}",
            param_hint=f"'--{_FIELDS[str(field)].rstrip('_').replace('_', '-')}'",
        ) from error


def chosen_rules(context: typer.Context) -> frozenset[str]:
    """Give the rules that the command is about; none is for all."""
    return frozenset(_KEPT.of(context)["rule"] or ())


def held_filter(context: typer.Context) -> HeldFilter:
    """Give what all filters of the command say, but for when it ends. Raises BadParameter."""
    reasons = frozenset(each.upper() for each in _KEPT.of(context)["reason"] or ())
    if unknown := reasons - set(HeldReason):
        raise typer.BadParameter(
            f"nothing is held for {', '.join(sorted(unknown))}; it is one of "
            f"{', '.join(HeldReason)}",
            param_hint="'--reason'",
        )
    return HeldFilter(match=chosen_match(context), reasons=reasons, rules=chosen_rules(context))


def ending_within(context: typer.Context) -> timedelta | None:
    """Give how soon it has to end; None if that does not matter."""
    within: timedelta | None = _KEPT.of(context)["ending_within"]
    return within


def filters_in_words(context: typer.Context) -> str:
    """Say which filters were given, such as `type KEYWORD_BID or CAMPAIGN_BUDGET, rule bids`."""
    return ", ".join(
        f"{option.rstrip('_').replace('_', ' ')} {' or '.join(values)}"
        for option, values in _KEPT.of(context).items()
        if values
    )


def is_filtered(context: typer.Context) -> bool:
    """Tell whether any filter was given."""
    return any(_KEPT.of(context).values())


_app: Final = typer.Typer(add_completion=False)


@_app.command()
def _filters(
    *,
    type_: Annotated[
        list[str] | None, _KEPT.option("--type", "TYPE", "Of this type, such as KEYWORD_BID.")
    ] = None,
    ad_product: Annotated[
        list[str] | None, _KEPT.option("--ad-product", "PRODUCT", "For SP, SB, SD or ST.")
    ] = None,
    marketplace: Annotated[
        list[str] | None, _KEPT.option("--marketplace", "CODE", "In this marketplace, such as DE.")
    ] = None,
    advertiser: Annotated[
        list[str] | None, _KEPT.option("--advertiser", "ID", "Of this encrypted advertiser id.")
    ] = None,
    entity: Annotated[
        list[str] | None, _KEPT.option("--entity", "ID", "Of this entity id.")
    ] = None,
    campaign: Annotated[
        list[str] | None, _KEPT.option("--campaign", "ID", "About this campaign.")
    ] = None,
    rule: Annotated[
        list[str] | None, _KEPT.option("--rule", "NAME", "Decided by this rule of the policy.")
    ] = None,
) -> None:
    """Only its options are of use; each may be given several times, and any of its values fits."""


_held_app: Final = typer.Typer(add_completion=False)


@_held_app.command()
def _held_filters(
    *,
    reason: Annotated[
        list[str] | None,
        _KEPT.option("--reason", "REASON", "Held for this reason: LIMIT_PASSED, …."),
    ] = None,
    ending_within: Annotated[
        timedelta | None,
        _KEPT.option("--ending-within", "TIME", "Ending within 24h, 7d, …", parser=parse_duration),
    ] = None,
) -> None:
    """The same of these."""
