"""The sentiment of one sentence's words, by TextBlob's lexicon and by what people say on the telephone.

TextBlob reads courtesies ("good morning", "thanks for calling", "lovely, I'll put that down") as joy and most
complaints as nothing. So courtesies are taken out, and general phrases of complaint, relief and thanks count beside it.
Sarcasm is out of reach.
"""

from __future__ import annotations

import math
import re

from textblob import TextBlob

# Said by everybody in every mood. "Thank you so much" is more than that, and stays.
_COURTESIES = re.compile(
    r"\b(?:good (?:morning|afternoon|evening|day|bye)(?! with)|goodbye|how (?:can|may) i help|you'?re welcome"
    r"|(?:many )?(?:thank you|thanks|cheers)(?! (?:so|ever|very|a lot) )"
    r"(?: for (?:calling|holding|waiting|ringing|your call|your patience|letting \w+ know|telling \w+))?"
    r"|please|no (?:problem|trouble|worries)|of course|fair enough|right(?: then| you are)?|all right|alright|okay"
    r"|nice to|very good(?=[.,!]|$)|(?:i'?m |so |really )?sorry(?: to(?: keep you(?: waiting)?)?)?|trouble)\b",
    re.IGNORECASE,
)
# "Lovely, I'll change that" acknowledges, and no more.
_ACKNOWLEDGEMENT = re.compile(
    r"^\W*(?:(?:oh|yes|yeah|yep|and|okay|right|ah),?\s+)*"
    r"(?:lovely|perfect|great|brilliant|excellent|good|super|fine|wonderful)\b[,.! ]*(?=\w|$)",
    re.IGNORECASE,
)
# TextBlob gives these a sentiment that they do not have on a call.
_WITHOUT_FEELING = re.compile(
    r"\b((very )?sure|really|actually|just|exactly|dear|love|more|first|last|own|whole|much|many|new|old|main"
    r"|other|same|left|half|behind|flat|dark|grey|green|hard|soft|long|short|full|high|low|big|small|little"
    r"|early|late|able|certain|past|second|cold|mad on)\b",
    re.IGNORECASE,
)
# Found on calls, with what they weigh beside TextBlob's −1 … 1.
_PHRASES: tuple[tuple[float, str], ...] = (
    (
        -0.9,
        r"disgrace\w*|appalling|ridiculous|outrageous|shame on you|disgust\w*|unacceptable|rip-?off|liars?"
        r"|unbelievable|(?:a|absolute) (?:joke|farce|shambles)|what the hell|diabolical|robbed",
    ),
    (
        -0.8,
        r"money back|trading standards|ombudsman|solicitor|small claims|never again|attorney general|lawyer|report you"
        r"|clos(?:e|ing) (?:my|the|our) account|(?:done|finished) with you|business elsewhere",
    ),
    (
        -0.7,
        r"(?:not|isn't|wasn't) good enough|let (?:me|us) down|fed up|sick of|waste of|had enough|complain\w*|useless"
        r"|(?:not|never) (?:paying|going to pay)|(?:i )?won't pay|refuse to|fobbed off|your (?:mistake|fault)",
    ),
    (-0.6, r"not happy|unhappy|furious|angry|upset|annoy\w*|frustrat\w*"),
    (
        -0.5,
        r"take (?:me|us) off|not interested|stop calling|do not call|don't call|cancel (?:it|my|the)|not listening"
        r"|never (?:came|got|arrived|turned up|rang|called)|nobody (?:came|rang|called|told)"
        r"|(?:second|third|fourth|fifth) time"
        r"|don't (?:you )?(?:ever|dare)|how many times|not (?:very )?impressed|not promising|i'm out"
        r"|still (?:not|hasn't)",
    ),
    (-0.4, r"doesn't (?:cover|work|help)|not working|couldn't fix"),
    (
        +0.9,
        r"(?:absolute|total) star|lifesaver|(?:so|very|really) (?:kind|grateful|helpful)|wonderful|marvellous"
        r"|fantastic|you(?:'re| are|'ve been) (?:an? )?(?:absolute |real |total )?"
        r"(?:angel|saint|genius|marvel|godsend|legend|hero|gem|treasure)|thrilled|can't wait",
    ),
    (
        +0.8,
        r"(?:thank you|thanks) so much|thanks (?:ever so much|a lot|a million)|thank you (?:very|ever so) much"
        r"|can't thank you|made (?:my|our) (?:day|week|year|morning)|thanks a bunch|bless you|so (?:happy|pleased|glad)"
        r"|really pleased|cheered me up|great help|owe you",
    ),
    (+0.7, r"brilliant|lovely|perfect|amazing|excellent|delighted|over the moon|relie(?:f|ved)|appreciate"),
    (
        +0.6,
        r"a weight off|been (?:so|very|really) (?:good|calm|kind|helpful|sweet|patient|lovely)|feel a lot better"
        r"|love it"
        r"|(?:that's|that is) (?:so |very |really )?(?:kind|good|decent)(?: of you)?|good of you"
        r"|(?:smashing|splendid|superb|awesome)",
    ),
    (+0.4, r"great"),
)
_PATTERNS = tuple((weight, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)) for weight, pattern in _PHRASES)
_NEGATION = re.compile(
    r"\b(not|no(?! (?:idea|end))|n't|never|hardly|isn't|wasn't|don't|didn't|won't|wouldn't)\W+(\w+\W+){0,3}$", re.I
)


def without_courtesies(sentence: str) -> str:
    """The sentence without what is said in every mood; "" where no word is left."""
    rest = _ACKNOWLEDGEMENT.sub("", _COURTESIES.sub(" ", sentence.replace("’", "'")).strip())
    return rest if re.search(r"\w\w", rest) else ""


def phrase_polarity(sentence: str) -> float:
    """The sentiment, −1 … 1, by telephone phrases and half by TextBlob; the sentence comes without courtesies."""
    score = 0.0
    for weight, pattern in _PATTERNS:
        for match in pattern.finditer(sentence):
            negated = weight > 0 and _NEGATION.search(sentence[: match.start()])
            score += -0.5 * weight if negated else weight
        sentence = pattern.sub(" ", sentence)
    base = float(TextBlob(_WITHOUT_FEELING.sub(" ", sentence)).sentiment.polarity)
    if sentence.rstrip().endswith("?"):  # who asks "Is it a nice one?" is not glad yet
        base = min(0.0, base)
    return max(-1.0, min(1.0, score + 0.5 * base))


def lexicon_features(sentence: str) -> tuple[float, float]:
    """TextBlob's words with a sentiment, negations counted: their mean, and their sum squashed into −1 … 1."""
    sentiment = TextBlob(sentence).sentiment_assessments
    total = sum(assessment[1] for assessment in sentiment.assessments)
    return float(sentiment.polarity), total / math.sqrt(total * total + 1)


def on_the_telephone(sentence: str) -> str:
    """The sentence without the words that TextBlob misreads on a call."""
    return _WITHOUT_FEELING.sub(" ", sentence)
