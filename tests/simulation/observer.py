"""Asks the invariants about everything that happens, and has the witness note it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from traceback import format_exception

from recommendation_applier.domain.breaker import Breaker
from recommendation_applier.domain.ledger import BatchRecord, Entry, Standing
from recommendation_applier.entrypoints.invocation import Invocation as Done
from recommendation_applier.use_cases.follow_up import FollowUpReport
from tests.simulation.answers import Request
from tests.simulation.deployment import VISIBILITY_TIMEOUT
from tests.simulation.effects import Effects, Invocation
from tests.simulation.invariants.ending import ON_DONE, ON_LOG, Ended
from tests.simulation.invariants.letters import ON_LETTER, Letter
from tests.simulation.invariants.letting_go import ON_ANSWER, ON_DELETE, Answered, Deletion
from tests.simulation.invariants.recording import ON_CLAIM, ON_RECORD, ClaimMade
from tests.simulation.invariants.requesting import ON_REQUEST
from tests.simulation.invariants.sending import ON_SENDING
from tests.simulation.kernel import Killed
from tests.simulation.queues import Message
from tests.simulation.witness import Witness


@dataclass(frozen=True, slots=True)
class Observer:
    """Fits `tables.Watcher`, and whatever else wants to tell what it did."""

    witness: Witness
    effects: Effects
    plan_tick: Callable[[], None]

    def on_request(self, request: Request) -> None:
        """A client is about to make *request*."""
        self.witness.check(ON_REQUEST, request)
        if request.operation == "apply":
            self.witness.check(ON_SENDING, request)
        self.witness.note_request(request)

    def before_claim(self, recommendation_id: str) -> Standing:
        """See `tables.Watcher`."""
        return self.witness.standing(recommendation_id)

    def on_claim(self, entry: Entry, before: Standing) -> None:
        """See `tables.Watcher`."""
        made = ClaimMade(entry, self.effects.invocation, before, VISIBILITY_TIMEOUT)
        self.witness.check(ON_CLAIM, made)

    def on_record(self, record: BatchRecord) -> None:
        """See `tables.Watcher`."""
        self.witness.check(ON_RECORD, record)
        self.witness.note_record(record)
        self.plan_tick()

    def on_follow_up(self, record: BatchRecord) -> None:
        """See `tables.Watcher`."""
        self.witness.note_follow_up(record)

    def on_buried(self, recommendation_id: str) -> None:
        """See `tables.Watcher`."""
        tombstone = self.witness.memory.tombstones[recommendation_id]
        self.witness.buried.append((self.witness.kernel.now, recommendation_id, tombstone))

    def on_breaker(self, breaker: Breaker, *, is_own: bool) -> None:
        """See `tables.Watcher`."""
        self.witness.note_breaker(self.effects.invocation, breaker, is_own=is_own)

    def on_fault(self, invocation: Invocation) -> None:
        """See `tables.Watcher`."""
        if not invocation.bodies:
            self.witness.follow_up_disturbed = True

    def on_letter(self, message: Message, invocation: Invocation) -> None:
        """*invocation* stored a dead letter."""
        self.witness.check(ON_LETTER, Letter(message, invocation))

    def on_apply_end(
        self, invocation: Invocation, done: Done | None, error: BaseException | None
    ) -> None:
        """An invocation of the apply function ended, by itself or of *error*."""
        self._on_end(invocation, error)
        if done is not None and not self.witness.kernel.stopped:
            self.witness.check(ON_DONE, Ended(invocation, done))

    def on_tick_end(
        self, invocation: Invocation, _: FollowUpReport | None, error: BaseException | None
    ) -> None:
        """A tick of the follow-up ended, by itself or of *error*."""
        if error is not None:
            self.witness.follow_up_disturbed = True
        self._on_end(invocation, error)
        self.plan_tick()

    def _on_end(self, invocation: Invocation, error: BaseException | None) -> None:
        if error is not None and not isinstance(error, Killed):
            self.witness.violate("the_function_never_raises", "".join(format_exception(error)))
        if not self.witness.kernel.stopped:
            self.witness.check(ON_LOG, invocation)

    def on_answer(self, messages: Sequence[Message], answer: object) -> None:
        """An invocation returned *answer* for *messages*."""
        self.witness.check(ON_ANSWER, Answered(messages, answer))

    def on_delete(self, message: Message, together: Sequence[Message]) -> None:
        """*message*, which was received *together* with others, is about to be deleted."""
        self.witness.check(ON_DELETE, Deletion(message, together))

    def on_expired(self, message: Message) -> None:
        """A queue has kept *message* for as long as it keeps any."""
        self.witness.violate("no_message_outlives_its_queue", f"{message.message_id} expired")
