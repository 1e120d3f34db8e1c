"""The note of a call: its most telling sentences, word for word, in a frame that says who called whom and how it ended.

Nothing is invented. What is stated is only who called whom (as they name themselves), that somebody left a message or
had a wrong number, and the outside party's mood, which other code has found. All else is quoted, by who said it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from engine.language.embedded_transcript import Sentence
from engine.language.names import PartyName
from engine.language.summary.sentence_selection import (
    Quote,
    SentenceRoles,
    beginning_of,
    quotes_of,
    select_quotes,
)
from engine.language.summary.tidy import count_words, tidy
from engine.parties import inside_party, outside_party
from engine.transcript import Direction, Party

MAIN_FACTS = 3  # what a note is there to tell
MOST_WORDS = 80
MOST_SENTENCES = 5
_TOPICS = 3
_DOING = re.compile(r"^\w+(?:ed|ing)$")  # of keywords, what somebody does; a thing tells more
_MESSAGE_TURNS = 3  # of a call: a greeting, and what is said to the machine
_HARDLY_ANYTHING = 12  # words of a whole call
_VOICES = ("Somebody", "One speaker", "The other speaker")  # of a mix, by the number of the voice
_NEXT = "Then"  # whoever it was: of voices that nobody told apart
_CLOSING = {"positive": "{} left satisfied.", "negative": "{} left dissatisfied."}
_SHORT_CALL = 14  # sentences
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
        return _composed(quotes_of(said, str.strip), roles, _bare)
    frame = _frame(said, names, direction, mood)
    frame = replace(frame, opening=_with_topics(frame, keywords))
    quotes = quotes_of(said, tidy)
    if _is_message(said):  # what a machine says is no part of it
        quotes = [one for one in quotes if one.party is Party.CALLER]
    if said and not quotes:
        if sum(one.words for one in said) < _HARDLY_ANYTHING:
            return Note(f"{frame.opening or 'Somebody spoke'}; hardly anything was said.", (frame.names_in,))
        quotes = [beginning_of(said, roles.importance)]
    return _composed(quotes, roles, lambda chosen: _framed(chosen, frame))


def _with_topics(frame: _Frame, keywords: Iterable[str]) -> str:
    """The opening, with what the call is about; the parties' own names are none of that.

    Without the word "topics" a reader took them for whom the caller had called, another for the reason of the call.
    """
    opening = frame.opening or ("The caller called" if Party.CALLER in frame.references else "")
    named = set(re.findall(r"[\w'-]+", opening.lower()))
    topics = [word for word in keywords if not _DOING.search(word) and named.isdisjoint(word.lower().split())]
    return f"{opening} (topics: {', '.join(topics[:_TOPICS])})" if opening and topics else frame.opening


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


def _composed(quotes: Sequence[Quote], roles: SentenceRoles, compose: Callable[[Sequence[Quote]], Note]) -> Note:
    def has_room(some: Sequence[Quote]) -> bool:
        note = compose(some)
        return count_words(note.text) <= MOST_WORDS and len(note.sources) <= MOST_SENTENCES

    selected = select_quotes(quotes, roles, has_room)
    return compose(selected) if selected else Note("", ())


def _framed(quotes: Sequence[Quote], frame: _Frame) -> Note:
    sentences: list[str] = []
    sources: list[tuple[int, ...]] = []
    for number, ((party, voice, _), group) in enumerate(groupby(quotes, key=lambda one: one.speaker)):
        own = list(group)
        lead = f"{frame.references.get(party, _VOICES[voice])} said"
        if number and party is Party.UNKNOWN and not voice:
            lead = _NEXT
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


def _bare(quotes: Sequence[Quote]) -> Note:
    return Note(" ".join(f"“{one.text}”" for one in quotes), tuple((one.segment,) for one in quotes))


def _joined(quotes: Sequence[Quote]) -> str:
    """As they were said: what was left out between two is marked."""
    text = quotes[0].text
    for before, one in pairwise(quotes):
        text = f"{text} {one.text}" if one.follows(before) else f"{text.rstrip('.')} … {one.text}"
    return text


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
