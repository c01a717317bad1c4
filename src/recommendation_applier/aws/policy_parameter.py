"""The SSM parameter that holds the policy, as operators read and write it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_ssm.client import SSMClient


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """One version of the parameter; *by* is an ARN, and only the history knows it."""

    text: str
    version: int
    at: datetime
    by: str | None = None


class PolicyParameter:
    """Reads and writes one parameter. What boto3 raises goes to the operator."""

    def __init__(self, client: "SSMClient", *, name: str) -> None:
        """*client* needs ssm:GetParameter, GetParameterHistory and PutParameter on it."""
        self._client = client
        self.name = name

    def read(self) -> StoredText:
        """Give what is in force."""
        found = self._client.get_parameter(Name=self.name)["Parameter"]
        return StoredText(
            text=found["Value"], version=found["Version"], at=found["LastModifiedDate"]
        )

    def history(self) -> Sequence[StoredText]:
        """Give the versions that SSM keeps (the last 100), the oldest first."""
        pages = self._client.get_paginator("get_parameter_history").paginate(Name=self.name)
        return [
            StoredText(
                text=each["Value"],
                version=each["Version"],
                at=each["LastModifiedDate"],
                by=each.get("LastModifiedUser"),
            )
            for page in pages
            for each in page["Parameters"]
        ]

    def write(self, text: str) -> int:
        """Put *text* in force; return its version. SSM knows no condition on what stands there."""
        written = self._client.put_parameter(
            Name=self.name,
            Value=text,
            Overwrite=True,
            Tier="Intelligent-Tiering",  # above 4,096 characters it becomes an advanced one
        )
        return written["Version"]
