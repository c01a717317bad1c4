"""The two settings of a campaign, small enough to be kept with every recommendation. No I/O."""

import json
import zlib
from typing import Any, Final

from recommendation_applier.domain.campaign_settings import (
    CURRENT,
    NO_SETTINGS,
    RECOMMENDED,
    CampaignSettings,
    read_settings,
)

MAX_BYTES: Final = 65_536
"""A recommendation whose settings are larger is kept without them: DynamoDB takes 400 kB in all,
and the settings are for people to look at."""

MAX_DEPTH: Final = 200
"""As deep as messages are read. Amazon's own settings nest seven deep."""

_DICTIONARY: Final = (
    b'"SP","SB","SD","category":{"id":"","name":"","path":""},"expressions":[{"type":"","value":""}'
    b'],"budget":{"budget":"budget_rules":[{}]},"bid_optimization":"asins":["B0"],"creative":{"text'
    b'":"true,false,LEGACY_FOR_SALES","AUTO_FOR_SALES","MANUAL","AUTO","PHRASE","EXACT","'
    b'PRODUCT_CATEGORY","AUTO_TARGETING"eventTimestamp":null}"recommendation_status":"PUBLISHED",'
    b'"recommendation_group":"sponsored-ads-campaign-diagnostics-recommendations-rec-'
    b'{"current_campaign_settings":{"budget":null,"ad_groups":[{"bid":null,"bid_optimization":null,'
    b'"asins":null,"adgroup_id":"1","adgroup_name":null,"target_type":"KEYWORD","targets":[{"bid":'
    b'0.1,"text":"a","match_type":"BROAD","target_id":"1","targeting":"a","category":null,'
    b'"expressions":null,"audience_target_type":null},{"bid":1.}],"creative":null}],'
    b'"campaign_targeting":null,"bidding_strategy":null,"start_date":null,"end_date":null},'
    b'"recommended_campaign_settings":{"budget":'
)
"""What Amazon's structure is made of, which is mostly long names and nulls: what stands here need
not be kept with every recommendation. Of what has been kept nothing can be read without the very
same bytes: they must not change."""

_WINDOW_BITS: Final = -12
"""Raw DEFLATE with a window of 4 kB: it is set up 1,000 times an invocation."""

_COMPRESSOR: Final = zlib.compressobj(
    2, zlib.DEFLATED, _WINDOW_BITS, 2, zlib.Z_FIXED, zdict=_DICTIONARY
)
"""To be copied, which takes less than to begin anew. Codes of its own for each (Huffman's) would
take 5 % longer, and save 4 % of the bytes."""

_FEW_BYTES: Final = 512
"""Both settings with nothing but documented nulls take 311 bytes of JSON."""

_EMPTY: Final[tuple[object, ...]] = (None, "", [], {})


class SettingsTooLargeError(ValueError):
    """The settings cannot be kept; the message is for the operator who misses them."""


def pack(settings: CampaignSettings) -> bytes | None:
    """Compress *settings*; None if they say nothing.

    What came as JSON is kept as it came, but for what is so short that it may say nothing: 2,800
    bytes of the documented structure become 240. Raises SettingsTooLargeError.
    """
    written = settings.json
    if written is None or len(written) <= _FEW_BYTES:
        written = _written(settings)
        if written is None:
            return None
    compressor = _COMPRESSOR.copy()
    packed = compressor.compress(written) + compressor.flush()
    if len(packed) > MAX_BYTES:
        raise SettingsTooLargeError(f"{len(packed)} bytes, of which {MAX_BYTES} would be kept")
    return packed


def unpack(packed: bytes | None) -> CampaignSettings:
    """Read what `pack` wrote, without any nulls and empties.

    What came as JSON may be nested too deep to be read: it says nothing. Raises ValueError if
    `pack` did not write it.
    """
    if packed is None:
        return NO_SETTINGS
    decompressor = zlib.decompressobj(_WINDOW_BITS, zdict=_DICTIONARY)
    try:
        written = decompressor.decompress(packed)
    except zlib.error as error:
        raise ValueError("settings that are not compressed") from error
    if not decompressor.eof:
        raise ValueError("settings that are not compressed")
    if not written.startswith(b"{"):
        raise ValueError("settings that are no object")
    try:
        kept = _without_empties(read_settings(written) or {}, depth=0)
    except SettingsTooLargeError:
        return NO_SETTINGS
    return CampaignSettings(kept.get(CURRENT), kept.get(RECOMMENDED))


def _written(settings: CampaignSettings) -> bytes | None:
    both = {CURRENT: settings.current, RECOMMENDED: settings.recommended}
    kept = _without_empties(both, depth=0)
    return json.dumps(kept, separators=(",", ":")).encode() if kept else None


def _without_empties(value: Any, *, depth: int) -> Any:  # noqa: ANN401 - whatever JSON can hold
    if depth > MAX_DEPTH:
        raise SettingsTooLargeError(f"nested deeper than {MAX_DEPTH}")
    if isinstance(value, dict):
        kept = {key: _without_empties(each, depth=depth + 1) for key, each in value.items()}
        return {key: each for key, each in kept.items() if each not in _EMPTY}
    if isinstance(value, list):  # a place in a list may mean something
        return [_without_empties(each, depth=depth + 1) for each in value]
    return value
