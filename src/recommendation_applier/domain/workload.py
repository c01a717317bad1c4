"""How much comes in a month, and how it is met: the knobs of what it costs. No I/O."""

from dataclasses import dataclass
from enum import StrEnum


class Arrival(StrEnum):
    """How the deliveries of a day are spread over it."""

    BURST = "BURST"
    """All within burst_minutes, once a day: invocations fill, and so do requests."""
    EVEN = "EVEN"
    """Evenly over the whole day: an invocation has what comes within its batching window."""


class OpportunityFiles(StrEnum):
    """What is done with opportunity files, as the template's parameter of that name has it."""

    OFF = "OFF"
    INDEX = "INDEX"
    APPLY = "APPLY"


class LogLevel(StrEnum):
    """As the template's parameter of that name has it."""

    INFO = "INFO"
    DEBUG = "DEBUG"


class Architecture(StrEnum):
    """As the template's parameter of that name has it."""

    ARM64 = "arm64"
    X86_64 = "x86_64"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A month's work. The defaults are the template's, and a guess at what is not its to say.

    *recommendations* are new ones, of so many *accounts* in equal shares; *repeated_share* says how
    many of them are delivered once more, and *held_share* how many of them are held and never sent.
    *burst_minutes* is how long a day's deliveries take to come where they come in a burst.
    *seconds_a_request* is how long Amazon takes for an apply or status request, and
    *milliseconds_a_recommendation* how long the function takes for all else, one recommendation
    after the other, with *memory_mb*: neither was ever measured on Lambda.
    *follow_ups* is how often Amazon is asked about an accepted application.
    """

    recommendations: int
    accounts: int = 25
    arrival: Arrival = Arrival.BURST
    burst_minutes: int = 10
    held_share: float = 0.0
    repeated_share: float = 0.0
    batch_size: int = 1000
    batching_window_seconds: int = 60
    maximum_concurrency: int = 2
    max_concurrent_requests: int = 4
    memory_mb: int = 512
    architecture: Architecture = Architecture.ARM64
    ledger_retention_days: int = 90
    log_retention_days: int = 90
    log_level: LogLevel = LogLevel.INFO
    opportunity_files: OpportunityFiles = OpportunityFiles.OFF
    seconds_a_request: float = 1.0
    milliseconds_a_recommendation: float = 4.0
    follow_ups: int = 2

    @property
    def deliveries(self) -> float:
        """What arrives on the queue.

        With APPLY every recommendation comes both ways, from the Stream and from a file.
        """
        ways = 2 if self.opportunity_files is OpportunityFiles.APPLY else 1
        return self.recommendations * (ways + self.repeated_share)

    @property
    def sent(self) -> float:
        """The recommendations that are sent to Amazon, each once."""
        return self.recommendations * (1 - self.held_share)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSize:
    """What of the stack is paid for by the month, whatever comes.

    *alarm_metrics* counts the metrics of all alarms, since an alarm is charged for by its metrics;
    those of the function that reads files are counted apart, like that function's ticks.
    *tick_minutes* are the intervals of the schedules that always run.
    """

    metrics: int = 15
    alarm_metrics: int = 21
    file_alarm_metrics: int = 3
    composite_alarms: int = 1
    dashboards: int = 1
    secrets: int = 1
    tick_minutes: tuple[int, ...] = (5, 60)
    file_tick_minutes: int = 30
