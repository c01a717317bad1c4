"""Whether somebody is told when an alarm goes off."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from recommendation_applier.domain.finding import Finding, fault, ok, warning

_PENDING: Final = "PendingConfirmation"
"""SNS writes it in place of the ARN, until whoever has the address has agreed."""


def nobody_is_told() -> Finding:
    """Find that the stack has no address."""
    return warning(
        "AlarmEmail is empty: alarms change their state, and nobody is told",
        "set AlarmEmail in samconfig.toml, and deploy again",
    )


def judge_alarm_topic(subscriptions: Sequence[Mapping[str, Any]], *, email: str) -> Finding:
    """Judge the subscriptions of the alarms' topic, as ListSubscriptionsByTopic gives them."""
    confirmed = [each for each in subscriptions if each["SubscriptionArn"].startswith("arn:")]
    if any(each.get("Endpoint") == email for each in confirmed):
        return ok(f"{email} is told")
    if any(
        each.get("Endpoint") == email and each["SubscriptionArn"] == _PENDING
        for each in subscriptions
    ):
        return fault(
            f"{email} has not confirmed: no alarm is told there",
            f"open the mail from AWS Notifications at {email}, and follow its link; it is good for "
            "two days, after which `aws sns subscribe` sends another one",
        )
    if confirmed:
        told = ", ".join(str(each.get("Endpoint")) for each in confirmed)
        return warning(
            f"{told} is told, and {email}, the stack's AlarmEmail, is not subscribed",
            f"subscribe {email} to the alarms' topic with `aws sns subscribe`",
        )
    return fault(
        f"nobody is subscribed to the alarms' topic; {email} may have left it",
        f"subscribe {email} to it with `aws sns subscribe`, and confirm the mail that comes",
    )
