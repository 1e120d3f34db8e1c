"""A Hugging Face Whisper folder in fp32: made of a CTranslate2 model, or completed from what was imported.

SpeechBrain and transformers load it from `config.json generation_config.json model.safetensors
preprocessor_config.json tokenizer.json tokenizer_config.json`. SpeechBrain fails on weights that are not fp32.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.errors import ModelPackError
from engine.models.catalogue_entry import CONFIG, PUBLISHED_CONFIG
from engine.models.conversion.ctranslate import hugging_face_config, hugging_face_tensors, read_ctranslate2
from engine.models.conversion.weights import WEIGHTS, float32_bytes, is_half_precision, read_safetensors, write_float32
from engine.models.progress import Progress

WEIGHTS_INDEX = "model.safetensors.index.json"
# Decoder positions of every published Whisper.
MAX_TARGET_POSITIONS = 448
_NEEDED_TOKENS = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|translate|>",
    "<|transcribe|>",
    "<|startofprev|>",
    "<|notimestamps|>",
)


def convert_ctranslate2(folder: Path, progress: Progress) -> None:
    """Turn a folder with CTranslate2's model.bin, config.json and tokenizer.json into a Hugging Face one, in place.

    The weights become fp32, which is exact. Raises ModelPackError when the folder is not a plain Whisper.
    """
    variables = read_ctranslate2(folder / "model.bin")
    source = _read_json(folder / CONFIG)
    try:
        tensors = hugging_face_tensors(variables)
        config = hugging_face_config(variables, source)
    except KeyError as error:
        raise ModelPackError(f"the CTranslate2 model lacks the variable {error}") from error
    with progress.step("converting the weights to fp32", sum(item.size_bytes * 2 for item in tensors)) as advance:
        write_float32(folder / WEIGHTS, tensors, advance)
    _write_json(folder / CONFIG, config)
    complete(folder, source)
    (folder / "model.bin").unlink()
    for name in ("vocabulary.txt", "vocabulary.json"):
        (folder / name).unlink(missing_ok=True)


def convert_to_float32(folder: Path, progress: Progress) -> None:
    """Rewrite whatever weights of this Hugging Face folder are fp16 or bf16 as fp32, and say so in config.json."""
    for file in weight_files(folder):
        if not is_half_precision(file):
            continue
        converted = file.with_name(file.name + ".fp32")
        tensors = read_safetensors(file)
        with progress.step(f"converting {file.name} to fp32", float32_bytes(file)) as advance:
            write_float32(converted, tensors, advance)
        converted.replace(file)
    _write_json(folder / CONFIG, _as_float32(_read_json(folder / CONFIG)))


def _as_float32(config: dict[str, Any]) -> dict[str, Any]:
    # auto_map names code beside the weights; such code is never taken along.
    kept = {key: value for key, value in config.items() if key not in ("torch_dtype", "auto_map")}
    return {**kept, "dtype": "float32"}


def keep_published(folder: Path) -> None:
    """Leave the weights of this Hugging Face folder as they are published, and say in config.json to load them as fp32.

    That is exact. What config.json was stays beside it, so that the same folder always gives the same pack.
    """
    published = folder / PUBLISHED_CONFIG
    if not published.is_file():
        (folder / CONFIG).rename(published)
    _write_json(folder / CONFIG, _as_float32(_read_json(published)))
    complete(folder)


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files that hold the weights: one, or those that the index names. ModelPackError if none."""
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    index = folder / WEIGHTS_INDEX
    if not index.is_file():
        raise ModelPackError(f"the pack has no {WEIGHTS}")
    names = sorted(set(_read_json(index).get("weight_map", {}).values()))
    missing = [name for name in names if not (folder / name).is_file()]
    if missing or not names:
        raise ModelPackError(f"the pack lacks {', '.join(missing) or 'weights'}, which {WEIGHTS_INDEX} names")
    return [folder / name for name in names]


def complete(folder: Path, ctranslate2_config: dict[str, Any] | None = None) -> None:
    """Write those of the small Whisper configurations that are not there, from the tokenizer and config.json."""
    config = _read_json(folder / CONFIG)
    if not (folder / "tokenizer.json").is_file():
        raise ModelPackError("the pack has no tokenizer.json")
    tokens = _added_tokens(folder)
    made = {
        "generation_config.json": lambda: _generation_config(tokens, ctranslate2_config or config),
        "preprocessor_config.json": lambda: _preprocessor_config(int(config.get("num_mel_bins", 80))),
        "tokenizer_config.json": _tokenizer_config,
    }
    for name, make in made.items():
        if not (folder / name).is_file():
            _write_json(folder / name, make())


def _added_tokens(folder: Path) -> dict[str, int]:
    added = _read_json(folder / "tokenizer.json").get("added_tokens", [])
    tokens = {str(token["content"]): int(token["id"]) for token in added}
    for needed in _NEEDED_TOKENS:
        if needed not in tokens:
            raise ModelPackError(f"tokenizer.json is not Whisper's: it has no token {needed}")
    return tokens


def _generation_config(tokens: dict[str, int], source: dict[str, Any]) -> dict[str, Any]:
    """As in the published packs; `source` is CTranslate2's config.json, or an old Hugging Face one."""
    start, end = tokens["<|startoftranscript|>"], tokens["<|endoftext|>"]
    # English-only vocabularies are one token shorter than the multilingual ones, which end with 50257.
    multilingual = end >= 50257
    config: dict[str, Any] = {
        "bos_token_id": end,
        "eos_token_id": end,
        "pad_token_id": end,
        "decoder_start_token_id": start,
        "no_timestamps_token_id": tokens["<|notimestamps|>"],
        "prev_sot_token_id": tokens["<|startofprev|>"],
        "is_multilingual": multilingual,
        "max_initial_timestamp_index": 50,
        "max_length": MAX_TARGET_POSITIONS,
        "return_timestamps": False,
        "begin_suppress_tokens": source.get("suppress_ids_begin", source.get("begin_suppress_tokens", [])),
        "suppress_tokens": source.get("suppress_ids", source.get("suppress_tokens", [])),
    }
    if "alignment_heads" in source:
        config["alignment_heads"] = source["alignment_heads"]
    if multilingual:
        translate = tokens["<|translate|>"]
        config["lang_to_id"] = {text: number for text, number in tokens.items() if start < number < translate}
        config["task_to_id"] = {"transcribe": tokens["<|transcribe|>"], "translate": translate}
    return config


def _preprocessor_config(mel_bins: int) -> dict[str, Any]:
    return {
        "feature_extractor_type": "WhisperFeatureExtractor",
        "processor_class": "WhisperProcessor",
        "feature_size": mel_bins,
        "sampling_rate": 16_000,
        "chunk_length": 30,
        "n_samples": 480_000,
        "nb_max_frames": 3_000,
        "n_fft": 400,
        "hop_length": 160,
        "padding_side": "right",
        "padding_value": 0.0,
        "return_attention_mask": False,
    }


def _tokenizer_config() -> dict[str, Any]:
    end = "<|endoftext|>"
    return {
        "tokenizer_class": "WhisperTokenizer",
        "processor_class": "WhisperProcessor",
        "model_max_length": 1024,
        "add_prefix_space": False,
        "clean_up_tokenization_spaces": False,
        "errors": "replace",
        "bos_token": end,
        "eos_token": end,
        "unk_token": end,
        "pad_token": end,
    }


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ModelPackError(f"{path.name} is not JSON") from error
    except FileNotFoundError as error:
        raise ModelPackError(f"the pack has no {path.name}") from error
    if not isinstance(content, dict):
        raise ModelPackError(f"{path.name} is not a JSON object")
    return content


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
