"""The table of opportunity routes, as an SSM parameter holds it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from recommendation_applier.domain.errors import RoutesUnreadableError
from recommendation_applier.domain.opportunity_routes import Routes, read_routes

if TYPE_CHECKING:
    from types_boto3_ssm.client import SSMClient

READ_EVERY: Final = timedelta(minutes=1)


class StoredRoutes:
    """Fits the RouteTable port; safe to be kept from one invocation to the next."""

    def __init__(self, client: "SSMClient", *, name: str, clock: Callable[[], datetime]) -> None:
        """*client* needs ssm:GetParameter on the parameter *name*."""
        self._client = client
        self._name = name
        self._clock = clock
        self._routes: Routes | None = None
        self._good_until = clock()

    def read(self) -> Routes:
        """Read the routes, at most once a minute.

        Raises RoutesUnreadableError: what they were before may be what somebody has just mended.
        """
        now = self._clock()
        if self._routes is None or now >= self._good_until:
            self._routes = None
            self._routes = read_routes(self._text(), source=f"parameter {self._name}")
            self._good_until = now + READ_EVERY
        return self._routes

    def _text(self) -> str:
        what = f"reading the opportunity routes of parameter {self._name} failed"
        try:
            answer = self._client.get_parameter(Name=self._name)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise RoutesUnreadableError(
                f"{what}: {code}; see that it exists and the role is the stack's own"
            ) from error
        except BotoCoreError as error:
            raise RoutesUnreadableError(f"{what}: {type(error).__name__}") from error
        return answer["Parameter"]["Value"]
