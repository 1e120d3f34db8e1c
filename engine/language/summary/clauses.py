"""The clauses of a transcript: the smallest pieces that a reader still understands, without padding."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.language.embedded_transcript import EmbeddedTranscript
from engine.language.lexicon import is_number, plain
from engine.transcript import Party

WORD = re.compile(r"[\w'’-]+")
_LEAST_WORDS = 4  # a piece of fewer words stays with its neighbour
_PRONOUN = r"(?:i|we|you|he|she|it|they|that|there|this|the|my|your|his|her|our)(?:['’]\w+)?\b"
_CUT = re.compile(rf"(?<=[,;:–—])\s+|\s+(?=(?:and|but|so|because|['’]cause)\s+{_PRONOUN})", re.IGNORECASE)
# What hangs on what comes next.
_DEPENDENT = re.compile(
    r"(?:(?:and|but|so)\s+)?(?:if|when|unless|once|as|after|before|while|since|although)\b", re.IGNORECASE
)
# What hangs on what came before, at the end of a sentence: "you get it back, if it is unused".
_CONDITION = re.compile(
    r"(?:(?:and|but|so)\s+)?(?:only\s+)?(?:if|unless|until|till|except|provided|providing|(?:as|so)\s+long\s+as)\b",
    re.IGNORECASE,
)
# With the quotation marks after it, in any language.
_STOPPED = re.compile(r"[.!?…。！？।؟]['\"’”»」)]*$")
# "No" before a comma answers; before anything else it denies ("no charge for it"). "Oh" before a digit is one.
_DIGIT = r"(?:oh|zero|one|two|three|four|five|six|seven|eight|nine|double|treble)\b"
_OPENING = re.compile(
    rf"^(?:(?:(?:oh(?!\s+{_DIGIT})|uh|um|erm|er|well|so|then|yeah|yes|okay|ok|right|and|but|because|['’]cause|hi|hello|hey"
    r"|sorry(?!\s+(?:to|about|for|that|i))|like|ah|now)\b[,.!]?|no[,.!])\s+)+",
    re.IGNORECASE,
)
_HESITATION = re.compile(r",?\s+\b(?:uh|um|erm|er)\b,?(?=\s)", re.IGNORECASE)
_CLOSING = re.compile(
    r",?\s*\b(?:i['’]m afraid|to be honest|if i['’]m honest|i suppose|you know|you see|really|actually|basically"
    r"|honestly|at all|isn['’]t it|isn['’]t she|aren['’]t you|don['’]t you|do you|have i|or anything|if you like|please"
    r"|as well|though)(?=[.?!]?$)",
    re.IGNORECASE,
)
# What was begun again after a stop: "there's a, a big chunk".
_BEGUN = re.compile(
    r"\b(?:an?|the|my|your|its?|of|to|for|with|and|or|is|was|like|\w+['’](?:s|m|ve|re|ll|d))[,;]$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause, the sentence it is of (an index), its words as the vocabulary has them."""

    text: str
    sentence: int
    party: Party
    place: float  # of its sentence: 0 = start of the call, 1 = end
    words: tuple[str, ...]
    length: int  # in words as they are counted by white space
    is_question: bool
    at: tuple[int, ...]  # where its words stand in the sentence, by white space; fewer than they are if unclear


def clauses(embedded: EmbeddedTranscript) -> list[Clause]:
    """Every clause in time order; what was broken off, and what is nothing but padding, is left out."""
    found: list[Clause] = []
    for index, sentence in enumerate(embedded.sentences):
        text = _without_padding(sentence.text)
        bare_words, reached = [bare(word) for word in sentence.text.split()], 0
        for piece in _pieces(text):
            tidy = _readable(piece)
            if tidy:
                at = _places(tidy, bare_words, reached)
                reached = at[-1] + 1 if at else reached
                found.append(
                    Clause(
                        text=tidy,
                        sentence=index,
                        party=sentence.party,
                        place=sentence.place,
                        words=tuple(plain(word) for word in WORD.findall(tidy)),
                        length=len(tidy.split()),
                        is_question=text.endswith("?"),
                        at=at,
                    )
                )
    return found


def bare(word: str) -> str:
    """A word as it is compared with others: without punctuation and capitals."""
    return re.sub(r"[^\w'’-]", "", word).strip("'’").lower()


def _places(text: str, bare_words: list[str], start: int) -> tuple[int, ...]:
    """Where the words of a clause stand among those of its sentence; padding between them is passed over."""
    places = []
    for word in text.split():
        found = next((at for at in range(start, len(bare_words)) if bare_words[at] == bare(word)), None)
        if found is not None:
            places.append(found)
            start = found + 1
    return tuple(places)


def _without_padding(text: str) -> str:
    """Without "um" and the small change a spoken sentence opens with; nothing of one that was broken off."""
    if text.endswith(("-", "–", "—")):
        return ""
    return _HESITATION.sub("", _OPENING.sub("", text)).strip(" ,-")


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for piece in _CUT.split(text):
        if pieces and _CONDITION.match(piece) and not piece.endswith(","):
            pieces[-1] += f" {piece}"
            continue
        few = pieces and min(len(piece.split()), len(pieces[-1].split())) < _LEAST_WORDS
        if pieces and (few or _hangs(pieces[-1]) or _in_a_number(pieces[-1], piece)):
            pieces[-1] += f" {piece}"
        elif piece.strip():
            pieces.append(piece)
    return pieces


def _in_a_number(before: str, after: str) -> bool:
    """Whether a cut here would leave half of it: "two thousand, | eight hundred"."""
    return all(is_number(bare(word)) for word in (before.split()[-1:] + after.split()[:1]))


def _hangs(piece: str) -> bool:
    """Whether it is but the beginning: "If it still leaks," or "There's a," """
    if _BEGUN.search(piece):
        return True
    return piece.endswith(",") and "," not in piece[:-1] and _DEPENDENT.match(piece) is not None


def _readable(piece: str) -> str:
    """A clause as a sentence of its own: with a capital and a stop."""
    text = _CLOSING.sub("", _OPENING.sub("", piece)).strip(" ,;:–—")
    if not WORD.search(text):
        return ""
    stop = "" if _STOPPED.search(text) else "."
    return f"{text[:1].upper()}{text[1:]}{stop}"
