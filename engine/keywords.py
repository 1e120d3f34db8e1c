"""What a call is about in a dozen phrases: KeyBERT over candidates that could be a subject."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer  # type: ignore[import-untyped]

from engine.embedding import Embedder, Vectors
from engine.sentences import split_sentences
from engine.transcript import Transcript
from engine.vocabulary import SUBJECTLESS, TIME_WORDS, plain

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_STOP = " . "
_CLAUSE = re.compile(r"[.,;:!?…\"“”()\n]+")


@dataclass(frozen=True, slots=True)
class KeywordOptions:
    """How many, how long and how different the phrases are."""

    most: int = 12
    longest_phrase: int = 3
    diversity: float = 0.3  # KeyBERT's maximal marginal relevance: 0 = only near the call, 1 = only unlike each other
    most_candidates: int = 120  # KeyBERT embeds these; the rest are rare words of a long call


def keywords(transcript: Transcript, embedder: Embedder, options: KeywordOptions | None = None) -> dict[str, float]:
    """Phrases → how near they are to the call (0–1), best first; the same transcript always gives the same."""
    options = options or KeywordOptions()
    candidates = phrase_candidates(transcript, options.longest_phrase)
    chosen = sorted(candidates, key=lambda phrase: (-_prior(phrase, candidates[phrase]), phrase))
    chosen = sorted(chosen[: options.most_candidates])
    if not chosen:
        return {}
    vectors = embedder.encode(chosen)
    subject = _subject(transcript, embedder)
    scores = np.clip(vectors @ subject, 0.0, 1.0)
    found = embedder.keybert.extract_keywords(
        _STOP.join(chosen),
        # KeyBERT's own tokenizer would cut at apostrophes and keep fillers: it gets our phrases as they are.
        vectorizer=CountVectorizer(vocabulary=chosen, analyzer=_between_stops),
        top_n=min(len(chosen), 4 * options.most),
        use_mmr=True,
        diversity=options.diversity,
        doc_embeddings=subject[None, :],
        word_embeddings=vectors,
    )
    similarity = dict(zip(chosen, scores.tolist(), strict=True))
    weighted = {phrase: similarity[phrase] * _prior(phrase, candidates[phrase]) for phrase, _ in found}
    ranked = sorted(weighted, key=lambda phrase: (-weighted[phrase], phrase))
    kept = _without_near_duplicates(ranked)[: options.most]
    return {phrase: round(similarity[phrase], 4) for phrase in kept}


def phrase_candidates(transcript: Transcript, longest: int) -> Counter[str]:
    """Phrases of one to `longest` words that begin and end in a word with a subject, and how often they are said."""
    counts: Counter[str] = Counter()
    for segment in transcript.segments:
        for clause in _CLAUSE.split(segment.text):
            words = [plain(match.group()) for match in _WORD.finditer(clause)]
            for length in range(1, longest + 1):
                for first in range(len(words) - length + 1):
                    phrase = words[first : first + length]
                    if _is_candidate(phrase):
                        counts[" ".join(phrase)] += 1
    return counts


def _is_candidate(phrase: list[str]) -> bool:
    if any(len(word) < 3 for word in phrase) or len(set(phrase)) < len(phrase):
        return False
    return not any(word in SUBJECTLESS or word in TIME_WORDS for word in phrase)


def _prior(phrase: str, count: int) -> float:
    """Said more than once, and of two words, is more probably the subject of a call."""
    return (1.0 + math.log(count)) * (1.0, 1.15, 1.1)[min(phrase.count(" "), 2)]


def _subject(transcript: Transcript, embedder: Embedder) -> Vectors:
    """The direction in which the call's longer sentences point together (a model reads only the first 256 tokens)."""
    sentences = [text for segment in transcript.segments for text in split_sentences(segment.text)]
    long = [text for text in sentences if len(text.split()) >= 5] or sentences
    mean = embedder.encode(long).mean(axis=0)
    subject: Vectors = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return subject


def _without_near_duplicates(ranked: list[str]) -> list[str]:
    """Drop a phrase that says what a better one said: the same words, parts of it, or its plural."""
    kept: list[str] = []
    for phrase in ranked:
        stems = _stems(phrase)
        if not any(stems <= _stems(other) or _stems(other) <= stems for other in kept):
            kept.append(phrase)
    return kept


def _stems(phrase: str) -> frozenset[str]:
    return frozenset(re.sub(r"(ies|es|s|ing|ed)$", "", word) if len(word) > 4 else word for word in phrase.split())


def _between_stops(text: str) -> list[str]:
    return text.split(_STOP)
