"""The call in a few of its own clauses, told by party: why it was made, what was asked, what was agreed, how it ended.

Extractive: nothing is invented. A clause counts by how much of a fact its words are (`summary_head`) for the
words that it costs, in the wording (`compression`) that tells most for them; what a chosen one has said counts no
second time.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from engine.language.embedded_transcript import Spoken
from engine.language.summary.clauses import Clause, clauses
from engine.language.summary.compression import LEAST_WORDS, Wording, told, wordings
from engine.language.summary.summary_head import SaidWord, SummaryHead, said_words
from engine.language.summary.word_features import REQUEST
from engine.parties import has_parties, outside_party
from engine.transcript import Direction, Party

_NAMES = {Party.CALLER: "Caller:", Party.CALLED: "Called party:"}
_WORDS_OF_A_CUT = 0.5  # a clause out of its place costs its reader as much as half a word
_WHOLE = 1.1  # what a clause is worth that is told whole, against one that has lost something
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
    """A clause that may be told, its words, and in which wordings."""

    clause: Clause
    words: tuple[SaidWord, ...]
    wordings: list[Wording]
    place: float  # in words from the start of the call

    @property
    def density(self) -> float:
        """What a word of it is worth."""
        return sum(word.worth for word in self.words) / (len(self.words) + _WORDS_OF_A_CUT)


def summary(
    spoken: Spoken,
    head: SummaryHead,
    keywords: Collection[str] = (),
    direction: Direction | None = None,
    options: SummaryOptions | None = None,
) -> str:
    """A readable extract: first what the outside party says, then the other, each in the order of the call."""
    options = options or SummaryOptions()
    said = clauses(spoken)
    if not said:
        return ""
    candidates = _candidates(said, spoken, head, keywords, direction)
    total = sum(one.words for one in spoken.sentences)
    budget = min(options.most_words, max(options.least_words, int(options.share * total)))
    chosen = _choose(candidates, _reason(candidates), budget)
    outside = outside_party(direction)
    order = sorted(chosen, key=lambda index: (candidates[index].clause.party is not outside, index))
    return _told([(candidates[index].clause, chosen[index]) for index in order], has_parties(spoken.transcript))


def _candidates(
    said: Sequence[Clause],
    spoken: Spoken,
    head: SummaryHead,
    keywords: Collection[str],
    direction: Direction | None,
) -> list[_Candidate]:
    """The clauses that are long enough to be understood (all where none is), in order; of a long call the best."""
    words = said_words(spoken, head, keywords, direction)
    begins = [0]
    for sentence in words:
        begins.append(begins[-1] + len(sentence))
    english = spoken.transcript.language.split("-")[0] in ("en", "")
    found = [one for one in said if one.length >= LEAST_WORDS and one.at] or [one for one in said if one.at]
    candidates = [
        _Candidate(
            one,
            tuple(words[one.sentence][at] for at in one.at),
            wordings(one, english),
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

    def telling(index: int) -> float:
        one = candidates[index]
        worth = sum(word.worth for word in one.words) / math.sqrt(one.clause.length + 1)
        return worth * (1 - one.clause.place / _EARLY) * (_REQUEST if REQUEST.search(one.clause.text) else 1.0)

    return max(early, key=lambda index: (telling(index), -index), default=None)


@dataclass(slots=True)
class _Choice:
    """The clauses chosen so far, each in a wording; a longer one may take its place."""

    candidates: Sequence[_Candidate]
    budget: int
    wording: dict[int, Wording] = field(default_factory=dict)
    parties: set[Party] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)
    spent: int = 0

    def cost(self, index: int, wording: Wording) -> int:
        """The words it would add, its party's name among them where that is not yet there."""
        if index in self.wording:
            return wording.length - self.wording[index].length
        party = self.candidates[index].clause.party
        name = "" if party in self.parties else _NAMES.get(party, "")
        return wording.length + len(name.split())

    def fits(self, index: int, wording: Wording) -> bool:
        """One is taken whatever it costs; after that, while there is room."""
        if index in self.wording and not wording.holds(self.wording[index]):
            return False
        return not self.wording or self.spent + self.cost(index, wording) <= self.budget

    def gain(self, index: int, wording: Wording) -> float:
        """What it would tell that is new, for each word it costs."""
        one, had = self.candidates[index], self.wording.get(index)
        added = [
            word
            for at, word in enumerate(one.words)
            if wording.first <= at < wording.end
            and not (had and had.first <= at < had.end)
            and not (word.means and word.stem in self.stems)
        ]
        # "The … of … on …" alone, where the rest was told before, is nothing new; nor is one word more of it.
        meant = sum(word.means for word in one.words[wording.first : wording.end])
        fresh = sum(word.means for word in added)
        tells = fresh > 0 and (had is not None or fresh >= _FRESH * meant)
        new = sum(word.worth for word in added) if tells else 0.0
        whole = _WHOLE if wording.length == one.clause.length else 1.0
        cut = 0.0 if had else _WORDS_OF_A_CUT
        return new * whole * self._elsewhere(index) / (self.cost(index, wording) + cut)

    def _elsewhere(self, index: int) -> float:
        """1 far from what is chosen, less beside it."""
        if index in self.wording or not self.wording:
            return 1.0
        distance = min(abs(self.candidates[index].place - self.candidates[other].place) for other in self.wording)
        return 1 - _BESIDE * math.exp(-distance / _BESIDE_WORDS)

    def take(self, index: int, wording: Wording) -> None:
        """Choose it."""
        one = self.candidates[index]
        self.spent += self.cost(index, wording)
        self.wording[index] = wording
        self.parties.add(one.clause.party)
        self.stems.update(word.stem for word in one.words[wording.first : wording.end] if word.means)


def _choose(candidates: Sequence[_Candidate], first: int | None, budget: int) -> dict[int, Wording]:
    """Clauses by what they still tell for their length, until none fits or tells anything."""
    choice = _Choice(candidates, budget)
    while True:
        indices = [first] if first is not None and not choice.wording else range(len(candidates))
        fitting = [
            (index, wording)
            for index in indices
            for wording in candidates[index].wordings
            if choice.fits(index, wording)
        ]
        if not fitting:
            return choice.wording
        best = max(fitting, key=lambda one: choice.gain(*one))
        if choice.wording and choice.gain(*best) <= 0:
            return choice.wording
        choice.take(*best)


def _told(chosen: list[tuple[Clause, Wording]], named: bool) -> str:
    """The clauses as prose, each party's after its name."""
    parts: list[str] = []
    for party, said in groupby(chosen, key=lambda one: one[0].party):
        if named and party in _NAMES:
            parts.append(_NAMES[party])
        parts.extend(told(clause, wording) for clause, wording in said)
    return " ".join(parts)
