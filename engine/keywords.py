"""What a call is about in a dozen phrases: KeyBERT over phrases that could be a subject.

KeyBERT says how near a phrase is to the call, and keeps phrases unlike each other. Nearness alone prefers words that
fit any call ("phone", "working"): so how often a phrase is said, how rare its words are in the language, and whether
it stands where nouns stand count beside it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer  # type: ignore[import-untyped]

from engine.embedding import Embedder
from engine.sentences import split_sentences
from engine.spoken import Spoken
from engine.transcript import Transcript
from engine.vocabulary import BEFORE_NOUNS, BEFORE_VERBS, QUALITIES, SUBJECTLESS, TIME_WORDS, plain, stem

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# By these names the parties greet and thank each other; they are not what the call is about.
_NAME = r"[A-Z][a-z]+"
_ADDRESSED = re.compile(
    r"(?:\b(?:[Hh]i|[Hh]ello|[Hh]ey|[Bb]ye|[Tt]hanks|[Tt]hank you|[Cc]heers|[Mm]orning|[Ss]orry|[Oo]kay"
    rf"|[Mm]y name(?:'s| is)|[Tt]his is|[Ss]peaking (?:to|with)),? ({_NAME})\b(?! {_NAME}))"
    rf"|(?:, ({_NAME})[.?!]$)|(?:\b({_NAME}) speaking\b)"
)
_CLAUSE = re.compile(r"[.,;:!?…\"“”()\n]+")
_STOP = " . "


@dataclass(frozen=True, slots=True)
class KeywordOptions:
    """How many, how long and how different the phrases are; set on the calls in tests/data/calls-dev
    and calls-written."""

    most: int = 18
    words_per_keyword: int = 10  # a short call has fewer
    longest_phrase: int = 3
    diversity: float = 0.2  # KeyBERT's maximal marginal relevance: 0 = near the call, 1 = unlike each other
    most_candidates: int = 60  # KeyBERT embeds these; the rest are rare words of a long call
    part_share: float = 0.6  # a phrase said this often of its part's occurrences stands for the part


@dataclass(slots=True)
class _Said:
    """How often a phrase is said, and how often where a noun, or a verb, would stand."""

    count: int = 0
    as_noun: int = 0
    as_verb: int = 0
    first_place: float = 1.0  # 0 = start of the call


@dataclass(frozen=True, slots=True)
class _Candidates:
    said: dict[str, _Said] = field(default_factory=dict)

    def add(self, words: list[str], first: int, length: int, place: float) -> None:
        said = self.said.setdefault(" ".join(words[first : first + length]), _Said(first_place=place))
        said.count += 1
        before = words[first - 1] if first else ""
        after = words[first + length] if first + length < len(words) else ""
        said.as_noun += before in BEFORE_NOUNS
        said.as_verb += before in BEFORE_VERBS or after in BEFORE_NOUNS


def keywords(spoken: Spoken, options: KeywordOptions | None = None) -> dict[str, float]:
    """Phrases → how near they are to the call (0–1), best first; the same transcript always gives the same."""
    options = options or KeywordOptions()
    transcript, embedder = spoken.transcript, spoken.embedder
    said = phrase_candidates(transcript, options)
    worth = {phrase: _worth(phrase, told, embedder) for phrase, told in said.items()}
    chosen = sorted(sorted(worth, key=lambda phrase: (-worth[phrase], phrase))[: options.most_candidates])
    if not chosen:
        return {}
    words = sum(len(segment.text.split()) for segment in transcript.segments)
    most = max(3, min(options.most, round(words / options.words_per_keyword)))
    vectors = embedder.encode(chosen)
    subject = spoken.centre
    nearness = dict(zip(chosen, np.clip(vectors @ subject, 0.0, 1.0).tolist(), strict=True))
    found = embedder.keybert.extract_keywords(
        _STOP.join(chosen),
        # KeyBERT's own tokenizer would cut at apostrophes and keep fillers: it gets our phrases as they are.
        vectorizer=CountVectorizer(vocabulary=chosen, analyzer=_between_stops),
        top_n=min(len(chosen), 5 * most),
        use_mmr=True,
        diversity=options.diversity,
        doc_embeddings=subject[None, :],
        word_embeddings=vectors,
    )
    score = {phrase: (0.7 + nearness[phrase]) * worth[phrase] for phrase, _ in found}
    ranked = sorted(score, key=lambda phrase: (-score[phrase], phrase))
    return {phrase: round(nearness[phrase], 4) for phrase in _without_near_duplicates(ranked)[:most]}


def phrase_candidates(transcript: Transcript, options: KeywordOptions) -> dict[str, _Said]:
    """Phrases that begin, go on and end in words with a subject; parts that are hardly said alone are left out."""
    candidates = _Candidates()
    for index, segment in enumerate(transcript.segments):
        place = index / len(transcript.segments)
        for clause in _CLAUSE.split(segment.text):
            words = [plain(match.group()) for match in _WORD.finditer(clause)]
            for length in range(1, options.longest_phrase + 1):
                for first in range(len(words) - length + 1):
                    if _is_candidate(words[first : first + length]):
                        candidates.add(words, first, length, place)
    parties = _addressed(transcript)
    said = {phrase: told for phrase, told in candidates.said.items() if not parties.issuperset(phrase.split())}
    covered: Counter[str] = Counter()
    for phrase, told in said.items():
        for part in _parts(phrase):
            covered[part] = max(covered[part], told.count)
    return {
        phrase: told
        for phrase, told in said.items()
        if told.count == 1 or covered[phrase] < options.part_share * told.count
    }


def _addressed(transcript: Transcript) -> frozenset[str]:
    """The names by which the parties speak to each other."""
    return frozenset(
        name.lower()
        for segment in transcript.segments
        for text in split_sentences(segment.text)
        for match in _ADDRESSED.finditer(text.replace("’", "'"))
        for name in match.groups()
        if name
    )


def _parts(phrase: str) -> set[str]:
    words = phrase.split()
    return {
        " ".join(words[first : first + length])
        for length in range(1, len(words))
        for first in range(len(words) - length + 1)
    }


def _is_candidate(phrase: list[str]) -> bool:
    if any(len(word) < 3 for word in phrase) or len(set(phrase)) < len(phrase):
        return False
    return not (QUALITIES.issuperset(phrase) or any(_subjectless(word) for word in phrase))


def _subjectless(word: str) -> bool:
    return word in TIME_WORDS or any(part in SUBJECTLESS for part in (word, *word.split("-")))


def _worth(phrase: str, said: _Said, embedder: Embedder) -> float:
    """More for what is said often, early, in rare words, where nouns stand, and in two words."""
    words = phrase.split()
    rarity = sum(embedder.rarity(word) for word in words) / len(words)
    place = 1.0 + 0.35 * (said.as_noun - said.as_verb) / said.count
    early = 1.0 + 0.3 * max(0.0, 1 - said.first_place / 0.25)
    return early * (1.0 + math.log(said.count)) * (0.25 + rarity) * place * (1.0, 1.25, 1.0)[len(words) - 1]


def _without_near_duplicates(ranked: list[str]) -> list[str]:
    """Drop a phrase that a better one holds, or is, but for an ending, and a third with the same word.

    "leak allowance" after "leak" says more, and stays; "leak" after "leak allowance" does not.
    """
    kept: list[str] = []
    for phrase in ranked:
        stems = _stems(phrase)
        others = [_stems(other) for other in kept]
        if not any(stems <= other for other in others) and sum(bool(stems & other) for other in others) < 2:
            kept.append(phrase)
    return kept


def _stems(phrase: str) -> frozenset[str]:
    return frozenset(stem(word) for word in phrase.split())


def _between_stops(text: str) -> list[str]:
    return text.split(_STOP)
