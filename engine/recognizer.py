"""The seam between the pipeline and what turns sound into text: Whisper today, others (CTC, a fast kernel) tomorrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float32]  # 16 kHz, one channel, one turn


@dataclass(frozen=True, slots=True)
class RecognizerOptions:
    """How to decode, and when to believe a text. The limits were measured on speech, tones and noise (SPEED.md)."""

    beams: int = 3
    longest_window_seconds: float = 15.0
    # Noise and tones are above .47 with a mean log-probability below −.69 or above .6 alone; speech, a lone "five"
    # too, is below .35 or sure of itself.
    certain_no_speech: float = 0.6
    suspected_no_speech: float = 0.4
    suspected_log_probability: float = -0.6
    least_log_probability: float = -1.5
    most_compression: float = 2.4
    most_tokens_per_second: float = 12.0


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was said in one turn; `text` is empty where nothing believable was. `confidence` is 0–1."""

    text: str
    confidence: float


class Recognizer(Protocol):
    """Turns of one call in, their texts out. The text of a turn never depends on the turns beside it."""

    @property
    def name(self) -> str:
        """The model's name for the webhook's `models`."""

    @property
    def languages(self) -> frozenset[str]:
        """The ISO 639-1 codes that it knows."""

    def detect_language(self, turns: Sequence[Sound]) -> str:
        """The language that all these turns together are most probably in."""

    def transcribe(
        self, turns: Sequence[Sound], language: str, on_turn: Callable[[int], None] | None = None
    ) -> tuple[Recognition, ...]:
        """One recognition per turn, in order; `on_turn` hears how many are done."""
