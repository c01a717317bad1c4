"""What all values of the domain have in common."""

import dataclasses
import importlib
import inspect
import pkgutil

import pytest
from pydantic import BaseModel

from recommendation_applier import domain

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


@pytest.mark.parametrize("one", DATACLASSES, ids=_name)
def test_a_dataclass_is_frozen_and_has_no_room_for_more(one: type) -> None:
    """A value never changes, and a misspelt attribute is an error."""
    assert one.__dict__["__dataclass_params__"].frozen
    assert "__slots__" in vars(one)


@pytest.mark.parametrize("one", PUBLIC_MODELS, ids=_name)
def test_a_model_is_frozen(one: type[BaseModel]) -> None:
    """A value never changes."""
    assert one.model_config.get("frozen") is True
