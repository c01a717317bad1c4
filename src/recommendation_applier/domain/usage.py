"""What a month's work takes of AWS, from what was measured: units by what is billed. No I/O.

Figures of `make bench PAGES=aws-calls` and `PAGES=opportunity-files`, and sizes of the documents
and log lines that the emulated functions write about the guide's example, of 2026-11-26. A test
holds the units to the bench's. How long things take is a guess wherever it is called one.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

from recommendation_applier.domain.filling import DAYS, Filling, busy_seconds, filling_of
from recommendation_applier.domain.prices import Billed
from recommendation_applier.domain.workload import (
    Architecture,
    Arrival,
    LogLevel,
    OpportunityFiles,
    StackSize,
    Workload,
)

_MINUTES: Final = DAYS * 24 * 60
_GB: Final = 2**30

_LIFE_DAYS: Final = 14
"""Of a recommendation; the ledger keeps it for its retention after that."""

_RECEIVED_AT_ONCE: Final = 10
"""Messages that a receive, or a delete, takes at most."""

_POLLERS: Final = 5
"""That wait for messages whenever there are none: with MaximumConcurrency set, Lambda does not go
below the five that it starts with (developer guide, "Configuring scaling behavior for SQS event
source mappings"). Each asks again after the 20 seconds of a long poll."""

_POLLS_A_MINUTE: Final = 3

# Bytes of documents; DynamoDB adds 100 to each when it charges for storage.
_OVERHEAD: Final = 100
_ENTRY: Final = 864
_RECORD, _RECORD_OF_ID = 441, 37
_HELD_RECORD: Final = 250
_INDEXED: Final = 250

# Bytes of log lines.
_INVOCATION_LINES: Final = 378 + 290 + 300
"""Its own, its metrics, and Lambda's START, END and REPORT."""
_REQUEST_LINE: Final = 540
_STATUS_LINE: Final = 459
_HELD_LINE, _HELD_LINE_OF_ID = 470, 39
_DEPARTURE_LINE: Final = 434
_TICK_LINES: Final = 300

_SECONDS_A_TICK: Final = 0.3
"""A guess."""

_UNITS_A_FOLLOW_UP: Final = 2.3
"""Read units, of one record."""

_WRITES_OF_NEW_ROW, _READS_OF_ROW, _WRITES_OF_OLD_ROW = 1.002, 1.001, 0.002
_CALLS_OF_NEW_ROW, _CALLS_OF_OLD_ROW = 0.053, 0.012
_SECONDS_A_CALL: Final = 0.0075
_SECONDS_A_ROW: Final = 42 / 1_000_000 * 1769 / 1024
"""42 s of a whole core for a million rows; Lambda gives a core to 1,769 MB, and this has 1,024."""
_FILE_MEMORY_GB: Final = 1.0

_REQUEST_OUT, _REQUEST_OUT_OF_ID = 2_000, 45
"""Bytes of a request with its headers and its share of the TLS handshake."""

Units = Mapping[Billed, float]


@dataclass(frozen=True, slots=True)
class Usage:
    """Units a month: *fixed* ones, whatever comes, and *variable* ones, because something came."""

    fixed: Units
    variable: Units


def usage_of(workload: Workload, stack: StackSize) -> Usage:
    """Say what *workload* takes of AWS in a month, by the stack that is *stack*."""
    filling = filling_of(workload)
    variable: defaultdict[Billed, float] = defaultdict(float)
    for part in (
        _lambda(workload, filling),
        _queue(workload, filling),
        ledger_units(workload, filling),
        _logs(workload, filling),
        _files(workload),
    ):
        for billed, units in part.items():
            variable[billed] += units
    sent = (filling.requests * (1 + workload.follow_ups)) * _REQUEST_OUT
    ids = workload.sent * (1 + workload.follow_ups) * _REQUEST_OUT_OF_ID
    variable[Billed.DATA_OUT] = (sent + ids) / _GB
    return Usage(_fixed(workload, stack), variable)


def _lambda(workload: Workload, filling: Filling) -> Units:
    asked = filling.requests * workload.follow_ups / workload.max_concurrent_requests
    busy = busy_seconds(
        workload,
        deliveries=workload.deliveries / filling.invocations if filling.invocations else 0.0,
        requests=filling.requests_an_invocation,
    )
    seconds = filling.invocations * busy + asked * workload.seconds_a_request
    return {
        Billed.LAMBDA_REQUESTS: filling.invocations,
        _seconds(workload): seconds * workload.memory_mb / 1024,
    }


def _seconds(workload: Workload) -> Billed:
    is_arm = workload.architecture is Architecture.ARM64
    return Billed.LAMBDA_SECONDS_ARM64 if is_arm else Billed.LAMBDA_SECONDS_X86


def _queue(workload: Workload, filling: Filling) -> Units:
    """A send for each message; receives and deletes of ten at once where so many are there."""
    deliveries = workload.deliveries
    if not deliveries:
        return {}
    handled = deliveries / filling.invocations
    is_burst = workload.arrival is Arrival.BURST
    received = min(_RECEIVED_AT_ONCE, handled) if is_burst else 1.0
    deleted = max(1.0, min(_RECEIVED_AT_ONCE, handled))
    offered = workload.opportunity_files is OpportunityFiles.APPLY
    sent = deliveries - (workload.recommendations * (1 - 1 / _RECEIVED_AT_ONCE) if offered else 0)
    return {Billed.QUEUE_REQUESTS: sent + deliveries / received + deliveries / deleted}


def ledger_units(workload: Workload, filling: Filling) -> Units:
    """Entries, records and follow-ups, as the bench has them for a hundred ids a request.

    A delivery is a conditional write, whether it succeeds or not. A record is a write of its size
    and one in the index of what is due; each follow-up writes it again, and moves it in the index
    or takes it out. What is held is marked, and put into its index.
    """
    record = _record_units(_RECORD, filling.ids_a_request)
    held = workload.recommendations * workload.held_share
    writes = (
        workload.deliveries
        + filling.requests * (record + 1)
        + filling.requests * ((workload.follow_ups - 1) * (record + 2) + record + 1)
        + held * 2
        + filling.held_requests * _record_units(_HELD_RECORD, filling.ids_a_held_request)
    )
    entries = workload.recommendations * (_ENTRY + _OVERHEAD)
    records = (filling.requests + filling.held_requests) * (_RECORD + _OVERHEAD)
    bytes_a_month = entries + records + workload.recommendations * _RECORD_OF_ID
    kept = bytes_a_month / _GB * (_LIFE_DAYS + workload.ledger_retention_days) / DAYS
    return {
        Billed.WRITE_UNITS: writes,
        Billed.READ_UNITS: filling.requests * workload.follow_ups * _UNITS_A_FOLLOW_UP,
        Billed.TABLE_STORAGE: kept,
        Billed.TABLE_RECOVERY: kept,
    }


def _record_units(empty: int, ids: float) -> int:
    return ceil((empty + _RECORD_OF_ID * ids) / 1024)


def _logs(workload: Workload, filling: Filling) -> Units:
    held = workload.recommendations * workload.held_share
    is_debug = workload.log_level is LogLevel.DEBUG
    written = (
        filling.invocations * _INVOCATION_LINES
        + filling.requests * (_REQUEST_LINE + workload.follow_ups * _STATUS_LINE)
        + filling.held_requests * _HELD_LINE
        + held * _HELD_LINE_OF_ID
        + (workload.deliveries * _DEPARTURE_LINE if is_debug else 0)
    )
    return _logged(written, workload)


def _logged(written: float, workload: Workload) -> Units:
    return {
        Billed.LOG_INGESTION: written / _GB,
        # As if nothing were compressed, which CloudWatch Logs does before it charges.
        Billed.LOG_STORAGE: written / _GB * workload.log_retention_days / DAYS,
    }


def _files(workload: Workload) -> Units:
    """Every recommendation is new in one daily file, and unchanged in those of its life."""
    if workload.opportunity_files is OpportunityFiles.OFF:
        return {}
    new = workload.recommendations
    old = new * (_LIFE_DAYS - 1)
    calls = new * _CALLS_OF_NEW_ROW + old * _CALLS_OF_OLD_ROW
    seconds = (new + old) * _SECONDS_A_ROW + calls * _SECONDS_A_CALL
    kept = new * (_INDEXED + _OVERHEAD) / _GB * (_LIFE_DAYS + 25) / DAYS
    return {
        Billed.WRITE_UNITS: new * _WRITES_OF_NEW_ROW + old * _WRITES_OF_OLD_ROW,
        # A delivery looks up its opportunity as well: a unit, whether it is known or not.
        Billed.READ_UNITS: (new + old) * _READS_OF_ROW + workload.deliveries,
        Billed.TABLE_STORAGE: kept,
        Billed.TABLE_RECOVERY: kept,
        _seconds(workload): seconds * _FILE_MEMORY_GB,
    }


def _fixed(workload: Workload, stack: StackSize) -> Units:
    has_files = workload.opportunity_files is not OpportunityFiles.OFF
    ticks = sum(_MINUTES / minutes for minutes in stack.tick_minutes)
    file_ticks = _MINUTES / stack.file_tick_minutes if has_files else 0.0
    memory = workload.memory_mb / 1024
    functions = 2 + has_files
    return {
        Billed.LAMBDA_REQUESTS: ticks + file_ticks,
        _seconds(workload): (ticks * memory + file_ticks * _FILE_MEMORY_GB) * _SECONDS_A_TICK,
        Billed.QUEUE_REQUESTS: _POLLERS * _POLLS_A_MINUTE * _MINUTES,
        Billed.READ_UNITS: ticks + file_ticks,  # two queries of an empty index, half a unit each
        Billed.METRICS: stack.metrics,
        Billed.ALARMS: stack.alarm_metrics + (stack.file_alarm_metrics if has_files else 0),
        Billed.COMPOSITE_ALARMS: stack.composite_alarms,
        Billed.DASHBOARDS: stack.dashboards,
        Billed.SECRETS: stack.secrets,
        # Each function reads it once an hour, when its access token has ended.
        Billed.SECRET_CALLS: functions * DAYS * 24,
        **_logged((ticks + file_ticks) * _TICK_LINES, workload),
    }
