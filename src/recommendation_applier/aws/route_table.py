"""The table of opportunity routes, as an SSM parameter holds it."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from recommendation_applier.aws.minute_old import MinuteOldParameter
from recommendation_applier.domain.errors import RoutesUnreadableError
from recommendation_applier.domain.opportunity_routes import Routes, read_routes

if TYPE_CHECKING:
    from types_boto3_ssm.client import SSMClient


class StoredRoutes:
    """Fits the RouteTable port; safe to be kept from one invocation to the next."""

    def __init__(self, client: "SSMClient", *, name: str, clock: Callable[[], datetime]) -> None:
        """*client* needs ssm:GetParameter on the parameter *name*."""
        self._name = name
        self._parameter = MinuteOldParameter(
            client,
            name=name,
            read=lambda found: read_routes(found["Value"], source=f"parameter {name}"),
            clock=clock,
        )

    def read(self) -> Routes:
        """Read the routes, at most once a minute.

        Raises RoutesUnreadableError: what they were before may be what somebody has just mended.
        """
        what = f"reading the opportunity routes of parameter {self._name} failed"
        try:
            return self._parameter.current()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise RoutesUnreadableError(
                f"{what}: {code}; see that it exists and the role is the stack's own"
            ) from error
        except BotoCoreError as error:
            raise RoutesUnreadableError(f"{what}: {type(error).__name__}") from error
