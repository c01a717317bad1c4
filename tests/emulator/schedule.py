"""What EventBridge hands to a function that a schedule runs."""

import uuid
from datetime import datetime

from tests.emulator.invocation import Event
from tests.emulator.template import ACCOUNT_ID


def scheduled_event(moment: datetime, *, region: str) -> Event:
    """Make the event of a tick at *moment*, which is in UTC.

    The shape is the one of EventBridge's guide, "Creating a rule that runs on a schedule".
    """
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT_ID,
        "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [f"arn:aws:events:{region}:{ACCOUNT_ID}:rule/tick"],
        "detail": {},
    }
