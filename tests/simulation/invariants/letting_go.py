"""When a message may be deleted, and how Lambda is told."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from recommendation_applier.domain.ledger import Standing
from tests.simulation.meaning import Kind, Meaning, meanings_of
from tests.simulation.queues import Message
from tests.simulation.witness import Found, Witness


def is_over(witness: Witness, meaning: Meaning) -> bool:
    """Tell whether nothing is left to do for *meaning*: by the ledger's word, or by its date."""
    name, date = meaning.recommendation_id, meaning.published_at
    removed = witness.removed_until(name)
    is_removed = removed is not None and removed >= date
    match meaning.kind:
        case Kind.NOTHING:
            return True
        case Kind.PUBLICATION:
            return (
                is_removed
                or meaning.expires_at <= witness.kernel.now
                or witness.standing(name) in (Standing.ACCEPTED, Standing.REJECTED)
                or witness.is_kept_back(name)
                or (name, date) in witness.superseded
            )
        case Kind.REMOVAL:
            return is_removed
        case _:
            return False


def has_durable_end(witness: Witness, meaning: Meaning, *, but: Message | None) -> bool:
    """Tell whether *meaning* would survive if the message *but* were gone.

    It is over, or another message says as much.
    """
    if is_over(witness, meaning):
        return True
    waiting = witness.waiting(but=but)
    if meaning.kind is Kind.POISON:
        return any(each.text == meaning.text for each in waiting)
    return any(
        each.recommendation_id == meaning.recommendation_id
        and each.published_at >= meaning.published_at
        for each in waiting
        if each.kind in (meaning.kind, Kind.REMOVAL)
    )


def without_durable_end(
    witness: Witness,
    meanings: Iterable[Meaning],
    bodies: Iterable[str],
    *,
    but: Message | None,
) -> Iterator[Meaning]:
    """Name those of *meanings* that have no durable end, and nobody in *bodies* to speak for them.

    Of several publications of one recommendation the latest speaks for all.
    """
    for meaning in meanings:
        if has_durable_end(witness, meaning, but=but):
            continue
        later = (
            each
            for body in bodies
            for each in meanings_of(body)
            if each.recommendation_id == meaning.recommendation_id
            and each.kind is meaning.kind is Kind.PUBLICATION
            and each.published_at >= meaning.published_at
        )
        if not any(has_durable_end(witness, each, but=but) for each in later):
            yield meaning


@dataclass(frozen=True, slots=True)
class Deletion:
    """A message that is about to be deleted, and all those of its invocation."""

    message: Message
    together: Sequence[Message]


def nothing_is_let_go_without_a_durable_end(witness: Witness, deletion: Deletion) -> Found:
    """A message is deleted only when each of its parts has come to a durable end."""
    message = deletion.message
    bodies = [each.body for each in deletion.together]
    meanings = meanings_of(message.body)
    for meaning in meanings:
        if meaning.kind is Kind.PUBLICATION and not is_over(witness, meaning):
            witness.note_superseded(meaning, bodies, but=message)
    for meaning in without_durable_end(witness, meanings, bodies, but=message):
        yield f"{message.message_id} goes, and with it {meaning}"


ON_DELETE: Final[Sequence[Callable[[Witness, Deletion], Found]]] = (
    nothing_is_let_go_without_a_durable_end,
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What an invocation returned for *messages*."""

    messages: Sequence[Message]
    answer: Any


def an_answer_names_its_own_messages(_: Witness, answered: Answered) -> Found:
    """The partial batch response has the one shape that Lambda understands."""
    names = {message.message_id for message in answered.messages}
    answer = answered.answer
    if not isinstance(answer, dict) or list(answer) != ["batchItemFailures"]:
        yield f"the answer is {answer!r}"
        return
    failures = answer["batchItemFailures"]
    if any(not isinstance(each, dict) or list(each) != ["itemIdentifier"] for each in failures):
        yield f"it names {failures!r}"
        return
    named = [each["itemIdentifier"] for each in failures]
    if len(set(named)) != len(named) or not names.issuperset(named):
        yield f"it names {named} of {sorted(names)}"


ON_ANSWER: Final[Sequence[Callable[[Witness, Answered], Found]]] = (
    an_answer_names_its_own_messages,
)
