"""As much of AWS as an operator's export reads: a stack, a ledger and a queue, of any size.

Everything is made up as it is asked for, so that a large table takes no memory and no time here,
and `applier` can be measured in a process of its own. It answers over HTTP, by the wire formats of
CloudFormation, DynamoDB and SQS, and knows no other calls than these commands make.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Final

from recommendation_applier.aws.ledger_documents import attributes
from recommendation_applier.aws.ledger_entries import entry_document
from recommendation_applier.aws.ledger_records import record_document
from tests.builders import NOW
from tests.ledger_builders import entry, record
from tests.letter_builders import batch_body

IDS_A_RECORD: Final = 100
_RECORDS_A_PAGE: Final = 10
"""A page ends at 1 MB: a thousand entries, which are left out, and their requests' records."""

_TABLE: Final = "ledger"
_QUEUE: Final = "http://sqs.example/dead-letters"
_OUTPUTS: Final = {"LedgerTableName": _TABLE, "DeadLetterQueueUrl": _QUEUE}
_STACK: Final = """
<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
<DescribeStacksResult><Stacks><member>
<StackName>bench</StackName><StackStatus>CREATE_COMPLETE</StackStatus>
<CreationTime>2026-11-01T00:00:00Z</CreationTime><Outputs>{}</Outputs>
</member></Stacks></DescribeStacksResult></DescribeStacksResponse>
"""
_OUTPUT: Final = "<member><OutputKey>{}</OutputKey><OutputValue>{}</OutputValue></member>"
_SETTINGS: Final[Mapping[str, Any]] = {
    "current_campaign_settings": {"budget": 5.0},
    "recommended_campaign_settings": {"budget": 7.5},
}


@dataclass(slots=True)
class StandIn:
    """Answers for a ledger of so many *records*, and a queue of so many *letters*."""

    records: int = 0
    letters: int = 0
    _given: int = 0
    _lock: Lock = field(default_factory=Lock)

    def answer(self, target: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a call that is named in the header X-Amz-Target. Raises KeyError for others."""
        calls: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "DescribeTable": self._describe_table,
            "Scan": self._scan,
            "BatchGetItem": self._entries,
            "GetQueueAttributes": self._count,
            "ReceiveMessage": self._receive,
            "ChangeMessageVisibilityBatch": lambda asked: {
                "Successful": [{"Id": each["Id"]} for each in asked["Entries"]],
                "Failed": [],
            },
        }
        with self._lock:
            return calls[target.rpartition(".")[2]](asked)

    def _describe_table(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"Table": {"TableName": _TABLE, "ItemCount": self.records * (IDS_A_RECORD + 1)}}

    def _scan(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """A segment has every fourth page, say, of the whole."""
        start = asked.get("ExclusiveStartKey", {}).get("pk", {}).get("S")
        page = int(start) + asked["TotalSegments"] if start else asked["Segment"]
        first = page * _RECORDS_A_PAGE
        numbers = range(first, min(self.records, first + _RECORDS_A_PAGE))
        found = [
            record(*(f"rec-{number}-{each}" for each in range(IDS_A_RECORD)), token=f"t-{number}")
            for number in numbers
        ]
        is_last = first + _RECORDS_A_PAGE * asked["TotalSegments"] >= self.records
        more = {} if is_last else {"LastEvaluatedKey": {"pk": {"S": str(page)}}}
        return {
            "Items": [attributes(record_document(each)) for each in found],
            "Count": len(found),
            "ScannedCount": len(found) * (IDS_A_RECORD + 1),
            **more,
        }

    def _entries(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        keys = [each["pk"]["S"] for each in asked["RequestItems"][_TABLE]["Keys"]]
        documents = {key: entry_document(entry(key.partition("#")[2], **_SETTINGS)) for key in keys}
        found = [attributes({"pk": key, "sk": "ENTRY", **each}) for key, each in documents.items()]
        return {"Responses": {_TABLE: found}, "UnprocessedKeys": {}}

    def _count(self, _: Mapping[str, Any]) -> dict[str, Any]:
        visible = str(self.letters - self._given)
        return {
            "Attributes": {
                "ApproximateNumberOfMessages": visible,
                "ApproximateNumberOfMessagesNotVisible": "0",
                "MessageRetentionPeriod": "1209600",
            }
        }

    def _receive(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        numbers = range(self._given, min(self.letters, self._given + asked["MaxNumberOfMessages"]))
        self._given = numbers.stop
        sent = str(int(NOW.timestamp() * 1000))
        return {
            "Messages": [
                {
                    "MessageId": f"letter-{number}",
                    "ReceiptHandle": f"receipt-{number}",
                    "Body": batch_body(*(f"rec-{number}-{each}" for each in range(5))),
                    "Attributes": {"SentTimestamp": sent, "ApproximateReceiveCount": "1"},
                }
                for number in numbers
            ]
        }


@contextmanager
def standing_in(stand_in: StandIn) -> Iterator[Mapping[str, str]]:
    """Serve it; give the environment in which boto3 finds it."""

    class Handler(_Handler):
        """Of this one."""

        answered_by = stand_in

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": "example",
                "AWS_SECRET_ACCESS_KEY": "example",
                "AWS_CONFIG_FILE": "/dev/null",
                "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
                "APPLIER_STACK": "bench",
            }
        finally:
            server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    answered_by: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Answer a call."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        target = self.headers.get("X-Amz-Target")
        if target is None:
            outputs = "".join(_OUTPUT.format(*each) for each in _OUTPUTS.items())
            self._send(_STACK.format(outputs), "text/xml")
        else:
            answer = self.answered_by.answer(target, json.loads(body))
            self._send(json.dumps(answer), "application/x-amz-json-1.0")

    def log_message(self, format: str, *args: Sequence[Any]) -> None:  # noqa: A002 - the library's
        """Say nothing."""

    def _send(self, text: str, kind: str) -> None:
        content = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
