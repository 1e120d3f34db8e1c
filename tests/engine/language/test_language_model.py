"""The language model reads calls: the same each time, however long they are."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ModelPackError
from engine.language.language_model import INSIDE, MOST_TOKENS, OUTSIDE, LanguageModel, Line, encode, ids_of, parts_of
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


def test_every_sentence_of_a_long_call_is_read(language_model: LanguageModel) -> None:
    said = [(f"This is sentence number {place}.", "And so on.") for place in range(400)]
    lines = [Line((OUTSIDE, INSIDE)[place % 2], sentences) for place, sentences in enumerate(said)]
    read = language_model.read(lines, (OUTSIDE,))
    assert read.sentences.shape == (800, language_model.width)
    assert np.isfinite(read.sentences).all()
    assert language_model.read([], (OUTSIDE,)).sentences.shape == (0, language_model.width)


def test_parts_hold_all_tokens_and_end_at_turns(language_model: LanguageModel) -> None:
    turn = encode(language_model._tokenizer, Line(OUTSIDE, ("Number 12 is the one.", "Not 13.")))
    parts = parts_of([turn] * 500)
    assert sum(len(part) for part in parts) == 500
    assert all(sum(len(one.tokens) for one in part) <= MOST_TOKENS for part in parts)
    ids, ends = ids_of(language_model._tokenizer, [turn])
    assert language_model._tokenizer.decode(ids[: ends[0] + 1]).endswith("Number 12 is the one.")
    endless = encode(language_model._tokenizer, Line(OUTSIDE, ("word " * 5000,)))
    assert len(endless.tokens) == MOST_TOKENS
    assert endless.ends == (MOST_TOKENS - 1,)


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
