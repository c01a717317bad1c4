"""The message by which released recommendations enter the ingress queue, both ways."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from recommendation_applier.domain.delivery import Rejection, ReleaseNotice
from recommendation_applier.domain.recommendation import Identifier
from recommendation_applier.domain.stream_message import rejection

VERSION: Final = 1

MAX_IDS_PER_NOTICE: Final = 100
"""A message stays whole on the queue while one of its recommendations is retried."""


def release_notice(recommendation_ids: Sequence[str]) -> str:
    """Write the body of a notice.

    It names ids and nothing more: what was recommended, and who released it, is read from the
    ledger, so that nobody releases anything by sending a message.
    """
    return json.dumps(
        {"version": VERSION, "kind": "release", "recommendationIds": list(recommendation_ids)},
        separators=(",", ":"),
    )


def read_release(value: Mapping[str, Any], body: str) -> Sequence[ReleaseNotice | Rejection]:
    """Read which recommendations a notice names, or say why it cannot be read.

    Each goes on by itself: its text, should it be dead-lettered, names no other.
    """
    try:
        notice = _Notice.model_validate(value)
    except ValidationError as error:
        return (rejection(error, body, names={}),)
    return tuple(
        ReleaseNotice(each, release_notice([each]))
        for each in dict.fromkeys(notice.recommendation_ids)
    )


class _Notice(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)

    version: Literal[1]
    recommendation_ids: list[Identifier] = Field(min_length=1, max_length=1_000)
