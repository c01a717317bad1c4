"""Counts what AWS calls cost while they are made, through botocore's events.

moto answers them, and knows nothing of units: sizes are those of the items before and after each
write, looked up in moto's own memory, and of what each read returns, units the published ones
(tests/dynamodb_units.py).
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from botocore import handlers
from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models.dynamo_type import DynamoType

from tests.dynamodb_units import item_size, read_units, write_units
from tests.emulator.function import REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from botocore.model import OperationModel

Item: TypeAlias = "Mapping[str, Mapping[str, Any]]"

_WRITES: Final = frozenset({"PutItem", "UpdateItem"})
_KEY: Final = ("pk", "sk")
_INDEX_KEYS: Final = (("followUp", "dueAt"), ("held", "heldUntil"))
_BEFORE: Final = "item before"


@dataclass(slots=True)
class Bill:
    """What some calls came to."""

    calls: Counter[str] = field(default_factory=Counter)
    write_units: int = 0
    index_write_units: int = 0
    read_units: float = 0.0

    def of(self, service: str) -> int:
        """Count the calls to *service*."""
        return sum(count for name, count in self.calls.items() if name.startswith(f"{service}:"))


class AwsMeter:
    """Listens to sessions that are made under it; counts while somebody measures."""

    def __init__(self) -> None:
        """Start with nobody measuring."""
        self._bill: Bill | None = None
        self._lock = Lock()

    @contextmanager
    def on_new_sessions(self) -> Iterator[None]:
        """Listen to every session made meanwhile, and for as long as that session lives."""
        specs: list[tuple[str, Callable[..., None]]] = [
            ("before-parameter-build", self._begin),
            ("after-call", self._end),
        ]
        handlers.BUILTIN_HANDLERS.extend(specs)
        try:
            yield
        finally:
            for spec in specs:
                handlers.BUILTIN_HANDLERS.remove(spec)

    @contextmanager
    def measuring(self) -> Iterator[Bill]:
        """Count every call until the end."""
        self._bill = Bill()
        try:
            yield self._bill
        finally:
            self._bill = None

    def _begin(
        self, params: Mapping[str, Any], model: OperationModel, context: dict[str, Any], **_: object
    ) -> None:
        if self._bill is None:
            return
        writes = _writes_of(params, model)
        context[_BEFORE] = (params, [_item(each) for each in writes])

    def _end(
        self, parsed: Mapping[str, Any], model: OperationModel, context: dict[str, Any], **_: object
    ) -> None:
        if self._bill is None or _BEFORE not in context:
            return
        params, before = context.pop(_BEFORE)
        writes = _writes_of(params, model)
        after = [_item(each) for each in writes]
        with self._lock:
            self._bill.calls[f"{model.service_model.service_name}:{model.name}"] += 1
            if model.service_model.service_name != "dynamodb":
                return
            for old, new in zip(before, after, strict=True):
                self._bill.write_units += write_units(item_size(old), item_size(new))
                self._bill.index_write_units += index_write_units(old, new)
            if not writes:
                self._bill.read_units += _read(params, parsed)


def _item(params: Mapping[str, Any]) -> Item:
    """Look at the item that a write is about, without a call: that would take most of the time."""
    document = params.get("Item") or params["Key"]
    partition, sort = (DynamoType(document[name]) for name in _KEY)
    table = get_backend("dynamodb")[DEFAULT_ACCOUNT_ID][REGION].tables[params["TableName"]]
    found = table.items.get(partition, {}).get(sort)
    return {name: each.to_regular_json() for name, each in found.attrs.items()} if found else {}


def _writes_of(params: Mapping[str, Any], model: OperationModel) -> list[Mapping[str, Any]]:
    """Give what a call writes, one as if it were written by itself."""
    if model.name == "BatchWriteItem":
        return [
            {"TableName": table, "Item": request["PutRequest"]["Item"]}
            for table, requests in params["RequestItems"].items()
            for request in requests
        ]
    return [params] if model.name in _WRITES else []


def index_write_units(before: Item, after: Item) -> int:
    """Charge what a write does to the two sparse indexes of keys.

    An item that comes into one or leaves it is one write there, one whose key changes is two, and
    one whose key stays is none (developer guide, "Write operations and global secondary indexes").
    """
    units = 0
    for index in _INDEX_KEYS:
        keys = [_index_item(before, index), _index_item(after, index)]
        if keys[0] != keys[1]:
            units += sum(write_units(item_size(key)) for key in keys if key)
    return units


def _index_item(item: Item, index: tuple[str, str]) -> Item:
    if not all(name in item for name in index):
        return {}
    return {name: item[name] for name in (*_KEY, *index)}


def _read(params: Mapping[str, Any], parsed: Mapping[str, Any]) -> float:
    if "RequestItems" in params:  # BatchGetItem: each item is rounded up by itself
        [(table, asked)] = params["RequestItems"].items()
        consistent = asked.get("ConsistentRead", False)
        found = parsed["Responses"].get(table, [])
        nothing = read_units(0, consistent=consistent) * (len(asked["Keys"]) - len(found))
        return nothing + sum(read_units(item_size(one), consistent=consistent) for one in found)
    items = parsed["Items"] if "Items" in parsed else [parsed.get("Item", {})]
    size = sum(item_size(one) for one in items)
    return read_units(size, consistent=params.get("ConsistentRead", False))
