"""`applier tail`: what the functions log, as sentences."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final

import typer

from recommendation_applier.aws.function_logs import StoredLogs
from recommendation_applier.domain.log_event import LogEvent
from recommendation_applier.entrypoints.cli.deployed_stack import DeployedStack, deployed_stack
from recommendation_applier.entrypoints.cli.errors import OperatorError
from recommendation_applier.entrypoints.cli.log_lines import Level, Line, read_line, texts_of
from recommendation_applier.entrypoints.cli.options import AsJson, Every
from recommendation_applier.entrypoints.cli.output import print_line
from recommendation_applier.entrypoints.cli.times import parse_moment
from recommendation_applier.use_cases.tail_log import follow_log, read_log

if TYPE_CHECKING:
    from types_boto3_logs.client import CloudWatchLogsClient

app: Final = typer.Typer(rich_markup_mode=None)

_USUAL: Final = timedelta(minutes=10)
_PAUSE_SECONDS: Final = 3.0
"""Between two looks, of one call a function at least: CloudWatch Logs allows 5 to 10 a second to an
account and region, whoever makes them."""

_COLOURS: Final = {Level.WARNING: "yellow", Level.ERROR: "red"}
_OUTPUT: Final = re.compile(r"(?P<name>\w+)FunctionLogGroupName")

Told = tuple[LogEvent, Line]


@app.command()
def tail(  # noqa: PLR0913 - an argument is an option
    context: typer.Context,
    *,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since",
            metavar="MOMENT",
            help="From then on: how long ago, such as 30m or 7d, or a date and time (UTC). Without "
            "it, 10m.",
            parser=parse_moment,
        ),
    ] = None,
    follow: Annotated[
        bool,
        typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C ends it."),
    ] = False,
    function: Annotated[
        list[str] | None,
        typer.Option(
            "--function",
            metavar="NAME",
            help="Of this function: apply, follow-up, opportunities, …; may be given several "
            "times. Without it, of all.",
        ),
    ] = None,
    errors: Annotated[
        bool,
        typer.Option("--errors", help="Warnings and errors alone: crashes, timeouts, failures."),
    ] = False,
    recommendation_id: Annotated[
        list[str] | None,
        typer.Option(
            "--id", metavar="ID", help="That name this recommendation; any of several will do."
        ),
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option(
            "--account",
            metavar="ID",
            help="That name this encrypted advertiser id or entity id; any of several will do.",
        ),
    ] = None,
    every: Every = _PAUSE_SECONDS,
    as_json: AsJson = False,
) -> None:
    """Tell what the functions log, as sentences: time (UTC), function, what happened.

    Crashes, timeouts, and what each invocation took are told as well; its start and end are left
    out, and so are metrics. What nobody knows how to tell is shown as it is. With --json, the same
    lines as they were written, one JSON document a line, each with its `function`.

    A line about an accepted batch names its account and no recommendation, unless LogLevel is
    DEBUG: what became of one recommendation, `applier ledger show` tells.
    """
    stack = deployed_stack(context)
    log_groups = log_groups_of(stack)
    functions = _chosen(function, log_groups, stack)
    client: CloudWatchLogsClient = stack.session.client("logs")
    logs = StoredLogs(client, log_groups)
    start = since or datetime.now(UTC) - _USUAL
    is_meant = _filter(errors=errors, ids=recommendation_id, accounts=account)
    try:
        found = (
            follow_log(logs, functions, since=start, wait=lambda: time.sleep(every))
            if follow
            else read_log(logs, functions, since=start)
        )
        told = 0
        for event, line in _told(found, is_meant):
            _print(event, line, as_json=as_json)
            told += 1
    except KeyboardInterrupt:  # how a look at the log ends, and no failure
        return
    if not told:
        typer.echo(f"Nothing of that kind was logged since {start:%Y-%m-%d %H:%M:%SZ}.", err=True)


def log_groups_of(stack: DeployedStack) -> Mapping[str, str]:
    """Find the log group of each function by the stack's outputs: `apply`, `follow-up`, ….

    Raises OperatorError if there is none.
    """
    found = {
        re.sub(r"(?<!^)(?=[A-Z])", "-", match["name"]).lower(): value
        for name, value in sorted(stack.outputs.items())
        if (match := _OUTPUT.fullmatch(name))
    }
    return found or {"apply": stack.output("ApplyFunctionLogGroupName")}


def sentence_of(event: LogEvent, line: Line, *, now: datetime) -> str:
    """Write one line for people; the date is there unless it is today's."""
    at = event.at.astimezone(UTC)
    form = "%H:%M:%S" if at.date() == now.astimezone(UTC).date() else "%Y-%m-%d %H:%M:%S"
    return f"{at:{form}} {event.function}: {line.level.value}{line.sentence}"


def document_of(event: LogEvent, line: Line) -> str:
    """Write one line for programs; what is no JSON object becomes the `message` of one."""
    as_it_is = line.document or {
        "timestamp": event.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "message": event.message.rstrip(),
    }
    return json.dumps({**as_it_is, "function": event.function}, ensure_ascii=False)


def _told(events: Iterator[LogEvent], is_meant: Callable[[Line], bool]) -> Iterator[Told]:
    for event in events:
        line = read_line(event.message)
        if line is not None and is_meant(line):
            yield event, line


def _chosen(
    names: Sequence[str] | None, log_groups: Mapping[str, str], stack: DeployedStack
) -> Sequence[str]:
    chosen = [each.strip().lower() for each in names or log_groups]
    for name in chosen:
        if name not in log_groups:
            hint = ", since its OpportunityFiles is OFF" if name == "opportunities" else ""
            raise OperatorError(
                f"stack {stack.name} has no function {name}{hint}: name one of "
                f"{', '.join(log_groups)} with --function"
            )
    return list(dict.fromkeys(chosen))


def _filter(
    *, errors: bool, ids: Sequence[str] | None, accounts: Sequence[str] | None
) -> Callable[[Line], bool]:
    wanted = [_any_of(names) for names in (ids, accounts) if names]

    def is_meant(line: Line) -> bool:
        if errors and line.level is Level.INFO:
            return False
        return all(any(each.search(text) for text in texts_of(line)) for each in wanted)

    return is_meant


def _any_of(names: Sequence[str]) -> re.Pattern[str]:
    # Whole: rec-1 is not in rec-12, and not in old-rec-1.
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])")


def _print(event: LogEvent, line: Line, *, as_json: bool) -> None:
    if as_json:
        typer.echo(document_of(event, line))
    else:
        print_line(sentence_of(event, line, now=datetime.now(UTC)), colour=_COLOURS.get(line.level))
