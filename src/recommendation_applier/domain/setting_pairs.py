"""Which current ad group, target or budget rule a recommended one is. Never raises."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from recommendation_applier.domain.amounts import readable, show_value
from recommendation_applier.domain.value import value

Json = Mapping[str, Any]
_Key = tuple[str, Hashable]

_LARGEST_NUMBER: Final = 10**30
_SHOWN_CHARACTERS: Final = 40


@value(frozen=True, slots=True)
class Description:
    """What something is, what it says and in which manner: it may stand in for an id."""

    noun: str
    text: str
    manner: str | None = None

    def __str__(self) -> str:
        """Name it for people."""
        manner = f" {readable(self.manner[:_SHOWN_CHARACTERS])}" if self.manner else ""
        return f"{self.noun} {show_value(self.text)}{manner}"


@value(frozen=True, slots=True)
class Pair:
    """Something recommended and what it is now; *current* is None if it is new."""

    name: str
    recommended: Json
    current: Json | None

    def told(self, name: str) -> str | None:
        """Give a field as it is recommended, or else as it is now; None if neither tells it."""
        found = as_text(self.recommended.get(name))
        return as_text((self.current or {}).get(name)) if found is None else found


@dataclass(frozen=True, slots=True)
class Kind:
    """The things in a list of the settings, and how one of them is known again.

    By its id; where one of two has none, by its description; where neither has either, if both are
    alone in their lists.
    """

    list_name: str
    noun: str
    id_name: str
    describe: Callable[[Json], Description | None]

    def pairs(self, recommended: Json, current: Json, *, creates: bool) -> Iterator[Pair | str]:
        """Pair what *recommended* holds with what is now, or say why nobody can.

        *creates* says that the recommendation is to create something: what nothing tells apart is
        new then.
        """
        there, here = recommended.get(self.list_name), current.get(self.list_name) or []
        if there is None:
            return
        for when, found in (("recommended", there), ("current", here)):
            if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
                yield f"the {when} {self.list_name} are {show_value(found)}, not a list of objects"
                return
        known: defaultdict[_Key, list[Json]] = defaultdict(list)
        for one in here:
            for key in _keys(as_text(one.get(self.id_name)), self.describe(one)):
                known[key].append(one)
        for one in there:
            its_id, description = as_text(one.get(self.id_name)), self.describe(one)
            if sought := _sought(its_id, description):
                found = next((known[key] for key in sought if key in known), [])
            elif creates or not here:
                found = []
            else:  # if it is not the only one, it may be any of them, or new
                alone = len(there) == len(here) == 1 and not known
                found = here if alone else [*here, one]
            name = self._name(its_id, description)
            if len(found) > 1:
                yield f"{name} may be any of {len(here)} current {self.list_name}"
            else:
                yield Pair(name, one, found[0] if found else None)

    def _name(self, its_id: str | None, description: Description | None) -> str:
        if description is not None:
            return str(description)
        shown = None if its_id is None else readable(its_id[:_SHOWN_CHARACTERS])
        return f"the {self.noun}" if shown is None else f"{self.noun} {shown}"


def _keys(its_id: str | None, description: Description | None) -> list[_Key]:
    """Give all that something may be found by."""
    keys: list[_Key] = [] if its_id is None else [("id", its_id)]
    if description is not None:
        keys.append(("described", description))
        if its_id is None:
            keys.append(("described without an id", description))
    return keys


def _sought(its_id: str | None, description: Description | None) -> list[_Key]:
    """Give what to look for something by, best first."""
    if its_id is None:
        return [] if description is None else [("described", description)]
    # Another id is another thing, however alike the two are.
    return [("id", its_id), ("described without an id", description)]


def as_text(value: object) -> str | None:
    """Give a text that is not empty, or a whole number that some writers make of an id."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST_NUMBER:
        return str(value)
    return None


def _ad_group(one: Json) -> Description | None:
    name = as_text(one.get("adgroup_name"))
    return None if name is None else Description("ad group", name)


def _budget_rule(one: Json) -> Description | None:
    name = as_text(one.get("rule_name"))
    return None if name is None else Description("budget rule", name)


def _target(one: Json) -> Description | None:
    keyword = as_text(one.get("text"))
    if keyword is not None:
        return Description("keyword", keyword, as_text(one.get("match_type")))
    expressions = _expressions(one.get("expressions"))
    names = (expressions, as_text(one.get("targeting")), as_text(one.get("audience_target_type")))
    return next((Description("target", name) for name in names if name is not None), None)


def _expressions(value: object) -> str | None:
    """Put targeting expressions in one text: `ASIN_SAME_AS B0EXAMPLE`."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        return None
    parts = [each.get(name) for each in value for name in ("type", "value")]
    texts = [as_text(part) for part in parts if part is not None]
    return None if None in texts else " ".join(filter(None, texts)) or None


AD_GROUPS: Final = Kind("ad_groups", "ad group", "adgroup_id", _ad_group)
TARGETS: Final = Kind("targets", "target", "target_id", _target)
BUDGET_RULES: Final = Kind("budget_rules", "budget rule", "rule_id", _budget_rule)
