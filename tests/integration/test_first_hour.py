"""README's first hour, step by step, against the embedded AWS and the emulated Amazon."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.builders import body, stream_message
from tests.emulator.deployment import Deployment, deployed
from tests.integration.planted import EMAIL, finish_deploy
from tests.operator import applier, let_operators_reach

ROOT: Final = Path(__file__).parents[2]
FIRST_HOUR: Final = (
    (ROOT / "README.md").read_text().split("\n### The first hour\n")[1].split("\n### ")[0]
)
STACK: Final = ("--stack", "recommendation-applier")
FIRST: Final = "A0000000000001"


@pytest.fixture
def fresh() -> Iterator[Deployment]:
    """A first deploy, as step 1 has it: a dry run that knows no default opportunity."""
    parameters = {
        "ApplyMode": None,
        "DefaultPartnerOpportunityId": None,
        "AlarmEmail": EMAIL,
        "OpportunityFiles": "INDEX",
    }
    with deployed(parameters=parameters) as deployment:
        let_operators_reach(deployment)
        finish_deploy(deployment)
        with deployment.amazon.streams() as book:
            book.life = ("ACTIVE",)
        yield deployment


def printed(*arguments: str) -> Any:
    """Give what a command prints for programs."""
    result = applier(*arguments, *STACK, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def faults() -> list[str]:
    """Name what the doctor finds at fault."""
    result = applier("doctor", *STACK, "--json")
    checks = json.loads(result.stdout)["checks"]
    found = [each["check"] for each in checks if each["state"] == "FAULT"]
    assert result.exit_code == (1 if found else 0)
    return found


def trial() -> str:
    """Make the delivery of step 6 by the program that stands there."""
    [program] = re.findall(r"python3 -c '(.*?)' > trial\.json", FIRST_HOUR, re.DOTALL)
    lines = [line.strip() for line in program.splitlines()]
    made = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout


def test_from_a_deploy_to_a_first_look(fresh: Deployment, tmp_path: Path) -> None:
    """Steps 3 to 7: nothing but a subscription is missing, then nothing; a trial is held."""
    secret = tmp_path / "credentials.json"
    secret.write_text(json.dumps(vars_of(fresh)))
    stored = applier("credentials", "set", *STACK, "--from", str(secret), "--yes")
    assert stored.exit_code == 0, stored.stderr
    fresh.read_files()
    assert set(faults()) <= {"subscriptions", "opportunities"}
    assert "subscriptions" in faults()

    profiles = tmp_path / "profiles.csv"
    profiles.write_text("profileId,name\n1,Kettles\n2,Pans\n")
    made = printed("subscriptions", "create", "--profiles", str(profiles), "--yes")
    assert {each["status"] for each in made} == {"ACTIVE"}
    assert "subscriptions" not in faults()

    # To the handler by itself: the doctor has looked at an enabled event source, and moto's own
    # takes what is on the queue.
    assert fresh.invoke(trial()) == []
    [held] = printed("held", "list")
    assert (held["reason"], held["campaignId"]) == ("DRY_RUN", "218475291756426")
    assert f"--campaign {held['campaignId']} " in FIRST_HOUR
    why = ("--why", "a trial", "--yes")
    assert printed("held", "reject", "--campaign", held["campaignId"], *why)
    assert printed("held", "list") == []

    page = tmp_path / "first-day.html"
    assert applier("report", *STACK, "--to", str(page)).exit_code == 0
    assert "<!doctype html>" in page.read_text().lower()
    starter = tmp_path / "policy.json"
    assert applier("policy", "init", "--starter", str(starter)).exit_code == 0
    assert printed("policy", "simulate", str(starter))
    assert fresh.amazon.apply_requests == []


def test_one_account_first_then_all(tmp_path: Path) -> None:
    """Steps 8 and 9: the policy of the README applies one account's, and holds the others'."""
    [text] = re.findall(r"```json\n(.*?)```", FIRST_HOUR, re.DOTALL)
    policy = json.loads(text)
    [account] = policy["rules"][0]["match"]["advertiserId"]
    assert f"--advertiser {account} " in FIRST_HOUR
    file = tmp_path / "one-account.json"
    file.write_text(text.replace(account, FIRST))

    with deployed() as deployment:
        assert applier("policy", "set", str(file), *STACK, "--yes").exit_code == 0
        deployment.invoke(body("rec-1"), json.dumps(stream_message("rec-2", account=2)))
        assert list(deployment.amazon.accepted) == ["rec-1"]
        assert [each["recommendationId"] for each in printed("held", "list")] == ["rec-2"]
        assert printed("held", "list", "--advertiser", FIRST) == []


def vars_of(deployment: Deployment) -> dict[str, str]:
    """Give the credentials that the emulated Amazon takes, as a person keeps them."""
    credentials = deployment.amazon.credentials
    return {
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "refresh_token": credentials.refresh_token,
    }
