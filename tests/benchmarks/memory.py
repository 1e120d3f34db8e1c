"""How much memory the engine takes for a recording of hours, and whether it keeps any after hundreds of short ones.

    python -m tests.benchmarks.memory [--hours 4] [--speech-share 0.05] [--calls 500] [--recognizer whisper-tiny.en]

A stereo recording of so many hours is made of real speech (tests/data/speech) with silence and line noise between, and
analysed; the peak is that of the whole process over what it held when it was warm and idle. Then short calls of
different lengths and codings follow one another, and a line is laid through what the process holds after each. With
`--recognizer none` nothing is recognized: every turn is read and given a word, which is quick and tells of the rest.
"""

from __future__ import annotations

import argparse
import gc
import io
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import soundfile
import soxr

import engine.threads  # noqa: F401  # before torch
from engine.embedding import Embedder
from engine.models import open_pack
from engine.pipeline import AnalysisOptions, Models, analyse
from engine.recognizer import Recognition, Recognizer, Sound
from engine.samples import RECOGNITION_RATE, Samples
from engine.speech import VoiceActivity
from engine.whisper import WhisperRecognizer

SPEECH = Path(__file__).parents[1] / "data" / "speech"
RATE = 8000
MEGABYTE = 1024 * 1024
SUBTYPES = ("PCM_16", "ULAW", "GSM610", "ALAW", "IMA_ADPCM")


class NoRecognizer:
    """Takes Whisper's place: hears every turn and says a word."""

    name = "none"
    languages = frozenset({"en"})

    def detect_language(self, turns: Sequence[Sound]) -> str:
        """It is English, whatever the turns say."""
        return "en" if len(turns) else ""

    def transcribe(
        self,
        turns: Sequence[Sound],
        language: str,
        on_turn: Callable[[int], None] | None = None,
        channels: Sequence[int] | None = None,
    ) -> tuple[Recognition, ...]:
        """Each turn is read, and let go."""
        said = []
        for done, turn in enumerate(turns, start=1):
            said.append(Recognition(f"Word {len(turn) % 89} of {language}.", 1.0))
            if on_turn is not None:
                on_turn(done)
        return tuple(said)


def resident() -> float:
    """What this process holds now, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / MEGABYTE


def forget_peak() -> None:
    """Let the peak begin anew at what is held now."""
    Path("/proc/self/clear_refs").write_text("5")


def peak() -> float:
    """The most this process held since then, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def clips() -> list[Samples]:
    """Real speech at the telephone's rate."""
    sounds = [soundfile.read(path, dtype="float32")[0] for path in sorted(SPEECH.glob("*.wav"))]
    return [soxr.resample(sound, RECOGNITION_RATE, RATE) for sound in sounds]


def write_long_call(path: Path, hours: float, speech_share: float) -> None:
    """A stereo recording, PCM 16 bit: one party speaks, silence, then the other; written piece by piece."""
    sounds = clips()
    noise = np.random.default_rng(1)
    with soundfile.SoundFile(path, "w", RATE, 2, "PCM_16", format="WAV") as file:
        for turn, sound in enumerate(itertools.cycle(sounds)):
            pause = round(len(sound) * (1 - speech_share) / speech_share)
            piece = np.zeros((len(sound) + pause, 2), dtype=np.float32)
            piece[: len(sound), turn % 2] = sound
            file.write(piece + noise.standard_normal(piece.shape).astype(np.float32) * np.float32(0.0005))
            if file.tell() >= hours * 3600 * RATE:
                return


def short_calls(count: int) -> Iterator[bytes]:
    """Calls of 3 to 20 s, mono and stereo, each in another coding."""
    sounds = clips()
    chance = np.random.default_rng(2)
    for number in range(count):
        said = [sounds[index] for index in chance.integers(len(sounds), size=chance.integers(1, 5))]
        call = np.concatenate([np.pad(sound, (0, RATE // 2)) for sound in said])
        subtype = SUBTYPES[number % len(SUBTYPES)]
        if number % 2 and subtype != "GSM610":
            call = np.stack([call, np.roll(call, len(call) // 2)], axis=1)
        target = io.BytesIO()
        soundfile.write(target, call, RATE, format="WAV", subtype=subtype)
        yield target.getvalue()


def measure_long_call(options: AnalysisOptions, folder: Path, hours: float, speech_share: float) -> float:
    """Print and return how many MB a long call takes over the warm idle."""
    path = folder / "long.wav"
    write_long_call(path, hours, speech_share)
    gc.collect()
    idle, began = resident(), time.monotonic()
    forget_peak()
    analysis = analyse(path, options)
    over = peak() - idle
    words = len(analysis.transcription.split())
    print(
        f"{analysis.duration_seconds / 3600:.2f} h, stereo, {len(analysis.segments)} turns, {words} words, "
        f"{time.monotonic() - began:.0f} s: idle {idle:.0f} MB, peak {idle + over:.0f} MB, over idle {over:.0f} MB, "
        f"afterwards {resident() - idle:+.0f} MB",
        flush=True,
    )
    path.unlink()
    return over


def measure_short_calls(options: AnalysisOptions, folder: Path, count: int) -> float:
    """Print and return how many MB each call adds to what the process holds, by the later three quarters of them."""
    path = folder / "short.wav"
    held = []
    for number, content in enumerate(short_calls(count), start=1):
        path.write_bytes(content)
        analyse(path, options)
        held.append(resident())
        if number % max(1, count // 10) == 0:
            print(f"after {number} calls {held[-1]:.1f} MB", flush=True)
    later = np.array(held[count // 4 :])
    slope = float(np.polyfit(np.arange(len(later)), later, 1)[0])
    print(
        f"{count} short calls: {held[0]:.1f} MB to {held[-1]:.1f} MB, slope {slope * 1024:+.1f} KB a call", flush=True
    )
    return slope


def load(recognizer: str, models_dir: Path) -> Models:
    """The models as the worker loads them."""
    chosen: Recognizer = NoRecognizer()
    if recognizer != "none":
        chosen = WhisperRecognizer(open_pack(recognizer, models_dir), "cpu")
    return Models(chosen, VoiceActivity(), Embedder(open_pack("all-MiniLM-L6-v2", models_dir), "cpu"))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.memory")
    parser.add_argument("--hours", type=float, default=4.0)
    parser.add_argument("--speech-share", type=float, default=0.05)
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--recognizer", default="whisper-tiny.en")
    parser.add_argument("--models-dir", type=Path, default=Path("/var/lib/vbot-models"))
    given = parser.parse_args(arguments)
    options = AnalysisOptions(load(given.recognizer, given.models_dir))
    with tempfile.TemporaryDirectory(prefix="vbot-memory-", dir="/var/tmp") as name:
        folder = Path(name)
        for content in short_calls(5):  # warm
            (folder / "warm.wav").write_bytes(content)
            analyse(folder / "warm.wav", options)
        measure_long_call(options, folder, given.hours, given.speech_share)
        if given.calls:
            measure_short_calls(options, folder, given.calls)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
