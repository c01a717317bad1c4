"""What a dead letter holds."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from recommendation_applier.domain.reasons import DeadLetterReason
from tests.simulation.clock import stream_date
from tests.simulation.effects import Invocation
from tests.simulation.meaning import EARLIEST, LATEST, Kind, Meaning, meanings_of
from tests.simulation.queues import Message
from tests.simulation.witness import Found, Witness


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter, and who stored it."""

    message: Message
    invocation: Invocation


def a_letter_says_why(_: Witness, letter: Letter) -> Found:
    """Each dead letter has a version, a kind, a reason of the list, and attributes to match."""
    body = json.loads(letter.message.body)
    code = body["reason"]["code"]
    if body["version"] != 1 or body["kind"] not in ("batch", "message"):
        yield f"it is of version {body['version']} and kind {body['kind']}"
    if code not in set(DeadLetterReason) or not body["reason"]["message"]:
        yield f"its reason is {body['reason']}"
    if letter.message.attributes != {"kind": body["kind"], "reasonCode": code}:
        yield f"its attributes are {letter.message.attributes}"


def a_letter_holds_the_original(witness: Witness, letter: Letter) -> Found:
    """A dead letter holds what it stands for as it came, and nothing of another's."""
    body = json.loads(letter.message.body)
    delivered = list(_meanings(letter.invocation))
    if body["kind"] == "message":
        if all(body["message"]["body"] != each.text for each in delivered):
            yield f"the original is {body['message']['body'][:100]}"
        return
    for known in body["batch"]["recommendations"]:
        name = known["recommendationId"]
        dates = (known["publishedDate"], known["expiryDate"])
        if all(
            (each.recommendation_id, _written(each)) != (name, dates)
            for each in delivered
            if each.kind is Kind.PUBLICATION
        ):
            yield f"{name} was not delivered with the dates {dates}"
        account = body["batch"]["request"]["encryptedAdvertiserId"]
        if account != f"A{witness.workload.accounts[name]:013}":
            yield f"{name} is not of the account {account}"


def only_poison_is_called_unusable(_: Witness, letter: Letter) -> Found:
    """What can be read is not dead-lettered as unreadable because of its neighbours."""
    body = json.loads(letter.message.body)
    if body["reason"]["code"] in _UNUSABLE:
        text = body["message"]["body"]
        if all(each.kind is not Kind.POISON for each in meanings_of(text)):
            yield f"{body['reason']} is said of {text[:100]}"


def no_letter_holds_a_secret(witness: Witness, letter: Letter) -> Found:
    """No token and no credentials stand in a dead letter."""
    for secret in witness.login.secrets:
        if secret in letter.message.body:
            yield f"{secret} stands in {letter.message.message_id}"


_UNUSABLE: Final = (
    DeadLetterReason.UNREADABLE_BODY,
    DeadLetterReason.UNRECOGNIZED_MESSAGE,
    DeadLetterReason.INVALID_MESSAGE,
    DeadLetterReason.UNREADABLE_DEAD_LETTER,
    DeadLetterReason.UNKNOWN_STATUS,
    DeadLetterReason.UNSUPPORTED_MARKETPLACE,
)

ON_LETTER: Final[Sequence[Callable[[Witness, Letter], Found]]] = (
    a_letter_says_why,
    a_letter_holds_the_original,
    only_poison_is_called_unusable,
    no_letter_holds_a_secret,
)


def _meanings(invocation: Invocation) -> Iterator[Meaning]:
    for body in invocation.bodies:
        yield from meanings_of(body)


def _written(meaning: Meaning) -> tuple[str | None, str | None]:
    """Write the dates of *meaning* as a dead letter does."""
    dates = (meaning.published_at, meaning.expires_at)
    published, expires = (
        None if moment in (EARLIEST, LATEST) else stream_date(moment).replace(" UTC", "Z")
        for moment in dates
    )
    return published, expires
