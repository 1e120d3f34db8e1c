"""The seam between the pipeline and what turns sound into text: Whisper today, others (CTC) tomorrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.transcript import Word

Sound = npt.NDArray[np.float32]  # 16 kHz, one channel, one turn


@dataclass(frozen=True, slots=True)
class RecognizerOptions:
    """How to decode, and when to believe a text. Limits measured on speech, tones and noise."""

    beams: int = 3
    longest_window_seconds: float = 24.0
    # Noise and tones are above .47 with a mean log-probability below −.69 or above .6 alone; speech, a lone "five"
    # too, is below .35 or sure of itself.
    certain_no_speech: float = 0.6
    suspected_no_speech: float = 0.4
    suspected_log_probability: float = -0.6
    least_log_probability: float = -1.5
    compression_ratio_threshold: float = 2.4
    most_tokens_per_second: float = 12.0
    # A turn that got fewer words among others than anybody speaks is transcribed again, alone.
    least_words_per_second: float = 0.8
    # Sounds in the batch of one thread; memory for their cross-attention keys and values bounds it further.
    max_batch_size: int = 8
    # What a token of an expected word counts more, and at most all of a word's tokens: a log-probability. With more of
    # it, words that sound alike become names; with less, fewer names are right (tests/benchmarks/vocabulary.py).
    expected_bonus: float = 4.0
    expected_most: float = 8.0
    windows_ahead: int = 24  # that one call hands in: more fill no batch better, and wait in others' way

    def most_tokens(self, seconds: float) -> int:
        """Longer a text of so many seconds cannot be: it loops."""
        return 12 + int(self.most_tokens_per_second * seconds)


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was said in one turn; `text` is empty where nothing believable was. `confidence` is 0–1.

    The times of the words are seconds from the start of the turn's sound.
    """

    text: str
    confidence: float
    words: tuple[Word, ...] = field(default=())


class Recognizer(Protocol):
    """Turns of one call in, their texts out. May be called from many threads at once, each with another call.

    The text of a call never depends on the calls beside it.
    """

    @property
    def name(self) -> str:
        """The model's name for the webhook's `models`."""

    @property
    def languages(self) -> frozenset[str]:
        """The ISO 639-1 codes that it knows."""

    def detect_language(self, turns: Sequence[Sound]) -> str:
        """The language that all these turns together are most probably in."""

    def transcribe(
        self,
        turns: Sequence[Sound],
        language: str,
        on_turn: Callable[[int], None] | None = None,
        channels: Sequence[int] | None = None,
        expected: Sequence[str] = (),
    ) -> tuple[Recognition, ...]:
        """One recognition per turn, in order; `on_turn` is called with how many are done.

        Turns of the same channel may be recognized together; without `channels`, all are of one. `expected` are names
        and products that may come up, as they are spelled.
        """
