"""What part of speech each word of a clause is: TextBlob's lexicon of 94,000 words, and Brill's rules over neighbours.

Both are files inside the package: no corpus is loaded from anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from textblob import en

NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})
ADJECTIVES = frozenset({"JJ", "JJR", "JJS"})
_OPENERS = frozenset({"IN", "DT", "CC", "RB", "VBG", "VBN", "NNS", "PRP$", "CD", "WRB", "PDT", "EX"})
PARTICIPLES = frozenset({"VBN", "VBD", "VBG"})


def part_of_speech_tags(words: Sequence[str]) -> list[str]:
    """The tag of each word in the Penn Treebank's set; "'s" and "n't" are words of their own."""
    parser = _parser()
    likely = [tag for _, tag in parser.find_tags(list(words))]
    by_rule = [tag for _, tag in parser.lexicon.context.apply([[*pair] for pair in zip(words, likely, strict=True)])]
    return [_mended(*three) for three in zip_longest(likely, by_rule, by_rule[1:], fillvalue="")]


def is_common_word(word: str) -> bool:
    """Whether a word that is no name has this form, in small letters."""
    return word.lower() in _parser().lexicon


def opens_sentences(word: str) -> bool:
    """Whether a word in capitals at the head of a sentence is no name: "According to", "Following", "Fees"."""
    return _parser().lexicon.get(word.lower(), "") in _OPENERS


def _mended(likely: str, tag: str, following: str) -> str:
    """Where Brill's rules, which newspapers taught, go wrong.

    "The quote" has no adjective, "certainly rebook" none, "Texas originally" one name, and "they all call me" a verb.
    """
    if likely.startswith("VB") and tag in NOUNS | ADJECTIVES and following == "PRP":
        return likely
    if tag in ADJECTIVES and likely.startswith("VB") and following not in NOUNS | ADJECTIVES:
        return "NN"
    return likely if likely == "RB" and tag in ADJECTIVES | NOUNS else tag


@cache
def _parser() -> Any:
    """As TextBlob's own, but read at once: that one reads its files when it needs them, and two threads see half."""
    folder = Path(en.__file__).parent
    with (folder / "en-lexicon.txt").open(encoding="utf-8") as words, (folder / "en-context.txt").open() as rules:
        lexicon: Any = en.Lexicon(path=words, context=rules)
        if not (len(lexicon) and len(lexicon.context)):
            raise ImportError("TextBlob has come without its lexicon")
    return en.Parser(lexicon=lexicon, default=("NN", "NNP", "CD"), language="en")
