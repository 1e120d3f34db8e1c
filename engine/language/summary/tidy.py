"""What somebody said, as it may be quoted: words are left out, none is changed, added or moved.

Speech has fillers, repeats, false starts and words that only take the turn ("Right, okay, so, um"). They go; everything
that says something stays, with "no" and "not" first of all, and numbers, which are repeated on purpose.
"""

from __future__ import annotations

import re

_FILLER = re.compile(
    r"(?:,\s*)?\b(?:um+|uh+|uhm|erm|(?<!\d )mm+|hmm+|(?-i:er))\b[,.]?(?=\s|$)"
    r"|,\s*(?:you know|I mean|sort of|kind of|like)(?=,)",
    re.IGNORECASE,
)
# Said to take the turn, at the beginning of a sentence.
_LEADS = re.compile(
    # These say nothing by themselves;
    r"^(?:(?:oh|ah|ooh|aye|well|so|okay|ok|right|all right|alright|yes|yeah|yep|yup|and|but|because|anyway|basically"
    r"|actually|honestly|i mean|you know|let me see|let's see|hang on|hold on|bear with me|one moment|just a moment)\b"
    r"[,.!]*(?:\s+|$)"
    # these only where they stand apart: "Good, then", but "Good Friday".
    r"|(?:now|look|listen|see|sure|of course|absolutely|certainly|lovely|great|perfect|brilliant|good|fine|hi|hello"
    r"|hiya|hey|good (?:morning|afternoon|evening)|morning|afternoon|sorry|please|thanks|thank you|cheers|then)"
    r"[,.!]+(?:\s+|$))+",
    re.IGNORECASE,
)
_SMALL = (
    r"i|i'm|i've|i'd|i'll|the|a|an|to|it|it's|we|we're|we've|you|you're|and|he|she|they|my|your|our|is|in|on|of|for|that's"
    r"|there's|can|could|what|what's|if|but|so|this|that|at|with|was|when|because|do|does|would|will"
)
_REPEAT = re.compile(rf"\b({_SMALL})(?:(?:,|\.\.\.|-|–)*\s+(?!A\b)\1\b(?!['’]))+", re.I)
_TWICE = re.compile(r"\b((?:[\w']+\s){1,4}[\w']+),\s\1\b", re.I)
_NUMBERS = re.compile(
    r"\d[\d.,]*|\b(?:oh|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|double|triple|twenty"
    r"|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|half)\b",
    re.IGNORECASE,
)
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")  # Thai, Lao, Khmer, Japanese, Chinese
_BROKEN_END = " ,-–—…"


def tidy(sentence: str) -> str:
    """The sentence without what says nothing; "" where nothing is left."""
    text = _FILLER.sub("", sentence.strip())
    text = re.sub(r"\s+", " ", text).strip(" ,")
    while (shorter := _REPEAT.sub(r"\1", text)) != text:
        text = shorter
    text = _TWICE.sub(lambda match: match[0] if _NUMBERS.search(match[0]) else match[1], text)
    text = _LEADS.sub("", text.lstrip("-–— ")).strip(" ,-–—")
    text = text.rstrip(_BROKEN_END).removesuffix("...").rstrip(_BROKEN_END)
    if not re.search(r"\w\w", text):
        return ""
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".?!" else text + "."


def is_broken(sentence: str) -> bool:
    """Whether its speaker was cut off, or broke off."""
    return bool(re.search(r"(?:-|–|—|\.\.\.|…)[\"'”]?$", sentence.strip()))


def count_words(text: str) -> int:
    """Its words; where a script has no spaces between them, two characters count as one."""
    return len(text.split()) + len(_UNSPACED.findall(text)) // 2


def count_numbers(text: str) -> int:
    """How many of its words are numbers."""
    return len(_NUMBERS.findall(text))
