"""Both documented shapes of the Stream dataset, and every reason why a message cannot be used."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any

import pytest

from recommendation_applier.domain.campaign_settings import CampaignSettings
from recommendation_applier.domain.dates import parse_date
from recommendation_applier.domain.delivery import (
    Content,
    NotForUs,
    Publication,
    Rejection,
    Withdrawal,
)
from recommendation_applier.domain.reasons import DeadLetterReason, NotApplicableReason
from recommendation_applier.domain.recommendation import Advertiser, Recommendation
from recommendation_applier.domain.stream_message import (
    looks_like_stream_message,
    read_stream_message,
    shorten,
)
from tests.builders import flat_message, stream_message
from tests.unit.domain.test_marketplaces import APPLICABLE, NOT_APPLICABLE

PUBLISHED = frozenset({"PUBLISHED"})
BODY = "the text it came from"
CODES = "AE AU BR CA DE EG ES FR GB IN IT JP MX NL PL SA SE SG TR UK US"
ID_RULE = "must be a string of 1 to 256 printable characters without spaces around it"
TYPE_RULE = "must be SELLER or VENDOR"
MARKETPLACE_RULE = f"must be one of the marketplaces that can be applied to: {CODES}"
DATE_RULE = (
    "must be a date such as '2026-09-18T17:11:14 UTC', '2026-09-18T17:11:14.000Z', "
    "or an epoch in seconds, milliseconds or microseconds"
)

Change = Callable[[Any], dict[str, Any]]


def read(message: dict[str, Any], *, actionable: AbstractSet[str] = PUBLISHED) -> Content:
    """Read *message* as if it had come alone."""
    return read_stream_message(message, BODY, actionable_statuses=actionable)


def invalid(message: str) -> Rejection:
    """Say what a message that breaks a rule turns into."""
    return Rejection(DeadLetterReason.INVALID_MESSAGE, message, BODY)


def in_message_body(name: str) -> Change:
    """Change a field of `messageBody`."""
    return lambda value: stream_message(**{name: value})


def in_envelope(name: str) -> Change:
    """Change a field beside `messageBody`."""
    return lambda value: stream_message(envelope={name: value})


def in_flat(name: str) -> Change:
    """Change a field of the flat shape."""
    return lambda value: flat_message(**{name: value})


def published(message: dict[str, Any], *, actionable: AbstractSet[str] = PUBLISHED) -> Publication:
    """Read a *message* that is expected to be a publication."""
    content = read(message, actionable=actionable)
    assert isinstance(content, Publication), content
    return content


IDS = [
    pytest.param(in_message_body("recommendation_id"), "messageBody.recommendation_id", id="rec"),
    pytest.param(in_envelope("advertiserId"), "advertiserId", id="advertiser"),
    pytest.param(in_envelope("entityId"), "entityId", id="entity"),
    pytest.param(in_message_body("marketplace_name"), "messageBody.marketplace_name", id="place"),
    pytest.param(in_flat("recommendation_id"), "recommendation_id", id="rec-flat"),
    pytest.param(in_flat("advertiser_id"), "advertiser_id", id="advertiser-flat"),
    pytest.param(in_flat("entity_id"), "entity_id", id="entity-flat"),
    pytest.param(in_flat("marketplace_name"), "marketplace_name", id="place-flat"),
]
TYPES = [
    pytest.param(in_message_body("advertiser_type"), "messageBody.advertiser_type", id="nested"),
    pytest.param(in_flat("advertiser_type"), "advertiser_type", id="flat"),
]
DATES = [
    pytest.param(in_message_body("published_date"), "messageBody.published_date", id="published"),
    pytest.param(in_message_body("expiry_date"), "messageBody.expiry_date", id="expiry"),
    pytest.param(in_flat("published_date"), "published_date", id="published-flat"),
    pytest.param(in_flat("expiry_date"), "expiry_date", id="expiry-flat"),
]
WRONG_VALUES = [
    pytest.param("", "is ''", id="empty"),
    pytest.param("   ", "is '   '", id="blank"),
    pytest.param(5, "is 5", id="number"),
    pytest.param(True, "is True", id="true"),
    pytest.param(["US"], "is ['US']", id="array"),
    pytest.param({"a": 1}, "is {'a': 1}", id="object"),
]


@pytest.mark.parametrize("message", [stream_message(), flat_message()], ids=["nested", "flat"])
def test_both_shapes_say_the_same(message: dict[str, Any]) -> None:
    """The guide's envelope and the dataset's flat object give one recommendation."""
    publication = published(message)

    assert publication.body == BODY
    assert not publication.in_doubt
    assert publication.recommendation == Recommendation(
        recommendation_id="rec-1",
        advertiser=Advertiser(
            advertiser_type="SELLER",
            encrypted_advertiser_id="A0000000000001",
            entity_id="ENTITY0000000000001",
            marketplace="US",
        ),
        published_date=parse_date("2026-11-01T12:00:00Z"),
        expiry_date=parse_date("2099-11-15T12:00:00Z"),
        partner_opportunity_id=None,
        type="KEYWORD_BID",
        ad_product="SP",
        campaign_id="210000000000001",
        recommendation_group="sponsored-ads-campaign-diagnostics-recommendations-rec-a-018",
        grouping_type="INCREASE_BID_CONTEXTUAL",
        settings=CampaignSettings(
            {"budget": None, "ad_groups": [{"bid": 0.75}]},
            {"budget": None, "ad_groups": [{"bid": 0.9}]},
        ),
    )


def test_a_vendor_is_read_like_a_seller() -> None:
    """Both types of account are applied for."""
    account = published(stream_message(advertiser_type="VENDOR")).recommendation.advertiser

    assert account.advertiser_type == "VENDOR"


def test_what_is_not_needed_does_not_matter() -> None:
    """New fields, new types and nonsense in what is only shown break nothing."""
    message = stream_message(
        envelope={"eventTimestamp": [], "newField": {}},
        type="A_NEW_TYPE",
        entity_type=5,
        ad_product={},
        campaign_id=211302794061744,
        recommendation_group=[],
        recommended_campaign_settings="?",
        new_field=1,
    )

    recommendation = published(message).recommendation

    assert recommendation.type == "A_NEW_TYPE"
    assert recommendation.ad_product is None
    assert recommendation.campaign_id is None
    assert recommendation.recommendation_group is None


@pytest.mark.parametrize("absent", [..., None], ids=["absent", "null"])
@pytest.mark.parametrize("name", ["published_date", "expiry_date"])
def test_dates_may_be_missing(name: str, absent: Any) -> None:
    """No date at all is no reason to refuse a recommendation."""
    assert getattr(published(stream_message(**{name: absent})).recommendation, name) is None


@pytest.mark.parametrize(
    "explanation",
    [
        pytest.param(..., id="absent"),
        pytest.param(None, id="null"),
        pytest.param("text", id="text"),
        pytest.param({}, id="empty"),
        pytest.param({"recommendation_context": None}, id="no-context"),
        pytest.param({"recommendation_context": {"grouping_context": []}}, id="odd-grouping"),
        pytest.param(
            {"recommendation_context": {"grouping_context": {"grouping_type": 5}}}, id="odd-type"
        ),
    ],
)
def test_the_grouping_type_may_be_missing_at_any_depth(explanation: Any) -> None:
    """It is a label, so whatever stands in its way leaves it absent."""
    assert published(stream_message(explanation=explanation)).recommendation.grouping_type is None


# --- Required fields -----------------------------------------------------------------------------


@pytest.mark.parametrize("absent", [..., None], ids=["absent", "null"])
@pytest.mark.parametrize(("change", "field"), [one for one in IDS if "place" not in str(one.id)])
def test_an_id_that_is_missing_is_named(change: Change, field: str, absent: Any) -> None:
    """Absent and null are the same: the rejection says which field is missing, and its rule."""
    assert read(change(absent)) == invalid(f"{field} is missing; it {ID_RULE}")


@pytest.mark.parametrize(("value", "state"), WRONG_VALUES)
@pytest.mark.parametrize(("change", "field"), IDS)
def test_an_id_that_breaks_its_rule_is_shown(
    change: Change, field: str, value: Any, state: str
) -> None:
    """The rejection says field, value and rule."""
    assert read(change(value)) == invalid(f"{field} {state}; it {ID_RULE}")


@pytest.mark.parametrize(("change", "field"), IDS)
def test_an_id_that_is_too_long_is_shown_shortened(change: Change, field: str) -> None:
    """257 characters are one too many, and 60 of them are shown."""
    assert read(change("x" * 257)) == invalid(
        f"{field} is '{'x' * 60}' and 197 more characters; it {ID_RULE}"
    )


@pytest.mark.parametrize("absent", [..., None], ids=["absent", "null"])
@pytest.mark.parametrize(("change", "field"), TYPES)
def test_a_missing_advertiser_type_is_named(change: Change, field: str, absent: Any) -> None:
    """Nothing else tells whether an account is a seller or a vendor."""
    assert read(change(absent)) == invalid(f"{field} is missing; it {TYPE_RULE}")


@pytest.mark.parametrize(
    ("value", "state"),
    [
        *WRONG_VALUES,
        pytest.param("seller", "is 'seller'", id="lower-case"),
        pytest.param("AGENCY", "is 'AGENCY'", id="other-word"),
        pytest.param("V" * 61, f"is '{'V' * 60}' and 1 more characters", id="long"),
    ],
)
@pytest.mark.parametrize(("change", "field"), TYPES)
def test_an_unknown_advertiser_type_is_shown(
    change: Change, field: str, value: Any, state: str
) -> None:
    """Only SELLER and VENDOR can be applied for."""
    assert read(change(value)) == invalid(f"{field} {state}; it {TYPE_RULE}")


@pytest.mark.parametrize(
    ("value", "state"),
    [
        *WRONG_VALUES[:2],
        *WRONG_VALUES[3:],
        pytest.param("soon", "is 'soon'", id="word"),
        pytest.param(10**400, f"is 1{'0' * 59}…", id="number-beyond-any-date"),
    ],
)
@pytest.mark.parametrize(("change", "field"), DATES)
def test_an_unknown_date_is_shown(change: Change, field: str, value: Any, state: str) -> None:
    """A date that cannot be read is never taken for no date."""
    assert read(change(value)) == invalid(f"{field} {state}; it {DATE_RULE}")


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """One sentence for each field, so that nobody mends them one by one."""
    message = stream_message(envelope={"entityId": ""}, expiry_date="soon")

    assert read(message) == invalid(
        f"entityId is ''; it {ID_RULE}; messageBody.expiry_date is 'soon'; it {DATE_RULE}"
    )


@pytest.mark.parametrize("value", [None, "text", [], 5], ids=repr)
def test_a_message_body_that_is_no_object_is_refused(value: Any) -> None:
    """Without an object there is no recommendation to read."""
    assert read(stream_message(envelope={"messageBody": value})) == invalid(
        f"messageBody is {shorten(value)}; it must be an object"
    )


# --- Marketplaces --------------------------------------------------------------------------------


@pytest.mark.parametrize("marketplace_id", [..., None, "A0UNKNOWN", 5], ids=repr)
@pytest.mark.parametrize("code", CODES.split())
def test_all_21_codes_are_read(code: str, marketplace_id: Any) -> None:
    """A name needs no id beside it, and an id that is not known does not contradict it."""
    message = stream_message(envelope={"marketplaceId": marketplace_id}, marketplace_name=code)

    assert published(message).recommendation.advertiser.marketplace == code


@pytest.mark.parametrize(("marketplace_id", "code"), APPLICABLE.items())
def test_an_id_stands_in_for_a_missing_name(marketplace_id: str, code: str) -> None:
    """Where `marketplace_name` is absent or null, the code is derived in both shapes."""
    messages = [
        stream_message(envelope={"marketplaceId": marketplace_id}, marketplace_name=...),
        stream_message(envelope={"marketplaceId": marketplace_id}, marketplace_name=None),
        flat_message(marketplace_id=marketplace_id, marketplace_name=...),
    ]

    assert {published(one).recommendation.advertiser.marketplace for one in messages} == {code}


@pytest.mark.parametrize(("marketplace_id", "code"), APPLICABLE.items())
def test_a_name_and_its_own_id_agree(marketplace_id: str, code: str) -> None:
    """Both may be there."""
    message = stream_message(envelope={"marketplaceId": marketplace_id}, marketplace_name=code)

    assert published(message).recommendation.advertiser.marketplace == code


@pytest.mark.parametrize("code", ["UK", "GB"])
def test_the_united_kingdom_has_two_names_for_one_id(code: str) -> None:
    """Both names agree with the id, and the one that was given is sent."""
    message = stream_message(envelope={"marketplaceId": "A1F83G8C2ARO7P"}, marketplace_name=code)

    assert published(message).recommendation.advertiser.marketplace == code


@pytest.mark.parametrize(
    ("code", "marketplace_id", "other"),
    [
        ("DE", "ATVPDKIKX0DER", "US"),
        ("US", "A1PA6795UKMFR9", "DE"),
        ("US", "A1F83G8C2ARO7P", "UK"),
        ("UK", "ATVPDKIKX0DER", "US"),
        ("GB", "ATVPDKIKX0DER", "US"),
        ("US", "AMEN7PMS3EDWL", "BE"),
    ],
)
def test_a_name_and_an_id_that_disagree_are_refused(
    code: str, marketplace_id: str, other: str
) -> None:
    """Nobody guesses which of the two Amazon meant."""
    message = stream_message(envelope={"marketplaceId": marketplace_id}, marketplace_name=code)

    assert read(message) == invalid(
        f"marketplace_name is '{code}' but marketplaceId '{marketplace_id}' is {other}; "
        "the two must agree"
    )


@pytest.mark.parametrize(("marketplace_id", "code"), NOT_APPLICABLE.items())
def test_a_marketplace_that_cannot_be_applied_to_is_refused_for_good(
    marketplace_id: str, code: str
) -> None:
    """Named or derived, it has a reason of its own."""
    refused = Rejection(
        DeadLetterReason.UNSUPPORTED_MARKETPLACE,
        f"messageBody.marketplace_name is '{code}'; it {MARKETPLACE_RULE}",
        BODY,
    )
    named = stream_message(envelope={"marketplaceId": ...}, marketplace_name=code)
    derived = stream_message(envelope={"marketplaceId": marketplace_id}, marketplace_name=...)
    both = stream_message(envelope={"marketplaceId": marketplace_id}, marketplace_name=code)

    assert [read(one) for one in (named, derived, both)] == [refused] * 3


def test_an_id_that_is_not_known_needs_a_name_beside_it() -> None:
    """Without a name, an unknown id is a marketplace that nobody can apply to."""
    message = stream_message(envelope={"marketplaceId": "A0UNKNOWN"}, marketplace_name=...)

    assert read(message) == Rejection(
        DeadLetterReason.UNSUPPORTED_MARKETPLACE,
        "marketplaceId is 'A0UNKNOWN', which is not known, and there is no marketplace_name",
        BODY,
    )


@pytest.mark.parametrize("marketplace_id", [..., None, "", "  ", 5, []], ids=repr)
def test_a_message_without_any_marketplace_is_invalid(marketplace_id: Any) -> None:
    """No name and no id to derive it from: the field is missing."""
    message = stream_message(envelope={"marketplaceId": marketplace_id}, marketplace_name=...)

    assert read(message) == invalid(f"messageBody.marketplace_name is missing; it {ID_RULE}")


def test_an_invalid_message_is_not_excused_by_its_marketplace() -> None:
    """UNSUPPORTED_MARKETPLACE says that nothing else is wrong."""
    message = stream_message(
        envelope={"marketplaceId": ...}, marketplace_name="BE", expiry_date="soon"
    )

    assert read(message) == invalid(
        f"messageBody.marketplace_name is 'BE'; it {MARKETPLACE_RULE}; "
        f"messageBody.expiry_date is 'soon'; it {DATE_RULE}"
    )


# --- Status --------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["PUBLISHED", None, ...], ids=repr)
@pytest.mark.parametrize("shape", [stream_message, flat_message], ids=["nested", "flat"])
def test_an_actionable_or_absent_status_is_a_publication(
    shape: Callable[..., dict[str, Any]], status: Any
) -> None:
    """PUBLISHED, null and no status at all may be applied."""
    assert isinstance(read(shape(recommendation_status=status)), Publication)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("REMOVED", NotApplicableReason.REMOVED),
        ("REJECTED", NotApplicableReason.REJECTED),
        ("APPLY_SUCCESS", NotApplicableReason.APPLIED_ELSEWHERE),
        ("SUCCESS", NotApplicableReason.APPLIED_ELSEWHERE),
        ("APPLY_IN_PROGRESS", NotApplicableReason.BEING_APPLIED_ELSEWHERE),
        ("IN_PROGRESS", NotApplicableReason.BEING_APPLIED_ELSEWHERE),
    ],
)
@pytest.mark.parametrize("shape", [stream_message, flat_message], ids=["nested", "flat"])
def test_a_settled_status_is_a_withdrawal(
    shape: Callable[..., dict[str, Any]], status: str, reason: NotApplicableReason
) -> None:
    """Removed, rejected, applied or being applied: nothing is asked of us."""
    assert read(shape(recommendation_status=status)) == Withdrawal(
        "rec-1", parse_date("2026-11-01T12:00:00Z"), reason, BODY, account="A0000000000001"
    )


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("FAILED", "'FAILED'"),
        ("APPLY_FAILED", "'APPLY_FAILED'"),
        ("published", "'published'"),
        (" PUBLISHED", "' PUBLISHED'"),
        ("", "''"),
        (False, "False"),
        (0, "0"),
        (["PUBLISHED"], "['PUBLISHED']"),
        ({"PUBLISHED": 1}, "{'PUBLISHED': 1}"),
    ],
)
def test_any_other_status_is_never_guessed_at(status: Any, shown: str) -> None:
    """A status that is neither actionable nor known to be settled waits for an operator."""
    assert read(stream_message(recommendation_status=status)) == Rejection(
        DeadLetterReason.UNKNOWN_STATUS,
        f"recommendation_status is {shown}; it is neither actionable "
        "(parameter ActionableStatuses) nor known to be settled",
        BODY,
    )


def test_an_operator_says_which_statuses_are_actionable() -> None:
    """A status of the parameter's list is applied, even one that would be settled or unknown."""
    actionable = {"REJECTED", "NEW_WORD"}

    for status in actionable:
        published(stream_message(recommendation_status=status), actionable=actionable)
    assert read(stream_message(recommendation_status="PUBLISHED"), actionable=actionable) == (
        Rejection(
            DeadLetterReason.UNKNOWN_STATUS,
            "recommendation_status is 'PUBLISHED'; it is neither actionable "
            "(parameter ActionableStatuses) nor known to be settled",
            BODY,
        )
    )


def test_of_a_withdrawal_only_the_id_and_the_date_are_read() -> None:
    """A removal counts, whatever became of the rest of its message."""
    message = stream_message(
        envelope={"advertiserId": None, "entityId": 5, "marketplaceId": "?"},
        recommendation_status="REMOVED",
        advertiser_type="?",
        marketplace_name=["?"],
        expiry_date="?",
        published_date=None,
    )

    assert read(message) == Withdrawal("rec-1", None, NotApplicableReason.REMOVED, BODY)


@pytest.mark.parametrize("date", [..., None, "", "soon", True, [], 10**400], ids=range(7))
def test_a_withdrawal_without_a_readable_date_has_none(date: Any) -> None:
    """It then takes back every publication: a removal is never lost over its date."""
    content = read(stream_message(recommendation_status="REMOVED", published_date=date))

    assert isinstance(content, Withdrawal)
    assert content.published_date is None


@pytest.mark.parametrize(
    ("value", "account"),
    [(..., None), ("", ""), ([], None), ("x" * 256, "x" * 256), ("x" * 257, "x" * 256)],
    ids=["absent", "empty", "array", "long", "too-long"],
)
def test_a_withdrawal_names_its_account_as_far_as_it_can(value: Any, account: str | None) -> None:
    """The account is for people only, so nothing in its place does harm."""
    content = read(
        stream_message(envelope={"advertiserId": value}, recommendation_status="REMOVED")
    )

    assert isinstance(content, Withdrawal)
    assert content.account == account


@pytest.mark.parametrize(
    ("value", "state"), [*WRONG_VALUES, pytest.param(None, "is missing", id="null")]
)
def test_a_withdrawal_that_names_nothing_is_invalid(value: Any, state: str) -> None:
    """Without an id nobody knows what was taken back."""
    message = stream_message(recommendation_status="REMOVED", recommendation_id=value)

    assert read(message) == invalid(f"messageBody.recommendation_id {state}; it {ID_RULE}")


def test_a_withdrawal_without_the_field_of_its_id_is_invalid() -> None:
    """An absent id is named like any other missing field."""
    changes: dict[str, Any] = {"recommendation_status": "REMOVED", "recommendation_id": ...}

    content = read(stream_message(**changes))

    assert isinstance(content, Rejection)
    assert content.reason is DeadLetterReason.INVALID_MESSAGE
    assert content.message.startswith("messageBody.recommendation_id is missing; ")


# --- Datasets ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        stream_message(envelope={"datasetId": "sp-traffic"}),
        flat_message(dataset_id="sp-traffic"),
        {"dataset_id": "sp-traffic", "impressions": 5},
        {"datasetId": "sp-traffic", "messageBody": None},
    ],
    ids=["nested", "flat", "real", "odd"],
)
def test_another_dataset_is_none_of_our_business(message: dict[str, Any]) -> None:
    """One queue may serve many datasets: theirs are let go, whatever they hold."""
    assert read(message) == NotForUs(NotApplicableReason.OTHER_DATASET, "'sp-traffic'")


@pytest.mark.parametrize("dataset", [..., None, 5], ids=repr)
@pytest.mark.parametrize(
    "change", [in_envelope("datasetId"), in_flat("dataset_id")], ids=["nested", "flat"]
)
def test_a_message_that_names_no_dataset_is_read_as_ours(change: Change, dataset: Any) -> None:
    """A missing name loses no recommendation."""
    assert isinstance(read(change(dataset)), Publication)


@pytest.mark.parametrize("key", ["messageBody", "datasetId", "dataset_id", "recommendation_id"])
def test_a_stream_message_is_known_by_any_of_four_keys(key: str) -> None:
    """Both shapes, of any dataset, are told from what is no Stream message at all."""
    assert looks_like_stream_message({key: None})


def test_other_objects_are_no_stream_messages() -> None:
    """An object with none of the keys is something else."""
    assert not looks_like_stream_message({})
    assert not looks_like_stream_message({"Type": "Notification", "Message": "recommendation_id"})


# --- Values in sentences -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", "''"),
        ("x" * 60, f"'{'x' * 60}'"),
        ("x" * 61, f"'{'x' * 60}' and 1 more characters"),
        (None, "None"),
        (int("1" * 120), "1" * 120),
        (int("1" * 121), "1" * 60 + "…"),
        (["x" * 116], f"['{'x' * 116}']"),
        (["x" * 117], f"['{'x' * 58}…"),
    ],
    ids=range(8),
)
def test_a_value_is_shown_in_a_few_words(value: object, shown: str) -> None:
    """60 characters of a text, 120 of anything else unless it is cut to 60."""
    assert shorten(value) == shown


def test_the_account_of_a_message_is_its_envelopes() -> None:
    """`advertiserId` and `entityId` stand beside `messageBody`, never in it."""
    message = stream_message(account=7, advertiserId="A-other", entity_id="ENTITY-other")

    assert published(message).recommendation.advertiser == Advertiser(
        advertiser_type="SELLER",
        encrypted_advertiser_id="A0000000000007",
        entity_id="ENTITY0000000000007",
        marketplace="US",
    )
