"""What Amazon's answers say about an account."""

import pytest

from recommendation_applier.domain.amazon_checks import (
    hosts_to_ask,
    judge_hosts,
    judge_opportunities,
    judge_partner_account,
)
from recommendation_applier.domain.errors import (
    ApplierError,
    CredentialsRefusedError,
    RefusedError,
    ThrottledError,
    UnavailableError,
)
from recommendation_applier.domain.finding import State
from recommendation_applier.domain.opportunity import ACCOUNT_TEAM, Opportunity

NA, EU = "https://advertising-api.amazon.com", "https://advertising-api-eu.amazon.com"


@pytest.mark.parametrize(
    ("error", "state", "mend"),
    [
        (None, State.OK, ""),
        (CredentialsRefusedError("x", http_status=401), State.FAULT, "this very Login with"),
        (CredentialsRefusedError("x", http_status=403), State.FAULT, "Admin or Custom-Editor"),
        (CredentialsRefusedError("x"), State.FAULT, "Admin or Custom-Editor"),
        (RefusedError("406", http_status=406), State.FAULT, "deploy a newer version"),
        (ThrottledError("429"), State.WARNING, "in some minutes"),
        (UnavailableError("503"), State.FAULT, "look at the network"),
    ],
    ids=["good", "401", "403", "refused", "406", "429", "503"],
)
def test_an_account_is_accepted_or_not(error: ApplierError | None, state: State, mend: str) -> None:
    """401 and 403 have different mends, and too many requests say nothing."""
    finding = judge_partner_account(error, account="amzn1.ads1.ma1.x", host=NA)

    assert (finding.state, mend in finding.mend) == (state, True)


def test_amazons_hosts_are_asked_where_the_functions_ask_one_of_them() -> None:
    """A stand-in's credentials are shown to nobody else."""
    fe = "https://advertising-api-fe.amazon.com"
    assert hosts_to_ask(EU) == [NA, EU, fe]
    assert hosts_to_ask("http://127.0.0.1:1") == ["http://127.0.0.1:1"]
    assert hosts_to_ask(NA, named=[fe]) == [fe, NA]


def test_hosts_that_answer_are_told_by_region() -> None:
    """That others do not is as it should be, unless the functions ask one of them."""
    refused = CredentialsRefusedError("x", http_status=403)

    good = judge_hosts({NA: None, EU: refused}, deployed=NA)
    wrong = judge_hosts({NA: UnavailableError("x"), EU: None}, deployed=NA)

    assert good is not None
    assert wrong is not None
    assert (good.state, good.seen) == (State.OK, f"NA ({NA}): answers; EU ({EU}): no (403)")
    assert (wrong.state, f"to {EU}" in wrong.mend) == (State.WARNING, True)
    assert "not reached" in wrong.seen
    assert judge_hosts({NA: refused}, deployed=NA) is None


def test_opportunities_are_counted() -> None:
    """None at all is a fault, none of the account teams a warning."""
    team = [
        Opportunity(partner_opportunity_id=f"o-{rows}", objective_type=ACCOUNT_TEAM, row_count=rows)
        for rows in (0, 7)
    ]
    other = Opportunity(partner_opportunity_id="o-3", objective_type="CLICK_CREDITS", row_count=9)

    assert judge_opportunities([*team, other]).seen == (
        "3 listed; of the account teams 2, 1 with rows"
    )
    assert judge_opportunities([other]).state is State.WARNING
    assert judge_opportunities([]).state is State.FAULT
