"""Train the head that reads a party's sentiment from the course of its sentences and the end of the call.

    python -m engine.training.mood tests/data [--models-dir /var/lib/vbot-models] [--judge]

It trains on the parties of the written calls that may be tuned on: 1 where `positive` alone is right, 0 where `neutral`
is, -1 where `negative` is, the mean where several are. Ridge regression in closed form: there is no chance in it;
embeddings of another processor may change the last digits.

`--judge` writes nothing: each tenth of the calls is judged by what the others taught, and the calls kept aside by what
all taught.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from engine.language.embedded_transcript import embed_transcript
from engine.language.sentence_embedding import Embedder
from engine.language.sentiment.call_sentiment import CallSentiment, analyse_sentiment
from engine.language.sentiment.mood_head import WEIGHTS, MoodHead, mood_features
from engine.language.sentiment.sentiment_head import load_sentiment_head
from engine.runtime.shipped_weights import Weights
from engine.training.heads import reached, ridge, train, write_head
from engine.training.written_calls import ReferenceCall
from engine.transcript import Party

_PENALTY = 0.3
_VALUES = {"positive": 1.0, "neutral": 0.0, "negative": -1.0}
_NOTHING = MoodHead(np.zeros(0))


@dataclass(frozen=True)
class Read:
    """A call, and what the head reads of each party whose mood is known."""

    folder: str
    call: ReferenceCall
    sentiment: CallSentiment
    features: list[Weights]
    values: list[float]


def read(folder: str, call: ReferenceCall, embedder: Embedder) -> Read:
    """Everything that does not depend on the weights."""
    sentiment = analyse_sentiment(embed_transcript(call.transcript, embedder), load_sentiment_head(), _NOTHING)
    features, values = [], []
    for party in (Party.CALLER, Party.CALLED):
        expected = call.expected[party.value]
        own = np.array([one.party is party for one in sentiment.embedded.sentences])
        if expected and own.any():
            features.append(mood_features(sentiment.side(own), sentiment.side(~own)))
            values.append(float(np.mean([_VALUES[label] for label in expected])))
    return Read(folder, call, sentiment, features, values)


def fit(calls: list[Read]) -> MoodHead:
    """Ridge regression."""
    table = np.array([features for one in calls for features in one.features])
    values = np.array([value for one in calls for value in one.values])
    return MoodHead(ridge(table, values, np.full(table.shape[1], _PENALTY)))


def right(call: Read, head: MoodHead) -> list[bool]:
    """Whether the overall mood is right, and each party's."""
    sentiment = CallSentiment(call.sentiment.embedded, call.sentiment.scores, head, call.sentiment.options, "")
    expected = call.call.expected
    found = {
        "overall": sentiment.overall(call.call.direction),
        "caller": sentiment.of_party(Party.CALLER),
        "called": sentiment.of_party(Party.CALLED),
    }
    return [mood.label in expected[who] for who, mood in found.items() if expected[who]]


def judge(calls: list[Read], aside: list[Read]) -> None:
    """Print what calls reach that were not learned from."""
    for folder, found in reached(calls, aside, fit, right).items():
        overall, every = [one[0] for one in found if one], [value for one in found for value in one]
        print(f"{folder}: overall {sum(overall)}/{len(overall)}, of all moods {sum(every)}/{len(every)}")


def write(calls: list[Read]) -> None:
    """Write the weights and print their SHA-256 for mood_head.py."""
    how = f"ridge regression in closed form, penalty {_PENALTY:g}"
    write_head(WEIGHTS, {"weights": fit(calls).weights}, len(calls), how)


if __name__ == "__main__":
    sys.exit(train("mood", sys.argv[1:], read, judge, write))
