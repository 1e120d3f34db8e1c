"""One recognizer in a process of its own, started by recognition.py; runs in the venv of the one that it is.

Imports nothing of this repository but, for our own, the engine. Says `ready` when its model is warm, begins at a line
on standard input, and answers with a JSON line: wall and CPU seconds, and per call (channel, start, end, text).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

Heard = list[tuple[int, float, float, str]]


def ours(model: str, settings: dict[str, object]) -> Callable[[list[str]], list[Heard]]:
    """The engine as the worker uses it: several calls at once."""
    from dataclasses import fields
    from pathlib import Path

    from engine.audio.recording import open_recording
    from engine.pipeline import AnalysisOptions, Models, transcribe
    from engine.recognition.recognizer import RecognizerOptions
    from engine.recognition.whisper.whisper_recognizer import WhisperRecognizer
    from engine.turns.silero import VoiceActivity

    names = {field.name for field in fields(RecognizerOptions)}
    given = {key: value for key, value in settings.items() if key in names}
    recognizer = WhisperRecognizer(
        Path(model),
        "cpu",
        RecognizerOptions(**given),
        settings.get("precision"),  # type: ignore[arg-type]
    )
    options = AnalysisOptions(Models(recognizer, VoiceActivity(), None), language="en")  # type: ignore[arg-type]

    def one(path: str) -> Heard:
        with open_recording(Path(path)) as recording:
            found = transcribe(recording, options)
        return [(part.channel, part.start, part.end, part.text) for part in found.segments]

    def run(paths: list[str]) -> list[Heard]:
        with ThreadPoolExecutor(int(settings.get("calls_at_once", 4))) as pool:  # type: ignore[call-overload]
            return list(pool.map(one, paths))

    return run


def faster_whisper(model: str, settings: dict[str, object]) -> Callable[[list[str]], list[Heard]]:
    """Batched, with voice activity, channel by channel."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel, decode_audio

    whisper = WhisperModel(
        model,
        device="cpu",
        compute_type=str(settings["compute_type"]),
        cpu_threads=int(settings["threads"]),  # type: ignore[call-overload]
    )
    pipeline = BatchedInferencePipeline(whisper)

    def one(path: str) -> Heard:
        found = []
        for channel, sound in enumerate(decode_audio(path, split_stereo=True)):
            segments, _ = pipeline.transcribe(
                sound,
                language="en",
                beam_size=settings["beams"],
                batch_size=settings["batch"],
                vad_filter=True,
                vad_parameters={"threshold": settings["vad"]},
                without_timestamps=True,
            )
            found += [(channel, part.start, part.end, part.text) for part in segments]
        return found

    return lambda paths: [one(path) for path in paths]


def transformers(model: str, settings: dict[str, object]) -> Callable[[list[str]], list[Heard]]:
    """The pipeline for speech recognition, thirty seconds at a time."""
    import soundfile
    import soxr
    import torch

    from engine.runtime.torchaudio_stub import ensure_torchaudio

    ensure_torchaudio()
    from transformers import pipeline

    torch.set_num_threads(int(settings["threads"]))  # type: ignore[call-overload]
    recognize = pipeline("automatic-speech-recognition", model=model, chunk_length_s=30, batch_size=settings["batch"])

    def one(path: str) -> Heard:
        sound, rate = soundfile.read(path, dtype="float32")
        found = []
        for channel in range(sound.shape[1]):
            said = recognize(
                {"raw": soxr.resample(sound[:, channel], rate, 16000), "sampling_rate": 16000},
                generate_kwargs={"language": "en", "num_beams": settings["beams"]},
            )
            found.append((channel, 0.0, len(sound) / rate, said["text"]))
        return found

    return lambda paths: [one(path) for path in paths]


def _lines() -> Iterator[str]:
    yield from iter(sys.stdin.readline, "")


def main(arguments: list[str]) -> int:
    kind, model, settings, warm = arguments[0], arguments[1], json.loads(arguments[2]), arguments[3]
    kinds = {"ours": ours, "faster_whisper": faster_whisper, "transformers": transformers}
    run = kinds[kind](model, settings)
    run([warm])
    print("ready", flush=True)
    for line in _lines():
        wall, cpu = time.perf_counter(), time.process_time()
        heard = run(json.loads(line))
        measured = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "heard": heard}
        print(json.dumps(measured), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
