"""How much a clause tells about its call: what it names, what it does in the conversation, and where it stands.

The weights are those of a Poisson regression (how many facts of a reference does a clause hold?) on the written calls
of tests/data/calls-dev and calls-written: `python -m tests.benchmarks.summary_weights` computes them again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from engine.clauses import Clause
from engine.embedding import Embedder, Vectors
from engine.spoken import Spoken
from engine.subjects import Subjects, is_spelled, subjects_of
from engine.vocabulary import DAY_PARTS, MONEY_WORDS, NUMBER_WORDS, TIME_WORDS

_COMMITMENT = re.compile(
    r"\b(?:(?:i|we|he|she|they)['’]?ll"
    r"|i['’]?ve (?:just )?(?:booked|put|added|sent|taken|asked|escalated|messaged|held|marked|got you|ordered"
    r"|requested)"
    r"|i can (?:do|offer|put|send|get|request|cancel)|let['’]?s)\b",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"\b(?:i['’]?m (?:ringing|calling|phoning|after)|i (?:want|wanted|need)|i(?:['’]d| would) like"
    r"|i['’]?ve (?:got|had|left|lost|broken|just had)|problem|not working|it['’]?s about|message for|there['’]?s"
    r"|to let you know|keeps)\b",
    re.IGNORECASE,
)
# What facts and small talk sound like; a clause is compared with the nearest of each.
_TERMS = (
    "It costs fifty pounds including delivery.",
    "There is a fee of twenty pounds.",
    "It takes three to five working days.",
    "It starts on the first of March and lasts twelve weeks.",
    "The warranty has run out, so we cannot replace it.",
    "You get ten percent off.",
)
_SMALL_TALK = (
    "Hello, how can I help you?",
    "What's your name and date of birth?",
    "Okay, bear with me a moment.",
    "Thank you very much, goodbye.",
    "Yes, that's right.",
    "Is there anything else I can help you with?",
    "Can you spell that for me?",
    "That's funny, I know what you mean.",
    "My number is oh seven seven double oh nine hundred.",
    "Lovely weather today.",
    "Don't worry about it.",
    "Oh dear, I'm sorry to hear that.",
)

Worth = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Features:
    """What is looked at in a clause; as weights, what each counts for."""

    length: float  # natural logarithm of its words
    has_number: float
    times: float  # words of time, 2 at most
    money: float  # words of money, 2 at most
    subjects: float  # what it names, by weight
    density: float  # the same by word
    commits: float  # "I'll …", "I've booked …"
    requests: float  # "I'm ringing about …", early in the call
    is_question: float
    spelled: float  # share of words told sign by sign, 5 at most
    early: float  # 1 at the start of the call, 0 from 30 % on
    late: float  # 0 up to 60 %, 1 at its end
    central: float  # likeness of its sentence to the whole call
    terms: float  # … to the prices, times and conditions above
    small_talk: float  # … to the courtesies and formalities above
    shared: float  # subjects that the other party names too, 4 at most
    short: float  # its sentence is hardly more than an answer


WEIGHTS = Features(
    length=0.29,
    has_number=0.18,
    times=0.21,
    money=0.15,
    subjects=0.09,
    density=0.28,
    commits=0.5,
    requests=1.02,
    is_question=-0.34,
    spelled=-0.1,
    early=-0.47,
    late=0.1,
    central=1.81,
    terms=1.12,
    small_talk=-1.32,
    shared=0.03,
    short=-0.27,
)


def salience(given: Sequence[Clause], spoken: Spoken, subjects: Subjects, weights: Features) -> Worth:
    """How much each clause tells, more than 0.  # [clauses]"""
    table = feature_table(given, spoken, subjects)
    worth: Worth = np.exp(table @ np.array([getattr(weights, field.name) for field in fields(Features)]))
    return worth


def feature_table(given: Sequence[Clause], spoken: Spoken, subjects: Subjects) -> Worth:
    """The features of each clause, in the order above.  # [clauses, features]"""
    central = spoken.vectors @ spoken.centre
    terms, small_talk = (_likeness(spoken.vectors, texts, spoken.embedder) for texts in (_TERMS, _SMALL_TALK))
    rows = []
    for clause in given:
        named = subjects_of(clause)
        weight = subjects.weigh(named)
        at = clause.sentence
        read = Features(
            length=math.log(clause.length),
            has_number=any(word in NUMBER_WORDS or word.isdigit() for word in clause.words),
            times=min(2, sum(word in TIME_WORDS or word in DAY_PARTS for word in clause.words)),
            money=min(2, sum(word in MONEY_WORDS for word in clause.words)),
            subjects=weight,
            density=weight / clause.length,
            commits=bool(_COMMITMENT.search(clause.text)),
            requests=bool(_REQUEST.search(clause.text)) * max(0.0, 1 - clause.place / 0.35),
            is_question=clause.is_question,
            spelled=5 * sum(is_spelled(word) for word in clause.words) / max(1, len(clause.words)),
            early=max(0.0, 1 - clause.place / 0.3),
            late=max(0.0, (clause.place - 0.6) / 0.4),
            central=float(central[at]),
            terms=float(terms[at]),
            small_talk=float(small_talk[at]),
            shared=min(4, len(named & subjects.shared)),
            short=clause.of_short_sentence,
        )
        rows.append([float(getattr(read, field.name)) for field in fields(Features)])
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(fields(Features)))


def _likeness(vectors: Vectors, texts: tuple[str, ...], embedder: Embedder) -> Vectors:
    """How like each sentence is to the one of these that is most like it.  # [sentences]"""
    likeness: Vectors = (vectors @ embedder.encode(texts).T).max(axis=1)
    return likeness
