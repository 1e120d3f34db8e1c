"""What the api asks of a worker."""

from __future__ import annotations

from typing import Literal

import msgspec

DirectionName = Literal["inbound", "outbound", "internal"]
ChannelName = Literal["left", "right"]
SentimentOfName = Literal["outside", "both", "none"]


class AnalyseCall(msgspec.Struct, frozen=True, kw_only=True):
    """api → worker, queue `gpu`: analyse this recording.

    `recording_path` is a path with a signature on the api: a POST to it *is* the claim of this attempt, and answers
    410 when the attempt is no longer wanted. `vocabulary`: names and products that may come up, as they are written.
    `sentiment_of`: whose moods are to be computed. `parties_by_channel`: each of two channels is a party, though one
    may say nothing. In the first `announcement_seconds` no called party was there. `alone`: the worker is to hold no
    other call while it works on this.
    """

    version: int = 1
    call_id: str
    revision: int
    attempt: int
    recording_path: str
    language: str | None = None
    direction: DirectionName | None = None
    caller_channel: ChannelName = "left"
    vocabulary: tuple[str, ...] = ()
    sentiment_of: SentimentOfName = "outside"
    parties_by_channel: bool = False
    announcement_seconds: float = 0.0
    alone: bool = False
