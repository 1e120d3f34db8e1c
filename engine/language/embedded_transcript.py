"""A transcript's sentences and their embeddings: computed once, used by summary, sentiment and keywords."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.language.sentence_embedding import Embedder, Vectors
from engine.language.sentences import split_sentences
from engine.transcript import Party, Transcript


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, who says it, in which segment, and where in the call: 0 = its first word, 1 = its last."""

    text: str
    words: int
    party: Party
    place: float
    segment: int
    voice: int = 0  # as in Segment


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
        for text in split_sentences(segment.text):
            words = len(text.split())
            found.append(Sentence(text, words, segment.party, (before + words / 2) / total, number, segment.voice))
            before += words
    return EmbeddedTranscript(transcript, tuple(found), embedder.encode([one.text for one in found]), embedder)


def direction(vectors: Vectors) -> Vectors:
    """The unit vector of their mean; 0 where there are none."""
    mean = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1:], dtype=np.float32)
    unit: Vectors = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return unit
