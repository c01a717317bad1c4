"""Dead letters of ours that have come back, as they were written and as an operator edited them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import astuple, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.dead_letter import Reason, batch_letter, message_letter
from recommendation_applier.domain.delivery import Content, Publication, Rejection
from recommendation_applier.domain.own_messages import looks_like_dead_letter
from recommendation_applier.domain.reading import read_body
from recommendation_applier.domain.reasons import DeadLetterReason
from recommendation_applier.domain.recommendation import Recommendation
from tests.builders import NOW, OPPORTUNITY, advertiser, batch, body, recommendation

CODES = "AE AU BR CA DE EG ES FR GB IN IT JP MX NL PL SA SE SG TR UK US"
ID_RULE = "must be a string of 1 to 256 printable characters without spaces around it"
DATE_RULE = (
    "must be a date such as '2026-09-18T17:11:14 UTC', '2026-09-18T17:11:14.000Z', "
    "or an epoch in seconds, milliseconds or microseconds"
)

Edit = Callable[[Any], object]

labels = st.none() | st.text(min_size=1)
moments = st.none() | st.datetimes(
    min_value=datetime(1971, 1, 1), max_value=datetime(9999, 12, 31), timezones=st.just(UTC)  # noqa: DTZ001
)  # fmt: skip
accounts = st.builds(
    advertiser,
    st.integers(1, 3),
    advertiser_type=st.sampled_from(["SELLER", "VENDOR"]),
    marketplace=st.sampled_from(CODES.split()),
)


@st.composite
def batches(draw: st.DrawFn) -> ApplyBatch:
    """Draw a batch of one account, with anything that may be known of its members."""
    owner = draw(accounts)
    count = draw(st.integers(1, 4))
    members = tuple(
        recommendation(
            f"rec-{number}",
            advertiser=owner,
            published_date=draw(moments),
            expiry_date=draw(moments),
            type=draw(labels),
            ad_product=draw(labels),
            campaign_id=draw(labels),
            recommendation_group=draw(labels),
            grouping_type=draw(labels),
        )
        for number in range(count)
    )
    return ApplyBatch(draw(st.sampled_from(["PO-1", OPPORTUNITY])), owner, members)


def read(text: str) -> Sequence[Content]:
    """Read *text* as the function does by default."""
    return read_body(text, actionable_statuses=frozenset({"PUBLISHED"}))


def letter(
    one: ApplyBatch | None = None, code: DeadLetterReason = DeadLetterReason.APPLY_REFUSED
) -> str:
    """Write a batch letter."""
    written = one or batch("rec-1", "rec-2", "rec-3")
    return batch_letter(
        written,
        message_ids=dict.fromkeys(written.recommendation_ids, "message-1"),
        reason=Reason(code, "why"),
        attempts=1,
        failed_at=NOW,
    ).body


def edited(edit: Edit, text: str | None = None) -> str:
    """Write a batch letter, or take *text*, and let *edit* change its JSON."""
    value = json.loads(text or letter())
    edit(value)
    return json.dumps(value)


def recommendations(contents: Sequence[Content]) -> list[Recommendation]:
    """Take what may be applied out of *contents*, which hold nothing else."""
    found = [one.recommendation for one in contents if isinstance(one, Publication)]
    assert len(found) == len(contents)
    return found


def set_request(name: str, value: object) -> Edit:
    """Change an attribute of the request."""
    return lambda one: one["batch"]["request"].update({name: value})


def message(text: str, code: DeadLetterReason = DeadLetterReason.UNKNOWN_STATUS) -> str:
    """Write a message letter."""
    return message_letter(
        message_id="message-1", body=text, reason=Reason(code, "why"), attempts=1, failed_at=NOW
    ).body


# --- As they were written ------------------------------------------------------------------------


@given(one=batches(), code=st.sampled_from(DeadLetterReason))
def test_a_batch_letter_gives_back_what_was_put_in(one: ApplyBatch, code: DeadLetterReason) -> None:
    """Every recommendation comes back in order, under its opportunity, with all that was known."""
    text = letter(one, code)

    contents = read(text)

    assert recommendations(contents) == [
        replace(each, partner_opportunity_id=one.partner_opportunity_id)
        for each in one.recommendations
    ]
    assert {each.body for each in contents if isinstance(each, Publication)} == {text}


@given(text=st.text())
def test_a_message_letter_gives_back_its_body(text: str) -> None:
    """Whatever the body was, it is read as if it had just come."""
    assert read(message(text)) == read(text)


@pytest.mark.parametrize("code", DeadLetterReason)
def test_a_letter_about_a_lost_answer_is_in_doubt(code: DeadLetterReason) -> None:
    """Amazon is asked before such an id is sent again; other letters are clear."""
    lost = code in (DeadLetterReason.RETRIES_EXHAUSTED, DeadLetterReason.OUTCOME_UNKNOWN)

    doubts = [one.in_doubt for one in read(letter(code=code)) if isinstance(one, Publication)]

    assert doubts == [lost] * 3


def test_what_was_a_letter_says_that_it_came_back() -> None:
    """Of either kind, and whatever it is wrapped in; its neighbours do not."""
    contents = read(f"[{letter(batch('rec-1'))}, {message(body('rec-2'))}, {body('rec-3')}]")

    assert {
        one.recommendation.recommendation_id: one.came_back
        for one in contents
        if isinstance(one, Publication)
    } == {"rec-1": True, "rec-2": True, "rec-3": False}


def test_a_letter_may_come_back_in_any_wrapping() -> None:
    """An operator may send many letters at once, as an array."""
    text = f"[{letter(batch('rec-1'))}, {message(body('rec-2'))}]"

    assert [one.recommendation_id for one in recommendations(read(text))] == ["rec-1", "rec-2"]


# --- As an operator edited them ------------------------------------------------------------------


def test_ids_that_an_operator_took_out_stay_out() -> None:
    """The request decides; what is known of the others is not read."""
    text = edited(set_request("recommendationIds", ["rec-3", "rec-1"]))

    first, second = recommendations(read(text))

    assert first == recommendation("rec-3", partner_opportunity_id=OPPORTUNITY)
    assert second == recommendation("rec-1", partner_opportunity_id=OPPORTUNITY)


def test_an_id_that_an_operator_took_out_may_even_be_broken() -> None:
    """A date that nobody needs any more keeps nothing from being sent."""

    def edit(value: Any) -> None:
        value["batch"]["request"]["recommendationIds"] = ["rec-1"]
        value["batch"]["recommendations"][1]["expiryDate"] = "soon"

    assert [one.recommendation_id for one in recommendations(read(edited(edit)))] == ["rec-1"]


def test_an_id_that_an_operator_put_in_is_sent_with_nothing_known() -> None:
    """It has an account and an opportunity, and that is enough."""
    text = edited(set_request("recommendationIds", ["rec-9"]))

    assert recommendations(read(text)) == [
        Recommendation(
            recommendation_id="rec-9", advertiser=advertiser(), partner_opportunity_id=OPPORTUNITY
        )
    ]


@pytest.mark.parametrize(
    "edit",
    [
        lambda one: one["batch"].pop("recommendations"),
        lambda one: one["batch"].update(recommendations=[]),
    ],
    ids=["absent", "empty"],
)
def test_a_letter_needs_nothing_but_its_request(edit: Edit) -> None:
    """What is known of the ids may be lost."""
    found = recommendations(read(edited(edit)))

    assert [one.recommendation_id for one in found] == ["rec-1", "rec-2", "rec-3"]
    assert {one.expiry_date for one in found} == {None}


def test_of_an_id_nothing_but_the_id_need_be_known() -> None:
    """What is not written of a recommendation is absent."""
    text = edited(
        lambda one: one["batch"].update(recommendations=[{"recommendationId": "rec-1"}]),
        letter(batch("rec-1")),
    )

    assert recommendations(read(text)) == [
        Recommendation(
            recommendation_id="rec-1", advertiser=advertiser(), partner_opportunity_id=OPPORTUNITY
        )
    ]


def test_an_operator_may_change_account_and_opportunity() -> None:
    """The ids are then applied for under what the letter says now."""

    def edit(value: Any) -> None:
        value["batch"]["partnerOpportunityId"] = "PO-2"
        value["batch"]["request"].update(
            encryptedAdvertiserId="A-2",
            entityId="ENTITY-2",
            marketplace="GB",
            advertiserType="VENDOR",
        )

    found = recommendations(read(edited(edit)))

    assert {one.partner_opportunity_id for one in found} == {"PO-2"}
    assert {astuple(one.advertiser) for one in found} == {("VENDOR", "A-2", "ENTITY-2", "GB")}


def test_what_a_later_version_adds_is_ignored() -> None:
    """New fields break nothing, as long as the version is ours."""

    def edit(value: Any) -> None:
        value["note"] = 1
        value["reason"]["note"] = 1
        value["batch"]["note"] = 1
        value["batch"]["request"]["note"] = 1
        value["batch"]["recommendations"][0]["note"] = 1

    assert len(recommendations(read(edited(edit)))) == 3


# --- What cannot be read -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        pytest.param(
            lambda one: one.update(version=2), "version is 2; Input should be 1", id="version-2"
        ),
        pytest.param(
            lambda one: one.update(version="1"),
            "version is '1'; Input should be 1",
            id="version-as-text",
        ),
        pytest.param(
            lambda one: one.update(version=None),
            "version is missing; Input should be 1",
            id="version-null",
        ),
        pytest.param(
            lambda one: one.pop("batch"), "batch is missing; Field required", id="no-batch"
        ),
        pytest.param(
            lambda one: one["batch"].pop("request"),
            "request is missing; Field required",
            id="no-request",
        ),
        pytest.param(
            lambda one: one["reason"].pop("code"), "code is missing; Field required", id="no-code"
        ),
        pytest.param(
            lambda one: one["batch"].pop("partnerOpportunityId"),
            "partnerOpportunityId is missing; Field required",
            id="no-opportunity",
        ),
        pytest.param(
            lambda one: one["batch"].update(partnerOpportunityId=" "),
            f"partnerOpportunityId is ' '; it {ID_RULE}",
            id="blank-opportunity",
        ),
        pytest.param(
            lambda one: one["batch"]["request"].pop("recommendationIds"),
            "recommendationIds is missing; Field required",
            id="no-ids",
        ),
        pytest.param(
            set_request("recommendationIds", []),
            "recommendationIds is []; List should have at least 1 item after validation, not 0",
            id="empty-ids",
        ),
        pytest.param(
            set_request("encryptedAdvertiserId", ""),
            f"batch.request.encryptedAdvertiserId is ''; it {ID_RULE}",
            id="blank-advertiser",
        ),
        pytest.param(
            set_request("entityId", 5),
            f"batch.request.entityId is 5; it {ID_RULE}",
            id="odd-entity",
        ),
        *(
            pytest.param(
                lambda one, name=name: one["batch"]["request"].pop(name),
                f"batch.request.{name} is missing; it {ID_RULE}",
                id=f"no-{name}",
            )
            for name in ("encryptedAdvertiserId", "entityId", "marketplace")
        ),
        pytest.param(
            lambda one: one["batch"]["request"].pop("advertiserType"),
            "batch.request.advertiserType is missing; it must be SELLER or VENDOR",
            id="no-type",
        ),
        pytest.param(
            set_request("marketplace", ["US"]),
            f"batch.request.marketplace is ['US']; it {ID_RULE}",
            id="odd-marketplace",
        ),
        pytest.param(
            lambda one: one["batch"]["recommendations"][0].update(expiryDate="soon"),
            f"batch.recommendations.expiryDate is 'soon'; it {DATE_RULE}",
            id="odd-expiry",
        ),
        pytest.param(
            lambda one: one["batch"]["recommendations"][2].update(publishedDate=[]),
            f"batch.recommendations.publishedDate is []; it {DATE_RULE}",
            id="odd-date",
        ),
    ],
)
def test_a_batch_letter_that_cannot_be_read_is_kept_whole(edit: Edit, said: str) -> None:
    """Another version, or an edit that went wrong: it goes back as a message, with a sentence."""
    text = edited(edit)

    assert read(text) == (Rejection(DeadLetterReason.UNREADABLE_DEAD_LETTER, said, text),)


def test_an_odd_id_is_named_by_the_array_that_it_stands_in() -> None:
    """A number alone would not tell an operator where to look."""
    text = edited(set_request("recommendationIds", ["rec-1", 5]))

    (content,) = read(text)

    assert isinstance(content, Rejection)
    assert content.reason is DeadLetterReason.UNREADABLE_DEAD_LETTER
    assert content.message == f"recommendationIds is 5; it {ID_RULE}"


@pytest.mark.parametrize("code", ["BE", "CL", "CN", "CO", "IE", "NG", "ZA"])
def test_a_letter_of_an_unsupported_marketplace_keeps_that_reason(code: str) -> None:
    """Filters by reason find it whether it comes for the first time or back."""
    text = edited(set_request("marketplace", code))

    assert read(text) == (
        Rejection(
            DeadLetterReason.UNSUPPORTED_MARKETPLACE,
            f"batch.request.marketplace is '{code}'; it must be one of the marketplaces that can "
            f"be applied to: {CODES}",
            text,
        ),
    )


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        pytest.param(
            lambda one: one.update(version=2), "version is 2; Input should be 1", id="version-2"
        ),
        pytest.param(
            lambda one: one.pop("message"), "message is missing; Field required", id="no-message"
        ),
        pytest.param(
            lambda one: one["message"].pop("body"), "body is missing; Field required", id="no-body"
        ),
        pytest.param(
            lambda one: one["message"].update(body={}),
            "body is {}; Input should be a valid string",
            id="odd-body",
        ),
    ],
)
def test_a_message_letter_that_cannot_be_read_is_kept_whole(edit: Edit, said: str) -> None:
    """It is never dropped, and never taken for something else."""
    text = edited(edit, message(body()))

    assert read(text) == (Rejection(DeadLetterReason.UNREADABLE_DEAD_LETTER, said, text),)


def test_a_message_letter_needs_only_version_and_body() -> None:
    """Reason, attempts and time are for people."""
    text = json.dumps({"version": 1, "kind": "message", "reason": 0, "message": {"body": body()}})

    assert len(recommendations(read(text))) == 1


@pytest.mark.parametrize("kind", ["batch", "message"])
def test_a_letter_is_known_by_version_kind_and_reason(kind: str) -> None:
    """A letter of any version is one, so that none is taken for a Stream message."""
    whole = {"version": 7, "kind": kind, "reason": None}

    assert looks_like_dead_letter(whole)
    for name in whole:
        assert not looks_like_dead_letter({key: whole[key] for key in whole if key != name})


@pytest.mark.parametrize("kind", ["Batch", "held", None, [], {}], ids=repr)
def test_a_letter_of_another_kind_is_none_of_ours(kind: object) -> None:
    """Only batches and messages are ever dead-lettered."""
    assert not looks_like_dead_letter({"version": 1, "kind": kind, "reason": {}})
