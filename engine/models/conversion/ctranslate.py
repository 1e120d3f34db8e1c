"""CTranslate2's Whisper: its file read as variables, and those as Hugging Face's tensors and configuration."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import Any

from engine.errors import ModelPackError
from engine.models.conversion.weights import Tensor, load_values

# CTranslate2's DataType → numpy's. The whole numbers are quantised weights, or options of the model.
_TYPES = {0: "<f4", 1: "i1", 2: "<i2", 3: "<i4", 4: "<f2", 5: "bf16"}
_VERSIONS = (5, 6)

_LAYER_NAMES = {
    "self_attention/layer_norm": "self_attn_layer_norm",
    "self_attention/linear_1": "self_attn.out_proj",
    "attention/layer_norm": "encoder_attn_layer_norm",
    "attention/linear_0": "encoder_attn.q_proj",
    "attention/linear_2": "encoder_attn.out_proj",
    "ffn/layer_norm": "final_layer_norm",
    "ffn/linear_0": "fc1",
    "ffn/linear_1": "fc2",
}
# CTranslate2 stacks these projections into one matrix.
_FUSED_NAMES = {
    "self_attention/linear_0": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "attention/linear_1": ("encoder_attn.k_proj", "encoder_attn.v_proj"),
}
_STEM_NAMES = {
    "encoder/conv1": "model.encoder.conv1",
    "encoder/conv2": "model.encoder.conv2",
    "encoder/layer_norm": "model.encoder.layer_norm",
    "decoder/layer_norm": "model.decoder.layer_norm",
    "encoder/position_encodings/encodings": "model.encoder.embed_positions.weight",
    "decoder/position_encodings/encodings": "model.decoder.embed_positions.weight",
    "decoder/embeddings/weight": "model.decoder.embed_tokens.weight",
}
_LEAF_NAMES = {"gamma": "weight", "beta": "bias", "weight": "weight", "bias": "bias"}


def read_ctranslate2(path: Path) -> dict[str, Tensor]:
    """The variables of a CTranslate2 `model.bin`, by name.

    Source: `Model.save_binary` in ctranslate2/specs/model_spec.py. Raises ModelPackError when it is not such a file.
    """
    with path.open("rb") as file:
        try:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:
            raise ModelPackError(f"{path.name} is empty") from error
    try:
        return _variables(content)
    except (struct.error, UnicodeDecodeError, KeyError) as error:
        raise ModelPackError(f"{path.name} is not a CTranslate2 model, or was cut short") from error


def _variables(content: mmap.mmap) -> dict[str, Tensor]:
    offset = 0

    def take(form: str) -> tuple[Any, ...]:
        nonlocal offset
        values = struct.unpack_from("<" + form, content, offset)
        offset += struct.calcsize("<" + form)
        return values

    def take_text() -> str:
        (length,) = take("H")
        (text,) = take(f"{length}s")
        return str(text.rstrip(b"\0").decode())

    (version,) = take("I")
    spec = take_text()
    if version not in _VERSIONS or spec != "WhisperSpec":
        raise ModelPackError(f"the CTranslate2 model is {spec} of format {version}, not Whisper of format 5 or 6")
    _revision, count = take("II")
    variables = {}
    for _ in range(count):
        name = take_text()
        (rank,) = take("B")
        shape = take(f"{rank}I")
        type_number, size_bytes = take("BI")
        if offset + size_bytes > len(content):
            raise ModelPackError(f"the CTranslate2 model was cut short in {name}")
        kind = _TYPES[type_number]
        variables[name] = Tensor(name, shape, size_bytes, kind, load_values(content, offset, size_bytes, kind, shape))
        offset += size_bytes
    return variables


def hugging_face_tensors(variables: dict[str, Tensor]) -> list[Tensor]:
    """The variables under Hugging Face's names, the fused projections taken apart. Raises ModelPackError."""
    tensors: list[Tensor] = []
    for name, variable in sorted(variables.items()):
        if len(variable.shape) == 0:
            continue  # num_heads, activation and other options
        if name.startswith("decoder/alignment_heads"):
            continue
        if variable.kind not in ("<f4", "<f2", "bf16"):
            raise ModelPackError("the CTranslate2 model is quantised: import one of float16, bfloat16 or float32")
        tensors += _rename(name, variable)
    return tensors


def _rename(name: str, variable: Tensor) -> list[Tensor]:
    if name in _STEM_NAMES:
        return [_renamed(variable, _STEM_NAMES[name])]
    stem, _, leaf = name.rpartition("/")
    if leaf not in _LEAF_NAMES:
        raise ModelPackError(f"the CTranslate2 model has an unknown variable {name}")
    if stem in _STEM_NAMES:
        return [_renamed(variable, f"{_STEM_NAMES[stem]}.{_LEAF_NAMES[leaf]}")]
    side, _, rest = stem.partition("/layer_")
    number, _, part = rest.partition("/")
    prefix = f"model.{side}.layers.{number}"
    if part in _LAYER_NAMES:
        return [_renamed(variable, f"{prefix}.{_LAYER_NAMES[part]}.{_LEAF_NAMES[leaf]}")]
    if part not in _FUSED_NAMES:
        raise ModelPackError(f"the CTranslate2 model has an unknown variable {name}")
    pieces = _split(variable, len(_FUSED_NAMES[part]))
    named = zip(_FUSED_NAMES[part], pieces, strict=True)
    # Whisper's key projections have no bias; CTranslate2 stores zeros for it.
    return [
        _renamed(piece, f"{prefix}.{target}.{leaf}")
        for target, piece in named
        if not (leaf == "bias" and target.endswith("k_proj"))
    ]


def _renamed(tensor: Tensor, name: str) -> Tensor:
    return Tensor(name, tensor.shape, tensor.size_bytes, tensor.kind, tensor.load)


def _split(tensor: Tensor, count: int) -> list[Tensor]:
    rows = tensor.shape[0] // count
    if rows * count != tensor.shape[0]:
        raise ModelPackError(f"{tensor.name} has {tensor.shape[0]} rows, which are not {count} equal parts")

    def piece(index: int) -> Tensor:
        def load() -> Any:
            return tensor.load()[index * rows : (index + 1) * rows]

        return Tensor(tensor.name, (rows, *tensor.shape[1:]), tensor.size_bytes // count, tensor.kind, load)

    return [piece(index) for index in range(count)]


def hugging_face_config(variables: dict[str, Tensor], source: dict[str, Any]) -> dict[str, Any]:
    """Hugging Face's config.json for these variables; `source` is CTranslate2's own config.json."""
    vocabulary, width = variables["decoder/embeddings/weight"].shape
    begin = sorted(source.get("suppress_ids_begin", []))
    end_of_text = begin[-1] if begin else vocabulary - 1608
    return {
        "architectures": ["WhisperForConditionalGeneration"],
        "model_type": "whisper",
        "dtype": "float32",
        "activation_function": "gelu",
        "vocab_size": vocabulary,
        "num_mel_bins": variables["encoder/conv1/weight"].shape[1],
        "d_model": width,
        "encoder_layers": _layers(variables, "encoder"),
        "decoder_layers": _layers(variables, "decoder"),
        "encoder_attention_heads": int(variables["encoder/num_heads"].load()),
        "decoder_attention_heads": int(variables["decoder/num_heads"].load()),
        "encoder_ffn_dim": variables["encoder/layer_0/ffn/linear_0/weight"].shape[0],
        "decoder_ffn_dim": variables["decoder/layer_0/ffn/linear_0/weight"].shape[0],
        "max_source_positions": variables["encoder/position_encodings/encodings"].shape[0],
        "max_target_positions": variables["decoder/position_encodings/encodings"].shape[0],
        "scale_embedding": False,
        "tie_word_embeddings": True,
        "use_cache": True,
        "is_encoder_decoder": True,
        "bos_token_id": end_of_text,
        "eos_token_id": end_of_text,
        "pad_token_id": end_of_text,
        "decoder_start_token_id": end_of_text + 1,
    }


def _layers(variables: dict[str, Tensor], side: str) -> int:
    return len({name.split("/")[1] for name in variables if name.startswith(f"{side}/layer_") and name.count("/") > 2})
