"""The policy of what may be applied without asking, and what it decides. No I/O."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError
from pydantic.json_schema import GenerateJsonSchema

from recommendation_applier.domain.errors import PolicyError
from recommendation_applier.domain.policy_fields import WIRE, Id, refused, sentence_on
from recommendation_applier.domain.policy_rules import (
    CampaignPacing,
    Limits,
    Objection,
    Rule,
    pacing_of,
)
from recommendation_applier.domain.reasons import HeldReason
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.domain.strict_json import read_strictly
from recommendation_applier.domain.value import value

__all__ = [
    "ApplyPolicy",
    "CampaignPacing",
    "Decision",
    "DecisionVerdict",
    "Limits",
    "Rule",
    "decide",
    "policy_schema",
    "read_policy",
]


class DecisionVerdict(StrEnum):
    """What the policy says of a recommendation."""

    APPLY = "APPLY"
    HOLD = "HOLD"
    IGNORE = "IGNORE"


@value(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the policy says of one recommendation, and why.

    *rule* is the name of the rule that decided; None if none matched, and the default did. *reason*
    is there where it is held, *detail* where it is not applied. *pacing* is what the ledger has to
    check before it is applied.
    """

    verdict: DecisionVerdict
    rule: str | None = None
    reason: HeldReason | None = None
    detail: str = ""
    pacing: CampaignPacing | None = None


_APPLY_BY_DEFAULT: Final = Decision(verdict=DecisionVerdict.APPLY)


def _version(value: object) -> int:
    if type(value) is int and value == 1:
        return 1
    raise refused("must be 1, the only version that is known")


def _named_apart(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    names = [rule.name for rule in rules]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is None:
        return rules
    raise refused(f"must have a name of its own for each rule; '{repeated}' is there twice")


class ApplyPolicy(BaseModel):
    """What may be applied without asking. The first rule that matches decides."""

    model_config = WIRE

    version: Annotated[
        Literal[1],
        BeforeValidator(_version),
        Field(description="The version of this structure."),
    ]
    mode: Annotated[
        Literal["APPLY", "DRY_RUN"],
        Field(description="DRY_RUN holds everything; so does the stack's ApplyMode=DRY_RUN."),
    ]
    default: Annotated[
        Literal["APPLY", "HOLD"],
        Field(description="What becomes of a recommendation that no rule matches."),
    ]
    rules: Annotated[
        tuple[Rule, ...],
        AfterValidator(_named_apart),
        Field(description="Looked at from the first to the last."),
    ]
    protected_campaigns: Annotated[
        tuple[Id, ...],
        Field(description="Ids of campaigns that are held, whatever a rule says but IGNORE."),
    ] = ()


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """The policy that decides at this moment, and the version of the parameter that holds it."""

    policy: ApplyPolicy
    version: int


def read_policy(text: str) -> ApplyPolicy:
    """Read the JSON of a policy, strictly: a word that is not understood could be a limit.

    Raises PolicyError, which names every field that is wrong, what it is and what it must be.
    """
    try:
        return ApplyPolicy.model_validate(read_strictly(text), by_name=False)
    except ValidationError as error:
        # What is wrong within a list also makes it too short for pydantic.
        findings = [
            sentence_on(finding)
            for finding in error.errors(include_url=False)
            if finding["type"] != "too_short" or not finding["input"]
        ]
        raise PolicyError(f"the policy cannot be used: {'; '.join(findings)}") from error
    except ValueError as error:
        raise PolicyError(f"the policy cannot be used: it is not JSON: {error}") from error


def paces(policy: ApplyPolicy) -> bool:
    """Tell whether any rule of *policy* limits how often a campaign is changed."""
    return any(pacing_of(rule) is not None for rule in policy.rules)


class _SchemaWithoutTitles(GenerateJsonSchema):
    """The titles would only repeat the names of the fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - as inherited
        return False


def policy_schema() -> dict[str, Any]:
    """Give the JSON schema (draft 2020-12) of what `read_policy` reads.

    What fields have to do with each other is beyond it: that no two rules share a name, that a
    window ends after it begins, that `allowNew` says something.
    """
    schema = ApplyPolicy.model_json_schema(schema_generator=_SchemaWithoutTitles)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema}


def decide(recommendation: Recommendation, policy: ApplyPolicy, *, now: datetime) -> Decision:
    """Say what *policy* wants done with *recommendation* at *now*; its `mode` is not asked.

    The first rule that matches decides, or else the default. What is not ignored is held if its
    campaign is protected; what would be applied is held if it passes a limit of the rule, or if
    that cannot be computed. Never raises, whatever the settings hold.
    """
    rule = _first_match(policy.rules, recommendation, now)
    name = None if rule is None else rule.name
    if rule is not None and rule.decision == "IGNORE":
        return Decision(
            verdict=DecisionVerdict.IGNORE, rule=name, detail=f"rule '{name}' says IGNORE"
        )
    objection = _objection(recommendation, policy, rule)
    if objection is not None:
        return Decision(
            verdict=DecisionVerdict.HOLD,
            rule=name,
            reason=objection.reason,
            detail=objection.detail,
        )
    if rule is None:
        return _APPLY_BY_DEFAULT
    return Decision(verdict=DecisionVerdict.APPLY, rule=name, pacing=pacing_of(rule))


def _first_match(
    rules: tuple[Rule, ...], recommendation: Recommendation, now: datetime
) -> Rule | None:
    for rule in rules:
        if rule.matches(recommendation, now):
            return rule
    return None


def _objection(
    recommendation: Recommendation, policy: ApplyPolicy, rule: Rule | None
) -> Objection | None:
    campaign = recommendation.campaign_id
    if campaign in policy.protected_campaigns:
        return Objection(
            HeldReason.PROTECTED_CAMPAIGN, f"campaign {campaign} is among the protectedCampaigns"
        )
    if rule is None:
        said = "no rule matches, and the default says HOLD"
        return Objection(HeldReason.POLICY_HOLD, said) if policy.default == "HOLD" else None
    if rule.decision == "HOLD":
        return Objection(HeldReason.POLICY_HOLD, f"rule '{rule.name}' says HOLD")
    if rule.limits is None and rule.allow_new is None:
        return None
    # Here, so that a policy without limits does not load what reads all of a campaign's settings.
    from recommendation_applier.domain.policy_limits import objection_to  # noqa: PLC0415 - on demand

    return objection_to(recommendation, rule)
