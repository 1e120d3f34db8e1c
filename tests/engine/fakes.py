"""What takes a model's place where the model is not what is tested."""

from __future__ import annotations

import numpy as np

from engine.audio.samples import Samples
from engine.turns.turn_spans import CHUNK, Probabilities


class TalkingAllTheTime:
    """Voice activity that hears speech in every chunk."""

    def stream(self) -> TalkingAllTheTime:
        """It remembers nothing."""
        return self

    def feed(self, samples: Samples) -> Probabilities:
        """Speech.  # [chunks]"""
        return np.full(len(samples) // CHUNK, 0.9, dtype=np.float32)

    def end(self) -> Probabilities:
        """Nothing more."""
        return np.zeros(0, dtype=np.float32)
