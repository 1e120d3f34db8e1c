"""A recording of hours never is in memory as a whole; short calls leave nothing behind."""

from __future__ import annotations

import re
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import soundfile

from engine.audio.recording import open_recording
from engine.audio.samples import RECOGNITION_RATE
from engine.turns.call_turns import find_call_turns
from engine.turns.silero import VoiceActivity

from .fakes import TalkingAllTheTime
from .sounds import noise

CHECKOUT = Path(__file__).parents[2]
MINUTES = 8


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "channels", "subtype"), [(16000, 2, "PCM_16"), (8000, 1, "GSM610")])
def test_a_long_call_is_heard_in_a_bounded_window(tmp_path: Path, rate: int, channels: int, subtype: str) -> None:
    """At 16 kHz it is 31 MB of float32 a channel; somebody talks all the time, on all channels."""
    path = tmp_path / "call.wav"
    minute = np.stack([noise(60, -20, seed)[: 60 * rate] for seed in range(channels)], axis=1)
    with soundfile.SoundFile(path, "w", rate, channels, subtype) as file:
        for _ in range(MINUTES):
            file.write(minute)
    tracemalloc.start()
    with open_recording(path) as recording:
        heard = find_call_turns(recording, cast(VoiceActivity, TalkingAllTheTime()), lambda _: None)
        seconds = 0.0
        for sound in heard.sounds:
            seconds += len(sound) / RECOGNITION_RATE
        language = sum(len(sound) for sound in heard.sounds_for_language())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds == pytest.approx(channels * 60 * MINUTES, rel=0.01)
    assert max(one.turn.end - one.turn.start for one in heard.turns) <= 120
    assert language <= 105 * RECOGNITION_RATE
    assert most < 23 * channels * 1024 * 1024


@pytest.mark.long
@pytest.mark.slow
def test_long_and_short_calls_leave_the_memory_flat() -> None:
    """The benchmark in its quick form: real models, but for the recognizer."""
    command = ["-m", "tests.benchmarks.memory", "--hours", "0.3", "--calls", "24", "--recognizer", "none"]
    done = subprocess.run(
        [sys.executable, *command], cwd=CHECKOUT, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr
    over = float(_figure(r"over idle (-?\d+) MB", done.stdout))
    slope = float(_figure(r"slope ([+-][\d.]+) KB a call", done.stdout))
    assert over < 250
    assert slope < 1024  # what an allocator keeps at first; a leak of one call's sound would be more


def _figure(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found.group(1)
