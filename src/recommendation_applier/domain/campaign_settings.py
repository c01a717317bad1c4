"""The two settings of a campaign as they came: JSON until somebody looks at them."""

import json
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Raw
from pydantic_core import from_json

CURRENT: Final = "current_campaign_settings"
"""What Amazon calls what the campaign is like, in a message."""

RECOMMENDED: Final = "recommended_campaign_settings"
"""What Amazon calls what it should be like."""

Settings = Mapping[str, Any]

_NEITHER: Final = (Raw(b"null"), Raw(b"null"))
_BOTH: Final = f'{{"{CURRENT}":%b,"{RECOMMENDED}":%b}}'.encode()


class CampaignSettings:
    """What a campaign is like, and what it should be like, in Amazon's structure.

    Either may be unknown, which is None; of the recommended ones only what changes need be there.
    Whatever is no object, or cannot be read, says nothing. Most of a message is settings, and most
    settings are only kept: those that came as JSON are read when they are first asked for.
    """

    __slots__ = ("_json", "_read")

    def __init__(
        self,
        current: object = None,
        recommended: object = None,
        *,
        in_json: tuple[Raw, Raw] | None = None,
    ) -> None:
        """Take what has been read already, or both of them *in_json*, which is well-formed."""
        self._json = in_json
        self._read = None if in_json else (_object(current), _object(recommended))

    @property
    def json(self) -> bytes | None:
        """An object with both of them, under Amazon's names; None if they did not come as JSON."""
        return None if self._json is None else _BOTH % self._json

    @property
    def current(self) -> Settings | None:
        """What the campaign is like."""
        return self._both()[0]

    @property
    def recommended(self) -> Settings | None:
        """What it should be like."""
        return self._both()[1]

    def __bool__(self) -> bool:
        """Tell whether they say anything."""
        return any(self._both())

    def __eq__(self, other: object) -> bool:
        """Tell whether they say the same, however they came."""
        if not isinstance(other, CampaignSettings):
            return NotImplemented
        return self._both() == other._both()

    __hash__ = None  # type: ignore[assignment] # like the dictionaries in it

    def __repr__(self) -> str:
        """Show what they say."""
        current, recommended = self._both()
        return f"CampaignSettings({current!r}, {recommended!r})"

    def _both(self) -> tuple[Settings | None, Settings | None]:
        if self._read is None:
            current, recommended = self._json or _NEITHER
            self._read = read_settings(bytes(current)), read_settings(bytes(recommended))
        return self._read


def read_settings(text: bytes) -> Settings | None:
    """Read a JSON object; None if it is something else.

    Or if it cannot be read, though well-formed: a number of thousands of digits, or one that is
    nested deeper than Python goes.
    """
    try:
        return _object(from_json(text))
    except ValueError:  # half an emoji, or nested deeper than Rust goes
        pass
    try:
        return _object(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _object(value: object) -> Settings | None:
    return value if isinstance(value, dict) else None


NO_SETTINGS: Final = CampaignSettings()
"""Nothing is known of either."""
