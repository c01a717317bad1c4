"""A request to an API of Amazon Ads, before it is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from recommendation_applier.amazon_ads.login_with_amazon import AccessToken


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of whom; each API has headers of its own.

    *is_repeatable* says that sent twice it does what it does once, so that a lost answer is no more
    than one to ask for again.
    """

    method: str
    path: str
    headers: Callable[[AccessToken], Mapping[str, str]]
    body: Mapping[str, object] | None = None
    is_repeatable: bool = False
