"""What vBot does on a graphics card: its tests for one, and recognition beside faster-whisper and transformers.

    packaging/gpu-check --collect FOLDER    on a machine with a network: make the kit, in parts of 60 MB at most
    packaging/gpu-check FOLDER              on the machine with the card, which has Python and torch, and no network
    packaging/gpu-check --dry-run           anywhere: the whole way on the processor, with whisper-tiny.en

It takes under ten minutes, and leaves report.md and report.json. It works in vbot-gpu-check, a folder of its own in
~/.cache or where --work says. Neither this checkout nor the Python at hand is written to; torch and the driver keep
what they compile where they always do.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import site
import stat
import subprocess
import sys
import time
import venv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(CHECKOUT), str(Path(__file__).resolve().parent)]

from gpu_kit import (  # noqa: E402 - of this folder, which is no package
    CALLS,
    PEER_WEIGHTS,
    PEER_WHEELS,
    WEIGHTS,
    WHEELS,
    KitError,
    check_python,
    collect,
    read_kit,
    unpack,
)
from gpu_report import write_report  # noqa: E402

ALL_SECONDS = 570.0
INSTALL_SECONDS, TESTS_SECONDS, CONTENDER_SECONDS = 150.0, 150.0, 90.0
DRY_SECONDS, DRY_TESTS_SECONDS, DRY_CONTENDER_SECONDS = 170.0, 40.0, 60.0
CALLS_AT_LEAST = 60
OWN_FOLDER = "vbot-gpu-check"
DRY_CALL_SECONDS = (13, 25)  # of the conversation
_GPU = "pytest.mark.gpu"
_DEVICE = re.compile(r"cuda(?::[0-9]{1,2})?")


class CheckFailed(Exception):
    """What keeps the check from being made, in a sentence."""


def main(arguments: list[str]) -> int:
    """Do what the command line says; every foreseen error is one line."""
    given = parsed(arguments)
    try:
        work = own_folder(given.work)
        if given.collect is not None:
            collect(
                given.collect,
                minutes=given.minutes,
                cuda_12=given.cuda_12_libraries,
                models_dir=models_dir(),
                work=work,
            )
            print(
                f"the kit is in {given.collect}: carry it and this checkout there, and run packaging/gpu-check FOLDER"
            )
            return 0
        return check(given, work)
    except (KitError, CheckFailed) as error:
        return failed(str(error))
    except OSError as error:
        return failed(f"{error.filename or 'a file'}: {error.strerror or error}")


def failed(why: str) -> int:
    """Say it."""
    print(f"gpu-check: error: {why}", file=sys.stderr)
    return 2


def parsed(arguments: list[str]) -> argparse.Namespace:
    """The command line, in itself right; ends the process where it is not."""
    parser = argparse.ArgumentParser(
        prog="packaging/gpu-check", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, nargs="?", help="the kit")
    parser.add_argument("--collect", metavar="FOLDER", type=Path, help="make the kit here, in a new folder")
    parser.add_argument("--dry-run", action="store_true", help="on the processor, with what is installed here")
    parser.add_argument("--device", help="the card: cuda or cuda:N (cuda:0)")
    parser.add_argument("--out", type=Path, default=Path("gpu-check-report"), help="where the report goes")
    parser.add_argument("--work", type=Path, default=Path("~/.cache"), help=f"in whose folder {OWN_FOLDER} to work")
    parser.add_argument("--minutes", type=float, default=16.0, help="with --collect: of calls")
    parser.add_argument(
        "--cuda-12-libraries",
        action="store_true",
        help="with --collect: what faster-whisper needs beside a torch for CUDA 13 (1.3 GB)",
    )
    given = parser.parse_args(arguments)
    if given.collect is not None and (given.folder is not None or given.dry_run or given.device is not None):
        parser.error("--collect FOLDER goes alone: it needs no card")
    if given.dry_run and given.device is not None:
        parser.error("--device is for a card, and --dry-run uses none")
    if given.device is not None and not _DEVICE.fullmatch(given.device):
        parser.error(f"--device {given.device}: must be cuda or cuda:N")
    if given.folder is None and given.collect is None and not given.dry_run:
        parser.error("give the FOLDER with the kit (--collect FOLDER makes one), or --dry-run")
    if not 1 <= given.minutes <= 600:
        parser.error("--minutes must be from 1 to 600")
    return given


def own_folder(work: Path) -> Path:
    """The one in `work` that we may empty; made where it is missing, for us alone. Raises CheckFailed, OSError."""
    folder = work.expanduser().absolute() / OWN_FOLDER
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        there = folder.lstat()  # where a link leads need not be ours to empty
        if not stat.S_ISDIR(there.st_mode):
            raise CheckFailed(f"{folder} is no folder: name another place with --work") from None
        if there.st_uid != os.geteuid() or there.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise CheckFailed(f"others may write to {folder}: name a folder of your own with --work") from None
    return folder


def models_dir() -> Path:
    """Where the packs of this machine are."""
    default = "/var/lib/vbot-models" if os.geteuid() == 0 else "~/.local/share/vbot-models"
    return Path(os.environ.get("VBOT_MODELS_DIR", default)).expanduser()


class Clock:
    """How much of the time for all of it is left."""

    def __init__(self, seconds: float) -> None:
        self._began = time.monotonic()
        self._seconds = seconds

    @property
    def spent(self) -> float:
        return time.monotonic() - self._began

    def at_most(self, seconds: float) -> float:
        """So many seconds, or what is left; at least one, so that a step fails by its own word."""
        return max(1.0, min(seconds, self._seconds - self.spent))


def check(given: argparse.Namespace, work: Path) -> int:
    """Run every step, and write the report whatever came of them."""
    clock = Clock(DRY_SECONDS if given.dry_run else ALL_SECONDS)
    device = "cpu" if given.dry_run else given.device or "cuda:0"
    card = None if given.dry_run else name_of_card(device)
    kit = work / "kit"
    if given.folder is not None:
        check_python(read_kit(given.folder))
        say(f"putting the kit together in {kit}")
        unpack(given.folder, kit)
        python, peer = install(work, kit, clock)
    else:
        python = peer = sys.executable
        lay_out(kit := work / "dry")
    name = "whisper-tiny.en" if given.dry_run else "whisper-base"
    weights = kit / WEIGHTS / name if (kit / WEIGHTS / name).is_dir() else models_dir() / name
    if not weights.is_dir():
        raise CheckFailed(f"there is no {weights}: run `vbot models install {name}`")
    found: dict[str, Any] = {
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "dry_run": given.dry_run,
        "device": device,
        "card": card,
        "machine": f"Python {sys.version.split()[0]}, {os.cpu_count()} cores",
    }
    say("the tests for a card")
    found["tests"] = run_tests(python, kit, work, clock.at_most(DRY_TESTS_SECONDS if given.dry_run else TESTS_SECONDS))
    say("recognition: ours, faster-whisper, transformers")
    found["recognition"] = run_recognition(given.dry_run, python, peer, device, weights, kit, work, clock)
    found["seconds"] = clock.spent
    write_report(given.out, found)
    say(f"the report is in {given.out / 'report.md'}")
    measured = found["recognition"].get("contenders", [])
    well = measured and not measured[0]["fault"] and not found["tests"].get("fault") and not found["tests"]["failed"]
    return 0 if well else 1


def say(what: str) -> None:
    """To whoever waits."""
    print(f"gpu-check: {what}", file=sys.stderr, flush=True)


def name_of_card(device: str) -> str:
    """As torch has it, in a process of its own. Raises CheckFailed where it cannot be used."""
    index = int(device.partition(":")[2] or 0)
    script = (
        "import json, sys, torch\n"
        "count = torch.cuda.device_count() if torch.cuda.is_available() else 0\n"
        f"print(json.dumps([count, torch.cuda.get_device_name({index}) if count > {index} else '']))"
    )
    code, said = run([sys.executable, "-c", script], 120, {})
    if code != 0:
        raise CheckFailed(f"{sys.executable} cannot use torch: {last_line(said)} (PYTHON=… names another)")
    count, name = json.loads(said.splitlines()[-1])
    if not name:
        raise CheckFailed(f"torch sees {count} cards that it can compute on, and none of them is {device}")
    return str(name)


def lay_out(kit: Path) -> None:
    """A kit of what is here: some seconds of the demonstration's call, without silence, which peers fill with words."""
    import soundfile  # noqa: PLC0415 - of the engine

    target = kit / CALLS
    target.mkdir(parents=True, exist_ok=True)
    first, last = DRY_CALL_SECONDS
    with soundfile.SoundFile(CHECKOUT / "appliance/demo/conversation.wav") as file:
        rate = file.samplerate
        sound = file.read(frames=last * rate, dtype="float32")[first * rate :]
    soundfile.write(target / "conversation.wav", sound, rate, subtype="PCM_16")
    call = {"name": "conversation", "path": "conversation.wav", "seconds": len(sound) / rate, "turns": []}
    (target / "calls.json").write_text(json.dumps([call]))


def install(work: Path, kit: Path, clock: Clock) -> tuple[str, str]:
    """An environment over the Python at hand, which has torch, and one for the peer; returns their Pythons."""
    say("installing the wheels of the kit")
    made = []
    for name, wheels in (("venv", WHEELS), ("peer", PEER_WHEELS)):
        place = work / name
        shutil.rmtree(place, ignore_errors=True)
        try:
            venv.create(place, with_pip=True, system_site_packages=name == "venv")
        except subprocess.CalledProcessError as error:  # Debian has what it takes in a package of its own
            raise CheckFailed(
                f"{sys.executable} cannot make an environment (apt-get install python3-venv): "
                f"{last_line((error.output or b'').decode(errors='replace'))}"
            ) from error
        python = str(place / "bin" / "python")
        if name == "venv" and sys.prefix != sys.base_prefix:  # else one that is itself a venv would not be seen
            inside = next((place / "lib").glob("python*/site-packages"))
            (inside / "at_hand.pth").write_text("\n".join(site.getsitepackages()) + "\n")
        files = sorted(str(file) for file in (kit / wheels).glob("*.whl"))
        command = [python, "-m", "pip", "install", "-q", "--no-index", "--no-deps", *files]
        code, said = run(command, clock.at_most(INSTALL_SECONDS), {})
        if code != 0:
            raise CheckFailed(f"the wheels of the kit cannot be installed: {last_line(said)}")
        made.append(python)
    return made[0], made[1]


def run_tests(python: str, kit: Path, work: Path, seconds: float) -> dict[str, Any]:
    """The tests that are marked `gpu`; without a card they are skipped."""
    files = [str(file) for file in sorted((CHECKOUT / "tests/engine").rglob("test_*.py")) if _GPU in file.read_text()]
    if not files:
        return {"passed": 0, "failed": 0, "skipped": 0}
    results = work / "tests.xml"
    results.unlink(missing_ok=True)
    command = [python, "-m", "pytest", "-q", "-m", "gpu", "-p", "no:cacheprovider", f"--junitxml={results}"]
    packs = {"VBOT_MODELS_DIR": str(kit / WEIGHTS)} if (kit / WEIGHTS).is_dir() else {}
    code, said = run([*command, *files], seconds, packs)
    if code is None:
        return {"fault": f"they took longer than {seconds:.0f} s"}
    try:
        suite = next(ElementTree.parse(results).getroot().iter("testsuite"))  # noqa: S314 - our own pytest wrote it
        counts = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
    except (OSError, ElementTree.ParseError, StopIteration, ValueError):
        return {"fault": last_line(said)}
    wrong = counts["failures"] + counts["errors"]
    return {"passed": counts["tests"] - wrong - counts["skipped"], "failed": wrong, "skipped": counts["skipped"]}


def run_recognition(
    dry_run: bool, python: str, peer: str, device: str, weights: Path, kit: Path, work: Path, clock: Clock
) -> dict[str, Any]:
    """By recognition.py, which writes after each contender what it has: what there is counts, should the time be up."""
    measured = work / "recognition.json"
    measured.unlink(missing_ok=True)
    calls = json.loads((kit / CALLS / "calls.json").read_text())
    copies = 1 if dry_run else max(1, -(-CALLS_AT_LEAST // len(calls)))
    each = DRY_CONTENDER_SECONDS if dry_run else CONTENDER_SECONDS
    command = [python, "-m", "tests.benchmarks.recognition", "--device", device, "--calls", str(kit / CALLS)]
    command += ["--copies", str(copies), "--rounds", "1" if dry_run else "2", "--seconds", f"{each:.0f}"]
    command += ["--model", str(weights), "--peer-weights", str(kit / PEER_WEIGHTS / weights.name)]
    command += ["--peer-python", peer, "--json", str(measured), *(["--small"] if dry_run else [])]
    found_there = sorted(Path(peer).parents[1].glob("lib/python*/site-packages/nvidia/*/lib"))
    libraries = os.pathsep.join(map(str, found_there))
    code, said = run(command, clock.at_most(ALL_SECONDS), {"VBOT_PEER_LIBRARIES": libraries} if libraries else {})
    try:
        found = dict(json.loads(measured.read_text()))
    except (OSError, ValueError):
        return {"fault": "the time was up" if code is None else last_line(said)}
    if code is None:
        found["fault"] = "what is missing here: the time was up"
    return found


def run(command: list[str], seconds: float, environment: dict[str, str]) -> tuple[int | None, str]:
    """Run a program and all that it starts, so long at most: its exit code (None: it was ended), and what it said."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd=CHECKOUT,
        env={**inherited, "PYTHONPATH": str(CHECKOUT), "HF_HUB_OFFLINE": "1", "PIP_NO_INPUT": "1", **environment},
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        try:
            said, _ = process.communicate(timeout=30)
        except subprocess.TimeoutExpired:  # something holds the other end, and is none of its group
            said = ""
        return None, said
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return process.returncode, said


def last_line(said: str) -> str:
    """What a program said last."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it said nothing"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
