"""A large data file: time, peak memory, and what the table is asked for.

Rows of some 2.3 kB, as the guide's examples are, come as pieces of a download. They are read and
indexed by the real use case, in a process of its own, which is killed in the middle of a block at
half and begun again. What the table costs is counted with fewer rows, against moto.
"""

import json
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import Final

from recommendation_applier.domain.opportunity import ACCOUNT_TEAM, Opportunity
from recommendation_applier.domain.opportunity_index import FileProgress, Indexed
from recommendation_applier.domain.opportunity_rows import Row, UnreadableRow, csv_rows
from recommendation_applier.use_cases.index_opportunities import ROWS_AT_ONCE, IndexOpportunities
from tests.bench.aws_meter import AwsMeter, Bill
from tests.bench.page import Page
from tests.bench.processes import peak_megabytes
from tests.emulator.amazon_opportunities import Opportunity as Listed
from tests.emulator.deployment import deployed

NAME: Final = "PO-1"
NOW: Final = datetime(2026, 11, 10, 12, tzinfo=UTC)
PIECE_ROWS: Final = 28
"""About 64 kB, as a download's pieces are."""

_SETTINGS: Final = {
    "ad_groups": [
        {
            "adgroup_id": "530905550061343",
            "target_type": "KEYWORD",
            "targets": [
                {
                    "bid": 0.42 + number,
                    "text": f"ceramic car shampoo {number}",
                    "match_type": "EXACT",
                    "target_id": f"45958266515932{number}",
                    "targeting": f"ceramic car shampoo {number}",
                }
                for number in range(4)
            ],
        }
    ]
}
_EXPLANATION: Final = {
    "description": "Campaigns with high ROAS and high budget use, compared to similar campaigns.",
    "missed_opportunities": {"impressions": {"upper_bound": "120720", "lower_bound": "40225"}},
    "recommendation_context": {"grouping_context": {"grouping_type": "INCREASE_BID_CONTEXTUAL"}},
}
_CELLS: Final = {
    "recommendationId": "%09d",
    "advertiserType": "SELLER",
    "encryptedAdvertiserId": "A0000000000001",
    "entityId": "ENTITY0000000000001",
    "marketplace": "US",
    "applyApiEndPoint": f"https://advertising-api.amazon.com/partnerOpportunities/{NAME}/apply",
    "publishedDate": "1790000000",
    "expiryDate": "4070908800000000",
    "recommendationType": "KEYWORD_BID",
    "adProductType": "SPONSORED_PRODUCTS",
    "explanation": json.dumps(_EXPLANATION),
    "currentCampaignSettings": json.dumps(_SETTINGS),
    "recommendedCampaignSettings": json.dumps(_SETTINGS),
}


def measure(rows: int = 200_000, table_rows: int = 1_000) -> Page:
    """Index so many *rows*, and *table_rows* of them into a table."""
    few, many = (_in_a_process_of_its_own(count) for count in (rows // 10, rows))
    names = ("new", "unchanged", "one in ten new")
    bills = dict(zip(names, _bills(table_rows), strict=True))
    per_thousand = 1_000 / table_rows
    return Page(
        name="opportunity-files",
        title=f"A data file of {rows:,} rows",
        columns=("what", "figure"),
        rows=[
            ("rows that were indexed, each once", many.indexed),
            ("seconds of one core", round(many.seconds, 1)),
            ("seconds of one core for a tenth of it", round(few.seconds, 1)),
            ("the same for 1,000,000, as for these", round(many.seconds / rows * 1_000_000, 1)),
            ("peak memory of the process, MB", round(many.peak_megabytes)),
            ("peak memory for a tenth of it, MB", round(few.peak_megabytes)),
            *(
                (f"{what}: {name} per 1,000 rows", round(count * per_thousand, 1))
                for what, bill in bills.items()
                for name, count in (
                    ("DynamoDB calls", bill.of("dynamodb")),
                    ("write units", bill.write_units),
                    ("read units", bill.read_units),
                )
            ),
        ],
        notes=(
            "Killed in the middle of a block at half, and begun again: none missing, none twice.",
            "Without the time that the download and the table take.",
            f"What the table is asked for was counted with {table_rows:,} rows, against moto.",
        ),
    )


# In a process of its own


@dataclass(frozen=True, slots=True)
class Measured:
    """What indexing one file came to."""

    indexed: int
    seconds: float
    peak_megabytes: float


def _in_a_process_of_its_own(rows: int) -> Measured:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(index_rows, rows).result()


def index_rows(rows: int) -> Measured:
    """Index a file of so many *rows*, killed at half. Raises ValueError if not each came once."""
    files, index = _Files(rows, dies_after=rows // 2 + ROWS_AT_ONCE // 2), _CountingIndex()
    use_case = IndexOpportunities(
        files=files, index=index, offers=None, clock=lambda: NOW, time_is_up=lambda: False
    )
    begun = time.process_time()
    try:
        use_case.run()
    except KeyboardInterrupt:
        files.dies_after = None
    report = use_case.run()
    seconds = time.process_time() - begun
    if not report.files[0].is_done or (index.count, index.total) != (rows, rows * (rows - 1) // 2):
        raise ValueError(f"of {rows} rows {index.count} were indexed, or some of them twice")
    return Measured(index.count, seconds, peak_megabytes())


@dataclass
class _Files:
    """Makes the file up as it is read; the process dies in the middle of it."""

    rows_in_all: int
    dies_after: int | None

    def opportunities(self) -> Sequence[Opportunity]:
        return [
            Opportunity(
                partner_opportunity_id=NAME,
                objective_type=ACCOUNT_TEAM,
                row_count=self.rows_in_all,
                data_updated_date=NOW,
            )
        ]

    def rows(self, partner_opportunity_id: str) -> Iterator[Row | UnreadableRow]:
        del partner_opportunity_id
        for number, row in enumerate(csv_rows(_pieces(self.rows_in_all))):
            if number == self.dies_after:
                raise KeyboardInterrupt
            yield row


def _pieces(rows: int) -> Iterator[bytes]:
    yield (",".join(_CELLS) + "\r\n").encode()
    line = ",".join('"' + cell.replace('"', '""') + '"' for cell in _CELLS.values()) + "\r\n"
    for start in range(0, rows, PIECE_ROWS):
        numbers = range(start, min(rows, start + PIECE_ROWS))
        yield "".join(line % number for number in numbers).encode()


@dataclass
class _CountingIndex:
    """Keeps no entry, but how many there were, and the sum of their numbers."""

    count: int = 0
    total: int = 0
    highest: int = -1
    files: dict[str, FileProgress] = field(default_factory=dict)

    def known(self, recommendation_ids: Collection[str]) -> Mapping[str, Indexed]:
        return {
            each: Indexed(each, NAME, datetime.max.replace(tzinfo=UTC), _PUBLISHED)
            for each in recommendation_ids
            if int(each) <= self.highest
        }

    def keep(self, entries: Sequence[Indexed]) -> None:
        self.count += len(entries)
        self.total += sum(int(each.recommendation_id) for each in entries)
        self.highest = max([self.highest, *(int(each.recommendation_id) for each in entries)])

    def progress(self) -> Mapping[str, FileProgress]:
        return dict(self.files)

    def save_progress(self, progress: FileProgress) -> bool:
        self.files[progress.partner_opportunity_id] = progress
        return True


_PUBLISHED: Final = datetime.fromtimestamp(1_790_000_000, UTC)


# Against moto


def _bills(rows: int) -> list[Bill]:
    """Index a file, the same as a newer one, and one in which every tenth row is new."""
    meter = AwsMeter()
    bills: list[Bill] = []
    with (
        meter.on_new_sessions(),
        deployed(parameters={"OpportunityFiles": "INDEX"}) as deployment,
    ):
        for day, start in enumerate((0, 0, rows // 10)):
            numbers = range(start, start + rows)
            cells = [dict(_CELLS, recommendationId=f"{number:09}") for number in numbers]
            deployment.amazon.publish(
                [
                    Listed(
                        partner_opportunity_id=NAME,
                        title="A large one",
                        rows=tuple(cells),
                        updated=f"2026-11-{day + 10}T06:00:00Z",
                    )
                ]
            )
            with meter.measuring() as bill:
                deployment.read_files()
            bills.append(bill)
    return bills
