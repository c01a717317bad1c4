"""What all values of the domain have in common."""

import ast
import dataclasses
import importlib
import inspect
import pkgutil

import pytest
from pydantic import BaseModel

from recommendation_applier import domain
from recommendation_applier.domain.value import value

CLASSES = [
    one
    for found in pkgutil.iter_modules(domain.__path__)
    for _, one in inspect.getmembers(
        importlib.import_module(f"{domain.__name__}.{found.name}"), inspect.isclass
    )
    if one.__module__ == f"{domain.__name__}.{found.name}"
]
DATACLASSES = [one for one in CLASSES if dataclasses.is_dataclass(one)]
PUBLIC_MODELS = [
    one for one in CLASSES if issubclass(one, BaseModel) and not one.__name__.startswith("_")
]


def _name(one: type) -> str:
    return f"{one.__module__.rpartition('.')[2]}.{one.__name__}"


def is_frozen_to_mypy(declaration: str) -> bool:
    """Tell whether a class is declared with `@value(frozen=True, ...)`, which mypy reads."""
    [declared] = ast.parse(declaration).body
    assert isinstance(declared, ast.ClassDef)
    return any(
        isinstance(decorator, ast.Call)
        and ast.unparse(decorator.func) == "value"
        and "frozen=True" in map(ast.unparse, decorator.keywords)
        for decorator in declared.decorator_list
    )


@pytest.mark.parametrize("one", DATACLASSES, ids=_name)
def test_a_dataclass_is_frozen_and_has_no_room_for_more(one: type) -> None:
    """A value never changes, which Python or mypy sees to; a misspelt attribute is an error."""
    is_frozen = one.__dict__["__dataclass_params__"].frozen

    assert is_frozen or is_frozen_to_mypy(inspect.getsource(one))
    assert "__slots__" in vars(one)


@pytest.mark.parametrize(
    ("decorator", "is_frozen"),
    [
        ("value(frozen=True)", True),
        ("value(slots=True, frozen=True)", True),
        ("value(frozen=False)", False),
        ("value(slots=True)", False),
        ("value", False),
        ("dataclass(frozen=True)", False),
    ],
)
def test_only_what_is_declared_as_frozen_is_taken_for_it(
    decorator: str, *, is_frozen: bool
) -> None:
    """A cheap dataclass that says nothing of it may change."""
    assert is_frozen_to_mypy(f"@{decorator}\nclass One: ...") is is_frozen


@pytest.mark.parametrize("one", PUBLIC_MODELS, ids=_name)
def test_a_model_is_frozen(one: type[BaseModel]) -> None:
    """A value never changes."""
    assert one.model_config.get("frozen") is True


# --- Those that are cheap to make ----------------------------------------------------------------


@value(frozen=True, slots=True)
class Place:
    """One that is compared by what it holds."""

    street: str
    number: int = 1


@value(frozen=True, slots=True, eq=False)
class Visit:
    """One that is the same as itself alone."""

    place: Place


@value(frozen=True, kw_only=True)
class Named:
    """One whose fields are named wherever it is made."""

    street: str


def test_equal_values_are_one() -> None:
    """In sets and as keys, like those of a frozen dataclass."""
    assert Place("Main") == Place("Main", 1) != Place("Main", 2)
    assert len({Place("Main"), Place("Main", 1), Place("Main", 2)}) == 2
    assert dataclasses.replace(Place("Main"), number=2) == Place("Main", 2)


def test_a_value_without_equality_is_the_same_as_itself_alone() -> None:
    """And still a key: of itself."""
    one, other = Visit(Place("Main")), Visit(Place("Main"))

    assert one != other
    assert len({one, other}) == 2


def test_a_value_is_made_as_its_other_options_say() -> None:
    """They are those of any dataclass."""
    assert Place.__slots__ == ("street", "number")
    assert not hasattr(Place("Main"), "__dict__")
    assert Named(street="Main").street == "Main"
    with pytest.raises(TypeError, match=r"positional argument"):
        Named("Main")  # type: ignore[call-arg] # what is tried


def test_a_value_is_frozen_to_mypy_alone() -> None:
    """Were it frozen to Python, to make one would take five times as long."""
    place = Place("Main")
    place.number = 2  # type: ignore[misc] # what mypy refuses

    assert place == Place("Main", 2)
