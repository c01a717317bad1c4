"""A ledger that lives as long as its execution environment does."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Any, Final

from recommendation_applier.domain.delivery import Withdrawal
from recommendation_applier.domain.recommendation import Recommendation
from recommendation_applier.domain.repeats import latest_withdrawals, takes_back
from recommendation_applier.use_cases.ports import Standing

MAX_REMEMBERED: Final = 50_000
"""About 10 MB: far more than an execution environment sees in the minutes that it is kept warm."""


class WarmLedger:
    """Fits the Ledger port without storage: what it forgets is asked of Amazon instead.

    It spares a request where the same execution environment sees a delivery again. It is no
    durable memory: another environment knows nothing of it, and a new one starts empty, so
    whoever uses it must treat a delivery that was received before, and that it does not know, as
    in doubt. Not safe for use by several threads at once.
    """

    def __init__(self, *, max_remembered: int = MAX_REMEMBERED) -> None:
        """Start empty; beyond *max_remembered* entries the oldest are forgotten."""
        self._max_remembered = max_remembered
        self._standings: dict[str, Standing] = {}
        self._withdrawals: dict[str, Withdrawal] = {}
        self._letters: dict[str, set[int]] = {}

    def claim(self, recommendations: Sequence[Recommendation]) -> Mapping[str, Standing]:
        """See the port."""
        standings = {each.recommendation_id: self._standing(each) for each in recommendations}
        claimed = [
            recommendation_id
            for recommendation_id, standing in standings.items()
            if standing not in (Standing.SETTLED, Standing.WITHDRAWN)
        ]
        self._remember(claimed, Standing.IN_DOUBT)
        return standings

    def settle(self, recommendation_ids: Sequence[str]) -> None:
        """See the port."""
        self._remember(recommendation_ids, Standing.SETTLED)

    def release(self, recommendation_ids: Sequence[str]) -> None:
        """See the port.

        They are forgotten, not remembered as free: another environment may send them next.
        """
        for recommendation_id in recommendation_ids:
            self._standings.pop(recommendation_id, None)

    def remember_letters(self, parts: Iterable[tuple[str, int]]) -> None:
        """See the port."""
        for message_id, position in parts:
            self._letters.setdefault(message_id, set()).add(position)
        _forget_oldest(self._letters, self._max_remembered)

    def letters_of(self, message_id: str) -> AbstractSet[int]:
        """See the port."""
        return self._letters.get(message_id, frozenset())

    def withdraw(self, withdrawals: Sequence[Withdrawal]) -> None:
        """See the port."""
        for withdrawal in withdrawals:
            known = self._withdrawals.pop(withdrawal.recommendation_id, withdrawal)
            self._withdrawals.update(latest_withdrawals([known, withdrawal]))
        _forget_oldest(self._withdrawals, self._max_remembered)

    def _standing(self, recommendation: Recommendation) -> Standing:
        known = self._standings.get(recommendation.recommendation_id, Standing.UNKNOWN)
        withdrawal = self._withdrawals.get(recommendation.recommendation_id)
        if (
            known is not Standing.SETTLED
            and withdrawal is not None
            and takes_back(withdrawal, recommendation)
        ):
            return Standing.WITHDRAWN
        return known

    def _remember(self, recommendation_ids: Sequence[str], standing: Standing) -> None:
        for recommendation_id in recommendation_ids:
            self._standings.pop(
                recommendation_id, None
            )  # so that it moves to the end, away from forgetting
            self._standings[recommendation_id] = standing
        _forget_oldest(self._standings, self._max_remembered)


def _forget_oldest(remembered: dict[str, Any], most: int) -> None:
    excess = len(remembered) - most
    if excess > 0:
        for key in list(islice(remembered, excess)):
            del remembered[key]
