"""One invocation's side of the conversation with the emulated Amazon; only sleeping takes time."""

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import httpx
from pydantic import SecretStr

from recommendation_applier.amazon_ads.client import PartnerOpportunitiesClient
from recommendation_applier.amazon_ads.exchange import Exchange
from recommendation_applier.amazon_ads.gate import Gate
from recommendation_applier.amazon_ads.login_with_amazon import LoginWithAmazon
from recommendation_applier.amazon_ads.pacing import Pacing
from recommendation_applier.amazon_ads.workers import WorkerThreads
from recommendation_applier.domain.batching import ApplyBatch
from recommendation_applier.domain.credentials import Credentials
from recommendation_applier.domain.errors import ApplierError
from recommendation_applier.domain.outcome import ApplyResult
from tests.builders import NOW
from tests.emulator.amazon import EmulatedAmazon
from tests.fakes import FakeClock


@dataclass
class StoredSecret:
    """A secret in memory; *on_read* is what happens meanwhile."""

    value: Credentials | ApplierError
    on_read: Callable[[], object] = lambda: None
    reads: int = 0

    def read(self) -> Credentials:
        """See the CredentialsSource port."""
        self.reads += 1
        self.on_read()
        if isinstance(self.value, ApplierError):
            raise self.value
        return self.value


def stored_credentials(amazon: EmulatedAmazon) -> Credentials:
    """Read what is good at *amazon* now."""
    known = amazon.credentials
    return Credentials(
        client_id=known.client_id,
        client_secret=SecretStr(known.client_secret),
        refresh_token=SecretStr(known.refresh_token),
    )


@dataclass(frozen=True)
class Invocation:
    """The client and all that it is made of."""

    amazon: EmulatedAmazon
    clock: FakeClock
    secret: StoredSecret
    exchange: Exchange
    gate: Gate
    client: PartnerOpportunitiesClient

    def apply(self, *batches: ApplyBatch) -> dict[str, ApplyResult]:
        """Apply *batches*; the results by the first id of each, all of them conclusive."""
        results = {
            result.batch.recommendation_ids[0]: conclusive(result)
            for result in self.client.apply(batches)
        }
        assert sorted(results) == sorted(each.recommendation_ids[0] for each in batches)
        return results

    def apply_one(self, batch: ApplyBatch) -> ApplyResult:
        """Apply *batch* alone."""
        [result] = self.apply(batch).values()
        return result


def begin(
    amazon: EmulatedAmazon,
    http: httpx.Client,
    *,
    seconds: float = 150.0,
    max_concurrent_requests: int = 1,
    jitter: Callable[[float, float], float] = max,
    clock: FakeClock | None = None,
    url: str | None = None,
) -> Invocation:
    """Begin an invocation that has *seconds*; backoff waits as long as it may at most."""
    clock = clock or FakeClock()
    secret = StoredSecret(stored_credentials(amazon))
    pacing = Pacing(clock.now + seconds, clock.monotonic, clock.sleep, jitter)
    exchange = Exchange(
        http=http,
        login=LoginWithAmazon(token_url=amazon.token_url, source=secret, time=clock.monotonic),
        pacing=pacing,
        url=url or amazon.url,
        manager_account=amazon.manager_account,
        now=lambda: NOW,
    )
    gate = Gate(pacing, max_concurrent_requests=max_concurrent_requests)
    client = PartnerOpportunitiesClient(exchange, gate, WorkerThreads(max_concurrent_requests))
    return Invocation(amazon, clock, secret, exchange, gate, client)


def conclusive(result: ApplyResult) -> ApplyResult:
    """Hold *result* to its promise: each id in exactly one place, an error where one is owed."""
    failed = [failure.recommendation_id for failure in result.failures]
    named = [*result.accepted, *failed, *result.unanswered]
    assert sorted(named) == sorted(result.batch.recommendation_ids)
    assert (result.error is not None) == bool(result.unanswered)
    return result


def everything_said(results: Iterable[object]) -> str:
    """Return all that a log could make of *results*: their repr, and their errors' tracebacks."""
    said = []
    for result in results:
        said.append(repr(result))
        error = result if isinstance(result, Exception) else getattr(result, "error", None)
        if isinstance(error, Exception):
            said += [repr(error), repr(vars(error)), *traceback.format_exception(error)]
    return "\n".join(said)
