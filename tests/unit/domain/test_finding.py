"""Findings, and several of them as one."""

from recommendation_applier.domain.finding import State, fault, ok, skipped, together, warning


def test_several_findings_are_as_bad_as_the_worst() -> None:
    """What is not as bad is left out, and what is said twice is said once."""
    found = together([ok("a"), fault("b", "mend b"), warning("c", "mend c"), fault("d", "mend b")])

    assert (found.state, found.seen, found.mend) == (State.FAULT, "b; d", "mend b")


def test_several_good_ones_are_good() -> None:
    """And so is nothing at all."""
    assert together([ok("a"), ok("b")]) == ok("a; b")
    assert together([]).state is State.OK


def test_what_is_skipped_names_what_comes_first() -> None:
    """By its id, for programs."""
    assert skipped("secret").because == "secret"
    assert "secret" in skipped("secret").seen
