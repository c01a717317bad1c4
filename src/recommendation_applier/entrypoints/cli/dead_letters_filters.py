"""Which dead letters a command is about: the options for that, the same for every command."""

from datetime import timedelta
from typing import Annotated, Any, Final

import typer.main
from typer.core import TyperCommand

from recommendation_applier.domain.letter_filter import NO_REASON, LetterFilter
from recommendation_applier.domain.reasons import DeadLetterReason
from recommendation_applier.domain.waiting_letter import LetterKind
from recommendation_applier.entrypoints.cli.kept_options import KeptOptions
from recommendation_applier.entrypoints.cli.options import OPPORTUNITY_PREFIX
from recommendation_applier.entrypoints.cli.times import parse_duration

_KEPT: Final = KeptOptions("Which dead letters")


class LetterFiltered(TyperCommand):
    """A command that takes the filters as well; `letter_filter` gives what they say."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - typer's own
        super().__init__(**attributes)
        for app in (_letter_app, _subject_app):
            self.params += typer.main.get_command(app).params


def letter_filter(context: typer.Context) -> LetterFilter:
    """Give what the filters of the command say. Raises BadParameter for what no letter can be."""
    chosen = _KEPT.of(context)
    return LetterFilter(
        reasons=_known(_upper(chosen["reason"]), (*DeadLetterReason, NO_REASON), "--reason"),
        kinds=_known([each.lower() for each in chosen["kind"] or ()], (*LetterKind,), "--kind"),
        api_codes=frozenset(_upper(chosen["api_code"])),
        accounts=frozenset(chosen["account"] or ()),
        marketplaces=frozenset(_upper(chosen["marketplace"])),
        types=frozenset(_upper(chosen["type_"])),
        campaigns=frozenset(chosen["campaign"] or ()),
        # Tables leave the prefix out, and Amazon does not.
        opportunities=frozenset(
            f"{OPPORTUNITY_PREFIX}{each.removeprefix(OPPORTUNITY_PREFIX)}"
            for each in chosen["opportunity"] or ()
        )
        | frozenset(chosen["opportunity"] or ()),
        ids=frozenset(chosen["id_"] or ()),
        older_than=chosen["older_than"],
        newer_than=chosen["newer_than"],
    )


def is_filtered(context: typer.Context) -> bool:
    """Tell whether any filter was given."""
    return any(value is not None and value != [] for value in _KEPT.of(context).values())


def _known(given: list[str], known: tuple[str, ...], option: str) -> frozenset[str]:
    if unknown := set(given) - set(known):
        raise typer.BadParameter(
            f"no dead letter has {', '.join(sorted(unknown))} there; it is one of "
            f"{', '.join(known)}",
            param_hint=f"'{option}'",
        )
    return frozenset(given)


def _upper(given: list[str] | None) -> list[str]:
    return [each.upper() for each in given or ()]


_letter_app: Final = typer.Typer(add_completion=False)


@_letter_app.command()
def _letter_filters(
    *,
    reason: Annotated[
        list[str] | None,
        _KEPT.option(
            "--reason", "CODE", "For this reason: APPLY_REFUSED, …; NONE if it says none."
        ),
    ] = None,
    kind: Annotated[
        list[str] | None,
        _KEPT.option("--kind", "KIND", "batch, message, or body: a body alone, as SQS moved it."),
    ] = None,
    api_code: Annotated[
        list[str] | None,
        _KEPT.option("--api-code", "CODE", "Amazon's code: PO_APPLY_BAD_REQUEST, …."),
    ] = None,
    older_than: Annotated[
        timedelta | None,
        _KEPT.option(
            "--older-than", "TIME", "Failed 12h, 3d, … ago or more.", parser=parse_duration
        ),
    ] = None,
    newer_than: Annotated[
        timedelta | None,
        _KEPT.option(
            "--newer-than", "TIME", "Failed less than 12h, 3d, … ago.", parser=parse_duration
        ),
    ] = None,
) -> None:
    """Only its options are of use; any value of an option fits, and all options have to."""


_subject_app: Final = typer.Typer(add_completion=False)


@_subject_app.command()
def _subject_filters(
    *,
    id_: Annotated[
        list[str] | None,
        _KEPT.option("--id", "ID", "About this recommendation, or of this SQS message id."),
    ] = None,
    account: Annotated[
        list[str] | None,
        _KEPT.option("--account", "ID", "Of this encrypted advertiser id, or this entity id."),
    ] = None,
    marketplace: Annotated[
        list[str] | None, _KEPT.option("--marketplace", "CODE", "In this marketplace, such as DE.")
    ] = None,
    type_: Annotated[
        list[str] | None, _KEPT.option("--type", "TYPE", "Of this type, such as KEYWORD_BID.")
    ] = None,
    campaign: Annotated[
        list[str] | None, _KEPT.option("--campaign", "ID", "About this campaign.")
    ] = None,
    opportunity: Annotated[
        list[str] | None, _KEPT.option("--opportunity", "ID", "Under this opportunity.")
    ] = None,
) -> None:
    """The same of these; one recommendation of the letter has to fit all of them."""
