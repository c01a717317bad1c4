"""What the ledger's records say, in a file."""

from collections.abc import Collection

from recommendation_applier.domain.fate import Word, words_of
from recommendation_applier.domain.ledger import Verdict
from recommendation_applier.entrypoints.cli.word_file import word_file
from tests.builders import NOW
from tests.ledger_builders import OTHER_TOKEN, record


def test_what_was_kept_is_given_by_recommendation() -> None:
    """All of it, as it was, from whichever record."""
    words = [
        *words_of(record("rec-1", "rec-2", due=NOW)),
        *words_of(record(verdicts={Verdict.REFUSED: ("rec-1",)}, token=OTHER_TOKEN)),
    ]
    with word_file() as file:
        file.keep(words[:1])
        file.keep(words[1:])

        for name in ("rec-1", "rec-2", "nobody's"):
            assert _sorted(file.of(name)) == [
                each for each in _sorted(words) if each.recommendation_id == name
            ]


def _sorted(words: Collection[Word]) -> list[Word]:
    return sorted(words, key=lambda each: (each.recommendation_id, each.token))
