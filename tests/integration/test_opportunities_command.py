"""`applier opportunities` against a deployed stack and an emulated Amazon."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from recommendation_applier.amazon_ads.opportunity_files import FilePiece
from recommendation_applier.domain.opportunity import ACCOUNT_TEAM, CLICK_CREDITS
from recommendation_applier.domain.published_catalogue import published_catalogue
from recommendation_applier.entrypoints.cli.part_file import PartFile
from tests.emulator.amazon_faults import answers
from tests.emulator.amazon_opportunities import BIDS, CREDITS, EMPTY, Opportunity
from tests.emulator.deployment import Deployment
from tests.operator import applier, let_operators_reach, sentence_of

STACK = ("--stack", "recommendation-applier")
PUBLISHED = "amzn1.ads-partner1.opportunity.3cd77373-e4b7-48a9-86d4-088c959f8773"
NOT_NOW = answers(503, headers={"Retry-After": "7200"})
"""An outage that lasts longer than any command."""


@pytest.fixture
def amazon(deployment: Deployment) -> Deployment:
    """Deploy against an Amazon with the emulator's sample of opportunities."""
    let_operators_reach(deployment)
    return deployment


def short(opportunity_id: str) -> str:
    """Write an id as tables have it."""
    return opportunity_id.removeprefix("amzn1.ads-partner1.opportunity.")


def told(*arguments: str) -> Any:
    """Run a command that succeeds with nothing to remark, and read its JSON."""
    result = applier("opportunities", *arguments, *STACK, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def listed(*arguments: str) -> list[str]:
    """Name the opportunities that are listed."""
    return [each["partnerOpportunityId"] for each in told("list", *arguments)["opportunities"]]


# --- list ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("amazon")
def test_what_amazon_lists_is_a_table() -> None:
    """Title, product, objective, rows, date of the file, whether it can be applied, and id."""
    result = applier("opportunities", "list", *STACK)

    assert (result.exit_code, result.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert lines[1] == "title product objective rows updated applicable id"
    assert (
        f"Raise the bids of campaigns that do well SPONSORED_PRODUCTS {ACCOUNT_TEAM} 2 "
        f"2026-10-05 06:00Z yes {short(BIDS)}"
    ) in lines
    assert (
        f"Click credits for a launch SPONSORED_PRODUCTS {CLICK_CREDITS} 1 2026-10-05 06:00Z no "
        f"{short(CREDITS)}"
    ) in lines


def test_every_page_is_listed(amazon: Deployment) -> None:
    """A hundred at a time."""
    amazon.amazon.publish(
        [Opportunity(partner_opportunity_id=f"PO-{number}", title="One") for number in range(250)]
    )

    assert len(listed()) == 250
    assert len(amazon.amazon.list_requests) == 3


def test_filters_are_amazons(amazon: Deployment) -> None:
    """Given more than once or with commas, in any case; ids as they are."""
    assert listed("--objective", "click_credits") == [CREDITS]
    assert listed("--product", "SPONSORED_BRANDS,STORES") == [EMPTY]
    assert listed("--audience", "PARTNER") == []
    listed("--advertiser", "A1b", "--advertiser", "A2", "--profile-id", "1,2", "--locale", "de_DE")

    query = parse_qs(urlsplit(amazon.amazon.list_requests[-1].target).query)
    assert query["advertiserId"] == ["A1b,A2"]
    assert (query["profileId"], query["locale"]) == (["1,2"], ["de_DE"])


def test_a_filter_that_amazon_does_not_know_is_told_with_those_that_it_does() -> None:
    """Before anything is looked for."""
    sentence = sentence_of(applier("opportunities", "list", "--product", "SP"))

    assert sentence.startswith("opportunities cannot be listed: product is 'SP'; it must be of ")
    assert "SPONSORED_PRODUCTS" in sentence


def test_a_title_that_is_missing_is_the_guides(amazon: Deployment) -> None:
    """And what is not known of an opportunity is shown as such."""
    bare = {"opportunities": [{"partnerOpportunityId": PUBLISHED}]}
    amazon.amazon.script_list([answers(200, bare)] * 2)

    line = applier("opportunities", "list", *STACK).stdout.splitlines()[3]

    title = "Increase bids for high performing Sponsored Products campaigns"
    assert line.split() == [*title.split(), short(PUBLISHED)]
    [found] = told("list")["opportunities"]
    assert (found["title"], found["publishedTitle"], found["applicable"]) == (None, title, None)


def test_offline_the_guides_catalogue_is_listed() -> None:
    """Without a stack, and with its date."""
    result = applier("opportunities", "list", "--offline")

    assert result.exit_code == 0
    assert result.stderr.startswith("From Amazon's guide as of 2025-09-16: ")
    ids = published_catalogue().opportunities
    assert [each for each in ids if short(each) not in result.stdout] == []
    assert len(ids) == 22

    credits_alone = applier(
        "opportunities", "list", "--offline", "--objective", CLICK_CREDITS, "--json"
    )
    document = json.loads(credits_alone.stdout)
    assert (document["source"], document["published"]) == ("PUBLISHED_CATALOGUE", "2025-09-16")
    assert len(document["opportunities"]) == 3


def test_offline_cannot_be_searched_by_what_the_guide_does_not_say() -> None:
    """Rather than that too much is shown."""
    assert "leave those options out, or --offline" in sentence_of(
        applier("opportunities", "list", "--offline", "--product", "STORES")
    )


def test_where_amazon_does_not_answer_the_guide_does(amazon: Deployment) -> None:
    """It is said that it is the guide."""
    amazon.amazon.script_list([NOT_NOW])

    result = applier("opportunities", "list", *STACK)

    assert result.exit_code == 0
    unanswered, guide = result.stderr.splitlines()
    assert unanswered.startswith("Amazon does not answer: listing opportunities failed: 503")
    assert guide.startswith("From Amazon's guide as of 2025-09-16")
    assert short(PUBLISHED) in result.stdout


def test_where_the_guide_does_not_answer_either_the_failure_is_told(amazon: Deployment) -> None:
    """As it is."""
    amazon.amazon.script_list([NOT_NOW])

    assert "listing opportunities failed: 503" in sentence_of(
        applier("opportunities", "list", "--product", "STORES", *STACK)
    )


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "a login with Admin or Custom-Editor permission in the Partner Network account"),
        (403, "PartnerNetworkAccountId is that account's id"),
        (406, "deploy a newer version"),
        (415, "deploy a newer version"),
    ],
)
def test_what_the_guide_advises_is_told(amazon: Deployment, status: int, advice: str) -> None:
    """In one sentence, with exit code 1; credentials that are refused are no outage."""
    amazon.amazon.script_list([answers(status, {"code": "X", "details": "No."})] * 2)

    sentence = sentence_of(applier("opportunities", "list", *STACK))

    assert f"listing opportunities failed: {status}" in sentence
    assert advice in sentence


# --- show ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("amazon")
def test_one_opportunity_is_told_of() -> None:
    """All that Amazon says."""
    result = applier("opportunities", "show", BIDS, *STACK)

    assert (result.exit_code, result.stderr) == (0, "")
    facts = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert facts[0] == "title Raise the bids of campaigns that do well"
    assert {"applicable yes", "rows of its file 2", f"id {BIDS}"} <= set(facts)
    assert told("show", BIDS)["rowCount"] == 2
    assert told("show", BIDS)["source"] == "AMAZON"


@pytest.mark.usefixtures("amazon")
def test_an_opportunity_that_amazon_does_not_list_is_told() -> None:
    """With what its guide has called it, if it has."""
    assert "“Increase bids for high performing Sponsored Products campaigns” in its guide" in (
        sentence_of(applier("opportunities", "show", PUBLISHED, *STACK))
    )
    assert sentence_of(applier("opportunities", "show", "PO-9", *STACK)).startswith(
        "opportunity PO-9 is not among the 4 that Amazon lists for this account: look for"
    )


def test_offline_an_id_is_labelled() -> None:
    """With its title and objective, and the date of the guide."""
    result = applier("opportunities", "show", short(PUBLISHED), "--offline")

    assert "Increase bids for high performing Sponsored Products campaigns" in result.stdout
    assert "in the guide" not in result.stdout
    assert result.stderr.startswith("From Amazon's guide as of 2025-09-16")
    assert "does not name opportunity PO-9: ask Amazon, without --offline" in sentence_of(
        applier("opportunities", "show", "PO-9", "--offline")
    )


# --- summary -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("amazon")
def test_opportunities_are_counted() -> None:
    """In all, and by audience, objective and product."""
    result = applier("opportunities", "summary", *STACK)

    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["opportunities", "4"] in lines
    assert ["advertisers", "about", "2"] in lines
    assert ["objective", CLICK_CREDITS, "1"] in lines
    document = told("summary", "--objective", CLICK_CREDITS)
    assert (document["opportunitiesCount"], document["opportunitiesWithDataCount"]) == (1, 1)
    assert document["objectiveTypes"][CLICK_CREDITS] == 1


# --- download ------------------------------------------------------------------------------------

ROWS = tuple({"recommendationId": f"rec-{number}", "marketplace": "US"} for number in range(200))
FILE = Opportunity(partner_opportunity_id="PO-1", title="One", rows=ROWS)


def leave_half(target: Path, content: bytes) -> int:
    """Do what a download does that is ended at half; say how many bytes there are."""
    etag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
    half = content[: len(content) // 2]
    list(PartFile(target).write(iter([FilePiece(half, len(half), len(content), etag)]), start=0))
    return len(half)


def download(target: Path, *arguments: str) -> Any:
    """Download the file of PO-1."""
    return told("download", "PO-1", "--to", str(target), *arguments)


@pytest.fixture
def with_file(amazon: Deployment) -> Deployment:
    """Deploy against an Amazon with one file."""
    amazon.amazon.publish([FILE])
    return amazon


@pytest.mark.usefixtures("with_file")
def test_a_file_is_downloaded_as_it_is(tmp_path: Path) -> None:
    """As CSV, or as JSON that is packed; nothing is left beside it."""
    result = applier("opportunities", "download", "PO-1", "--to", str(tmp_path / "a"), *STACK)
    packed = download(tmp_path / "b", "--format", "json")

    assert (result.exit_code, result.stderr) == (0, "")
    assert " ".join(result.stdout.split()).endswith(f"bytes {len(FILE.csv()):,}")
    assert (tmp_path / "a").read_bytes() == FILE.csv()
    assert json.loads(gzip.decompress((tmp_path / "b").read_bytes())) == list(ROWS)
    assert (packed["format"], packed["resumedFrom"]) == ("GZIP_JSON", 0)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a", "b"]


def test_a_download_that_was_ended_goes_on(with_file: Deployment, tmp_path: Path) -> None:
    """Only what is missing is asked for; neither token nor client id goes to the store."""
    half = leave_half(tmp_path / "file.csv", FILE.csv())

    assert download(tmp_path / "file.csv")["resumedFrom"] == half

    assert (tmp_path / "file.csv").read_bytes() == FILE.csv()
    [request] = with_file.amazon.downloads
    assert request.headers["range"] == f"bytes={half}-"
    assert not {"authorization", "amazon-advertising-api-clientid"} & request.headers.keys()


@pytest.mark.usefixtures("with_file")
def test_a_download_begins_anew_where_the_file_has_changed(tmp_path: Path) -> None:
    """What came of the one before is gone."""
    leave_half(tmp_path / "file.csv", FILE.csv() * 2)

    assert download(tmp_path / "file.csv")["resumedFrom"] == 0

    assert (tmp_path / "file.csv").read_bytes() == FILE.csv()


def test_a_download_that_fails_is_kept_as_far_as_it_came(
    with_file: Deployment, tmp_path: Path
) -> None:
    """It is said where, and what to do; the file itself is not there."""
    target = tmp_path / "file.csv"
    arguments = ("opportunities", "download", "PO-1", "--to", str(target), *STACK)
    with_file.amazon.script_file([NOT_NOW, NOT_NOW])

    assert sentence_of(applier(*arguments)).endswith("; nothing has come yet: run it again later")
    half = leave_half(target, FILE.csv())
    assert sentence_of(applier(*arguments)).endswith(
        f"; {half:,} bytes are in {target}.part: run the same command again to go on"
    )

    assert not target.exists()


def test_who_may_not_download_is_not_told_to_try_again(
    with_file: Deployment, tmp_path: Path
) -> None:
    """But what to look at."""
    with_file.amazon.script_file([answers(403, {"code": "X", "details": "No."})])

    assert sentence_of(
        applier("opportunities", "download", "PO-1", "--to", str(tmp_path / "a"), *STACK)
    ).endswith("and that PartnerNetworkAccountId is that account's id")


def test_an_opportunity_without_rows_has_no_file(amazon: Deployment, tmp_path: Path) -> None:
    """It is said where to see that."""
    sentence = sentence_of(
        applier("opportunities", "download", EMPTY, "--to", str(tmp_path / "a"), *STACK)
    )

    assert f"asking for the CSV file of {EMPTY} failed: 404" in sentence
    assert "dataMetadata.rowCount is above 0: without rows it has no file" in sentence
    assert list(tmp_path.iterdir()) == []
    assert amazon.amazon.downloads == []


@pytest.mark.usefixtures("with_file")
def test_a_file_that_is_there_is_replaced_only_if_somebody_agrees(tmp_path: Path) -> None:
    """And not before the new one is whole."""
    target = tmp_path / "file.csv"
    target.write_text("precious")

    assert sentence_of(
        applier("opportunities", "download", "PO-1", "--to", str(target), *STACK)
    ).startswith(f"nothing was changed, since nobody can be asked here: Replace {target}?")
    assert target.read_text() == "precious"
    download(target, "--yes")
    assert target.read_bytes() == FILE.csv()
