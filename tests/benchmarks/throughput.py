"""What the appliance costs over the bare engine: posts → results against the same calls analysed without an appliance.

    python -m tests.benchmarks.throughput [--recognizer whisper-base] [--calls 10] [--seconds 60 180]
        [--rounds 5]
    python -m tests.benchmarks.throughput --instant [--calls 200] [--rounds 3]

The appliance is the real one (`vbot up`: api, Valkey, worker, webhooks). The peer is one process with the worker's
engine, warm as the worker is, that analyses files which lie there already, as many at a time as the worker does. Both
get the same stereo calls of real speech (tests/data/speech), in turn, `--rounds` times; then one call of 60 s each way
on the idle box. A result is there when its webhook has come.

`--instant`: no engine but one that answers at once, to see what the appliance itself costs (instant.py).
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from tests.benchmarks.instant import measure_instant
from tests.benchmarks.memory import RATE, clips
from tests.support.appliance import RunningAppliance
from tests.support.processes import cpu_seconds, family
from tests.support.receiver import Endpoint, WebhookReceiver

POSTS_AT_ONCE = 4
SETTINGS = {"VBOT_RATE_LIMIT_PER_MINUTE": "100000", "VBOT_MAX_CONCURRENT_CALLS": "1000"}


@dataclass(frozen=True)
class Took:
    """How long all calls took by the clock, and in CPU time of all processes."""

    wall: float
    cpu: float


def make_call(seconds: float, seed: int) -> bytes:
    """A stereo call of about this length: the parties take turns, a second between them."""
    chance, sounds = np.random.default_rng(seed), clips()
    pieces: list[Any] = []
    while sum(map(len, pieces)) < seconds * RATE:
        sound = sounds[chance.integers(len(sounds))]
        piece = np.zeros((len(sound) + RATE, 2), dtype=np.float32)
        piece[: len(sound), len(pieces) % 2] = sound
        pieces.append(piece)
    target = io.BytesIO()
    soundfile.write(target, np.concatenate(pieces)[: round(seconds * RATE)], RATE, format="WAV", subtype="PCM_16")
    return target.getvalue()


class Bare:
    """The peer: a process of its own that is told to analyse files."""

    def __init__(self, recognizer: str, models_dir: Path, at_once: int) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.throughput", "--bare", str(at_once)]
        command += ["--recognizer", recognizer, "--models-dir", str(models_dir)]
        # A session of its own, as the appliance is: Linux shares the processor between sessions.
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self._say([])  # it is warm when it has answered

    def analyse(self, files: Iterable[Path]) -> Took:
        """Analyse these files, all told at once."""
        return Took(**self._say([str(file) for file in files]))

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)

    def _say(self, files: list[str]) -> dict[str, float]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(files) + "\n")
        self._process.stdin.flush()
        answer: dict[str, float] = json.loads(self._process.stdout.readline())
        return answer


def serve_bare(recognizer: str, models_dir: Path, at_once: int) -> None:
    """The peer's own process: lists of files come line by line on standard input."""
    from appliance.commands.worker import load_engine
    from appliance.messages.analyse_call import AnalyseCall
    from appliance.settings import Settings

    engine = load_engine(Settings(data_dir=models_dir, models_dir=models_dir, asr_model=recognizer))
    engine.warm_up()
    call = AnalyseCall(call_id="", revision=1, attempt=1, recording_path="")

    def analyse(file: str) -> None:
        engine.analyse(Path(file), call, lambda _: None)

    with ThreadPoolExecutor(at_once or engine.calls_at_once) as threads:
        for line in sys.stdin:
            began, cpu = time.monotonic(), time.process_time()
            list(threads.map(analyse, json.loads(line)))
            print(json.dumps({"wall": time.monotonic() - began, "cpu": time.process_time() - cpu}), flush=True)


class Running:
    """The appliance, its customer, and where the results arrive."""

    def __init__(self, box: RunningAppliance, endpoint: Endpoint) -> None:
        self._box, self._endpoint = box, endpoint
        self._key = box.new_customer(webhook_url=endpoint.url)["api_key"]
        self.cpu: Counter[str] = Counter()  # of each part, for all calls

    def analyse(self, calls: list[bytes]) -> Took:
        """Post them and wait for their results."""
        came = len(self._endpoint.received)
        processes = family(self._box.pid)
        cpu, began = cpu_seconds(processes), time.monotonic()
        with ThreadPoolExecutor(POSTS_AT_ONCE) as posts:
            list(posts.map(lambda call: self._box.accepted(self._key, call), calls))
        received = self._endpoint.wait_for(came + len(calls), seconds=3600)
        assert {one.json["event"] for one in received[came:]} == {"call.completed"}
        used = cpu_seconds(processes)
        used.subtract(cpu)
        self.cpu.update(used)
        return Took(received[-1].at - began, used.total())


def compare(what: str, rounds: int, bare: Callable[[], Took], appliance: Callable[[], Took]) -> None:
    """Print each round and the medians of their ratios: above 1, the appliance was faster."""
    walls, cpus = [], []
    for number in range(1, rounds + 1):
        # Who goes first changes, so that a busy machine is no bias.
        if number % 2:
            alone, whole = bare(), appliance()
        else:
            whole, alone = appliance(), bare()
        walls.append(alone.wall / whole.wall)
        cpus.append(alone.cpu / whole.cpu)
        print(
            f"{what}, round {number}: engine {alone.wall:.2f} s ({alone.cpu:.2f} CPU), "
            f"appliance {whole.wall:.2f} s ({whole.cpu:.2f} CPU), ratio {walls[-1]:.3f} ({cpus[-1]:.3f} CPU)",
            flush=True,
        )
    print(
        f"{what}: median ratio {statistics.median(walls):.3f} by the clock, {statistics.median(cpus):.3f} by CPU time"
    )


def measure(recognizer: str, models_dir: Path, count: int, seconds: tuple[float, float], rounds: int) -> None:
    """Run both beside each other: who has nothing to do sleeps."""
    lengths = np.random.default_rng(3).uniform(*seconds, count)
    calls = [make_call(length, seed) for seed, length in enumerate(lengths)]
    long_call = make_call(60.0, 99)
    settings = {**SETTINGS, "VBOT_ASR_MODEL": recognizer, "VBOT_MODELS_DIR": str(models_dir)}
    with (
        tempfile.TemporaryDirectory(prefix="vbot-throughput-", dir="/var/tmp") as name,
        WebhookReceiver() as receiver,
        RunningAppliance(Path(name) / "box", settings) as box,
    ):
        files = [Path(name) / f"{number}.wav" for number in range(count)]
        for file, call in zip(files, calls, strict=True):
            file.write_bytes(call)
        (sixty := Path(name) / "60.wav").write_bytes(long_call)
        running, bare = Running(box, receiver.endpoint()), Bare(recognizer, models_dir, 0)
        print(f"{count} calls, {lengths.sum():.0f} s of audio, {recognizer}, {os.cpu_count()} cores", flush=True)
        try:
            compare("all calls", rounds, lambda: bare.analyse(files), lambda: running.analyse(calls))
            compare("one of 60 s", rounds, lambda: bare.analyse([sixty]), lambda: running.analyse([long_call]))
        finally:
            bare.stop()
        print("CPU seconds of", ", ".join(f"{part} {used:.1f}" for part, used in running.cpu.most_common()))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.throughput")
    parser.add_argument("--recognizer", default="whisper-base")
    parser.add_argument("--instant", action="store_true", help="an engine that answers at once, and no peer")
    parser.add_argument("--calls", type=int, default=10)
    parser.add_argument("--seconds", type=float, nargs=2, default=(60.0, 180.0), help="how long a call is, from and to")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--models-dir", type=Path, default=Path("/var/lib/vbot-models"))
    parser.add_argument("--bare", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.instant:
        measure_instant(given.calls, given.rounds)
    elif given.bare is not None:
        serve_bare(given.recognizer, given.models_dir, given.bare)
    else:
        measure(given.recognizer, given.models_dir, given.calls, tuple(given.seconds), given.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
