"""`make simulate`: live through seeds, tell one of them, or prove that planted bugs are caught."""

import argparse
import gc
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from tests.simulation.outage import live_through
from tests.simulation.profiles import PROFILES
from tests.simulation.prove import prove
from tests.simulation.seeds import Totals, replay_with_the_same_hashes, run_all
from tests.simulation.world import World


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return its exit status: 1 if something is wrong."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--seeds", default="2000", help="how many from 0, or 17..40, or 3,5,9")
    parser.add_argument("--seed", type=int, help="one seed, with its story")
    parser.add_argument("--profile", choices=sorted(PROFILES), default="any")
    parser.add_argument("--processes", type=int, default=0, help="0: as many as there are cores")
    parser.add_argument("--json", action="store_true", help="the totals for programs")
    parser.add_argument("--outage", type=int, help="a day without Amazon at so many an hour")
    parser.add_argument("--bugs", action="store_true", help="plant bugs, and see them caught")
    asked = parser.parse_args(arguments)
    if asked.bugs:
        return prove(as_json=asked.json)
    if asked.outage is not None:
        cost = live_through(asked.outage)
        print(json.dumps(asdict(cost), indent=None if asked.json else 2))
        return 1 if cost.violations else 0
    if asked.seed is not None:
        return _tell(PROFILES[asked.profile](asked.seed))
    totals = run_all(
        seeds_of(asked.seeds),
        profile=asked.profile,
        processes=asked.processes,
    )
    if asked.json and not totals.failed:
        print(json.dumps(totals.as_json()))
    else:
        _say(totals, asked.profile)
    return 1 if totals.failed else 0


def seeds_of(text: str) -> Sequence[int]:
    """Read a number of seeds (`2000`), a range with both its ends (`17..40`), or a list (`3,5`)."""
    if ".." in text:
        first, last = text.split("..")
        return range(int(first), int(last) + 1)
    if "," in text:
        return [int(each) for each in text.split(",")]
    return range(int(text))


def _say(totals: Totals, profile: str) -> None:
    for line in totals.lines():
        print(line)
    if not totals.failed:
        print("every invariant held")
        return
    first = min(totals.failed, key=lambda outcome: outcome.seed)
    _tell(PROFILES[profile](first.seed))
    print(f"\n{len(totals.failed)} seeds failed: {[outcome.seed for outcome in totals.failed]}")
    shown = f" PROFILE={profile}" if profile != "any" else ""
    print(f"the story above is told again by: make simulate SEED={first.seed}{shown}")


def _tell(world: World) -> int:
    outcome = world.run()
    for line in world.story.lines():
        print(line)
    print()
    print(f"seed {outcome.seed}, {outcome.character}: {world.shape}")
    print(
        f"{outcome.steps} steps, {outcome.invocations} invocations, {outcome.faults.total()} faults"
    )
    for violation in outcome.violations:
        print(f"BROKEN {violation.invariant}: {violation.detail}")
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    replay_with_the_same_hashes()
    # A day of deliveries is a million objects that stay: looking through them took a third of it.
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    sys.exit(main())
