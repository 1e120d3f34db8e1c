"""Sentence compression: a clause whole, or without a lead or an end that its reader can do without.

"I'll send you the form by text as soon as we finish" may lose "I'll" and what follows "form" or "text"; never a word
that denies or makes it depend ("don't", "unless"), nor what would leave half a phrase. What is left stays in one piece,
word for word. The rules are of English; in another language no clause is compressed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.language.lexicon import DAY_PARTS, TIME_WORDS, is_number
from engine.language.summary.clauses import Clause, bare

LEAST_WORDS = 3


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# An end may begin with one of these (and not with "if" or "but": what is left would no longer be true) …
_BEFORE_ENDS = _words(
    """
    and so because which who when where as until till for from with on at by in about after before since while instead
    rather otherwise
    """
)
# … where what is left does not stop in one of these.
_UNFINISHED = _words(
    """
    a an the this that these those my your his her its our their to of and or but so if than because as when
    who which where is are was were be been am i'm it's that's there's you're we're they're he's she's i've
    we've you've they've i'll we'll you'll he'll she'll they'll it'll i'd we'd you'd it'd i you we he she it
    they have has had do does did can could will would shall should may might must need needs want wants very
    really just only about for from with on at by in like no not don't doesn't didn't can't couldn't won't
    wouldn't isn't wasn't haven't hasn't between until till originally mainly mostly especially
    """
)
# A lead that has one of these turns the sense of what follows.
_TURNS_SENSE = _words("not never no nobody nothing none if unless whether cannot without hardly neither nor")
# What is said of something may hold only with its end: "don't open until nine", "only open on weekdays".
_NEEDS_END = _TURNS_SENSE | _words("only between")
# What takes back some of what stands before it.
_TAKES_BACK = _words("but except provided providing") | _TURNS_SENSE
_ARTICLES = _words("a an the my your his her its our their about around between from on at only free")
_DETERMINERS = _words("a an the my your his its our their")
_BINDS = _words("of to for from with on at by in and or than about")
_PARTICLES = _words("in on at by to with for from about")  # two in a row belong to the verb: "packed in on me"
_OF_VERBS = _words("up down off out back over away")
_WORDS_OF_A_THING = 5
_SPEAKERS = _words("i we i'll we'll i'd we'd i've we've")
_LONG_WORDS = 5
_PRESENTS = re.compile(
    r"^(?:it's|that's|there's|they're|(?:it|that) (?:is|was|would be)|(?:it|that|there)(?:'d|'ll) be|there was"
    r"|(?:i've|we've|you've|they've) got|(?:i|we) have|you're looking at|i'm showing|i see|it says)"
    r"(?: (?:just|only|about|around|roughly|normally|actually|also|still))?$"
)
_SPEAKS = re.compile(
    r"^(?:(?:i|you|we|he|she|they|it)(?:'ll| will|'d| would| can| could| should| must)(?: just| also| then| probably)?"
    r"(?: (?:need|have|want|like|love|prefer|be able|be happy) to)?"
    r"|(?:i|we|you) (?:need|have|want|wanted|needed|got) to"
    r"|i'm (?:going|gonna|hoping|trying|ringing|calling|phoning)(?: to)?"
    r"|(?:i|we)'ve(?: just)?|(?:can|could|would|will) you(?: please| just| maybe)?"
    r"|if you (?:could|can|would)(?: just| please)?|please|let me|i was wondering if you could|i(?: just)? wanted to)$"
)
# Who says or does a thing, and to whom: "I'll send you", "we've put". What follows is the thing.
_DOES = re.compile(r"^(?:i|you|we|he|she|they|it)(?:'\w+)?(?: \w+){1,3}$")
# But not without what undoes the thing, or only thinks of it: "I've cancelled", "they refused", "I doubt".
_UNDOES = re.compile(
    r"\b(?:cancel|refus|reject|declin|den[yi]|los[et]|losing|miss|stop|forg[eo]t|lack|hat[ei]|dislik|doubt|wish|hop[ei]"
    r"|th(?:ink|ought)|sa(?:y|id)|t(?:ell|old)|guess|assum|suppos|imagin|believ|hear|expect|claim|remov|delet|avoid"
    r"|return|skip|rather|fear|pretend|sold|withdr)"
)
_QUESTIONS = _words(
    """
    do does did is are was were can could will would shall should have has what when where who why how which what's
    how's where's who's
    """
)
_ASKS = re.compile(r"^(?:can|could|would|will) you\b")
_POLITE = re.compile(r"^(?:if you (?:could|can|would)|i was wondering if you could)\b")
# After a lead these would begin a sentence that has lost its verb, or its subject.
_NO_BEGINNING = _words("i you we he she it they be been have had got do does need will can could would should to")


@dataclass(frozen=True, slots=True)
class Compression:
    """A clause from one of its words to another."""

    first: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.first

    def holds(self, other: Compression) -> bool:
        """Whether it says all that another does, and more."""
        return self.first <= other.first and other.end <= self.end and other != self


def compressions(clause: Clause, english: bool) -> list[Compression]:
    """Every compression of a clause, the whole one first."""
    words = clause.text.split()
    plain = [bare(word) for word in words]
    whole = Compression(0, len(words))
    if not english or len(clause.at) != len(words):
        return [whole]
    ends = [whole.end, *(end for end in range(LEAST_WORDS, len(words)) if _may_end(words, plain, end))]
    firsts = [
        0,
        *(first for first in range(1, len(words) - LEAST_WORDS + 1) if _may_begin(clause, words, plain, first)),
    ]
    return [
        Compression(first, end)
        for first in firsts
        for end in ends
        if end - first >= LEAST_WORDS or (first, end) == (0, whole.end)
    ]


def render(clause: Clause, compression: Compression) -> str:
    """A compressed clause as a sentence."""
    words = clause.text.split()
    if compression.length == len(words):
        return clause.text
    text = " ".join(words[compression.first : compression.end]).rstrip(" .,;:!?…")
    asks = clause.is_question and not compression.first and bare(words[0]) in _QUESTIONS
    stop = clause.text[-1] if asks or (clause.text[-1] in ".!…" and not clause.is_question) else "."
    return f"{text[:1].upper()}{text[1:]}{stop}"


def _may_end(words: list[str], plain: list[str], end: int) -> bool:
    """Whether it may stop before this word: not in a number, nor with half of "kicks on" or ", starts with B"."""
    if plain[end - 1] in _UNFINISHED or _in_a_number(plain, end) or _holds_with_its_end(plain[:end]):
        return False
    if _takes_back(plain, end) or (plain[end] == "as" and plain[end - 2] == "as"):
        return False
    if words[end - 1][-1] in ",;:":
        return True
    alone = end + 1 == len(words) or words[end][-1] in ",;:"
    if alone or words[end - 2][-1] in ",;:" or _PARTICLES.issuperset(plain[end : end + 2]):
        return False
    return plain[end] in _BEFORE_ENDS


def _takes_back(plain: list[str], at: int) -> bool:
    """Whether what comes now makes what was said depend: "unless …", "as long as …"."""
    return plain[at] in _TAKES_BACK or (plain[at] in ("as", "so") and plain[at + 1 : at + 2] == ["long"])


def _holds_with_its_end(kept: list[str]) -> bool:
    """Whether something else, or nothing, might be said without what comes next."""
    rest = _POLITE.sub("", " ".join(kept).replace("’", "'")).split()
    return any(word in _NEEDS_END or word.endswith("n't") for word in rest)


def _in_a_number(plain: list[str], cut: int) -> bool:
    """Whether a cut before this word would leave half of it: "two hundred | and sixty", "P, E, | T"."""
    after = plain[cut + 1 : cut + 2] if plain[cut] == "and" else plain[cut : cut + 1]
    before = plain[cut - 2] if plain[cut - 1] == "and" and cut > 1 else plain[cut - 1]
    return _counts(before) and all(_counts(word) for word in after)


def _counts(word: str) -> bool:
    """Whether it is part of a number, or a letter that is spelled out."""
    return is_number(word) or (len(word) == 1 and word not in ("a", "i"))


def _may_begin(clause: Clause, words: list[str], plain: list[str], first: int) -> bool:
    """Whether the clause may begin with this word."""
    lead, word = " ".join(plain[:first]).replace("’", "'"), plain[first]
    turned = any(one in _TURNS_SENSE or one.endswith("n't") for one in lead.split())
    # "If you can email it" asks; "if you can email it, I can see to it" does not.
    polite = not turned or (_POLITE.match(lead) is not None and not _SPEAKERS.intersection(plain[first:]))
    if word in _NO_BEGINNING or _takes_back(plain, first) or not polite or _in_a_number(plain, first):
        return False
    if clause.is_question:
        return _ASKS.match(lead) is not None and _SPEAKS.match(lead) is not None
    if any(one[-1] in ",;:" for one in words[: first - 1]):
        return False
    if _PRESENTS.match(lead):
        return word in _ARTICLES | TIME_WORDS | DAY_PARTS or is_number(word)
    rest = len(words) - first
    after_comma = words[first - 1][-1] in ",;:" and rest > LEAST_WORDS
    thing = (
        rest >= _LONG_WORDS and _DOES.match(lead) is not None and not _UNDOES.search(lead) and _is_phrase(plain, first)
    )
    return after_comma or thing or _SPEAKS.match(lead) is not None


def _is_phrase(plain: list[str], first: int) -> bool:
    """Whether a thing begins here, which is a note by itself: "a photo of the statement showing the fee"."""
    word, before = plain[first], plain[first - 1]
    begins = word in _DETERMINERS or (is_number(word) and before not in _DETERMINERS)
    # "I picked my new glasses up": without its verb, "up" hangs in the air.
    hangs = not _OF_VERBS.isdisjoint(plain[first + 1 : first + _WORDS_OF_A_THING])
    return begins and not hangs and before not in _BINDS
