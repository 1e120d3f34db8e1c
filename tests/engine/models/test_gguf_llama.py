"""A Llama in one GGUF file becomes a Hugging Face folder; what is none is refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import gguf
import numpy as np
import pytest

from engine.errors import ModelPackError
from engine.models.conversion.gguf_llama import convert_gguf
from engine.models.conversion.weights import read_safetensors
from engine.models.progress import Silence

WIDTH, HEADS, KEY_HEADS, INNER, LAYERS = 32, 4, 2, 64, 2
TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "a", "b", "ab", "Ġ"]


def write_gguf(
    path: Path, *, architecture: str = "llama", pre: str = "smollm", layers: int = LAYERS
) -> dict[str, np.ndarray]:
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(128)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10_000.0)
    writer.add_vocab_size(len(TOKENS))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(TOKENS)
    writer.add_token_types([3, 3, 3, 1, 1, 1, 1])
    writer.add_token_merges(["a b"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    rng = np.random.default_rng(1)
    shapes = {"token_embd": (len(TOKENS), WIDTH), "output_norm": (WIDTH,)}
    for layer in range(layers):
        shapes |= {
            f"blk.{layer}.attn_norm": (WIDTH,),
            f"blk.{layer}.attn_q": (WIDTH, WIDTH),
            f"blk.{layer}.attn_k": (KEY_HEADS * WIDTH // HEADS, WIDTH),
            f"blk.{layer}.attn_v": (KEY_HEADS * WIDTH // HEADS, WIDTH),
            f"blk.{layer}.attn_output": (WIDTH, WIDTH),
            f"blk.{layer}.ffn_norm": (WIDTH,),
            f"blk.{layer}.ffn_gate": (INNER, WIDTH),
            f"blk.{layer}.ffn_up": (INNER, WIDTH),
            f"blk.{layer}.ffn_down": (WIDTH, INNER),
        }
    values = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    for name, array in values.items():
        writer.add_tensor(f"{name}.weight", array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return values


def test_it_becomes_a_folder_with_the_same_numbers_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    contents = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        values = write_gguf(folder / "model.gguf")
        convert_gguf(folder, Silence())
        contents.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert contents[0] == contents[1]
    assert set(contents[0]) == {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    read = read_safetensors(tmp_path / "first" / "model.safetensors")
    tensors = {one.name: one.load().view("<f4").reshape(one.shape) for one in read}
    assert np.array_equal(tensors["model.embed_tokens.weight"], values["token_embd"])
    assert np.array_equal(tensors["model.layers.1.mlp.down_proj.weight"], values["blk.1.ffn_down"])
    # llama.cpp turns halves into pairs: rows 0 and 1 of a head are the first of either half.
    query, head = values["blk.0.attn_q"], WIDTH // HEADS
    assert np.array_equal(tensors["model.layers.0.self_attn.q_proj.weight"][: head // 2], query[0:head:2])
    assert np.array_equal(tensors["model.layers.0.self_attn.q_proj.weight"][head // 2 : head], query[1:head:2])
    config = json.loads(contents[0]["config.json"])
    assert (config["num_hidden_layers"], config["num_key_value_heads"], config["tie_word_embeddings"]) == (2, 2, True)


@pytest.mark.parametrize(
    ("changes", "said"), [({"architecture": "gpt2"}, "only llama"), ({"pre": "llama-bpe"}, "tokenizer llama-bpe")]
)
def test_another_kind_is_refused(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    write_gguf(tmp_path / "model.gguf", **changes)
    with pytest.raises(ModelPackError, match=said):
        convert_gguf(tmp_path, Silence())


@pytest.mark.parametrize("size", [0, 3, 24, 400, 2000])
def test_a_file_that_is_none_or_cut_short_is_one_sentence(tmp_path: Path, size: int) -> None:
    file = tmp_path / "model.gguf"
    write_gguf(file)
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(ModelPackError, match=r"model\.gguf"):
        convert_gguf(tmp_path, Silence())


def test_a_folder_without_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelPackError, match="0 GGUF files"):
        convert_gguf(tmp_path, Silence())
