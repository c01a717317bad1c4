"""SNS as the function asks it to confirm a subscription."""

from dataclasses import dataclass, field

from botocore.exceptions import ClientError, EndpointConnectionError

from tests.simulation.effects import Effects


@dataclass(slots=True)
class SimulatedSns:
    """The one call that the function makes."""

    effects: Effects
    confirmed: list[str] = field(default_factory=list)

    def confirm_subscription(self, *, TopicArn: str, Token: str) -> None:  # noqa: N803 - boto3's
        """Confirm, or do not."""

        def confirm() -> None:
            random, now = self.effects.kernel.random, self.effects.kernel.now
            if random.random() < self.effects.faults.chance("confirmation fails", now):
                name = self.effects.invocation.name
                self.effects.story.fault(now, name, "confirmation fails", TopicArn)
                if random.random() < 0.5:
                    raise EndpointConnectionError(endpoint_url="https://sns.simulated")
                message = f"{Token} is not for you"
                raise ClientError({"Error": {"Code": "Throttled", "Message": message}}, "Confirm")
            self.confirmed.append(TopicArn)

        self.effects.do("confirm", confirm, seconds=0.05)
