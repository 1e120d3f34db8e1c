"""A first batch before the first call: kernels are chosen, lexicons read, buffers made when nobody waits for them."""

from __future__ import annotations

import numpy as np

from engine.audio.samples import RECOGNITION_RATE
from engine.diarization.clustering import two_groups
from engine.pipeline import AnalysisOptions, Models, analyse
from engine.recognition.recognizer import Sound
from engine.transcript import Direction, Party, Segment, Transcript

# A short turn and a longer one.
_TURN_SECONDS = (2.0, 6.0)
_SAID = (
    (Party.CALLER, "Good morning, I am calling about the invoice for the new printer."),
    (Party.CALLED, "I am sorry about that. I will send you the corrected invoice this afternoon."),
    (Party.CALLER, "Thank you, that would be great."),
)


def warm_up(models: Models) -> None:
    """Recognize a little noise and analyse a few sentences; raises what the first call would raise."""
    turns = [_noise(seconds) for seconds in _TURN_SECONDS]
    models.voice_activity.turns(turns[0])
    models.recognizer.transcribe(turns, models.recognizer.detect_language(turns))
    if models.voices is not None:
        two_groups(models.voices.embed(turns[1], [index * RECOGNITION_RATE // 2 for index in range(8)]))
    segments = tuple(
        Segment(start=4.0 * place, end=4.0 * place + 3.0, channel=place % 2, party=party, text=text, confidence=1.0)
        for place, (party, text) in enumerate(_SAID)
    )
    analyse(Transcript(segments, "en"), AnalysisOptions(models, direction=Direction.INBOUND))


def _noise(seconds: float) -> Sound:
    noise = np.random.default_rng(1).standard_normal(round(seconds * RECOGNITION_RATE))
    return (0.05 * noise).astype(np.float32)
