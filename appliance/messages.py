"""The contract between api and worker: frozen, versioned messages that travel through the queue.

Everything carries `(call_id, revision, attempt)`, so that whoever receives it can tell whether it still concerns
the present (invariant 6). A reader refuses a version that it does not know and ignores fields that it does not know.

A worker parses what anybody may have sent, so what it says is not believed: every number is finite and bounded, every
text and list is bounded, and of the texts `read_report` takes none that could not be stored or shown as it is.
"""

from __future__ import annotations

import math
import re
import socket
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

GPU_QUEUE = "gpu"
RESULTS_QUEUE = "results"
ANALYSE_ACTOR = "analyse_call"
REPORT_ACTOR = "worker_report"
# Two namespaces, because Dramatiq's dead-worker timeout holds for a whole namespace and ours differ (queue/broker.py).
CALLS_NAMESPACE = "vbot"
RESULTS_NAMESPACE = "vbot-results"
EPOCH_KEY = "vbot:epoch"
WORKERS_KEY = "vbot:workers"
# Who claims: sent with the POST to a recording's address.
WORKER_HEADER = "X-Worker"
BOOT_HEADER = "X-Worker-Boot"
# Sent with it, and in heartbeats. A worker of before the second has no token in its reports, which are dropped.
PROTOCOL_HEADER = "X-Worker-Protocol"
PROTOCOL = 2
# Answered with it: what the recording must be, and what every report about this attempt must carry.
SHA256_HEADER = "X-Recording-SHA256"
CLAIM_TOKEN_HEADER = "X-Claim-Token"  # noqa: S105  # a header's name

# What a message may hold, far beyond what an honest worker has to say of the longest recording that is decoded (24 h).
MAX_MESSAGE_BYTES = 64 * 1024 * 1024
MAX_SECONDS = 7 * 24 * 3600.0
MAX_COUNT = 10_000_000
MAX_TEXT = 20_000_000  # all that was said
MAX_TURN_TEXT = 1_000_000
MAX_TURNS = 500_000
MAX_SENTENCE = 10_000
MAX_LIST = 10_000
MAX_NAME = 200
MAX_CALLS_IN_HAND = 1_000
MAX_WORKERS = 1_000
MAX_CODE_PACKS = 100

Seconds = Annotated[float, Meta(ge=0, le=MAX_SECONDS)]
Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0, le=MAX_COUNT)]
Place = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Name = Annotated[str, Meta(max_length=MAX_NAME)]
Sentence = Annotated[str, Meta(max_length=MAX_SENTENCE)]

# Control characters but for tab and the ends of lines, halves of characters (lone surrogates), and what turns the
# direction of the text that follows, so that it reads as another than it is.
UNFIT_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

PartyName = Literal["caller", "called", "unknown"]
SentimentLabel = Literal["positive", "neutral", "negative"]
DirectionName = Literal["inbound", "outbound", "internal"]
ChannelName = Literal["left", "right"]
SentimentOfName = Literal["outside", "both", "none"]


def worker_name(device: str) -> str:
    """What a worker calls itself: one machine has one worker for each device."""
    return f"{socket.gethostname()}/{device}"


class AnalyseCall(msgspec.Struct, frozen=True, kw_only=True):
    """api → worker, queue `gpu`: analyse this recording.

    `recording_path` is a path with a signature on the api: a POST to it *is* the claim of this attempt, and answers
    410 when the attempt is no longer wanted. `vocabulary`: names and products that may come up, as they are written.
    `sentiment_of`: whose moods are to be computed. `alone`: the worker is to hold no other call while it works on this.
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
    alone: bool = False


class SegmentResult(msgspec.Struct, frozen=True, kw_only=True):
    """One turn as the webhook shows it: seconds from the start, channel 0 = left, confidence 0–1."""

    start: Annotated[Seconds, Meta(description="Where the turn begins, in seconds from the start.", examples=[0.4])]
    end: Annotated[Seconds, Meta(description="Where it ends, in seconds from the start.", examples=[3.1])]
    channel: Annotated[Count, Meta(description="The recording's channel: 0 is the left or only one.", examples=[0])]
    party: Annotated[
        PartyName,
        Meta(
            description="Who speaks: by the channel, on a mono recording by the voice and the opening of the call; "
            "`unknown` where that is not certain.",
            examples=["caller"],
        ),
    ]
    text: Annotated[
        str, Meta(max_length=MAX_TURN_TEXT, description="What was said.", examples=["Good morning, this is Ada."])
    ]
    confidence: Annotated[Share, Meta(description="How sure the recognition is, from 0 to 1.", examples=[0.93])]
    voice: Annotated[
        int,
        Meta(
            ge=0,
            le=2,
            description="On a mono recording, whose voice it is: 1 is the one heard first, 2 the other; also where "
            "`party` is `unknown`. 0 where the voices are not told apart.",
            examples=[1],
        ),
    ] = 0


class TimedWord(msgspec.Struct, frozen=True, array_like=True):
    """When a word was said, as it travels and is stored: seconds from the start, and how sure it is, from 0 to 1."""

    start: Seconds
    end: Seconds
    text: Sentence
    confidence: Share


class PartyResult(msgspec.Struct, frozen=True, kw_only=True):
    """What one party contributed; `sentiment_score` is −1 … 1. Of a party whose mood is not computed it has none."""

    talk_seconds: Annotated[Seconds, Meta(description="How long this party spoke, in seconds.", examples=[24.5])]
    sentiment: Annotated[
        SentimentLabel | None,
        Meta(
            description="The mood of what this party said; null where it is not computed, by default of the party in "
            "the office.",
            examples=["positive"],
        ),
    ]
    sentiment_score: Annotated[
        Annotated[float, Meta(ge=-1, le=1)] | None,
        Meta(description="The same from −1 (negative) to 1 (positive); null where it is not computed.", examples=[0.4]),
    ]


class PartiesResult(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides of the call."""

    caller: Annotated[PartyResult, Meta(description="Who called.")]
    called: Annotated[PartyResult, Meta(description="Who was called.")]


class TalkResult(msgspec.Struct, frozen=True, kw_only=True):
    """How one party took part."""

    talk_seconds: Annotated[Seconds, Meta(description="How long this party spoke, in seconds.", examples=[24.5])]
    turns: Annotated[Count, Meta(description="How many turns it had.", examples=[9])]
    longest_turn_seconds: Annotated[Seconds, Meta(description="Its longest turn, in seconds.", examples=[7.2])]
    interruptions: Annotated[
        Count,
        Meta(
            description="How often it began while the other spoke, and the other stopped first.",
            examples=[1],
        ),
    ]


class ConversationResult(msgspec.Struct, frozen=True, kw_only=True):
    """How the call went, apart from what was said."""

    silence_seconds: Annotated[Seconds, Meta(description="How long nobody spoke, in seconds.", examples=[13.3])]
    longest_silence_seconds: Annotated[Seconds, Meta(description="The longest silence, in seconds.", examples=[4.1])]
    overlap_seconds: Annotated[
        Seconds, Meta(description="How long both parties spoke at once, in seconds; 0 on a mix.", examples=[0.8])
    ]
    caller: Annotated[TalkResult, Meta(description="Who called.")]
    called: Annotated[TalkResult, Meta(description="Who was called.")]


# The result's fields, as every place that shows them describes them.
Transcription = Annotated[
    str,
    Meta(
        max_length=MAX_TEXT,
        description="What was said: the turns in time order, a line each, without labels.",
        examples=["Call transcript..."],
    ),
]
Summary = Annotated[
    str,
    Meta(max_length=MAX_TURN_TEXT, description="The call in a few sentences.", examples=["Call summary..."]),
]
Sentiment = Annotated[
    SentimentLabel,
    Meta(
        description="The mood of the outside party: the caller, or in an `outbound` call the called party. `neutral` "
        "where none is computed, as `sentiment_basis` and `models.sentiment` say.",
        examples=["positive"],
    ),
]
SentimentBasis = Annotated[
    Literal["text"] | None,
    Meta(
        description="What moods were read from: the `text` of what was said, never its sound. Null where nobody's was "
        "computed: `models.sentiment` says why.",
        examples=["text"],
    ),
]
Keywords = Annotated[
    str,
    Meta(
        max_length=MAX_TURN_TEXT,
        description="Keywords, the weightiest first, separated by comma and space.",
        examples=["keyword1, keyword2"],
    ),
]
SpeechSeconds = Annotated[Seconds, Meta(description="How long somebody spoke, in seconds.", examples=[48.2])]
Language = Annotated[
    str, Meta(max_length=35, description="The language that was recognised, an ISO 639 code.", examples=["en"])
]
Segments = Annotated[list[SegmentResult], Meta(max_length=MAX_TURNS, description="The turns in time order.")]
Parties = Annotated[PartiesResult, Meta(description="What each party contributed.")]
KeywordScores = Annotated[
    dict[Name, Share],
    Meta(
        max_length=MAX_LIST,
        description="The weight of each keyword, from 0 to 1.",
        examples=[{"keyword1": 0.71, "keyword2": 0.64}],
    ),
]
Models = Annotated[
    dict[Name, Sentence],
    Meta(
        max_length=100,
        description="Which model packs made this result, by their task.",
        examples=[{"asr": "whisper-base"}],
    ),
]
NoSpeech = Annotated[
    bool, Meta(description="Whether nobody spoke: then all texts are empty, and the mood neutral.", examples=[False])
]
VoicesConfidence = Annotated[
    Share,
    Meta(
        description="How sure it is that the two `voice`s of a mono recording are two, from 0 to 1; 0 where they are "
        "not told apart.",
        examples=[0.8],
    ),
]
Conversation = Annotated[
    ConversationResult | None,
    Meta(
        description="Talk, silence, overlaps and interruptions. Of a party that is `unknown` nothing is counted. Null "
        "when the call failed, and for results of earlier versions.",
    ),
]
Warnings = Annotated[
    list[Sentence],
    Meta(
        max_length=MAX_LIST,
        description="What was wrong with the recording and was put right, or is missing of it: a sentence each, for "
        "whoever looks after the telephone system.",
        examples=[["The recording is cut off: its header tells of 61.5 s, 42.0 s are there."]],
    ),
]
SummarySources = Annotated[
    list[Annotated[list[Count], Meta(max_length=MAX_LIST)]],
    Meta(
        max_length=MAX_LIST,
        description="For each sentence of the summary the places in `segments` that it stands on, from 0; empty "
        "where a model wrote the summary.",
        examples=[[[2], [5, 7]]],
    ),
]

Words = Annotated[list[Annotated[list[TimedWord], Meta(max_length=MAX_TURNS)]], Meta(max_length=MAX_TURNS)]


class CallResult(msgspec.Struct, frozen=True, kw_only=True):
    """The webhook's result fields: the one shape in which an analysis is sent, stored and shown.

    Results that were stored before, and workers of before, lack the fields that have a default.
    """

    transcription: Transcription
    summary: Summary
    sentiment: Sentiment
    keywords: Keywords
    duration_seconds: Seconds
    speech_seconds: SpeechSeconds
    language: Language
    segments: Segments
    parties: Parties
    keyword_scores: KeywordScores
    models: Models
    no_speech: NoSpeech
    voices_confidence: VoicesConfidence = 0.0
    conversation: Conversation = None
    warnings: Warnings = []
    summary_sources: SummarySources = []
    sentiment_basis: SentimentBasis = "text"  # before there was a choice, all were read from that
    # Of each segment. They are stored beside the rest, for who asks: neither the webhook nor the call shows them.
    words: Words | msgspec.UnsetType = msgspec.UNSET


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a call could not be analysed: a stable code for machines, a sentence for people."""

    code: Annotated[
        str,
        Meta(
            max_length=MAX_NAME,
            description="A word for programs; it stays the same.",
            examples=["unreadable_recording"],
        ),
    ]
    message: Annotated[
        str,
        Meta(
            max_length=MAX_SENTENCE,
            description="A sentence for people.",
            examples=["the bytes are no audio that can be decoded"],
        ),
    ]


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A call in a worker's hands; `progress` is the share done (0–1)."""

    call_id: Name
    revision: Place
    attempt: Place
    progress: Share = 0.0


class WorkerHeartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """worker → api, a field of the hash `WORKERS_KEY`: I live, this is what I hold.

    `boot` tells one life of a worker from the next; `beat` grows, so that the api judges freshness by its own clock.
    `measured_speed` is audio seconds per second over the last calls; `calls_done` is counted in this life.
    `deaths_while_loading` counts the lives in a row that died before they were ready, `last_error` says why the last of
    them did; `ended`: this life is the last of them, and says so itself. `machine` is where it runs, as
    `appliance.worker.worker_lock` has it. `code_packs` are those of its model packs that run as code. `protocol` is
    what it speaks: one that speaks less than `PROTOCOL` gets no calls.
    """

    version: int = 1
    worker: Name
    boot: Name
    beat: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    device: Name
    model: Sentence
    ready: bool
    held: Annotated[list[Held], Meta(max_length=MAX_CALLS_IN_HAND)]
    program: Name = ""
    calls_done: Place = 0
    measured_speed: Annotated[float, Meta(ge=0, le=1e9)] | None = None
    deaths_while_loading: Place = 0
    last_error: Sentence = ""
    ended: bool = False
    machine: Name = ""
    # When it is busy; 0: it does not say.
    calls_at_once: Annotated[int, Meta(ge=0, le=MAX_CALLS_IN_HAND)] = 0
    code_packs: Annotated[list[Name], Meta(max_length=MAX_CODE_PACKS)] = []
    protocol: Place = 1

    @property
    def outdated(self) -> bool:
        """Whether it is of a version whose reports could not be taken."""
        return self.protocol < PROTOCOL

    @property
    def takes_calls(self) -> bool:
        """Whether its models are loaded, and calls are given to it."""
        return self.ready and not self.outdated


class AttemptReport(msgspec.Struct, frozen=True, kw_only=True):
    """What every report says: which attempt it is about, and who has it, with the token of the claim.

    A worker of a version before there were tokens sends none: what it reports is not taken.
    """

    version: int = 1
    call_id: Name
    revision: Place
    attempt: Place
    worker: Name = ""
    boot: Name = ""
    claim_token: Name = ""


class CallAnalysed(AttemptReport, frozen=True, kw_only=True, tag="analysed"):
    """worker → api: the attempt's result."""

    result: CallResult


class CallFailed(AttemptReport, frozen=True, kw_only=True, tag="failed"):
    """worker → api: the recording itself is at fault; another attempt would end the same way."""

    failure: Failure


class CallReleased(AttemptReport, frozen=True, kw_only=True, tag="released"):
    """worker → api: handed back unfinished (SIGTERM, lost recording): queue it again, counting nothing."""

    reason: Sentence


class CallCrashed(AttemptReport, frozen=True, kw_only=True, tag="crashed"):
    """worker → api: the analysis broke for a reason that is not the recording's by name.

    It counts as a crash when the worker held no other call: `in_hand` is how many it held, this one among them.
    """

    failure: Failure
    in_hand: Annotated[int, Meta(ge=1, le=MAX_CALLS_IN_HAND)] = 1


WorkerReport = CallAnalysed | CallFailed | CallReleased | CallCrashed


def read_head(body: Any) -> AttemptReport:
    """Who reports about which attempt, whatever they say of it; raises msgspec.ValidationError."""
    head: AttemptReport = _convert(body, AttemptReport)
    check_texts(head)
    return head


def read_report(body: Any) -> WorkerReport:
    """A report as it came; raises msgspec.ValidationError for what is not of this form or must not be stored."""
    report: WorkerReport = _convert(body, WorkerReport)
    check_texts(report)
    return report


def read_heartbeat(name: str, body: bytes) -> WorkerHeartbeat:
    """A heartbeat that lies under this name; raises msgspec.DecodeError, of which a ValidationError is one."""
    heartbeat = msgspec.json.decode(body, type=WorkerHeartbeat)
    if heartbeat.worker != name:
        raise msgspec.ValidationError("It is another worker's.")
    check_texts(heartbeat)
    return heartbeat


def _convert(body: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError:
        raise
    except (ValueError, RecursionError) as error:
        # Half a character where a number belongs, and what lies too deep, are told otherwise than as what is wrong.
        raise msgspec.ValidationError(f"It cannot be read: {type(error).__name__}.") from error


def check_texts(message: msgspec.Struct) -> None:
    """Raise msgspec.ValidationError where a text of the message holds what is unfit to be stored or shown."""
    for text in _texts(msgspec.to_builtins(message)):
        if found := UNFIT_CHARACTERS.search(text):
            raise msgspec.ValidationError(f"A text holds the character U+{ord(found[0]):04X}.")


def _texts(value: Any) -> Iterator[str]:
    """All texts in what JSON is made of."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def fit_text(text: str, longest: int = MAX_TEXT) -> str:
    """The text without what is unfit to be stored or shown, and no longer than that."""
    return UNFIT_CHARACTERS.sub("", text)[:longest]


def fit_number(value: float, lowest: float, highest: float) -> float:
    """The number within these bounds; what is none becomes the lowest."""
    return lowest if math.isnan(value) else min(max(value, lowest), highest)
