"""The contract between api and worker: frozen, versioned messages that travel through the queue.

Everything carries `(call_id, revision, attempt)`, so that whoever receives it can tell whether it still concerns
the present (invariant 6). A reader refuses a version that it does not know and ignores fields that it does not know.
"""

from __future__ import annotations

from typing import Literal

import msgspec

GPU_QUEUE = "gpu"
RESULTS_QUEUE = "results"
ANALYSE_ACTOR = "analyse_call"
REPORT_ACTOR = "worker_report"
# Two namespaces, because Dramatiq's dead-worker timeout holds for a whole namespace and ours differ (queue/broker.py).
CALLS_NAMESPACE = "vbot"
RESULTS_NAMESPACE = "vbot-results"
EPOCH_KEY = "vbot:epoch"
WORKERS_KEY = "vbot:workers"
# Who claims: sent with the GET of a recording.
WORKER_HEADER = "X-Worker"
BOOT_HEADER = "X-Worker-Boot"

PartyName = Literal["caller", "called", "unknown"]
SentimentLabel = Literal["positive", "neutral", "negative"]
DirectionName = Literal["inbound", "outbound", "internal"]
ChannelName = Literal["left", "right"]


class AnalyseCall(msgspec.Struct, frozen=True, kw_only=True):
    """api → worker, queue `gpu`: analyse this recording.

    `recording_path` is a path with a signature on the api: fetching it *is* the claim of this attempt, and answers
    410 when the attempt is no longer wanted.
    """

    version: int = 1
    call_id: str
    revision: int
    attempt: int
    recording_path: str
    language: str | None = None
    direction: DirectionName | None = None
    caller_channel: ChannelName = "left"


class SegmentResult(msgspec.Struct, frozen=True, kw_only=True):
    """One turn as the webhook shows it: seconds from the start, channel 0 = left, confidence 0–1."""

    start: float
    end: float
    channel: int
    party: PartyName
    text: str
    confidence: float


class PartyResult(msgspec.Struct, frozen=True, kw_only=True):
    """What one party contributed; `sentiment_score` is −1 … 1."""

    talk_seconds: float
    sentiment: SentimentLabel
    sentiment_score: float


class PartiesResult(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides of the call."""

    caller: PartyResult
    called: PartyResult


class CallResult(msgspec.Struct, frozen=True, kw_only=True):
    """The webhook's result fields: the one shape in which an analysis is sent, stored and shown."""

    transcription: str
    summary: str
    sentiment: SentimentLabel
    keywords: str
    duration_seconds: float
    speech_seconds: float
    language: str
    segments: list[SegmentResult]
    parties: PartiesResult
    keyword_scores: dict[str, float]
    models: dict[str, str]
    no_speech: bool


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a call could not be analysed: a stable code for machines, a sentence for people."""

    code: str
    message: str


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A call in a worker's hands; `progress` is the share done (0–1)."""

    call_id: str
    revision: int
    attempt: int
    progress: float = 0.0


class WorkerHeartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """worker → api, a field of the hash `WORKERS_KEY`: I live, this is what I hold.

    `boot` tells one life of a worker from the next; `beat` grows, so that the api judges freshness by its own clock.
    """

    version: int = 1
    worker: str
    boot: str
    beat: int
    device: str
    model: str
    ready: bool
    held: list[Held]


class CallAnalysed(msgspec.Struct, frozen=True, kw_only=True, tag="analysed"):
    """worker → api: the attempt's result."""

    version: int = 1
    call_id: str
    revision: int
    attempt: int
    result: CallResult


class CallFailed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """worker → api: the recording itself is at fault; another attempt would end the same way."""

    version: int = 1
    call_id: str
    revision: int
    attempt: int
    failure: Failure


class CallReleased(msgspec.Struct, frozen=True, kw_only=True, tag="released"):
    """worker → api: handed back unfinished (SIGTERM, lost recording): queue it again, counting nothing."""

    version: int = 1
    call_id: str
    revision: int
    attempt: int
    reason: str


class CallCrashed(msgspec.Struct, frozen=True, kw_only=True, tag="crashed"):
    """worker → api: the analysis broke for a reason that is not the recording's by name; counts as a crash."""

    version: int = 1
    call_id: str
    revision: int
    attempt: int
    failure: Failure


WorkerReport = CallAnalysed | CallFailed | CallReleased | CallCrashed
