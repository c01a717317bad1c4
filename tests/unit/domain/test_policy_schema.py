"""The schema of a policy, as editors need it."""

from collections.abc import Iterator
from typing import Any

from recommendation_applier.domain.policy import policy_schema


def fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of every object of a schema."""
    for name, one in [("policy", schema), *schema["$defs"].items()]:
        for field, rule in one["properties"].items():
            yield f"{name}.{field}", rule


def test_it_names_its_draft() -> None:
    """And itself, by what it is of."""
    schema = policy_schema()

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["description"].startswith("What may be applied without asking.")


def test_every_field_is_explained() -> None:
    """In a sentence; a title that repeats the name would be noise."""
    found = dict(fields(policy_schema()))

    assert len(found) == 5 + 7 + 6 + 6 + 2
    assert [name for name, rule in found.items() if not rule["description"].endswith(".")] == []
    assert [name for name, rule in found.items() if "title" in rule] == []
