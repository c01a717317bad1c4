"""One seed: a workload, its faults, the function in the middle, and what came of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from tests.simulation.amazon import Amazon
from tests.simulation.deployment import (
    DEAD_LETTER_RETENTION,
    INGRESS_RETENTION,
    VISIBILITY_TIMEOUT,
    Outcome,
    Shape,
    draw_shape,
)
from tests.simulation.effects import Effects
from tests.simulation.environment import Edges, Environment
from tests.simulation.faults import HOUR, MINUTE, Faults, draw_faults
from tests.simulation.function import Function
from tests.simulation.invariants.rest import AT_REST, letters_of
from tests.simulation.kernel import EndlessError, Kernel
from tests.simulation.login import Login
from tests.simulation.mapping import EventSourceMapping
from tests.simulation.network import Network
from tests.simulation.observer import Observer
from tests.simulation.queues import Queue
from tests.simulation.schedule import Schedule
from tests.simulation.sns import SimulatedSns
from tests.simulation.sqs import SimulatedSqs
from tests.simulation.story import Story
from tests.simulation.tables import QuickLedger, SimulatedTable
from tests.simulation.witness import Witness
from tests.simulation.workload import DAY, SimulatedOpportunities, Workload, draw_workload

if TYPE_CHECKING:
    from recommendation_applier.entrypoints.invocation import Invocation as Done
    from recommendation_applier.use_cases.follow_up import FollowUpReport

DRAINED_WITHIN: Final = 36 * HOUR
"""After the last fault and the last arrival everything has come to an end."""

FOLLOWED_WITHIN: Final = 9 * DAY
"""A week until an application is given up, and a check or two."""


class World:
    """Everything of one seed, joined."""

    def __init__(
        self,
        seed: int,
        *,
        workload: Workload | None = None,
        faults: Faults | None = None,
        shape: Shape | None = None,
        follow_up: bool = True,
        ticks_at_once: int | None = None,
        redrives_at_the_end: bool = True,
    ) -> None:
        """Draw from *seed* what is not given; without *follow_up* that function never runs."""
        self.seed = seed
        self.kernel = kernel = Kernel(seed)
        self.story = story = Story()
        self.faults = faults = faults or draw_faults(kernel.random)
        lasts = kernel.random.choice((10 * MINUTE, HOUR, max(HOUR, faults.end)))
        self.workload = workload = workload or draw_workload(kernel.random, lasts=lasts)
        self.shape = shape = shape or draw_shape(kernel.random)
        self.effects = effects = Effects(kernel, faults, story)
        self.amazon = Amazon(kernel, story, dict(workload.fates))
        self.login = Login(effects)
        self.memory = QuickLedger()
        self.dead_letters = Queue(
            "dead-letters",
            kernel,
            faults,
            story,
            visibility=120.0,
            retention=DEAD_LETTER_RETENTION,
        )
        self.ingress = Queue(
            "ingress",
            kernel,
            faults,
            story,
            visibility=VISIBILITY_TIMEOUT,
            retention=INGRESS_RETENTION,
            max_receive_count=shape.max_receive_count,
            dead_letters=self.dead_letters,
        )
        self.witness = witness = Witness(
            kernel=kernel,
            story=story,
            workload=workload,
            amazon=self.amazon,
            memory=self.memory,
            login=self.login,
            ingress=self.ingress,
            dead_letters=self.dead_letters,
        )
        observer = Observer(witness, effects, self._plan_ticks)
        self.ingress.on_duplicate = witness.note_duplicate
        self.ingress.on_expired = self.dead_letters.on_expired = observer.on_expired
        self.edges = Edges(
            effects=effects,
            network=Network(
                effects,
                self.amazon,
                self.login,
                on_request=observer.on_request,
                on_answer=witness.note_answer,
                on_end=witness.note_end_of_request,
            ),
            login=self.login,
            table=SimulatedTable(self.memory, effects, observer),
            sqs=SimulatedSqs(
                effects, self.ingress, self.dead_letters, on_letter=observer.on_letter
            ),
            sns=SimulatedSns(effects),
            opportunities=SimulatedOpportunities(workload.opportunities),
            max_receive_count=shape.max_receive_count,
            requests_at_once=shape.requests_at_once,
            dry_run=workload.dry_run,
            policies=workload.policies,
            on_told=witness.note_told,
        )
        self.apply: Function[Done] = self._function("apply", observer.on_apply_end)
        self.ticks: Function[FollowUpReport] = self._function("follow-up", observer.on_tick_end)
        self.schedule = Schedule(kernel, self.memory, self.ticks, ticks_at_once)
        self.mapping = EventSourceMapping(
            effects,
            self.ingress,
            self.apply,
            batch_size=shape.batch_size,
            window=shape.window,
            concurrency=shape.concurrency,
            on_answer=observer.on_answer,
            on_delete=observer.on_delete,
        )
        self.ingress.watch = self.mapping.watch
        self._has_follow_up = follow_up
        self._redrives_at_the_end = redrives_at_the_end
        self._drained_after = 0.0

    def run(self) -> Outcome:
        """Live through the seed until nothing is left to happen, or something is wrong."""
        try:
            self._live()
        except EndlessError as error:
            self.witness.violate("everything_ends", str(error))
        finally:
            self.kernel.close()
        return Outcome(
            seed=self.seed,
            character=self.faults.character,
            violations=tuple(self.witness.violations),
            steps=self.kernel.steps,
            invocations=self.apply.count + self.ticks.count,
            kills=self.story.faults["killed"] + self.story.faults["timed out"],
            races=self.witness.races,
            drained_after=self._drained_after,
            faults=self.story.faults,
            requests=self.witness.requests,
        )

    def _live(self) -> None:
        last = self._plan()
        self.kernel.run(until=last)
        self._drain()
        self._drained_after = self.kernel.now - last
        if self._redrives_at_the_end:
            self._replay_dead_letters()
        if self._has_follow_up:
            self._follow()
        if not self.kernel.stopped:
            self.witness.check(AT_REST if self._has_follow_up else AT_REST[:2], self.workload)

    def _plan(self) -> float:
        """Plan what happens from outside; return when the last of it does."""
        kernel, workload = self.kernel, self.workload
        for arrival in workload.arrivals:
            kernel.at(arrival.moment, lambda body=arrival.body: self._arrive(body))  # type: ignore[misc]
        for moment in workload.redrives:
            kernel.at(moment, self._redrive)
        for outage in self.faults.outages:
            if outage.what == "credentials":
                kernel.at(outage.begins, self.login.revoke_everything)
        changed = [moment for moment, _ in workload.policies]
        last = max([self.faults.end, *changed, *(each.moment for each in workload.arrivals)])
        return max([last, *workload.redrives])

    def _replay_dead_letters(self) -> None:
        """Redrive everything until it stays as it is: the third time at the latest."""
        for is_last in (False, False, True):
            if not self.dead_letters.messages or self.kernel.stopped:
                return
            before = letters_of(self.witness)
            self._redrive()
            self._drain()
            appeared = letters_of(self.witness) - before
            if is_last and appeared:
                self.witness.violate(
                    "dead_letters_replay_to_themselves", f"a redrive makes {appeared}"
                )

    # What happens from outside

    def _arrive(self, body: str) -> None:
        message = self.ingress.send(body, attributes={})
        self.story.tell(self.kernel.now, "stream", "sends", message.message_id, body[:60])

    def _redrive(self) -> None:
        self.dead_letters.move_all(self.ingress)

    def _drain(self) -> None:
        """Let time pass until the ingress queue is empty and nobody is at work."""
        kernel = self.kernel
        end = kernel.now + DRAINED_WITHIN
        while not kernel.stopped and (self.ingress.messages or self.apply.running):
            if kernel.now >= end or kernel.next_moment() > end:
                left = list(self.ingress.messages)
                self.witness.violate("everything_drains", f"{left} are left on the queue")
                return
            kernel.run(until=kernel.next_moment())

    def _follow(self) -> None:
        """Let time pass until every application is settled, or given up."""
        kernel = self.kernel
        end = kernel.now + FOLLOWED_WITHIN
        self._plan_ticks()
        while not kernel.stopped and (self.schedule.next_due() is not None or self.ticks.running):
            if kernel.now >= end or kernel.next_moment() > end:
                self.witness.violate("every_application_is_settled", "something is still due")
                return
            kernel.run(until=kernel.next_moment())

    def _plan_ticks(self) -> None:
        if self._has_follow_up:
            self.schedule.plan()

    def _function(self, name: str, on_end: Callable[..., None]) -> Function[Any]:
        return Function(
            name,
            self.effects,
            self.shape.timeout,
            start=lambda: Environment(self.edges),
            freezing_stops_the_clock=self.shape.freezing_stops_the_clock,
            on_end=on_end,
        )
