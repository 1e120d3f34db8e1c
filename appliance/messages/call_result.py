"""The result of a call: the webhook's fields, as an analysis is sent, stored and shown."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from appliance.messages.bounds import (
    MAX_LIST,
    MAX_NAME,
    MAX_SENTENCE,
    MAX_TEXT,
    MAX_TURN_TEXT,
    MAX_TURNS,
    Count,
    Name,
    Seconds,
    Sentence,
    Share,
)

PartyName = Literal["caller", "called", "unknown"]
SentimentLabel = Literal["positive", "neutral", "negative"]


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
        Meta(
            description="The same from −1 (negative) to 1 (positive); null where it is not computed. Read by a "
            "language model, `sentiment` is the likeliest of three moods and the score how much likelier `positive` is "
            "than `negative`: it has no threshold. Without one `sentiment` is `positive` from 0.4 on and `negative` "
            "from −0.3 down. `models.sentiment` says who read.",
            examples=[0.4],
        ),
    ]
    number_e164: Annotated[
        Annotated[str, Meta(max_length=MAX_NAME)] | None,
        Meta(
            description="This party's number as the whole world dials it; null for extensions, names and withheld "
            "numbers, for a national number while the customer's `country` is not set, and where a prefix (0, say) "
            "stands before numbers of the country, for one that is sent without any.",
            examples=["+1234567890"],
        ),
    ] = None


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
        description="How sure it is that the two `voice`s of a mono recording are two, from 0 to 1. Below 0.3 they are "
        "not told apart, and `warnings` says so; 0 where there is one voice, or a channel for each party.",
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
Announcement = Annotated[
    str,
    Meta(
        max_length=MAX_TEXT,
        description="What was said from `recording_started_at` until the two parties were connected (`bridged_at`, "
        "else `answered_at`): a greeting, a menu, the network's voice. It is no turn of the called party's, and in no "
        "other field. Empty where nothing was, or no such moment was sent.",
        examples=[""],
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
    announcement: Announcement = ""
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
