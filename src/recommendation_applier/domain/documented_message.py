"""A message that is as documented -> what it publishes, read in one go.

Nearly all messages are, and reading them would take more of the CPU than anything else that is done
with them. Here what is needed is checked while the text is parsed, and nothing is made of the rest;
the settings stay JSON. Whatever looks unusual in any way is left to `stream_message`, which knows
what to say about it.
"""

from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Annotated, Final

from msgspec import UNSET, Meta, Raw, Struct, UnsetType
from msgspec.json import Decoder
from pydantic import ValidationError

from recommendation_applier.domain.campaign_settings import NO_SETTINGS, CampaignSettings
from recommendation_applier.domain.dates import parse_date
from recommendation_applier.domain.delivery import Publication
from recommendation_applier.domain.marketplaces import code_of
from recommendation_applier.domain.recommendation import (
    MAX_LABEL_LENGTH,
    Advertiser,
    Recommendation,
    is_identifier,
    read_advertiser,
)
from recommendation_applier.domain.stream_message import DATASET, disagree

_Text = str | None
_Label = Annotated[str, Meta(min_length=1, max_length=MAX_LABEL_LENGTH)] | None

_NOTHING: Final = Raw(b"null")


class _Grouping(Struct, gc=False):
    grouping_type: _Label = None


class _Context(Struct, gc=False):
    grouping_context: _Grouping | None = None


class _Explanation(Struct, gc=False):
    recommendation_context: _Context | None = None


class _Body(Struct, gc=False):
    """What a message says of a recommendation, in both shapes."""

    recommendation_id: str
    advertiser_type: str
    recommendation_status: _Text = None
    marketplace_name: _Text = None
    published_date: _Text = None
    expiry_date: _Text = None
    type: _Label = None
    ad_product: _Label = None
    campaign_id: _Label = None
    recommendation_group: _Label = None
    explanation: _Explanation | None = None
    current_campaign_settings: Raw = _NOTHING
    recommended_campaign_settings: Raw = _NOTHING


class _Nested(Struct, gc=False):
    """The guide's envelope around `messageBody`."""

    advertiserId: str  # noqa: N815 - Amazon's names, here and below
    entityId: str  # noqa: N815
    messageBody: _Body  # noqa: N815
    marketplaceId: _Text = None  # noqa: N815
    datasetId: _Text = None  # noqa: N815
    partnerOpportunityId: _Text = None  # noqa: N815
    # What would make it another message, or say more, must not be there.
    marketplace_id: None = None
    dataset_id: None = None
    partner_opportunity_id: None = None
    kind: None = None  # as our own messages have
    Type: None = None  # as SNS envelopes have


class _Flat(_Body, kw_only=True, gc=False):
    """The dataset guide's flat object."""

    advertiser_id: str
    entity_id: str
    dataset_id: _Text = None
    marketplace_id: _Text = None
    partner_opportunity_id: _Text = None
    advertiserId: None = None  # noqa: N815
    entityId: None = None  # noqa: N815
    marketplaceId: None = None  # noqa: N815
    datasetId: None = None  # noqa: N815
    partnerOpportunityId: None = None  # noqa: N815
    messageBody: UnsetType = UNSET  # noqa: N815 - not even null: it would make a nested one
    kind: None = None
    Type: None = None


_NESTED: Final = Decoder(_Nested)
_FLAT: Final = Decoder(_Flat)


def read_documented(
    text: str, body: str, *, actionable_statuses: AbstractSet[str]
) -> Publication | None:
    """Read what *text* publishes, in either documented shape; None if it is not that plain.

    Promise: never raises; what it gives is what `read_stream_message` makes of the same message. It
    also takes what is nested deeper, and numbers that are longer, than other parsers read.
    """
    try:
        if '"messageBody"' in text:
            outer = _NESTED.decode(text)
            message, account = outer.messageBody, (outer.advertiserId, outer.entityId)
            marketplace_id, dataset = outer.marketplaceId, outer.datasetId
            opportunity = outer.partnerOpportunityId
        else:
            flat = message = _FLAT.decode(text)
            account = flat.advertiser_id, flat.entity_id
            marketplace_id, dataset = flat.marketplace_id, flat.dataset_id
            opportunity = flat.partner_opportunity_id
        advertiser = _advertiser(
            message.advertiser_type, *account, message.marketplace_name, marketplace_id
        )
        status = message.recommendation_status
        if (
            not (dataset is None or dataset == DATASET)
            or advertiser is None
            or not (status is None or status in actionable_statuses)
            or not is_identifier(message.recommendation_id)
            or not (opportunity is None or is_identifier(opportunity))
        ):
            return None
        published, expiry = message.published_date, message.expiry_date
        recommendation = Recommendation(
            message.recommendation_id,
            advertiser,
            None if published is None else parse_date(published),
            None if expiry is None else parse_date(expiry),
            opportunity,
            message.type,
            message.ad_product,
            message.campaign_id,
            message.recommendation_group,
            _grouping_type(message.explanation),
            _settings(message.current_campaign_settings, message.recommended_campaign_settings),
        )
    except (ValueError, RecursionError):  # msgspec's own are ValueErrors, as those about dates are
        return None
    return Publication(recommendation, body)


def _grouping_type(explanation: _Explanation | None) -> str | None:
    context = explanation.recommendation_context if explanation else None
    grouping = context.grouping_context if context else None
    return grouping.grouping_type if grouping else None


def _settings(current: Raw, recommended: Raw) -> CampaignSettings:
    if current is recommended is _NOTHING:
        return NO_SETTINGS
    return CampaignSettings(in_json=(current, recommended))


@lru_cache(maxsize=1_024)
def _advertiser(
    advertiser_type: str | None,
    advertiser_id: str | None,
    entity_id: str | None,
    marketplace: str | None,
    marketplace_id: str | None,
) -> Advertiser | None:
    """Read an account, once for all its messages; None if there is anything to say against it."""
    known = None if marketplace_id is None else code_of(marketplace_id)
    if marketplace is not None and disagree(marketplace, known):
        return None
    fields = {
        "advertiser_type": advertiser_type,
        "encrypted_advertiser_id": advertiser_id,
        "entity_id": entity_id,
        "marketplace": known if marketplace is None else marketplace,
    }
    try:
        return read_advertiser(fields)
    except ValidationError:
        return None
