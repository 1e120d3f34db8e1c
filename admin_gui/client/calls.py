"""Calls: what was received, what was said in it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from admin_gui.client.transport.exchange import Requests
from admin_gui.client.transport.paging import Order, Page, order_params
from admin_gui.client.transport.stop import Progress, Stop, no_progress

FINAL_STATES = ("completed", "failed")
STATES = ("received", "queued", "processing", *FINAL_STATES)
MOODS = ("positive", "neutral", "negative")
DIRECTIONS = ("inbound", "outbound", "internal")


class CallFault(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Why a call failed: `code` for programs, `message` for people."""

    code: str
    message: str = ""


class Turn(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One turn: seconds from the start, channel 0 = left, confidence 0–1."""

    start: float
    end: float
    text: str
    channel: int = 0
    party: str = "unknown"
    confidence: float | None = None
    voice: int = 0

    @property
    def speaker(self) -> str:
        """Who speaks: `caller`, `called`; of parties that are unknown `voice 1` or `voice 2`; else `unknown`."""
        return f"voice {self.voice}" if self.party == "unknown" and self.voice in (1, 2) else self.party

    @property
    def is_left(self) -> bool:
        """Whether the caller speaks, or the voice that is heard first."""
        return self.speaker in ("caller", "voice 1")

    @property
    def is_right(self) -> bool:
        """Whether the called party speaks, or the other voice."""
        return self.speaker in ("called", "voice 2")


class Word(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One word: when it was said, in seconds from the start, and as it stands in its turn."""

    start: float
    end: float
    text: str


class _TurnWords(msgspec.Struct):
    words: list[Word] = []


class CallWords(msgspec.Struct):
    """Of each turn of a revision its words, in the same order."""

    revision: int
    segments: list[_TurnWords]


class Party(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one party contributed; the score is −1 … 1. Of who has no mood it was not computed."""

    talk_seconds: float = 0.0
    sentiment: str | None = None
    sentiment_score: float | None = None


class Parties(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    caller: Party = msgspec.field(default_factory=Party)
    called: Party = msgspec.field(default_factory=Party)


class Talk(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How one party took part; an interruption began while the other spoke, who then stopped first."""

    talk_seconds: float = 0.0
    turns: int = 0
    longest_turn_seconds: float = 0.0
    interruptions: int = 0


class Conversation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How a call went, apart from what was said."""

    silence_seconds: float = 0.0
    longest_silence_seconds: float = 0.0
    overlap_seconds: float = 0.0
    caller: Talk = msgspec.field(default_factory=Talk)
    called: Talk = msgspec.field(default_factory=Talk)


class Call(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A call; the fields from `transcription` on are None until it is completed."""

    call_id: str
    customer_id: int
    caller_number: str
    called_number: str
    state: str
    received_at: datetime
    revision: int = 1
    external_id: str | None = None
    direction: str | None = None
    call_started_at: datetime | None = None
    agent: str | None = None
    extension: str | None = None
    queue: str | None = None
    did: str | None = None
    disposition: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    duration_seconds: float | None = None
    empty: bool = False
    error: CallFault | None = None
    transcription: str | None = None
    summary: str | None = None
    sentiment: str | None = None
    keywords: str | None = None
    speech_seconds: float | None = None
    language: str | None = None
    segments: list[Turn] | None = None
    parties: Parties | None = None
    keyword_scores: dict[str, float] | None = None
    metadata: Any = None
    models: dict[str, str] | None = None
    no_speech: bool | None = None
    voices_confidence: float | None = None
    conversation: Conversation | None = None
    warnings: list[str] | None = None
    summary_sources: list[list[int]] | None = None
    sentiment_basis: str | msgspec.UnsetType | None = msgspec.UNSET  # an older appliance does not tell
    tags: list[str] | None = None  # an older appliance knows of none
    tells_texts: bool = True  # no field of the api: an event tells everything but the texts

    @property
    def mood(self) -> str | None:
        """The call's mood; None where none was computed, which the appliance calls neutral."""
        return None if self.sentiment_basis is None else self.sentiment

    @property
    def is_damaged(self) -> bool:
        """Whether the appliance cannot read what it has stored of it."""
        return self.error is not None and self.error.code == "damaged"

    @property
    def is_erased(self) -> bool:
        """Whether it was completed, and what it came to was erased since."""
        nothing = self.transcription is None and self.summary is None
        final = self.state == "completed" and self.error is None and not self.empty
        return final and nothing and self.tells_texts

    @property
    def shown_state(self) -> str:
        """Its state; `empty` where nothing was recorded, `erased` where nothing is left of what it came to."""
        if self.empty:
            return "empty"
        return "erased" if self.is_erased else self.state

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES

    @property
    def caller_channel(self) -> str | None:
        """On which of two channels the caller is: `left` or `right`; None where no channel tells the parties apart."""
        parties = {(turn.party, turn.channel) for turn in self.segments or () if turn.party in ("caller", "called")}
        # Two voices of a mono recording share their channel: there is none to exchange.
        if not parties or len({channel for _, channel in parties}) < len(parties):
            return None
        party, channel = min(parties)
        return "left" if (party == "caller") is (channel == 0) else "right"

    def told_anew(self, news: Call) -> Call:
        """The call after an event, which tells everything but the texts: those of the same revision stay.

        An event that is older than what is known here changes nothing.
        """
        if news.revision < self.revision or (news.revision == self.revision and self.is_final and not news.is_final):
            return self
        tells_more = news.tells_texts and not self.tells_texts
        if tells_more or news.transcription is not None or news.revision != self.revision:
            return news
        tells_texts = self.tells_texts and self.state == news.state
        texts = {name: getattr(self, name) for name in _TEXTS if getattr(news, name) in (None, msgspec.UNSET)}
        return msgspec.structs.replace(news, **texts, tells_texts=tells_texts)


_TEXTS = (
    "transcription", "summary", "sentiment", "keywords", "speech_seconds", "language", "segments", "parties",
    "keyword_scores", "metadata", "models", "no_speech", "voices_confidence", "conversation", "warnings",
    "summary_sources", "sentiment_basis", "tags",
)  # fmt: skip


# What a filter and a call call the same, and must be the same.
_ALIKE = ("sentiment", "direction", "queue", "agent", "extension", "did", "external_id")


class CallFilter(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What a list of calls is narrowed to; `q` looks in the texts.

    `since` and `until` are about when it was accepted, `finished_since` and `finished_until` about when it ended.
    """

    customer_id: int | None = None
    state: str | None = None
    error_code: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    finished_since: datetime | None = None
    finished_until: datetime | None = None
    number: str | None = None
    q: str | None = None
    sentiment: str | None = None
    direction: str | None = None
    min_seconds: int | None = None
    max_seconds: int | None = None
    tag: str | None = None
    keyword: str | None = None
    warnings: bool | None = None
    queue: str | None = None
    agent: str | None = None
    extension: str | None = None
    did: str | None = None
    external_id: str | None = None

    def params(self) -> dict[str, Any]:
        """As the query of a request."""
        fields = {name: value for name, value in msgspec.to_builtins(self).items() if value not in (None, "")}
        return fields | ({} if self.warnings is None else {"warnings": "true" if self.warnings else "false"})

    @property
    def asks_of_texts(self) -> bool:
        """Whether the appliance looks into what was said: from the newest call on, and an event does not tell."""
        return bool(self.q) or self.keyword is not None or self.warnings is not None

    def wants(self, call: Call) -> bool:
        """Whether a call belongs to the list, as far as can be decided without its texts."""
        return (
            self.state in (None, call.state)
            and self.customer_id in (None, call.customer_id)
            and self.error_code in (None, call.error.code if call.error is not None else None)
            and _between(call.received_at, self.since, self.until)
            and _between(call.finished_at, self.finished_since, self.finished_until)
            and (self.number is None or self.number in f"{call.caller_number} {call.called_number}")
            and (self.min_seconds is None or (call.duration_seconds or 0) >= self.min_seconds)
            and (self.max_seconds is None or (call.duration_seconds or 0) <= self.max_seconds)
            and (self.tag is None or self.tag.casefold() in map(str.casefold, call.tags or ()))
            and all(getattr(self, name) in (None, getattr(call, name)) for name in _ALIKE)
        )


def _between(moment: datetime | None, since: datetime | None, until: datetime | None) -> bool:
    """Whether it is from one moment to before another; what has not happened yet is in no bounds."""
    if since is None and until is None:
        return True
    return moment is not None and (since is None or since <= moment) and (until is None or moment < until)


class Erasure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The receipt of an erasure, with the backups that still hold the call."""

    call_id: str
    erased_at: datetime
    recordings: int = 0
    results: int = 0
    deliveries: int = 0
    backups: list[str] = []
    warnings: list[str] = []


class _Accepted(msgspec.Struct):
    call_id: str


class _CallsReply(msgspec.Struct):
    calls: list[Call]
    next_cursor: str | None = None


class Calls:
    """/api/calls."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def page(
        self, cursor: str | None, limit: int, narrowed: CallFilter | None = None, order: Order | None = None
    ) -> Page[Call]:
        """Newest first unless sorted. With `q` a page may be short and yet have a next one, and is not sorted."""
        params = ({} if narrowed is None else narrowed.params()) | order_params(order)
        reply = self._requests.get("/api/calls", _CallsReply, cursor=cursor, limit=limit, **params)
        return Page(reply.calls, reply.next_cursor)

    def one(self, call_id: str) -> Call:
        return self._requests.get(f"/api/calls/{call_id}", Call)

    def send_recording(self, api_key: str, recording: bytes, external_id: str) -> str:
        """Send a recording as a customer's telephone system does; the id of the call that it becomes."""
        form = {"caller_number": "anonymous", "called_number": "anonymous", "external_id": external_id}
        key = {"X-API-Key": api_key}
        return self._requests.post_file("/api/process-call", _Accepted, recording, form, key).call_id

    def words(self, call_id: str) -> CallWords:
        """When each word was said. Raises NotFound where nobody knows: of calls of older appliances, say."""
        return self._requests.get(f"/api/calls/{call_id}/words", CallWords)

    def as_json(self, call_id: str) -> bytes:
        """The call exactly as the appliance tells it, to be saved."""
        return self._requests.fetch(f"/api/calls/{call_id}")

    def reprocess(self, call_id: str, caller_channel: str | None = None) -> Call:
        """Analyse it again, as a new revision; `caller_channel` says on which one the caller speaks."""
        body = None if caller_channel is None else {"caller_channel": caller_channel}
        return self._requests.post(f"/api/calls/{call_id}/reprocess", Call, body)

    def erase(self, call_id: str) -> Erasure:
        return self._requests.delete(f"/api/calls/{call_id}", Erasure)

    def recording(self, call_id: str, progress: Progress = no_progress, stop: Stop | None = None) -> bytes:
        """The recording's bytes, as the PBX sent them."""
        return self._requests.fetch(f"/api/calls/{call_id}/recording", progress, stop)

    def save_recording_as_told(self, call_id: str, file: Path, stop: Stop | None = None) -> Path:
        """The same, with the ending of what the PBX has sent; `file` has none."""
        return self._requests.download_as_told(f"/api/calls/{call_id}/recording", file, stop)

    def save_recording(
        self, call_id: str, file: Path, progress: Progress = no_progress, stop: Stop | None = None
    ) -> Path:
        return self._requests.download(f"/api/calls/{call_id}/recording", file, progress, stop)
