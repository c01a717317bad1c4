"""Reading an answer's body, neither for ever nor without end."""

from typing import Final

import httpx

from recommendation_applier.amazon_ads.pacing import Pacing

MAX_BYTES: Final = 4_194_304
"""A 422 that names 100 ids takes about 20 kB, a token's answer about 2 kB. A page of 100
opportunities may come near 1 MB, where each letter of a description is escaped (`\\u0928`)."""


def read_body(response: httpx.Response, pacing: Pacing, *, until: float) -> bytes:
    """Read the whole body of a streamed *response* until a moment of *pacing*'s clock.

    httpx bounds each piece by its read timeout, but not the whole. Raises httpx.ReadTimeout when
    time is up, and httpx.ReadError for a body of more than MAX_BYTES.
    """
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > MAX_BYTES:
            raise httpx.ReadError(f"the answer has more than {MAX_BYTES} bytes and was not read")
        if pacing.monotonic() >= until:
            raise httpx.ReadTimeout("the answer was still coming when time was up")
    return bytes(content)
