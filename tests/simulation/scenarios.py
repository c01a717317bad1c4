"""Worlds that are made for one question, with nothing drawn that matters to it."""

import json
from collections.abc import Iterable, Sequence
from typing import Final

from tests.builders import stream_message
from tests.simulation.amazon import Fate
from tests.simulation.clock import stream_date
from tests.simulation.deployment import Shape
from tests.simulation.faults import Faults
from tests.simulation.workload import DAY, Arrival, Workload

NO_FAULTS: Final = Faults("none", 0.0)
AS_DEPLOYED: Final = Shape(batch_size=1000, requests_at_once=4)
"""As the template has it, which tests/project holds to these figures."""


def publication(name: str, *, account: int = 1, published_at: float = -DAY) -> str:
    """Make a body that publishes the recommendation *name*."""
    message = stream_message(
        name,
        account=account,
        published_date=stream_date(published_at),
        expiry_date=stream_date(14 * DAY),
    )
    return json.dumps(message)


def short_publication(name: str, *, account: int) -> str:
    """Make a body of the flat shape with no more in it than has to be: quick to read."""
    message = {
        "recommendation_id": name,
        "advertiser_id": f"A{account:013}",
        "entity_id": f"ENTITY{account:013}",
        "advertiser_type": "SELLER",
        "marketplace_name": "US",
        "expiry_date": stream_date(14 * DAY),
    }
    return json.dumps(message)


def removal(name: str, *, published_at: float = -DAY) -> str:
    """Make a body that takes the recommendation *name* back."""
    message = stream_message(
        name, recommendation_status="REMOVED", published_date=stream_date(published_at)
    )
    return json.dumps(message)


def array(bodies: Iterable[str]) -> str:
    """Put several bodies into one."""
    return f"[{','.join(bodies)}]"


def workload(
    arrivals: Sequence[tuple[float, str]],
    accounts: dict[str, int],
    fates: dict[str, Fate] | None = None,
) -> Workload:
    """Make a workload of *arrivals* of the recommendations in *accounts*."""
    return Workload(
        arrivals=tuple(Arrival(moment, body) for moment, body in arrivals),
        fates={name: (fates or {}).get(name, Fate()) for name in accounts},
        opportunities=dict.fromkeys(accounts, "PO-1"),
        accounts=accounts,
    )
