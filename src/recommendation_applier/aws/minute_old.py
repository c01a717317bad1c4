"""What an SSM parameter says, looked at no more often than once a minute."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from types_boto3_ssm.client import SSMClient
    from types_boto3_ssm.type_defs import ParameterTypeDef

READ_EVERY: Final = timedelta(minutes=1)
"""So long a parameter is believed without looking again: an operator's word counts within it."""

Meaning = TypeVar("Meaning")


class MinuteOldParameter(Generic[Meaning]):
    """Reads one parameter; kept from one invocation to the next.

    Not Powertools' Parameters: importing it costs as much of a cold start as all else that the
    function takes from Powertools, since it brings a provider for every store that it knows.
    """

    def __init__(
        self,
        client: "SSMClient",
        *,
        name: str,
        read: "Callable[[ParameterTypeDef], Meaning]",
        clock: Callable[[], datetime],
    ) -> None:
        """*client* needs ssm:GetParameter on *name*; *read* makes sense of what SSM says of it."""
        self._client = client
        self._name = name
        self._read = read
        self._clock = clock
        self._meaning: Meaning | None = None
        self._good_until = clock()

    def current(self) -> Meaning:
        """Give what it says, at most a minute old.

        Raises what botocore and *read* raise. What it said before is then forgotten, and the next
        call looks again: nobody waits a minute for what was mended.
        """
        now = self._clock()
        if self._meaning is None or now >= self._good_until:
            self._meaning = None
            self._meaning = self._read(self._client.get_parameter(Name=self._name)["Parameter"])
            self._good_until = now + READ_EVERY
        return self._meaning
