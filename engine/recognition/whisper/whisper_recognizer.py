"""Whisper as a Recognizer: loaded by SpeechBrain from a model pack, decoded in our own loop for many calls at once.

SpeechBrain's own path mixes the channels, cuts every 30 s blindly, and lets a text depend on its neighbours in a batch.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch

from engine.audio.samples import RECOGNITION_RATE
from engine.errors import UnsupportedLanguage
from engine.recognition.log_mel import FRAMES_PER_SECOND, TRAILING_SILENCE_SECONDS, LogMel
from engine.recognition.recognizer import Recognition, RecognizerOptions, Sound
from engine.recognition.whisper.batching import BatchScheduler
from engine.recognition.whisper.beam_search import BeamSearch, Decoder, DecodingResult, SpecialTokens
from engine.recognition.whisper.call_transcriber import CallTranscriber
from engine.recognition.whisper.checkpoint import load_whisper
from engine.recognition.whisper.expected_words import ExpectedWords
from engine.recognition.whisper.linear import Precision, best_precision
from engine.recognition.whisper.network import WhisperNetwork
from engine.recognition.whisper.slots.decoding import MOST_SLOTS, SlotDecoding, SlotText
from engine.recognition.whisper.slots.graphs import capture_for
from engine.recognition.whisper.slots.selection import rules_of
from engine.recognition.windows import Window
from engine.runtime.device_failure import is_out_of_memory

_LANGUAGE_SECONDS = 45.0  # of the longest turns at most: what nobody can tell then, nobody can tell later
_LANGUAGE_TURN_SECONDS = 10.0
_CERTAIN_LANGUAGE = 0.95  # no more sound is looked at for the language
_SHARE_OF_MEMORY = 16  # a sixteenth of the machine's may hold what is being decoded


@dataclass(frozen=True, slots=True)
class Job:
    """A window to be decoded in a language."""

    window: Window
    language: str
    expected: ExpectedWords | None = None


class _Scheduler(Protocol):
    """Of whichever work."""

    def submit(self, job: Job) -> Future[DecodingResult]: ...

    def close(self) -> None: ...


class WhisperRecognizer:
    """Implements Recognizer: windows of turns from however many calls, on a worker thread for each core.

    On an accelerator one thread has them all in hand, in `slots`: as many as its memory holds where no number is given.
    With a number a processor does as well, in fp32 (to test it: it is slower there).
    """

    def __init__(
        self,
        folder: Path,
        device: str,
        options: RecognizerOptions | None = None,
        precision: Precision | None = None,
        slots: int | None = None,
    ) -> None:
        self.name = folder.name
        self._options = options or RecognizerOptions()
        pack = load_whisper(folder, device)
        self._pack = pack
        self.precision = precision or best_precision(torch.device(device))
        if self.precision in ("fp16", "bf16"):
            pack.model.to(torch.float16 if self.precision == "fp16" else torch.bfloat16)
        self._mel = LogMel(pack.mel_filters)
        with torch.inference_mode():
            self._network = WhisperNetwork(pack.model, self.precision, pack.alignment_heads)
        self._decoder = Decoder(self._network, pack.special_tokens, self._options.beams)
        self.languages = frozenset(pack.special_tokens.languages) or frozenset({"en"})
        on_cpu = self._network.device.type == "cpu"
        in_searches = on_cpu and slots is None
        self._scheduler = self._in_searches() if in_searches else self._in_slots(slots or MOST_SLOTS)

    def _in_searches(self) -> _Scheduler:
        workers = len(os.sched_getaffinity(0))
        work = _WindowDecoding(self._mel, self._network, self._decoder, self._options)
        return BatchScheduler(work, workers=workers, max_batch_size=self._max_batch_size(workers), prepare=_one_thread)

    def _in_slots(self, slots: int) -> _Scheduler:
        pack, network = self._pack, self._network
        if self.precision == "int8":
            raise ValueError("slots are for weights in floating point: a processor's int8 is its own path")
        decoding = SlotDecoding(
            network,
            rules_of(network, pack.special_tokens, self._options.beams, pack.spellings),
            slots,
            self._options.longest_window_seconds + TRAILING_SILENCE_SECONDS,
            self._options.most_tokens,
            capture_for,
        )
        work = _SlotWork(self._mel, decoding, pack.special_tokens, self._options)
        prepare = _one_thread if network.device.type == "cpu" else lambda: None
        return BatchScheduler(work, workers=1, max_batch_size=slots, begins_at_once=slots, prepare=prepare)

    @torch.inference_mode()
    def detect_language(self, turns: Sequence[Sound]) -> str:
        """Weigh the longest turns together, until it is certain; an English-only model says "en"."""
        codes = tuple(self._pack.special_tokens.languages)
        if not codes or not turns:
            return "en"
        votes = torch.zeros(len(codes), device=self._network.device)
        total = 0.0
        for turn in sorted(turns, key=len, reverse=True):
            piece = turn[: round(_LANGUAGE_TURN_SECONDS * RECOGNITION_RATE)]
            seconds = len(piece) / RECOGNITION_RATE
            votes += seconds * self._decoder.language_log_probabilities(self._network.encode(self._mel(piece)))
            total += seconds
            if total >= _LANGUAGE_SECONDS or (votes / total).softmax(-1).max() > _CERTAIN_LANGUAGE:
                break
        return codes[int(votes.argmax())]

    def transcribe(
        self,
        turns: Sequence[Sound],
        language: str,
        on_turn: Callable[[int], None] | None = None,
        channels: Sequence[int] | None = None,
        expected: Sequence[str] = (),
    ) -> tuple[Recognition, ...]:
        """One recognition per turn, in order; raise UnsupportedLanguage for a language the model does not know."""
        if language not in self.languages:
            raise UnsupportedLanguage(f"The model {self.name} does not know the language {language!r}.")
        words = self._expected(expected)
        transcriber = CallTranscriber(
            submit=lambda window: self._scheduler.submit(Job(window, language, words)),
            spellings=self._pack.spellings,
            language=language,
            options=self._options,
            on_turn=on_turn,
        )
        return transcriber.transcribe(turns, channels or [0] * len(turns))

    def close(self) -> None:
        """Let the threads end."""
        self._scheduler.close()

    def _expected(self, expected: Sequence[str]) -> ExpectedWords | None:
        """Expected words as tokens."""
        tokens = [self._pack.tokenizer.encode(f" {word.strip()}", add_special_tokens=False) for word in expected]
        if not tokens:
            return None
        return ExpectedWords(tokens, self._pack.spellings, self._options.expected_bonus, self._options.expected_most)

    def _max_batch_size(self, workers: int) -> int:
        """How many sounds a worker may hold, each with its cross-attention keys and values and its cache."""
        config = self._pack.model.config
        positions = config.max_source_positions * self._options.longest_window_seconds / 30
        positions += self._options.beams * config.max_target_positions / 2
        held = config.decoder_layers * 2 * config.d_model * positions * 4  # bytes
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / _SHARE_OF_MEMORY
        return max(1, min(self._options.max_batch_size, int(memory / workers / held)))


@dataclass(frozen=True, slots=True)
class _WindowDecoding:
    """What the workers do: encode a window, then search for its text."""

    mel: LogMel
    network: WhisperNetwork
    decoder: Decoder
    options: RecognizerOptions

    @torch.inference_mode()
    def begin(self, job: Job) -> BeamSearch:
        mel = self.mel(job.window.sound)
        most_tokens = self.options.most_tokens(mel.shape[1] / FRAMES_PER_SECOND)
        return self.decoder.begin(self.network.encode(mel), job.language, most_tokens, job.expected)

    def step(self, states: Sequence[BeamSearch]) -> None:
        self.decoder.step(states)

    def result(self, state: BeamSearch) -> DecodingResult | None:
        return state.result() if state.done else None

    def out_of_memory(self, error: Exception) -> bool:
        return is_out_of_memory(error)


@dataclass(frozen=True, slots=True)
class _SlotWork:
    """The same in slots."""

    mel: LogMel
    decoding: SlotDecoding
    special_tokens: SpecialTokens
    options: RecognizerOptions

    @torch.inference_mode()
    def begin(self, job: Job) -> SlotText:
        mel = self.mel(job.window.sound)
        most_tokens = self.options.most_tokens(mel.shape[1] / FRAMES_PER_SECOND)
        return self.decoding.begin(mel, self.special_tokens.prompt(job.language), most_tokens, job.expected)

    def step(self, states: Sequence[SlotText]) -> None:
        self.decoding.step(states)

    def result(self, state: SlotText) -> DecodingResult | None:
        return state.result

    def out_of_memory(self, error: Exception) -> bool:
        return is_out_of_memory(error)


def _one_thread() -> None:
    """Two workers of one thread are faster than one of two: nobody waits for the slower half of a product."""
    torch.set_num_threads(1)
