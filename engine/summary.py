"""The call in a few of its own sentences: why it was made, what mattered, how it ended.

Extractive: nothing is invented.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.embedding import Embedder, Vectors
from engine.parties import has_parties, outside_party
from engine.sentences import split_sentences
from engine.transcript import Direction, Party, Transcript
from engine.vocabulary import FILLERS, NUMBER_WORDS, SUBJECTLESS, TIME_WORDS, plain

_NAMES = {Party.CALLER: "Caller", Party.CALLED: "Called party"}
_WORD = re.compile(r"[\w'’-]+")
_OPENING_FILLER = re.compile(
    r"^(?:(?:oh|uh|um|erm|er|well|so|yeah|yes|no|okay|ok|right|and|but|hi|hello|hey|sorry|like|ah|now)\b[,.!]?\s+)+",
    re.I,
)
_MID_FILLER = re.compile(r",?\s+\b(?:uh|um|erm|er)\b,?(?=\s)", re.I)
_PROMISE = re.compile(
    r"\b(i'?ll|we'?ll|you'?ll|i'?ve (booked|put|added|sent|taken|asked|escalated|messaged)|booked|refund|"
    r"by (mon|tues|wednes|thurs|fri|satur|sun)day|call (you )?back|ring (me|you) back|email|send|confirm|"
    r"reference|appointment|charge|pay|cost)",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(i'?m (ringing|calling|phoning)|i (want|wanted|need|would like|'d like)|i'?d like|"
    r"i'?ve (got|had|left|lost|broken)|problem|not working|keeps|about|message for|there'?s)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SummaryOptions:
    """How much of a call its summary may be."""

    share: float = 0.19  # of the call's words
    least_words: int = 30
    most_words: int = 160
    least_sentence_words: int = 5


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    words: int
    party: Party
    segment: int
    place: float  # 0 = start of the call, 1 = end


def summary(
    transcript: Transcript,
    embedder: Embedder,
    subjects: Collection[str] = (),
    direction: Direction | None = None,
    options: SummaryOptions | None = None,
) -> str:
    """A readable extract in the order of the call that keeps to its `subjects`; parties are named where known."""
    options = options or SummaryOptions()
    sentences = _sentences(transcript)
    if not sentences:
        return ""
    total = sum(sentence.words for sentence in sentences)
    budget = min(options.most_words, max(options.least_words, round(options.share * total)))
    candidates = [one for one in sentences if one.words >= options.least_sentence_words] or sentences
    vectors = embedder.encode([one.text for one in candidates])
    worth = _worth(candidates, vectors, subjects, outside_party(direction))
    chosen = _choose(candidates, vectors, worth, budget)
    return _told([candidates[index] for index in sorted(chosen)], has_parties(transcript))


def _sentences(transcript: Transcript) -> list[_Sentence]:
    found: list[_Sentence] = []
    total = max(1, sum(len(segment.text.split()) for segment in transcript.segments))
    before = 0
    for index, segment in enumerate(transcript.segments):
        for raw in split_sentences(segment.text):
            count = len(raw.split())
            text = _tidy(raw)
            if text:
                place = (before + count / 2) / total
                found.append(_Sentence(text, len(text.split()), segment.party, index, place))
            before += count
    return found


def _tidy(text: str) -> str:
    """Without "um" and the small change a spoken sentence opens with; nothing of one that was broken off."""
    if text.endswith(("-", "–", "—")):
        return ""
    text = _MID_FILLER.sub("", _OPENING_FILLER.sub("", text)).strip(" ,-")
    if text and text[-1] not in ".!?…":
        text += "."
    return text[:1].upper() + text[1:] if _WORD.search(text) else ""


def _worth(
    sentences: list[_Sentence], vectors: Vectors, subjects: Collection[str], outside: Party
) -> npt.NDArray[np.float64]:
    """How much each sentence tells about the call.  # [sentences]"""
    lengths = np.array([min(one.words, 25) for one in sentences], dtype=np.float64)
    centre = (vectors * lengths[:, None]).sum(axis=0)
    centre /= max(float(np.linalg.norm(centre)), 1e-9)
    worth: npt.NDArray[np.float64] = 0.3 * (vectors @ centre).astype(np.float64)
    for index, one in enumerate(sentences):
        words = [plain(word) for word in _WORD.findall(one.text)]
        subject = sum(word not in SUBJECTLESS for word in words) / max(1, len(words))
        figures = sum(word in NUMBER_WORDS or word in TIME_WORDS or word.isdigit() for word in words)
        named = sum(phrase in one.text.lower() for phrase in subjects)
        spelled = sum(len(word) == 1 and word not in ("a", "i") for word in words) / max(1, len(words))
        worth[index] += 0.25 * subject + 0.04 * min(figures, 4) + 0.16 * min(named, 3) - spelled
        worth[index] += 0.15 if _PROMISE.search(one.text) else 0.0
        worth[index] += 0.15 * _reason(one, outside) + 0.12 * (one.place > 0.7)
        worth[index] -= 0.15 if one.text.endswith("?") else 0.0
        worth[index] -= 0.3 * sum(word in FILLERS for word in words) / max(1, len(words))
    return worth


def _reason(sentence: _Sentence, outside: Party) -> float:
    """The outside party says early why it calls; in an outbound call the office does."""
    early = max(0.0, 1 - sentence.place / 0.3)
    speaker = 1.0 if sentence.party in (outside, Party.UNKNOWN) else 0.5
    return early * speaker * (1.5 if _REASON.search(sentence.text) else 0.6)


def _choose(sentences: list[_Sentence], vectors: Vectors, worth: npt.NDArray[np.float64], budget: int) -> list[int]:
    """Best first, each counted down by what the chosen ones already say, until the budget is full."""
    chosen: list[int] = []
    spent = 0
    heard = np.zeros(len(sentences))
    while True:
        score = worth - heard
        fitting = [
            index
            for index, one in enumerate(sentences)
            if index not in chosen and (spent + one.words <= budget or not chosen)
        ]
        if not fitting:
            return chosen
        best = max(fitting, key=lambda index: (score[index], -index))
        chosen.append(best)
        spent += sentences[best].words
        heard = np.maximum(heard, vectors @ vectors[best])


def _told(sentences: list[_Sentence], named: bool) -> str:
    """The sentences as prose, with the party's name wherever the speaker changes."""
    parts: list[str] = []
    speaker: Party | None = None
    for one in sentences:
        if named and one.party is not speaker and one.party in _NAMES:
            parts.append(f"{_NAMES[one.party]}: {one.text}")
        else:
            parts.append(one.text)
        speaker = one.party
    return " ".join(parts)
