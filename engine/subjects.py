"""What a call talks about: its subject words and figures, each with what it weighs in a summary."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.clauses import Clause
from engine.embedding import Embedder
from engine.vocabulary import DAY_PARTS, NUMBER_WORDS, QUALITIES, SPELLED_DIGITS, SUBJECTLESS, TIME_WORDS, stem

_FIGURE_RARITY = 0.6
_BOTH_PARTIES = 1.3  # what the other party says after one is what they are about
_KEYWORD = 1.2


@dataclass(frozen=True, slots=True)
class Subjects:
    """A weight for each subject, and which of them both parties name."""

    weights: dict[str, float]
    shared: frozenset[str]

    def weigh(self, subjects: Collection[str]) -> float:
        """What these subjects weigh together."""
        return sum(self.weights[subject] for subject in sorted(subjects))


def call_subjects(spoken: Sequence[Clause], keywords: Collection[str], embedder: Embedder) -> Subjects:
    """More for rare words, for what is said often, by both parties, and for what is among the keywords."""
    sentences: dict[str, set[int]] = {}
    parties: dict[str, set[str]] = {}
    rarity: dict[str, float] = {}
    for clause in spoken:
        for subject, word in _named(clause.words):
            sentences.setdefault(subject, set()).add(clause.sentence)
            parties.setdefault(subject, set()).add(clause.party)
            rarity[subject] = _FIGURE_RARITY if is_figure(word) else embedder.rarity(word)
    key_stems = {stem(word) for phrase in keywords for word in phrase.split()}
    shared = frozenset(subject for subject, by in parties.items() if len(by) > 1)
    weights = {
        subject: rarity[subject]
        * (1 + 0.5 * math.log(len(where)))
        * (_BOTH_PARTIES if subject in shared else 1.0)
        * (_KEYWORD if subject in key_stems else 1.0)
        for subject, where in sentences.items()
    }
    return Subjects(weights, shared)


def subjects_of(clause: Clause) -> frozenset[str]:
    """The subjects that a clause names."""
    return frozenset(subject for subject, _ in _named(clause.words))


def is_figure(word: str) -> bool:
    """Whether a word is part of an amount, a number or a time."""
    return word in NUMBER_WORDS or word in TIME_WORDS or word in DAY_PARTS or word.isdigit()


def is_spelled(word: str) -> bool:
    """Whether a word is part of a number or name that is told sign by sign."""
    return (len(word) == 1 and word not in ("a", "i")) or word in SPELLED_DIGITS


def _named(words: Sequence[str]) -> list[tuple[str, str]]:
    named = []
    for word in words:
        if is_figure(word):
            named.append((f"#{word}", word))
        elif not is_spelled(word) and word not in SUBJECTLESS and word not in QUALITIES and len(word) > 2:
            named.append((stem(word), word))
    return named
