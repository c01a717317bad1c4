"""One recommendation, strict on what an apply request needs and blind to the rest."""

from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import Raw
from pydantic import ValidationError

from recommendation_applier.domain.campaign_settings import NO_SETTINGS, CampaignSettings
from recommendation_applier.domain.recommendation import (
    Recommendation,
    read_advertiser,
    read_recommendation,
)
from tests.builders import EXPIRY, advertiser, recommendation

ID_RULE = "must be a string of 1 to 256 printable characters without spaces around it"
CODES = "AE AU BR CA DE EG ES FR GB IN IT JP MX NL PL SA SE SG TR UK US"


@pytest.mark.parametrize(
    "one", ["r", "a b", "amzn1.ads-partner1.opportunity.3f0c9c1e", "é", "x" * 256]
)
def test_an_id_is_kept_exactly_as_it_came(one: str) -> None:
    """Ids are opaque: any printable text of up to 256 characters is one."""
    assert recommendation(one).recommendation_id == one


@pytest.mark.parametrize(
    "one",
    [
        pytest.param("", id="empty"),
        pytest.param("   ", id="blank"),
        pytest.param(" rec", id="space-before"),
        pytest.param("rec ", id="space-after"),
        pytest.param("rec\n", id="line-end"),
        pytest.param("re\tc", id="tab"),
        pytest.param("re\u200bc", id="invisible"),
        pytest.param("re\x00c", id="nul"),
        pytest.param("x" * 257, id="too-long"),
        pytest.param(7, id="number"),
        pytest.param(["rec"], id="array"),
        pytest.param(b"rec", id="bytes"),
    ],
)
@pytest.mark.parametrize("name", ["recommendation_id", "partner_opportunity_id"])
def test_an_id_that_breaks_its_rule_is_refused(name: str, one: Any) -> None:
    """Blank, unprintable, too long, or not text at all."""
    with pytest.raises(ValidationError, match=ID_RULE):
        recommendation(**{"recommendation_id": "rec-1", name: one})


@pytest.mark.parametrize("name", ["encrypted_advertiser_id", "entity_id"])
def test_the_ids_of_an_account_follow_the_same_rule(name: str) -> None:
    """An account without one of its ids is refused."""
    with pytest.raises(ValidationError, match=ID_RULE):
        read_advertiser({**asdict(advertiser()), name: ""})


@pytest.mark.parametrize("code", CODES.split())
def test_an_account_is_in_a_marketplace_that_can_be_applied_to(code: str) -> None:
    """All 21 codes are kept as they came."""
    assert advertiser(marketplace=code).marketplace == code


@pytest.mark.parametrize("code", ["BE", "CL", "CN", "CO", "IE", "NG", "ZA", "us", "USA"])
def test_an_account_elsewhere_is_refused(code: str) -> None:
    """The rule names every code that would do."""
    with pytest.raises(ValidationError, match=f"can be applied to: {CODES} "):
        advertiser(marketplace=code)


@pytest.mark.parametrize("advertiser_type", ["SELLER", "VENDOR"])
def test_an_account_is_a_seller_or_a_vendor(advertiser_type: str) -> None:
    """Both types are kept as they came."""
    assert advertiser(advertiser_type=advertiser_type).advertiser_type == advertiser_type


@pytest.mark.parametrize("advertiser_type", ["", "seller", "AGENCY", "SELLER_CENTRAL_ENTITY"])
def test_there_is_no_other_type_of_account(advertiser_type: str) -> None:
    """A word that the apply request does not know is refused."""
    with pytest.raises(ValidationError, match="must be SELLER or VENDOR"):
        advertiser(advertiser_type=advertiser_type)


def test_accounts_are_the_same_by_all_four_values() -> None:
    """An account is part of a key: equal values are one account, any difference makes another."""
    accounts = {
        advertiser(1),
        advertiser(1),
        advertiser(2),
        advertiser(1, advertiser_type="VENDOR"),
        advertiser(1, marketplace="CA"),
        replace(advertiser(1), entity_id="ENTITY"),
    }

    assert len(accounts) == 5


def test_an_account_names_itself_by_its_ids_and_marketplace() -> None:
    """Logs and dead letters show what an operator searches for."""
    assert str(advertiser(7)) == "A0000000000007 (ENTITY0000000000007, US)"


@pytest.mark.parametrize(
    "name", ["type", "ad_product", "campaign_id", "recommendation_group", "grouping_type"]
)
@pytest.mark.parametrize("value", ["", None, 7, [], {}, True], ids=repr)
def test_a_label_that_is_no_text_is_absent(name: str, value: Any) -> None:
    """What is only shown or filtered by never makes a recommendation unusable."""
    assert getattr(recommendation(**{name: value}), name) is None


@pytest.mark.parametrize(
    "name", ["type", "ad_product", "campaign_id", "recommendation_group", "grouping_type"]
)
def test_a_label_may_be_any_text(name: str) -> None:
    """A word that Amazon adds tomorrow is kept as it came."""
    assert getattr(recommendation(**{name: "A_NEW_WORD"}), name) == "A_NEW_WORD"


def test_a_label_is_cut_at_128_characters() -> None:
    """A dead letter of 100 recommendations always fits into an SQS message."""
    assert recommendation(type="x" * 128).type == "x" * 128
    assert recommendation(type="x" * 129).type == "x" * 128


def test_a_field_that_amazon_adds_is_ignored() -> None:
    """An unknown field breaks nothing."""
    assert recommendation(confidence="high") == recommendation()


def test_only_the_id_and_the_account_are_needed() -> None:
    """Everything else may be absent."""
    bare = Recommendation(recommendation_id="rec-1", advertiser=advertiser())

    assert {getattr(bare, each.name) for each in fields(bare)[2:-1]} == {None}
    assert bare.settings is NO_SETTINGS
    assert read_recommendation({"recommendation_id": "rec-1", "advertiser": advertiser()}) == bare


def test_an_account_may_still_be_fields() -> None:
    """It is read with the rest, and what is wrong with it is told with the rest."""
    named = {"recommendation_id": "rec-1", "advertiser": asdict(advertiser())}

    assert read_recommendation(named).advertiser == advertiser()
    with pytest.raises(ValidationError, match="must be SELLER or VENDOR"):
        read_recommendation({**named, "advertiser": {"advertiser_type": "AGENCY"}})


@pytest.mark.parametrize("settings", [None, {}, {"bid": 1}, "{}"], ids=repr)
def test_settings_are_read_by_nobody_else(settings: object) -> None:
    """Whoever reads a recommendation has made CampaignSettings of what it says of them."""
    with pytest.raises(ValidationError, match="instance of CampaignSettings"):
        recommendation(settings=settings)


def test_settings_are_kept_as_they_came() -> None:
    """The very same: those that are JSON are not read."""
    settings = CampaignSettings(in_json=(Raw("{}"), Raw("null")))

    assert recommendation(settings=settings).settings is settings


def test_a_moment_that_has_been_read_stays_itself() -> None:
    """A recommendation can be made of another one's fields."""
    one = recommendation()

    assert read_recommendation({each.name: getattr(one, each.name) for each in fields(one)}) == one


def test_dates_are_read_in_amazons_notations() -> None:
    """A date becomes a moment in UTC, whatever its notation."""
    one = recommendation(published_date="2026-09-18T17:11:14 UTC", expiry_date=1789751474000000)

    assert one.published_date == one.expiry_date == datetime(2026, 9, 18, 17, 11, 14, tzinfo=UTC)


@pytest.mark.parametrize("name", ["published_date", "expiry_date"])
def test_a_date_that_is_none_is_refused(name: str) -> None:
    """A date in an unknown notation is not guessed at."""
    with pytest.raises(ValidationError, match="must be a date such as '2026-09-18T17:11:14 UTC'"):
        recommendation(**{name: "soon"})


@pytest.mark.parametrize(
    ("expiry_date", "now", "expired"),
    [
        pytest.param(EXPIRY, EXPIRY - timedelta(microseconds=1), False, id="just-before"),
        pytest.param(EXPIRY, EXPIRY, True, id="at-that-moment"),
        pytest.param(EXPIRY, EXPIRY + timedelta(microseconds=1), True, id="just-after"),
        pytest.param(None, datetime.max.replace(tzinfo=UTC), False, id="without-a-date"),
    ],
)
def test_a_recommendation_expires_at_its_date(
    expiry_date: datetime | None,
    now: datetime,
    expired: bool,  # noqa: FBT001
) -> None:
    """It may be applied until its expiry date, and for ever without one."""
    assert recommendation(expiry_date=expiry_date).is_expired(now) is expired
