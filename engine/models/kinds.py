"""What kind of model a folder or archive holds, by its file names and config.json."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import ModelPackError
from engine.models.catalogue_entry import CONFIG, PUBLISHED_CONFIG
from engine.models.manifest import HYPERPARAMS, Format, Task, shown
from engine.models.verification import files_in

# All that a Hugging Face folder needs. Anything else in it stays behind: other frameworks' weights, pickles, Python.
_HUGGING_FACE_NAMES = {
    "1_Pooling/config.json",
    "2_Dense/config.json",
    "2_Dense/model.safetensors",
    "LICENSE",
    "LICENSE.txt",
    "README.md",
    "added_tokens.json",
    CONFIG,
    PUBLISHED_CONFIG,
    "config_sentence_transformers.json",
    "chat_template.jinja",
    "generation_config.json",
    "merges.txt",
    "model.safetensors.index.json",
    "modules.json",
    "normalizer.json",
    "preprocessor_config.json",
    "processor_config.json",
    "sentence_bert_config.json",
    "special_tokens_map.json",
    "source.spm",
    "spiece.model",
    "target.spm",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "vocab.json",
    "vocab.txt",
}
_CTRANSLATE2_NAMES = {"config.json", "model.bin", "preprocessor_config.json", "tokenizer.json", "LICENSE", "README.md"}
# Weights as PyTorch pickles them. The engine loads these with weights_only, so that nothing in them can run.
_GE2E_NAMES = {"pretrained.pt", "LICENSE"}
# What the hyperparams.yaml of a SpeechBrain speaker recognizer names and that of a speech recognizer does not; looked
# for in the text, because to parse it would be to run it.
_SPEAKER_MODEL = re.compile(rb"^embedding_model\s*:", re.MULTILINE)
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".h5", ".msgpack")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of model: its format and task as a pack, and whether it comes as CTranslate2."""

    format: Format
    task: Task
    is_ctranslate2: bool = False

    @property
    def is_code(self) -> bool:
        """HyperPyYAML runs any constructor that a SpeechBrain folder's hyperparams.yaml names."""
        return self.format == "speechbrain"

    def takes(self, path: str) -> bool:
        """Whether a file of this path belongs into the pack."""
        if self.is_code:
            return "__pycache__" not in path.split("/")
        if self.is_ctranslate2:
            return path in _CTRANSLATE2_NAMES
        if self.format == "ge2e":
            return path in _GE2E_NAMES
        return path in _HUGGING_FACE_NAMES or (
            "/" not in path and path.startswith("model") and path.endswith(".safetensors")
        )


def recognise(paths: Collection[str], read: Callable[[str], bytes], origin: str) -> Kind:
    """The kind of model that these files are. Raises ModelPackError saying what is missing."""
    if HYPERPARAMS in paths:
        speaker = _SPEAKER_MODEL.search(read(HYPERPARAMS))
        return Kind("speechbrain", "voice" if speaker else "asr")
    if "pretrained.pt" in paths and "config.json" not in paths:
        return Kind("ge2e", "voice")
    if "config.json" not in paths:
        raise ModelPackError(
            f"{origin} is no model that we know: a Whisper folder has config.json, a SpeechBrain one hyperparams.yaml"
        )
    config = _parse(read("config.json"), origin)
    if "model.bin" in paths and "suppress_ids" in config:
        return Kind("whisper", "asr", is_ctranslate2=True)
    kind = _hugging_face_kind(config, paths, origin)
    if not any(path.startswith("model") and path.endswith(".safetensors") for path in paths):
        pickles = sorted(shown(path) for path in paths if path.endswith(_PICKLES))
        found = f" ({', '.join(pickles)} can run code when loaded and is not taken)" if pickles else ""
        raise ModelPackError(f"{origin} has no weights as model.safetensors{found}")
    return kind


def recognise_folder(folder: Path) -> Kind:
    """The kind of model in a folder that can be loaded as it is. Raises ModelPackError."""
    kind = recognise(files_in(folder), lambda path: (folder / path).read_bytes(), str(folder))
    if kind.is_ctranslate2:
        raise ModelPackError(f"{folder} is a CTranslate2 model: run `vbot models import {folder}` to convert it")
    return kind


def _hugging_face_kind(config: dict[str, Any], paths: Collection[str], origin: str) -> Kind:
    model_type = config.get("model_type")
    if model_type == "whisper":
        return Kind("whisper", "asr")
    if "modules.json" in paths:
        return Kind("sentence-transformers", "embedding")
    if config.get("is_encoder_decoder") is True:
        return Kind("seq2seq", "summary")
    if any(str(name).endswith("ForCausalLM") for name in config.get("architectures") or ()):
        return Kind("causal", "language")
    raise ModelPackError(
        f"{origin} holds a {model_type or 'nameless'} model: only Whisper, SpeechBrain, sentence-transformers, "
        "sequence-to-sequence and causal language models can be used"
    )


def _parse(content: bytes, origin: str) -> dict[str, Any]:
    try:
        config = json.loads(content)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ModelPackError(f"config.json in {origin} is not JSON") from error
    if not isinstance(config, dict):
        raise ModelPackError(f"config.json in {origin} is not a JSON object")
    return config
