"""Train the summary's head: which words of a call hold its facts?

    python -m engine.training.summary tests/data [--models-dir /var/lib/vbot-models] [--judge]

It trains on the written calls that may be tuned on. A word of a fact's `any_of` is worth the share of it that it is,
every other word nothing: small networks (`summary_head`) on the words' vectors (MiniLM, fourth layer) and their
features, by squared error, with dropout. The seeds are fixed, and one thread adds up in one order; the embeddings of
another processor may change the last digits.

`--judge` writes nothing: each tenth of the calls is summarised with what the others taught, and the calls kept aside
with what all taught.
"""

from __future__ import annotations

import re
import sys
from dataclasses import astuple, dataclass

import numpy as np

import engine.runtime.torch_environment  # noqa: F401  # isort: skip  # before torch

import torch
from torch import Tensor, nn

from engine.language.embedded_transcript import EmbeddedTranscript, embed_transcript
from engine.language.keywords.extraction import extract_keywords
from engine.language.keywords.keyword_head import load_keyword_head
from engine.language.sentence_embedding import Embedder
from engine.language.sentences import split_sentences
from engine.language.summary.extractive import summarize
from engine.language.summary.summary_head import TENSORS, WEIGHTS, Network, SummaryHead, features
from engine.language.summary.word_features import Table, tokens_of
from engine.training.heads import reached, train, write_head
from engine.training.written_calls import ASIDE, ReferenceCall, holds

NETWORKS = 3
_HIDDEN = 48
_WORDS_AROUND = 9  # the word itself in their middle
_ROUNDS = 12
_RATE = 2e-3  # of learning, at its height
_DECAY = 1e-2
_DROPPED, _DROPPED_INPUTS = 0.3, 0.1
_SCALE = 50.0  # squared errors of words are small, and gradients are clipped at 1


@dataclass(frozen=True)
class Read:
    """A call as the head sees it, and what each of its words is worth."""

    folder: str
    call: ReferenceCall
    embedded: EmbeddedTranscript
    keywords: dict[str, float]
    features: Table  # [words, features]
    worth: Table  # [words]


def read(folder: str, call: ReferenceCall, embedder: Embedder) -> Read:
    """Everything that does not depend on the weights."""
    embedded = embed_transcript(call.transcript, embedder)
    phrases = extract_keywords(embedded, load_keyword_head())
    said = [tokens_of(sentence, embedder) for sentence in embedded.sentences]
    return Read(folder, call, embedded, phrases, features(embedded, said, phrases, call.direction), worth(call))


def worth(call: ReferenceCall) -> Table:
    """What each word of a call is of its facts: a word of three that hold one, a third."""
    worths = []
    for segment in call.transcript.segments:
        text = " ".join(split_sentences(segment.text)).lower()
        words = [match.span() for match in re.finditer(r"\S+", text)]
        shares = np.zeros((len(call.expected["facts"]), len(words)))
        for index, fact in enumerate(call.expected["facts"]):
            for phrase in fact["any_of"]:
                for match in re.finditer(re.escape(phrase), text):
                    within = [
                        at for at, (start, end) in enumerate(words) if end > match.start() and start < match.end()
                    ]
                    shares[index, within] = np.maximum(shares[index, within], 1 / len(within))
        worths.append(shares.sum(axis=0))
    return np.concatenate(worths)


class _Learner(nn.Module):
    """engine.language.summary.summary_head.Network while it learns."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.read = nn.Linear(width, _HIDDEN)
        self.around = nn.Conv1d(_HIDDEN, _HIDDEN, _WORDS_AROUND, padding=_WORDS_AROUND // 2)
        self.out = nn.Linear(_HIDDEN, 1)
        self.drop, self.drop_inputs = nn.Dropout(_DROPPED), nn.Dropout(_DROPPED_INPUTS)

    def forward(self, table: Tensor) -> Tensor:
        """The worth of a call's words.  # [words, features] → [words]"""
        alone = self.drop(self.read(self.drop_inputs(table)).relu())
        together = self.drop(self.around(alone.T).T.relu())
        worth: Tensor = self.out(alone + together).squeeze(-1)
        return worth

    def learned(self, centre: Table, spread: Table) -> Network:
        """The same for a table as it is, not in units of its spread."""
        read = self.read.weight.detach().double().numpy().T / spread[:, None]
        return Network(
            read,
            self.read.bias.detach().double().numpy() - centre @ read,
            self.around.weight.detach().double().numpy().transpose(2, 1, 0),
            self.around.bias.detach().double().numpy(),  # type: ignore[union-attr]
            self.out.weight.detach().double().numpy()[0],
            self.out.bias.detach().double().numpy(),
        )


def fit(calls: list[Read]) -> SummaryHead:
    """Learn from these calls."""
    return SummaryHead(tuple(_fit(calls, seed) for seed in range(NETWORKS)))


def _fit(calls: list[Read], seed: int) -> Network:
    torch.manual_seed(seed)
    order = np.random.default_rng(seed)
    table = np.concatenate([one.features for one in calls])
    width = calls[0].embedded.vectors.shape[1]
    centre, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    spread[:width] = table[:, :width].std()  # the dimensions of a vector keep their proportions
    tables = [torch.from_numpy((one.features - centre) / spread).float() for one in calls]
    targets = [torch.from_numpy(one.worth).float() for one in calls]
    learner = _Learner(table.shape[1])
    adam = torch.optim.AdamW(learner.parameters(), lr=_RATE, weight_decay=_DECAY)
    pace = torch.optim.lr_scheduler.OneCycleLR(adam, _RATE, total_steps=_ROUNDS * len(calls) + 1)
    for _ in range(_ROUNDS):
        for index in order.permutation(len(calls)):
            adam.zero_grad()
            (_SCALE * nn.functional.mse_loss(learner(tables[index]), targets[index])).backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
            adam.step()
            pace.step()
    return learner.learned(centre, spread)


def facts_held(call: Read, head: SummaryHead) -> tuple[int, int, float]:
    """How many facts its summary holds, of how many, in which share of the words."""
    text = summarize(call.embedded, head, call.keywords, call.call.direction)
    facts = call.call.expected["facts"]
    return sum(holds(text, fact) for fact in facts), len(facts), len(text.split()) / call.call.words


def judge(calls: list[Read], aside: list[Read]) -> None:
    """Print what calls reach that were not learned from."""
    found = reached(calls, aside, fit, facts_held)
    for folder, held in found.items():
        print(f"{folder}: {_line(held)}")
    print(f"all left out: {_line([one for folder, held in found.items() if folder != ASIDE for one in held])}")


def _line(reached: list[tuple[int, int, float]]) -> str:
    held, facts = sum(one[0] for one in reached), sum(one[1] for one in reached)
    share = np.mean([one[2] for one in reached])
    return f"{held}/{facts} = {held / facts:.3f} of the facts in {share:.1%} of the words of {len(reached)} calls"


def write(calls: list[Read]) -> None:
    """Write the weights and print their SHA-256 for summary_head.py."""
    arrays = {
        f"{number}.{name}": array
        for number, network in enumerate(fit(calls).networks)
        for name, array in zip(TENSORS, astuple(network), strict=True)
    }
    write_head(WEIGHTS, arrays, len(calls), f"{NETWORKS} networks by gradient descent, seeds from 0 on")


if __name__ == "__main__":
    sys.exit(train("summary", sys.argv[1:], read, judge, write))
