"""Which sentences of a call its summary quotes: those that can stand alone and tell most for their words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.language.embedded_transcript import Sentence
from engine.language.names import LEAST_CONFIDENCE
from engine.language.summary.tidy import count_numbers, count_words, is_broken
from engine.transcript import Party

Scores = npt.NDArray[np.float64]

_LEAST_WORDS = 3
_MOST_QUOTED = 30  # words of one quote
_LONGEST = 500  # characters
_LEAST_BESIDE_NUMBERS = 3  # words: "seven four double oh nine" tells nobody anything by itself
_LEAST_IMPORTANCE = 0.2  # of the most important sentence's: room that is left is not filled with what tells nothing
# Of these so many go first, where the head is so sure that they are such.
_OUTCOMES, _REASONS, _SURE = 2, 1, 0.3
# What a sentence is worth that begins by pointing at another, and one of a few words: alone they tell little.
_DANGLING, _SCRAP = 0.4, 0.7
_SCRAP_WORDS = 6  # fewer
# And a short answer, of which nobody sees the question.
_ANSWER, _ANSWER_WORDS = 0.5, 10
# What is agreed is said again at the end; what is offered at first may be refused.
_EARLY_OUTCOME = 0.4  # of what an outcome is worth at the end of a call
_POINTS_BACK = re.compile(r"^(?:it|that|this|he|she|they|those|these|there|then|which)\b", re.IGNORECASE)
_COST = 0.15  # how much a sentence's length counts against it, 0 not at all, 1 in full: readers like fewer, longer ones
_SAME = 0.6  # share of its words that another one has said
# What machines say; it is no party's word.
_RECORDING = re.compile(
    r"\bpress (?:one|two|three|four|five|six|seven|eight|nine|zero|star|hash|pound|\d)\b|\byou (?:have )?pressed\b"
    r"|\b(?:number|place) \w+ in the queue\b|\bcall is important to us\b"
    r"|\bcalls? (?:may|will) be (?:recorded|answered)\b"
    r"|\b(?:held|waiting) in a queue\b|\bwait is (?:now )?(?:approximately|about)\b|\bafter the (?:tone|beep)\b"
    r"|^did you know (?:that )?you can\b|\ball (?:of )?our (?:\w+ ){1,3}are (?:busy|helping|assisting|currently)\b"
    r"|\bplease have your\b|\bthank you for (?:holding|your patience)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SentenceRoles:
    """What each sentence of a call is likely to do in it, 0–1.  # [sentences] each; None where nobody knows"""

    importance: Scores  # that it holds one of the main facts
    reason: Scores | None = None  # that it says why the call is made
    outcome: Scores | None = None  # that it says what was agreed or refused, or what comes next
    in_context: bool = False  # whether the importance knows what else is said in the call


@dataclass(frozen=True, slots=True)
class Quote:
    text: str
    words: int
    party: Party
    segment: int
    place: int  # among the call's sentences
    voice: int = 0
    answers: bool = False  # what the other party has just asked

    @property
    def speaker(self) -> tuple[Party, int, int]:
        """Whose it is: what two have said never stands in one pair of quotation marks."""
        if self.party is not Party.UNKNOWN:
            return self.party, 0, 0
        return self.party, self.voice, 0 if self.voice else self.segment

    @property
    def clarity(self) -> float:
        """How well it is understood without what stands before it, 0–1."""
        points_back = bool(_POINTS_BACK.match(self.text))
        clarity = (_DANGLING if points_back else 1.0) * (_SCRAP if self.words < _SCRAP_WORDS else 1.0)
        return clarity * (_ANSWER if self.answers and self.words < _ANSWER_WORDS else 1.0)

    def follows(self, other: Quote) -> bool:
        """Whether it was said right behind another."""
        return (self.segment, self.place) == (other.segment, other.place + 1)


def select_quotes(
    quotes: Sequence[Quote], roles: SentenceRoles, has_room: Callable[[Sequence[Quote]], bool]
) -> list[Quote]:
    """Why the call was made, then what tells most for its words, as much as there is room for.

    Readers want the reason, also where it tells less. Where each sentence was judged by itself, what came of the call
    goes before it.
    """
    taken: list[Quote] = []
    for quote in _by_rank(quotes, roles):
        if any(_repeats(quote, other) for other in taken):
            continue
        with_it = sorted([*taken, quote], key=lambda one: one.place)
        if has_room(with_it):
            taken = with_it
    return taken


def quotes_of(said: Sequence[Sentence], clean: Callable[[str], str]) -> list[Quote]:
    """What can be quoted: whole sentences that state something, neither very short nor very long."""
    quotes = []
    for place, one in enumerate(said):
        if len(one.text) > _LONGEST:  # nobody's sentence
            continue
        text = clean(one.text)
        words = count_words(text)
        stated = not is_broken(one.text) and not text.endswith("?")
        stated = stated and words - count_numbers(text) >= _LEAST_BESIDE_NUMBERS and not _is_doubtful(one)
        if stated and _LEAST_WORDS <= words <= _MOST_QUOTED and not _RECORDING.search(text):
            answers = place > 0 and said[place - 1].party is not one.party and said[place - 1].text.endswith("?")
            quotes.append(Quote(text, words, one.party, one.segment, place, one.voice, answers))
    return quotes


def beginning_of(said: Sequence[Sentence], importance: Scores) -> Quote:
    """Of the longest sentence, which does not end, where nothing else can be quoted."""
    place = max(range(len(said)), key=lambda at: (said[at].words, importance[at]))
    one = said[place]
    text = " ".join(one.text.split()[:_MOST_QUOTED])[:_LONGEST].rstrip(" ,.") + " …"
    return Quote(text, count_words(text), one.party, one.segment, place, one.voice)


def _is_doubtful(sentence: Sentence) -> bool:
    """Whether one of its numbers or names may be another one."""
    words = sentence.text.split()
    return any(
        confidence < LEAST_CONFIDENCE and (count_numbers(word) or (place > 0 and word[:1].isupper()))
        for place, (word, confidence) in enumerate(zip(words, sentence.confidence, strict=False))
    )


def _by_rank(quotes: Sequence[Quote], roles: SentenceRoles) -> list[Quote]:
    clarity = {one: 1.0 if roles.in_context else one.clarity for one in quotes}
    worth = {one: roles.importance[one.place] / one.words**_COST * clarity[one] for one in quotes}
    least = _LEAST_IMPORTANCE * max((roles.importance[one.place] for one in quotes), default=0.0)
    rest = [one for one in quotes if roles.importance[one.place] >= least]
    rest.sort(key=lambda one: (-worth[one], one.place))
    first: list[Quote] = []
    for likely, count in ((roles.outcome, 0 if roles.in_context else _OUTCOMES), (roles.reason, _REASONS)):
        if likely is not None:
            sure = [one for one in quotes if likely[one.place] >= _SURE]
            is_outcome = likely is roles.outcome
            late = {one: _EARLY_OUTCOME + (1 - _EARLY_OUTCOME) * one.place / len(likely) for one in sure}
            weight = {one: likely[one.place] * worth[one] * (late[one] if is_outcome else 1) for one in sure}
            sure.sort(key=lambda one: (-weight[one], one.place))
            first += sure[:count]
    return list(dict.fromkeys([*first, *rest]))


def _repeats(one: Quote, other: Quote) -> bool:
    own, others = ({word.lower().strip(".,") for word in quote.text.split()} for quote in (one, other))
    return len(own & others) >= _SAME * min(len(own), len(others))
