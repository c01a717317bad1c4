"""What the ledger knows of the changes that Amazon made because we asked. No I/O."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from recommendation_applier.domain.ledger import BatchRecord
from recommendation_applier.domain.recommendation import Advertiser


@dataclass(frozen=True, slots=True)
class Campaign:
    """What a recommendation is about, as far as it says.

    One that proposes a new campaign does not know its id.
    """

    ad_product: str | None = None
    campaign_id: str | None = None


@dataclass(frozen=True, slots=True)
class AppliedChange:
    """A recommendation that was applied.

    *applied_at* is when it was accepted: Amazon made the change then or a little later.
    *ad_product* and *campaign_id* are as the recommendation had them.
    """

    advertiser: Advertiser
    ad_product: str | None
    campaign_id: str | None
    applied_at: datetime


def applied_changes(
    campaigns: Mapping[str, Campaign], records: Iterable[BatchRecord]
) -> Iterator[AppliedChange]:
    """Give one change for each recommendation that *records* say was applied, in no order.

    That is one which was accepted and whose application neither failed nor is still being followed.
    One that two claims found accepted counts from the earlier. *campaigns* are by recommendation
    id; of one that is not among them, account and moment are known all the same.
    """
    first: dict[str, BatchRecord] = {}
    for record in records:
        for recommendation_id in record.applied:
            known = first.get(recommendation_id, record)
            first[recommendation_id] = min(known, record, key=_accepted_at)
    for recommendation_id, record in first.items():
        campaign = campaigns.get(recommendation_id, Campaign())
        yield AppliedChange(
            advertiser=record.advertiser,
            ad_product=campaign.ad_product,
            campaign_id=campaign.campaign_id,
            applied_at=_accepted_at(record),
        )


def _accepted_at(record: BatchRecord) -> datetime:
    return record.sent_at or record.recorded_at
