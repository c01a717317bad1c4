"""The terms of a click-credit promotion, as a file holds them.

A promotion rewards an advertiser for changes to campaigns that are made in a window of time, in so
many weeks of it, while a campaign is active for so many days. What the published terms leave open
is decided here, and is a field where another promotion may want it otherwise:

- A week is seven days on the calendar of `time_zone`: daylight saving makes one an hour shorter
  and another an hour longer. It begins on `week_begins`; to count sevens of days from the opening,
  name the opening's own day. A week that the window cuts is a week all the same.
- The weeks need not follow each other, unless `consecutive_weeks` says so. One change in each of
  four weeks is four changes.
- The moment `opens` is part of the window, the moment `closes` is not.
- A day of `active_days` is 24 hours. They begin with the first change in the window, since nothing
  tells of an earlier beginning, and are over before it closes, since the qualifying action has to
  be completed in it and being active is a part of that.
- Changes to all campaigns of an ad product count together, and one of these campaigns has to stay
  active: the terms ask for changes "to campaigns" and to keep "the campaign" active.
"""

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Final, Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NaiveDatetime,
    StrictBool,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from recommendation_applier.domain.ad_products import AD_PRODUCTS, ad_product_code
from recommendation_applier.domain.errors import TermsError
from recommendation_applier.domain.marketplaces import MARKETPLACES, one_code

WEEK: Final = timedelta(days=7)

Weekday: TypeAlias = Literal[
    "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"
]
_WEEKDAYS: Final = get_args(Weekday)

_HINTS: Final = {
    "zoneinfo_str": " (if that is its name, this machine has no time zone data: install tzdata)"
}


def _broken(rule: str) -> PydanticCustomError:
    return PydanticCustomError("terms", "{rule}", {"rule": rule})


def _marketplace(code: str) -> str:
    if one_code(code) in MARKETPLACES:
        return one_code(code)
    raise _broken("must be the code of a marketplace, such as US")


def _ad_product(name: str) -> str:
    code = ad_product_code(name)
    if code in AD_PRODUCTS:
        return code
    raise _broken(f"must be one of {' '.join(AD_PRODUCTS)}")


_Text: TypeAlias = Annotated[str, Field(min_length=1)]
_Marketplace: TypeAlias = Annotated[str, AfterValidator(_marketplace)]
_AdProduct: TypeAlias = Annotated[str, AfterValidator(_ad_product)]
_Amount: TypeAlias = Annotated[Decimal, Field(gt=0)]
_LocalTime: TypeAlias = Annotated[
    NaiveDatetime,
    # Far from the ends of the calendar, over which a week or an offset could lead.
    Field(ge=datetime(1990, 1, 1), lt=datetime(2990, 1, 1)),  # noqa: DTZ001 - local, as in the file
]


class PromotionTerms(BaseModel):
    """What is rewarded, where, when and how much; the docstring of the module says how it is read.

    *dated* is the day that the terms are of. *opens* and *closes* are local times of *time_zone*;
    *opening* and *closing* are the moments that they mean. *weeks* and *active_days* have to be
    reached, *reward* is for each ad product and marketplace, once. *other_conditions* are those
    that a person has to know of, in the words of the terms.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")  # a misspelt field must not pass

    name: _Text
    source: _Text
    dated: date
    time_zone: ZoneInfo
    opens: _LocalTime
    closes: _LocalTime
    week_begins: Weekday = "MONDAY"
    weeks: Annotated[int, Field(strict=True, ge=1)]
    consecutive_weeks: StrictBool = False
    active_days: Annotated[int, Field(strict=True, ge=0, le=3660)]
    advertiser_types: Annotated[frozenset[Literal["SELLER", "VENDOR"]], Field(min_length=1)]
    marketplaces: Annotated[frozenset[_Marketplace], Field(min_length=1)]
    ad_products: Annotated[tuple[_AdProduct, ...], Field(min_length=1)]
    reward: _Amount
    most_per_marketplace: _Amount
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    other_conditions: tuple[_Text, ...] = ()

    @property
    def opening(self) -> datetime:
        """When the window opens, in UTC."""
        return self._moment(self.opens)

    @property
    def closing(self) -> datetime:
        """When the window closes, in UTC."""
        return self._moment(self.closes)

    @property
    def active_time(self) -> timedelta:
        """How long a campaign has to be active."""
        return timedelta(days=self.active_days)

    def is_open(self, moment: datetime) -> bool:
        """Tell whether *moment* is in the window."""
        return self.opening <= moment < self.closing

    def week_of(self, moment: datetime) -> date:
        """Name the week of *moment* by its first day."""
        return self._week(moment.astimezone(self.time_zone).date())

    def end_of(self, week: date) -> datetime:
        """Say when *week* is over: when the next one begins, or when the window closes in it."""
        return min(self._moment(datetime.combine(week + WEEK, time.min)), self.closing)

    def window_weeks(self) -> tuple[date, ...]:
        """Name the weeks that have a part of the window in them, in their order."""
        first = self._week(self.opens.date())
        last = self._week((self.closes - datetime.resolution).date())
        return tuple(first + WEEK * number for number in range((last - first) // WEEK + 1))

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "PromotionTerms":
        if self.closing <= self.opening:
            raise _broken("closes: must be later than opens")
        if self.opening + self.active_time > self.closing:
            raise _broken("active_days: the window is shorter than that")
        if self.weeks > len(self.window_weeks()):
            raise _broken(f"weeks: the window has {len(self.window_weeks())}")
        return self

    def _moment(self, local: datetime) -> datetime:
        # In UTC, since moments of one zone are compared and subtracted by what its clocks show.
        return local.replace(tzinfo=self.time_zone).astimezone(UTC)

    def _week(self, day: date) -> date:
        return day - timedelta(days=(day.weekday() - _WEEKDAYS.index(self.week_begins)) % 7)


def read_terms(text: str, *, source: str) -> PromotionTerms:
    """Read the TOML *text* of a promotion's terms; *source* names the file for people.

    Raises TermsError that names every field that is missing, unknown or wrong, and why.
    """
    try:
        return PromotionTerms.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(source, f"it is not TOML: {error}") from error
    except ValidationError as error:
        raise _unreadable(source, "; ".join(map(_sentence, error.errors()))) from error


def _unreadable(source: str, why: str) -> TermsError:
    return TermsError(f"reading the terms of a promotion from {source} failed: {why}")


def _sentence(finding: ErrorDetails) -> str:
    field = ".".join(str(part) for part in finding["loc"])
    return (f"{field}: " if field else "") + finding["msg"] + _HINTS.get(finding["type"], "")
