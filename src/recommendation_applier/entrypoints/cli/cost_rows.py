"""What a month costs, as people and programs read it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from pydantic.alias_generators import to_camel

from recommendation_applier.domain.costs import Alternative, MonthlyCosts
from recommendation_applier.domain.prices import AS_OF, PRICES, Billed

_LEAST: Final = 0.01
"""USD; what is less is said to be less."""

KNOBS: Final = {"knob": "knob", "to": "turned to", "difference": "USD a month"}


def columns_of(costs: Sequence[MonthlyCosts]) -> Mapping[str, str]:
    """Name the columns: what is billed, the fixed part, and the variable part of each volume."""
    volumes = {
        str(number): f"at {each.workload.recommendations:,}" for number, each in enumerate(costs)
    }
    return {"service": "service", "billed": "USD a month for", "fixed": "fixed"} | volumes


def rows_of(costs: Sequence[MonthlyCosts]) -> list[Mapping[str, str]]:
    """Write a row for each thing that is billed in any of *costs*, and the sums below.

    The fixed part is the same whatever comes.
    """
    found = [{line.billed: line for line in month.lines} for month in costs]
    rows: list[Mapping[str, str]] = [
        {
            "service": PRICES[billed].service,
            "billed": billed.value,
            "fixed": next(_usd(each[billed].fixed) for each in found if billed in each),
        }
        | {
            str(number): _usd(each[billed].variable) if billed in each else ""
            for number, each in enumerate(found)
        }
        for billed in Billed
        if any(billed in each for each in found)
    ]
    sums = {
        "all": [each.variable for each in costs],
        "fixed and variable parts together": [each.total for each in costs],
        "variable part for a million": [each.a_million for each in costs],
    }
    for name, volumes in sums.items():
        fixed = _usd(costs[0].fixed) if name == "all" else ""
        values = {str(number): _usd(each) for number, each in enumerate(volumes)}
        rows.append({"service": "", "billed": name, "fixed": fixed, **values})
    return rows


def knobs_of(found: Sequence[Alternative]) -> list[Mapping[str, str]]:
    """Write what one knob alone would change."""
    return [
        {"knob": each.knob, "to": each.to, "difference": f"{each.difference:+,.2f}"}
        for each in found
    ]


def document_of(costs: Sequence[MonthlyCosts], *, free_tiers: bool) -> dict[str, Any]:
    """Write everything for programs: figures, assumptions, and prices with their sources."""
    return {
        "asOf": AS_OF,
        "region": "us-east-1",
        "currency": "USD",
        "freeTiers": free_tiers,
        "months": [
            {
                "recommendations": each.workload.recommendations,
                "workload": _camel(asdict(each.workload)),
                "fixed": round(each.fixed, 4),
                "variable": round(each.variable, 4),
                "total": round(each.total, 4),
                "variablePerMillion": round(each.a_million, 4),
                "lines": [
                    {
                        "service": line.service,
                        "billed": line.billed.value,
                        "fixedUnits": round(line.fixed_units, 4),
                        "variableUnits": round(line.variable_units, 4),
                        "fixed": round(line.fixed, 4),
                        "variable": round(line.variable, 4),
                    }
                    for line in each.lines
                ],
            }
            for each in costs
        ],
        "prices": [
            {"billed": billed.value, **_camel(asdict(price))} for billed, price in PRICES.items()
        ],
    }


def _usd(usd: float) -> str:
    if not usd:
        return ""
    return f"{usd:,.2f}" if usd >= _LEAST else f"<{_LEAST}"


def _camel(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {to_camel(name): value for name, value in fields.items()}
