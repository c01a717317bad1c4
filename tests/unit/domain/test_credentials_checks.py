"""Whether credentials are there, and good."""

import pytest

from recommendation_applier.domain.credentials_checks import judge_secret, judge_token
from recommendation_applier.domain.errors import CredentialsRefusedError, UnavailableError
from recommendation_applier.domain.finding import State

GOOD = '{"client_id": "a", "client_secret": "b", "refresh_token": "c"}'


@pytest.mark.parametrize(
    ("text", "state", "seen"),
    [
        (GOOD, State.OK, "filled"),
        (None, State.FAULT, "the secret is empty"),
        ("", State.FAULT, "the secret is empty"),
        ("Atzr|token", State.FAULT, "it is not a JSON object"),
        ('{"client_id": "a"}', State.FAULT, "wrong or missing: client_secret, refresh_token"),
    ],
    ids=["good", "none", "empty", "text", "part"],
)
def test_a_secret_is_filled_or_not(text: str | None, state: State, seen: str) -> None:
    """And never quoted."""
    finding = judge_secret(text, source="the secret")

    assert finding.state is state
    assert seen in finding.seen
    assert "Atzr" not in finding.seen + finding.mend


@pytest.mark.parametrize(
    ("code", "mend"),
    [
        ("invalid_grant", "consent again"),
        ("invalid_client", "security profile"),
        ("unauthorized_client", "admitted to the Ads API"),
        ("invalid_request", "store all three"),
        (None, "store all three"),
    ],
)
def test_a_refusal_is_told_from_others(code: str | None, mend: str) -> None:
    """Each has its own mend."""
    finding = judge_token(CredentialsRefusedError("no", api_code=code))

    assert finding.state is State.FAULT
    assert mend in finding.mend
    assert "None" not in finding.seen


def test_who_does_not_answer_refuses_nothing() -> None:
    """The credentials may be good."""
    assert judge_token(None).state is State.OK
    assert "look at the network" in judge_token(UnavailableError("503")).mend
