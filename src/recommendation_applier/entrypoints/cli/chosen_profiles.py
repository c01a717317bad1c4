"""Which profiles a command is about."""

from pathlib import Path
from typing import Annotated

import typer

from recommendation_applier.domain.profiles_file import read_profile_id, read_profiles
from recommendation_applier.domain.wanted_subscription import Profile
from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.text_files import text_of


def _profile_id(text: str) -> str:
    """Read an id. Raises BadParameter."""
    try:
        return read_profile_id(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


ProfilesFile = Annotated[
    Path | None,
    typer.Option(
        "--profiles",
        metavar="FILE",
        help="One profile id a line, or CSV with a header profileId[,name]; # begins a comment, "
        "- reads standard input.",
    ),
]
ProfileIds = Annotated[
    list[str] | None,
    typer.Option(
        "--profile-id",
        metavar="ID",
        help="This advertiser profile; may be given several times.",
        parser=_profile_id,
    ),
]


def chosen_profiles(file: Path | None, ids: list[str] | None) -> tuple[Profile, ...]:
    """Give the profiles that the options name, each once; none if they name none.

    Raises OperatorError for a file that says something else, OSError for one that is not there.
    """
    found = {each: Profile(each) for each in ids or ()}
    if file is not None:
        try:
            named = read_profiles(text_of(file))
        except ValueError as error:
            raise OperatorError(f"reading profiles from {file} failed: {error}") from error
        found |= {each.profile_id: each for each in named}
    return tuple(found.values())
