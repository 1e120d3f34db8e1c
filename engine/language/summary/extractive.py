"""The call in a few of its own clauses, by party: why it was made, what was asked, what was agreed, how it ended.

Extractive: nothing is invented. A clause counts by how much of a fact its words are (`summary_head`) for the
words that it costs, in the compression that keeps most of it for them; what a chosen one has said counts no second
time.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from engine.language.embedded_transcript import EmbeddedTranscript
from engine.language.summary.clauses import Clause, clauses
from engine.language.summary.compression import LEAST_WORDS, Compression, compressions, render
from engine.language.summary.summary_head import ScoredWord, SummaryHead, scored_words
from engine.language.summary.word_features import REQUEST
from engine.parties import has_parties, outside_party
from engine.transcript import Direction, Party

_NAMES = {Party.CALLER: "Caller:", Party.CALLED: "Called party:"}
_WORDS_OF_A_CUT = 0.5  # a clause out of its place costs its reader as much as half a word
_WHOLE = 1.1  # what a clause is worth that is whole, against one that has lost something
# What is said right beside a chosen clause is often the same fact in other words.
_BESIDE = 0.5
_BESIDE_WORDS = 15.0
_EARLY = 0.35  # of the call
_SHORT_WORDS = 4
_REQUEST = 1.5
_FRESH = 0.4  # of a clause's words with a meaning; with fewer it says the same again
_MOST_CANDIDATES = 600  # a call of hours has thousands of clauses; its summary no more than a hundred


@dataclass(frozen=True, slots=True)
class SummaryOptions:
    """How much of a call its summary may be, the parties' names counted."""

    share: float = 0.2  # of the call's words
    least_words: int = 16
    most_words: int = 250


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A clause that may be chosen, its words, and its compressions."""

    clause: Clause
    words: tuple[ScoredWord, ...]
    compressions: list[Compression]
    place: float  # in words from the start of the call

    @property
    def density(self) -> float:
        """What a word of it is worth."""
        return sum(word.worth for word in self.words) / (len(self.words) + _WORDS_OF_A_CUT)


def summarize(
    embedded: EmbeddedTranscript,
    head: SummaryHead,
    keywords: Collection[str] = (),
    direction: Direction | None = None,
    options: SummaryOptions | None = None,
) -> str:
    """A readable extract: first what the outside party says, then the other, each in the order of the call."""
    options = options or SummaryOptions()
    said = clauses(embedded)
    if not said:
        return ""
    candidates = _candidates(said, embedded, head, keywords, direction)
    total = sum(one.words for one in embedded.sentences)
    budget = min(options.most_words, max(options.least_words, int(options.share * total)))
    chosen = _choose(candidates, _reason(candidates), budget)
    outside = outside_party(direction)
    order = sorted(chosen, key=lambda index: (candidates[index].clause.party is not outside, index))
    return _prose([(candidates[index].clause, chosen[index]) for index in order], has_parties(embedded.transcript))


def _candidates(
    said: Sequence[Clause],
    embedded: EmbeddedTranscript,
    head: SummaryHead,
    keywords: Collection[str],
    direction: Direction | None,
) -> list[_Candidate]:
    """The clauses that are long enough to be understood (all where none is), in order; of a long call the best."""
    words = scored_words(embedded, head, keywords, direction)
    begins = [0]
    for sentence in words:
        begins.append(begins[-1] + len(sentence))
    english = embedded.transcript.language.split("-")[0] in ("en", "")
    found = [one for one in said if one.length >= LEAST_WORDS and one.at] or [one for one in said if one.at]
    candidates = [
        _Candidate(
            one,
            tuple(words[one.sentence][at] for at in one.at),
            compressions(one, english),
            begins[one.sentence] + sum(one.at) / len(one.at),
        )
        for one in found
    ]
    best = sorted(range(len(candidates)), key=lambda index: (-candidates[index].density, index))[:_MOST_CANDIDATES]
    return [candidates[index] for index in sorted(best)]


def _reason(candidates: Sequence[_Candidate]) -> int | None:
    """Why the call was made: who dialled says so early, outbound as well as inbound. It belongs into any summary."""
    early = [
        index
        for index, one in enumerate(candidates)
        if one.clause.party is not Party.CALLED
        and one.clause.place < _EARLY
        and one.clause.length > _SHORT_WORDS
        and not one.clause.is_question
    ]

    def score(index: int) -> float:
        one = candidates[index]
        worth = sum(word.worth for word in one.words) / math.sqrt(one.clause.length + 1)
        return worth * (1 - one.clause.place / _EARLY) * (_REQUEST if REQUEST.search(one.clause.text) else 1.0)

    return max(early, key=lambda index: (score(index), -index), default=None)


@dataclass(slots=True)
class _Choice:
    """The clauses chosen so far, each compressed; a longer version may take its place."""

    candidates: Sequence[_Candidate]
    budget: int
    compression: dict[int, Compression] = field(default_factory=dict)
    parties: set[Party] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)
    spent: int = 0

    def cost(self, index: int, compression: Compression) -> int:
        """The words it would add, its party's name among them where that is not yet there."""
        if index in self.compression:
            return compression.length - self.compression[index].length
        party = self.candidates[index].clause.party
        name = "" if party in self.parties else _NAMES.get(party, "")
        return compression.length + len(name.split())

    def fits(self, index: int, compression: Compression) -> bool:
        """One is taken whatever it costs; after that, while there is room."""
        if index in self.compression and not compression.holds(self.compression[index]):
            return False
        return not self.compression or self.spent + self.cost(index, compression) <= self.budget

    def gain(self, index: int, compression: Compression) -> float:
        """What is new in it, for each word it costs."""
        one, had = self.candidates[index], self.compression.get(index)
        added = [
            word
            for at, word in enumerate(one.words)
            if compression.first <= at < compression.end
            and not (had and had.first <= at < had.end)
            and not (word.means and word.stem in self.stems)
        ]
        # "The … of … on …" alone, where the rest is there already, is nothing new; nor is one word more of it.
        meant = sum(word.means for word in one.words[compression.first : compression.end])
        meaning_added = sum(word.means for word in added)
        is_new = meaning_added > 0 and (had is not None or meaning_added >= _FRESH * meant)
        new = sum(word.worth for word in added) if is_new else 0.0
        whole = _WHOLE if compression.length == one.clause.length else 1.0
        cut = 0.0 if had else _WORDS_OF_A_CUT
        return new * whole * self._elsewhere(index) / (self.cost(index, compression) + cut)

    def _elsewhere(self, index: int) -> float:
        """1 far from what is chosen, less beside it."""
        if index in self.compression or not self.compression:
            return 1.0
        distance = min(abs(self.candidates[index].place - self.candidates[other].place) for other in self.compression)
        return 1 - _BESIDE * math.exp(-distance / _BESIDE_WORDS)

    def take(self, index: int, compression: Compression) -> None:
        """Choose it."""
        one = self.candidates[index]
        self.spent += self.cost(index, compression)
        self.compression[index] = compression
        self.parties.add(one.clause.party)
        self.stems.update(word.stem for word in one.words[compression.first : compression.end] if word.means)


def _choose(candidates: Sequence[_Candidate], first: int | None, budget: int) -> dict[int, Compression]:
    """Clauses by what is still new in them for their length, until none fits or has anything new."""
    choice = _Choice(candidates, budget)
    while True:
        indices = [first] if first is not None and not choice.compression else range(len(candidates))
        fitting = [
            (index, compression)
            for index in indices
            for compression in candidates[index].compressions
            if choice.fits(index, compression)
        ]
        if not fitting:
            return choice.compression
        best = max(fitting, key=lambda one: choice.gain(*one))
        if choice.compression and choice.gain(*best) <= 0:
            return choice.compression
        choice.take(*best)


def _prose(chosen: list[tuple[Clause, Compression]], named: bool) -> str:
    """The clauses as prose, each party's after its name."""
    parts: list[str] = []
    for party, said in groupby(chosen, key=lambda one: one[0].party):
        if named and party in _NAMES:
            parts.append(_NAMES[party])
        parts.extend(render(clause, compression) for clause, compression in said)
    return " ".join(parts)
