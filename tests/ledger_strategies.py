"""Everything that the ledger may be asked to keep, for hypothesis to choose from."""

from datetime import UTC
from typing import Any, Final

from hypothesis import strategies as st

from recommendation_applier.domain.campaign_settings import CampaignSettings
from recommendation_applier.domain.dates import FOR_EVER
from recommendation_applier.domain.follow_up import ApplicationEnd, FollowUpState
from recommendation_applier.domain.ledger import (
    BatchRecord,
    Claim,
    DecidedBy,
    Entry,
    Tombstone,
    Verdict,
)
from recommendation_applier.domain.marketplaces import APPLICABLE_MARKETPLACES
from recommendation_applier.domain.reasons import NotApplicableReason
from recommendation_applier.domain.recommendation import (
    MAX_ID_LENGTH,
    MAX_LABEL_LENGTH,
    Advertiser,
    Recommendation,
)

_PRINTABLE: Final = st.characters(
    exclude_categories=["C", "Z"], include_characters="0123456789abcdef-#"
)

identifiers = st.text(_PRINTABLE, min_size=1, max_size=12) | st.text(
    _PRINTABLE, min_size=MAX_ID_LENGTH, max_size=MAX_ID_LENGTH
)
labels = st.none() | st.text(min_size=1, max_size=MAX_LABEL_LENGTH)
moments = st.datetimes(timezones=st.just(UTC)) | st.just(FOR_EVER)
seconds = moments.map(lambda moment: moment.replace(microsecond=0))
"""What is kept in whole seconds: `keptUntil` and `dueAt`."""

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
settings = st.none() | st.dictionaries(st.text(max_size=8), json_values, max_size=3)

advertisers = st.builds(
    Advertiser,
    advertiser_type=st.sampled_from(["SELLER", "VENDOR"]),
    encrypted_advertiser_id=identifiers,
    entity_id=identifiers,
    marketplace=st.sampled_from(sorted(APPLICABLE_MARKETPLACES)),
)
recommendations = st.builds(
    Recommendation,
    recommendation_id=identifiers,
    advertiser=advertisers,
    published_date=st.none() | moments,
    expiry_date=st.none() | moments,
    partner_opportunity_id=st.none() | identifiers,
    type=labels,
    ad_product=labels,
    campaign_id=labels,
    recommendation_group=labels,
    grouping_type=labels,
    settings=st.builds(CampaignSettings, settings, settings),
)
claims = st.builds(Claim, token=identifiers, claimed_at=moments, lease_ends=moments)
tombstones = st.builds(
    Tombstone, as_of=moments, reason=st.sampled_from(sorted(NotApplicableReason))
)
entries = st.builds(
    Entry,
    recommendation=recommendations,
    partner_opportunity_id=identifiers,
    decided_by=st.builds(
        DecidedBy,
        policy_version=st.none() | st.integers(1, 9_999),
        rule=st.none() | identifiers,
        released_by=st.none() | identifiers,
    ),
    claim=claims,
    kept_until=seconds,
)

_id_lists = st.lists(identifiers, max_size=4, unique=True).map(tuple)
follow_ups = st.builds(
    FollowUpState,
    pending=_id_lists,
    due=st.none() | seconds,
    checks=st.integers(0, 10_000),
    ended=st.dictionaries(identifiers, st.sampled_from(sorted(ApplicationEnd)), max_size=4),
    untold=_id_lists,
    campaign_ids=st.dictionaries(identifiers, identifiers, max_size=4),
)
records = st.builds(
    BatchRecord,
    token=identifiers,
    number=st.integers(0, 9_999),
    partner_opportunity_id=identifiers,
    advertiser=advertisers,
    verdicts=st.dictionaries(st.sampled_from(sorted(Verdict)), _id_lists),
    recorded_at=moments,
    kept_until=seconds,
    sent_at=st.none() | moments,
    http_status=st.none() | st.integers(100, 599),
    request_ids=st.lists(st.text(), max_size=3).map(tuple),
    answer=st.text(max_size=40),
    follow_up=st.none() | follow_ups,
)
