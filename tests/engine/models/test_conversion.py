"""CTranslate2 to Hugging Face: every value at its place, and the configurations that go with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.models import ModelPackError, Silence
from engine.models.conversion.weights import read_safetensors
from engine.models.conversion.whisper_folder import convert_ctranslate2
from tests.engine.models.fakes import CT2_CONFIG, HEADS, WIDTH, ctranslate2_model, tokenizer, whisper_variables


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.bin").write_bytes(ctranslate2_model(whisper_variables()))
    (tmp_path / "config.json").write_text(json.dumps(CT2_CONFIG))
    (tmp_path / "tokenizer.json").write_bytes(tokenizer())
    return tmp_path


def tensors_of(folder: Path) -> dict[str, Any]:
    tensors = read_safetensors(folder / "model.safetensors")
    return {tensor.name: tensor.load().view("<f4").reshape(tensor.shape) for tensor in tensors}


def test_fused_projections_are_taken_apart_in_their_order(folder: Path) -> None:
    source = whisper_variables()
    convert_ctranslate2(folder, Silence())
    tensors = tensors_of(folder)
    query, key, value = np.split(source["decoder/layer_0/self_attention/linear_0/weight"].astype("<f4"), 3)
    np.testing.assert_array_equal(tensors["model.decoder.layers.0.self_attn.q_proj.weight"], query)
    np.testing.assert_array_equal(tensors["model.decoder.layers.0.self_attn.k_proj.weight"], key)
    np.testing.assert_array_equal(tensors["model.decoder.layers.0.self_attn.v_proj.weight"], value)
    key, value = np.split(source["decoder/layer_0/attention/linear_1/bias"].astype("<f4"), 2)
    np.testing.assert_array_equal(tensors["model.decoder.layers.0.encoder_attn.v_proj.bias"], value)
    assert not [name for name in tensors if name.endswith("k_proj.bias")], "Whisper's keys have no bias"


def test_all_weights_are_fp32_and_none_is_lost(folder: Path) -> None:
    convert_ctranslate2(folder, Silence())
    tensors = tensors_of(folder)
    keys_without_bias = 3
    weights = sum(array.size for array in whisper_variables().values() if array.ndim)
    assert sum(array.size for array in tensors.values()) == weights - keys_without_bias * WIDTH
    assert {array.dtype.str for array in tensors.values()} == {"<f4"}


def test_the_configurations_follow_from_the_weights_and_the_tokenizer(folder: Path) -> None:
    convert_ctranslate2(folder, Silence())
    config = json.loads((folder / "config.json").read_text())
    generation = json.loads((folder / "generation_config.json").read_text())
    assert (config["d_model"], config["encoder_layers"], config["decoder_attention_heads"]) == (WIDTH, 1, HEADS)
    assert (config["dtype"], config["decoder_start_token_id"]) == ("float32", 50258)
    assert generation["lang_to_id"] == {"<|en|>": 50259, "<|de|>": 50260}
    assert generation["task_to_id"] == {"transcribe": 50262, "translate": 50261}
    assert generation["no_timestamps_token_id"] == 50266
    assert generation["alignment_heads"] == [[0, 1]]
    assert (generation["suppress_tokens"], generation["begin_suppress_tokens"]) == ([1, 2, 7], [220, 50257])
    assert sorted(path.name for path in folder.iterdir()) == [
        *("config.json", "generation_config.json", "model.safetensors"),
        *("preprocessor_config.json", "tokenizer.json", "tokenizer_config.json"),
    ]


def test_quantised_weights_are_refused(folder: Path) -> None:
    variables = whisper_variables()
    variables["decoder/layer_0/ffn/linear_0/weight"] = np.zeros((16, WIDTH), "i1")
    (folder / "model.bin").write_bytes(ctranslate2_model(variables))
    with pytest.raises(ModelPackError, match="is quantised"):
        convert_ctranslate2(folder, Silence())


def test_a_model_without_one_of_its_parts_is_refused(folder: Path) -> None:
    variables = whisper_variables()
    del variables["encoder/num_heads"]
    (folder / "model.bin").write_bytes(ctranslate2_model(variables))
    with pytest.raises(ModelPackError, match="lacks the variable 'encoder/num_heads'"):
        convert_ctranslate2(folder, Silence())


@pytest.mark.parametrize("kept", [0, 1, 10, 500, 3000])
def test_a_model_that_is_cut_short_is_refused(kept: int, folder: Path) -> None:
    content = (folder / "model.bin").read_bytes()
    (folder / "model.bin").write_bytes(content[:kept])
    with pytest.raises(ModelPackError, match=r"cut short|is empty"):
        convert_ctranslate2(folder, Silence())


def test_a_tokenizer_that_is_not_whispers_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"added_tokens": []}')
    with pytest.raises(ModelPackError, match=r"tokenizer\.json is not Whisper's"):
        convert_ctranslate2(folder, Silence())
