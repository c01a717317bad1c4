"""How large DynamoDB takes an item to be, and what it charges for it, by the published rules.

Developer guide, "DynamoDB item sizes and formats" and "DynamoDB read and write operations".
"""

from collections.abc import Mapping
from math import ceil
from typing import Any, Final

WRITE_UNIT_BYTES: Final = 1_024
READ_UNIT_BYTES: Final = 4_096


def item_size(item: Mapping[str, Mapping[str, Any]]) -> int:
    """Count the bytes of an item: names and values of its attributes."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(attribute: Mapping[str, Any]) -> int:
    """Count the bytes of an attribute's value."""
    [(kind, value)] = attribute.items()
    size: int
    match kind:
        case "S":
            size = len(value.encode())
        case "B":
            size = len(value)
        case "N":
            # One byte for two significant digits, zeros at either end apart, and one more; one
            # more again below zero.
            digits = value.lstrip("-").replace(".", "").strip("0")
            size = ceil(len(digits) / 2) + 1 + value.startswith("-")
        case "NS" | "SS" | "BS":
            size = sum(value_size({kind[0]: each}) for each in value)
        case "L":
            size = 3 + sum(1 + value_size(each) for each in value)
        case "M":
            size = 3 + sum(
                1 + len(name.encode()) + value_size(each) for name, each in value.items()
            )
        case _:  # BOOL and NULL
            size = 1
    return size


def write_units(*sizes: int) -> int:
    """Charge a write of an item that had one of *sizes* before and another after: the larger."""
    return max(1, ceil(max(sizes, default=0) / WRITE_UNIT_BYTES))


def read_units(size: int, *, consistent: bool) -> float:
    """Charge a read of so many bytes; of one that finds nothing, the least there is."""
    units = max(1, ceil(size / READ_UNIT_BYTES))
    return units if consistent else units / 2
