"""How many recommendations the ledger has of each standing."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.holds import Hold
from recommendation_applier.domain.ledger import BatchRecord, StoredEntry, Verdict
from recommendation_applier.domain.ledger_count import standing_of_entry, standing_of_records
from recommendation_applier.domain.reasons import HeldReason
from recommendation_applier.use_cases.count_ledger import ClaimRecords, Known, LedgerCounting
from tests.builders import NOW
from tests.ledger_builders import OTHER_TOKEN, TOKEN, entry, record, tombstone

HELD = Hold(HeldReason.POLICY_HOLD, "", NOW, None)
LATER = NOW + timedelta(days=1)


def counted(
    stored: Mapping[str, StoredEntry],
    claims: Sequence[ClaimRecords] = (),
    *,
    spoilt: AbstractSet[str] = frozenset(),
) -> dict[str, int]:
    """Count by standing; of what is *spoilt*, nobody can read the entry."""
    readable = {name: each for name, each in stored.items() if name not in spoilt}
    asked: list[AbstractSet[str]] = []

    def entries_of(names: AbstractSet[str]) -> Mapping[str, StoredEntry | None]:
        asked.append(names)
        return {name: readable.get(name) for name in names}

    counting = LedgerCounting(
        entries_of=entries_of, is_meant=lambda _: True, key_of=lambda _: "", now=LATER
    )
    counts = counting.count([*readable.values(), *claims])
    assert max(map(len, asked)) <= 100
    return {standing.value: number for (_, standing), number in counts.items()}


def test_each_recommendation_is_counted_once() -> None:
    """By its claim's records if there are any, or else by its entry."""
    names = [f"rec-{number}" for number in range(250)]
    stored = {name: StoredEntry(entry(name)) for name in names}
    stored["held"] = StoredEntry(entry("held"), hold=HELD)
    stored["removed"] = StoredEntry(None, tombstone())
    claims = [
        (record(*names[:240], "held", number=0), record(*names[:10], number=1)),
    ]

    assert counted(stored, claims) == {
        "ACCEPTED": 240,
        "IN_DOUBT": 10,
        "HELD": 1,
        "TAKEN_BACK": 1,
    }


def test_an_earlier_claim_tells_nothing() -> None:
    """What was refused, redriven and accepted is accepted."""
    refused = record(token=OTHER_TOKEN, verdicts={Verdict.REFUSED: ("rec-1",)})

    assert counted({"rec-1": StoredEntry(entry("rec-1"))}, [(refused,), (record("rec-1"),)]) == {
        "ACCEPTED": 1
    }


def test_what_the_ledger_has_no_entry_of_is_counted_by_its_record() -> None:
    """Forgotten before its record was, or spoilt."""
    assert counted({"rec-1": StoredEntry(entry())}, [(record("rec-1"),)], spoilt={"rec-1"}) == {
        "ACCEPTED": 1
    }


def test_a_record_of_what_was_only_removed_tells_nothing() -> None:
    """The removal does."""
    assert counted({"rec-1": StoredEntry(None, tombstone())}, [(record("rec-1"),)]) == {
        "TAKEN_BACK": 1
    }


def test_only_what_is_meant_is_counted_by_its_key() -> None:
    """Of entries and of records alike."""
    stored = {
        name: StoredEntry(entry(name, type=kind))
        for name, kind in {"a": "KEYWORD_BID", "b": "CAMPAIGN_BUDGET", "c": "KEYWORD_BID"}.items()
    }

    def kind_of(known: Known) -> str:
        found = known.stored.entry if known.stored else None
        return (found.recommendation.type if found else None) or ""

    counts = LedgerCounting(
        entries_of=lambda names: {name: stored.get(name) for name in names},
        is_meant=lambda known: kind_of(known) != "CAMPAIGN_BUDGET",
        key_of=kind_of,
        now=LATER,
    ).count([*stored.values(), (record("a", "b", "forgotten"),)])

    assert {(key, standing.value): number for (key, standing), number in counts.items()} == {
        ("KEYWORD_BID", "ACCEPTED"): 1,
        ("KEYWORD_BID", "IN_DOUBT"): 1,
        ("", "ACCEPTED"): 1,
    }


def test_what_changes_meanwhile_leaves_no_negative_count() -> None:
    """An entry that was met before it was claimed by somebody who has recorded it since."""
    before = StoredEntry(None, tombstone())
    counts = LedgerCounting(
        entries_of=lambda names: dict.fromkeys(names, StoredEntry(entry("rec-1"))),
        is_meant=lambda _: True,
        key_of=lambda _: "",
        now=LATER,
    ).count([before, (record("rec-1"),)])

    assert {standing.value: number for (_, standing), number in counts.items()} == {
        "TAKEN_BACK": 1,
        "ACCEPTED": 1,
    }


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdef"),
            st.sampled_from([TOKEN, OTHER_TOKEN]),
            st.sampled_from([HELD, None]),
            st.sampled_from([tombstone(), None]),
        ),
        unique_by=lambda each: each[0],
    ),
    st.lists(
        st.tuples(
            st.sampled_from([TOKEN, OTHER_TOKEN]),
            st.dictionaries(
                st.sampled_from(Verdict), st.lists(st.sampled_from("abcdef"), min_size=1)
            ),
        )
    ),
)
def test_the_sum_is_what_looking_at_each_gives(
    entries: list[tuple[str, str, Hold | None, object]],
    records: list[tuple[str, dict[Verdict, list[str]]]],
) -> None:
    """Whatever the order, and however many records a claim has."""
    stored = {
        name: StoredEntry(entry(name, token), tombstone() if grave else None, hold)
        for name, token, hold, grave in entries
    }
    made = [
        record(token=token, number=number, verdicts={v: tuple(ids) for v, ids in said.items()})
        for number, (token, said) in enumerate(sorted(records, key=lambda each: each[0]))
    ]
    claims = [tuple(each) for _, each in groupby(made, key=lambda each: each.token)]
    expected: dict[str, int] = {}
    for name, each in stored.items():
        assert each.entry is not None
        token = each.entry.claim.token
        spoken = [one for one in made if one.token == token and speaks_of(one, name)]
        standing = standing_of_entry(each, now=LATER)
        if spoken and not standing.value.startswith("HELD"):
            standing = standing_of_records(name, spoken, each)
        expected[standing.value] = expected.get(standing.value, 0) + 1
    orphans = {
        (one.token, name)
        for one in made
        for ids in one.verdicts.values()
        for name in ids
        if name not in stored
    }

    found = counted(stored, claims)

    assert sum(found.values()) == len(stored) + len(orphans)
    if not orphans:
        assert found == expected


def speaks_of(one: BatchRecord, name: str) -> bool:
    """Tell whether a record names an id."""
    return any(name in ids for ids in one.verdicts.values())
