"""A Llama as llama.cpp keeps it, in one GGUF file, made a Hugging Face folder: config, weights and tokenizer.

Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md and llama.cpp's convert_hf_to_gguf.py, whose way this
goes back. What is quantized becomes fp32, which is exact; the same file gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import ModelPackError
from engine.models.conversion.weights import WEIGHTS, Tensor, write_float32
from engine.models.progress import Progress

if TYPE_CHECKING:
    from gguf import GGUFReader, ReaderTensor
    from numpy.typing import NDArray

# How each pre-tokenizer that llama.cpp knows by name cuts a text; others are not taken.
_PRE_TOKENIZERS: dict[str, list[dict[str, Any]]] = {
    "smollm": [
        {"type": "Digits", "individual_digits": True},
        {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
    ],
}
_CONTROL_TOKEN = 3
_LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_OTHER_NAMES = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}


def convert_gguf(folder: Path, progress: Progress) -> None:
    """Turn a folder with one GGUF file of a Llama into a Hugging Face one, in place.

    Raises ModelPackError where there is no such file, or it is not of a kind that we know.
    """
    files = list(folder.glob("*.gguf"))
    if len(files) != 1:
        raise ModelPackError(f"the pack has {len(files)} GGUF files instead of one")
    reader = _open(files[0])
    try:
        fields = {name: field.contents() for name, field in reader.fields.items()}
        config, tokenizer = _config(fields), _tokenizer(fields)
        tensors = [_tensor(tensor, config) for tensor in reader.tensors]
    except (KeyError, IndexError, ValueError) as error:
        raise ModelPackError(f"{files[0].name} is not a Llama that can be converted: {error}") from error
    if not any(tensor.name == "lm_head.weight" for tensor in tensors):
        config["tie_word_embeddings"] = True
    with progress.step("converting the weights to fp32", sum(tensor.size_bytes for tensor in tensors)) as advance:
        write_float32(folder / WEIGHTS, sorted(tensors, key=lambda one: one.name), advance)
    _write(folder / "config.json", config)
    _write(folder / "tokenizer.json", tokenizer)
    _write(folder / "tokenizer_config.json", _tokenizer_config(fields))
    files[0].unlink()


def _open(path: Path) -> GGUFReader:
    try:
        from gguf import GGUFReader  # noqa: PLC0415 - comes with the extra `worker`
    except ImportError as error:
        raise ModelPackError("converting this model needs gguf: install vbot-appliance[worker]") from error
    try:
        return GGUFReader(path)
    except (ValueError, IndexError, KeyError, OverflowError) as error:
        raise ModelPackError(f"{path.name} is not a GGUF file, or was cut short") from error


def _config(fields: dict[str, Any]) -> dict[str, Any]:
    if fields["general.architecture"] != "llama":
        raise ModelPackError(f"the GGUF file holds a {fields['general.architecture']} model: only llama can be used")
    heads = fields["llama.attention.head_count"]
    width = fields["llama.embedding_length"]
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": width,
        "intermediate_size": fields["llama.feed_forward_length"],
        "max_position_embeddings": fields["llama.context_length"],
        "num_attention_heads": heads,
        "num_hidden_layers": fields["llama.block_count"],
        "num_key_value_heads": fields["llama.attention.head_count_kv"],
        "head_dim": width // heads,
        "rms_norm_eps": fields["llama.attention.layer_norm_rms_epsilon"],
        "rope_theta": fields["llama.rope.freq_base"],
        "vocab_size": fields["llama.vocab_size"],
        "bos_token_id": fields["tokenizer.ggml.bos_token_id"],
        "eos_token_id": fields["tokenizer.ggml.eos_token_id"],
        "tie_word_embeddings": False,
        "dtype": "float32",
    }


def _tokenizer(fields: dict[str, Any]) -> dict[str, Any]:
    pre_tokenizer = _PRE_TOKENIZERS.get(fields["tokenizer.ggml.pre"])
    if fields["tokenizer.ggml.model"] != "gpt2" or pre_tokenizer is None:
        raise ModelPackError(f"the GGUF file's tokenizer {fields['tokenizer.ggml.pre']} is not known")
    tokens, kinds = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"]
    added = [
        {
            "id": number,
            "content": token,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for number, (token, kind) in enumerate(zip(tokens, kinds, strict=True))
        if kind == _CONTROL_TOKEN
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": pre_tokenizer},
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": {token: number for number, token in enumerate(tokens)},
            "merges": [merge.split(" ", 1) for merge in fields["tokenizer.ggml.merges"]],
        },
    }


def _tokenizer_config(fields: dict[str, Any]) -> dict[str, Any]:
    tokens = fields["tokenizer.ggml.tokens"]
    end = tokens[fields["tokenizer.ggml.eos_token_id"]]
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": tokens[fields["tokenizer.ggml.bos_token_id"]],
        "eos_token": end,
        "pad_token": end,
        "unk_token": tokens[fields["tokenizer.ggml.unknown_token_id"]],
        "chat_template": fields.get("tokenizer.chat_template", ""),
        "model_max_length": fields["llama.context_length"],
        "clean_up_tokenization_spaces": False,
    }


def _tensor(tensor: ReaderTensor, config: dict[str, Any]) -> Tensor:
    name = _name(tensor.name)
    shape = tuple(int(size) for size in reversed(tensor.shape.tolist()))
    heads = {"q_proj": config["num_attention_heads"], "k_proj": config["num_key_value_heads"]}
    of = next((count for part, count in heads.items() if part in name), None)
    size_bytes = 4
    for size in shape:
        size_bytes *= size
    return Tensor(name, shape, size_bytes, "<f4", _values(tensor, shape, of))


def _name(name: str) -> str:
    if name in _OTHER_NAMES:
        return _OTHER_NAMES[name]
    _, number, part, leaf = name.split(".")
    return f"model.layers.{int(number)}.{_LAYER_NAMES[part]}.{leaf}"


def _values(tensor: ReaderTensor, shape: tuple[int, ...], heads: int | None) -> Callable[[], NDArray[Any]]:
    def load() -> NDArray[Any]:
        from gguf import dequantize  # noqa: PLC0415

        values: NDArray[Any] = dequantize(tensor.data, tensor.tensor_type).reshape(shape)
        if heads is None:
            return values
        # llama.cpp turns the two halves of each head's rotation into pairs.
        pairs = values.reshape(heads, shape[0] // heads // 2, 2, *shape[1:])
        return pairs.swapaxes(1, 2).reshape(shape)

    return load


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
