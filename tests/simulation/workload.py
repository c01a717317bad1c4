"""What arrives in one world: few ids, accounts and opportunities, so that everything collides."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.domain.resolution import Resolution
from tests.builders import confirmation, flat_message, notification, stream_message
from tests.simulation.amazon import FOR_GOOD, Fate
from tests.simulation.clock import stream_date
from tests.simulation.faults import HOUR, MINUTE

DAY: Final = 24 * HOUR
BODY_MARK: Final = "Bids of similar campaigns are higher."
"""Stands in every body, and must stand in no line of a log."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message that the Stream sends."""

    moment: float
    body: str


@dataclass(frozen=True, slots=True)
class Workload:
    """Everything that is drawn about one world's recommendations."""

    arrivals: tuple[Arrival, ...]
    fates: Mapping[str, Fate]
    opportunities: Mapping[str, str | None]
    accounts: Mapping[str, int]
    redrives: tuple[float, ...] = ()
    """When somebody sends all dead letters back, beside the end."""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class SimulatedOpportunities:
    """Fits the Opportunities port: some recommendations have no opportunity."""

    known: Mapping[str, str | None]

    def resolve(self, recommendations: Sequence[Recommendation]) -> Mapping[str, Resolution]:
        """See the port."""
        return {
            each.recommendation_id: Resolution(
                each.partner_opportunity_id or self.known.get(each.recommendation_id),
                detail=f"nobody knows the opportunity of {each.recommendation_id}",
            )
            for each in recommendations
        }


def draw_workload(random: Random, *, lasts: float) -> Workload:
    """Draw what arrives within *lasts* seconds."""
    return _Draw(random, lasts).workload()


@dataclass(slots=True)
class _Draw:
    random: Random
    lasts: float
    ids: list[str] = field(default_factory=list)
    accounts: dict[str, int] = field(default_factory=dict)

    def workload(self) -> Workload:
        random = self.random
        self.ids = [f"rec-{number}" for number in range(random.randint(1, 14))]
        most_accounts = random.randint(1, 3)
        self.accounts = {each: random.randint(1, most_accounts) for each in self.ids}
        arrivals: list[Arrival] = []
        for _ in range(random.choice((5, 8, 12, 12, 20, 40))):
            arrival = Arrival(random.uniform(0.0, self.lasts), self._body())
            arrivals.append(arrival)
            if random.random() < 0.15:  # SNS delivers at least once, too
                again = arrival.moment + random.choice((1.0, 40.0, 2 * HOUR)) * random.random()
                arrivals.append(Arrival(again, arrival.body))
        return Workload(
            arrivals=tuple(sorted(arrivals, key=lambda each: each.moment)),
            fates={each: self._fate() for each in self.ids},
            opportunities=self._opportunities(),
            accounts=self.accounts,
            redrives=tuple(
                random.uniform(0.0, 2 * self.lasts) for _ in range(random.choice((0, 0, 1, 2)))
            ),
            dry_run=random.random() < 0.03,
        )

    def _fate(self) -> Fate:
        random = self.random
        end = random.choices(("SUCCESS", "FAILED", "REJECTED", None), weights=(74, 13, 12, 1))[0]
        before = ("PUBLISHED", "SUCCESS", "IN_PROGRESS", "REJECTED")
        return Fate(
            end=end,
            settles_after=random.choices(
                (MINUTE, 20 * MINUTE, 3 * HOUR, DAY), weights=(40, 40, 15, 5)
            )[0],
            unprocessable=random.choices((0, 1, FOR_GOOD), weights=(88, 8, 4))[0],
            status_before=random.choices(before, weights=(90, 3, 3, 4))[0],
        )

    def _opportunities(self) -> dict[str, str | None]:
        random = self.random
        if random.random() < 0.6:
            return dict.fromkeys(self.ids, "PO/1 ä")
        return {
            each: random.choices(("PO/1 ä", "PO-2", None), weights=(6, 3, 1))[0]
            for each in self.ids
        }

    def _body(self) -> str:
        random = self.random
        draw = random.random()
        if draw < 0.03:
            topic = f"arn:aws:sns:us-east-1:{random.choice(('084590724871', '666666666666'))}:rec"
            return confirmation(topic, token="sns-token-1")
        if draw < 0.10:
            text = random.choice(("not JSON", "[]", "{", '"half', '{"a": 1}', ""))
        elif draw < 0.20:
            parts = [self._message() for _ in range(random.randint(2, 5))]
            text = json.dumps(parts)
        else:
            text = json.dumps(self._message())
        return notification(text) if random.random() < 0.2 else text

    def _message(self) -> Any:
        random = self.random
        name = random.choice(self.ids)
        account = self.accounts[name]
        published = stream_date(-random.choice((1, 2, 3, 3, 4)) * DAY)
        draw = random.random()
        if draw < 0.06:
            return self._poison(name)
        if draw < 0.18:
            status = random.choice(("REMOVED", "REMOVED", "REMOVED", "REJECTED", "SUCCESS"))
            date = None if random.random() < 0.1 else published
            return stream_message(
                name, account=account, recommendation_status=status, published_date=date
            )
        expiry = random.choices(
            (10 * DAY, random.uniform(0.0, 3 * self.lasts), -DAY), weights=(82, 15, 3)
        )[0]
        dates: dict[str, Any] = {
            "published_date": published,
            "expiry_date": stream_date(expiry),
        }
        if random.random() < 0.2:
            flat = flat_message(name, **dates)
            return flat | {
                "advertiser_id": f"A{account:013}",
                "entity_id": f"ENTITY{account:013}",
            }
        return stream_message(name, account=account, **dates)

    def _poison(self, name: str) -> Any:
        account = self.accounts[name]
        match self.random.randrange(6):
            case 0:
                return stream_message(name, account=account, recommendation_status="PUZZLING")
            case 1:
                return stream_message(name, account=account, advertiser_type="AGENCY")
            case 2:
                return stream_message(name, envelope={"advertiserId": None})
            case 3:
                return stream_message(
                    name, envelope={"marketplaceId": "AMEN7PMS3EDWL"}, marketplace_name="BE"
                )
            case 4:
                return stream_message(name, envelope={"datasetId": "sp-traffic"})
            case _:
                return {"nobody": "knows", "this": [1, 2]}
