"""How much memory the engine takes for a recording of hours, and whether it keeps any after hundreds of short ones.

    python -m tests.benchmarks.memory [--hours 4] [--speech-share 0.05] [--calls 500] [--recognizer whisper-tiny.en]
        [--worker]

A stereo recording of so many hours is made of real speech (tests/data/speech) with silence and line noise between, and
analysed; the peak is that of the whole process over what it held when it was warm and idle. Then short calls of
different lengths and codings follow one another, and a line is laid through what the process holds after each. With
`--recognizer none` nothing is recognized: every turn is read and given a word, which is quick and tells of the rest.
With `--worker` the short calls go through the worker's loop, as many at a time as it takes.
"""

from __future__ import annotations

import argparse
import gc
import io
import itertools
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from appliance.messages.analyse_call import AnalyseCall
from appliance.messages.call_result import CallResult
from appliance.messages.heartbeat import WorkerHeartbeat
from appliance.messages.reports import CallAnalysed, WorkerReport
from appliance.worker.broker import CallsInHand
from appliance.worker.consumer import CallConsumer
from appliance.worker.speech_engine import call_result
from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.language.sentence_embedding import Embedder
from engine.models import open_pack
from engine.pipeline import AnalysisOptions, Models, analyse
from engine.recognition.recognizer import Recognition, Recognizer, Sound
from engine.recognition.whisper.whisper_recognizer import WhisperRecognizer
from engine.runtime.malloc_trim import c_library_trim
from engine.turns.silero import VoiceActivity

SPEECH = Path(__file__).parents[1] / "data" / "speech"
RATE = 8000
MEGABYTE = 1024 * 1024
_CALLS_BETWEEN_LOOKS = 20
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
        expected: Sequence[str] = (),
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


def measure_short_calls(analysed: Iterable[object], count: int) -> float:
    """Print and return how many MB each call adds to what the process holds, by the later three quarters of them.

    The engine gives back what is free every half minute. Here that is done after every 20 calls, too, before a look:
    else the line would go through a saw-tooth of a hundred MB.
    """
    give_back, between = c_library_trim(), max(1, min(_CALLS_BETWEEN_LOOKS, count // 12))
    most, numbers, held = 0.0, [], []
    for number, _ in enumerate(analysed, start=1):
        most = max(most, resident())
        if number % between == 0:
            give_back()
            numbers.append(number)
            held.append(resident())
            if len(held) % 5 == 0:
                print(f"after {number} calls {held[-1]:.1f} MB", flush=True)
    later = len(held) // 4
    slope = float(np.polyfit(numbers[later:], held[later:], 1)[0])
    print(
        f"{count} short calls: {held[0]:.1f} MB to {held[-1]:.1f} MB, {most:.0f} MB at most, "
        f"slope {slope * 1024:+.1f} KB a call",
        flush=True,
    )
    return slope


def through_engine(options: AnalysisOptions, folder: Path, count: int) -> Iterator[object]:
    """One short call after the other."""
    path = folder / "short.wav"
    for content in short_calls(count):
        path.write_bytes(content)
        yield analyse(path, options)


class BesideTheWorker:
    """The worker's surroundings: hands out the recordings, takes the reports and heartbeats."""

    def __init__(self, count: int) -> None:
        self._calls = short_calls(count)
        self._lock = threading.Lock()

    def fetch(
        self,
        address: str,
        target: Path,
        worker: str,
        boot: str,
        stopping: threading.Event,
        on_claimed: Callable[[str], None],
    ) -> None:
        """The next recording."""
        on_claimed("")
        with self._lock:
            content = next(self._calls)
        target.write_bytes(content)

    def report(self, report: WorkerReport) -> None:
        """It must be a result."""
        assert isinstance(report, CallAnalysed), report

    def beat(self, heartbeat: WorkerHeartbeat) -> None:
        """Nobody looks."""


class PipelineEngine:
    """What the worker needs of an engine, with the models that were loaded here."""

    model = "test"
    code_packs: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    def __init__(self, options: AnalysisOptions) -> None:
        self._options = options
        self.device = options.models.device
        self.calls_at_once = options.models.calls_at_once

    def warm_up(self) -> None:
        """It is warm."""

    def analyse(self, recording: Path, call: AnalyseCall, on_progress: Callable[[float], None]) -> CallResult:
        """As the worker's own engine does."""
        return call_result(analyse(recording, replace(self._options, on_progress=on_progress)))


def through_worker(options: AnalysisOptions, count: int) -> Iterator[object]:
    """The same calls by the worker's loop, several at a time."""
    engine = PipelineEngine(options)
    beside: Any = BesideTheWorker(count)
    worker = CallConsumer("box/cpu", beside, beside, engine.device, engine.model, CallsInHand(engine.calls_at_once))
    worker.ready(engine)

    def receive(number: int) -> None:
        worker.receive({"call_id": str(number), "revision": 1, "attempt": 1, "recording_path": "/"})

    with ThreadPoolExecutor(engine.calls_at_once) as threads:
        yield from threads.map(receive, range(count))


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
    parser.add_argument("--worker", action="store_true")
    parser.add_argument("--models-dir", type=Path, default=Path("/var/lib/vbot-models"))
    given = parser.parse_args(arguments)
    options = AnalysisOptions(load(given.recognizer, given.models_dir))
    with tempfile.TemporaryDirectory(prefix="vbot-memory-", dir="/var/tmp") as name:
        folder = Path(name)
        for content in short_calls(5):  # warm
            (folder / "warm.wav").write_bytes(content)
            analyse(folder / "warm.wav", options)
        if given.hours:
            measure_long_call(options, folder, given.hours, given.speech_share)
        if given.calls:
            analysed = through_worker(options, given.calls) if given.worker else None
            measure_short_calls(analysed or through_engine(options, folder, given.calls), given.calls)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
