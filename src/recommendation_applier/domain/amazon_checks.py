"""Whether Amazon lets this account in, on which host, and shows it anything."""

from collections.abc import Mapping, Sequence
from typing import Final

from recommendation_applier.domain.ads_regions import ADS_REGIONS
from recommendation_applier.domain.errors import (
    ApplierError,
    CredentialsRefusedError,
    RefusedError,
    ThrottledError,
)
from recommendation_applier.domain.finding import Finding, fault, ok, warning
from recommendation_applier.domain.opportunity import ACCOUNT_TEAM, Opportunity

_UNAUTHORIZED: Final = 401

Answers = Mapping[str, ApplierError | None]
"""What each host said to a request for the list of opportunities, by its address."""


def hosts_to_ask(deployed: str, *, named: Sequence[str] = ()) -> Sequence[str]:
    """Choose whom to ask: the functions' own host, and those that are *named*, or Amazon's three.

    Where the functions speak to a host that is none of Amazon's (a stand-in, a proxy), nobody else
    is asked: what is good there is no business of Amazon's.
    """
    amazons = [each.api_url for each in ADS_REGIONS.values()]
    others = named or (amazons if deployed in amazons else ())
    return list(dict.fromkeys([*others, deployed]))


def judge_partner_account(error: ApplierError | None, *, account: str, host: str) -> Finding:
    """Judge the answer of *host*, the functions' own, to a request in the name of *account*.

    Source: the Partner Opportunities how-to, "Troubleshooting API errors".
    """
    where = f"{host} for {account}"
    if error is None:
        return ok(f"{account} is accepted")
    if isinstance(error, ThrottledError):
        return warning(
            f"{where}: too many requests (429), so that nothing is known of the account",
            "look again in some minutes",
        )
    if isinstance(error, CredentialsRefusedError) and error.http_status == _UNAUTHORIZED:
        return fault(
            f"{where}: 401, the access token is not accepted",
            "let the refresh token come from a login of this very Login with Amazon application, "
            "whose client_id is in the secret; see that the application is approved for the Ads "
            "API; then `applier credentials set`",
        )
    if isinstance(error, CredentialsRefusedError):
        return fault(
            f"{where}: {error.http_status or 'refused'}, the login may not act for this account",
            "give the login that consented Admin or Custom-Editor permission in the Partner "
            "Network account, and see that PartnerNetworkAccountId is that account's id (Partner "
            "Network, User settings)",
        )
    if isinstance(error, RefusedError):
        return fault(
            f"{where}: {error}",
            "Amazon no longer takes the request as it is made: deploy a newer version",
        )
    return fault(f"{where}: {error}", "look at the network, and again in some minutes")


def judge_hosts(answers: Answers, *, deployed: str) -> Finding | None:
    """Judge which hosts answer for the account; None if none does.

    What one of them does not answer is no fault: which do, Amazon does not document.
    """
    answering = [host for host, error in answers.items() if error is None]
    if not answering:
        return None
    seen = "; ".join(f"{_named(host)}: {_said(error)}" for host, error in answers.items())
    if deployed not in answering:
        return warning(
            f"{seen}; the functions ask {deployed}",
            f"set ADS_API_URL of the functions in template.yaml to {answering[0]}, and deploy",
        )
    return ok(seen)


def judge_opportunities(opportunities: Sequence[Opportunity]) -> Finding:
    """Judge what Amazon lists: without an opportunity there is nothing to apply under."""
    if not opportunities:
        return fault(
            "Amazon lists no opportunities for this account",
            "see that the Partner Network account is registered and has advertisers linked to it; "
            "changes take up to 24 hours to show; ask Amazon's partner team if none come",
        )
    team = [each for each in opportunities if each.objective_type == ACCOUNT_TEAM]
    if not team:
        return warning(
            f"{len(opportunities)} listed, and none of them of the account teams",
            f"nothing can be applied before Amazon lists an opportunity of {ACCOUNT_TEAM}: ask "
            "Amazon's partner team",
        )
    with_rows = sum(bool(each.row_count) for each in team)
    return ok(
        f"{len(opportunities)} listed; of the account teams {len(team)}, {with_rows} with rows"
    )


def _named(host: str) -> str:
    name = next((each.name for each in ADS_REGIONS.values() if each.api_url == host), None)
    return f"{name} ({host})" if name else host


def _said(error: ApplierError | None) -> str:
    if error is None:
        return "answers"
    return f"no ({error.http_status or 'not reached'})"
