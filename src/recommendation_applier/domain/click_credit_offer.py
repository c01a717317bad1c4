"""A row of a CLICK_CREDITS opportunity's data file -> an offer, or why it is none. No I/O.

Columns: the data file schema of the Partner Opportunities guide. A row is refused only over what
says how much, for whom and when; a type of promotion or a column that Amazon adds tomorrow breaks
nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from recommendation_applier.domain.marketplaces import code_of, one_code
from recommendation_applier.domain.recommendation import AmazonDate, Identifier, Label
from recommendation_applier.domain.stream_message import shorten

_AMOUNT: Final = re.compile(r"(\d{1,12}|\d{1,3}(,\d{3}){1,4})(\.\d{1,6})?", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_DAYS: Final = re.compile(r"\d{1,4}(\.0*)?", re.ASCII)


def _broken(rule: str) -> PydanticCustomError:
    return PydanticCustomError("cell", "{rule}", {"rule": rule})


def _text(value: object) -> object:
    """Read a number as its digits, since JSON may hold one where CSV has text."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value).strip() if is_number or isinstance(value, str) else value


def _amount(value: object) -> Decimal:
    text = _text(value)
    if isinstance(text, str) and _AMOUNT.fullmatch(text):
        amount = Decimal(text.replace(",", ""))
        if amount:
            return amount
    raise _broken("must be an amount above 0, such as '200' or '1,234.50'")


def _currency(value: object) -> str:
    if isinstance(value, str) and _CURRENCY.fullmatch(value.strip()):
        return value.strip()
    raise _broken("must be the code of a currency, such as 'USD'")


def _days(value: object) -> int | None:
    text = _text(value)
    return int(float(text)) if isinstance(text, str) and _DAYS.fullmatch(text) else None


def _marketplace(text: str) -> str:
    return one_code(code_of(text) or text)


_Id: TypeAlias = Annotated[Identifier, BeforeValidator(_text)]
_Label: TypeAlias = Annotated[Label, BeforeValidator(_text)]


class ClickCreditOffer(BaseModel):
    """What one advertiser can earn in one marketplace, in the words of the file's columns.

    *promotion_type* is ACQ, REACT, ONB, or whatever else the file says. *promotion_amount_lc* is in
    *promotion_amount_currency*. The offer is good from its start date until before its end date.
    *credit_distribution_sla* is how many days after the qualifying action the credits come; None
    where the file does not say. *marketplace* is UK where the file says GB, and the code where the
    file says the id.
    """

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)

    partner_opportunity_id: Identifier
    promotion_id: _Id
    promotion_type: _Id
    promotion_amount_lc: Annotated[Decimal, BeforeValidator(_amount)]
    promotion_amount_currency: Annotated[str, BeforeValidator(_currency)]
    promotion_start_date: AmazonDate
    promotion_end_date: AmazonDate
    encrypted_advertiser_id: _Id
    marketplace: Annotated[_Id, AfterValidator(_marketplace)]
    credit_distribution_sla: Annotated[int | None, BeforeValidator(_days)] = None
    advertiser_name: _Label = None
    advertiser_type: _Label = None
    entity_id: _Label = None
    profile_id: _Label = None

    @field_validator("promotion_end_date")
    @classmethod
    def _ends_after_its_start(cls, end: datetime, info: ValidationInfo) -> datetime:
        start = info.data.get("promotion_start_date")
        if start is not None and end <= start:
            raise _broken("must be later than promotionStartDate")
        return end


_COLUMNS: Final = [to_camel(name) for name in ClickCreditOffer.model_fields]


@dataclass(frozen=True, slots=True)
class WrongCell:
    """A cell over which a row is refused, and the *rule* that it breaks.

    *value* is what stands in it, None if there is nothing.
    """

    column: str
    value: object
    rule: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is no offer, with all its wrong cells."""

    cells: tuple[WrongCell, ...]

    def __str__(self) -> str:
        """Name every wrong cell in one sentence."""
        return "; ".join(
            f"{cell.column} is {'missing' if cell.value is None else shorten(cell.value)}; "
            f"it {cell.rule}"
            for cell in self.cells
        )


def read_offer(
    row: Mapping[str, Any], *, partner_opportunity_id: str
) -> ClickCreditOffer | RefusedRow:
    """Read a *row*, of CSV or JSON, of the data file of that opportunity. Never raises."""
    cells = {column: row.get(column) for column in _COLUMNS}
    cells["partnerOpportunityId"] = partner_opportunity_id
    try:
        return ClickCreditOffer.model_validate(cells)
    except ValidationError as error:
        rules = {str(finding["loc"][0]): finding["msg"] for finding in error.errors()}
        return RefusedRow(
            tuple(WrongCell(column, cells[column], rule) for column, rule in rules.items())
        )
