"""The policy, as it stands in an SSM parameter."""

from typing import TYPE_CHECKING, Any, Final, cast

from aws_lambda_powertools.utilities.parameters import BaseProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

from recommendation_applier.domain.errors import PolicyError, PolicyUnavailableError
from recommendation_applier.domain.policy import PolicyInForce, read_policy

if TYPE_CHECKING:
    from types_boto3_ssm.client import SSMClient

MAX_AGE_SECONDS: Final = 60
"""So long a policy is believed without looking again: to stop everything takes a minute."""


class StoredPolicy:
    """Fits the Policies port; lasts as long as the execution environment."""

    def __init__(self, client: "SSMClient", *, parameter_name: str) -> None:
        """*client* needs ssm:GetParameter on the parameter."""
        self.parameters = _VersionedParameters(client)
        self._parameter_name = parameter_name
        self._in_force: PolicyInForce | None = None

    def current(self) -> PolicyInForce:
        """Give the policy in force, at most a minute old.

        Raises PolicyUnavailableError if SSM does not give it, or if it cannot be used; what was in
        force before is not fallen back to, since it was changed for a reason.
        """
        try:
            found = self.parameters.get(self._parameter_name, max_age=MAX_AGE_SECONDS)
        except GetParameterError as error:
            raise PolicyUnavailableError(
                f"reading the policy from the parameter {self._parameter_name} failed: {error}; "
                "nothing is applied until it can be read"
            ) from error
        parameter = cast("dict[str, Any]", found)
        version = parameter["Version"]
        if self._in_force is None or self._in_force.version != version:
            self._in_force = self._parse(version, parameter["Value"])
        return self._in_force

    def _parse(self, version: int, text: str) -> PolicyInForce:
        try:
            return PolicyInForce(read_policy(text), version)
        except PolicyError as error:
            raise PolicyUnavailableError(
                f"version {version} of the parameter {self._parameter_name}: {error}; nothing is "
                "applied until it is mended"
            ) from error


class _VersionedParameters(BaseProvider):
    """Powertools Parameters with the version of each value, which its own SSM provider drops."""

    def __init__(self, client: "SSMClient") -> None:
        super().__init__(client=client)  # type: ignore[no-untyped-call]  # Powertools' own
        self.client = client

    def _get(self, name: str, **_: Any) -> dict[str, Any]:  # noqa: ANN401 - as Powertools has it
        return dict(self.client.get_parameter(Name=name)["Parameter"])

    def _get_multiple(self, path: str, **_: Any) -> dict[str, str]:  # noqa: ANN401 - the same
        raise GetParameterError(f"{path} is not read: the policy is one parameter")
