"""A transcript's sentences and their embeddings: computed once, used by summary, sentiment and keywords."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.language.sentence_embedding import Embedder, Vectors
from engine.language.sentences import split_sentences
from engine.transcript import Party, Segment, Transcript


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, who says it, in which segment, and where in the call: 0 = its first word, 1 = its last."""

    text: str
    words: int
    party: Party
    place: float
    segment: int
    voice: int = 0  # as in Segment
    confidence: tuple[float, ...] = ()  # of each of its words; () where it is not known


@dataclass(frozen=True, slots=True)
class EmbeddedTranscript:
    """The sentences of a transcript in time order, and a unit vector for each."""

    transcript: Transcript
    sentences: tuple[Sentence, ...]
    vectors: Vectors  # [sentences, width]
    embedder: Embedder

    @property
    def centre(self) -> Vectors:
        """The direction in which the longer sentences point together."""
        long = [index for index, one in enumerate(self.sentences) if one.words >= 5]
        return direction(self.vectors[long] if long else self.vectors)


def embed_transcript(transcript: Transcript, embedder: Embedder) -> EmbeddedTranscript:
    """Split a transcript into its sentences and embed them."""
    total = max(1, sum(len(segment.text.split()) for segment in transcript.segments))
    found: list[Sentence] = []
    before = 0
    for number, segment in enumerate(transcript.segments):
        confidence = _word_confidence(segment)
        for text in split_sentences(segment.text):
            words = len(text.split())
            place = (before + words / 2) / total
            found.append(Sentence(text, words, segment.party, place, number, segment.voice, confidence[:words]))
            confidence = confidence[words:]
            before += words
    return EmbeddedTranscript(transcript, tuple(found), embedder.encode([one.text for one in found]), embedder)


def _word_confidence(segment: Segment) -> tuple[float, ...]:
    """Of each word of a segment's text; () where its words are not those of its text."""
    if [word.text for word in segment.words] != segment.text.split():
        return ()
    return tuple(word.confidence for word in segment.words)


def direction(vectors: Vectors) -> Vectors:
    """The unit vector of their mean; 0 where there are none."""
    mean = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1:], dtype=np.float32)
    unit: Vectors = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return unit
