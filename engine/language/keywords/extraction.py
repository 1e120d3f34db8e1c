"""What a call is about in eight phrases at most: KeyBERT over phrases that could be a subject.

Only noun phrases and names can be (`parts_of_speech`). KeyBERT says how near a phrase is to the call, and keeps phrases
unlike each other. Nearness alone prefers words that fit any call ("phone", "working"): so how often a phrase is said,
how rare its words are in the language and what it means count beside it (`keyword_head`).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from nltk.stem.snowball import EnglishStemmer
from sklearn.feature_extraction.text import CountVectorizer

from engine.language.embedded_transcript import EmbeddedTranscript
from engine.language.keywords.keyword_head import KeywordHead, Phrase
from engine.language.lexicon import BEFORE_NOUNS, BEFORE_VERBS, QUALITIES, SUBJECTLESS, TIME_WORDS, plain
from engine.language.names import party_names
from engine.language.parts_of_speech import ADJECTIVES, NOUNS, PARTICIPLES, is_common_word, part_of_speech_tags
from engine.language.sentence_embedding import Vectors
from engine.language.sentences import split_sentences
from engine.transcript import Transcript

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
_STEMMER = EnglishStemmer()
_GERUND = "VBG"
_KINDS = ADJECTIVES | PARTICIPLES
_CONTRACTED = ("'ll", "'ve", "'d", "'re", "'m", "n't")


@dataclass(frozen=True, slots=True)
class KeywordOptions:
    """How many, how long and how different the phrases are; set on the written calls that may be tuned on."""

    most: int = 8
    words_per_keyword: int = 10  # a short call has fewer
    longest_phrase: int = 3
    diversity: float = 0.2  # KeyBERT's maximal marginal relevance: 0 = near the call, 1 = unlike each other
    most_candidates: int = 240  # that are embedded; the rest are rare words of a long call
    considered: float = 1.6  # times as many as there will be: the best, of which KeyBERT …
    unlike: float = 1.5  # … keeps so many times as many, near the call and unlike each other
    part_share: float = 0.6  # a phrase said this often of its part's occurrences stands for the part


@dataclass(frozen=True, slots=True)
class _Clause:
    """The words between two marks: in small letters, as they are written ("" where a sentence begins), their tags."""

    words: list[str]
    forms: list[str]
    tags: list[str]

    def is_noun_phrase(self, first: int, last: int) -> bool:
        """Whether [first, last) is nouns, behind what says of what kind they are: "late fee", "missed collection"."""
        tags = self.tags[first:last]
        if tags[-1] not in NOUNS:
            return False
        kinds = tags[: next(place for place, tag in enumerate(tags) if tag in NOUNS)]
        does_it = kinds[:1] == [_GERUND] and (
            not first or self.words[first - 1] not in BEFORE_NOUNS
        )  # "sending sweets"
        return not does_it and NOUNS.issuperset(tags[len(kinds) :]) and _KINDS.issuperset(kinds)

    def is_part_of_name(self, first: int, last: int, longest: int) -> bool:
        """Whether [first, last) is a piece of a longer name, such as the Farm Kennels of Bracken Farm Kennels."""
        if not all(self._names(at) for at in range(first, last)):
            return False
        begin, end = first, last
        while begin and self._names(begin - 1):
            begin -= 1
        while end < len(self.words) and self._names(end):
            end += 1
        return last - first < end - begin <= longest

    def _names(self, at: int) -> bool:
        return self.forms[at][:1].isupper() and not _subjectless(self.words[at])


@dataclass(frozen=True, slots=True)
class _Candidates:
    phrases: dict[str, Phrase] = field(default_factory=dict)

    def add(self, clause: _Clause, first: int, length: int, place: float) -> None:
        words, forms = clause.words, clause.forms
        phrase = self.phrases.setdefault(" ".join(words[first : first + length]), Phrase(first_place=place))
        phrase.count += 1
        before = words[first - 1] if first else ""
        after = words[first + length] if first + length < len(words) else ""
        phrase.as_noun += before in BEFORE_NOUNS
        phrase.behind_article += before in ("the", "a", "an")
        if all(forms[first : first + length]):
            phrase.written[" ".join(forms[first : first + length]).removesuffix("'s")] += 1
        phrase.as_verb += before in BEFORE_VERBS or after in BEFORE_NOUNS


def extract_keywords(
    embedded: EmbeddedTranscript, head: KeywordHead, options: KeywordOptions | None = None
) -> dict[str, float]:
    """Phrases, as they are written → their weights (0–1), the weightiest first; always the same."""
    options = options or KeywordOptions()
    read = read_phrases(embedded, options)
    if not read.phrases:
        return {}
    most = max(3, min(options.most, round(read.call_words / options.words_per_keyword)))
    worth = head.worth(read.features, read.vectors)
    best = sorted(np.argsort(-worth, kind="stable")[: round(options.considered * most)].tolist())
    phrases = [read.phrases[index] for index in best]
    found = embedded.embedder.keybert.extract_keywords(
        _STOP.join(phrases),
        # KeyBERT's own tokenizer would cut at apostrophes and keep fillers: it gets our phrases as they are.
        vectorizer=CountVectorizer(vocabulary=phrases, analyzer=_between_stops),
        top_n=min(len(phrases), round(options.unlike * most)),
        use_mmr=True,
        diversity=options.diversity,
        doc_embeddings=embedded.centre[None, :],
        word_embeddings=read.vectors[best],
    )
    place = {phrase: index for index, phrase in enumerate(read.phrases)}
    ranked = sorted((phrase for phrase, _ in found), key=lambda phrase: (-worth[place[phrase]], phrase))
    chosen = [place[phrase] for phrase in _without_near_duplicates(ranked)[:most]]
    return {read.written[at]: round(head.weight(float(worth[at])), 4) for at in chosen}


@dataclass(frozen=True, slots=True)
class ReadPhrases:
    """The phrases of a call that could be a keyword, in alphabetical order, and what is known of each."""

    phrases: list[str]
    vectors: Vectors  # [phrases, width]
    written: list[str]  # as they are to be shown
    nearness: list[float]  # to the call, 0–1
    features: list[list[float]]  # for the head
    call_words: int


def read_phrases(embedded: EmbeddedTranscript, options: KeywordOptions) -> ReadPhrases:
    """Find the phrases of a call and read them."""
    found, embedder = phrase_candidates(embedded.transcript, options), embedded.embedder
    call_words = sum(one.words for one in embedded.sentences)
    rarities = {phrase: [embedder.rarity(word) for word in phrase.split()] for phrase in found}
    weight = {phrase: (1.0 + math.log(use.count)) * sum(rarities[phrase]) for phrase, use in found.items()}
    phrases = sorted(sorted(found, key=lambda phrase: (-weight[phrase], phrase))[: options.most_candidates])
    if not phrases:
        return ReadPhrases([], embedded.vectors[:0], [], [], [], call_words)
    vectors = embedder.encode(phrases)
    nearness = np.clip(vectors @ embedded.centre, 0.0, 1.0).tolist()
    features = [
        found[phrase].features(phrase, near, rarities[phrase], call_words)
        for phrase, near in zip(phrases, nearness, strict=True)
    ]
    written = [found[phrase].as_written(phrase) for phrase in phrases]
    return ReadPhrases(phrases, vectors, written, nearness, features, call_words)


def phrase_candidates(transcript: Transcript, options: KeywordOptions) -> dict[str, Phrase]:
    """Phrases that begin, go on and end in words with a subject; parts that are hardly said alone are left out."""
    candidates = _Candidates()
    for index, segment in enumerate(transcript.segments):
        place = index / len(transcript.segments)
        for clause in _clauses(segment.text):
            for length in range(1, options.longest_phrase + 1):
                for first in range(len(clause.words) - length + 1):
                    last = first + length
                    if (
                        _is_candidate(clause.words[first:last])
                        and clause.is_noun_phrase(first, last)
                        and not clause.is_part_of_name(first, last, options.longest_phrase)
                    ):
                        candidates.add(clause, first, length, place)
    parties = _persons(transcript)
    found = {
        phrase: use
        for phrase, use in candidates.phrases.items()
        if not parties.issuperset(phrase.split()) and not (" " not in phrase and use.is_bare_name)
    }
    covered: Counter[str] = Counter()
    for phrase, use in found.items():
        for part in _parts(phrase):
            covered[part] = max(covered[part], use.count)
    return {
        phrase: use
        for phrase, use in found.items()
        if use.count == 1 or covered[phrase] < options.part_share * use.count
    }


def _clauses(text: str) -> Iterator[_Clause]:
    end = 0
    for mark in [*_CLAUSE.finditer(text), None]:
        clause = text[end : mark.start() if mark else len(text)]
        words = [match.group().replace("’", "'") for match in _WORD.finditer(clause)]
        begins = not text[:end].strip() or text[:end].rstrip()[-1] in ".!?…"
        yield _Clause([plain(word) for word in words], _forms(words, begins), _tags(words))
        end = mark.end() if mark else end


def _forms(words: list[str], begins: bool) -> list[str]:
    """The words as they are written: "" for a sentence's first, which is in capitals anyway, unless it is a name."""
    forms = list(words)
    before_name = len(words) > 1 and words[1][0].isupper() and plain(words[1]) not in SUBJECTLESS
    if begins and words and is_common_word(plain(words[0])) and not before_name:
        forms[0] = ""
    return forms


def _tags(words: list[str]) -> list[str]:
    pieces = [piece for word in words for piece in re.split(r"(?='s$|n't$)", word)]
    tagged = zip(pieces, part_of_speech_tags(pieces), strict=True)
    return [tag for piece, tag in tagged if piece not in ("'s", "n't")]


def _persons(transcript: Transcript) -> frozenset[str]:
    """What the parties are called, by themselves and by each other."""
    named = party_names(transcript.segments, None).values()
    return _addressed(transcript) | {plain(word) for name in named for word in name.person.split()}


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
    parts = (word, *word.split("-"))
    return word in TIME_WORDS or word.endswith(_CONTRACTED) or any(part in SUBJECTLESS for part in parts)


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
    return frozenset(_STEMMER.stem(word) for word in phrase.split())


def _between_stops(text: str) -> list[str]:
    return text.split(_STOP)
