"""The codes that an apply request knows, and the ids that stand for them."""

import pytest

from recommendation_applier.domain.marketplaces import (
    APPLICABLE_MARKETPLACES,
    MARKETPLACES,
    code_of,
    one_code,
)

APPLICABLE = {
    "A2VIGQ35RCS4UG": "AE",
    "A39IBJ37TRP1C6": "AU",
    "A2Q3Y263D00KWC": "BR",
    "A2EUQ1WTGCTBG2": "CA",
    "A1PA6795UKMFR9": "DE",
    "ARBP9OOSHTCHU": "EG",
    "A1RKKUPIHCS9HS": "ES",
    "A13V1IB3VIYZZH": "FR",
    "A21TJRUUN4KGV": "IN",
    "APJ6JRA9NG5V4": "IT",
    "A1VC38T7YXB528": "JP",
    "A1AM78C64UM0Y8": "MX",
    "A1805IZSGTT6HS": "NL",
    "A1C3SOZRARQ6R3": "PL",
    "A17E79C6D8DWNP": "SA",
    "A2NODRKZP88ZB9": "SE",
    "A19VAU5U5O7RUS": "SG",
    "A33AVAJ2PDY3EV": "TR",
    "A1F83G8C2ARO7P": "UK",
    "ATVPDKIKX0DER": "US",
}
NOT_APPLICABLE = {
    "AMEN7PMS3EDWL": "BE",
    "A2WDZJZ5TCRMLH": "CL",
    "AAHKV2X7AFYLW": "CN",
    "A1ZXRLSQW2V54D": "CO",
    "A28R8C7NBKEWEA": "IE",
    "A3OCL2LJ6GDH9T": "NG",
    "AE08WJ6YKNBMC": "ZA",
}


def test_an_apply_request_knows_21_codes() -> None:
    """The codes are those of the OpenAPI file; the United Kingdom has two."""
    codes = "AE AU BR CA DE EG ES FR GB IN IT JP MX NL PL SA SE SG TR UK US"

    assert sorted(APPLICABLE_MARKETPLACES) == codes.split()


@pytest.mark.parametrize(("marketplace_id", "code"), APPLICABLE.items())
def test_an_id_stands_for_its_code(marketplace_id: str, code: str) -> None:
    """Each of the 20 marketplaces that can be applied to is known by its id."""
    assert code_of(marketplace_id) == code
    assert code in APPLICABLE_MARKETPLACES


@pytest.mark.parametrize(("marketplace_id", "code"), NOT_APPLICABLE.items())
def test_some_marketplaces_are_known_but_cannot_be_applied_to(
    marketplace_id: str, code: str
) -> None:
    """Amazon sells ads there, and the apply request has no code for them."""
    assert code_of(marketplace_id) == code
    assert code not in APPLICABLE_MARKETPLACES


def test_every_code_but_the_second_of_the_united_kingdom_has_an_id() -> None:
    """An id is read as UK; GB is only ever somebody's own word."""
    assert set(APPLICABLE.values()) | {"GB"} == APPLICABLE_MARKETPLACES


@pytest.mark.parametrize("marketplace_id", ["", "US", "ATVPDKIKX0DE", "atvpdkikx0der"])
def test_an_unknown_id_stands_for_nothing(marketplace_id: str) -> None:
    """Ids are compared exactly and never guessed at."""
    assert code_of(marketplace_id) is None


def test_every_marketplace_counts_by_one_code() -> None:
    """What is done under GB is done in the United Kingdom."""
    assert {code: one_code(code) for code in APPLICABLE_MARKETPLACES if one_code(code) != code} == {
        "GB": "UK"
    }
    assert {*APPLICABLE.values(), *NOT_APPLICABLE.values()} == MARKETPLACES
