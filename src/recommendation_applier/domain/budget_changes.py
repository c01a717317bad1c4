"""What a recommendation does to a campaign's budget, and to the rules that raise it for a while."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from recommendation_applier.domain.amounts import parse_amount, percent_between, show_value
from recommendation_applier.domain.budget_increases import Increase, parse_increase
from recommendation_applier.domain.change import Change, Findings, Place, Setting, compare
from recommendation_applier.domain.other_numbers import other_numbers
from recommendation_applier.domain.setting_pairs import BUDGET_RULES, Json, Pair

# The dataset guide calls the budget an object with "budget details" and does not name the amount;
# these are the names of Amazon's campaign APIs.
_AMOUNTS: Final = ("budget", "amount", "value", "daily_budget")
_BUDGET: Final = frozenset({*_AMOUNTS, "budget_rules"})
_BUDGET_RULE: Final = frozenset(
    {"rule_name", "type", "start_date", "end_date", "event_name", "increase_by", "recurrence"}
)
_ANY_BUDGET: Final = Decimal(100)
_CONDITION: Final = "performance_measure_condition"


def compare_budgets(recommended: object, current: object, *, creates: bool) -> Findings:
    """Compare two budgets: a number, or an object with an amount, rules or both."""
    yield from _of_budget(_as_object(recommended), _as_object(current), creates=creates)


def _of_budget(recommended: Json, current: Json, *, creates: bool) -> Findings:
    there, here = (_amounts(each) for each in (recommended, current))
    if len(there) > 1 or (there and len(here) > 1):
        yield "the budget has more than one amount"
    elif there:
        yield from compare(Setting.BUDGET, "budget", there[0], here[0] if here else None)
    before, after = _only(here), _only(there or here)
    for rule in BUDGET_RULES.pairs(recommended, current, creates=creates):
        yield from [rule] if isinstance(rule, str) else _of_budget_rule(rule, before, after)
    yield from other_numbers(recommended, current, documented=_BUDGET)


def _of_budget_rule(rule: Pair, before: Decimal | None, after: Decimal | None) -> Findings:
    """Compare a budget rule, with the budget *before* and *after* known or not.

    A raise is measured from the budget itself, however much of it the rule allows already, and if
    the budget changes as well, from the lower of the two. A cut is measured from what the rule
    allows now. So each limit is held against the largest change that may be meant.
    """
    there, here = rule.recommended, rule.current or {}
    what = f"budget under {rule.name}"
    raised, allowed = there.get("increase_by"), here.get("increase_by")
    if raised is not None or rule.current is None:
        try:
            change = _raise(what, raised, allowed, before=before, after=after)
            place = Place(
                budget_rule_id=rule.told("rule_id"),
                increase_before=_as_written(allowed),
                increase_after=_as_written(raised),
            )
            yield replace(change, place=place) if isinstance(change, Change) else change
        except ValueError as error:
            yield f"{what}: increase_by {show_value(allowed)} -> {show_value(raised)} {error}"
    # The increase is the most that a new rule can do, whatever its condition; another condition
    # of a rule that is there makes it do so more often.
    known = here if rule.current is not None else {_CONDITION: there.get(_CONDITION)}
    yield from other_numbers(there, known, documented=_BUDGET_RULE)


def _raise(
    what: str, raised: object, allowed: object, *, before: Decimal | None, after: Decimal | None
) -> Change | None:
    if isinstance(raised, str | int | float) and raised == allowed:  # in whatever unit
        return None
    then = parse_increase(raised)
    nothing = Increase(Decimal(0), then.in_percent)
    now = nothing if allowed is None else parse_increase(allowed)
    if now.in_percent is not then.in_percent:
        raise ValueError("must keep its unit")
    if now == then:
        return None
    is_cut = then.number < now.number
    base = now if is_cut else nothing
    if after is not None:
        was = before if before is None or is_cut else min(before, after)
        return Change(Setting.BUDGET, what, None if was is None else base.on(was), then.on(after))
    if not then.in_percent:
        raise ValueError("cannot be added to a budget that is not told")
    percent = percent_between(base.on(_ANY_BUDGET), then.on(_ANY_BUDGET))
    return Change(Setting.BUDGET, what, None, None, percent)


def _as_written(increase: object) -> str | None:
    """Write an increase that could be read the way people do."""
    if isinstance(increase, dict):
        return f"{increase['value']} {increase['type']}"
    return None if increase is None else str(increase)


def _as_object(budget: object) -> Json:
    return budget if isinstance(budget, dict) else {"budget": budget}


def _amounts(budget: Json) -> list[object]:
    return [budget[name] for name in _AMOUNTS if budget.get(name) is not None]


def _only(amounts: list[object]) -> Decimal | None:
    try:
        (amount,) = amounts
        return parse_amount(amount)
    except ValueError:  # none, several, or one that is told of elsewhere
        return None
