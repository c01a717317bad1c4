"""The kinds of field that a policy has, each with its rule for readers and for the schema."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

from recommendation_applier.domain.amounts import readable, show_value
from recommendation_applier.domain.recommendation import MAX_ID_LENGTH, Identifier

MAX_LIMIT: Final = 1_000_000_000_000
"""Above every bid and budget, in any currency."""

MAX_COOL_DOWN_HOURS: Final = 8_760
"""A year: recommendations live for two weeks."""

_CODE: Final = r"^[A-Z][A-Z0-9_]*$"
_MOMENT_RULE: Final = "must be a date and time with its zone, such as '2026-11-27T00:00:00Z'"

_OUR_WORDS: Final = {
    "model_type": "must be an object",
    "tuple_type": "must be an array",
    "too_short": "must have one element at least",
}
"""For types of error where pydantic speaks of Python."""

WIRE: Final = ConfigDict(
    frozen=True,
    extra="forbid",  # a limit with a misspelt name would limit nothing
    alias_generator=to_camel,
    validate_by_name=True,
    validate_by_alias=True,
    defer_build=True,  # the whole policy is built, and not each part of it once more
)


def refused(rule: str) -> PydanticCustomError:
    """Make the error of a field that breaks *rule*, a sentence that goes on after "it"."""
    return PydanticCustomError("policy", rule)


def sentence_on(finding: ErrorDetails) -> str:
    """Say which field is wrong, what it is and what it must be."""
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in finding["loc"])
    where = readable(where.removeprefix(".")) or "the policy"
    if finding["type"] == "missing":
        return f"{where} is missing"
    if finding["type"] == "extra_forbidden":
        return f"{where} is no field of a policy (policy.schema.json lists them all)"
    rule = _OUR_WORDS.get(finding["type"]) or re.sub(r"^\w+ should ", "must ", finding["msg"])
    return f"{where} is {show_value(finding['input'])}; it {rule}"


def _number(value: object) -> Decimal:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if number.is_finite() and 0 <= number <= MAX_LIMIT:
            return number
    raise refused(f"must be a number from 0 to {MAX_LIMIT}")


def _hours(value: object) -> Decimal:
    hours = _number(value)
    if 0 < hours <= MAX_COOL_DOWN_HOURS:
        return hours
    raise refused(f"must be above 0 and at most {MAX_COOL_DOWN_HOURS}")


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise refused(_MOMENT_RULE) from error
    raise refused(_MOMENT_RULE)


def _as_written(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


_WRITTEN: Final = PlainSerializer(_as_written, return_type=int | float, when_used="json")

Number = Annotated[
    Decimal,
    BeforeValidator(_number),
    _WRITTEN,
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": MAX_LIMIT}),
]
"""A limit, exactly as the policy writes it: 0.1 is a tenth."""

Hours = Annotated[
    Decimal,
    BeforeValidator(_hours),
    _WRITTEN,
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": MAX_COOL_DOWN_HOURS}),
]

Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]

Id = Annotated[
    Identifier, WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_ID_LENGTH})
]

Code = Annotated[str, Field(pattern=_CODE)]
Marketplace = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
