"""Who the parties are, where they say so: "Juniper Car Rental, Dana speaking", "My name is Lowell Vandermeer".

Rules over what people say as they begin. A name is taken only in the forms in which people give their own; whatever is
doubtful is no name. Nothing is spelled anew: a name is written as the transcript has it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from engine.language.parts_of_speech import is_common_word
from engine.parties import outside_party
from engine.transcript import Direction, Party, Segment

# A number or a name that the recognizer is less sure of is not told as if it had been said. Measured on 19 written
# calls, spoken by synthetic voices over a telephone line (the share of the numbers, and of the names, that are right):
#   confidence     < .2  .2-.35  .35-.5  .5-.6  .6-.7  .7-.8  .8-.9   > .9
#   numbers (268)   .33    .60     .69    .70    .87    .84    .92    .98
#   names (254)     .00    .28     .24    .56    .51    .78    .84    .90
# From .35 on their notes had 22 wrong ones and 19 of 59 facts word for word, from .5 on 9 and 18, from .6 on 4 and 17,
# from .7 on 2 and 15. Of the parties' names 2 of 17 below .6 were right, 6 of 9 above.
LEAST_CONFIDENCE = 0.6
# So many turns from the beginning, somebody tells his name.
_FIRST_TURNS = 14
_FIRST_CHARACTERS = 400  # of a turn
_COMPANY_TURNS = 2

_WORD = r"(?:[A-Z]\.(?=\s[A-Z])|(?![A-Z](?:-[A-Z])+\b)[A-ZÀ-Þ][\w'’&-]+)"  # not "T-R-E-G"
# "Wray and Fallow", "Miss Odette's School of Dance".
_NAME = rf"{_WORD}(?:\s(?:(?:and|of|the|de|van|von|der|la|le|&)\s)?{_WORD}){{0,6}}"
_PERSON = rf"(?:(?:Mr|Mrs|Ms|Miss|Dr|Doctor)\.?\s)?{_WORD}(?:\s(?:(?:de|van|von|der|la|le)\s)?{_WORD}){{0,3}}"
# Words that begin sentences, or greet; they are no part of a name, and no name.
_NO_NAMES = frozenset(
    re.findall(
        r"\S+",
        "good morning afternoon evening day hello hi g'day hiya hey halo yes yeah yep no nope aye aw och ach eh oh ooh"
        " ah um uh so well okay ok right sorry thanks thank you and but the a an i i'm i've i'd it it's its this"
        " that there he she we we're they what who how when where why is are am was my your our his her calling"
        " speaking just here can could may might do did have has had let please because if as in on at for from of"
        " to about with not only also all before after then now strictly really actually monday tuesday wednesday"
        " thursday friday saturday sunday january february march april june july august september october november"
        " december mr mrs ms miss dr doctor mum mom dad sir ma'am madam lovely great perfect brilliant wonderful"
        " still nobody somebody everybody everyone same"
        " mondays tuesdays wednesdays thursdays fridays saturdays sundays"
        " ja nein ne oui si sí da tak hallo allô hola ciao"
        " welcome happy customer service services sales reception appointments support accounts",
    )
)
# At the end they are a part of a firm's name: "Harborstone Card Services".
_DEPARTMENTS = frozenset({"services", "sales", "support", "reception"})
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "doctor"})
_GREETING = re.compile(
    r"^(?:(?:good (?:morning|afternoon|evening|day)|morning|afternoon|evening|hello|hi|hiya|hey|g'day|yes|yeah|ja"
    r"|happy \w+"
    r"|welcome to|thank you for (?:calling|ringing)|thanks for (?:calling|ringing)|you'?re through to"
    r"|you(?:'ve| have) (?:reached|got through to|called)|and)[,!.]?\s+)*",
    re.IGNORECASE,
)
_COMPANY_FIRST = re.compile(rf"^({_NAME})(?=[,.!?]|\s(?:speaking|here|this is|it's|how|you)\b)")
_OWN_NAME = (
    re.compile(rf"\b(?:[Mm]y name(?:'s| is)|[Mm]y name,? it is|[Nn]ame's|[Tt]he name's|[Tt]he name is) ({_PERSON})"),
    re.compile(
        rf"\b(?:[Tt]his is|[Ii]t's|[Ii]t is|I'm|I am) ({_PERSON})"
        r"(?=,|\.|\?|!|$| (?:from|at|here|of|in|calling)\b)"
    ),
    re.compile(rf"(?:^|[.,!?] )({_PERSON})(?: speaking| here\b)"),
    re.compile(rf"(?:^|[.!?] )({_WORD} {_WORD})(?=, (?:over )?(?:at|from|of|with) [A-Z])"),
)
# Who rings for somebody is not the one whom the other names.
_FOR_ANOTHER = re.compile(
    r"\b(?:my|her|his) (?:mum|mom|mother|dad|father|husband|wife|son|daughter|brother|sister|nan|gran\w*|aunt|uncle"
    r"|boss)\b",
    re.IGNORECASE,
)
# "The name's Boyd, Everett": as it is in a list.
_FIRST_NAME_LAST = re.compile(rf"^, ({_WORD})(?=[,.?!]|$)")
_FROM = re.compile(rf"(?:from|at|of|with)(?: the)? ({_NAME})|({_NAME})(?=[,.?!]|$)")
_ASKED = re.compile(
    r"\b(?:your|the|sur|last|full)\s?name\b|\bwho (?:am i|is|do i)\b|\bwho'?s (?:that|this|calling|speaking)\b",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    rf"^(?i:(?:yes|yeah|sure|it's|it is|that's|um|uh|oh|of course|certainly)[,.]? )*({_PERSON})(?=[,.?!]|$)"
)
_GREETED = (
    r"(?:[Gg]ood (?:morning|afternoon|evening|day)|[Mm]orning|[Aa]fternoon|[Hh]ello|[Hh]i|[Hh]iya|[Hh]ey|[Gg]'day)"
)
_ADDRESS = re.compile(
    rf"(?:^|^(?:{_GREETED}|[Yy]es|[Tt]hank you"
    rf"|[Tt]hanks|[Oo]kay|[Rr]ight|[Ss]o),? |[Ii]s that )((?:Mr|Mrs|Ms|Miss|Dr)\.? {_WORD})(?=[,.!?]|$)"
)
# Whom one calls by name between commas, at any place of a call: "It's about your scooter test, Mr Hanratty."
_VOCATIVE = re.compile(rf"(?:^|[.!?,] )((?:Mr|Mrs|Ms|Miss|Dr)\.? {_WORD}(?:[- ]{_WORD})?)(?=[,.!?]|$)")
# Whom one wanted to reach: "Is that Nuray?", "Am I speaking with Ms. Whitfield?"; and what is said where it is not.
_WANTED = re.compile(
    r"\b(?:[Ii]s (?:that|this|it)|[Aa]m I (?:speaking|talking) (?:with|to)|[Ii] speaking (?:with|to)) "
    rf"({_PERSON})(?=\?)"
)
_DENIES = re.compile(
    r"\b(?:no|wrong|nobody|isn't|he's|she's|he is|she is|moved|do I sound|not (?:here|in|him|her))\b", re.IGNORECASE
)
# A first name with which one begins: "Hi Gideon, it's Lindiwe", "Marcie, Dirk Rasband here".
_GREETED_BY_NAME = re.compile(
    rf"^{_GREETED},? ({_WORD})(?=[,.!?])|^({_WORD})(?=, (?:it's|this is|it is|[A-Z][\w'’-]+ [A-Z]))"
)
# A name and a company, or what one is there, without a verb: "Gwen Farraday, head of music at Stallbridge Hall."
_LISTED = re.compile(
    rf"^(?:({_WORD}), )?((?:(?:Mr|Mrs|Ms|Miss|Dr)\.? )?{_WORD}(?: {_WORD}){{0,2}})(?:,| from| at| of) (.*)$", re.DOTALL
)
_OPENING_TURNS = 4
# Later, who takes over a call begins with his name; "He's like, dude, this is Portugal" tells of something else.
_FIRST_OWN_TURNS = 3
_BEGINNING = 60  # characters of a turn
_PIECES = re.compile(r"[\w'’&-]+")


@dataclass(frozen=True, slots=True)
class PartyName:
    """A person's name and a company's, as far as somebody gives them; "" where nobody does."""

    person: str = ""
    company: str = ""


def party_names(segments: Sequence[Segment], direction: Direction | None) -> dict[Party, PartyName]:
    """What each party calls itself as the call begins, or is called by the other."""
    turns = [
        replace(one, text=one.text[:_FIRST_CHARACTERS])
        for one in segments[:_FIRST_TURNS]
        if one.party is not Party.UNKNOWN
    ]
    found = {party: _name_of(turns, party, direction) for party in (Party.CALLER, Party.CALLED)}
    outside = outside_party(direction)
    if not found[outside].person:
        found[outside] = replace(found[outside], person=_later(segments, outside, direction))
    confidence = _confidence(segments)
    return {party: _certain(_not_the_others(found, party), confidence) for party in found}


def _confidence(segments: Sequence[Segment]) -> dict[str, float]:
    """The most with which each word was recognized; nothing where that is not known."""
    best: dict[str, float] = {}
    for word in (word for segment in segments for word in segment.words):
        for piece in _PIECES.findall(word.text):
            best[piece] = max(best.get(piece, 0.0), word.confidence)
    return best


def _certain(name: PartyName, confidence: dict[str, float]) -> PartyName:
    """Without a person, or a company, of whose name a word may be another one."""

    def certain(text: str) -> str:
        doubtful = any(confidence.get(piece, 1.0) < LEAST_CONFIDENCE for piece in _PIECES.findall(text))
        return "" if doubtful else text

    return PartyName(certain(name.person), certain(name.company))


def _later(segments: Sequence[Segment], party: Party, direction: Direction | None) -> str:
    """What the outside party is called, or answers to the question for its name, at any time of the call."""
    own = [one.text for one in segments if one.party is party]
    called = Counter(
        name
        for one in segments
        if one.party not in (party, Party.UNKNOWN)
        for name in map(_trimmed, _VOCATIVE.findall(one.text))
        if name and not any(name.split()[-1] in text for text in own)  # of whom one speaks oneself, that is another
    )
    name, times = called.most_common(1)[0] if called else ("", 0)
    # Whom an office rings up is meant himself; who rings for another is, when he is called so again and again.
    for_another = direction is not Direction.OUTBOUND and any(_FOR_ANOTHER.search(text) for text in own)
    return name if times > for_another else "" if for_another else _answered(segments, party)


def _not_the_others(found: dict[Party, PartyName], party: Party) -> PartyName:
    """Nobody is called as the other is: one greets by name whom one speaks with. Who gave the name himself keeps it."""
    name, other = found[party], found[Party.CALLED if party is Party.CALLER else Party.CALLER]
    company = "" if name.company and set(name.company.split()) <= set(other.person.split()) else name.company
    person = name.person
    if party is Party.CALLER and person and set(person.split()) <= set(other.person.split()):
        person = ""
    if party is Party.CALLED and person and set(person.split()) < set(other.person.split()):
        person = ""
    return PartyName(person, company)


def _name_of(turns: Sequence[Segment], party: Party, direction: Direction | None) -> PartyName:
    person, company = "", ""
    own = [one.text for one in turns if one.party is party]
    for turn, text in enumerate(own):
        found, behind = _person(text, turn)
        if found and not person:
            first = _FIRST_NAME_LAST.match(behind)
            if first and " " not in found and _trimmed(first[1]) and "ame" in text[: -len(behind)]:
                person = f"{_trimmed(first[1])} {found}"
                continue
            person, company = found, _company_behind(behind)
            if set(person.split()) & set(company.split()):  # "Laity, Wilfred Laity"
                person, company = company, ""
    if not company and party is Party.CALLED and direction is not Direction.OUTBOUND:
        # Behind more than a "Hello?" comes the answer to the caller, not the firm: "Sure. Contract or staff?"
        greets = bool(own) and _NO_NAMES.issuperset(_PIECES.findall(own[0].lower()))
        company = next(filter(None, map(_company_first, own[: _COMPANY_TURNS if greets else 1])), "")
    if not person and own and party is outside_party(direction):
        person, listed = _listed(own[0])
        if party is Party.CALLED and listed and " " not in listed:  # who is called says the firm first
            person, listed = "" if is_common_word(listed) else listed, person  # "Harrow Museum, Textiles."
        company = company or listed
    person = person or _answered(turns, party) or _wanted(turns, party)
    if not person and (direction is Direction.OUTBOUND or not any(_FOR_ANOTHER.search(text) for text in own)):
        person = _addressed(turns, party) or (_greeted(turns) if party is Party.CALLED else "")
    return PartyName(person, "" if company == person else company)


def _person(text: str, turn: int) -> tuple[str, str]:
    for pattern in _OWN_NAME:
        for match in pattern.finditer(text):
            name = _trimmed(match[1])
            if name and (turn < _FIRST_OWN_TURNS or match.start() < _BEGINNING):
                return name, text[match.end() :]
    return "", ""


def _answered(turns: Sequence[Segment], party: Party) -> str:
    """What is answered to the question for the name."""
    for question, answer in pairwise(turns):
        if question.party is not party and answer.party is party and _ASKED.search(question.text):
            match = _ANSWER.match(answer.text)
            name = _trimmed(match[1]) if match and match[1][0].isupper() else ""
            if name:
                return name
    return ""


def _addressed(turns: Sequence[Segment], party: Party) -> str:
    """How the other party addresses this one."""
    for turn in turns:
        match = None if turn.party is party else _ADDRESS.search(turn.text)
        if match:
            return match[1]
    return ""


def _listed(text: str) -> tuple[str, str]:
    """The name, and the company, of who begins with them; ("", "") where a sentence begins otherwise."""
    for sentence in text[_greeting_length(text) :].split(". ")[:2]:
        match = _LISTED.match(sentence.strip())
        name = _trimmed(match[2]) if match else ""
        greeted = not match or not match[1] or _trimmed(match[1])  # "It's, Desmond Pryke" names what it's about
        if match and greeted and name == match[2] and not match[3].startswith("please"):
            company = re.match(rf"(?:(?:the )?[a-z][\w ]* (?:of|at|for|from) )?({_NAME})(?=[,.!?]|$)", match[3])
            found = _trimmed(company[1]) if company else ""
            if found or " " in name:
                return name, found
    return "", ""


def _wanted(turns: Sequence[Segment], party: Party) -> str:
    """Whom the other party hoped to reach, unless it is somebody else who answers."""
    for question, answer in pairwise(turns[:_OPENING_TURNS]):
        match = _WANTED.search(question.text)
        if question.party is not party and answer.party is party and match and not _DENIES.search(answer.text):
            return _trimmed(match[1])
    return ""


def _greeted(turns: Sequence[Segment]) -> str:
    """The first name with which the caller begins; who is called begins with his own."""
    for turn in turns[:_OPENING_TURNS]:
        match = _GREETED_BY_NAME.match(turn.text) if turn.party is Party.CALLER else None
        name = _trimmed(match[1] or match[2]) if match else ""
        if name and name != _listed(turn.text)[0]:
            return name
    return ""


def _company_behind(text: str) -> str:
    match = _FROM.match(text.lstrip(" ,").removeprefix("over "))
    return _trimmed(match[1] or match[2]) if match else ""


def _company_first(text: str) -> str:
    match = _COMPANY_FIRST.match(text[_greeting_length(text) :])
    if match is None or match.string[match.end() : match.end() + 1] in "?!" or match.end() == len(match.string):
        return ""
    return _trimmed(match[1])


def _greeting_length(text: str) -> int:
    greeting = _GREETING.match(text)
    return greeting.end() if greeting else 0


def _trimmed(name: str) -> str:
    """Without words that are no names before and behind; "" where nothing is left."""
    words = name.split()
    while words and words[0].lower().strip(".,") in _NO_NAMES - _TITLES:
        del words[0]
    while words and (last := words[-1].lower().strip(".,")) in _NO_NAMES:
        if last in _DEPARTMENTS and len(words) > 2:
            break
        del words[-1]
    return " ".join(words).rstrip(".,")
