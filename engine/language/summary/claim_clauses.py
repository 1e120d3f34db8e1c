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
# In speech these deny as well as a "not" what their own clause is about. Not "over", "only", "still" and the like.
_SPOKEN_DENIAL = re.compile(
    r"\b(?:fail\w*|broken?|gone|stopped|stops|hardly|barely|out of|run out|shut|closed|nope|nah|missing|cancel\w*)\b",
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
_REGRET = re.compile(r"\b(?:afraid|sorry|unfortunately)\b", re.IGNORECASE)
_OPENS = re.compile(r"\s*(?:and|but|because|since|although|though|so|while|which|who|if|when|until)\b", re.IGNORECASE)
_ASSENT = re.compile(r"\W*(?:yes|yeah|yep|sure|of course|certainly|absolutely|correct)\b", re.IGNORECASE)
_TWICE = re.compile(r"\b(?:twice|(?:two|2) times)\b", re.IGNORECASE)
_SAID_TWICE = re.compile(r"\b(?:twice|(?:two|2|both) times|second (?:time|one)|again)\b", re.IGNORECASE)
_BOTH = re.compile(r"\bboth(?: (?P<each>[^,.;]+? and [^,.;]+))?", re.IGNORECASE)
_SAID_BOTH = re.compile(r"\b(?:both|two|2|pair|couple|either|neither|each)\b", re.IGNORECASE)
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
_HEAD = 3  # words, that name the second of two things
_SHORT = 20  # words: in so short a sentence a "not" is about all of it


def clauses(text: str) -> list[str]:
    """The clauses of a sentence; at least one."""
    return [part for part in _CLAUSE.split(text) if part and part.strip()] or [text]


def denies(text: str) -> bool:
    """Whether it says that something is not."""
    return bool(_NEGATION.search(_POLITE.sub(" ", text)))


def unsaid_denials(claim: str, said: Sequence[Sentence], stems: Stems) -> list[str]:
    """A "not" in a clause of the claim, where neither a clause that says most of it nor an answer to that has one."""
    for clause in clauses(claim):
        if not denies(clause):
            continue
        words = stems(clause)
        shared = [len(words & stems(one.text)) for one in said]
        about = [at for at, share in enumerate(shared) if share >= _SAME * max(shared)]
        spoken = [pair for at in about for pair in _with_bare(clauses(said[at].text), stems)]
        most = max(len(words & stems(part)) for part, _ in spoken)
        same = [(part, near) for part, near in spoken if len(words & stems(part)) >= _SAME * most]
        asked = [at for at in about if said[at].text.rstrip().endswith("?")]
        answers = [said[at + step].text for at in asked for step in (1, 2) if at + step < len(said)]
        if not (
            any(denies(near) or _denies_in_speech(part, clause) for part, near in same)
            or any(not _ASSENT.match(text) and (denies(text) or _REFUSAL.search(text)) for text in answers)
        ):
            return ["nobody denies it there"]
    return []


def _with_bare(parts: Sequence[str], stems: Stems) -> list[tuple[str, str]]:
    """Each clause, by itself and with those beside it that say nothing of their own: "I can't, I'm afraid, pay it"."""
    found = []
    for at, part in enumerate(parts):
        first, last = at, at + 1
        while first and not _OPENS.match(parts[first]) and not stems(_REGRET.sub(" ", parts[first - 1])):
            first -= 1
        while last < len(parts) and not _OPENS.match(parts[last]) and not stems(_REGRET.sub(" ", parts[last])):
            last += 1
        found.append((part, ", ".join(parts[first:last])))
    return found


def _denies_in_speech(text: str, clause: str) -> bool:
    """Whether it denies without a "not", and with another word than the clause itself denies: "not closed"."""
    told = clause.lower()
    return any(one[0].lower() not in told for one in _SPOKEN_DENIAL.finditer(text))


def is_denied(claim: str, sentence: Sentence, stems: Stems) -> bool:
    """Whether a sentence says that a claim is not so: a short one, or the clause that says most of the claim."""
    if sentence.words <= _SHORT:
        return denies(sentence.text)
    words = stems(claim)
    said = clauses(sentence.text)
    shared = [len(words & stems(clause)) for clause in said]
    return denies(said[shared.index(max(shared))])


def unsaid_counts(claim: str, main: Sequence[Sentence], said: Sequence[Sentence], stems: Stems) -> list[str]:
    """A "twice" that is not said in what the claim stands on, and a "both" where there are not two."""
    faults = []
    if _TWICE.search(claim) and not any(_SAID_TWICE.search(one.text) for one in main):
        faults.append("twice is not said there")
    both = _BOTH.search(claim)
    if both and not any(_SAID_BOTH.search(one.text) for one in said):
        text = stems(" ".join(one.text for one in said))
        first, _, second = (both["each"] or "").partition(" and ")
        if not stems(first) & text or not stems(" ".join(second.split()[:_HEAD])) & text:
            faults.append("both is not said there")
    return faults


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
