"""The list of opportunities, its summary and the data files, over HTTP."""

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from recommendation_applier.amazon_ads.click_credit_files import ClickCreditFiles
from recommendation_applier.amazon_ads.opportunities import FileFormat, OpportunityCatalogue
from recommendation_applier.amazon_ads.opportunity_files import OpportunityFiles
from recommendation_applier.domain.click_credit_offer import RefusedRow, WrongCell
from recommendation_applier.domain.errors import (
    CredentialsRefusedError,
    FileReplacedError,
    OutOfTimeError,
    RefusedError,
    ThrottledError,
    UnavailableError,
)
from recommendation_applier.domain.opportunity import ACCOUNT_TEAM, CLICK_CREDITS
from recommendation_applier.domain.opportunity_query import OpportunityQuery
from recommendation_applier.domain.opportunity_rows import UnreadableRow, csv_rows, json_rows
from tests.click_credit_builders import OFFER_OPPORTUNITY, offer, offer_row
from tests.contract.invocation_at_amazon import Invocation, begin, everything_said
from tests.emulator.amazon import EmulatedAmazon
from tests.emulator.amazon_faults import Step, answers, is_cut, resets
from tests.emulator.amazon_opportunities import (
    BIDS,
    BUDGETS,
    CREDITS,
    EMPTY,
    Opportunity,
    account_team_row,
)
from tests.fakes import FakeClock

ALL = OpportunityQuery()
LARGE = 300_000
"""Bytes of a file that takes several pieces."""


@dataclass(frozen=True)
class Reader:
    """What reads opportunities in an invocation."""

    invocation: Invocation
    catalogue: OpportunityCatalogue
    files: OpportunityFiles

    def content(
        self, file_format: FileFormat = FileFormat.CSV, *, start: int = 0, etag: str = ""
    ) -> bytes:
        """Download the file of BIDS whole, or from a byte on."""
        pieces = self.files.download(BIDS, file_format, start=start, etag=etag)
        return b"".join(piece.content for piece in pieces)


def reader(amazon: EmulatedAmazon, http: httpx.Client, *, seconds: float = 150.0) -> Reader:
    """Begin an invocation that reads."""
    invocation = begin(amazon, http, seconds=seconds)
    catalogue = OpportunityCatalogue(invocation.exchange, invocation.gate)
    return Reader(invocation, catalogue, OpportunityFiles(catalogue))


@pytest.fixture
def reading(amazon: EmulatedAmazon, http: httpx.Client) -> Reader:
    """An invocation that has plenty of time."""
    return reader(amazon, http)


def large(opportunity: str = BIDS, *, byte: bytes = b"x") -> Opportunity:
    """Make an opportunity whose file takes several pieces."""
    return Opportunity(partner_opportunity_id=opportunity, title="Large", file=byte * LARGE)


# The list


def test_a_request_has_the_headers_that_are_required_and_no_content_type(
    amazon: EmulatedAmazon, reading: Reader
) -> None:
    """There is no body to have one, and no profile."""
    list(reading.catalogue.opportunities(ALL))

    [request] = amazon.list_requests
    assert request.target == "/partnerOpportunities?maxResults=100"
    assert request.headers["accept"] == "application/vnd.partneropportunity.v1+json"
    assert request.headers["amazon-advertising-api-manager-account"] == amazon.manager_account
    assert request.headers["authorization"].startswith("Bearer Atza|")
    assert "content-type" not in request.headers
    assert "amazon-advertising-api-scope" not in request.headers


def test_the_list_is_read_page_by_page(amazon: EmulatedAmazon, reading: Reader) -> None:
    """Three pages of two at most; what the list says of each is there."""
    found = list(reading.catalogue.opportunities(OpportunityQuery(max_results=2)))

    assert [each.partner_opportunity_id for each in found] == [BIDS, BUDGETS, EMPTY, CREDITS]
    assert len(amazon.list_requests) == 2
    assert [(each.row_count, each.has_rows) for each in found[1:3]] == [(1, True), (0, False)]
    assert [each.is_applicable for each in found] == [True, True, True, False]


def test_any_token_leads_to_its_page(reading: Reader) -> None:
    """First, previous, next and last are all passed as nextToken."""
    query = OpportunityQuery(max_results=1)
    second = reading.catalogue.page(query, token=reading.catalogue.page(query).next_token)

    for token, expected in (
        (second.first_token, BIDS),
        (second.prev_token, BIDS),
        (second.next_token, EMPTY),
        (second.last_token, CREDITS),
    ):
        [found] = reading.catalogue.page(query, token=token).opportunities
        assert found.partner_opportunity_id == expected
    assert second.total_results == 4


def test_filters_are_sent_as_published(amazon: EmulatedAmazon, reading: Reader) -> None:
    """Lists are parted by commas."""
    query = OpportunityQuery(
        audience=("PARTNER", "PARTNER_MANAGED_ADVERTISERS"),
        objective_type=(ACCOUNT_TEAM, CLICK_CREDITS),
        product=("SPONSORED_PRODUCTS",),
        advertiser_id=("A1", "A2"),
        profile_id=("12", "34"),
        locale="de_DE",
    )
    found = list(reading.catalogue.opportunities(query))

    [request] = amazon.list_requests
    assert parse_qs(urlsplit(request.target).query) == {
        "maxResults": ["100"],
        "audience": ["PARTNER,PARTNER_MANAGED_ADVERTISERS"],
        "objectiveType": ["AMAZON_ACCOUNT_TEAM_RECOMMENDATIONS,CLICK_CREDITS"],
        "product": ["SPONSORED_PRODUCTS"],
        "advertiserId": ["A1,A2"],
        "profileId": ["12,34"],
        "locale": ["de_DE"],
    }
    assert [each.partner_opportunity_id for each in found] == [BIDS, BUDGETS, CREDITS]


def test_a_list_that_goes_in_circles_ends(amazon: EmulatedAmazon, reading: Reader) -> None:
    """A token that was met before leads nowhere."""
    page = {"opportunities": [{"partnerOpportunityId": "PO-1"}], "nextToken": "again"}
    amazon.script_list([answers(200, page)] * 3)

    with pytest.raises(UnavailableError, match="leads back to one before it"):
        list(reading.catalogue.opportunities(ALL))
    assert len(amazon.list_requests) == 2


@pytest.mark.parametrize("body", [b"", b"[]", b'"text"', b"{}", b'{"opportunities": {}}', b"<x/>"])
def test_a_page_that_is_none_is_an_answer_that_did_not_come(
    amazon: EmulatedAmazon, reading: Reader, body: bytes
) -> None:
    """Whatever stands in its place."""
    amazon.script_list([answers(200, body)])

    with pytest.raises(UnavailableError, match=r"listing opportunities failed: (200|the body)"):
        reading.catalogue.page(ALL)


def test_the_summary_counts(amazon: EmulatedAmazon, reading: Reader) -> None:
    """By audience, objective and product; with a filter, only what passes it."""
    everything = reading.catalogue.summary(ALL)
    some = reading.catalogue.summary(OpportunityQuery(objective_type=(CLICK_CREDITS,)))

    assert (everything.opportunities, everything.opportunities_with_data) == (4, 3)
    assert everything.objective_types[ACCOUNT_TEAM] == 3
    assert everything.products["SPONSORED_BRANDS"] == 1
    assert everything.audiences["PARTNER"] == 0
    assert (some.opportunities, some.unique_advertisers) == (1, 2)
    assert amazon.violations == []


# What goes wrong


@pytest.mark.parametrize(
    ("status", "kind", "advice"),
    [
        (400, RefusedError, "request id"),
        (403, CredentialsRefusedError, "Admin or Custom-Editor .* PartnerNetworkAccountId"),
        (404, RefusedError, r"is in the list of .*rowCount is above 0"),
        (406, RefusedError, "deploy a newer version"),
        (415, RefusedError, "deploy a newer version"),
    ],
)
def test_the_guides_troubleshooting_is_in_the_error(
    amazon: EmulatedAmazon, reading: Reader, status: int, kind: type[Exception], advice: str
) -> None:
    """It says what to do, and is not tried again."""
    amazon.script_file([answers(status)])

    with pytest.raises(kind, match=f"asking for the CSV file of {BIDS} failed: {status}.*{advice}"):
        reading.content()
    assert len(amazon.file_requests) == 1


def test_a_token_that_is_refused_twice_is_a_persons_business(
    amazon: EmulatedAmazon, reading: Reader
) -> None:
    """One new token is tried first."""
    amazon.script_list([answers(401), answers(401)])

    with pytest.raises(CredentialsRefusedError, match="listing opportunities failed: 401"):
        reading.catalogue.page(ALL)
    assert len(amazon.token_requests) == 2


@pytest.mark.parametrize("step", [answers(500), answers(502), answers(504), answers(408), resets()])
def test_a_failure_is_only_asked_again(amazon: EmulatedAmazon, reading: Reader, step: Step) -> None:
    """Reading takes nothing, so that a lost answer does no harm."""
    amazon.script_list([step] * 3)

    assert len(reading.catalogue.page(ALL).opportunities) == 4
    amazon.script_list([step] * 4)
    with pytest.raises(UnavailableError, match="listing opportunities"):
        reading.catalogue.page(ALL)


def test_a_429_is_waited_for(amazon: EmulatedAmazon, reading: Reader) -> None:
    """As long as Retry-After says, within the invocation."""
    amazon.script_list([answers(429, headers={"Retry-After": "7"})])
    reading.catalogue.page(ALL)
    assert reading.invocation.clock.slept == [7.0]

    amazon.script_list([answers(429, headers={"Retry-After": "900"})])
    with pytest.raises(ThrottledError, match="429"):
        reading.catalogue.page(ALL)


# Files


def test_nothing_of_amazon_ads_reaches_the_file_store(
    amazon: EmulatedAmazon, reading: Reader
) -> None:
    """Neither Authorization nor a token nor a header of the API's, after a resumption either."""
    amazon.script_download([is_cut()])
    rows = list(csv_rows([reading.content()]))

    assert [row["entityId"] for row in rows if isinstance(row, dict)] == [
        "ENTITY3EMULATED",
        "ENTITY4EMULATED",
    ]
    assert len(amazon.downloads) == 2
    token = "emulated-access-token"
    for request in amazon.downloads:
        assert "authorization" not in request.headers
        assert [name for name in request.headers if name.startswith(("amazon-", "x-amz-"))] == []
        assert all(token not in value for value in request.headers.values())
        assert token not in request.target


def test_both_formats_hold_the_same_rows(reading: Reader) -> None:
    """CSV by its columns, GZIP_JSON as an array."""
    csv_content = reading.content()
    json_content = reading.content(file_format=FileFormat.GZIP_JSON)

    assert list(csv_rows([csv_content])) == list(json_rows([json_content]))
    assert gzip.decompress(json_content).startswith(b"[")


def test_progress_is_told(amazon: EmulatedAmazon, reading: Reader) -> None:
    """How many bytes of how many are there with each piece, none of which is large."""
    amazon.publish([large()])
    pieces = list(reading.files.download(BIDS))

    assert [piece.size for piece in pieces] == [LARGE] * len(pieces)
    assert pieces[-1].received == LARGE
    assert max(len(piece.content) for piece in pieces) <= 65_536
    assert len({piece.etag for piece in pieces}) == 1


def test_a_download_that_is_cut_goes_on_where_it_was(
    amazon: EmulatedAmazon, reading: Reader
) -> None:
    """Under a new address, from the byte on that is missing, of the very same file."""
    content = bytes(range(256)) * 1_000
    amazon.publish([Opportunity(partner_opportunity_id=BIDS, title="", file=content)])
    amazon.script_download([is_cut(), is_cut()])

    assert reading.content() == content
    assert len(amazon.file_requests) == 3
    assert [request.headers.get("range") for request in amazon.downloads] == [
        None,
        "bytes=128000-",
        "bytes=192000-",
    ]
    assert "if-match" in amazon.downloads[1].headers


def test_a_store_that_knows_no_ranges_is_read_again(
    amazon: EmulatedAmazon, reading: Reader
) -> None:
    """What is there already is left out."""
    content = bytes(range(256)) * 1_000
    amazon.publish([Opportunity(partner_opportunity_id=BIDS, title="", file=content)])
    etag = next(reading.files.download(BIDS)).etag
    amazon.script_download([answers(200, content, headers={"ETag": etag})])

    assert reading.content(start=100_000, etag=etag) == content[100_000:]


def test_an_address_that_has_expired_is_asked_for_anew(http: httpx.Client) -> None:
    """S3 answers 403 with XML after 15 minutes; nobody has to know."""
    now = [0.0]
    with EmulatedAmazon(clock=lambda: now[0]) as amazon:
        reading = reader(amazon, http)
        catalogue = reading.catalogue
        old = catalogue.file_address(BIDS, FileFormat.CSV)
        now[0] = 901.0
        assert "Request has expired" in http.get(old).text
        expired = f"<Error><Code>AccessDenied</Code><Message>{'Request has expired'}</Message>"
        amazon.script_download([answers(403, expired)])

        assert reading.content()
    assert len(amazon.file_requests) == 3


def test_a_store_that_keeps_failing_is_given_up(amazon: EmulatedAmazon, reading: Reader) -> None:
    """After four tries without a byte, with what the store says and without the address."""
    amazon.script_download([answers(503, "<Error><Code>SlowDown</Code></Error>")] * 4)

    with pytest.raises(UnavailableError, match=r"the file store answered 503 SlowDown$") as raised:
        reading.content()
    assert len(amazon.downloads) == 4
    assert len(reading.invocation.clock.slept) == 3
    assert "X-Amz-Signature" not in everything_said([raised.value])


def test_a_store_that_cannot_be_reached_is_not_named(
    amazon: EmulatedAmazon, reading: Reader
) -> None:
    """The address is a secret while it lasts."""
    amazon.script_download([resets()] * 4)

    with pytest.raises(UnavailableError, match=r"failed: ReadError$") as raised:
        reading.content()
    assert "X-Amz-Signature" not in everything_said([raised.value])


def test_an_etag_is_what_a_download_goes_on_by(amazon: EmulatedAmazon, reading: Reader) -> None:
    """A file that was replaced meanwhile is begun anew by whoever reads it, or there are halves."""
    amazon.publish([large()])
    first = next(reading.files.download(BIDS))
    amazon.publish([large(byte=b"y")])

    with pytest.raises(FileReplacedError, match="answered 412 PreconditionFailed"):
        reading.content(start=first.received, etag=first.etag)
    with pytest.raises(FileReplacedError, match="it is another file by now"):
        reading.content(start=first.received)
    assert reading.content() == b"y" * LARGE


def test_a_file_that_is_all_there_has_nothing_more(amazon: EmulatedAmazon, reading: Reader) -> None:
    """The store says 416; of a shorter file it says so as well, and that is another file."""
    amazon.publish([large()])
    etag = next(reading.files.download(BIDS)).etag

    assert reading.content(start=LARGE, etag=etag) == b""
    with pytest.raises(FileReplacedError, match="416"):
        reading.content(start=LARGE + 1, etag=etag)


def test_a_store_without_lengths_is_read_all_the_same(
    amazon: EmulatedAmazon, reading: Reader
) -> None:
    """Its size is not known then."""
    amazon.script_download([answers(200, b"a,b\n1,2\n", headers={"ETag": '"1"'})])
    [piece] = reading.files.download(BIDS)

    assert (piece.size, piece.etag) == (8, '"1"')


def test_a_redirect_without_an_https_address_is_not_followed(
    amazon: EmulatedAmazon, reading: Reader
) -> None:
    """Wherever else it may lead."""
    steps = [answers(307), answers(307, headers={"Location": "ftp://files/1"}), answers(200)]
    for step in steps:
        amazon.script_file([step])
        with pytest.raises(UnavailableError, match="without an https address to go to"):
            reading.content()
    assert amazon.downloads == []


def test_a_download_ends_with_the_invocation(amazon: EmulatedAmazon, http: httpx.Client) -> None:
    """However fast the bytes come."""
    amazon.publish([large()])
    clock = FakeClock()
    invocation = begin(amazon, http, seconds=100, clock=clock)
    files = OpportunityFiles(OpportunityCatalogue(invocation.exchange, invocation.gate))
    pieces = files.download(BIDS)
    next(pieces)
    clock.now += 100

    with pytest.raises(OutOfTimeError, match="was broken off: the time was up"):
        next(pieces)


def test_there_is_no_time_for_another_try(amazon: EmulatedAmazon, http: httpx.Client) -> None:
    """With three seconds left, a wait of one fits, and one of two does not."""
    amazon.script_download([answers(500)] * 4)
    reading = reader(amazon, http, seconds=3)

    with pytest.raises(UnavailableError, match="the file store answered 500"):
        reading.content()
    assert reading.invocation.clock.slept == [1.0]


def rows_of(content: bytes, read: Callable[..., Iterator[object]]) -> Sequence[object]:
    """Read rows from single bytes, however unlikely."""
    return list(read(content[place : place + 1] for place in range(len(content))))


def test_rows_do_not_depend_on_where_pieces_end(reading: Reader) -> None:
    """Byte by byte they are the same."""
    row = account_team_row("rec-1", opportunity=BIDS, entity_id="ENTITY1")

    assert rows_of(json.dumps([dict(row)] * 3).encode(), json_rows) == [row] * 3
    content = reading.content()
    assert rows_of(content, csv_rows) == list(csv_rows([content]))


# Click credits


def test_click_credits_are_read_row_by_row(amazon: EmulatedAmazon, reading: Reader) -> None:
    """Offers, and rows that are none, of the files of that objective which have rows."""
    credits_file = Opportunity(
        partner_opportunity_id=OFFER_OPPORTUNITY,
        title="Earn click credits",
        objective_type=CLICK_CREDITS,
        rows=(offer_row(), offer_row(promotionAmountLc="-5")),
    )
    broken = replace(
        credits_file,
        partner_opportunity_id=CREDITS,
        rows=(),
        file=b"promotionId,marketplace\none\n",
        row_count=1,
    )
    empty = replace(credits_file, partner_opportunity_id=EMPTY, rows=())
    amazon.publish([large(), credits_file, empty, broken])

    assert list(ClickCreditFiles(reading.files).rows()) == [
        offer(),
        RefusedRow(
            (
                WrongCell(
                    "promotionAmountLc",
                    "-5",
                    "must be an amount above 0, such as '200' or '1,234.50'",
                ),
            )
        ),
        UnreadableRow("line 2: 1 cells under 2 columns"),
    ]
    assert len(amazon.file_requests) == 2
