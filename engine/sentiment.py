"""How the parties felt, weighted to how the call ends: TextBlob's polarity, corrected for how people telephone.

TextBlob reads courtesies ("good morning", "thanks for calling", "no problem") as joy and most complaints as nothing.
So courtesies are taken out, and phrases of complaint, relief and thanks that are common on calls count beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from textblob import TextBlob

from engine.parties import has_parties, outside_party
from engine.sentences import split_sentences
from engine.transcript import Direction, Party, Segment, Transcript

Label = Literal["positive", "neutral", "negative"]

# Said by everybody in every mood.
_RITUALS = re.compile(
    r"\b(good (morning|afternoon|evening|day|bye)(?! with)|goodbye|how (can|may) i help|you'?re welcome"
    r"|thanks? (you )?for (calling|holding|waiting|ringing|your call)|no (problem|trouble|worries)|of course"
    r"|fair enough|right( then| you are)?|all right|alright|okay|nice to|(i'?m |so |really )?sorry( to)?|trouble)\b",
    re.IGNORECASE,
)
# TextBlob gives these a feeling that they do not have on a call.
_WITHOUT_FEELING = re.compile(
    r"\b((very )?sure|really|actually|just|exactly|dear|love|more|first|last|own|whole|much|many|new|old|main"
    r"|other|same|left|half|behind|flat|dark|grey|green|hard|soft|long|short|full|high|low|big|small|little"
    r"|early|late|able|certain)\b",
    re.IGNORECASE,
)
# Found on calls, with what they weigh beside TextBlob's −1 … 1.
_PHRASES: tuple[tuple[float, str], ...] = (
    (
        -0.9,
        r"disgrace\w*|appalling|ridiculous|outrageous|shame on you|disgust\w*|unacceptable|rip-?off"
        r"|liars?",
    ),
    (
        -0.8,
        r"money back|every penny|trading standards|ombudsman|solicitor|small claims|never again"
        r"|threaten\w*|lousy",
    ),
    (
        -0.7,
        r"(not|isn't|wasn't) good enough|let (me|us) down|fed up|sick of|waste of|had enough"
        r"|complain\w*|useless",
    ),
    (
        -0.6,
        r"won't hold my breath|done quite enough|you broke|not happy|unhappy|furious|angry|upset"
        r"|annoy\w*|frustrat\w*",
    ),
    (
        -0.5,
        r"take (me|us) off|not interested|stop calling|do not call|don't call|cancel (it|my|the)"
        r"|not listening",
    ),
    (
        -0.5,
        r"never (came|got|arrived|turned up|rang|called)|nobody (came|rang|called|told)|second time"
        r"|still (not|hasn't)",
    ),
    (
        -0.4,
        r"doesn't (cover|work|help)|not working|couldn't fix|can't believe|i'd prefer it if you didn't"
        r"|in a state",
    ),
    (
        +0.9,
        r"(absolute|total) star|lifesaver|(so|very|really) (kind|grateful|helpful)|wonderful"
        r"|marvellous|fantastic",
    ),
    (
        +0.8,
        r"thank you so much|thanks so much|thanks ever so much|thank you very much|can't thank you"
        r"|made (my|our|it a good) day",
    ),
    (+0.7, r"brilliant|lovely|perfect|amazing|excellent|delighted|over the moon|relie(f|ved)|appreciate"),
    (
        +0.6,
        r"a weight off|good day|been (so|very|really) (good|calm|kind|helpful)|feel a lot better"
        r"|glad you did|love it",
    ),
    (+0.4, r"it'?s? work(s|ed|ing)( now)?|that's great|great|thank you|sorry i went off"),
    (+0.2, r"thanks|cheers"),
)
_PATTERNS = tuple((weight, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)) for weight, pattern in _PHRASES)
_NEGATION = re.compile(r"\b(not|no|n't|never|hardly|isn't|wasn't|don't|didn't|won't|wouldn't)\W+(\w+\W+){0,2}$", re.I)


@dataclass(frozen=True, slots=True)
class SentimentOptions:
    """Thresholds and the weight of the end, set on the calls in tests/data/calls-dev."""

    positive_from: float = 0.085
    negative_from: float = -0.09
    weight_at_start: float = 0.15  # of the last sentence's
    closing_share: float = 3.0  # power: how steeply weights rise towards the end


@dataclass(frozen=True, slots=True)
class Sentiment:
    """A score from −1 to 1 and its label."""

    score: float
    label: Label


NEUTRAL = Sentiment(0.0, "neutral")


def party_sentiment(transcript: Transcript, party: Party, options: SentimentOptions | None = None) -> Sentiment:
    """The mood of one party; neutral where it does not speak."""
    return _sentiment([segment for segment in transcript.segments if segment.party is party], options)


def overall_sentiment(
    transcript: Transcript, direction: Direction | None, options: SentimentOptions | None = None
) -> Sentiment:
    """The outside party's mood; everybody's, where parties are unknown or the outside party does not speak."""
    outside = outside_party(direction)
    if has_parties(transcript) and any(segment.party is outside for segment in transcript.segments):
        return party_sentiment(transcript, outside, options)
    return _sentiment(list(transcript.segments), options)


def _sentiment(segments: list[Segment], options: SentimentOptions | None) -> Sentiment:
    options = options or SentimentOptions()
    sentences = [text for segment in segments for text in split_sentences(segment.text)]
    if not sentences:
        return NEUTRAL
    total = weight_sum = 0.0
    words_before, words = 0, [len(text.split()) for text in sentences]
    for text, count in zip(sentences, words, strict=True):
        words_before += count
        place = words_before / max(1, sum(words))
        weight = options.weight_at_start + (1 - options.weight_at_start) * place**options.closing_share
        felt = polarity(text)
        # A sentence without feeling tells less about the mood than one with it.
        weight *= 1.0 if felt else 0.3
        total += weight * felt
        weight_sum += weight
    score = max(-1.0, min(1.0, total / weight_sum))
    return Sentiment(round(score, 4), label(score, options))


def label(score: float, options: SentimentOptions | None = None) -> Label:
    """A score's word."""
    options = options or SentimentOptions()
    if score >= options.positive_from:
        return "positive"
    return "negative" if score <= options.negative_from else "neutral"


def polarity(sentence: str) -> float:
    """The feeling of one sentence, −1 … 1."""
    felt = 0.0
    rest = _RITUALS.sub(" ", sentence.replace("’", "'"))
    for weight, pattern in _PATTERNS:
        for match in pattern.finditer(rest):
            negated = weight > 0 and _NEGATION.search(rest[: match.start()])
            felt += -0.5 * weight if negated else weight
        rest = pattern.sub(" ", rest)
    base = float(TextBlob(_WITHOUT_FEELING.sub(" ", rest)).sentiment.polarity)
    return max(-1.0, min(1.0, felt + 0.5 * base))
