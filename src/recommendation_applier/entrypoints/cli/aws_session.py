"""How `applier` speaks to AWS. Imported by the commands that do: boto3 takes 0.3 s of CPU."""

from typing import Final

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from recommendation_applier.entrypoints.cli.target import Target

__all__ = ["ClientError", "signed_in"]

_CONFIG: Final = Config(
    # Somebody waits, but would wait a little longer rather than start again.
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 4},
)


def signed_in(target: Target) -> boto3.session.Session:
    """Make the session of a command, whose clients have patience for a person; no call is made."""
    core = botocore.session.Session(profile=target.profile)
    core.set_default_client_config(_CONFIG)
    return boto3.session.Session(botocore_session=core, region_name=target.region)
