"""The ruler of the bench and of the contract tests is itself measured."""

from typing import Any

import pytest

from tests.dynamodb_units import item_size, read_units, value_size, write_units


@pytest.mark.parametrize(
    ("attribute", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "ä€"}, 5),
        ({"B": b"\x00\x01\x02"}, 3),
        ({"N": "0"}, 1),
        ({"N": "7"}, 2),
        ({"N": "27"}, 2),
        ({"N": "-27"}, 3),
        ({"N": "461"}, 3),
        ({"N": "1794312000"}, 5),
        ({"N": "0.0050"}, 2),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"NS": ["7", "461"]}, 5),
        ({"SS": ["ab", "c"]}, 3),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"S": "c"}]}, 8),
        ({"M": {"name": {"S": "ab"}, "n": {"N": "7"}}}, 14),
    ],
)
def test_a_value_has_the_published_size(attribute: dict[str, Any], size: int) -> None:
    """Strings in UTF-8, two digits a byte, three bytes a list or map and one an element."""
    assert value_size(attribute) == size


def test_names_count() -> None:
    """Every attribute is paid for with its name."""
    assert item_size({"pk": {"S": "BREAKER"}, "strikes": {"N": "3"}}) == 2 + 7 + 7 + 2


@pytest.mark.parametrize(
    ("sizes", "units"), [((), 1), ((1,), 1), ((1_024,), 1), ((1_025, 10), 2), ((10, 4_097), 5)]
)
def test_writes_are_charged_by_the_kilobyte(sizes: tuple[int, ...], units: int) -> None:
    """The larger of what was there before and what is there after."""
    assert write_units(*sizes) == units


@pytest.mark.parametrize(
    ("size", "consistent", "units"),
    [(0, True, 1), (0, False, 0.5), (4_096, True, 1), (4_097, True, 2), (4_097, False, 1)],
)
def test_reads_are_charged_by_four_kilobytes(size: int, units: float, *, consistent: bool) -> None:
    """Half of it for those that may be a moment old."""
    assert read_units(size, consistent=consistent) == units
