"""What mutmut found, in our words: mutants, their diffs, and which of them are no faults."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PACKAGE: Final = "recommendation_applier"
EQUIVALENTS: Final = Path(__file__).with_name("equivalent.toml")

KILLED: Final = frozenset({"killed"})
TIMED_OUT: Final = frozenset({"timeout"})
"""The tests would not have ended: they noticed."""
NOT_RUN: Final = "not checked"
"""mutmut's word for the mutants of modules that were not asked for."""

_KEY: Final = re.compile(
    rf"{PACKAGE}\.(?P<module>[\w.]+)\.x(?:_|ǁ(?P<owner>\w+)ǁ)(?P<function>\w+?)__mutmut_\d+"
)
_RESULT: Final = re.compile(r"^ {4}(\S+): ([a-z ]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small fault in one function; *key* is mutmut's name for it, *status* what it says."""

    key: str
    status: str
    module: str
    function: str


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Mutants that are no faults: what *function* does is the same with them, and *why*.

    *was* are the lines of the function that they change, *becomes* what they make of them.
    """

    function: str
    was: str
    becomes: tuple[str, ...]
    why: str


def read_mutants(results: str) -> list[Mutant]:
    """Read what `mutmut results --all true` prints, without those that were not run."""
    return [_mutant(key, status) for key, status in _RESULT.findall(results) if status != NOT_RUN]


def _mutant(key: str, status: str) -> Mutant:
    parts = _KEY.fullmatch(key)
    if parts is None:
        raise ValueError(f"mutmut names a mutant in a way that is not known: {key}")
    names = (parts["module"], parts["owner"], parts["function"])
    return Mutant(key, status, parts["module"], ".".join(name for name in names if name))


def lines_of(diff: str, sign: str) -> str:
    """Give the lines that *diff* takes away (`-`) or adds (`+`), without their indentation."""
    return "\n".join(
        line[1:].strip()
        for line in diff.splitlines()
        if line.startswith(sign) and not line.startswith(sign * 3)
    )


def read_equivalents(text: str | None = None) -> list[Equivalent]:
    """Read the explanations, from the file beside this one unless *text* is given."""
    content = EQUIVALENTS.read_text() if text is None else text
    return [
        Equivalent(
            function=each["function"],
            was=_stripped(each["was"]),
            becomes=tuple(_stripped(one) for one in each["becomes"]),
            why=each["why"],
        )
        for each in tomllib.loads(content).get("equivalent", [])
    ]


def _stripped(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def explanation_of(
    mutant: Mutant, diff: str, equivalents: Iterable[Equivalent]
) -> Equivalent | None:
    """Find what says that *mutant* is no fault."""
    was, becomes = lines_of(diff, "-"), lines_of(diff, "+")
    return next(
        (
            each
            for each in equivalents
            if each.function == mutant.function and each.was == was and becomes in each.becomes
        ),
        None,
    )


def table_of(mutants: Sequence[Mutant], *, equivalent: frozenset[str]) -> str:
    """Count the mutants by module; *equivalent* are the keys of those that are no faults."""
    rows = [("module", "mutants", "killed", "timeouts", "equivalent", "survived")]
    modules = sorted({each.module for each in mutants})
    rows += [
        _row(module, [each for each in mutants if each.module == module], equivalent)
        for module in modules
    ]
    rows.append(_row("all", mutants, equivalent))
    width = max(len(row[0]) for row in rows)
    return "\n".join(
        row[0].ljust(width) + "".join(f"{cell:>12}" for cell in row[1:]) for row in rows
    )


def _row(
    name: str, mutants: Sequence[Mutant], equivalent: frozenset[str]
) -> tuple[str, str, str, str, str, str]:
    killed = sum(each.status in KILLED for each in mutants)
    timed_out = sum(each.status in TIMED_OUT for each in mutants)
    explained = sum(each.key in equivalent for each in mutants)
    survived = len(mutants) - killed - timed_out - explained
    return (name, str(len(mutants)), str(killed), str(timed_out), str(explained), str(survived))
