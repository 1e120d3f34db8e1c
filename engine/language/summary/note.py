"""The note of a call: its most telling sentences, word for word, in a frame that says who called whom and how it ended.

Nothing is invented. What is stated is only who called whom (as they name themselves), that somebody left a message or
had a wrong number, and the outside party's mood, which other code has found. All else is quoted, by who said it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import numpy as np
import numpy.typing as npt

from engine.language.embedded_transcript import Sentence
from engine.language.names import LEAST_CONFIDENCE, PartyName
from engine.language.summary.tidy import count_numbers, count_words, is_broken, tidy
from engine.parties import inside_party, outside_party
from engine.transcript import Direction, Party

Scores = npt.NDArray[np.float64]

MAIN_FACTS = 3  # what a note is there to tell
MOST_WORDS = 80
MOST_SENTENCES = 5
_LEAST_WORDS = 3
_TOPICS = 3
_DOING = re.compile(r"^\w+(?:ed|ing)$")  # of keywords, what somebody does; a thing tells more
_LEAST_BESIDE_NUMBERS = 3  # words: "seven four double oh nine" tells nobody anything by itself
_MESSAGE_TURNS = 3  # of a call: a greeting, and what is said to the machine
_LONGEST = 500  # characters
_HARDLY_ANYTHING = 12  # words of a whole call
_MOST_QUOTED = 30  # words of one quote
_LEAST_IMPORTANCE = 0.2  # of the most important sentence's: room that is left is not filled with what tells nothing
# Of these so many go first, where the model is so sure that they are such.
_OUTCOMES, _REASONS, _SURE = 2, 1, 0.3
# What a sentence is worth that begins by pointing at another, and one of a few words: alone they tell little.
_DANGLING, _SCRAP = 0.4, 0.7
_SCRAP_WORDS = 6  # fewer
# And a short answer, of which nobody sees the question.
_ANSWER, _ANSWER_WORDS = 0.5, 10
# What is agreed is said again at the end; what is offered at first may be refused.
_EARLY_OUTCOME = 0.4  # of what an outcome is worth at the end of a call
_POINTS_BACK = re.compile(r"^(?:it|that|this|he|she|they|those|these|there|then|which)\b", re.IGNORECASE)
_COST = 0.45  # how much a sentence's length counts against it: 0 not at all, 1 in full
_SAME = 0.6  # share of its words that another one has said
_VOICES = ("Somebody", "One speaker", "The other speaker")  # of a mix, by the number of the voice
_CLOSING = {"positive": "{} left satisfied.", "negative": "{} left dissatisfied."}
_SHORT_CALL = 14  # sentences
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
_WRONG_NUMBER = re.compile(
    r"\b(?:you(?:'ve| have)(?: got)?|i(?:'ve| have)(?: got)?|i must have(?: got)?|sorry,?|^) ?(?:the |a )?"
    r"wrong number(?=[.!?]|$)",  # not "on my letter", nor ", it ends in five"
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Note:
    """The text, and for each of its sentences the segments that it stands on."""

    text: str
    sources: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class SentenceRoles:
    """What each sentence of a call is likely to do in it, 0–1.  # [sentences] each; None where nobody knows"""

    importance: Scores  # that it holds one of the main facts
    reason: Scores | None = None  # that it says why the call is made
    outcome: Scores | None = None  # that it says what was agreed or refused, or what comes next
    in_context: bool = False  # whether the importance knows what else is said in the call


@dataclass(frozen=True, slots=True)
class _Quote:
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

    def follows(self, other: _Quote) -> bool:
        """Whether it was said right behind another."""
        return (self.segment, self.place) == (other.segment, other.place + 1)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is said around the quotes."""

    opening: str
    names_in: tuple[int, ...]  # the segments in which the parties name themselves
    references: dict[Party, str]
    closing: str
    close_in: tuple[int, ...]


def write_note(
    said: Sequence[Sentence],
    roles: SentenceRoles,
    names: dict[Party, PartyName] | None,
    direction: Direction | None,
    mood: str | None,
    keywords: Iterable[str] = (),
) -> Note:
    """Choose, clean and frame.

    `mood` is the outside party's where it is known; the first of the `keywords` say in the opening what the call is
    about, as quotes rarely name what both know. Without `names` the call is not in English: its sentences are
    quoted as they are, and nothing is said about them.
    """
    if names is None:
        return _chosen(_quotes(said, str.strip), roles, _bare)
    frame = _frame(said, names, direction, mood)
    frame = replace(frame, opening=_with_topics(frame, keywords))
    quotes = _quotes(said, tidy)
    if _is_message(said):  # what a machine says is no part of it
        quotes = [one for one in quotes if one.party is Party.CALLER]
    if said and not quotes:
        if sum(one.words for one in said) < _HARDLY_ANYTHING:
            return Note(f"{frame.opening or 'Somebody spoke'}; hardly anything was said.", (frame.names_in,))
        quotes = [_beginning(said, roles.importance)]
    return _chosen(quotes, roles, lambda chosen: _framed(chosen, frame))


def _with_topics(frame: _Frame, keywords: Iterable[str]) -> str:
    """The opening, with what the call is about; the parties' own names are none of that."""
    opening = frame.opening or ("The caller called" if Party.CALLER in frame.references else "")
    named = set(re.findall(r"[\w'-]+", opening.lower()))
    topics = [word for word in keywords if not _DOING.search(word) and named.isdisjoint(word.lower().split())]
    return f"{opening} ({', '.join(topics[:_TOPICS])})" if opening and topics else frame.opening


def with_closing(
    note: Note,
    said: Sequence[Sentence],
    names: dict[Party, PartyName],
    direction: Direction | None,
    mood: str | None,
) -> Note:
    """A note in other words, and how the outside party left."""
    frame = _frame(said, names, direction, mood)
    if not frame.closing:
        return note
    return Note(f"{note.text} {frame.closing}", (*note.sources, frame.close_in))


def _beginning(said: Sequence[Sentence], importance: Scores) -> _Quote:
    """Of the longest sentence, which does not end, where nothing else can be quoted."""
    place = max(range(len(said)), key=lambda at: (said[at].words, importance[at]))
    one = said[place]
    text = " ".join(one.text.split()[:_MOST_QUOTED])[:_LONGEST].rstrip(" ,.") + " …"
    return _Quote(text, count_words(text), one.party, one.segment, place, one.voice)


def _quotes(said: Sequence[Sentence], clean: Callable[[str], str]) -> list[_Quote]:
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
            quotes.append(_Quote(text, words, one.party, one.segment, place, one.voice, answers))
    return quotes


def _is_doubtful(sentence: Sentence) -> bool:
    """Whether one of its numbers or names may be another one."""
    words = sentence.text.split()
    return any(
        confidence < LEAST_CONFIDENCE and (count_numbers(word) or (place > 0 and word[:1].isupper()))
        for place, (word, confidence) in enumerate(zip(words, sentence.confidence, strict=False))
    )


def _chosen(quotes: Sequence[_Quote], roles: SentenceRoles, compose: Callable[[Sequence[_Quote]], Note]) -> Note:
    """What came of the call and why it was made, then what tells most for its words, as much as there is room for."""
    taken: list[_Quote] = []
    note = Note("", ())
    for quote in _by_rank(quotes, roles):
        if any(_repeats(quote, other) for other in taken):
            continue
        with_it = sorted([*taken, quote], key=lambda one: one.place)
        made = compose(with_it)
        if count_words(made.text) <= MOST_WORDS and len(made.sources) <= MOST_SENTENCES:
            taken, note = with_it, made
    return note


def _by_rank(quotes: Sequence[_Quote], roles: SentenceRoles) -> list[_Quote]:
    clarity = {one: 1.0 if roles.in_context else one.clarity for one in quotes}
    worth = {one: roles.importance[one.place] / one.words**_COST * clarity[one] for one in quotes}
    least = _LEAST_IMPORTANCE * max((roles.importance[one.place] for one in quotes), default=0.0)
    rest = [one for one in quotes if roles.importance[one.place] >= least]
    rest.sort(key=lambda one: (-worth[one], one.place))
    first: list[_Quote] = []
    for likely, count in ((roles.outcome, _OUTCOMES), (roles.reason, _REASONS)):
        if likely is not None:
            sure = [one for one in quotes if likely[one.place] >= _SURE]
            early = likely is roles.outcome and not roles.in_context
            late = {one: _EARLY_OUTCOME + (1 - _EARLY_OUTCOME) * one.place / len(likely) for one in sure}
            weight = {one: likely[one.place] * worth[one] * (late[one] if early else 1) for one in sure}
            sure.sort(key=lambda one: (-weight[one], one.place))
            first += sure[:count]
    return list(dict.fromkeys([*first, *rest]))


def _framed(quotes: Sequence[_Quote], frame: _Frame) -> Note:
    sentences: list[str] = []
    sources: list[tuple[int, ...]] = []
    for number, ((party, voice, _), group) in enumerate(groupby(quotes, key=lambda one: one.speaker)):
        own = list(group)
        lead = f"{frame.references.get(party, _VOICES[voice])} said"
        if number == 0 and frame.opening and party is Party.CALLER:
            lead = frame.opening
        elif number == 0 and frame.opening:
            sentences.append(f"{frame.opening}.")
            sources.append(frame.names_in)
        sentences.append(f"{lead}: “{_joined(own)}”")
        sources.append(tuple(sorted({one.segment for one in own})))
    if frame.closing:
        sentences.append(frame.closing)
        sources.append(frame.close_in)
    return Note(" ".join(sentences), tuple(sources))


def _bare(quotes: Sequence[_Quote]) -> Note:
    return Note(" ".join(f"“{one.text}”" for one in quotes), tuple((one.segment,) for one in quotes))


def _joined(quotes: Sequence[_Quote]) -> str:
    """As they were said: what was left out between two is marked."""
    text = quotes[0].text
    for before, one in pairwise(quotes):
        text = f"{text} {one.text}" if one.follows(before) else f"{text.rstrip('.')} … {one.text}"
    return text


def _repeats(one: _Quote, other: _Quote) -> bool:
    own, others = ({word.lower().strip(".,") for word in quote.text.split()} for quote in (one, other))
    return len(own & others) >= _SAME * min(len(own), len(others))


def _frame(
    said: Sequence[Sentence], names: dict[Party, PartyName], direction: Direction | None, mood: str | None
) -> _Frame:
    outside, inside = outside_party(direction), inside_party(direction)
    speaking = {one.party for one in said} - {Party.UNKNOWN}
    references = {party: _reference(names, party, inside) for party in speaking}
    spoke = outside in speaking and not (_is_message(said) and outside is Party.CALLED)  # a machine leaves no way
    closing = _CLOSING.get(mood or "", "").format(references.get(outside, "")) if spoke else ""
    own = sorted({one.segment for one in said if one.party is outside})
    return _Frame(_opening(said, names, direction), _named_in(said, names), references, closing, tuple(own[-2:]))


def _opening(said: Sequence[Sentence], names: dict[Party, PartyName], direction: Direction | None) -> str:
    inside = inside_party(direction)
    caller, called = (_full(names, party, inside) for party in (Party.CALLER, Party.CALLED))
    if not any(one.party in (Party.CALLER, Party.CALLED) for one in said):
        return ""
    if not caller and not called and not _is_message(said):
        return ""  # it would tell nothing
    caller = caller or "The caller"
    if any(_WRONG_NUMBER.search(one.text) for one in said) and len(said) < _SHORT_CALL:
        return f"{caller} had a wrong number"
    if _is_message(said):
        return f"{caller} left a message for {called}" if called else f"{caller} left a message"
    return f"{caller} called {called}" if called else f"{caller} called"


def _is_message(said: Sequence[Sentence]) -> bool:
    """Whether a greeting is followed by the caller alone."""
    turns = [party for party, _ in groupby(one.party for one in said)]
    return turns == [Party.CALLED, Party.CALLER] and len({one.segment for one in said}) >= _MESSAGE_TURNS


def _full(names: dict[Party, PartyName], party: Party, inside: Party) -> str:
    """The office by its company and a person from outside by name; "" where neither is known."""
    name = names.get(party, PartyName())
    if party is inside:
        return name.company or name.person
    if name.person and name.company:
        return f"{name.person} of {name.company}"
    return name.person or name.company


def _reference(names: dict[Party, PartyName], party: Party, inside: Party) -> str:
    name = names.get(party, PartyName())
    own = (name.company or name.person) if party is inside else (name.person or name.company)
    return own or ("The caller" if party is Party.CALLER else "The called party")


def _named_in(said: Sequence[Sentence], names: dict[Party, PartyName]) -> tuple[int, ...]:
    known = {word for name in names.values() for word in f"{name.person} {name.company}".split()}
    found = sorted({one.segment for one in said[:20] if known & set(re.findall(r"[\w'’&-]+", one.text))})
    return tuple(found[:2]) or (0,)
