"""What one event of a function's log says: a level, a sentence for people, a document for programs.

A function's log has the lines that it writes itself (JSON), metrics (the same), and Lambda's own
words, among them the tracebacks of what crashed. What is none of these is given as it is.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from recommendation_applier.entrypoints.cli.log_sentences import SENTENCES


class Level(Enum):
    """How much an event concerns whoever looks."""

    INFO = ""
    WARNING = "warning: "
    ERROR = "ERROR: "


@dataclass(frozen=True, slots=True)
class Line:
    """One event; *document* is None where it is no JSON object."""

    level: Level
    sentence: str
    document: Mapping[str, Any] | None = None


_UNTOLD: Final = re.compile(r"(START|END) RequestId: |INIT_START ")
_REPORT: Final = re.compile(r"(REPORT RequestId: (?P<id>\S+)|INIT_REPORT Init)[\t ]")
_MEASURED: Final = re.compile(
    r"(?P<name>(?:Init |Billed )?Duration|Memory Size|Max Memory Used|Status|Error Type): "
    r"(?P<value>[^\t\r\n]*)"
)
_TIMED_OUT: Final = re.compile(r"Task timed out after (?P<seconds>[\d.]+) seconds")
_EXITED: Final = re.compile(r"Error: (?P<why>Runtime exited[^\r\n]*)")
_BY_RUNTIME: Final = re.compile(r"\[(?P<level>[A-Z]+)\]\t[^\t]*\t[^\t]*\t(?P<text>.*)", re.DOTALL)
_CRASHED: Final = re.compile(r"\[ERROR\] (?P<why>.*?)(?=[\r\n]+Traceback |\Z)", re.DOTALL)
_TRACEBACK: Final = re.compile(r"Traceback \(most recent call last\):")
_PLACE: Final = re.compile(r'File "(?:.*/)?(?P<file>[^"/]+)", line (?P<line>\d+)')
_BREAKS: Final = re.compile(r"[\r\n\t]+")

_LEVELS: Final = {
    "WARN": Level.WARNING,
    "WARNING": Level.WARNING,
    "ERROR": Level.ERROR,
    "CRITICAL": Level.ERROR,
    "FATAL": Level.ERROR,
}


def read_line(message: str) -> Line | None:
    """Read one event; None if it tells people nothing: an invocation's start and end, metrics."""
    text = message.strip()
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return _of_lambda(text)
    if not isinstance(document, dict):
        return Line(Level.INFO, _on_one_line(text))
    if "_aws" in document:
        return None
    level = _LEVELS.get(str(document.get("level")), Level.INFO)
    return Line(level, _sentence(document) or _on_one_line(text), document)


def texts_of(line: Line) -> Iterator[str]:
    """Give every text in *line*, wherever it stands, to be searched."""
    yield from _texts(line.sentence if line.document is None else line.document)


def _sentence(document: Mapping[str, Any]) -> str | None:
    translate = SENTENCES.get(str(document.get("message")))
    if translate is None:
        return None
    try:
        return translate(document)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None  # of another version: it is shown as it is


def _of_lambda(text: str) -> Line | None:
    if not text or _UNTOLD.match(text):
        return None
    for pattern, read in _KINDS:
        if match := pattern.search(text):
            return read(match, text)
    return Line(Level.INFO, _on_one_line(text))


def _report(found: re.Match[str], text: str) -> Line:
    measured = {each["name"]: each["value"].strip() for each in _MEASURED.finditer(text)}
    status = measured.get("Status", "success")
    why = ", ".join(each for each in (status, measured.get("Error Type")) if each)
    facts = [
        f"took {measured['Duration']}" if "Duration" in measured else "",
        f"billed {measured['Billed Duration']}" if "Billed Duration" in measured else "",
        f"{measured['Max Memory Used']} of {measured['Memory Size']} used"
        if {"Max Memory Used", "Memory Size"} <= measured.keys()
        else "",
        f"started in {measured['Init Duration']}" if "Init Duration" in measured else "",
        f"ended with {why}" if status != "success" else "",
    ]
    what = f"invocation {found['id']}" if found["id"] else "cold start"
    level = Level.INFO if status == "success" else Level.ERROR
    return Line(level, ", ".join([what, *(each for each in facts if each)]))


def _timed_out(found: re.Match[str], _: str) -> Line:
    return Line(Level.ERROR, f"the invocation timed out after {found['seconds']} s")


def _exited(found: re.Match[str], _: str) -> Line:
    return Line(Level.ERROR, f"Lambda ended the function: {found['why'].strip()}")


def _crashed(found: re.Match[str], text: str) -> Line:
    why = _on_one_line(found["why"])
    start = "the function cannot start" if why.startswith("Runtime.") else "the invocation crashed"
    return Line(Level.ERROR, f"{start}: {why}{_place(text)}")


def _traceback(_: re.Match[str], text: str) -> Line:
    last = text.splitlines()[-1]  # the exception; the text has no empty ends
    return Line(Level.ERROR, f"the invocation crashed: {last.strip()}{_place(text)}")


def _by_runtime(found: re.Match[str], _: str) -> Line:
    return Line(_LEVELS.get(found["level"], Level.INFO), _on_one_line(found["text"]))


def _place(text: str) -> str:
    places = [f"{place['file']} line {place['line']}" for place in _PLACE.finditer(text)]
    return f" ({places[-1]})" if places else ""


_KINDS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], Line]], ...]] = (
    (re.compile(rf"^{_REPORT.pattern}"), _report),
    (_TIMED_OUT, _timed_out),
    (_EXITED, _exited),
    (re.compile(rf"^{_BY_RUNTIME.pattern}", re.DOTALL), _by_runtime),
    (re.compile(rf"^{_CRASHED.pattern}", re.DOTALL), _crashed),
    (_TRACEBACK, _traceback),
    (re.compile(r"^LAMBDA_WARNING"), lambda _, text: Line(Level.WARNING, _on_one_line(text))),
)
"""Lambda's own words, and how to read them; the first that fits."""


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for name, each in value.items():
                yield from (str(name), *_texts(each))
        case list():
            for each in value:
                yield from _texts(each)
        case _:
            pass


def _on_one_line(text: str) -> str:
    return _BREAKS.sub(" ", text.strip())
