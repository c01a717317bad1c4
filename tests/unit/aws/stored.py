"""Documents as somebody else may have left them."""

from typing import Any, Final

from hypothesis import strategies as st

_NAMES: Final = (
    "pk", "sk", "recommendationId", "type", "publishedDate", "expiryDate", "encryptedAdvertiserId",
    "entityId", "marketplace", "advertiserType", "partnerOpportunityId", "policyVersion", "rule",
    "releasedBy", "claim", "held", "heldUntil", "heldAt", "heldReason", "heldDetail", "release",
    "claimedAt", "leaseEnds", "keptUntil", "settings", "withdrawnAsOf", "withdrawnReason",
    "verdicts", "recordedAt", "sentAt", "httpStatus", "requestIds", "answer", "followUp", "dueAt",
    "pending", "ended", "untold", "checks", "campaignIds",
)  # fmt: skip

_VALUES: st.SearchStrategy[Any] = (
    st.text(max_size=5)
    | st.integers()
    | st.binary(max_size=5)
    | st.booleans()
    | st.lists(st.text(max_size=3) | st.integers(), max_size=3)
    | st.dictionaries(st.text(max_size=3), st.lists(st.text(max_size=3), max_size=2), max_size=2)
    | st.sampled_from(
        ["US", "SELLER", "REMOVED", "2026-11-01T12:00:00.000000Z", "ENTRY", "CLAIM#t", "RECORD#1"]
    )
)

strange_documents: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(_NAMES), _VALUES
)
