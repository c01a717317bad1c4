"""Bugs about what is claimed, recorded, removed and followed."""

from typing import Final

from tests.simulation.bugs.bug import Bug

LEDGER_BUGS: Final = (
    # --- The claim ---
    Bug(
        "the claim is dropped when the answer is lost",
        "use_cases/conclusions.py",
        "        return Verdict.IN_DOUBT\n    return Verdict.REFUSED if",
        "        return Verdict.RELEASED\n    return Verdict.REFUSED if",
    ),
    Bug(
        "a lost answer is followed by another try without asking",
        "use_cases/apply_recommendations.py",
        "        self._send([[*waiting, *self._ask(in_doubt)]])",
        "        self._send([[*waiting, *in_doubt]])",
    ),
    Bug(
        "a claim that has run out is taken for one that was never sent",
        "domain/ledger.py",
        "    return Standing.CLAIMED if now < until else Standing.IN_DOUBT",
        "    free = Standing.IN_DOUBT if found else Standing.FREE\n"
        "    return Standing.CLAIMED if now < until else free",
    ),
    Bug(
        "the lease ends with the invocation, not with its latest request",
        "domain/ledger.py",
        "LEASE_MARGIN_SECONDS: Final = 120",
        "LEASE_MARGIN_SECONDS: Final = 0",
    ),
    Bug(
        "what another has claimed is sent all the same",
        "use_cases/ledger.py",
        "            if known is None or (known.claim and known.claim.token == self.token):",
        "            if True:",
    ),
    Bug(
        "a claim is taken over while its owner is at work",
        "domain/ledger.py",
        "        return claim.lease_ends\n    return max(",
        "        return claim.claimed_at\n    return max(",
    ),
    Bug(
        "a request that may still arrive is taken for one that did not",
        "domain/ledger.py",
        "_REQUEST_LIFE: Final = timedelta(seconds=ANSWER_LOST_LEAST_SECONDS)",
        "_REQUEST_LIFE: Final = timedelta(seconds=0)",
        within=400,
    ),
    Bug(
        "without the ledger it is sent unclaimed",
        "use_cases/claiming.py",
        "                unknown.append(each)",
        "                clear.append(each)",
    ),
    # --- The record ---
    Bug(
        "it is on record as accepted before it is sent",
        "use_cases/apply_recommendations.py",
        "            yield from batches_of(to_send)",
        "            from recommendation_applier.domain.ledger import Verdict\n"
        "            for batch in batches_of(to_send):\n"
        "                self._ledger.record(batch, {Verdict.ACCEPTED: batch.recommendation_ids})\n"
        "                yield batch",
    ),
    Bug(
        "accepted leaves although the ledger did not take it",
        "use_cases/conclusions.py",
        "        if not recorded:\n            self._unrecorded(batch, list(accepted))",
        "        if False:\n            self._unrecorded(batch, list(accepted))",
    ),
    Bug(
        "rejected leaves although the ledger did not take it",
        "use_cases/conclusions.py",
        "        if not recorded:\n            self._unrecorded(result.batch, rejected)",
        "        if False:\n            self._unrecorded(result.batch, rejected)",
        within=200,
        profile="doubts",
    ),
    Bug(
        "what expired is let go although it may have been sent",
        "use_cases/selection.py",
        "        if number not in chosen:",
        "        if number not in chosen or barred:",
        within=200,
        profile="doubts",
    ),
    Bug(
        "the records of one claim overwrite each other",
        "use_cases/ledger.py",
        "number=next(self._numbers)",
        "number=0",
    ),
    Bug(
        "what is held is not kept",
        "use_cases/holding.py",
        "            if self.ledger.record(batch, {Verdict.HELD: batch.recommendation_ids}):",
        "            if batch:",
        within=200,
    ),
    # --- The removal ---
    Bug(
        "a removal is forgotten",
        "use_cases/selection.py",
        "    remembered = ledger.withdraw([withdrawal for _, withdrawal in withdrawn])",
        "    remembered = {withdrawal.recommendation_id for _, withdrawal in withdrawn}",
    ),
    Bug(
        "a removal that the ledger has is not looked at",
        "domain/ledger.py",
        "        return self if covers else Known(self.claim)",
        "        return Known(self.claim)",
    ),
    Bug(
        "of two removals the earlier one counts",
        "domain/repeats.py",
        "withdrawal.as_of > known.as_of",
        "withdrawal.as_of < known.as_of",
        within=400,
    ),
    Bug(
        "of two publications the older one speaks",
        "domain/repeats.py",
        "        if known is None or _date(publication) > _date(publications[known]):",
        "        if known is None or _date(publication) < _date(publications[known]):",
        within=200,
    ),
    # --- The follow-up ---
    Bug(
        "what was told is not remembered as told",
        "domain/follow_up.py",
        "            untold=(),\n            due=self.due",
        "            due=self.due",
        within=200,
    ),
    Bug(
        "what the follow-up found is told before it is kept",
        "use_cases/follow_up.py",
        "        if not self.store.save(kept, checks=before.checks):\n            return",
        "        self.store.save(kept, checks=before.checks)\n"
        "        if False:\n"
        "            return",
        within=400,
    ),
    Bug(
        "accepted is taken for applied",
        "use_cases/conclusions.py",
        "                if reason is not AcceptedReason.ALREADY_APPLIED\n",
        "                if reason is AcceptedReason.IN_TERMINAL_STATUS\n",
        within=200,
    ),
)
