"""AWS and Amazon where they cost next to nothing: stand-ins at the boundary of the clients.

What is measured against them is the project's own code, its adapters included. Each call may take
its time all the same, in which the CPU is idle.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from botocore.exceptions import ClientError

API: Final = "https://api.example"
LOGIN: Final = "https://login.example/token"

_TOKEN: Final = b'{"access_token":"token","expires_in":3600}'
_ACCEPTED: Final = b'{"code":"SUCCESS","message":"","successes":[],"failures":[]}'
_HEADERS: Final = {"x-amz-rid": "5d0a6f3e-8f64-4d5c-b6f5-1f7b1b8f9c11"}

Key = tuple[str, str]
Attributes = Mapping[str, Any]


@dataclass
class Table:
    """DynamoDB, as far as the ledger's conditions go; safe to be used by several threads.

    Entries are written where none stands. Holds, and whatever else is written over what stands
    there, is answered and not kept. Each call takes *seconds*.
    """

    seconds: float = 0.0
    keeps: bool = True
    calls: list[str] = field(default_factory=list)
    documents: dict[Key, Attributes] = field(default_factory=dict)

    def put_item(
        self,
        *,
        TableName: str,  # noqa: ARG002, N803 - DynamoDB's names, so that no dictionary is made of them
        Item: Attributes,  # noqa: N803
        ConditionExpression: str = "",  # noqa: N803
        ReturnValuesOnConditionCheckFailure: str = "",  # noqa: ARG002, N803
        ExpressionAttributeValues: Attributes | None = None,  # noqa: ARG002, N803
    ) -> dict[str, Any]:
        """Write a document unless an entry stands there."""
        self.calls.append("put_item")
        if self.seconds:
            time.sleep(self.seconds)
        key = Item["pk"]["S"], Item["sk"]["S"]
        standing = self.documents.get(key)
        if standing is not None and ConditionExpression == "attribute_not_exists(pk)":
            error: Any = {"Code": "ConditionalCheckFailedException", "Message": ""}
            answer: Any = {"Error": error, "Item": standing}
            raise ClientError(answer, "PutItem")
        if self.keeps:
            self.documents[key] = Item
        return {}

    def update_item(self, **_: Any) -> dict[str, Any]:
        """Answer that it is written."""
        self._take_time("update_item")
        return {}

    def get_item(self, **_: Any) -> dict[str, Any]:
        """Find nothing: the breaker was never saved."""
        self._take_time("get_item")
        return {}

    def batch_get_item(self, **_: Any) -> dict[str, Any]:
        """Find nothing."""
        self._take_time("batch_get_item")
        return {"Responses": {}, "UnprocessedKeys": {}}

    def get_paginator(self, _: str) -> "Table":
        """Give the only paginator: of queries by partition."""
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        """Give all documents of a partition as one page."""
        self._take_time("query")
        partition = asked["ExpressionAttributeValues"][":pk"]["S"]
        yield {"Items": [each for key, each in self.documents.items() if key[0] == partition]}

    def _take_time(self, name: str) -> None:
        self.calls.append(name)
        if self.seconds:
            time.sleep(self.seconds)


@dataclass
class Parameters:
    """SSM with the policy in it."""

    policy: Mapping[str, Any]

    def get_parameter(self, **_: Any) -> dict[str, Any]:
        """Give its first version."""
        return {"Parameter": {"Value": json.dumps(self.policy), "Version": 1}}


class Secrets:
    """Secrets Manager with the credentials in it."""

    def get_secret_value(self, **_: Any) -> dict[str, str]:
        """Give them."""
        names = ("client_id", "client_secret", "refresh_token")
        return {"SecretString": json.dumps(dict.fromkeys(names, "example"))}


@dataclass
class Network(httpx.BaseTransport):
    """Login with Amazon, and an API that accepts whatever it is sent, after *seconds*."""

    seconds: float = 0.0
    requests: list[bytes] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer 200 with a token, or 202, which accepts what it does not name."""
        if request.url.path == "/token":
            return httpx.Response(200, content=_TOKEN)
        self.requests.append(request.read())
        if self.seconds:
            time.sleep(self.seconds)
        return httpx.Response(202, content=_ACCEPTED, headers=_HEADERS)

    @property
    def ids(self) -> list[str]:
        """Give all ids that were sent."""
        return [each for sent in self.requests for each in json.loads(sent)["recommendationIds"]]
