"""The policy, as it stands in an SSM parameter."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from recommendation_applier.aws.minute_old import MinuteOldParameter
from recommendation_applier.domain.errors import PolicyError, PolicyUnavailableError
from recommendation_applier.domain.policy import PolicyInForce, read_policy

if TYPE_CHECKING:
    from types_boto3_ssm.client import SSMClient
    from types_boto3_ssm.type_defs import ParameterTypeDef


class StoredPolicy:
    """Fits the Policies port; lasts as long as the execution environment."""

    def __init__(
        self, client: "SSMClient", *, parameter_name: str, clock: Callable[[], datetime]
    ) -> None:
        """*client* needs ssm:GetParameter on the parameter."""
        self._name = parameter_name
        self._parameter = MinuteOldParameter(
            client, name=parameter_name, read=self._parse, clock=clock
        )

    def current(self) -> PolicyInForce:
        """Give the policy in force, at most a minute old.

        Raises PolicyUnavailableError if SSM does not give it, or if it cannot be used; what was in
        force before is not fallen back to, since it was changed for a reason.
        """
        try:
            return self._parameter.current()
        except (BotoCoreError, ClientError) as error:
            raise PolicyUnavailableError(
                f"reading the policy from the parameter {self._name} failed: {error}; "
                "nothing is applied until it can be read"
            ) from error

    def _parse(self, found: "ParameterTypeDef") -> PolicyInForce:
        version = found["Version"]
        try:
            return PolicyInForce(read_policy(found["Value"]), version)
        except PolicyError as error:
            raise PolicyUnavailableError(
                f"version {version} of the parameter {self._name}: {error}; nothing is "
                "applied until it is mended"
            ) from error
