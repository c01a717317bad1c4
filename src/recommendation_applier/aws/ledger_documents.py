"""Plain values <-> DynamoDB attributes, the same for every document of the ledger. No I/O."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec import to_builtins

from recommendation_applier.domain.errors import LedgerUnavailableError

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

Value: TypeAlias = "str | int | bytes | AbstractSet[int] | Sequence[Value] | Mapping[str, Value]"
Document: TypeAlias = dict[str, "Value | None"]
"""What one primary key stands for, by attribute name; None is the same as not there."""

_WIDTH: Final = len("2026-09-18T17:11:14.000000Z")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


def attributes(document: "Mapping[str, Value | None]") -> "dict[str, AttributeValueTypeDef]":
    """Write *document* as DynamoDB wants it; what is None is left out."""
    # What nearly all is, here and in lists, is not worth a call for each.
    return {
        name: (
            {"S": value}
            if type(value) is str and value.isascii()
            else {"B": value}
            if type(value) is bytes
            else {"N": str(value)}
            if type(value) is int
            else attribute(value)
        )
        for name, value in document.items()
        if value is not None
    }


def attribute(value: Value) -> "AttributeValueTypeDef":
    """Write one value.

    Half of an emoji, which JSON can hold and UTF-8 cannot, becomes a question mark.
    """
    match value:
        case str():
            return {"S": value.encode(errors="replace").decode()}
        case bytes():
            return {"B": value}
        case int():
            return {"N": str(value)}
        case AbstractSet():
            return {"NS": [str(number) for number in sorted(value)]}
        case Mapping():
            return {"M": attributes(value)}
        case _:
            members: list[AttributeValueTypeDef] = [
                {"S": each} if type(each) is str and each.isascii() else attribute(each)
                for each in value
            ]
            return {"L": members}


def read_document(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read what `attributes` wrote; what it never writes stands as DynamoDB gives it."""
    return {name: _read(each) for name, each in found.items()}


def moment(when: datetime | None) -> str | None:
    """Write a moment as ISO 8601 in UTC, always of the same width: it compares as it reads."""
    if when is None:
        return None
    text: str = to_builtins(when if when.tzinfo is UTC else when.astimezone(UTC))
    return text if len(text) == _WIDTH else f"{text[:-1]}.000000Z"  # whole seconds have none


def read_moment(text: str | None) -> datetime | None:
    """Read what `moment` wrote."""
    return None if text is None else datetime.fromisoformat(text)


def seconds(when: datetime) -> int:
    """Write a moment as whole epoch seconds, rounded down."""
    return (when - _EPOCH) // _SECOND


def seconds_up(when: datetime) -> int:
    """Write a moment as whole epoch seconds, rounded up."""
    return -((_EPOCH - when) // _SECOND)


def read_seconds(number: int) -> datetime:
    """Read what `seconds` wrote."""
    return _EPOCH + number * _SECOND


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Say of a document that was not written as these modules write them, what it is.

    Raises LedgerUnavailableError: what cannot be read is as good as unknown.
    """
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise LedgerUnavailableError(
            f"{what} of the ledger is malformed: {type(error).__name__}"
        ) from error


def _read(found: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a document may hold anything
    [(kind, value)] = found.items()
    match kind:
        case "N":
            return _number(value)
        case "NS":
            return frozenset(_number(number) for number in value)
        case "M":
            return read_document(value)
        case "L":
            return [_read(each) for each in value]
        case _:
            return value


def _number(value: str) -> int | str:
    try:
        return int(value)
    except ValueError:
        return value
