"""What a claim says beyond its words: that something is denied, is the reason of something, or was promised.

Each is looked up clause by clause, for a call denies, explains and promises many things: what counts is whether the
clause that says the same does so, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import zip_longest

from engine.language.embedded_transcript import Sentence

Stems = Callable[[str], set[str]]

_NEGATION = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|neither|nor|cannot|without|unable|unavailable|refus\w+|declin\w+"
    r"|den(?:y|ied)|reject\w*|\w+n['’]t|un(?:happy|resolved|willing|successful\w*|paid|aware))\b",
    re.IGNORECASE,
)
# In speech these deny as well as a "not": what is over, is missing, or falls short.
_SPOKEN_DENIAL = re.compile(
    r"\b(?:fail\w*|lost|broken?|gone|stopped|stops|over|only|short|too|hardly|barely|out of|run out|shut|closed|nope"
    r"|nah|instead|rather|sooner|missing|cancel\w*|until|till|afraid|less|still)\b",
    re.IGNORECASE,
)
# They deny nothing that is told: politeness, and what is asked for assent.
_POLITE = re.compile(
    r"\b(?:no (?:problem|worries|rush|bother|trouble|hurry|doubt)|not (?:at all|to worry|only)|don['’]t (?:worry|mind)"
    r"|why not|if (?:you|that|it) (?:do|does)n['’]t|do you not"
    r"|(?:is|are|was|do|does|did|have|has|wo|would|ca|could)n['’]t (?:it|you|they|he|she|we|i))\b|^\W*no[,.]",
    re.IGNORECASE,
)
# Of itself such a sentence denies nothing, but it answers no.
_REFUSAL = re.compile(
    r"^\W*no[,.](?!\W*(?:no|don['’]t) (?:problem|worries|rush|bother|trouble|hurry|worry|mind)\b)", re.I
)
_CLAUSE = re.compile(
    r"[,;:.–—]\s+|\s+(?=(?:and|but|because|since|although|though|so that|so|while|which|who|as|that|if|when|until)\s)",
    re.IGNORECASE,
)
_CAUSE = re.compile(r"\b(?:because|due to|owing to|as a result|caused by|led to|, (?:as|since|so))\b", re.IGNORECASE)
_PROMISE = re.compile(r"\b(?:promis\w+|assur\w+|agreed|arranged|accepted|offered|approved)\b", re.IGNORECASE)
_SPOKEN_PROMISE = re.compile(
    r"\b(?:i['’]ll|we['’]ll|you['’]ll|he['’]ll|she['’]ll|they['’]ll|it['’]ll|will|i can|we can|i could|we could|could"
    r"|i['’]d|shall|going to|gonna|let me|i['’]m \w+ing|i['’]ve|done|booked|yes|yeah|okay|ok|sure|fine|please|deal"
    r"|go (?:on|ahead)|do that|lovely|perfect|great)\b",
    re.IGNORECASE,
)
_LEAST_REASON = 0.34  # of the words of a reason, that some sentences in a row say
_LEAST_PROMISE = 0.67  # of those of a promise
_SAME = 0.67  # of what the sentence shares with a clause that shares most: it is about the same
_SHORT = 20  # words: in so short a sentence a "not" is about all of it


def clauses(text: str) -> list[str]:
    """The clauses of a sentence; at least one."""
    return [part for part in _CLAUSE.split(text) if part and part.strip()] or [text]


def denies(text: str) -> bool:
    """Whether it says that something is not."""
    return bool(_NEGATION.search(_POLITE.sub(" ", text)))


def unsaid_denials(claim: str, said: Sequence[Sentence], stems: Stems) -> list[str]:
    """A "not" in a clause of the claim, where neither what says most of it nor an answer to that has one."""
    for clause in clauses(claim):
        if not denies(clause):
            continue
        words = stems(clause)
        shared = [len(words & stems(one.text)) for one in said]
        about = [at for at, share in enumerate(shared) if share >= _SAME * max(shared)]
        answers = [at + step for at in about if said[at].text.rstrip().endswith("?") for step in (1, 2)]
        texts = [said[at].text for at in {*about, *answers} if at < len(said)]
        if not any(denies(text) or _REFUSAL.search(text) or _SPOKEN_DENIAL.search(text) for text in texts):
            return ["nobody denies it there"]
    return []


def is_denied(claim: str, sentence: Sentence, stems: Stems) -> bool:
    """Whether a sentence says that a claim is not so: a short one, or the clause that says most of the claim."""
    if sentence.words <= _SHORT:
        return denies(sentence.text)
    words = stems(claim)
    said = clauses(sentence.text)
    shared = [len(words & stems(clause)) for clause in said]
    return denies(said[shared.index(max(shared))])


def unsaid_reasons(claim: str, said: Sequence[Sentence], stems: Stems) -> list[str]:
    """A word such as "because" or "led to", behind which stands a reason, or a consequence, that nobody says."""
    found = _CAUSE.search(claim)
    return ["nobody gives this reason"] if found and not _says(stems(claim[found.end() :]), said, stems) else []


def unsaid_promises(claim: str, said: Sequence[Sentence], stems: Stems) -> list[str]:
    """A promise that nobody makes in words of promising."""
    found = _PROMISE.search(claim)
    if not found:
        return []
    words = stems(claim[found.end() :])
    for first, second in zip_longest(said, said[1:]):
        text = f"{first.text} {second.text if second else ''}"
        if _SPOKEN_PROMISE.search(text) and len(words & stems(text)) >= _LEAST_PROMISE * len(words):
            return []
    return ["nobody promises it there"]


def _says(words: set[str], said: Sequence[Sentence], stems: Stems) -> bool:
    """Whether three sentences in a row say enough of some words."""
    texts = [" ".join(one.text for one in said[at : at + 3]) for at in range(len(said))]
    return any(len(words & stems(text)) >= _LEAST_REASON * len(words) for text in texts)
