"""Whisper as a Recognizer: loaded by SpeechBrain from a model pack, decoded turn by turn in our own loop.

SpeechBrain's own path mixes the channels, cuts every 30 s blindly, and lets a text depend on its neighbours in a batch.
"""

from __future__ import annotations

import math
import warnings
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.errors import ModelPackError, UnsupportedLanguage
from engine.recognizer import Recognition, RecognizerOptions, Sound
from engine.torchaudio_cure import ensure_torchaudio
from engine.whisper_decoding import Decoded, Decoder, Vocabulary
from engine.whisper_network import MEL_FRAMES, WhisperNetwork

_RATE = 16_000
_HOP = 160
_WINDOW = 400
_TRAILING_SILENCE = 2 * 1600  # samples, 0.2 s: the encoder learns from it what the padding sounds like
_LONGEST_WINDOW = MEL_FRAMES * _HOP - _TRAILING_SILENCE
_LANGUAGE_SECONDS = 45.0  # of the longest turns: enough to be sure, cheap enough to hear for every call
_LANGUAGE_TURN_SECONDS = 10.0
_QUIET_SECONDS = 0.2  # what a cut looks for: the quietest stretch of this length
_LEAST_REST_SECONDS = 1.5
_LEAST_LOOP_SECONDS = 4.0  # shorter windows that loop are not cut, but given up
# Whisper's own codes that are not ISO 639-1.
_ISO_CODES = {"jw": "jv"}


class WhisperRecognizer:
    """Implements Recognizer; one window at a time, so that texts are independent of each other."""

    def __init__(self, folder: Path, device: str, options: RecognizerOptions | None = None) -> None:
        self.name = folder.name
        self._options = options or RecognizerOptions()
        module = _load(folder, device)
        self._tokenizer = module.tokenizer
        self._mel_filters: Tensor = module._mel_filters  # [80 or 128, 201]
        self._hann = torch.hann_window(_WINDOW, device=device)
        self._network = WhisperNetwork(module.model)
        self._vocabulary = _vocabulary(module, folder)
        self._decoder = Decoder(
            self._network, len(module.model.decoder.layers), self._vocabulary, module.model.config.vocab_size
        )
        self.languages = frozenset(self._vocabulary.languages) or frozenset({"en"})

    @torch.inference_mode()
    def detect_language(self, turns: Sequence[Sound]) -> str:
        """Weigh the longest turns of the whole call together; an English-only model says "en"."""
        if not self._vocabulary.languages or not turns:
            return "en"
        votes = torch.zeros(len(self._vocabulary.languages), device=self._network.device)
        heard = 0.0
        for turn in sorted(turns, key=len, reverse=True):
            piece = turn[: round(_LANGUAGE_TURN_SECONDS * _RATE)]
            seconds = len(piece) / _RATE
            votes += seconds * self._decoder.language_log_probabilities(self._network.encode(self._mel(piece)))
            heard += seconds
            if heard >= _LANGUAGE_SECONDS:
                break
        return tuple(self._vocabulary.languages)[int(votes.argmax())]

    def transcribe(
        self, turns: Sequence[Sound], language: str, on_turn: Callable[[int], None] | None = None
    ) -> tuple[Recognition, ...]:
        """One recognition per turn, in order; raise UnsupportedLanguage for a language the model does not know."""
        if language not in self.languages:
            raise UnsupportedLanguage(f"The model {self.name} does not know the language {language!r}.")
        recognitions = []
        for done, turn in enumerate(turns, start=1):
            recognitions.append(self._recognize(turn, language))
            if on_turn is not None:
                on_turn(done)
        return tuple(recognitions)

    def _recognize(self, turn: Sound, language: str) -> Recognition:
        windows = split_at_quiet(turn, self._options.longest_window_seconds)
        heard = [part for window in windows for part in self._window(window, language)]
        if not heard:
            return Recognition("", 0.0)
        mean = np.average([one.mean_log_probability for one in heard], weights=[len(one.tokens) for one in heard])
        return Recognition(" ".join(self._text(one) for one in heard), min(1.0, math.exp(float(mean))))

    def _window(self, window: Sound, language: str) -> list[Decoded]:
        """What is believable in one window; where Whisper loops, it is cut in two once and heard again."""
        decoded = self._decode(window, language)
        if not self._loops(decoded):
            return [decoded] if self._believable(decoded) else []
        if len(window) < _LEAST_LOOP_SECONDS * _RATE:
            return []
        halves = [self._decode(half, language) for half in split_at_quiet(window, len(window) / _RATE / 1.5)]
        return [one for one in halves if not self._loops(one) and self._believable(one)]

    @torch.inference_mode()
    def _decode(self, window: Sound, language: str) -> Decoded:
        most = 12 + math.ceil(self._options.most_tokens_per_second * len(window) / _RATE)
        return self._decoder.decode(self._network.encode(self._mel(window)), language, self._options.beams, most)

    def _text(self, decoded: Decoded) -> str:
        return " ".join(self._tokenizer.decode(list(decoded.tokens), skip_special_tokens=True).split())

    def _loops(self, decoded: Decoded) -> bool:
        return not decoded.ended or compression(self._text(decoded)) > self._options.most_compression

    def _believable(self, decoded: Decoded) -> bool:
        """Whisper puts words to noise: what it doubts itself is not a text."""
        limits, no_speech = self._options, decoded.no_speech_probability
        if not self._text(decoded) or decoded.mean_log_probability < limits.least_log_probability:
            return False
        if no_speech > limits.certain_no_speech:
            return False
        doubtful = no_speech > limits.suspected_no_speech
        return not (doubtful and decoded.mean_log_probability < limits.suspected_log_probability)

    def _mel(self, sound: Sound) -> Tensor:
        """Log-mel features with the clamp of this window alone.  # [mels, frames]"""
        samples = np.zeros(len(sound) + _TRAILING_SILENCE, dtype=np.float32)
        samples[: len(sound)] = sound
        audio = torch.from_numpy(samples).to(self._network.device)
        spectrum = torch.stft(audio, _WINDOW, _HOP, window=self._hann, return_complex=True)
        mel = (self._mel_filters @ spectrum[:, :-1].abs().square()).clamp(min=1e-10).log10()
        return (mel.maximum(mel.max() - 8.0) + 4.0) / 4.0


def compression(text: str) -> float:
    """How much a text shrinks when it is compressed: loops shrink most."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw))


def split_at_quiet(sound: Sound, longest_seconds: float) -> list[Sound]:
    """Cut a long turn into windows at its quietest places; every sample is in exactly one."""
    longest = min(round(longest_seconds * _RATE), _LONGEST_WINDOW)
    windows = []
    while len(sound) > longest:
        cut = _quietest(sound, longest // 2, min(longest, len(sound) - round(_LEAST_REST_SECONDS * _RATE)))
        windows.append(sound[:cut])
        sound = sound[cut:]
    windows.append(sound)
    return windows


def _quietest(sound: Sound, first: int, last: int) -> int:
    """The middle of the quietest stretch between two samples; of one long pause, its middle."""
    step, width = _HOP, round(_QUIET_SECONDS * _RATE / _HOP)
    piece = sound[first:last]
    frames = piece[: len(piece) // step * step].reshape(-1, step)
    energy = np.square(frames, dtype=np.float64).sum(axis=1)
    smooth = np.convolve(energy, np.ones(width), mode="valid")
    start = end = int(smooth.argmin())
    while end + 1 < len(smooth) and smooth[end + 1] <= 2 * smooth[start]:
        end += 1
    return first + ((start + end) // 2 + width // 2) * step


def _load(folder: Path, device: str) -> Any:
    ensure_torchaudio()
    from speechbrain.integrations.huggingface.whisper import Whisper  # noqa: PLC0415  # after the cure
    from transformers.utils import logging  # noqa: PLC0415

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        with warnings.catch_warnings():
            # SpeechBrain 1.1 calls what transformers 5 renamed.
            warnings.filterwarnings("ignore", "`gradient_checkpointing_disable` is deprecated", FutureWarning)
            module = Whisper(source=str(folder), save_path=str(folder), sampling_rate=_RATE)
    except (OSError, KeyError, ValueError, AssertionError, RuntimeError) as error:
        raise ModelPackError(f"{folder} is no Whisper model that can be loaded: {error}") from error
    return module.requires_grad_(False).eval().to(device)


def _vocabulary(module: Any, folder: Path) -> Vocabulary:
    """The token ids, from the pack's tokenizer and generation_config.json."""
    from transformers import GenerationConfig  # noqa: PLC0415  # slow
    from transformers.models.whisper.tokenization_whisper import LANGUAGES  # noqa: PLC0415

    generation = GenerationConfig.from_pretrained(folder)
    known = module.tokenizer.get_vocab()
    multilingual = module.model.config.vocab_size >= 51865
    languages = {_ISO_CODES.get(code, code): known[f"<|{code}|>"] for code in LANGUAGES if f"<|{code}|>" in known}
    no_timestamps = known["<|notimestamps|>"]
    return Vocabulary(
        start=known["<|startoftranscript|>"],
        end=known["<|endoftext|>"],
        no_speech=no_timestamps - 1,
        no_timestamps=no_timestamps,
        languages=languages if multilingual else {},
        transcribe=known["<|transcribe|>"],
        never=tuple(generation.suppress_tokens or ()),
        never_first=tuple(generation.begin_suppress_tokens or ()),
    )
