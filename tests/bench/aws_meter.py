"""Counts what AWS calls cost while they are made, through botocore's events.

moto answers them, and knows nothing of units: sizes are those of the items before and after each
write and of what each read returns, units the published ones (tests/dynamodb_units.py).
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock, local
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from botocore import handlers

from tests.dynamodb_units import item_size, read_units, write_units

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from botocore.model import OperationModel
    from types_boto3_dynamodb.client import DynamoDBClient

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
        self._look: DynamoDBClient | None = None
        self._lock = Lock()
        self._looking = local()

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
    def measuring(self, look: DynamoDBClient) -> Iterator[Bill]:
        """Count every call until the end; *look* is used to look at items before and after."""
        self._bill, self._look = Bill(), look
        try:
            yield self._bill
        finally:
            self._bill = self._look = None

    def _begin(
        self, params: Mapping[str, Any], model: OperationModel, context: dict[str, Any], **_: object
    ) -> None:
        if self._bill is None or getattr(self._looking, "now", False):
            return
        context[_BEFORE] = (params, self._item(params) if model.name in _WRITES else {})

    def _end(
        self, parsed: Mapping[str, Any], model: OperationModel, context: dict[str, Any], **_: object
    ) -> None:
        if self._bill is None or _BEFORE not in context:
            return
        params, before = context.pop(_BEFORE)
        after = self._item(params) if model.name in _WRITES else {}
        with self._lock:
            self._bill.calls[f"{model.service_model.service_name}:{model.name}"] += 1
            if model.service_model.service_name != "dynamodb":
                return
            if model.name in _WRITES:
                self._bill.write_units += write_units(item_size(before), item_size(after))
                self._bill.index_write_units += index_write_units(before, after)
            else:
                self._bill.read_units += _read(params, parsed)

    def _item(self, params: Mapping[str, Any]) -> Item:
        """Look at the item that a write is about, without being counted."""
        if self._look is None:
            return {}
        document = params.get("Item") or params["Key"]
        self._looking.now = True
        try:
            answer = self._look.get_item(
                TableName=params["TableName"],
                Key={name: document[name] for name in _KEY},
                ConsistentRead=True,
            )
        finally:
            self._looking.now = False
        found: Item = answer.get("Item", {})
        return found


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
