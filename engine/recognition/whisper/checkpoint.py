"""A Whisper model pack in memory: its weights by SpeechBrain, and the token ids and heads that decoding has to know."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from engine.audio.samples import RECOGNITION_RATE
from engine.errors import ModelPackError
from engine.recognition.whisper.beam_search import SpecialTokens
from engine.runtime.torchaudio_stub import ensure_torchaudio

# Whisper's own codes that are not ISO 639-1.
_ISO_CODES = {"jw": "jv"}
# The heads that follow the speech, by layers and whether there are languages; from openai/whisper, where the pack's
# generation_config.json does not name them. (layer, head)
_ALIGNMENT_HEADS = {
    (4, True): ((2, 2), (3, 0), (3, 2), (3, 3), (3, 4), (3, 5)),
    (4, False): ((1, 0), (2, 0), (2, 5), (3, 0), (3, 1), (3, 2), (3, 3), (3, 4)),
    (6, True): ((3, 1), (4, 2), (4, 3), (4, 7), (5, 1), (5, 2), (5, 4), (5, 6)),
    (6, False): ((3, 3), (4, 7), (5, 1), (5, 5), (5, 7)),
}


@dataclass(frozen=True, slots=True)
class WhisperPack:
    """What is loaded of a pack. `spellings` has the bytes of each text token by its id."""

    model: Any  # transformers' WhisperModel
    tokenizer: Any
    mel_filters: Tensor
    special_tokens: SpecialTokens
    alignment_heads: tuple[tuple[int, int], ...]
    spellings: tuple[bytes, ...]


def load_whisper(folder: Path, device: str) -> WhisperPack:
    """Open a pack; raise ModelPackError where it is none that can be loaded."""
    module = _module(folder, device)
    from transformers import GenerationConfig  # noqa: PLC0415  # slow

    generation = GenerationConfig.from_pretrained(folder)
    special_tokens = _special_tokens(module, generation)
    return WhisperPack(
        model=module.model,
        tokenizer=module.tokenizer,
        mel_filters=module._mel_filters,
        special_tokens=special_tokens,
        alignment_heads=_alignment_heads(module.model.config, generation, bool(special_tokens.languages)),
        spellings=_spellings(module.tokenizer, special_tokens.end),
    )


def _module(folder: Path, device: str) -> Any:
    ensure_torchaudio()
    from speechbrain.integrations.huggingface.whisper import Whisper  # noqa: PLC0415  # after the stub
    from transformers.utils import logging  # noqa: PLC0415

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        with warnings.catch_warnings():
            # SpeechBrain 1.1 calls what transformers 5 renamed.
            warnings.filterwarnings("ignore", "`gradient_checkpointing_disable` is deprecated", FutureWarning)
            module = Whisper(source=str(folder), save_path=str(folder), sampling_rate=RECOGNITION_RATE)
    except (OSError, KeyError, ValueError, AssertionError, RuntimeError) as error:
        raise ModelPackError(f"{folder} is no Whisper model that can be loaded: {error}") from error
    return module.requires_grad_(False).eval().to(device)


def _special_tokens(module: Any, generation: Any) -> SpecialTokens:
    """The token ids, from the pack's tokenizer and generation_config.json."""
    from transformers.models.whisper.tokenization_whisper import LANGUAGES  # noqa: PLC0415

    known = module.tokenizer.get_vocab()
    multilingual = module.model.config.vocab_size >= 51865
    languages = {_ISO_CODES.get(code, code): known[f"<|{code}|>"] for code in LANGUAGES if f"<|{code}|>" in known}
    no_timestamps = known["<|notimestamps|>"]
    return SpecialTokens(
        start=known["<|startoftranscript|>"],
        end=known["<|endoftext|>"],
        no_speech=no_timestamps - 1,
        no_timestamps=no_timestamps,
        languages=languages if multilingual else {},
        transcribe=known["<|transcribe|>"],
        suppress_tokens=tuple(generation.suppress_tokens or ()),
        begin_suppress_tokens=tuple(generation.begin_suppress_tokens or ()),
    )


def _alignment_heads(config: Any, generation: Any, multilingual: bool) -> tuple[tuple[int, int], ...]:
    """Those that the pack names, those known for its size, or all of the upper half."""
    named = getattr(generation, "alignment_heads", None)
    if named:
        return tuple((int(layer), int(head)) for layer, head in named)
    layers, heads = config.decoder_layers, config.decoder_attention_heads
    every = tuple((layer, head) for layer in range(layers // 2, layers) for head in range(heads))
    return _ALIGNMENT_HEADS.get((layers, multilingual), every)


def _spellings(tokenizer: Any, end: int) -> tuple[bytes, ...]:
    """The bytes of each text token: byte-level BPE writes each byte as a printable character of its own."""
    from transformers.convert_slow_tokenizer import bytes_to_unicode  # noqa: PLC0415

    byte_of = {character: byte for byte, character in bytes_to_unicode().items()}  # type: ignore[no-untyped-call]
    names = tokenizer.convert_ids_to_tokens(list(range(end)))
    return tuple(bytes(byte_of[character] for character in name) for name in names)
