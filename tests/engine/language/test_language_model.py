"""The language model reads calls: the same each time, however long they are."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelPackError
from engine.language.language_model import (
    CONTEXT_TOKENS,
    INSIDE,
    MOST_TOKENS,
    OUTSIDE,
    Encoded,
    LanguageModel,
    Line,
    encode,
    ids_of,
    windows_of,
)
from engine.models.conversion.gguf_llama import convert_gguf
from engine.models.progress import Silence
from tests.engine.models.test_gguf_llama import write_gguf

CROSS = (
    Line(INSIDE, ("Fell Water, Ann speaking.",)),
    Line(OUTSIDE, ("You have cut me off for the third time.", "Nobody came on Monday, and nobody rang.")),
    Line(INSIDE, ("There is nothing that I can do today.",)),
)
OTHER = (Line(OUTSIDE, ("My water is back, and the man was so kind.",)), Line(INSIDE, ("That's lovely to hear.",)))
pytestmark = pytest.mark.slow


def test_a_call_is_read_the_same_each_time_and_beside_others(language_model: LanguageModel) -> None:
    first = language_model.read(CROSS, (OUTSIDE, INSIDE))
    assert first.sentences.shape == (4, language_model.width)
    with ThreadPoolExecutor(4) as pool:
        again = list(pool.map(lambda lines: language_model.read(lines, (OUTSIDE, INSIDE)), [CROSS, OTHER] * 4))
    for read in again[::2]:
        assert np.array_equal(read.sentences, first.sentences)
        assert all(np.array_equal(read.answers[who], first.answers[who]) for who in (OUTSIDE, INSIDE))
    assert np.array_equal(language_model.read(CROSS, (INSIDE,)).answers[INSIDE], first.answers[INSIDE])


@pytest.mark.long
def test_every_sentence_of_a_long_call_is_read(language_model: LanguageModel) -> None:
    said = [(f"This is sentence number {place}.", "And so on.") for place in range(260)]
    lines = [Line((OUTSIDE, INSIDE)[place % 2], sentences) for place, sentences in enumerate(said)]
    read = language_model.read(lines, (OUTSIDE,))
    assert len(windows_of([turn for line in lines for turn in encode(language_model._tokenizer, line)])) > 1
    assert read.sentences.shape == (520, language_model.width)
    assert np.isfinite(read.sentences).all()
    assert language_model.read([], (OUTSIDE,)).sentences.shape == (0, language_model.width)


@pytest.mark.long
def test_how_a_party_leaves_a_long_call_is_asked_with_all_that_can_be_read_before_it(
    language_model: LanguageModel,
) -> None:
    """Not after the few words alone that happen to be beyond a window."""
    talk = [Line((OUTSIDE, INSIDE)[place % 2], (f"The tile number {place} is in the loft.",)) for place in range(400)]
    read = language_model.read([*talk, *CROSS], (OUTSIDE,)).answers[OUTSIDE]
    of_the_end = windows_of([turn for line in [*talk, *CROSS] for turn in encode(language_model._tokenizer, line)])[-1]
    known = len(of_the_end.turns) - len(CROSS)
    assert sum(len(turn.tokens) for turn in of_the_end.turns) > 0.9 * MOST_TOKENS
    alone = language_model.read([*talk[-known:], *CROSS], (OUTSIDE,)).answers[OUTSIDE]
    assert np.array_equal(read, alone)


def test_a_turn_that_is_longer_than_a_window_is_read_to_its_end(language_model: LanguageModel) -> None:
    sentences = tuple(f"This is sentence number {place}." for place in range(600))
    turns = encode(language_model._tokenizer, Line(OUTSIDE, sentences))
    assert [language_model._tokenizer.decode(turn.tokens[:2]) for turn in turns] == ["Customer:"] * len(turns)
    assert sum(len(turn.ends) for turn in turns) == 600
    assert all(len(turn.tokens) < MOST_TOKENS for turn in turns)
    endless = encode(language_model._tokenizer, Line(OUTSIDE, ("word " * 5000,)))
    assert endless == [Encoded(endless[0].tokens[:MOST_TOKENS], (MOST_TOKENS - 1,))]


@pytest.mark.parametrize("lengths", [[7] * 500, [7] * 1200, [3000, 60, 60, 3000, 5], [2048] * 4, [3072] * 3, [40], []])
def test_windows_hold_each_turn_once_with_what_was_said_before_it(lengths: list[int]) -> None:
    turns = [Encoded((place,) * length, (length - 1,)) for place, length in enumerate(lengths)]
    windows = windows_of(turns)
    assert [turn for window in windows for turn in window.turns[window.context :]] == turns
    for before, window in pairwise(windows):
        assert window.turns[: window.context] == [*before.turns][len(before.turns) - window.context :]
    sizes = [[len(turn.tokens) for turn in window.turns] for window in windows]
    assert all(sum(size) <= MOST_TOKENS for size in sizes)
    if set(lengths) == {7} and len(windows) > 1:
        assert sum(sizes[-1]) > MOST_TOKENS - 7
        assert all(
            sum(size[: one.context]) > CONTEXT_TOKENS - 7 for one, size in zip(windows[1:], sizes[1:], strict=True)
        )


def test_sentences_end_where_their_words_end(language_model: LanguageModel) -> None:
    ids, ends = ids_of(
        language_model._tokenizer, encode(language_model._tokenizer, Line(OUTSIDE, ("It's 12.", "Not 13.")))
    )
    assert language_model._tokenizer.decode(ids[: ends[0] + 1]).endswith("It's 12.")
    assert language_model._tokenizer.decode(ids[: ends[1] + 1]).endswith("Not 13.")


def test_digits_are_read_one_by_one(language_model: LanguageModel) -> None:
    """As the model was trained; transformers' own conversion of its tokenizer forgets that."""
    assert len(language_model._tokenizer.encode("4711", add_special_tokens=False).ids) == 4


def test_what_is_no_model_is_refused_in_one_sentence(tmp_path: Path) -> None:
    unlikely = {"model_type": "llama", "hidden_size": 64, "num_attention_heads": 9}
    for config in (json.dumps(unlikely), "{", "{}"):
        (tmp_path / "config.json").write_text(config)
        with pytest.raises(ModelPackError, match=r"no language model that can be loaded|are read by smollm2-135m"):
            LanguageModel(tmp_path, "cpu")


def test_each_model_has_a_fingerprint_of_its_own(tmp_path: Path, language_model: LanguageModel) -> None:
    write_gguf(tmp_path / "model.gguf", layers=18)
    convert_gguf(tmp_path, Silence())
    other = LanguageModel(tmp_path, "cpu")
    assert other.fingerprint != language_model.fingerprint
    assert other.fingerprint == LanguageModel(tmp_path, "cpu").fingerprint
