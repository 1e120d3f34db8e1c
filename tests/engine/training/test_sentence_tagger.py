"""What is learned of calls: that an offer is worth nothing which is refused later, say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.language.sentences import split_sentences
from engine.language.summary.sentence_tagger import SentenceTagger
from engine.runtime.shipped_weights import Weights
from engine.training.sentence_tagger import fit_tagger, read_quotes
from engine.training.written_calls import ASIDE, TRAINED_ON, read_calls

DATA = Path(__file__).parents[2] / "data"
OFFER, REFUSED, FILLER = (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)


def a_call(random: np.random.Generator, *, refused: bool) -> tuple[Weights, Weights]:
    """An offer, some talk, and perhaps a refusal: the offer is worth something unless it is refused."""
    rows = np.array([OFFER, *[FILLER] * int(random.integers(1, 5)), REFUSED if refused else FILLER], dtype=np.float64)
    wanted = np.full((len(rows), 5), np.nan)
    wanted[:, [0, 3]] = 0.0  # what it is worth; none misleads
    wanted[0, 0] = float(not refused)
    return rows, wanted


@pytest.mark.slow
def test_what_comes_later_counts() -> None:
    random = np.random.default_rng(2)
    calls = [a_call(random, refused=bool(at % 2)) for at in range(160)]
    tagger = SentenceTagger(fit_tagger([rows for rows, _ in calls], [wanted for _, wanted in calls]))
    taken, refused = (tagger.roles(np.array([OFFER, FILLER, FILLER, last])).importance[0] for last in (FILLER, REFUSED))
    assert taken > 0.6
    assert refused < 0.3


def test_the_chosen_quotes_are_sentences_of_their_calls() -> None:
    quotes = read_quotes(DATA / "quotes.jsonl")
    calls = {f"{folder}/{call.name}": call for folder in (*TRAINED_ON, ASIDE) for call in read_calls(DATA / folder)}
    assert len(quotes) >= 600
    assert set(quotes) <= set(calls)
    assert sum(bool(chosen.facts) for chosen in quotes.values()) >= 400
    for name, chosen in quotes.items():
        said = {text for segment in calls[name].transcript.segments for text in split_sentences(segment.text)}
        assert chosen.best | chosen.also | chosen.misleading | (chosen.facts or frozenset()) <= said, name
        assert not chosen.best & chosen.misleading, name
        assert chosen.best or chosen.also, name
