"""Whether the stack is whole, and in the place that the Stream delivers to."""

from dataclasses import replace
from typing import Final

from recommendation_applier.domain.ads_regions import AdsRegion
from recommendation_applier.domain.finding import Finding, State, fault, ok, warning

_WHOLE: Final = (
    "CREATE_COMPLETE",
    "IMPORT_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
)
_TAKEN_BACK: Final = (
    "IMPORT_ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
)


def judge_stack(name: str, status: str) -> Finding:
    """Judge a stack's *status*, as DescribeStacks gives it."""
    seen = f"{name} is {status}"
    events = f"`aws cloudformation describe-stack-events --stack-name {name}` says why"
    if status in _WHOLE:
        return ok(seen)
    if status in _TAKEN_BACK:
        return warning(
            f"{seen}: the last deploy failed, and what was there before runs",
            f"{events}; mend that, and deploy again",
        )
    if status.endswith("_IN_PROGRESS") and not status.startswith(("DELETE", "ROLLBACK")):
        return warning(f"{seen}: it is being deployed", "wait until it is done, then look again")
    if status.startswith(("ROLLBACK", "DELETE", "CREATE_FAILED")):
        return fault(f"{seen}: there is nothing left to run", f"{events}; delete it, deploy anew")
    return fault(seen, f"{events}; mend that, and deploy again")


def judge_strange_stack(name: str, status: str) -> Finding:
    """Judge a stack that has not what ours has: it is another one, or none was made."""
    finding = judge_stack(name, status)
    if finding.state is not State.OK:
        return replace(finding, state=State.FAULT)
    return fault(
        f"{name} is {status}, and a stack of something else",
        "name the stack of this project with --stack",
    )


def judge_region(aws_region: str, ads_region: AdsRegion) -> Finding:
    """Judge whether the stack is where the Stream delivers for its advertisers."""
    seen = f"AdsRegion {ads_region.name}, in {aws_region}"
    if aws_region == ads_region.aws_region:
        return ok(seen)
    return fault(
        f"{seen}: Amazon delivers {ads_region.name} to {ads_region.aws_region} alone",
        f"deploy the stack in {ads_region.aws_region}, or with the AdsRegion of {aws_region}; "
        "samconfig.toml has an environment for each",
    )
