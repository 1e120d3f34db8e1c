"""One recognizer in a process of its own, started by recognition.py; runs in the venv of the one that it is.

Imports nothing of this repository but, for our own, the engine. Says `ready` when its model is warm, begins at a line
on standard input, and answers with a JSON line: wall and CPU seconds, per call (channel, start, end, text), and what it
took to get there: seconds to load and to warm up, memory of the process.
"""

from __future__ import annotations

import json
import resource
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
        str(settings.get("device", "cpu")),
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

    device = str(settings.get("device", "cpu"))
    whisper = WhisperModel(
        model,
        device=device.partition(":")[0],
        device_index=int(device.partition(":")[2] or 0),
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
    device = str(settings.get("device", "cpu"))
    recognize = pipeline(
        "automatic-speech-recognition",
        model=model,
        chunk_length_s=30,
        batch_size=settings["batch"],
        device=device,
        dtype=torch.float32 if device == "cpu" else torch.float16,
    )
    language = {"language": "en"} if recognize.model.generation_config.is_multilingual else {}

    def one(path: str) -> Heard:
        sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
        found = []
        for channel in range(sound.shape[1]):
            said = recognize(
                {"raw": soxr.resample(sound[:, channel], rate, 16000), "sampling_rate": 16000},
                generate_kwargs={**language, "num_beams": settings["beams"]},
            )
            found.append((channel, 0.0, len(sound) / rate, said["text"]))
        return found

    return lambda paths: [one(path) for path in paths]


def transformers_static(model: str, settings: dict[str, object]) -> Callable[[list[str]], list[Heard]]:
    """A static cache and a compiled step, over batches of thirty seconds that are filled across calls.

    The pipeline cannot be compiled, its batches being of any size; so the windows are cut here, and the last batch is
    filled up.
    """
    import numpy as np
    import soundfile
    import soxr
    import torch

    from engine.runtime.torchaudio_stub import ensure_torchaudio

    ensure_torchaudio()
    from transformers import AutoFeatureExtractor, AutoTokenizer, WhisperForConditionalGeneration

    torch.set_num_threads(int(settings["threads"]))  # type: ignore[call-overload]
    device, batch = str(settings.get("device", "cpu")), int(settings["batch"])  # type: ignore[call-overload]
    dtype = torch.float32 if device == "cpu" else torch.float16
    extractor, tokenizer = AutoFeatureExtractor.from_pretrained(model), AutoTokenizer.from_pretrained(model)
    whisper = WhisperForConditionalGeneration.from_pretrained(model, dtype=dtype, attn_implementation="sdpa").to(device)
    whisper.generation_config.cache_implementation = "static"
    if settings["compile"]:
        whisper.forward = torch.compile(whisper.forward, mode="reduce-overhead", fullgraph=True)
    language = {"language": "en"} if whisper.generation_config.is_multilingual else {}
    window = 30 * 16000

    def run(paths: list[str]) -> list[Heard]:
        pieces = []
        for call, path in enumerate(paths):
            sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
            for channel in range(sound.shape[1]):
                heard = soxr.resample(sound[:, channel], rate, 16000)
                pieces += [
                    (call, channel, begin, heard[begin : begin + window]) for begin in range(0, len(heard), window)
                ]
        found: list[Heard] = [[] for _ in paths]
        for first in range(0, len(pieces), batch):
            some = pieces[first : first + batch]
            sounds = [piece[3] for piece in some] + [np.zeros(window, np.float32)] * (batch - len(some))
            features = extractor(sounds, sampling_rate=16000, return_tensors="pt").input_features
            with torch.inference_mode():
                tokens = whisper.generate(
                    features.to(device, dtype), num_beams=settings["beams"], max_new_tokens=224, **language
                )
            for (call, channel, begin, piece), text in zip(
                some, tokenizer.batch_decode(tokens, skip_special_tokens=True), strict=False
            ):
                found[call].append((channel, begin / 16000, (begin + len(piece)) / 16000, text))
        return found

    return run


def _lines() -> Iterator[str]:
    yield from iter(sys.stdin.readline, "")


def main(arguments: list[str]) -> int:
    kind, model, settings, warm = arguments[0], arguments[1], json.loads(arguments[2]), arguments[3]
    kinds = {
        "ours": ours,
        "faster_whisper": faster_whisper,
        "transformers": transformers,
        "transformers_static": transformers_static,
    }
    began = time.perf_counter()
    run = kinds[kind](model, settings)
    loaded = time.perf_counter()
    run([warm])
    took = {"load": loaded - began, "warm_up": time.perf_counter() - loaded}
    print("ready", flush=True)
    for line in _lines():
        wall, cpu = time.perf_counter(), time.process_time()
        heard = run(json.loads(line))
        measured = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "heard": heard}
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps({**measured, **took, "memory_mb": memory}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
