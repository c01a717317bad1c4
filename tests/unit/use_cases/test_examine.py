"""Preconditions are looked at in order, and none before those that it needs."""

from collections.abc import Callable
from threading import Event

import pytest

from recommendation_applier.domain.finding import Finding, fault, ok, skipped, warning
from recommendation_applier.use_cases.examine import Check, examine


def check(name: str, finding: Finding | Callable[[], Finding], *needs: str) -> Check:
    """Make a check that finds what is given, or what a function gives."""
    return Check(id=name, needs=needs, look=finding if callable(finding) else lambda: finding)


def test_findings_come_in_order_whoever_is_faster() -> None:
    """Looks are under way together, and are told as they were asked for."""
    second_is_done = Event()

    def wait() -> Finding:
        assert second_is_done.wait(10)
        return ok("late")

    def tell() -> Finding:
        second_is_done.set()
        return ok("early")

    found = list(examine([check("first", wait), check("second", tell)]))

    assert [(each.id, each.finding.seen) for each in found] == [
        ("first", "late"),
        ("second", "early"),
    ]


def test_a_fault_skips_what_needs_it_and_nothing_else() -> None:
    """Each names the fault that is at the bottom of it; a warning is in nobody's way."""

    def never() -> Finding:
        raise AssertionError("it must not be looked at")

    found = list(
        examine(
            [
                check("root", fault("bad", "mend")),
                check("other", warning("so so", "mend")),
                check("child", never, "other", "root"),
                check("grandchild", never, "child"),
                check("free", ok("good"), "other"),
            ]
        )
    )

    assert {each.id: each.finding.because for each in found if each.finding.because} == {
        "child": "root",
        "grandchild": "root",
    }
    assert found[-1].finding == ok("good")


def test_a_look_may_itself_wait_for_another_fault() -> None:
    """What needs it names that one as well."""
    found = list(examine([check("hosts", skipped("account")), check("next", ok("good"), "hosts")]))

    assert [each.finding.because for each in found] == ["account", "account"]


def test_what_is_no_finding_is_raised() -> None:
    """A mistake of ours is none."""

    def fail() -> Finding:
        raise ZeroDivisionError("a mistake")

    with pytest.raises(ZeroDivisionError, match="a mistake"):
        list(examine([check("first", fail)]))
