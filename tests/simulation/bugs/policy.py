"""Bugs about what the policy says."""

from typing import Final

from tests.simulation.bugs.bug import Bug

POLICY_BUGS: Final = (
    Bug(
        "without a policy that can be read everything is applied",
        "use_cases/apply_recommendations.py",
        "            self._policy_error = error\n"
        "            self._claiming.put_off([ready_of(*one) for one in resolved], error)\n"
        "            return\n",
        "            from recommendation_applier.domain.default_policy import DEFAULT_POLICY\n"
        "            in_force = PolicyInForce(DEFAULT_POLICY, 1)\n",
        within=400,
    ),
    Bug(
        "what the policy holds is sent",
        "use_cases/deciding.py",
        "    return Decided(by, held=(decision.reason, decision.detail))",
        "    return Decided(by)",
        within=400,
    ),
    Bug(
        "the policy's mode is not looked at",
        "use_cases/apply_recommendations.py",
        'is_dry_run = self._ports.dry_run or in_force.policy.mode == "DRY_RUN"',
        "is_dry_run = self._ports.dry_run",
        within=400,
    ),
    Bug(
        "what is ignored leaves without a record",
        "use_cases/claiming.py",
        "if not self.ledger.record(batch, {Verdict.IGNORED: batch.recommendation_ids}):",
        "if not batch:",
        within=400,
    ),
    Bug(
        "what the policy ignores is sent",
        "use_cases/deciding.py",
        "        return Decided(by, is_ignored=True)",
        "        return Decided(by)",
        within=400,
    ),
)
