"""What the ledger's records say, in a file: there may be millions of them."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Final

from recommendation_applier.domain.fate import Word
from recommendation_applier.domain.ledger import Verdict
from recommendation_applier.domain.reasons import DeadLetterReason

_A_FILE_THAT_GOES_WITH_ITS_CONNECTION: Final = ""
"""SQLite's name for a temporary database, of which only a cache is in memory."""


class WordFile:
    """Fits the Words port."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """*connection* is to an empty database."""
        self._connection = connection
        connection.execute(
            "CREATE TABLE words (recommendation_id TEXT, token TEXT, verdict TEXT, at TEXT,"
            " ended TEXT, refused TEXT)"
        )
        connection.execute("CREATE INDEX by_recommendation ON words (recommendation_id)")

    def keep(self, words: Iterable[Word]) -> None:
        """Add *words*."""
        self._connection.executemany(
            "INSERT INTO words VALUES (?, ?, ?, ?, ?, ?)",
            (
                (
                    word.recommendation_id,
                    word.token,
                    word.verdict.value,
                    word.at.isoformat(),
                    word.ended,
                    word.refused and word.refused.value,
                )
                for word in words
            ),
        )

    def of(self, recommendation_id: str) -> Collection[Word]:
        """Give all that was kept about a recommendation, in any order."""
        found = self._connection.execute(
            "SELECT token, verdict, at, ended, refused FROM words WHERE recommendation_id = ?",
            (recommendation_id,),
        )
        return [
            Word(
                recommendation_id,
                token,
                Verdict(verdict),
                datetime.fromisoformat(at),
                ended,
                refused and DeadLetterReason(refused),
            )
            for token, verdict, at, ended, refused in found
        ]


@contextmanager
def word_file() -> Iterator[WordFile]:
    """Make an empty one, which is gone when the block ends."""
    with closing(sqlite3.connect(_A_FILE_THAT_GOES_WITH_ITS_CONNECTION)) as connection:
        yield WordFile(connection)
