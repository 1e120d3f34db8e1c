"""What a word of a call looks like to the summary: its kind, what stands around it, who says it and where."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.language.embedded_transcript import EmbeddedTranscript, Sentence
from engine.language.lexicon import (
    DAY_PARTS,
    FILLERS,
    FUNCTION_WORDS,
    MONEY_WORDS,
    SUBJECTLESS,
    TIME_WORDS,
    is_number,
    plain,
    stem,
)
from engine.language.sentence_embedding import Embedder
from engine.parties import outside_party
from engine.transcript import Direction, Party

_WORD = re.compile(r"[\w'’-]+")
COMMITMENT = re.compile(
    r"\b(?:(?:i|we|he|she|they)['’]?ll"
    r"|i['’]?ve (?:just )?(?:booked|put|added|sent|taken|asked|escalated|messaged|held|marked|got you|ordered"
    r"|requested)"
    r"|i can (?:do|offer|put|send|get|request|cancel)|let['’]?s)\b",
    re.IGNORECASE,
)
REQUEST = re.compile(
    r"\b(?:i['’]?m (?:ringing|calling|phoning|after)|i (?:want|wanted|need)|i(?:['’]d| would) like"
    r"|i['’]?ve (?:got|had|left|lost|broken|just had)|problem|not working|it['’]?s about|message for|there['’]?s"
    r"|to let you know|keeps)\b",
    re.IGNORECASE,
)
# Whoever answers this tells who they are, and seldom what the call is about.
IDENTITY = re.compile(
    r"\b(?:your|the|a|surname|first|full) (?:\w+ )?(?:name|surname|postcode|post code|zip|number|reference|address"
    r"|email|date of birth|birthday|account|order|case|policy)\b|\bwho am i|\bspell|\bsecurity\b|\bdigits\b"
    r"|\band you are\b",
    re.IGNORECASE,
)
# What the other party says right after something that mattered; or after a question.
_ACCEPTED = re.compile(
    r"(?:okay|right|oh|lovely|perfect|great|thank|brilliant|fine|good|got it|alright)\b", re.IGNORECASE
)
_ANSWERED = re.compile(r"(?:yes|yeah|yep|no)\b", re.IGNORECASE)
# What a sentence does: speaks of oneself, to the other, denies, depends, tells what to do, is about the family.
_DOES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?:and |so |but )?i\b",
        r"^(?:and |so |but )?you",
        r"n['’]t\b|\b(?:not|no|never)\b",
        r"\b(?:if|unless)\b",
        r"\b(?:you can|you['’]d|you['’]ll|need to|have to|make sure|don['’]t)\b",
        r"\bmy (?:mum|mom|dad|wife|husband|daughter|son|mother|father|sister|brother|friend|dog|cat)\b",
    )
)
_DIGITS = frozenset(
    [
        "oh",
        "zero",
        "nought",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "double",
        "treble",
        "triple",
    ]
)
_NEAR, _ECHOES = 4, 2  # sentences around one; so many of them by the other party
_NO_ECHO = [False, False, False]
_SIGNS = 3  # so many digits and letters in a row are read out one by one
_EARLY, _LATE = 0.35, 0.6  # of the call
_SHORT_WORDS = 3

Table = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a sentence as the vocabulary has it."""

    word: str  # "" where it is but a sign
    stem: str
    rarity: float  # in the language, 0–1
    is_subject: bool
    is_sign: bool  # a digit or a letter, as they are read out one by one
    is_name: bool  # with a capital, not at the beginning
    before_cut: bool  # a comma or the like follows

    @property
    def means(self) -> bool:
        """Whether it has a meaning by itself: once it is in the summary, it is nothing new."""
        return self.word not in FUNCTION_WORDS

    @property
    def kinds(self) -> list[float]:
        """Number, time, money, filler, function word, single letter: 1 where it is one."""
        word = self.word
        return [
            float(is_number(word)),
            float(word in TIME_WORDS or word in DAY_PARTS),
            float(word in MONEY_WORDS),
            float(word in FILLERS),
            float(word in FUNCTION_WORDS),
            float(len(word) <= 1),
        ]


_NOTHING = [0.0] * 6  # the kinds of what stands before the first word and after the last


def tokens_of(sentence: Sentence, embedder: Embedder) -> list[Token]:
    """The words of a sentence, as white space parts them."""
    return [_token(text, index, embedder) for index, text in enumerate(sentence.text.split())]


def _token(text: str, index: int, embedder: Embedder) -> Token:
    found = _WORD.search(text)
    word = plain(found.group()) if found else ""
    return Token(
        word,
        stem(word),
        embedder.rarity(word) if word else 0.0,
        word not in SUBJECTLESS and len(word) > 2,
        word in _DIGITS or word.isdigit() or (len(word) == 1 and word not in ("a", "i")),
        index > 0 and text[:1].isupper() and not word.startswith("i"),
        text[-1] in ",;:",
    )


class _Call:
    """What a word is compared with: the whole call."""

    def __init__(self, embedded: EmbeddedTranscript, said: list[list[Token]], keywords: Collection[str]) -> None:
        self.sentences = embedded.sentences
        self.keys = frozenset(stem(word) for phrase in keywords for word in phrase.split())
        self.counts: Counter[str] = Counter()
        self.parties: dict[str, set[Party]] = {}
        self.last: dict[tuple[str, Party], int] = {}  # the last sentence in which a party says it
        self._stems = [frozenset(token.stem for token in tokens if token.means and token.word) for tokens in said]
        for index, (sentence, tokens) in enumerate(zip(embedded.sentences, said, strict=True)):
            for token in tokens:
                self.counts[token.stem] += 1
                self.parties.setdefault(token.stem, set()).add(sentence.party)
                self.last[token.stem, sentence.party] = index

    def answered(self, index: int) -> frozenset[str]:
        """What the other party says right after a sentence."""
        return self._other(index, range(index + 1, min(len(self.sentences), index + _NEAR + 1)))

    def asked(self, index: int) -> frozenset[str]:
        """What the other party says right before a sentence."""
        return self._other(index, range(index - 1, max(-1, index - _NEAR - 1), -1))

    def said_later(self, token: Token, index: int) -> bool:
        """Whether the other party comes back to it."""
        party = self.sentences[index].party
        return any(self.last[token.stem, other] > index + _NEAR for other in self.parties[token.stem] - {party})

    def _other(self, index: int, others: range) -> frozenset[str]:
        party = self.sentences[index].party
        near = [other for other in others if self.sentences[other].party is not party][:_ECHOES]
        return frozenset().union(*(self._stems[other] for other in near))


def word_features(
    embedded: EmbeddedTranscript, said: list[list[Token]], keywords: Collection[str], direction: Direction | None
) -> Table:
    """A row for each word of the call.  # [words, features]"""
    call = _Call(embedded, said, keywords)
    central = embedded.vectors @ embedded.centre
    rows: list[list[float]] = []
    for index, tokens in enumerate(said):
        spelled = _read_out(tokens)
        around = _of_sentence(embedded, tokens, index, direction, float(central[index]))
        kinds = [_NOTHING, *(token.kinds for token in tokens), _NOTHING]
        around.append(sum(spelled) / len(tokens))
        asked, answered = call.asked(index), call.answered(index)
        for at, token in enumerate(tokens):
            echoes = (
                [token.stem in asked, token.stem in answered, call.said_later(token, index)]
                if token.means
                else _NO_ECHO
            )
            rows.append([*_of_word(tokens, kinds, at, call), spelled[at], *echoes, *around])
    return np.array(rows, dtype=np.float64).reshape(len(rows), -1)


def _read_out(tokens: list[Token]) -> list[bool]:
    """Which words are part of a number or name that is read out sign by sign."""
    read = [False] * len(tokens)
    start = 0
    for end in range(len(tokens) + 1):
        if end == len(tokens) or not tokens[end].is_sign:
            if end - start >= _SIGNS:
                read[start:end] = [True] * (end - start)
            start = end + 1
    return read


def _of_word(tokens: list[Token], kinds: list[list[float]], at: int, call: _Call) -> list[float]:
    token = tokens[at]
    often = math.log(call.counts[token.stem]) if token.word else 0.0
    shared = len(call.parties[token.stem]) > 1
    subjects = [one.is_subject for one in tokens]
    return [
        token.is_subject,
        token.is_subject * token.rarity,
        token.is_name,
        often,
        token.is_subject * often,
        token.is_subject * shared,
        token.stem in call.keys,
        at / len(tokens),
        at == 0,
        at == len(tokens) - 1,
        token.before_cut,
        kinds[at + 1][1] * shared,
        sum(kind[0] for kind in kinds[max(1, at - 1) : at + 4]),
        sum(subjects[max(0, at - 1) : at + 2]),
        sum(subjects[max(0, at - 3) : at + 4]),
        *kinds[at + 1],
        *kinds[at],
        *kinds[at + 2],
    ]


def _of_sentence(
    embedded: EmbeddedTranscript, tokens: list[Token], index: int, direction: Direction | None, central: float
) -> list[float]:
    sentence = embedded.sentences[index]
    before = embedded.sentences[index - 1] if index else None
    after = embedded.sentences[index + 1] if index + 1 < len(embedded.sentences) else None
    reply = after.text if after is not None and after.party is not sentence.party else ""
    return [
        *(bool(pattern.search(sentence.text)) for pattern in _DOES),
        bool(_ACCEPTED.match(reply)),
        bool(_ANSWERED.match(reply)),
        before is not None and before.party is sentence.party,
        after is not None and after.party is sentence.party,
        sentence.party is outside_party(direction),
        sentence.text.endswith("?"),
        before is not None and before.text.endswith("?") and before.party is not sentence.party,
        before is not None and before.party is not sentence.party and bool(IDENTITY.search(before.text)),
        bool(IDENTITY.search(sentence.text)),
        after is not None and after.words <= _SHORT_WORDS,
        bool(COMMITMENT.search(sentence.text)),
        bool(REQUEST.search(sentence.text)) * max(0.0, 1 - sentence.place / _EARLY),
        min(sentence.place / _EARLY, 1.0),
        max(0.0, (sentence.place - _LATE) / (1 - _LATE)),
        sentence.place,
        math.log(len(tokens)),
        central,
        sum(token.rarity for token in tokens if token.is_subject) / len(tokens),
        sentence.text.endswith(("-", "–", "—")),
    ]
