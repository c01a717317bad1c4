"""SQS as the function's own calls reach it: a client of boto3's shape over simulated queues."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from tests.simulation.effects import Effects, Invocation
from tests.simulation.queues import Message, Queue

# The names of the arguments below are boto3's.
# ruff: noqa: N803


@dataclass(frozen=True, slots=True)
class SimulatedSqs:
    """The two calls that the function makes."""

    effects: Effects
    ingress: Queue
    dead_letters: Queue
    on_letter: Callable[[Message, Invocation], None]

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        """Store dead letters: all, some, or all but without saying so."""
        return self.effects.do("send letters", lambda: self._send(QueueUrl, Entries), seconds=0.02)

    def change_message_visibility_batch(
        self, *, QueueUrl: str, Entries: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """Hide messages that are in flight."""
        return self.effects.do(
            "change visibility", lambda: self._change(QueueUrl, Entries), seconds=0.02
        )

    def _send(self, url: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
        if url != self.dead_letters.name or not 1 <= len(entries) <= 10:
            raise ValueError(f"{len(entries)} letters for {url}")
        if self._is_down("dead letters") or self._happens("letters not stored"):
            self._fault("letters not stored")
            self._give_up()
        answer: dict[str, Any] = {"Successful": [], "Failed": []}
        for entry in entries:
            if self._happens("letter refused"):
                self._fault("letter refused")
                is_ours = self.effects.kernel.random.random() < 0.2
                answer["Failed"].append(
                    {"Id": entry["Id"], "Code": "InternalError", "SenderFault": is_ours}
                )
                continue
            attributes = {
                name: value["StringValue"] for name, value in entry["MessageAttributes"].items()
            }
            message = self.dead_letters.send(entry["MessageBody"], attributes=attributes)
            self.on_letter(message, self.effects.invocation)
            self.effects.story.tell(
                self.effects.kernel.now,
                self.effects.invocation.name,
                "stores",
                message.message_id,
                attributes,
            )
            answer["Successful"].append({"Id": entry["Id"], "MessageId": message.message_id})
        if self._happens("letters not told"):
            self._fault("letters not told")
            self._give_up()
        return answer

    def _change(self, url: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
        if url != self.ingress.name or not 1 <= len(entries) <= 10:
            raise ValueError(f"{len(entries)} visibilities for {url}")
        answer: dict[str, Any] = {"Successful": [], "Failed": []}
        for entry in entries:
            if self._happens("visibility not changed"):
                self._fault("visibility not changed")
                if self.effects.kernel.random.random() < 0.3:
                    self._give_up()
                done = False
            else:
                done = self.ingress.change_visibility(
                    entry["ReceiptHandle"], entry["VisibilityTimeout"]
                )
            if done:
                answer["Successful"].append({"Id": entry["Id"]})
            else:
                answer["Failed"].append(
                    {"Id": entry["Id"], "Code": "MessageNotInflight", "SenderFault": True}
                )
        return answer

    def _give_up(self) -> NoReturn:
        match self.effects.kernel.random.randrange(3):
            case 0:
                raise EndpointConnectionError(endpoint_url="https://sqs.simulated")
            case 1:
                raise ReadTimeoutError(endpoint_url="https://sqs.simulated")
            case _:
                raise ClientError(
                    {"Error": {"Code": "ServiceUnavailable", "Message": "simulated"}}, "Simulated"
                )

    def _happens(self, kind: str) -> bool:
        effects = self.effects
        chance = effects.faults.chance(kind, effects.kernel.now)
        return chance > 0.0 and effects.kernel.random.random() < chance

    def _is_down(self, what: str) -> bool:
        return self.effects.faults.is_down(what, self.effects.kernel.now)

    def _fault(self, kind: str) -> None:
        effects = self.effects
        effects.story.fault(effects.kernel.now, effects.invocation.name, kind)
