"""The call in a few of its own clauses, told by party: why it was made, what was asked, what was agreed, how it ended.

Extractive: nothing is invented. Each clause counts by what it tells (engine.salience) for the words that it costs; what
a chosen one has said counts no second time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from engine.clauses import Clause, clauses
from engine.parties import has_parties, outside_party
from engine.salience import WEIGHTS, Features, Worth, salience
from engine.spoken import Spoken
from engine.subjects import Subjects, call_subjects, subjects_of
from engine.transcript import Direction, Party

_NAMES = {Party.CALLER: "Caller:", Party.CALLED: "Called party:"}
_SAID_AGAIN = 0.1  # what a clause is worth, at least, that names nothing new
_WORDS_OF_A_CUT = 1  # a clause out of its place costs its reader as much as a word
_LENGTH_POWER = 0.85  # below 1: a little in favour of whole thoughts
_EARLY = 0.35  # of the call
_SHORT_WORDS = 4


@dataclass(frozen=True, slots=True)
class SummaryOptions:
    """How much of a call its summary may be, the parties' names counted."""

    share: float = 0.2  # of the call's words
    least_words: int = 20
    most_words: int = 250
    least_clause_words: int = 4
    weights: Features = WEIGHTS


def summary(
    spoken: Spoken,
    keywords: Collection[str] = (),
    direction: Direction | None = None,
    options: SummaryOptions | None = None,
) -> str:
    """A readable extract: first what the outside party says, then the other, each in the order of the call."""
    options = options or SummaryOptions()
    said = clauses(spoken)
    if not said:
        return ""
    subjects = call_subjects(said, keywords, spoken.embedder)
    worth = salience(said, spoken, subjects, options.weights)
    total = sum(one.words for one in spoken.sentences)
    budget = min(options.most_words, max(options.least_words, int(options.share * total)))
    candidates = [index for index, one in enumerate(said) if one.length >= options.least_clause_words]
    reason = _reason(said, candidates, worth)
    chosen = choose(said, candidates or list(range(len(said))), worth, subjects, budget, reason)
    outside = outside_party(direction)
    told = sorted(chosen, key=lambda index: (said[index].party is not outside, index))
    return _told([said[index] for index in told], has_parties(spoken.transcript))


def _reason(said: Sequence[Clause], candidates: Sequence[int], worth: Worth) -> list[int]:
    """Why the call was made: who dialled says so early, outbound as well as inbound. It belongs into any summary."""
    early = [
        index
        for index in candidates
        if said[index].party is not Party.CALLED
        and said[index].place < _EARLY
        and said[index].length > _SHORT_WORDS
        and not said[index].is_question
    ]
    return sorted(early, key=lambda index: (-worth[index] * (1 - said[index].place / _EARLY), index))[:1]


def choose(
    said: Sequence[Clause],
    candidates: Sequence[int],
    worth: Worth,
    subjects: Subjects,
    budget: int,
    first: Sequence[int] = (),
) -> list[int]:
    """Clauses by what they still tell for their length, until none fits; one is taken whatever it costs."""
    named = [subjects_of(one) for one in said]
    weight = np.array([subjects.weigh(names) + 0.3 for names in named])
    cost = np.array([one.length + _WORDS_OF_A_CUT for one in said]) ** _LENGTH_POWER
    chosen: list[int] = []
    parties: set[Party] = set()
    covered: set[str] = set()
    spent = 0
    while True:
        fitting = [
            index
            for index in (first if first and not chosen else candidates)
            if index not in chosen and (not chosen or spent + _words(said[index], parties) <= budget)
        ]
        if not fitting:
            return chosen
        new = {index: (subjects.weigh(named[index] - covered) + _SAID_AGAIN) / weight[index] for index in fitting}
        best = max(fitting, key=lambda index: (worth[index] * new[index] / cost[index], -index))
        spent += _words(said[best], parties)
        chosen.append(best)
        parties.add(said[best].party)
        covered |= named[best]


def _words(clause: Clause, named: Collection[Party]) -> int:
    """What a clause adds to the summary's length, its party's name among it where that is not yet there."""
    name = "" if clause.party in named else _NAMES.get(clause.party, "")
    return clause.length + len(name.split())


def _told(chosen: list[Clause], named: bool) -> str:
    """The clauses as prose, each party's after its name."""
    parts: list[str] = []
    for party, said in groupby(chosen, key=lambda one: one.party):
        if named and party in _NAMES:
            parts.append(_NAMES[party])
        parts.extend(one.text for one in said)
    return " ".join(parts)
