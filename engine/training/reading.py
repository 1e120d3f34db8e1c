"""Train what reads a call's moods, and what a note of it should quote, from the states of the language model.

    python -m engine.training.reading tests/data [--models-dir /var/lib/vbot-models] [--judge] [--cache FOLDER]

Moods: regularized logistic regression on standardized states, the standardization folded into the weights; all
moods count alike. Sentences: `sentence_tagger.py`. The model reads each call once, which takes a second or two;
`--cache` keeps what it made of them. `--judge` writes nothing: each folder is judged by what the others taught, and
the calls kept aside by what all taught.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from engine.language.embedded_transcript import EmbeddedTranscript, Sentence, embed_transcript
from engine.language.language_model import INSIDE, OUTSIDE, LanguageModel
from engine.language.names import party_names
from engine.language.reading import MOODS, TAGGER, WEIGHTS, party_features, read_states, speaking_parties
from engine.language.sentence_embedding import Embedder
from engine.language.sentiment.call_sentiment import analyse_sentiment
from engine.language.sentiment.mood_head import load_mood_head
from engine.language.sentiment.sentiment_head import load_sentiment_head
from engine.language.summary.note import MAIN_FACTS, write_note
from engine.language.summary.sentence_tagger import SentenceTagger, tagger_features
from engine.models import open_pack
from engine.models.catalogue import ALL_MINILM_L6_V2, SMOLLM2_135M
from engine.parties import outside_party
from engine.runtime.shipped_weights import Weights
from engine.training.heads import write_head
from engine.training.sentence_tagger import Quotes, fit_tagger, read_quotes
from engine.training.written_calls import (
    ASIDE,
    KEPT_ASIDE,
    RECOGNIZED,
    RECOGNIZED_ASIDE,
    TRAINED_ON,
    ReferenceCall,
    holds,
    read_calls,
)

_MOOD_C = 0.004  # the inverse of regularization
_REASON, _OUTCOME = {"reason"}, {"agreed", "next"}  # of the tags that writers gave to turns
_MOST_WEIGHT = 4.0  # of a rare mood


@dataclass(frozen=True)
class Read:
    """A call, and what the heads read of it."""

    folder: str
    call: ReferenceCall
    embedded: EmbeddedTranscript
    sentences: Weights  # [sentences, features]
    # [sentences, 5]: what it is worth in a note, 1 where it says why the call is made, or what came of it, where it
    # misleads, and where it holds a main fact; NaN where nobody said
    wanted: Weights
    moods: dict[str, Weights]  # of whom the model was asked about: [features]
    labels: dict[str, list[int]]  # of the same: which moods are right


@dataclass(frozen=True)
class Linear:
    """The head of a mood: a row for each output."""

    weight: Weights  # [outputs, features]
    bias: Weights  # [outputs]

    def logits(self, features: Weights) -> Weights:
        result: Weights = features @ self.weight.T + self.bias
        return result


@dataclass(frozen=True)
class Heads:
    """All that was learned: the moods of whom the model was asked about, and the network that tags sentences."""

    moods: dict[str, Linear]
    tagger: dict[str, Weights]


@dataclass(frozen=True)
class Sources:
    """What calls are read with."""

    model: LanguageModel
    embedder: Embedder
    quotes: dict[str, Quotes]
    cache: Path | None


def read(folder: str, call: ReferenceCall, sources: Sources) -> Read:
    """Everything that does not depend on the heads."""
    embedded = embed_transcript(call.transcript, sources.embedder)
    kept = None if sources.cache is None else sources.cache / f"{folder}-{call.name}-{_digest(embedded)}.npz"
    parties = speaking_parties(embedded, call.direction)
    if kept is not None and kept.is_file():
        arrays = np.load(kept)
        states, answers = arrays["states"], {who: arrays[who] for who in parties.values()}
    else:
        found = read_states(sources.model, embedded, call.direction, parties.values())
        states, answers = found.sentences, found.answers
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            np.savez(kept, allow_pickle=False, states=states, **answers)
    scored = analyse_sentiment(embedded, load_sentiment_head(), load_mood_head(), parties=frozenset(parties))
    quotes = sources.quotes.get(f"{folder}/{call.name}")
    wanted = [_wanted(one, call, quotes) for one in embedded.sentences]
    labels = {}
    for party, who in parties.items():
        overall = call.expected["overall"] if party is outside_party(call.direction) else []
        labels[who] = [MOODS.index(mood) for mood in overall or call.expected[party.value]]
    return Read(
        folder,
        call,
        embedded,
        tagger_features(embedded, call.direction, states.astype(np.float64)),
        np.array(wanted, dtype=np.float64).reshape(len(embedded.sentences), -1),
        {who: party_features(scored, party, answers[who], states) for party, who in parties.items()},
        labels,
    )


def _digest(embedded: EmbeddedTranscript) -> str:
    """Of the sentences: what was kept of others fits no more."""
    return hashlib.sha256("\n".join(one.text for one in embedded.sentences).encode()).hexdigest()[:12]


def _wanted(sentence: Sentence, call: ReferenceCall, quotes: Quotes | None) -> list[float]:
    tags = call.tags[sentence.segment]
    facts = call.expected["facts"][:MAIN_FACTS]
    if quotes is not None and quotes.facts is not None:
        main = float(sentence.text in quotes.facts)
    else:
        main = float(any(holds(sentence.text, fact) for fact in facts)) if facts else np.nan
    worth, misleads = (np.nan, np.nan) if quotes is None else quotes.wanted(sentence)
    reason, outcome = (np.nan if tags is None else float(bool(names & set(tags))) for names in (_REASON, _OUTCOME))
    return [worth, reason, outcome, misleads, main]


def fit(calls: list[Read]) -> Heads:
    """All heads."""
    labelled = [call for call in calls if len(call.wanted) and not np.isnan(call.wanted).all()]
    tagger = fit_tagger([call.sentences for call in labelled], [call.wanted for call in labelled])
    moods = {}
    for who in (OUTSIDE, INSIDE):
        known = [(call.moods[who], mood, call.labels[who]) for call in calls for mood in call.labels.get(who, [])]
        of_calls = np.array([mood for _, mood, _ in known])
        shares = np.array([1 / len(labels) for _, _, labels in known])
        counts = np.array([shares[of_calls == mood].sum() for mood in range(len(MOODS))])
        weights = shares * np.minimum(_MOST_WEIGHT, counts.sum() / len(MOODS) / np.maximum(counts, 1))[of_calls]
        moods[who] = _logistic(np.array([features for features, _, _ in known]), of_calls, weights)
    return Heads(moods, tagger)


def _logistic(table: Weights, classes: Weights, weights: Weights) -> Linear:
    mean, spread = table.mean(axis=0), np.maximum(table.std(axis=0), 1e-6)
    model = LogisticRegression(C=_MOOD_C, max_iter=2000)
    model.fit((table - mean) / spread, classes, sample_weight=weights)
    weight = model.coef_ / spread
    bias = model.intercept_ - weight @ mean
    every = Linear(np.zeros((len(MOODS), table.shape[1])), np.full(len(MOODS), -9.0))  # a mood that nobody has
    every.weight[model.classes_.astype(int)], every.bias[model.classes_.astype(int)] = weight, bias
    return every


def predicted(call: Read, heads: Heads) -> tuple[list[tuple[int, list[int]]], float]:
    """The outside party's mood with those that are right, and the share of the main facts that the note holds."""
    moods = []
    if call.labels.get(OUTSIDE):
        moods = [(int(heads.moods[OUTSIDE].logits(call.moods[OUTSIDE]).argmax()), call.labels[OUTSIDE])]
    roles = SentenceTagger(heads.tagger).roles(call.sentences)
    names = party_names(call.call.transcript.segments, call.call.direction)
    note = write_note(call.embedded.sentences, roles, names, call.call.direction, "positive")
    facts = [holds(note.text, fact) for fact in call.call.expected["facts"][:MAIN_FACTS]]
    return moods, float(np.mean(facts)) if facts else np.nan


def judge(calls: list[Read], aside: list[Read]) -> None:
    """Print what is reached on calls that were not learned from."""
    for folder in dict.fromkeys(call.folder for call in calls):
        own = [call for call in calls if call.folder == folder]
        heads = fit([call for call in calls if call.folder != folder])
        _print(f"{folder}, left out", [predicted(call, heads) for call in own])
    heads = fit(calls)
    for folder in dict.fromkeys(call.folder for call in aside):
        _print(folder, [predicted(call, heads) for call in aside if call.folder == folder])


def _print(name: str, found: list[tuple[list[tuple[int, list[int]]], float]]) -> None:
    moods = [mood for one, _ in found for mood in one]
    table = np.zeros((len(MOODS), len(MOODS)), dtype=int)
    for mood, labels in moods:
        table[mood if mood in labels else labels[0], mood] += 1
    right = sum(mood in labels for mood, labels in moods)
    shares = [share for _, share in found if not np.isnan(share)]
    facts = np.mean(shares) if shares else np.nan
    print(f"{name}: moods {right}/{len(moods)} {table.tolist()}, main facts {facts:.3f}")


def main(given: list[str]) -> int:
    """The program."""
    parser = argparse.ArgumentParser(prog="python -m engine.training.reading")
    parser.add_argument("calls", type=Path, help="the folder of the written calls: tests/data")
    parser.add_argument("--models-dir", type=Path, default=Path("/var/lib/vbot-models"))
    parser.add_argument("--judge", action="store_true", help="write nothing: judge calls by what the others taught")
    parser.add_argument("--cache", type=Path, help="a folder for what the model made of each call")
    options = parser.parse_args(given)
    torch.set_num_threads(1)  # which adds up in one order
    sources = Sources(
        LanguageModel(open_pack(SMOLLM2_135M.name, options.models_dir), "cpu"),
        Embedder(open_pack(ALL_MINILM_L6_V2.name, options.models_dir), "cpu"),
        read_quotes(options.calls / "quotes.jsonl"),
        options.cache,
    )
    folders = {"learned": (*TRAINED_ON, ASIDE, RECOGNIZED), "aside": (*KEPT_ASIDE, RECOGNIZED_ASIDE)}
    calls = {
        name: [read(folder, call, sources) for folder in own for call in read_calls(options.calls / folder)]
        for name, own in folders.items()
    }
    if options.judge:
        judge(calls["learned"], calls["aside"])
        return 0
    heads = fit(calls["learned"])
    moods = {f"{name}.{part}": getattr(head, part) for name, head in heads.moods.items() for part in ("weight", "bias")}
    arrays = moods | {f"{TAGGER}{name}": array for name, array in heads.tagger.items()}
    how = (
        f"{ASIDE} and {RECOGNIZED}, read by {SMOLLM2_135M.name}; moods by logistic regression, C {_MOOD_C:g}; "
        "sentences by what readers chose (quotes.jsonl), a network"
    )
    write_head(WEIGHTS, arrays, len(calls["learned"]), how)
    print(f"fingerprint of the model: {sources.model.fingerprint}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
