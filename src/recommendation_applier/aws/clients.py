"""Clients of AWS for a function, from one session of botocore."""

from collections.abc import Callable
from functools import cached_property
from threading import Lock
from typing import Any, Protocol

import botocore.session
from botocore.config import Config


class Clients(Protocol):
    """Makes clients as `boto3.session.Session` does, which fits as well."""

    @property
    def client(self) -> Callable[..., Any]:
        """Make a client of the service that is named, with a *config*; no call is made."""
        ...


class FunctionClients:
    """Makes clients from a single session: each further one would read botocore's data anew.

    A session of botocore and not of boto3, whose import brings s3transfer and all that S3 needs,
    for what no function here does. Region and credentials are the environment's.
    """

    def __init__(self) -> None:
        self._lock = Lock()

    @cached_property
    def _session(self) -> botocore.session.Session:
        return botocore.session.Session()

    def client(self, service_name: str, *, config: Config) -> Any:  # noqa: ANN401 - of any service
        """Make a client of *service_name*; no call is made."""
        with self._lock:  # a session makes clients for one thread at a time
            return self._session.create_client(service_name, config=config)
