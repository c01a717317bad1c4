"""Whether what is wanted of Marketing Stream is delivered to this queue."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from recommendation_applier.domain.errors import ApplierError
from recommendation_applier.domain.finding import Finding, fault, ok, together, warning
from recommendation_applier.domain.stream_subscription import ACTIVE
from recommendation_applier.domain.subscription_health import ADVICE, Ailment
from recommendation_applier.domain.wanted_subscription import WantedSubscription

_MOST_NAMED: Final = 3

_CREATE: Final = "`applier subscriptions create`"


def judge_subscriptions(
    records: Sequence[WantedSubscription],
    *,
    queue_arn: str,
    files_are_applied: bool,
    unanswered: ApplierError | None,
) -> Finding:
    """Judge the *records* of what ought to be subscribed, as each was last seen.

    *unanswered* is why some could not be looked at now, where there are such.
    """
    wanted = [each for each in records if each.is_wanted]
    if wanted:
        return together(_findings(wanted, queue_arn, unanswered))
    if files_are_applied:
        return ok("none is wanted: recommendations come from opportunity files")
    return fault(
        "no profile is subscribed: nothing is delivered",
        f"subscribe your advertisers' profiles with {_CREATE}, or deploy with "
        "OpportunityFiles=APPLY",
    )


def _findings(
    wanted: Sequence[WantedSubscription], queue_arn: str, unanswered: ApplierError | None
) -> Iterator[Finding]:
    elsewhere = [each for each in wanted if each.destination_arn != queue_arn]
    if elsewhere:
        yield fault(
            f"{_named(elsewhere)} delivered to another queue, {elsewhere[0].destination_arn}",
            f"subscribe this queue with {_CREATE}, and archive what delivers to the other one",
        )
    for ailment in Ailment:
        if ailing := [each for each in wanted if each.ailment == ailment]:
            yield fault(f"{_named(ailing)} {ailment}", ADVICE[ailment])
    if unanswered:
        yield warning(f"not all could be looked at: {unanswered}", "look again in some minutes")
    well = [each for each in wanted if each not in elsewhere and each.ailment is None]
    yield from _on_their_way(well)


def _on_their_way(well: Sequence[WantedSubscription]) -> Iterator[Finding]:
    counts = Counter(each.status or "not seen yet" for each in well)
    seen = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    waiting = [each for each in well if each.status != ACTIVE]
    mend = (
        "the function confirms by itself within minutes: `applier subscriptions watch` shows it; "
        "see the dead-letter queue for UNTRUSTED_CONFIRMATION and CONFIRMATION_REFUSED if it "
        "does not"
    )
    if well and len(waiting) == len(well):
        yield fault(f"none is ACTIVE: {seen}", mend)
    elif waiting:
        yield warning(f"{seen}: {_named(waiting)} on the way", mend)
    else:
        yield ok(f"{seen} for this queue")


def _named(some: Sequence[WantedSubscription]) -> str:
    names = ", ".join(str(each.profile) for each in some[:_MOST_NAMED])
    more = f" and {len(some) - _MOST_NAMED} more" if len(some) > _MOST_NAMED else ""
    return f"profile {names}{more}:"
